// Package crypt opens and writes what Magento 2.4 encrypts with the crypt/key
// of app/etc/env.php.
//
// A value is text, "key:cipher:base64": which of the keys, counted from 0,
// which cipher, and what the cipher made. Everything that Magento 2.4 writes
// has cipher 3, ChaCha20-Poly1305 as of RFC 8439: a nonce of 12 bytes, the
// ciphertext and a tag of 16 bytes, with the nonce as associated data too.
// Rotating the crypt key appends a key, and old values keep the index of
// theirs; new ones get the last.
//
// Magento reads a value that it cannot open as an empty one. [Keys.Open] says
// instead what the matter is: an [OpenError] names the fault, and the index of
// the key that is missing or does not fit. The ciphers before the third are
// recognized and not opened, as nothing of 2.4's second factors is written
// with them.
//
// No error of this package holds a key, a value or a plaintext.
package crypt

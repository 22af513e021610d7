// Package hash checks passwords against the hashes that Magento 2.4 stores for
// a shop's administrators.
//
// A stored hash is "hash:salt:version", or "hash:salt:version:version…" where
// an older hash was hashed again: each step takes the text of the one before,
// oldest first, all with the same salt.
//
//   - version 0: MD5 of salt and text, as hex
//   - version 1: SHA-256 of salt and text, as hex
//   - version 2: Argon2id of the text, 2 passes over 64 MiB, 32 bytes, as hex
//   - version 3_LENGTH_PASSES_MEMORY: Argon2id with these numbers, memory in
//     bytes; Magento writes 3_32_2_67108864, which is version 2 spelled out
//
// Argon2id takes exactly 16 bytes of salt: a longer one is cut, a shorter one
// repeated. A stored text without any colon is an HMAC-SHA-256 of the password
// under the shop's newest crypt key. One with a single colon is a leftover of
// Magento 1 that Magento itself refuses.
//
// The package only checks. It makes no hash, because Factordesk sets no
// password of a shop; an old version is hashed anew when its owner signs in to
// the shop.
package hash

package crypt

import (
	"golang.org/x/crypto/chacha20poly1305"

	"github.com/factordesk/factordesk/app"
)

const (
	nonceSize = chacha20poly1305.NonceSize
	tagSize   = chacha20poly1305.Overhead
)

// Open decrypts a value with the key that it names. As in Magento, white space
// and NUL at both ends of the plaintext are dropped. It fails with an
// [*OpenError].
func (k Keys) Open(value string) (app.Secret, error) {
	e, fault := read(value)
	if fault == noFault {
		fault = k.usable(e)
	}
	if fault != noFault {
		return app.Secret{}, k.trouble(fault, e, len(value))
	}
	blob, damage := decode(e.text)
	plain, fits := k.decrypt(e.key, blob)
	if fits {
		return plain, nil
	}
	if damage == noFault {
		damage = WrongKey
	}
	return app.Secret{}, k.trouble(damage, e, len(value))
}

// OpenAny is Open for keys that come from elsewhere than the value, such as
// the ones that a shop had before it got new ones: whatever key the value
// names, every key is tried. Where none fits it fails as Open does.
func (k Keys) OpenAny(value string) (app.Secret, error) {
	plain, err := k.Open(value)
	if err == nil {
		return plain, nil
	}
	e, fault := read(value)
	if fault != noFault || e.cipher != ChaCha20Poly1305 {
		return app.Secret{}, err
	}
	blob, _ := decode(e.text)
	for i := range k.Len() {
		if plain, fits := k.decrypt(i, blob); fits {
			return plain, nil
		}
	}
	return app.Secret{}, err
}

// usable says what keeps the keys from opening an envelope, before any cipher
// is tried.
func (k Keys) usable(e envelope) Fault {
	switch {
	case e.cipher < ChaCha20Poly1305:
		return OldCipher
	case e.cipher > ChaCha20Poly1305:
		return UnknownCipher
	case e.key >= k.Len():
		return NoKey
	case k.ring.ciphers[e.key] == nil:
		return OddKey
	}
	return noFault
}

// decode takes base64 off, and says what is wrong with it. That need not
// matter: Magento passes over characters that do not belong there, so the
// cipher has the last word, and it notices every change.
func decode(text string) (blob []byte, damage Fault) {
	blob, err := base64Text.DecodeString(text)
	switch {
	case err != nil && isCut(text):
		return looseBase64(text), Truncated
	case err != nil:
		return looseBase64(text), NotBase64
	case len(blob) < nonceSize+tagSize:
		return blob, Truncated
	}
	return blob, noFault
}

// isCut reports whether a text is base64 without its end.
func isCut(text string) bool { return len(text)%4 != 0 && letters(text) == text }

// decrypt opens nonce, ciphertext and tag with one key, if that fits.
func (k Keys) decrypt(key int, blob []byte) (plain app.Secret, fits bool) {
	c := k.ring.ciphers[key]
	if c == nil || len(blob) < nonceSize+tagSize {
		return app.Secret{}, false
	}
	nonce := blob[:nonceSize]
	text, err := c.Open(nil, nonce, blob[nonceSize:], nonce)
	if err != nil {
		return app.Secret{}, false
	}
	return app.NewSecret(trim(string(text))), true
}

package crypt

import (
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"

	"github.com/factordesk/factordesk/app"
)

// keySize is the length of a key in bytes: ChaCha20-Poly1305 has no other.
const keySize = chacha20poly1305.KeySize

// keyPrefix stands before a key that is base64, as Magento 2.4.7 and later
// make them. There is no colon after it.
const keyPrefix = "base64"

// ErrNoKey is in the chain of the error for a crypt/key without any text.
var ErrNoKey = errors.New("crypt/key is empty")

// KeyError names a key of the wrong length.
type KeyError struct {
	Index  int // in crypt/key, counted from 0
	Length int // in bytes, after base64 has been taken off
}

// Error says which key is how long.
func (e *KeyError) Error() string {
	return fmt.Sprintf("key %d of crypt/key has %s instead of %d", e.Index, bytesText(e.Length), keySize)
}

// bytesText is a length in words: "1 byte", "31 bytes".
func bytesText(n int) string {
	if n == 1 {
		return "1 byte"
	}
	return fmt.Sprintf("%d bytes", n)
}

// Keys are the keys of a shop, oldest first. The zero value has none and opens
// nothing, for a shop whose crypt key is not known. Keys do not change, and
// many goroutines may use them at once. They print as a mask.
//
// Since fmt calls no methods on unexported fields, of Keys in one it prints
// what they are made of. So that this is addresses and lengths, every key is
// behind a second pointer.
type Keys struct{ ring *ring }

// ring is what Keys point to.
type ring struct {
	ciphers []cipher.AEAD // nil for a key of the wrong length
	lengths []int
	last    app.Secret
}

// Parse reads the text of crypt/key: keys with white space between them, the
// last of which encrypts. A key is its own bytes, or base64 behind the word
// base64.
//
// It fails with an [app.Error] of kind Invalid that has [ErrNoKey] in its
// chain, or a [*KeyError] where the last key is not 32 bytes long, since then
// nothing could be written and Magento itself fails. An older key of another
// length is kept, so that the others do not change their index; it opens
// nothing, and [Keys.Odd] lists it.
func Parse(text app.Secret) (Keys, error) {
	r := &ring{}
	for i, word := range words(text.Reveal()) {
		key := []byte(word)
		if rest, found := strings.CutPrefix(word, keyPrefix); found {
			key = looseBase64(rest)
		}
		var c cipher.AEAD
		if len(key) == keySize {
			var err error
			if c, err = chacha20poly1305.New(key); err != nil {
				return Keys{}, fmt.Errorf("use key %d of crypt/key: %w", i, err)
			}
		}
		r.ciphers, r.lengths, r.last = append(r.ciphers, c), append(r.lengths, len(key)), app.NewSecret(string(key))
	}
	k, last := Keys{r}, len(r.ciphers)-1
	switch {
	case last == 0 && r.last.Empty():
		return Keys{}, app.Errorf(app.Invalid, "There is no crypt key.").
			WithHint("Copy crypt/key from the shop's app/etc/env.php.").Because(ErrNoKey)
	case r.ciphers[last] == nil:
		return Keys{}, k.wrongLength(last)
	}
	return k, nil
}

// gaps is what separates keys. It is spelled out because \s of Go's regular
// expressions lacks the vertical tab that PHP's have.
var gaps = regexp.MustCompile(`[ \t\n\v\f\r]+`)

// words takes crypt/key apart as Magento does, which trims other characters
// than it splits at. The index of a key is its place in here, so nothing is
// left out.
func words(text string) []string { return gaps.Split(trim(text), -1) }

// trim is PHP's trim without a list of characters.
func trim(text string) string { return strings.Trim(text, " \t\n\r\x00\x0b") }

// wrongLength is the error for people about a key.
func (k Keys) wrongLength(i int) error {
	e := &KeyError{Index: i, Length: k.ring.lengths[i]}
	which := "The crypt key"
	if k.Len() > 1 {
		which = fmt.Sprintf("Key %d of crypt/key, counted from 0,", i)
	}
	return app.Errorf(app.Invalid, "%s has %s instead of %d.", which, bytesText(e.Length), keySize).
		WithHint("Copy crypt/key whole from the shop's app/etc/env.php, with base64 at its beginning if that stands there.").Because(e)
}

// Len returns how many keys there are.
func (k Keys) Len() int {
	if k.ring == nil {
		return 0
	}
	return len(k.ring.ciphers)
}

// Odd lists the keys of a wrong length, which open nothing. The last key is
// never among them.
func (k Keys) Odd() []KeyError {
	var odd []KeyError
	for i := range k.Len() {
		if k.ring.ciphers[i] == nil {
			odd = append(odd, KeyError{Index: i, Length: k.ring.lengths[i]})
		}
	}
	return odd
}

// Seal encrypts a text with cipher 3 and the last key. Random is
// crypto/rand.Reader outside of tests; a nonce must not repeat under a key. It
// fails when there is no key or no randomness.
func (k Keys) Seal(random io.Reader, plain app.Secret) (string, error) {
	if k.Len() == 0 {
		return "", app.Errorf(app.Invalid, "Nothing can be encrypted without the crypt key of the shop.").
			WithHint("Give crypt/key from its app/etc/env.php.").Because(ErrNoKey)
	}
	text := plain.Reveal()
	nonce := make([]byte, nonceSize, nonceSize+len(text)+tagSize)
	if _, err := io.ReadFull(random, nonce); err != nil {
		return "", fmt.Errorf("encrypt: %w", err)
	}
	last := k.Len() - 1
	blob := k.ring.ciphers[last].Seal(nonce, nonce, []byte(text), nonce)
	return fmt.Sprintf("%d:%d:%s", last, ChaCha20Poly1305, base64Text.EncodeToString(blob)), nil
}

// Hash returns HMAC-SHA256 of data under the last key, in lower-case hex:
// Magento's hash without a salt, which signs the token of its enrollment
// mails. Without keys it fails as [Keys.Seal] does.
func (k Keys) Hash(data string) (string, error) {
	if k.Len() == 0 {
		return "", app.Errorf(app.Invalid, "Nothing can be signed without the crypt key of the shop.").
			WithHint("Give crypt/key from its app/etc/env.php.").Because(ErrNoKey)
	}
	mac := hmac.New(sha256.New, []byte(k.ring.last.Reveal()))
	_, _ = mac.Write([]byte(data)) // a hash never fails
	return hex.EncodeToString(mac.Sum(nil)), nil
}

// mask is what keys print, however many there are.
const mask = "crypt.Keys(••••••)"

// String returns a mask.
func (k Keys) String() string { return mask }

// GoString returns a mask, for %#v.
func (k Keys) GoString() string { return mask }

// Format writes a mask for every verb and flag.
func (k Keys) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(mask)) }

// MarshalText returns a mask, so that no encoder built on it shows a key.
func (k Keys) MarshalText() ([]byte, error) { return []byte(mask), nil }

// MarshalJSON returns a mask.
func (k Keys) MarshalJSON() ([]byte, error) { return []byte(`"` + mask + `"`), nil }

// LogValue returns a mask, for log/slog.
func (k Keys) LogValue() slog.Value { return slog.StringValue(mask) }

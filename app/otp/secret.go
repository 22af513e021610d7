package otp

import (
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// MinSecret is the shortest secret in bytes that is taken: 80 bits, what many
// authenticators were given in the past. RFC 4226 asks for 128.
const MinSecret = 10

// newSecret is the length of a new secret in bytes: 160 bits, as RFC 4226
// section 4 recommends.
const newSecret = 20

// What can be wrong with a secret.
var (
	ErrNoSecret    = errors.New("the secret is empty")
	ErrShortSecret = errors.New("the secret is shorter than 80 bits")
	ErrSecretText  = errors.New("the key is not base32: it may hold the letters A to Z and the digits 2 to 7 only")
	ErrSecretCut   = errors.New("the key is incomplete: characters are missing or too many")
)

// NewSecret reads a fresh secret of 20 bytes from random, which is
// crypto/rand.Reader outside of tests.
func NewSecret(random io.Reader) ([]byte, error) {
	secret := make([]byte, newSecret)
	if _, err := io.ReadFull(random, secret); err != nil {
		return nil, fmt.Errorf("make a secret: %w", err)
	}
	return secret, nil
}

// CheckSecret fails with [ErrNoSecret] or [ErrShortSecret].
func CheckSecret(secret []byte) error {
	if len(secret) == 0 {
		return ErrNoSecret
	}
	if len(secret) < MinSecret {
		return ErrShortSecret
	}
	return nil
}

var base32Text = base32.StdEncoding.WithPadding(base32.NoPadding)

// Encode writes a secret as base32 without padding.
func Encode(secret []byte) string { return base32Text.EncodeToString(secret) }

// Group sets base32 text in groups of four, "JBSW Y3DP", for reading aloud and
// typing.
func Group(text string) string {
	var b strings.Builder
	b.Grow(len(text) + len(text)/4)
	for i := 0; i < len(text); i++ {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// Decode reads a secret as people type and paste it: in either case, with
// spaces and dashes anywhere and with or without padding. Surplus bits after
// the last whole byte are dropped, as authenticator apps do. It fails with
// [ErrSecretText], [ErrSecretCut], [ErrNoSecret] or [ErrShortSecret].
func Decode(text string) ([]byte, error) {
	// strings.Map and not ToUpper: the latter would turn letters such as the
	// dotless i into A to Z.
	plain := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case unicode.IsSpace(r) || isDash(r):
			return -1
		}
		return r
	}, text)
	plain = strings.TrimRight(plain, "=")
	if plain == "" {
		return nil, ErrNoSecret
	}
	secret, err := base32Text.DecodeString(plain)
	if err != nil {
		// The decoder's own error would tell a character of the secret.
		return nil, ErrSecretText
	}
	// RFC 4648 section 6: 1, 3 or 6 characters past a group of eight leave at
	// least one that adds no byte; the decoder lets them pass.
	if n := len(plain) % 8; n == 1 || n == 3 || n == 6 {
		return nil, ErrSecretCut
	}
	if err := CheckSecret(secret); err != nil {
		return nil, err
	}
	return secret, nil
}

// isDash knows the dashes that word processors make of a hyphen.
func isDash(r rune) bool { return unicode.Is(unicode.Pd, r) }

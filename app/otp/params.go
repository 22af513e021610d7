package otp

import (
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"fmt"
	"hash"
	"strings"
	"time"
)

// Kind says what a code counts: time steps or uses.
type Kind string

// The kinds, with the names they have in otpauth URIs.
const (
	TOTP Kind = "totp" // time steps, RFC 6238
	HOTP Kind = "hotp" // uses, RFC 4226
)

// Algorithm is the hash below the HMAC.
type Algorithm string

// The algorithms, with the names they have in otpauth URIs.
const (
	SHA1   Algorithm = "SHA1"
	SHA256 Algorithm = "SHA256"
	SHA512 Algorithm = "SHA512"
)

// ParseAlgorithm reads an algorithm's name in any case. It fails with
// [ErrAlgorithm].
func ParseAlgorithm(name string) (Algorithm, error) {
	a := Algorithm(strings.ToUpper(name))
	if a.hash() == nil {
		return "", ErrAlgorithm
	}
	return a, nil
}

// hash returns the constructor of the hash, or nil for an unknown algorithm.
func (a Algorithm) hash() func() hash.Hash {
	switch a {
	case SHA1:
		return sha1.New
	case SHA256:
		return sha256.New
	case SHA512:
		return sha512.New
	}
	return nil
}

// Limits of [Params].
const (
	MinDigits = 6
	MaxDigits = 8
	MinPeriod = 15 * time.Second
	MaxPeriod = 120 * time.Second
)

// What can be wrong with [Params].
var (
	ErrKind      = errors.New("the kind of code must be totp or hotp")
	ErrAlgorithm = errors.New("the algorithm must be SHA1, SHA256 or SHA512")
	ErrDigits    = errors.New("a code must have 6 to 8 digits")
	ErrPeriod    = errors.New("the period must be 15 to 120 whole seconds for totp, and none for hotp")
)

// Params is how the codes of one factor are made. Authenticator and store must
// agree on it; [Default] is what every authenticator app understands.
type Params struct {
	Kind      Kind
	Algorithm Algorithm
	Digits    int           // MinDigits to MaxDigits
	Period    time.Duration // TOTP: whole seconds, MinPeriod to MaxPeriod; HOTP: 0
}

// Default returns TOTP, SHA-1, six digits, 30 seconds.
func Default() Params {
	return Params{Kind: TOTP, Algorithm: SHA1, Digits: 6, Period: 30 * time.Second}
}

// Validate fails with [ErrKind], [ErrAlgorithm], [ErrDigits] or [ErrPeriod].
func (p Params) Validate() error {
	if p.Kind != TOTP && p.Kind != HOTP {
		return fmt.Errorf("%w, not %q", ErrKind, p.Kind)
	}
	if p.Algorithm.hash() == nil {
		return fmt.Errorf("%w, not %q", ErrAlgorithm, p.Algorithm)
	}
	if p.Digits < MinDigits || p.Digits > MaxDigits {
		return fmt.Errorf("%w, not %d", ErrDigits, p.Digits)
	}
	if p.Kind == HOTP && p.Period != 0 {
		return fmt.Errorf("%w, not %v", ErrPeriod, p.Period)
	}
	if p.Kind == TOTP && (p.Period < MinPeriod || p.Period > MaxPeriod || p.Period%time.Second != 0) {
		return fmt.Errorf("%w, not %v", ErrPeriod, p.Period)
	}
	return nil
}

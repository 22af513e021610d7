// Package otpauth builds and parses otpauth:// URIs, the text inside the QR
// codes that authenticator apps read, by the Key URI Format of Google
// Authenticator (https://github.com/google/google-authenticator/wiki/Key-Uri-Format).
//
// [Build] writes what every app reads alike: the issuer both in the label and
// as a parameter, all parameters spelled out, spaces as %20 and never as a
// plus. [Parse] is strict, because a key that is understood differently here
// and on the phone makes codes that are refused later, when nobody knows why.
// What one writes the other reads back unchanged.
//
// No error of this package holds a URI or any value out of one, and a [Key]
// does not print its secret.
package otpauth

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/factordesk/factordesk/app/otp"
)

// Key is what a QR code hands over: whose key it is, the secret, and how codes
// are made of it.
//
// A Key prints as a mask from fmt, JSON, XML and slog. Do not keep one in an
// unexported field of a struct that is printed: fmt cannot call methods there.
type Key struct {
	otp.Params        // Kind, Algorithm, Digits, Period
	Issuer     string // the organization; may be empty in what is parsed
	Account    string // the person, as the app will show it; never empty
	Secret     []byte // at least 80 bits
	Counter    uint64 // HOTP: the next counter, at most 2^63-1; TOTP: 0
}

// What can be wrong with a key or a URI, besides the errors of package otp.
var (
	ErrURI       = errors.New("this is not a well-formed otpauth:// address")
	ErrTooLong   = errors.New("the otpauth address is too long")
	ErrKind      = errors.New("the otpauth address must be of kind totp or hotp")
	ErrHash      = errors.New("the otpauth address holds a # that is not written as %23")
	ErrAccount   = errors.New("the account name is missing")
	ErrColon     = errors.New("an issuer or account name must not hold a colon")
	ErrText      = errors.New("an issuer or account name must be readable text without control characters")
	ErrIssuer    = errors.New("the issuer in the label and the issuer parameter differ")
	ErrDuplicate = errors.New("a parameter of the otpauth address is given twice")
	ErrCounter   = errors.New("an hotp key needs a counter of 0 to 9223372036854775807, and a totp key has none")
)

// Validate fails with the errors of [otp.Params.Validate] and
// [otp.CheckSecret], [ErrAccount], [ErrColon], [ErrText] or [ErrCounter].
func (k Key) Validate() error {
	if err := k.Params.Validate(); err != nil {
		return err
	}
	if err := otp.CheckSecret(k.Secret); err != nil {
		return err
	}
	if strings.TrimSpace(k.Account) == "" {
		return ErrAccount
	}
	for _, name := range []string{k.Issuer, k.Account} {
		if strings.Contains(name, ":") {
			return ErrColon
		}
		if !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) {
			return ErrText
		}
	}
	// Steps and counters are signed 64-bit numbers in package otp and in stores.
	if k.Counter > math.MaxInt64 || k.Kind == otp.TOTP && k.Counter != 0 {
		return ErrCounter
	}
	return nil
}

// mask is what a key prints.
func (k Key) mask() string {
	return fmt.Sprintf("%s key for %q of %q (secret hidden)", k.Kind, k.Account, k.Issuer)
}

// Format implements [fmt.Formatter]: every verb prints the mask.
func (k Key) Format(state fmt.State, _ rune) {
	// The state buffers; a failed write shows where it is flushed.
	_, _ = state.Write([]byte(k.mask()))
}

// MarshalText gives the mask to encoding/json, encoding/xml and slog.
func (k Key) MarshalText() ([]byte, error) { return []byte(k.mask()), nil }

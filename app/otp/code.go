package otp

import (
	"crypto/hmac"
	"encoding/binary"
	"errors"
	"hash"
	"strings"
	"time"
	"unicode"
)

// ErrCode is the error of [Clean].
var ErrCode = errors.New("a code is 6 to 8 digits")

// Clean removes all white space from a typed code and fails with [ErrCode]
// unless 6 to 8 ASCII digits are left.
func Clean(code string) (string, error) {
	clean := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, code)
	if len(clean) < MinDigits || len(clean) > MaxDigits {
		return "", ErrCode
	}
	for i := 0; i < len(clean); i++ {
		if clean[i] < '0' || clean[i] > '9' {
			return "", ErrCode
		}
	}
	return clean, nil
}

// Step returns the time step that t lies in: floor(unix / period), RFC 6238
// section 4.2 with T0 = 0, also before 1970. The period must be valid
// (see [Params.Validate]); one below a second panics.
func Step(t time.Time, period time.Duration) int64 {
	seconds, length := t.Unix(), int64(period/time.Second)
	step := seconds / length
	if seconds%length < 0 {
		step--
	}
	return step
}

// Generator makes values from one secret with one algorithm. It keeps the keyed
// HMAC state, so that a further value costs two compressions and no memory. Not
// for use by two goroutines at once.
type Generator struct {
	mac     hash.Hash
	counter [8]byte
	sum     [64]byte // the longest HMAC, SHA-512
}

// NewGenerator fails with [ErrAlgorithm], [ErrNoSecret] or [ErrShortSecret].
func NewGenerator(secret []byte, a Algorithm) (*Generator, error) {
	constructor := a.hash()
	if constructor == nil {
		return nil, ErrAlgorithm
	}
	if err := CheckSecret(secret); err != nil {
		return nil, err
	}
	mac := hmac.New(constructor, secret)
	mac.Reset() // the first Reset is the one that saves the keyed state
	return &Generator{mac: mac}, nil
}

// Value returns the 31-bit number of a counter or step before it is cut to
// digits: RFC 4226 section 5.3, dynamic truncation. One value serves every
// number of digits, see [Cut].
func (g *Generator) Value(counter uint64) uint32 {
	binary.BigEndian.PutUint64(g.counter[:], counter)
	g.mac.Reset()
	g.mac.Write(g.counter[:])
	sum := g.mac.Sum(g.sum[:0])
	offset := sum[len(sum)-1] & 0xf
	return binary.BigEndian.Uint32(sum[offset:]) & 0x7fffffff
}

// Cut reduces a value of [Generator.Value] to its last digits, 6 to 8. A
// division by a constant compiles to a multiplication, whose time does not
// depend on the value; a division by a variable would.
func Cut(value uint32, digits int) uint32 {
	switch digits {
	case 6:
		return value % 1_000_000
	case 7:
		return value % 10_000_000
	}
	return value % 100_000_000
}

// Code returns the code of a counter or step for stored parameters. It fails
// as [Params.Validate] and [CheckSecret] do.
func Code(secret []byte, p Params, counter uint64) (string, error) {
	if err := p.Validate(); err != nil {
		return "", err
	}
	g, err := NewGenerator(secret, p.Algorithm)
	if err != nil {
		return "", err
	}
	return format(Cut(g.Value(counter), p.Digits), p.Digits), nil
}

// CodeAt returns the TOTP code at a time. It fails as [Code] does, and with
// [ErrKind] for HOTP, which knows no time.
func CodeAt(secret []byte, p Params, t time.Time) (string, error) {
	if err := p.Validate(); err != nil {
		return "", err
	}
	if p.Kind != TOTP {
		return "", ErrKind
	}
	return Code(secret, p, uint64(Step(t, p.Period)))
}

// format writes a cut value with its leading zeros.
func format(value uint32, digits int) string {
	text := make([]byte, digits)
	for i := digits - 1; i >= 0; i-- {
		text[i] = '0' + byte(value%10)
		value /= 10
	}
	return string(text)
}

// number reads a typed code, and tells whether it has that many digits. With
// the length known, codes and numbers are one to one.
func number(code string, digits int) (n uint32, ok bool) {
	clean, err := Clean(code)
	for i := 0; i < len(clean); i++ {
		n = n*10 + uint32(clean[i]-'0')
	}
	return n, err == nil && len(clean) == digits
}

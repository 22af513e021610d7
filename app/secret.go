package app

import (
	"fmt"
	"log/slog"
)

// mask is what every printing path shows in place of a secret.
const mask = "••••••"

// Secret holds a password, a key, a code or an otpauth URI. Every way to
// print, log or encode it shows a mask of fixed length; only Reveal gives the
// text, so that a search for "Reveal" finds each place where a secret leaves.
// The zero value is the empty secret. Do not compare secrets with ==.
//
// The text is behind a pointer because fmt calls no methods on unexported
// fields: of a Secret in one it prints an address.
type Secret struct{ text *string }

// NewSecret wraps text.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{&text}
}

// Reveal returns the text.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// Empty reports whether there is no text. An empty secret never matches.
func (s Secret) Empty() bool { return s.text == nil }

// String returns a mask.
func (s Secret) String() string { return mask }

// GoString returns a mask, for %#v.
func (s Secret) GoString() string { return "app.Secret(" + mask + ")" }

// Format writes a mask for every verb and flag.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(mask)) }

// MarshalText returns a mask, so that no encoder built on it shows the text.
func (s Secret) MarshalText() ([]byte, error) { return []byte(mask), nil }

// MarshalJSON returns a mask.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + mask + `"`), nil }

// LogValue returns a mask, for log/slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(mask) }

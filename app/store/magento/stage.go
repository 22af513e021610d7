package magento

import (
	"errors"

	"github.com/factordesk/factordesk/app"
)

// Stage is a step on the way into a shop. A test of a connection shows each.
type Stage string

// The stages, in order.
const (
	StageReach   Stage = "reach"     // TCP, or the socket
	StageEncrypt Stage = "encrypt"   // TLS
	StageSignIn  Stage = "sign in"   // the database account
	StageSchema  Stage = "schema"    // it is a Magento shop with 2FA, and the account may use its tables
	StageKey     Stage = "crypt key" // the key opens what the shop has stored
)

// staged says at which stage an error came up.
type staged struct {
	stage Stage
	err   error
}

func (s *staged) Error() string {
	if s.err == nil {
		return string(s.stage)
	}
	return string(s.stage) + ": " + s.err.Error()
}

func (s *staged) Unwrap() error { return s.err }

// at returns a copy of an error that remembers its stage.
func at(s Stage, e *app.Error) error { return e.Because(&staged{s, e.Err}) }

// StageOf returns the stage of an error of [Connect], [Link.Inspect],
// [Link.TryKey] or [Open]; it is empty for an error that has none.
func StageOf(err error) Stage {
	var s *staged
	if errors.As(err, &s) {
		return s.stage
	}
	return ""
}

// missingGrant is the cause of an error about what a database account may not
// do.
type missingGrant struct {
	statements string // what would allow it
	err        error
}

func (m *missingGrant) Error() string { return "missing grant: " + m.err.Error() }
func (m *missingGrant) Unwrap() error { return m.err }

// GrantFor returns the SQL with which an administrator of the database permits
// what err says is missing; it is empty when err is about something else.
func GrantFor(err error) string {
	var m *missingGrant
	if errors.As(err, &m) {
		return m.statements
	}
	return ""
}

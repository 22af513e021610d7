package app

import (
	"context"
	"errors"
	"fmt"
)

// Kind says what sort of failure an Error is. The list is short and closed:
// screens and commands decide by it, never by text.
type Kind int

// The kinds of failure.
const (
	Internal    Kind = iota // a fault of the program; the log has the rest
	Invalid                 // the input cannot be used as it is
	NotFound                // no such user, factor, role or store
	Denied                  // wrong password or code, or not permitted
	Locked                  // locked out after failed attempts
	Conflict                // somebody else changed it first
	Unreachable             // the store does not answer, or its disk or file refuses
	Unreadable              // stored, but no key opens it, or it is damaged
	Canceled                // the person stopped it; nothing was changed
)

// String returns the kind in a word, for the log.
func (k Kind) String() string {
	names := [...]string{
		"internal", "invalid", "not found", "denied", "locked",
		"conflict", "unreachable", "unreadable", "canceled",
	}
	if k < 0 || int(k) >= len(names) {
		return "internal"
	}
	return names[k]
}

// Error is the one error type that reaches people. Message is a full sentence
// that says what is so, Hint one that says what to do (it may be empty). Err
// is the cause; it goes to the log and never to a screen.
type Error struct {
	Kind    Kind
	Message string
	Hint    string
	Err     error
}

// Error returns Message and Hint without the cause, so that printing the
// error by accident does not show a driver's words.
func (e *Error) Error() string {
	if e.Hint == "" {
		return e.Message
	}
	return e.Message + " " + e.Hint
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an Error of a kind with a formatted message and no hint.
func Errorf(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// WithHint returns a copy of e with a hint.
func (e *Error) WithHint(format string, args ...any) *Error {
	c := *e
	c.Hint = fmt.Sprintf(format, args...)
	return &c
}

// Because returns a copy of e with a cause for the log.
func (e *Error) Because(err error) *Error {
	c := *e
	c.Err = err
	return &c
}

// KindOf returns the kind of the first Error in err's chain; Canceled for a
// canceled context, and Internal for anything else.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	if errors.Is(err, context.Canceled) {
		return Canceled
	}
	return Internal
}

// Explain returns the words for people in err: those of the first Error in its
// chain, or general ones that show nothing of the cause.
func Explain(err error) (message, hint string) {
	var e *Error
	if errors.As(err, &e) {
		return e.Message, e.Hint
	}
	switch {
	case errors.Is(err, context.Canceled):
		return "Stopped. Nothing was changed.", ""
	case errors.Is(err, context.DeadlineExceeded):
		return "The store gave no answer in time.", "Check before you repeat what you did."
	}
	return "Something went wrong inside Factordesk.", "The log has the details."
}

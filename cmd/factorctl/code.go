package main

import (
	"context"
	"errors"
	"strings"

	"github.com/factordesk/factordesk/app"
)

// Exit codes. They and the JSON shapes are what scripts build on: neither
// changes.
const (
	exitDone        = 0
	exitRefused     = 1 // wrong code or password, locked, not permitted, stopped
	exitUsage       = 2
	exitNotFound    = 3
	exitConflict    = 4
	exitUnreachable = 5
	exitUnreadable  = 6
	exitInternal    = 70
)

// exitHelp is the part of the help that explains them.
const exitHelp = `Exit codes:
  0   done
  1   refused: wrong code, wrong password, locked, not permitted, or stopped
  2   usage: the command or its input cannot be used as it is
  3   not found: no such user, provider or store
  4   conflict: someone else changed it first, or it is there already
  5   the store cannot be reached, or its disk refuses
  6   stored data cannot be read
  70  internal fault; the log has the details`

// exitCode returns the exit code of an error.
func exitCode(err error) int {
	if err == nil {
		return exitDone
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return exitUnreachable
	}
	switch app.KindOf(err) {
	case app.Denied, app.Locked, app.Canceled:
		return exitRefused
	case app.Invalid:
		return exitUsage
	case app.NotFound:
		return exitNotFound
	case app.Conflict:
		return exitConflict
	case app.Unreachable:
		return exitUnreachable
	case app.Unreadable:
		return exitUnreadable
	}
	return exitInternal
}

// explain returns an error as one line for the terminal: message and hint,
// behind the program's name. The first letter is lowered as in other programs,
// but never that of a name.
func explain(err error) string {
	message, hint := app.Explain(err)
	if errors.Is(err, app.ErrOwnFactor) {
		hint = `"factorctl signin --break-glass" is the way back in.`
	}
	line := "factorctl: " + lowerOpening(message)
	if hint != "" {
		line += " " + hint
	}
	return plain(line)
}

// openings are words that a sentence begins with and that are no names.
var openings = []string{
	"A", "After", "All", "An", "Another", "Each", "Every", "Everything", "In", "It", "Its", "Line", "No", "Nobody", "None",
	"Not", "Nothing", "One", "Only", "Other", "People", "Signed", "Somebody", "Someone", "Something", "Stopped",
	"That", "The", "There", "These", "This", "To", "Two", "Wrong", "You", "Your",
}

func lowerOpening(s string) string {
	first, _, _ := strings.Cut(s, " ")
	for _, o := range openings {
		if first == o || first == o+"." {
			return strings.ToLower(s[:1]) + s[1:]
		}
	}
	return s
}

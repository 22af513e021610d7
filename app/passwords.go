package app

import (
	"strings"
	"time"
)

// PasswordSource says where the secrets on the way to a store come from: the
// password of its database account, and those of an SSH server.
type PasswordSource string

// The sources.
const (
	PasswordAsked   PasswordSource = ""        // the person, each time
	PasswordKept    PasswordSource = "keyring" // typed once, and sealed under a key in the system's keyring
	PasswordCommand PasswordSource = "command" // what a program prints; SSH passwords are asked for
)

// Passwords is where the secrets of one connection come from. It holds none.
type Passwords struct {
	From    PasswordSource `toml:"from,omitempty"`
	Command string         `toml:"command,omitempty"` // a program and its arguments, as SplitCommand reads them
	// Minutes is how long what the command printed is used, in memory only; 0: it
	// is run each time.
	Minutes int `toml:"minutes,omitzero"`
}

// Bounds of the time for which a printed password is used.
const (
	DefaultPasswordMinutes = 15
	MaxPasswordMinutes     = 24 * 60
)

// Expiry is how long what the command printed is used.
func (p Passwords) Expiry() time.Duration { return time.Duration(p.Minutes) * time.Minute }

// Check returns nil, or a sentence that says why it cannot be used or saved.
func (p Passwords) Check() error {
	switch p.From {
	case PasswordAsked, PasswordKept:
		if p.Command != "" || p.Minutes != 0 {
			return Errorf(Invalid, "A command for the password has no use here: the password comes from somewhere else.")
		}
		return nil
	case PasswordCommand:
	default:
		return Errorf(Invalid, "There is no source of passwords %q.", string(p.From)).
			WithHint("It is keyring or command; without one the password is asked for.")
	}
	if p.Minutes < 0 || p.Minutes > MaxPasswordMinutes {
		return Errorf(Invalid, "A password cannot be used for %d minutes after it was printed.", p.Minutes).
			WithHint("It is 0 to %d minutes.", MaxPasswordMinutes)
	}
	_, err := SplitCommand(p.Command)
	return err
}

// maxCommand is the longest command, in characters.
const maxCommand = 1000

// SplitCommand reads a program and its arguments: words between blanks, where
// single and double quotes keep blanks in a word, and a backslash outside of
// single quotes takes the next character as it is. Nothing else has a meaning:
// there is no shell. It fails with Invalid.
func SplitCommand(text string) ([]string, error) {
	if err := checkText("command for the password", text, maxCommand); err != nil {
		return nil, err
	}
	var words []string
	var word strings.Builder
	within, quote, escaped := false, rune(0), false
	for _, r := range text {
		switch {
		case escaped:
			word.WriteRune(r)
			escaped = false
		case r == '\\' && quote != '\'':
			escaped, within = true, true
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '\'' || r == '"':
			quote, within = r, true
		case r == ' ' || r == '\t':
			if within {
				words = append(words, word.String())
			}
			word.Reset()
			within = false
		default:
			word.WriteRune(r)
			within = true
		}
	}
	if quote != 0 || escaped {
		return nil, Errorf(Invalid, "The command for the password has a quote or a backslash that leads nowhere.")
	}
	if within {
		words = append(words, word.String())
	}
	if len(words) == 0 || words[0] == "" {
		return nil, Errorf(Invalid, "The command for the password is missing.")
	}
	return words, nil
}

package app

import (
	"net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// UserID names a user within one store. It is the store's own key as text.
type UserID string

// User is a person in the store. A user with a password is an operator: the
// person can sign in to a console and do what the role permits.
type User struct {
	ID          UserID
	Username    string
	Email       string
	FirstName   string
	LastName    string
	Role        Role // the zero Role when the user has none
	Active      bool
	Operator    bool      // has a password
	MustEnroll  bool      // led to enroll at the next sign-in
	Barred      bool      // the role keeps its members from any second factor in the application
	Created     time.Time // UTC
	LastSignIn  time.Time // UTC; zero is never
	Failures    int       // failed attempts since the last right one
	LockedUntil time.Time // UTC; zero or past is not locked
	Version     int64     // positive; another one after each change that a screen could overwrite
	Sessions    int       // that are open in the application; 0 where the store knows none

	// PasswordSince is when the password was set, in UTC and microseconds; zero
	// without one. Each new password has a later one, whatever the clocks say.
	PasswordSince time.Time

	// SessionsEnded is when the sessions of an operator were last ended at once, as
	// PasswordSince; zero: never. A console whose session began before that ends it.
	SessionsEnded time.Time

	Factors []Factor // one for each provider that has something stored
}

// Name returns the full name, or the username where there is none.
func (u User) Name() string {
	if n := strings.TrimSpace(u.FirstName + " " + u.LastName); n != "" {
		return n
	}
	return u.Username
}

// Short returns what to call the person after the full name was said once.
func (u User) Short() string {
	if n := strings.TrimSpace(u.FirstName); n != "" {
		return n
	}
	return u.Name()
}

// Locked reports whether the user is locked out at now.
func (u User) Locked(now time.Time) bool { return u.LockedUntil.After(now) }

// Factor returns the user's factor of a provider; its status is
// StatusNotEnrolled when nothing is stored.
func (u User) Factor(p ProviderCode) Factor {
	for _, f := range u.Factors {
		if f.Provider == p {
			return f
		}
	}
	return Factor{Provider: p, Status: StatusNotEnrolled}
}

// NewUser is what a person is made of. Username and Email are required.
type NewUser struct {
	Username  string
	Email     string
	FirstName string
	LastName  string
	Role      RoleID // empty: no role
	Active    bool
	Password  Secret // empty: no operator
}

// UserChange is a whole new set of account fields for one user. Version is the
// one that was read; a store answers Conflict when the user has another by now.
type UserChange struct {
	ID        UserID
	Version   int64
	Username  string
	Email     string
	FirstName string
	LastName  string
	Role      RoleID
	Active    bool
}

// Longest accepted fields, in characters.
const (
	MaxUsername = 64
	MaxEmail    = 254
	MaxName     = 100
)

// MinPassword is the fewest characters of an operator's password (NIST SP
// 800-63B asks for at least 8; an administrative console asks for more).
const MinPassword = 10

// CheckUsername returns nil or a sentence that says why the username cannot
// be used: 1 to 64 characters without blanks, control characters, characters
// that nobody sees, or a colon.
func CheckUsername(s string) error {
	if s == "" {
		return Errorf(Invalid, "The username is missing.")
	}
	if err := checkText("username", s, MaxUsername); err != nil {
		return err
	}
	if strings.ContainsFunc(s, unicode.IsSpace) {
		return Errorf(Invalid, "The username has a blank in it.")
	}
	if strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Cf, r) }) {
		return Errorf(Invalid, "The username has an invisible character in it.").
			WithHint("Two usernames that look the same must not be two users.")
	}
	if strings.Contains(s, ":") {
		return Errorf(Invalid, "The username has a colon in it.").
			WithHint("Authenticator apps use the colon to split issuer and name.")
	}
	return nil
}

// CheckEmail returns nil or a sentence that says why s is no email address.
func CheckEmail(s string) error {
	if s == "" {
		return Errorf(Invalid, "The email address is missing.")
	}
	if err := checkText("email address", s, MaxEmail); err != nil {
		return err
	}
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || a.Name != "" {
		return Errorf(Invalid, "The email address is not valid.")
	}
	domain := s[strings.LastIndexByte(s, '@')+1:]
	if strings.HasPrefix(domain, ".") || strings.HasSuffix(domain, ".") || strings.Contains(domain, "..") {
		return Errorf(Invalid, "The email address is not valid.")
	}
	return nil
}

// CheckName returns nil or a sentence that says why s is no first or last
// name; field says which of them. An empty name is fine.
func CheckName(field, s string) error { return checkText(field, s, MaxName) }

// CheckStoreName returns nil or a sentence that says why a new store cannot have
// the name. Authenticator apps show it as the issuer.
func CheckStoreName(s string) error {
	if s == "" {
		return Errorf(Invalid, "The name of the store is missing.")
	}
	if strings.Contains(s, ":") {
		return Errorf(Invalid, "The name of the store has a colon in it, at which authenticator apps split it.")
	}
	return checkText("name of the store", s, MaxName)
}

// CheckPassword returns nil or a sentence that says why a new operator's
// password cannot be used.
func CheckPassword(p Secret) error {
	s := p.Reveal()
	if !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
		return Errorf(Invalid, "The password has a character that cannot be typed everywhere.")
	}
	if n := utf8.RuneCountInString(s); n < MinPassword {
		return Errorf(Invalid, "The password is too short.").
			WithHint("Give it at least %d characters.", MinPassword)
	} else if n > 1024 {
		return Errorf(Invalid, "The password is longer than 1,024 characters.")
	}
	if first, _ := utf8.DecodeRuneInString(s); strings.Trim(s, string(first)) == "" {
		return Errorf(Invalid, "The password repeats one character.")
	}
	return nil
}

func checkText(field, s string, most int) error {
	switch {
	case !utf8.ValidString(s):
		return Errorf(Invalid, "The %s is not UTF-8 text.", field)
	case utf8.RuneCountInString(s) > most:
		return Errorf(Invalid, "The %s is longer than %d characters.", field, most)
	case strings.ContainsFunc(s, disorders):
		return Errorf(Invalid, "The %s has a control character in it.", field)
	}
	return nil
}

// disorders reports whether a character moves what stands around it: control
// characters, line ends, and those that turn the reading direction of all that
// follows.
func disorders(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' ||
		r >= '\u202A' && r <= '\u202E' || r >= '\u2066' && r <= '\u2069'
}

// FoldUsername returns the form in which usernames are compared: two users
// cannot differ in letter case alone.
func FoldUsername(s string) string { return strings.ToLower(s) }

// check trims and checks the account fields that AddUser, SaveUser and Import
// share.
func (n *NewUser) check() error {
	n.Username, n.Email = strings.TrimSpace(n.Username), strings.TrimSpace(n.Email)
	n.FirstName, n.LastName = strings.TrimSpace(n.FirstName), strings.TrimSpace(n.LastName)
	for _, err := range []error{
		CheckUsername(n.Username), CheckEmail(n.Email),
		CheckName("first name", n.FirstName), CheckName("last name", n.LastName),
	} {
		if err != nil {
			return err
		}
	}
	if !n.Password.Empty() {
		return CheckPassword(n.Password)
	}
	return nil
}

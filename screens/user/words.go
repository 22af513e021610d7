package user

import (
	"strings"
	"time"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// why is the sentence of a refusal, with what to do about it; empty for nil.
func why(err error) string {
	if err == nil {
		return ""
	}
	what, then := app.Explain(err)
	return strings.TrimSpace(what + " " + then)
}

// of is whose something is: "Ann’s".
func of(u app.User) string { return u.Short() + "’s" }

// list joins words as people do: "a", "a and b", "a, b and c".
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// capital makes the first letter of a sentence a capital one.
func capital(s string) string {
	if s == "" {
		return s
	}
	r := []rune(s)
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}

// known is a day, or that the store does not keep it.
func known(t time.Time, say func(time.Time) string) string {
	if t.IsZero() {
		return "Not known"
	}
	return say(t)
}

// lastSignIn is how the heading says it: "last sign-in today 09:41".
func lastSignIn(t, now time.Time) string {
	if t.IsZero() {
		return "never signed in"
	}
	words := kit.When(t, now)
	for _, day := range []string{"Today", "Yesterday"} {
		if rest, ok := strings.CutPrefix(words, day); ok {
			words = strings.ToLower(day) + rest
		}
	}
	return "last sign-in " + words
}

// roleName is what a role is called on the screen.
func roleName(r app.Role) string {
	if r.Name == "" {
		return "No role"
	}
	return r.Name
}

// permits says in words what a role allows.
func permits(r app.Role, shop bool) string {
	switch {
	case shop && len(r.Permissions) == 0:
		return "Nothing at this desk."
	case r.ID == "":
		return "Nothing. The person is looked after here and cannot work at this desk."
	case len(r.Permissions) == 0:
		return "Nothing at this desk: a name for where the person works."
	case len(r.Permissions) == len(app.Permissions()):
		return "Everything, also on Administrators."
	}
	words := make([]string, 0, len(r.Permissions))
	for _, p := range app.Permissions() {
		if r.Has(p) {
			words = append(words, p.Words())
		}
	}
	for i := range words[1:] {
		words[i+1] = strings.ToLower(words[i+1][:1]) + words[i+1][1:]
	}
	return strings.Join(words, ", ") + "."
}

// failures is how many attempts failed, and since when the account is locked.
func failures(u app.User, policy app.LockPolicy, now time.Time) string {
	switch {
	case u.Locked(now):
		return kit.Count(u.Failures) + ", locked until " + app.ClockWithUTC(u.LockedUntil)
	case u.Failures == 0:
		return "None"
	case policy.Failures == 0:
		return kit.Count(u.Failures) + ", and no number of them locks an account here"
	}
	return kit.Count(u.Failures) + " of " + kit.Count(policy.Failures)
}

// signsIn says whether the person can work at this desk.
func signsIn(u app.User) string {
	switch {
	case !u.Operator:
		return "No, there is no password"
	case !u.Active:
		return "No, the account is inactive"
	case len(u.Role.Permissions) == 0:
		return "No, the role permits nothing"
	}
	return "Yes, with a password"
}

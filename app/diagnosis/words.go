package diagnosis

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/factordesk/factordesk/app"
)

// words is what a verdict is said with.
type words struct {
	*app.Diagnosis
	about    app.Patient
	own      app.Suspect
	readings []app.CodeReading
}

// tell says the verdict: what is so, and why.
func tell(d *app.Diagnosis, w words) {
	d.Title, d.Message = w.verdict()
	switch u := w.about.User; {
	case !u.Active:
		d.Message += " The account is switched off, so no code gets in."
	case u.Locked(w.about.Now):
		d.Message += " The account is locked until " + u.LockedUntil.UTC().Format("15:04") + " UTC, so no code gets in before."
	case u.Factor(d.Provider).Status == app.StatusPending:
		d.Message += " The factor is still pending: its first code was never confirmed."
	}
}

func (w words) verdict() (title, message string) {
	who, it := w.about.User.Short(), w.codes()
	switch w.Verdict {
	case app.CodeAccepted:
		return w.good(), it.are("right") + " and would be accepted now."
	case app.CodeReplayed:
		return "The code was used already", it.are("right") + ", but this store has accepted " + it.them() +
			" before. Each code gets in once; the app shows the next one within " + seconds(w.own.Params.Period) + "."
	case app.CodeDrift:
		return who + "’s phone is " + w.Drift.Words(), it.are("right") + ", but came " + w.steps() + ". " + w.accepts()
	case app.CodeZone:
		return who + "’s phone is " + w.Drift.Words(), it.are("right") + ", but whole hours away: " +
			"the clock was set by hand, or for another time zone. " + w.accepts()
	case app.CodeAhead:
		return who + "’s token has counted on", "The code is " + plural(w.Places[len(w.Places)-1].Steps, "press", "presses") +
			" ahead of the one that the store expects: the button was pressed without signing in."
	case app.CodeDigits:
		return fmt.Sprintf("The app shows %d digits, the store expects %d", w.Params.Digits, w.own.Params.Digits),
			"The secret is the right one, but the app makes codes of another length from it."
	case app.CodeAlgorithm:
		return fmt.Sprintf("The app uses %s, the store %s", w.Params.Algorithm, w.own.Params.Algorithm),
			"The secret is the right one, but the app makes its codes with another hash."
	case app.CodePeriod:
		return "The app renews its code every " + seconds(w.Params.Period) + ", the store every " + seconds(w.own.Params.Period),
			"The secret is the right one, but the app counts time at another pace."
	case app.CodeOldSecret:
		return "The app still has an earlier enrollment", it.are("made") + " with a secret of " + who +
			" that was replaced. The app may have two entries of the same name."
	case app.CodeSibling:
		return "The code belongs to another factor", it.are("right") + ", for " + w.about.Names(w.Other) + " of " + who + "."
	case app.CodeOtherUser:
		return "The code belongs to " + w.OtherUser.Name(), "It is right for " + w.about.Names(w.Other) + " of " +
			w.OtherUser.Username + ". The app of " + who + " may have both entries, or the usernames were mixed up."
	case app.CodeTypo:
		return "A digit is wrong", "The code differs from a right one in one digit, or in two that were swapped."
	case app.CodeOtherKind:
		return "That is no code of " + w.about.Provider.Name, w.form()
	case app.CodeUndecided:
		return "One more code will tell", w.coincidence()
	case app.CodeUnknown:
	}
	return "The code fits nothing that is known here", "It is of no step of a whole day before or after now, of no other " +
		"setting of the app, and of no other factor of " + who + "."
}

// good is the title of a code that is right.
func (w words) good() string {
	if w.about.User.Active && !w.about.User.Locked(w.about.Now) {
		return "The code is good"
	}
	return "The code is good, the account is not open"
}

// coincidence says why one finding is none yet.
func (w words) coincidence() string {
	s := "The code fits something, but one guess in " + app.Thousands(int64(math.Max(1, math.Round(1/w.Chance)))) + " would."
	if len(w.readings) == 1 {
		return s + " Ask " + w.about.User.Short() + " for the next code as well."
	}
	return s + " Ask " + w.about.User.Short() + " for two other codes in a row."
}

// form says what a text looks like that is no code of the factor.
func (w words) form() string {
	digits := w.own.Params.Digits
	for _, r := range w.readings {
		text := strings.Join(strings.Fields(r.Code.Reveal()), "")
		letters := strings.ContainsFunc(text, unicode.IsLetter)
		switch {
		case letters && len(text) == 5:
			return fmt.Sprintf("Five letters and digits are of Steam Guard. Codes of this factor are %d digits.", digits)
		case letters:
			return fmt.Sprintf("It has letters. Codes of this factor are %d digits.", digits)
		case len(text) == 7 && digits != 7:
			return fmt.Sprintf("It has 7 digits, as codes of Authy and Duo Mobile have. Codes of this factor have %d.", digits)
		case len(text) != digits:
			return fmt.Sprintf("It has %d digits. Codes of this factor have %d.", len(text), digits)
		}
	}
	return fmt.Sprintf("Codes of this factor are %d digits.", digits)
}

// steps says how many steps away the codes came: "4 steps late".
func (w words) steps() string {
	n := w.Places[len(w.Places)-1].Steps
	if n < 0 {
		return plural(-n, "step", "steps") + " late"
	}
	return plural(n, "step", "steps") + " early"
}

// accepts says what the store takes.
func (w words) accepts() string {
	switch w.Window {
	case 0:
		return "This store accepts the code of now alone."
	case 1:
		return "This store accepts one step each side."
	}
	return "This store accepts " + strconv.Itoa(w.Window) + " steps each side."
}

// count is how many codes a sentence is about.
type count int

func (w words) codes() count { return count(len(w.readings)) }

func (c count) are(what string) string {
	if c == 1 {
		return "The code is " + what
	}
	return "Both codes are " + what
}

func (c count) them() string {
	if c == 1 {
		return "it"
	}
	return "the last one"
}

func plural(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return app.Thousands(n) + " " + many
}

func seconds(d time.Duration) string { return strconv.FormatInt(int64(d/time.Second), 10) + " s" }

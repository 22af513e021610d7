package user

import (
	"context"
	"fmt"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// TestCode opens the desk test of a user's authenticator app: it says whether
// the code that the person reads out would be accepted now, and uses nothing
// up. The user needs an active factor with codes (see Testable).
func TestCode(k *kit.Kit, s Tester, u app.User) { openTest(k, s, u, nil) }

// Testable tells whether a user has a factor whose codes can be tested.
func Testable(u app.User) bool {
	_, ok := codeFactor(u)
	return ok
}

// codeFactor is the user's active factor that makes codes.
func codeFactor(u app.User) (app.Factor, bool) {
	for _, f := range u.Factors {
		if f.Status == app.StatusActive && f.Params.Kind != "" {
			return f, true
		}
	}
	return app.Factor{}, false
}

func openTest(k *kit.Kit, s Tester, u app.User, closed func()) {
	f, ok := codeFactor(u)
	if !ok {
		return
	}
	openCode(k, codeSpec{
		store: kit.StoreOf(s.Store()), title: "Test a code of " + u.Name(),
		lead:  u.Short() + " reads out the code that the authenticator app shows now.",
		note:  "A desk test uses nothing up: " + u.Short() + " can still sign in with this code.",
		label: "Code", button: "Test", digits: f.Params.Digits,
		check: func(ctx context.Context, code app.Secret) (app.Attempt, error) {
			return s.TestCode(ctx, u.ID, f.Provider, code)
		},
		ended: func(d *codeDialog, a app.Attempt) {
			d.say(verdict(u, f, a))
		},
		onCancel: closed,
	})
}

// verdict says in a sentence how a desk test ended, and then what follows.
func verdict(u app.User, f app.Factor, a app.Attempt) (status kit.Status, what, then string) {
	who := u.Short()
	switch a.Reason {
	case app.OK:
		return kit.StatusOK, "Accepted now.", drift(f, a.Step)
	case app.Replayed:
		return kit.StatusWarn, "The code is right, but it was used already.",
			"A code counts once. " + who + " waits for the next one."
	case app.LockedOut:
		return kit.StatusBad, who + " is locked until " + app.ClockWithUTC(a.LockedUntil) + ".",
			"No code is accepted until then, unless you unlock the account."
	case app.NoFactor:
		return kit.StatusBad, "Nothing is enrolled any more.", "Somebody has reset it meanwhile."
	case app.SwitchedOff:
		return kit.StatusBad, "The account of " + who + " is inactive.", "No code is accepted until it is switched on."
	case app.IsPending:
		return kit.StatusWarn, "The first code was never confirmed.", "Confirm it first."
	}
	return kit.StatusBad, "The code is not right now.",
		"Let " + who + " read the entry for this store and this account, and check that the phone sets its clock by itself."
}

// drift says how the phone stands against this console's clock. A code of
// another step means an interval of two steps, never a figure.
func drift(f app.Factor, step int64) string {
	if f.Params.Kind != "totp" || step == 0 {
		return "The phone is in step."
	}
	most := int(f.Params.Period.Seconds())
	if step < 0 {
		return fmt.Sprintf("It is the code of %s: read out late, or the phone is behind by less than %d seconds.",
			steps(-step, "before"), most*int(1-step))
	}
	return fmt.Sprintf("It is the code of %s: the phone is ahead by less than %d seconds.",
		steps(step, "from now"), most*int(step+1))
}

func steps(n int64, way string) string { return kit.CountOf(int(n), "step", "steps") + " " + way }

// testCode opens the desk test; the page is read again after it, for the card
// says when the last one was.
func (s *Screen) testCode() {
	openTest(s.kit, s.service, s.page.user, s.load)
}

// confirmCode takes the first code of a pending factor.
func (s *Screen) confirmCode(provider app.Provider) {
	u := s.page.user
	f := u.Factor(provider.Code)
	digits := f.Params.Digits
	if digits == 0 {
		digits = 6
	}
	openCode(s.kit, codeSpec{
		store: s.head(), title: "Confirm " + provider.Name + " of " + u.Name(),
		lead:  u.Short() + " reads out the code that the authenticator app shows now. The right one makes the factor active.",
		note:  "Wrong codes are in Activity; they lock nobody out.",
		label: "First code", button: "Confirm", digits: digits,
		check: func(ctx context.Context, code app.Secret) (app.Attempt, error) {
			return s.service.Confirm(ctx, u.ID, provider.Code, code)
		},
		ended: func(d *codeDialog, a app.Attempt) {
			if !a.Accepted() {
				d.say(verdict(u, f, a))
				return
			}
			d.dialog.Close()
			s.finish("", provider.Name+" is active for "+u.Short()+".", nil)
		},
	})
}

package native

import (
	"context"
	"fmt"
	"time"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/otp"
)

// codeCheck is a code on its way through a transaction.
type codeCheck struct {
	app.CodeCheck
	*person
	factor  factorRow // zero: nothing is enrolled
	step    int64
	verdict otp.Verdict
}

var codeReasons = map[otp.Verdict]app.Reason{
	otp.Accepted: app.OK, otp.Replayed: app.Replayed, otp.Wrong: app.Wrong,
}

var codeWords = map[otp.Verdict]string{
	otp.Replayed: "The code was used before", otp.Wrong: "Wrong code",
}

// ConfirmFactor makes a pending factor active if the code is right, and
// consumes the code.
func (s *Store) ConfirmFactor(ctx context.Context, c app.CodeCheck) (app.Attempt, error) {
	return s.checkCode(ctx, "confirm factor", c, func(t *tx, k *codeCheck) (app.Attempt, error) {
		switch k.factor.Status {
		case app.StatusActive:
			return app.Attempt{}, app.Errorf(app.Conflict, "%s has confirmed this factor already.", k.user.Name())
		case app.StatusPending:
		default:
			return k.attempt(app.NoFactor), t.refused(c.Event, "Nothing is enrolled")
		}
		if err := t.match(k); err != nil {
			return app.Attempt{}, err
		}
		if k.verdict != otp.Accepted {
			return k.attempt(codeReasons[k.verdict]), t.refused(c.Event, codeWords[k.verdict])
		}
		at := micro(c.At)
		if err := t.put("UPDATE factors SET status = $1, since = $2, last_used = $2, last_step = $3, clock_seen = $6 "+
			"WHERE user_id = $4 AND provider = $5 AND last_step < $3",
			string(app.StatusActive), at, k.step, mustNumber(c.User), string(c.Provider), k.factor.used(k.step, c.At)); err != nil {
			return app.Attempt{}, err
		}
		k.person.factor(c.Provider).stored = app.StatusActive
		if err := t.saveFactors(k.person, false); err != nil {
			return app.Attempt{}, err
		}
		return t.accepted(k)
	})
}

// VerifyCode is a sign-in check: it consumes the code, and counts failed
// attempts.
func (s *Store) VerifyCode(ctx context.Context, c app.CodeCheck) (app.Attempt, error) {
	return s.checkCode(ctx, "verify code", c, func(t *tx, k *codeCheck) (app.Attempt, error) {
		if a, stop, err := t.notNow(k); stop {
			return a, err
		}
		if err := t.match(k); err != nil {
			return app.Attempt{}, err
		}
		if k.verdict == otp.Accepted {
			n, err := t.exec("UPDATE factors SET last_step = $1, last_used = $2, clock_seen = $5 "+
				"WHERE user_id = $3 AND provider = $4 AND last_step < $1",
				k.step, micro(c.At), mustNumber(c.User), string(c.Provider), k.factor.used(k.step, c.At))
			if err != nil {
				return app.Attempt{}, err
			}
			if n == 0 { // another console accepted it first
				k.verdict = otp.Replayed
			}
		}
		if k.verdict != otp.Accepted {
			return t.wrong(k.person, codeReasons[k.verdict], c.At, c.Event, codeWords[k.verdict])
		}
		if err := t.put("UPDATE users SET failures = 0, locked_until = 0, must_enroll = FALSE WHERE id = $1",
			mustNumber(c.User)); err != nil {
			return app.Attempt{}, err
		}
		return t.accepted(k)
	})
}

// TestCode says whether VerifyCode would accept the code.
func (s *Store) TestCode(ctx context.Context, c app.CodeCheck) (app.Attempt, error) {
	return s.checkCode(ctx, "test code", c, func(t *tx, k *codeCheck) (app.Attempt, error) {
		if a, stop, err := t.notNow(k); stop {
			return a, err
		}
		if err := t.match(k); err != nil {
			return app.Attempt{}, err
		}
		if k.verdict != otp.Accepted {
			return k.attempt(codeReasons[k.verdict]), t.refused(c.Event, codeWords[k.verdict])
		}
		return t.accepted(k)
	})
}

// checkCode reads what a code is checked against, and checks it, in one
// transaction. A factor that no key opens is an error and a failed event.
func (s *Store) checkCode(
	ctx context.Context, deed string, c app.CodeCheck, check func(*tx, *codeCheck) (app.Attempt, error),
) (a app.Attempt, err error) {
	var broken error
	err = s.change(ctx, deed, holdUser(c.User), func(t *tx) error {
		k, err := t.codeCheck(c)
		if err != nil {
			return err
		}
		if k.factor.Status == app.StatusUnreadable {
			err = errUnreadable(k.user)
		} else {
			a, err = check(t, k)
		}
		if app.KindOf(err) == app.Unreadable {
			broken = err
			e := c.Event
			e.Outcome, e.Reason = app.Failed, "The factor cannot be read"
			return t.log(e)
		}
		return err
	})
	if err == nil {
		err = broken
	}
	if err != nil {
		return app.Attempt{}, err
	}
	return a, nil
}

func (t *tx) codeCheck(c app.CodeCheck) (*codeCheck, error) {
	p, err := t.tried(t.person(c.User))
	if err != nil {
		return nil, err
	}
	k := &codeCheck{CodeCheck: c, person: p}
	if f := p.factor(c.Provider); f != nil {
		k.factor = *f
	}
	return k, nil
}

// attempt is an answer that changes nothing.
func (k *codeCheck) attempt(r app.Reason) app.Attempt {
	return app.Attempt{Reason: r, User: k.user, Left: app.MaxFailures - k.user.Failures}
}

// notNow answers an attempt that no code can pass.
func (t *tx) notNow(k *codeCheck) (a app.Attempt, stop bool, err error) {
	switch {
	case k.factor.Provider == "":
		return k.attempt(app.NoFactor), true, t.refused(k.Event, "Nothing is enrolled")
	case k.factor.Status == app.StatusPending:
		return k.attempt(app.IsPending), true, t.refused(k.Event, "The first code was never confirmed")
	case !k.user.Active:
		return k.attempt(app.SwitchedOff), true, t.refused(k.Event, "The account is inactive")
	case k.user.Locked(k.At):
		a := app.Attempt{Reason: app.LockedOut, User: k.user, LockedUntil: k.user.LockedUntil}
		return a, true, t.refused(k.Event, "The account is locked")
	}
	return app.Attempt{}, false, nil
}

// match finds the step of the code.
func (t *tx) match(k *codeCheck) error {
	secret, err := t.s.openSecret(k.user, k.factor)
	if err != nil {
		return err
	}
	k.step, k.verdict, err = otp.Match(secret, codeParams(k.factor.Params), k.Code.Reveal(), k.At.Add(k.factor.offset), app.Window, k.factor.lastStep)
	if err != nil {
		return errUnreadable(k.user).Because(fmt.Errorf("match code: %w", err))
	}
	return nil
}

// accepted answers a right code, with the user as it is now.
func (t *tx) accepted(k *codeCheck) (app.Attempt, error) {
	if err := t.done(k.Event); err != nil {
		return app.Attempt{}, err
	}
	p, err := t.tried(t.person(k.user.ID))
	if err != nil {
		return app.Attempt{}, err
	}
	a := app.Attempt{Reason: app.OK, User: p.user, Left: app.MaxFailures - p.user.Failures}
	if p := k.factor.Params.Period; p >= time.Second { // HOTP knows no time
		a.Step = k.step - otp.Step(k.At.Add(k.factor.offset), p)
	}
	return a, nil
}

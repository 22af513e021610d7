package app

import (
	"context"
	"errors"
)

// ResetRequest names a factor to forget. Version is the one of the user that
// was read; 0 is any.
type ResetRequest struct {
	User        UserID
	Version     int64
	Provider    ProviderCode
	EndSessions bool // end the user's sessions in the application, too
	Unlock      bool // clear the user's lock-out, too
	Reason      string
}

// Reset forgets one factor of a user, who must enroll again at the next
// sign-in. One's own factor is not reset at the desk: who holds an unlocked
// desk would take over the operator's account with it. Only who got in by
// break-glass, which proves more than the factor would, may reset the own one.
func (c *Console) Reset(ctx context.Context, g *Grant, r ResetRequest) error {
	e := c.event(DoReset, User{}, User{})
	e.Provider = r.Provider
	operator, target, err := c.target(ctx, CanReset, r.User, e)
	if err != nil {
		return err
	}
	e = c.event(DoReset, operator, target)
	e.Provider, e.Reason = r.Provider, cleanReason(r.Reason)
	if err = c.mayReset(operator, target, r); err == nil {
		err = c.spend(g, Deed{Action: DoReset, Target: r.User, Provider: r.Provider}, &e)
	}
	if err != nil {
		return c.refuse(ctx, operator, e, err)
	}
	if err := c.store.Able(AbleChange); err != nil {
		return err
	}
	if r.EndSessions {
		if err := c.store.Able(AbleSessions); err != nil {
			return err
		}
	}
	e.Details = append(e.Details, resetDetails(target, r)...)
	err = c.store.Reset(ctx, FactorReset{
		User: r.User, Version: r.Version, Provider: r.Provider, EndSessions: r.EndSessions, Unlock: r.Unlock,
	}, e)
	return c.answered(ctx, operator, e, err)
}

// mayReset returns nil, or why the operator may not do all that is asked for.
func (c *Console) mayReset(operator, target User, r ResetRequest) error {
	if r.Unlock {
		if err := permits(operator, CanUnlock); err != nil {
			return err
		}
	}
	if operator.ID == target.ID && !c.brokeGlass() {
		return errOwnFactor()
	}
	_, err := c.Provider(r.Provider)
	return err
}

// resetDetails says in the audit what a reset changes.
func resetDetails(u User, r ResetRequest) []Detail {
	f := u.Factor(r.Provider)
	d := []Detail{{"before", string(f.Status)}, {"after", string(StatusNotEnrolled)}}
	if f.Whole {
		d = append(d, Detail{"forgot", "every factor of the user, since the store could not take them apart"})
	}
	if r.EndSessions {
		d = append(d, Detail{"sessions", "ended"})
	}
	if r.Unlock {
		d = append(d, Detail{"lock-out", "cleared"})
	}
	return d
}

// brokeGlass reports whether the operator got in by break-glass.
func (c *Console) brokeGlass() bool {
	o, _ := c.Operator()
	return o.BreakGlass
}

// PermitsReset is PermitsOn for a reset of a user's factor, which one's own
// account does not allow.
func (c *Console) PermitsReset(target User) error {
	if err := c.PermitsOn(CanReset, target); err != nil {
		return err
	}
	if o, _ := c.Operator(); o.User.ID == target.ID && !o.BreakGlass {
		return errOwnFactor()
	}
	return nil
}

// ErrOwnFactor is the cause of an error whose way out is a break-glass sign-in.
// The hint has the window's words for it; the terminal has its own.
var ErrOwnFactor = errors.New("the operator's own factor")

func errOwnFactor() *Error {
	return Errorf(Denied, "Your own factor is not reset at the desk.").
		WithHint("Sign out, and use “Your own factor is lost?” on the sign-in screen.").
		Because(ErrOwnFactor)
}

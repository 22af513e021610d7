package app

import (
	"context"
	"fmt"
	"time"
)

// GrantLife is how long a grant waits for its deed.
const GrantLife = 2 * time.Minute

// Deed names one exact thing to do, for which the operator re-types the
// password. Target, Provider and Place are empty where the action has none.
type Deed struct {
	Action   Action
	Target   UserID
	Provider ProviderCode
	Place    string // to which the store is taken
}

// String returns the deed in the words of the audit.
func (d Deed) String() string {
	s := string(d.Action)
	if d.Provider != "" {
		s += " " + string(d.Provider)
	}
	if d.Place != "" {
		s += " to " + d.Place
	}
	return s
}

// Grant is proof that the operator has just re-typed the password for one
// Deed. Only Console.Reverify makes one; it works at that console and store,
// for that operator, once, within GrantLife.
type Grant struct {
	deed     Deed
	store    string
	operator UserID
	typed    time.Time
}

// Expires returns when the grant ends, for a countdown.
func (g *Grant) Expires() time.Time { return g.typed.Add(GrantLife) }

// Reverify checks the operator's own password again (Magento's Current User
// Identity Verification) and returns a grant for one deed. A wrong password
// counts in the store like a wrong password at sign-in, so that this is no way
// around the lock-out.
func (c *Console) Reverify(ctx context.Context, password Secret, d Deed) (*Grant, error) {
	operator, err := c.signedIn(ctx)
	if err != nil {
		e := c.event(DoPassword, operator, User{})
		e.Provider, e.Details = d.Provider, []Detail{{"for", d.String()}}
		return nil, c.refuse(ctx, operator, e, err)
	}
	target := User{}
	if d.Target != "" {
		u, err := c.store.User(ctx, d.Target)
		if err != nil {
			return nil, err
		}
		target = u
	}
	e := c.event(DoPassword, operator, target)
	e.Provider = d.Provider
	e.Details = []Detail{{"for", d.String()}}
	a, err := c.store.CheckPassword(ctx, PasswordCheck{
		Username: operator.Username, Password: password, Complete: true, At: e.At, Event: e,
	})
	if err != nil {
		return nil, err
	}
	if !a.Accepted() {
		return nil, c.ownPasswordRefused(a)
	}
	if a.User.ID != operator.ID { // renamed meanwhile, and somebody else has the name
		c.store.Forget()
		return nil, c.ownPasswordRefused(Attempt{})
	}
	g := &Grant{deed: d, store: c.store.Info().ID, operator: operator.ID, typed: e.At}
	if !c.keep(g) {
		c.store.Forget() // the check has opened the keys
		return nil, Errorf(Denied, "The screen was locked meanwhile.").WithHint("Unlock it with your password.")
	}
	return g, nil
}

// keep adds a grant to those that wait for their deed, unless the operator was
// locked out of the screen or signed out while the password was checked.
func (c *Console) keep(g *Grant) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s := c.session; s == nil || s.locked || s.user.ID != g.operator {
		return false
	}
	for old := range c.grants {
		if c.Now().After(old.Expires()) {
			delete(c.grants, old)
		}
	}
	c.grants[g] = true
	return true
}

// spend takes a grant for a deed, or says why it does not fit. The event gets
// the time at which the password was typed.
func (c *Console) spend(g *Grant, d Deed, e *Event) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case g == nil || !c.grants[g]:
		return Errorf(Denied, "Your password was not verified for this.").WithHint("Type it again.")
	case c.session == nil || g.operator != c.session.user.ID || g.store != c.store.Info().ID:
		return Errorf(Denied, "Your password was verified for another sign-in.").WithHint("Type it again.")
	case g.deed != d:
		return Errorf(Denied, "Your password was verified for another action.").WithHint("Type it again.")
	}
	delete(c.grants, g)
	if c.Now().After(g.Expires()) {
		return Errorf(Denied, "The two minutes since your password was verified are over.").WithHint("Type it again.")
	}
	e.Details = append(e.Details, Detail{"password", "re-typed " + g.typed.Format(time.RFC3339) + ", used once"})
	return nil
}

// ownPasswordRefused says what a wrong password of the signed-in operator costs.
func (c *Console) ownPasswordRefused(a Attempt) error {
	lock := c.store.Info().LockPolicy()
	switch {
	case !a.LockedUntil.IsZero():
		return Errorf(Locked, "Your own account is locked until %s.", ClockWithUTC(a.LockedUntil)).
			WithHint("Another operator can unlock it, or wait.")
	case a.Reason == Wrong && lock.Failures == 0:
		return Errorf(Denied, "That is not your password.")
	case a.Reason == Wrong:
		return Errorf(Denied, "That is not your password.").WithHint(
			"%s left, then your own account is locked for %d minutes.", attempts(a.Left), int(lock.For.Minutes()))
	}
	return Errorf(Denied, "Your password could not be verified.").WithHint("Sign in again.")
}

func attempts(n int) string {
	if n == 1 {
		return "1 attempt"
	}
	return fmt.Sprintf("%d attempts", n)
}

// ClockWithUTC writes a time as a person at the desk needs it wherever a code
// or a lock is discussed: the local clock, and UTC in brackets.
func ClockWithUTC(t time.Time) string {
	return t.Local().Format("15:04") + " (" + t.UTC().Format("15:04") + " UTC)"
}

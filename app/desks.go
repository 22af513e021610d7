package app

import (
	"context"
	"time"
)

// Desks is a store that knows who is signed in at which console: those of our own.
// The Console asks whether its store is one. Sessions of users in an application
// are something else, see Upkeep.
type Desks interface {
	// AtDesks returns the sessions of operators that are open, newest first.
	AtDesks(ctx context.Context, now time.Time) ([]DeskSession, error)

	// Attend says that a session is still open, without an event. A session that
	// the store has forgotten is known again then.
	Attend(ctx context.Context, token Secret, s DeskSession) error

	// EndDesks ends all sessions of an operator, with their event: kept ones cannot
	// be resumed, and User.SessionsEnded becomes a later one, by which the windows
	// know. It returns how many were open.
	EndDesks(ctx context.Context, id UserID, now time.Time, e Event) (int, error)
}

// DeskSession is an operator at a console.
type DeskSession struct {
	Operator   UserID
	Username   string
	Name       string // in full
	Console    string // which desk: host name and version
	Kept       bool   // by the terminal, between its commands; else a window
	BreakGlass bool
	Since      time.Time // the sign-in
	Seen       time.Time // when the session was last known to be open
}

// DeskLife is how long after its last sign a window counts as open; it gives one
// every AttendEvery.
const (
	DeskLife    = 3 * time.Minute
	AttendEvery = time.Minute
)

// CanSeeDesks returns nil, or why it cannot be seen here who is signed in at which
// console.
func (c *Console) CanSeeDesks() error {
	if _, err := c.desks(); err != nil {
		return err
	}
	return c.Permits(SeeActivity)
}

func (c *Console) desks() (Desks, error) {
	if d, ok := c.store.(Desks); ok && c.store.Info().Kind != MagentoStore {
		return d, nil
	}
	return nil, Errorf(Invalid, "This store does not keep who is signed in at which console.")
}

// AtDesks returns who is signed in at which console, the newest first.
func (c *Console) AtDesks(ctx context.Context) ([]DeskSession, error) {
	operator, err := c.operator(ctx, SeeActivity)
	if err != nil {
		return nil, c.refuse(ctx, operator, c.event(DoSeeActivity, operator, User{}), err)
	}
	d, err := c.desks()
	if err != nil {
		return nil, err
	}
	return d.AtDesks(ctx, c.Now())
}

// Attend is asked every few seconds by a window that is open, locked or not. It
// fails with Denied when the session has ended at another desk, and tells the
// store now and then that somebody is here.
func (c *Console) Attend(ctx context.Context) error {
	c.mu.Lock()
	if c.session == nil {
		defer c.mu.Unlock()
		return c.whyEnded()
	}
	s := *c.session
	c.mu.Unlock()
	if _, err := c.stillOn(ctx, s.user); err != nil {
		return err
	}
	d, err := c.desks()
	if err != nil || s.token.Empty() || c.Now().Sub(s.attended) < AttendEvery || c.store.Able(AbleChange) != nil {
		return nil
	}
	c.mu.Lock()
	if c.session != nil && c.session.started.Equal(s.started) {
		c.session.attended = c.Now()
	}
	c.mu.Unlock()
	return d.Attend(ctx, s.token, DeskSession{
		Operator: s.user.ID, Console: c.desk, Kept: s.kept, BreakGlass: s.breakGlass, Since: s.started, Seen: c.Now(),
	})
}

// whyEnded is why nobody is signed in: what ended the last session at another
// desk, or that nobody was.
func (c *Console) whyEnded() error {
	if c.ended != nil {
		return c.ended
	}
	return errNobody()
}

// endDesks ends an operator's sessions at every console of a store of our own.
func (c *Console) endDesks(ctx context.Context, g *Grant, id UserID, reason string) (int, error) {
	d, err := c.desks()
	if err != nil {
		return 0, err
	}
	operator, target, err := c.target(ctx, EditOperators, id, c.event(DoEndSessions, User{}, User{}))
	if err != nil {
		return 0, err
	}
	e := c.event(DoEndSessions, operator, target)
	e.Reason = cleanReason(reason)
	if err := c.spend(g, Deed{Action: DoEndSessions, Target: id}, &e); err != nil {
		return 0, c.refuse(ctx, operator, e, err)
	}
	if err := c.store.Able(AbleChange); err != nil {
		return 0, err
	}
	n, err := d.EndDesks(ctx, id, c.Now(), e)
	return n, c.answered(ctx, operator, e, err)
}

// CanEndSessions returns nil, or why the sessions of a user cannot be ended here:
// those in a shop, or an operator's at the consoles of a store of our own. It asks
// the store alone.
func (c *Console) CanEndSessions(u User) error {
	if _, err := c.desks(); err != nil || c.store.Able(AbleSessions) == nil {
		return c.store.Able(AbleSessions)
	}
	if !u.Operator {
		return Errorf(Invalid, "%s has no sessions: people do not sign in to this store anywhere but here.", u.Name())
	}
	return c.store.Able(AbleChange)
}

// EndingSessions is the permission that it takes to end sessions.
func (c *Console) EndingSessions() Permission {
	if _, err := c.desks(); err != nil || c.store.Able(AbleSessions) == nil {
		return CanReset
	}
	return EditOperators
}

package app

import (
	"context"
	"strconv"
)

// EndSessions signs a user out of the application that the store belongs to,
// everywhere, and takes back the tokens of its interfaces. It returns how many
// sessions were open. Who may reset a factor may do this, too: a reset without
// it leaves a thief signed in.
//
// In a store of our own it ends the sessions of an operator at every console,
// which takes an Administrator.
func (c *Console) EndSessions(ctx context.Context, g *Grant, id UserID, reason string) (int, error) {
	if c.EndingSessions() == EditOperators {
		return c.endDesks(ctx, g, id, reason)
	}
	operator, target, err := c.target(ctx, CanReset, id, c.event(DoEndSessions, User{}, User{}))
	if err != nil {
		return 0, err
	}
	e := c.event(DoEndSessions, operator, target)
	e.Reason = cleanReason(reason)
	if err := c.spend(g, Deed{Action: DoEndSessions, Target: id}, &e); err != nil {
		return 0, c.refuse(ctx, operator, e, err)
	}
	for _, a := range []Ability{AbleChange, AbleSessions} {
		if err := c.store.Able(a); err != nil {
			return 0, err
		}
	}
	e.Details = append(e.Details, Detail{"open", strconv.Itoa(target.Sessions)})
	n, err := c.store.EndSessions(ctx, id, e)
	return n, c.answered(ctx, operator, e, err)
}

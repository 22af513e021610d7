package app

import "context"

// UnlockRequest names a user to let in again. Version is the one of the user
// that was read; 0 is any.
type UnlockRequest struct {
	User    UserID
	Version int64
	Reason  string
}

// Unlock clears the lock-out and the failed attempts of a user.
func (c *Console) Unlock(ctx context.Context, g *Grant, r UnlockRequest) error {
	operator, target, err := c.target(ctx, CanUnlock, r.User, c.event(DoUnlock, User{}, User{}))
	if err != nil {
		return err
	}
	e := c.event(DoUnlock, operator, target)
	e.Reason = cleanReason(r.Reason)
	if err := c.spend(g, Deed{Action: DoUnlock, Target: r.User}, &e); err != nil {
		return c.refuse(ctx, operator, e, err)
	}
	if err := c.store.Able(AbleChange); err != nil {
		return err
	}
	return c.answered(ctx, operator, e, c.store.Unlock(ctx, r.User, r.Version, e))
}

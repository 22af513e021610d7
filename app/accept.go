package app

import "context"

// AcceptHistory makes this console take the store's history as it is now, for
// example after a backup was restored on purpose. It takes a grant, since with it
// whoever has changed the store would have the last trace of that removed.
func (c *Console) AcceptHistory(ctx context.Context, g *Grant) error {
	operator, err := c.operator(ctx, SeeActivity)
	e := c.event(DoAcceptHistory, operator, User{})
	if err == nil {
		err = c.spend(g, Deed{Action: DoAcceptHistory}, &e)
	}
	if err != nil {
		return c.refuse(ctx, operator, e, err)
	}
	if err := c.store.Able(AbleChange); err != nil {
		return err // it cannot be written down
	}
	e.Outcome = Done
	if err := c.store.Append(ctx, e); err != nil {
		return err
	}
	h, err := c.store.Head(ctx)
	if err != nil {
		return err
	}
	return c.rememberToo(h)
}

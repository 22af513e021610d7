package app

import "context"

// RepairRequest names an unreadable factor, and older keys that may open it, as
// the application writes them. Version is the one of the user that was read; 0
// is any.
type RepairRequest struct {
	User     UserID
	Version  int64
	Provider ProviderCode
	Keys     Secret
	Reason   string
}

// Repair opens a factor with older keys and seals it with the store's own, so
// that nobody has to enroll again. The keys are used here and kept nowhere. It
// fails with Unreadable when they do not open it either.
func (c *Console) Repair(ctx context.Context, g *Grant, r RepairRequest) error {
	e := c.event(DoRepair, User{}, User{})
	e.Provider = r.Provider
	operator, target, err := c.target(ctx, CanReset, r.User, e)
	if err != nil {
		return err
	}
	e = c.event(DoRepair, operator, target)
	e.Provider, e.Reason = r.Provider, cleanReason(r.Reason)
	if err := c.spend(g, Deed{Action: DoRepair, Target: r.User, Provider: r.Provider}, &e); err != nil {
		return c.refuse(ctx, operator, e, err)
	}
	for _, a := range []Ability{AbleChange, AbleRepair} {
		if err := c.store.Able(a); err != nil {
			return err
		}
	}
	if r.Keys.Empty() {
		return Errorf(Invalid, "No older key was given.")
	}
	err = c.store.Repair(ctx, FactorRepair{
		User: r.User, Version: r.Version, Provider: r.Provider, Keys: r.Keys,
	}, e)
	return c.answered(ctx, operator, e, err)
}

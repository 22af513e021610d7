package app

import (
	"context"
	"time"
)

// Resyncer is a store that keeps by how much a device is off. One that is not
// able says so with AbleResync.
type Resyncer interface {
	// Resync looks for two codes in a row of the device, newer than the last that
	// was accepted; it uses them up and keeps by how much the device is off, in one
	// transaction with the event. The answer's Reason is Wrong where there are none:
	// that changes nothing but the audit. NotFound when nothing is active; Conflict
	// when the user's version is another by now.
	Resync(ctx context.Context, r DeviceResync, e Event) (Attempt, error)
}

// DeviceResync is one resync on its way into a store. Version 0 is any.
type DeviceResync struct {
	User          UserID
	Version       int64
	Provider      ProviderCode
	First, Second Secret    // codes in a row; empty with Clear
	At            time.Time // when the second was read
	Clear         bool      // forget the offset instead
}

// Resync makes the store follow a device whose clock or counter is off, or, with
// Clear, stop to follow it. It takes a grant, as a reset does: it widens what is
// accepted from then on. Old codes never resync, and the offset is in no event.
func (c *Console) Resync(ctx context.Context, g *Grant, r DeviceResync) (Attempt, error) {
	e := c.event(DoResync, User{}, User{})
	e.Provider = r.Provider
	operator, target, err := c.target(ctx, CanReset, r.User, e)
	if err != nil {
		return Attempt{}, err
	}
	e = c.event(DoResync, operator, target)
	e.Provider = r.Provider
	if operator.ID == target.ID && !c.brokeGlass() {
		err = Errorf(Denied, "Your own authenticator is not resynced by you.").WithHint("Ask another operator.")
	}
	if err == nil && !r.Clear && (r.First.Empty() || r.Second.Empty()) {
		err = Errorf(Invalid, "A resync needs two codes in a row.")
	}
	if err == nil {
		err = c.spend(g, Deed{Action: DoResync, Target: r.User, Provider: r.Provider}, &e)
	}
	if err != nil {
		return Attempt{}, c.refuse(ctx, operator, e, err)
	}
	for _, a := range []Ability{AbleChange, AbleResync, AbleOpenSecrets} {
		if err := c.store.Able(a); err != nil {
			return Attempt{}, err
		}
	}
	store, ok := c.store.(Resyncer)
	if !ok {
		return Attempt{}, Errorf(Invalid, "This store does not keep how far a device is off.")
	}
	if r.At.IsZero() {
		r.At = e.At
	}
	if r.Clear {
		e.Details = append(e.Details, Detail{"offset", "cleared"})
	}
	a, err := store.Resync(ctx, r, e)
	return a, c.answered(ctx, operator, e, err)
}

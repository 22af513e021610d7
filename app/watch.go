package app

import (
	"context"
	"encoding/hex"
	"strconv"
)

// Stamped is a store that knows better than by its newest event whether it is
// as it was: changes come from elsewhere, or its place can get lost.
type Stamped interface {
	// Stamp returns a word that is another one after each change of what screens
	// show, and the same one as long as nothing changes. It is one cheap question,
	// fails where the store cannot be used now, and has no secret in it.
	Stamp(ctx context.Context) (string, error)
}

// Announcing is a store whose server tells by itself that something was changed.
type Announcing interface {
	// Listen calls told once when it hears, and then after each change, whoever
	// made it, until ctx ends or the connection does. told is called off the UI
	// goroutine and must not wait. It fails with Invalid where the way to the
	// server does not let through what it tells.
	Listen(ctx context.Context, told func()) error
}

// Stamp returns a word that is another one after each change of the store, for
// screens that show it. It also tells whether the store answers at all.
func (c *Console) Stamp(ctx context.Context) (string, error) {
	if err := c.watches(); err != nil {
		return "", err
	}
	if s, ok := c.store.(Stamped); ok {
		return s.Stamp(ctx)
	}
	h, err := c.store.Head(ctx)
	return h.Stamp(), err
}

// Stamp is a word for the head of a chain: each event makes another one.
func (h Head) Stamp() string {
	return strconv.FormatInt(h.Seq, 10) + " " + hex.EncodeToString(h.Hash[:min(8, len(h.Hash))])
}

// Listen is the store's, where it is Announcing; elsewhere it fails with Invalid
// at once, and Stamp is to be asked now and then.
func (c *Console) Listen(ctx context.Context, told func()) error {
	if err := c.watches(); err != nil {
		return err
	}
	if s, ok := c.store.(Announcing); ok {
		return s.Listen(ctx, told)
	}
	return Errorf(Invalid, "This store does not tell of changes by itself.")
}

// watches returns nil for an operator before an open screen: nobody else is told
// that something happens in the store.
func (c *Console) watches() error {
	o, ok := c.Operator()
	switch {
	case !ok:
		return errNobody()
	case o.Locked:
		return Errorf(Denied, "The screen is locked.").WithHint("Unlock it with your password.")
	}
	return nil
}

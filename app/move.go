package app

import (
	"context"
	"encoding/hex"
	"errors"
	"strconv"
)

// Contents is what a store, a copy of it or a backup holds.
type Contents struct {
	Users, Factors, Events int64

	Schema  int64  // its version
	Head    Head   // the newest event
	Problem string // why the activity is not whole, in a sentence; empty: it is
}

// details says in the audit what was taken elsewhere.
func (c Contents) details() []Detail {
	return []Detail{
		{"users", strconv.FormatInt(c.Users, 10)},
		{"factors", strconv.FormatInt(c.Factors, 10)},
		{"newest event", strconv.FormatInt(c.Head.Seq, 10)},
		{"its hash", hex.EncodeToString(c.Head.Hash)},
	}
}

// MoveStage is what is being done while a store is taken elsewhere.
type MoveStage string

// The stages, in the words of a screen.
const (
	MoveRows     MoveStage = "Copying"
	MoveIndexes  MoveStage = "Making the indexes"
	MoveSnapshot MoveStage = "Taking the store as it is now"
	MoveSealing  MoveStage = "Encrypting"
	MoveOpening  MoveStage = "Decrypting"
	MoveCheck    MoveStage = "Checking"
)

// MoveProgress says how far it is. Total 0: that is not known.
type MoveProgress struct {
	Stage       MoveStage
	Done, Total int64 // rows, events or bytes
}

// Destination is an empty place that a store can be copied to; connect makes one.
type Destination interface {
	// Location is the place in words, never with a password.
	Location() string
}

// Mover is a store that can be taken elsewhere as a whole. A shop's cannot: it
// belongs to the shop.
type Mover interface {
	// CopyTo makes the same store at an empty place. The event is put behind the
	// chain of the copy. A copy that was not finished can be opened by nobody; doing
	// it again begins it anew. Conflict when the place holds a store, Unreadable when
	// the activity here is not whole.
	CopyTo(ctx context.Context, to Destination, e Event, report func(MoveProgress)) (Contents, error)

	// Snapshot writes the store, as it is at one moment, into an empty file.
	Snapshot(ctx context.Context, path string, report func(MoveProgress)) (Contents, error)
}

// mover returns the store as one that can be taken elsewhere, or why it cannot.
func (c *Console) mover() (Mover, error) {
	m, ok := c.store.(Mover)
	if !ok {
		return nil, Errorf(Invalid, "%s can be neither copied nor backed up here.", c.store.Info().Name).
			WithHint("Of a shop's database its own server makes backups.")
	}
	return m, c.store.Able(AbleChange) // the audit has to say it
}

// CopyStore makes the same store at another place: users, factors, roles,
// operators with their passwords, the recovery key and the whole activity. Both
// activities say so. From then on they are two stores. What is taken away is all
// there is, so only an Administrator may, and both programs ask for the password.
func (c *Console) CopyStore(ctx context.Context, g *Grant, to Destination, report func(MoveProgress)) (Contents, error) {
	e := c.event(DoCopyStore, User{}, User{})
	e.Details = []Detail{{"to", to.Location()}}
	return c.move(ctx, g, Deed{Action: DoCopyStore, Place: to.Location()}, e, func(m Mover, e Event) (Contents, error) {
		e.Outcome = Done
		e.Details = append([]Detail{{"from", c.store.Info().Location}}, e.Details...)
		made, err := m.CopyTo(ctx, to, e, report)
		if err == nil {
			// Forgetting it leads to a warning when the copy is opened, no more.
			_ = c.rememberToo(made.Head)
			c.rememberHead(ctx)
		}
		return made, err
	})
}

// BackUp gives a snapshot of a local store to write, which makes a backup of it.
// place is the backup's file, for the grant and the audit; draft an empty file for
// the snapshot, which nobody else can read.
func (c *Console) BackUp(
	ctx context.Context, g *Grant, place, draft string, report func(MoveProgress), write func(Contents) error,
) (Contents, error) {
	e := c.event(DoBackUp, User{}, User{})
	e.Details = []Detail{{"to", place}}
	return c.move(ctx, g, Deed{Action: DoBackUp, Place: place}, e, func(m Mover, _ Event) (Contents, error) {
		made, err := m.Snapshot(ctx, draft, report)
		if err == nil {
			err = write(made)
		}
		return made, err
	})
}

// move is a deed that takes the store elsewhere. It is announced before it is
// begun, since what has left cannot be called back, and what came of it is a
// second event.
func (c *Console) move(
	ctx context.Context, g *Grant, d Deed, e Event, do func(Mover, Event) (Contents, error),
) (Contents, error) {
	operator, err := c.operator(ctx, EditOperators)
	e.OperatorID, e.Operator = operator.ID, operator.Username
	if err == nil {
		err = c.spend(g, d, &e)
	}
	if err != nil {
		return Contents{}, c.refuse(ctx, operator, e, err)
	}
	m, err := c.mover()
	if err != nil {
		return Contents{}, err
	}
	e.Outcome = Intent
	if err := c.store.Append(ctx, e); err != nil {
		return Contents{}, err
	}
	made, err := do(m, e)
	// A person who stops it does not stop what is written down of it.
	ended := context.WithoutCancel(ctx)
	if err != nil {
		return Contents{}, errors.Join(err, c.attempt(ended, operator, e, Failed, err))
	}
	e.At, e.Outcome = c.event(e.Action, operator, User{}).At, Done
	e.Details = append(e.Details, made.details()...)
	return made, c.store.Append(ended, e)
}

package app_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// mover is a store that can be copied, or fails at it.
type mover struct {
	app.Store
	err    error
	began  func()
	head   app.Head
	copies []app.Event
}

// place is a destination.
type place string

func (p place) Location() string { return string(p) }

func (m *mover) CopyTo(_ context.Context, _ app.Destination, e app.Event, _ func(app.MoveProgress)) (app.Contents, error) {
	if m.began != nil {
		m.began()
	}
	if m.err != nil {
		return app.Contents{}, m.err
	}
	m.copies = append(m.copies, e)
	return app.Contents{Users: 3, Factors: 2, Events: 7, Head: m.head}, nil
}

func (m *mover) Snapshot(context.Context, string, func(app.MoveProgress)) (app.Contents, error) {
	return app.Contents{Users: 3}, m.err
}

// moving is a desk before a store that can be copied, with somebody signed in.
func moving(t *testing.T, name string) (*desk, *mover) {
	t.Helper()
	d := newDesk(t)
	m := &mover{Store: d.store, head: app.Head{Seq: 7, Hash: []byte{1}}}
	d.console = d.another(m)
	d.signIn(t, name)
	return d, m
}

var copyDeed = app.Deed{Action: app.DoCopyStore, Place: "/srv/desk.db"}

func TestACopyIsAnnouncedAndTold(t *testing.T) {
	d, m := moving(t, "olive")
	g := d.grant(t, copyDeed)
	events := d.events(t, func() {
		made, err := d.console.CopyStore(d.ctx, g, place("/srv/desk.db"), nil)
		require.NoError(t, err)
		require.EqualValues(t, 3, made.Users)
	})
	require.Len(t, events, 2)
	require.Equal(t, app.Intent, events[0].Outcome)
	require.Equal(t, app.Done, events[1].Outcome)
	for _, e := range events {
		require.Equal(t, app.DoCopyStore, e.Action)
		require.Equal(t, "olive", e.Operator)
		require.Equal(t, "/srv/desk.db", e.Detail("to"))
		require.Contains(t, e.Detail("password"), "re-typed")
	}
	require.Equal(t, "7", events[1].Detail("newest event"))
	require.Len(t, m.copies, 1)
	require.Equal(t, app.Done, m.copies[0].Outcome)
	require.Equal(t, "olive", m.copies[0].Operator)
	require.Equal(t, d.console.Store().Location, m.copies[0].Detail("from"))
}

func TestACopyThatFailsOrStopsIsTold(t *testing.T) {
	d, m := moving(t, "olive")
	m.err = app.Errorf(app.Unreachable, "The disk is full.")
	ctx, stop := context.WithCancel(d.ctx)
	m.began = stop
	g := d.grant(t, copyDeed)
	events := d.events(t, func() {
		_, err := d.console.CopyStore(ctx, g, place("/srv/desk.db"), nil)
		require.ErrorIs(t, err, m.err)
	})
	require.Len(t, events, 2)
	require.Equal(t, app.Failed, events[1].Outcome)
	require.Equal(t, "The disk is full.", events[1].Reason)
	require.Error(t, ctx.Err())
}

func TestOnlyAnAdministratorTakesAStoreElsewhere(t *testing.T) {
	for _, name := range []string{"helga", "audrey", "edda"} {
		d, m := moving(t, name)
		d.refused(t, app.Denied, app.DoCopyStore, func() error {
			_, err := d.console.CopyStore(d.ctx, nil, place("/srv/desk.db"), nil)
			return err
		})
		d.refused(t, app.Denied, app.DoBackUp, func() error {
			_, err := d.console.BackUp(d.ctx, nil, "/srv/desk.age", "", nil, nil)
			return err
		})
		require.Empty(t, m.copies)
	}
}

func TestTheGrantOfACopyIsForOnePlace(t *testing.T) {
	d, m := moving(t, "olive")
	g := d.grant(t, copyDeed)
	d.refused(t, app.Denied, app.DoCopyStore, func() error {
		_, err := d.console.CopyStore(d.ctx, g, place("/home/mallory/desk.db"), nil)
		return err
	})
	d.refused(t, app.Denied, app.DoCopyStore, func() error {
		_, err := d.console.CopyStore(d.ctx, nil, place("/srv/desk.db"), nil)
		return err
	})
	require.Empty(t, m.copies)
}

func TestAShopIsNotTakenElsewhere(t *testing.T) {
	d := signedIn(t, "olive")
	_, err := d.console.CopyStore(d.ctx, d.grant(t, copyDeed), place("/srv/desk.db"), nil)
	require.Equal(t, app.Invalid, app.KindOf(err))
}

func TestBackUpWritesWhatTheSnapshotHolds(t *testing.T) {
	d, _ := moving(t, "olive")
	deed := app.Deed{Action: app.DoBackUp, Place: "/srv/desk.age"}
	g := d.grant(t, deed)
	events := d.events(t, func() {
		_, err := d.console.BackUp(d.ctx, g, "/srv/desk.age", "draft", nil, func(c app.Contents) error {
			require.EqualValues(t, 3, c.Users)
			return nil
		})
		require.NoError(t, err)
	})
	require.Equal(t, []app.Outcome{app.Intent, app.Done}, []app.Outcome{events[0].Outcome, events[1].Outcome})
	g = d.grant(t, deed)
	full := errors.New("full")
	events = d.events(t, func() {
		_, err := d.console.BackUp(d.ctx, g, "/srv/desk.age", "draft", nil, func(app.Contents) error { return full })
		require.ErrorIs(t, err, full)
	})
	require.Equal(t, app.Failed, events[1].Outcome)
}

// branches is a BranchMemory for one store.
type branches struct {
	heads
	all []app.Head
}

func (b *branches) Branches(string) []app.Head { return b.all }

func (b *branches) RememberBranches(_ string, all []app.Head) error {
	b.all = all
	return nil
}

// A copy has the ID of the original. The console that made it tells them apart,
// and still notices when either of them is set back.
func TestACopyAndItsOriginalAreRememberedEach(t *testing.T) {
	d, m := moving(t, "olive")
	b := &branches{}
	at := func(s app.Store) *app.Console {
		return app.NewConsole(app.Options{Store: s, Providers: d.console.Providers(), Heads: b, Now: d.clock})
	}
	d.console = at(m)
	d.signIn(t, "olive")
	seen := b.all[0]
	fork := app.Head{Seq: seen.Seq + 2, Hash: []byte("the copy's own event")}
	m.head = fork
	_, err := d.console.CopyStore(d.ctx, d.grant(t, copyDeed), place("/srv/desk.db"), nil)
	require.NoError(t, err)
	require.NoError(t, d.console.SignOut(d.ctx))
	require.Len(t, b.all, 2)
	require.Contains(t, b.all, fork)
	require.Empty(t, d.signIn(t, "olive").Warning)

	there := &copied{Store: d.store, fork: fork}
	w, err := at(there).SignIn(d.ctx, d.credentials(t, "olive"))
	require.NoError(t, err)
	require.Empty(t, w.Warning)
	there.cut = true
	w, err = at(there).SignIn(d.ctx, d.credentials(t, "olive"))
	require.NoError(t, err)
	require.Contains(t, w.Warning, "this console has already seen event")
}

// copied is a copy: its history goes another way from the fork on.
type copied struct {
	app.Store
	fork app.Head
	cut  bool
}

func (c *copied) HashAt(ctx context.Context, seq int64) ([]byte, error) {
	switch {
	case seq >= c.fork.Seq && c.cut:
		return nil, app.Errorf(app.NotFound, "There is no event %d.", seq)
	case seq == c.fork.Seq:
		return c.fork.Hash, nil
	case seq > c.fork.Seq:
		return []byte("another"), nil
	}
	return c.Store.HashAt(ctx, seq)
}

func (c *copied) Head(context.Context) (app.Head, error) { return c.fork, nil }

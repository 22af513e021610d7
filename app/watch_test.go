package app_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/memory"
)

func TestEachChangeMakesAnotherStamp(t *testing.T) {
	d := signedIn(t, "olive")
	stamp := func() string {
		s, err := d.console.Stamp(d.ctx)
		require.NoError(t, err)
		return s
	}
	before := stamp()
	_, err := d.console.Users(d.ctx, app.Query{})
	require.NoError(t, err)
	require.Equal(t, before, stamp(), "a look changes nothing")

	other := d.another(d.store)
	_, err = other.SignIn(d.ctx, d.credentials(t, "agnes"))
	require.NoError(t, err)
	require.NotEqual(t, before, stamp(), "what happens at another desk counts")

	d.store.Fail(memory.Unreachable())
	_, err = d.console.Stamp(d.ctx)
	require.Equal(t, app.Unreachable, app.KindOf(err))
}

func TestNobodyWatchesWhoIsNotSignedIn(t *testing.T) {
	d := newDesk(t)
	_, err := d.console.Stamp(d.ctx)
	require.Equal(t, app.Denied, app.KindOf(err))
	d.signIn(t, "olive")
	d.console.Lock()
	_, err = d.console.Stamp(d.ctx)
	require.Equal(t, app.Denied, app.KindOf(err))
	require.Equal(t, app.Denied, app.KindOf(d.console.Listen(d.ctx, func() {})))
}

// telling is a store that tells of changes.
type telling struct{ *memory.Store }

func (telling) Listen(ctx context.Context, told func()) error {
	told()
	<-ctx.Done()
	return ctx.Err()
}

func TestOnlySomeStoresTellOfChanges(t *testing.T) {
	d := signedIn(t, "olive")
	require.Equal(t, app.Invalid, app.KindOf(d.console.Listen(d.ctx, func() {})))

	other := d.another(telling{d.store})
	_, err := other.SignIn(d.ctx, d.credentials(t, "agnes"))
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(d.ctx)
	require.Equal(t, app.Canceled, app.KindOf(other.Listen(ctx, cancel)))
}

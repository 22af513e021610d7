package app_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/memory"
)

// rotate types the password and rotates.
func (d *desk) rotate(t checker, q app.RotateRequest) (app.RotateResult, error) {
	t.Helper()
	return d.console.Rotate(d.ctx, d.grant(t, app.Deed{Action: app.DoRotate}), q)
}

func (d *desk) rotation(t checker) app.Rotation {
	t.Helper()
	r, err := d.console.Rotation(d.ctx)
	require.NoError(t, err)
	return r
}

func TestRotate(t *testing.T) {
	d := signedIn(t, "olive")
	before := d.rotation(t)
	var seen [][2]int
	events := d.events(t, func() {
		r, err := d.rotate(t, app.RotateRequest{Reason: "mallory left", Progress: func(done, total int) { seen = append(seen, [2]int{done, total}) }})
		require.NoError(t, err)
		require.False(t, r.Resumed)
		require.Equal(t, before.Values, r.Resealed)
		require.NotEqual(t, before.Key, r.Key)
	})
	require.Equal(t, [2]int{before.Values, before.Values}, seen[len(seen)-1])
	require.Len(t, events, 2)
	begin, end := events[0], events[1]
	require.Equal(t, app.DoRotate, begin.Action)
	require.Equal(t, "mallory left", begin.Reason)
	require.Contains(t, begin.Detail("password"), "used once")
	require.Equal(t, app.DoDropKey, end.Action)
	require.Equal(t, "olive", end.Operator)
	require.Equal(t, begin.Detail("secrets"), end.Detail("secrets"))
	require.False(t, d.rotation(t).Running)

	_, err := d.console.Rotate(d.ctx, nil, app.RotateRequest{})
	require.Equal(t, app.Denied, app.KindOf(err), "without a grant nothing happens")
	_, err = d.rotate(t, app.RotateRequest{NewRecovery: true})
	require.Equal(t, app.Invalid, app.KindOf(err), "a recovery key that nobody sees helps nobody")
	require.False(t, d.rotation(t).Running)
}

// Only Administrators rotate. Everybody may see how far a rotation is.
func TestOnlyAnAdministratorRotates(t *testing.T) {
	for name := range may {
		d := signedIn(t, name)
		d.rotation(t)
		if name == "olive" {
			continue
		}
		g := d.grant(t, app.Deed{Action: app.DoRotate})
		e := d.refused(t, app.Denied, app.DoRotate, func() error {
			_, err := d.console.Rotate(d.ctx, g, app.RotateRequest{})
			return err
		})
		require.Contains(t, e.Reason, "Not permitted for ")
	}
	d := newDesk(t)
	_, err := d.console.Rotation(d.ctx)
	require.Equal(t, app.Denied, app.KindOf(err))
	_, err = d.console.Rotate(d.ctx, nil, app.RotateRequest{})
	require.Equal(t, app.Denied, app.KindOf(err))
}

// The keys of a shop are Magento's.
func TestAShopIsNotRotated(t *testing.T) {
	s := memory.New(memory.Options{Kind: app.MagentoStore})
	c := app.NewConsole(app.Options{Store: s})
	require.Equal(t, app.Invalid, app.KindOf(c.CanRotate()))
	require.Contains(t, c.CanRotate().Error(), "crypt key")
}

// Whoever stops a rotation finds it where it stopped, and the next one goes on.
func TestARotationStopsAndGoesOn(t *testing.T) {
	for name, stop := range map[string]struct {
		do   func(d *desk, cancel func())
		kind app.Kind
		says string
	}{
		"stopped by hand":   {func(_ *desk, cancel func()) { cancel() }, app.Canceled, "Stopped. "},
		"the screen locked": {func(d *desk, _ func()) { d.console.Lock() }, app.Denied, "The screen was locked meanwhile. "},
		"signed out":        {func(d *desk, _ func()) { _ = d.console.SignOut(d.ctx) }, app.Denied, "Nobody is signed in. "},
		"the network is gone": {
			func(d *desk, _ func()) { d.store.FailNext(app.Errorf(app.Unreachable, "The network is gone.")) },
			app.Unreachable, "The network is gone. ",
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := signedIn(t, "olive")
			var shown app.Secret
			ctx, cancel := context.WithCancel(d.ctx)
			defer cancel()
			_, err := d.console.Rotate(ctx, d.grant(t, app.Deed{Action: app.DoRotate}), app.RotateRequest{
				NewRecovery: true, ShowRecovery: func(k app.Secret) error { shown = k; return nil },
				Progress: func(int, int) { stop.do(d, cancel) },
			})
			require.Equal(t, stop.kind, app.KindOf(err))
			message, hint := app.Explain(err)
			require.Contains(t, message, stop.says)
			require.Regexp(t, `\d+ of \d+ secrets are sealed with the new key\.$`, message)
			require.Equal(t, "Rotate the key again to go on with the rest; nothing is lost.", hint)
			require.False(t, shown.Empty())

			d.signIn(t, "olive")
			now := d.rotation(t)
			require.True(t, now.Running)
			page, err := d.console.Events(d.ctx, app.EventQuery{Action: app.DoRotate, Outcome: app.Failed})
			require.NoError(t, err)
			require.Len(t, page.Events, 1)
			require.Regexp(t, `^Stopped: \d+ of \d+ secrets are sealed with the new key$`, page.Events[0].Reason)

			r, err := d.rotate(t, app.RotateRequest{})
			require.NoError(t, err)
			require.True(t, r.Resumed)
			require.Equal(t, now.Key, r.Key)
			require.False(t, d.rotation(t).Running)
		})
	}
}

// What was permitted when the rotation began is not permitted for as long as it
// takes.
func TestARotationEndsWithThePermission(t *testing.T) {
	d := signedIn(t, "olive")
	_, err := d.rotate(t, app.RotateRequest{NewRecovery: true, ShowRecovery: func(app.Secret) error {
		c := save(d.user(t, "olive"))
		c.Role = app.HelpDesk
		_, err := d.store.SaveUser(d.ctx, c, app.Event{Console: "another desk", Action: app.DoSaveUser})
		return err
	}})
	require.Equal(t, app.Denied, app.KindOf(err))
	require.Contains(t, err.Error(), "Your role was changed at another desk. 0 of ")
	now, err := d.store.Rotation(d.ctx)
	require.NoError(t, err)
	require.True(t, now.Running)
}

// While one is running, another one can begin: its keys may have been copied, too.
func TestARotationBeginsAnew(t *testing.T) {
	d := signedIn(t, "olive")
	ctx, cancel := context.WithCancel(d.ctx)
	_, err := d.console.Rotate(ctx, d.grant(t, app.Deed{Action: app.DoRotate}), app.RotateRequest{Progress: func(int, int) { cancel() }})
	require.Equal(t, app.Canceled, app.KindOf(err))
	half := d.rotation(t)
	r, err := d.rotate(t, app.RotateRequest{Anew: true})
	require.NoError(t, err)
	require.False(t, r.Resumed)
	require.NotEqual(t, half.Key, r.Key)
	require.Equal(t, half.Values, r.Resealed)
}

package storetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// resyncStories are told of stores that keep by how much a device is off.
var resyncStories = []story{
	{"a device that is behind is followed, with new codes in a row only", able(app.AbleResync, func(d *desk) {
		t := d.t
		store, ok := d.store.(app.Resyncer)
		require.True(t, ok)
		u := d.add(t, "ann")
		resync := func(first, second app.Secret, clear bool) (app.Attempt, error) {
			return store.Resync(d.ctx, app.DeviceResync{
				User: u.ID, Provider: app.Google, First: first, Second: second, At: d.clock.now(), Clear: clear,
			}, d.event(app.DoResync, u))
		}
		_, err := resync(app.NewSecret("123456"), app.NewSecret("654321"), false)
		require.Equal(t, app.NotFound, app.KindOf(err))
		d.enrollBefore(t, u.ID, 1)
		d.clock.move(10 * time.Minute)

		late := d.code(t, 1, standard, -4)
		require.Equal(t, app.Wrong, d.verify(t, u.ID, late).Reason)
		d.refused(t, func() {
			a, err := resync(late, d.code(t, 1, standard, -2), false)
			require.NoError(t, err)
			require.Equal(t, app.Wrong, a.Reason, "they are not in a row")
		})
		first, second := d.code(t, 1, standard, -5), d.code(t, 1, standard, -4)
		e := d.done(t, func() {
			a, err := resync(first, second, false)
			require.NoError(t, err)
			require.Equal(t, app.OK, a.Reason)
		})
		require.Equal(t, d.event(app.DoResync, u).Details, e.Details, "no offset is in the audit")
		require.Equal(t, app.Replayed, d.verify(t, u.ID, second).Reason, "the codes are used up")
		d.refused(t, func() {
			a, err := resync(first, second, false)
			require.NoError(t, err)
			require.Equal(t, app.Wrong, a.Reason, "old codes never resync")
		})
		d.clock.move(standard.Period)
		a := d.verify(t, u.ID, d.code(t, 1, standard, -4))
		require.Equal(t, app.OK, a.Reason)
		require.Zero(t, a.Step, "it is in step with what the store follows")

		d.clock.move(10 * standard.Period)
		d.done(t, func() {
			_, err := resync(app.Secret{}, app.Secret{}, true)
			require.NoError(t, err)
		})
		require.Equal(t, app.Wrong, d.verify(t, u.ID, d.code(t, 1, standard, -4)).Reason)
		require.Equal(t, app.OK, d.verify(t, u.ID, d.code(t, 1, standard, 0)).Reason)
	})},
}

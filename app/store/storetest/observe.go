package storetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// observeStories are told of stores that keep by how much a device is off.
var observeStories = []story{
	{"what was seen of a device's clock is kept as long as its factor", able(app.AbleResync, func(d *desk) {
		t := d.t
		store, ok := d.store.(app.Observer)
		require.True(t, ok, "who keeps an offset keeps what was seen")
		u := d.add(t, "ann")
		d.enrollBefore(t, u.ID, 1)
		kept := func() []app.Observation {
			lent, err := d.store.(app.Lender).Lend(d.ctx, u.ID, app.Google)
			require.NoError(t, err)
			return lent[0].Seen
		}
		observe := func(from, to time.Duration) {
			o := app.Observed{
				User: u.ID, Provider: app.Google, Since: d.user(t, u.ID).Factor(app.Google).Since,
				Observation: app.Observation{At: d.clock.now(), Drift: app.Drift{From: from, To: to, Known: true}},
			}
			e := d.done(t, func() { require.NoError(t, store.Observe(d.ctx, o, d.event(app.DoDiagnose, u))) })
			require.Equal(t, d.event(app.DoDiagnose, u).Details, e.Details, "what was seen is in no event")
		}
		first := kept()
		require.Len(t, first, 1, "the first code tells of the clock")
		require.Equal(t, standard.Period, first[0].To-first[0].From)

		d.clock.move(24 * time.Hour)
		before := d.everything(t)
		observe(-90*time.Second, -1500*time.Millisecond)
		d.unchanged(t, before)
		require.Equal(t, []app.Observation{
			first[0], {At: d.clock.now(), Drift: app.Drift{From: -90 * time.Second, To: -1500 * time.Millisecond, Known: true}},
		}, kept())
		d.clock.move(24 * time.Hour)
		require.Equal(t, app.OK, d.verify(t, u.ID, d.code(t, 1, standard, -1)).Reason)
		require.Len(t, kept(), 3, "an accepted code tells of it")
		require.Equal(t, -40*time.Second, kept()[2].From, "ten seconds into a step, one step behind")
		require.Equal(t, app.Wrong, d.verify(t, u.ID, d.wrongCode(t, 1)).Reason)
		_, err := d.store.TestCode(d.ctx, d.check(app.DoTestCode, u.ID, d.code(t, 1, standard, 1)))
		require.NoError(t, err)
		require.Len(t, kept(), 3, "no other does")

		d.clock.move(24 * time.Hour)
		codes := [2]app.Secret{d.code(t, 1, standard, -5), d.code(t, 1, standard, -4)}
		for _, clear := range []bool{false, true} {
			a, err := d.store.(app.Resyncer).Resync(d.ctx, app.DeviceResync{
				User: u.ID, Provider: app.Google, First: codes[0], Second: codes[1], At: d.clock.now(), Clear: clear,
			}, d.event(app.DoResync, u))
			require.NoError(t, err)
			require.Equal(t, app.OK, a.Reason)
			require.Len(t, kept(), 4, "a resync tells of the clock, and sets none")
		}
		for range 40 {
			d.clock.move(24 * time.Hour)
			observe(-time.Second, time.Second)
		}
		require.Less(t, len(kept()), 33, "it is bounded")
		require.Equal(t, first[0], kept()[0], "the oldest stays")
		require.Equal(t, d.clock.now(), kept()[len(kept())-1].At, "and the newest")

		// An observation of the factor that was there comes too late.
		late := app.Observed{
			User: u.ID, Provider: app.Google, Since: d.user(t, u.ID).Factor(app.Google).Since,
			Observation: app.Observation{At: d.clock.now(), Drift: app.Drift{From: -time.Second, To: time.Second, Known: true}},
		}
		require.NoError(t, d.store.Reset(d.ctx, app.FactorReset{User: u.ID, Provider: app.Google}, d.event(app.DoReset, u)))
		d.done(t, func() { require.NoError(t, store.Observe(d.ctx, late, d.event(app.DoDiagnose, u))) })
		d.clock.move(time.Second)
		d.put(t, u.ID, 2)
		d.done(t, func() { require.NoError(t, store.Observe(d.ctx, late, d.event(app.DoDiagnose, u))) })
		require.Empty(t, kept(), "a reset forgets it")
		late.User = "987654"
		d.fails(t, app.NotFound, func() error { return store.Observe(d.ctx, late, d.event(app.DoDiagnose, u)) })
	})},
}

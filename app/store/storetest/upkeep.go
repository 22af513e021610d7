package storetest

import (
	"slices"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

var upkeepStories = []story{
	{"sessions in the application are ended", able(app.AbleSessions, func(d *desk) {
		t := d.t
		require.NotNil(t, d.fixture.OpenSessions, "who can end sessions can open some for the test")
		u, other := d.add(t, "ann"), d.add(t, "bob")
		d.fixture.OpenSessions(t, u.ID, 2)
		d.fixture.OpenSessions(t, other.ID, 1)
		require.Equal(t, 2, d.user(t, u.ID).Sessions)
		for _, open := range []int{2, 0} {
			e := d.done(t, func() {
				n, err := d.store.EndSessions(d.ctx, u.ID, d.event(app.DoEndSessions, u))
				require.NoError(t, err)
				require.Equal(t, open, n)
			})
			require.Equal(t, app.DoEndSessions, e.Action)
			require.Equal(t, u.ID, e.TargetID)
			require.Zero(t, d.user(t, u.ID).Sessions)
		}
		require.Equal(t, 1, d.user(t, other.ID).Sessions, "those of nobody else")
	})},
	{"a reset leaves the lock-out as it is, unless it is told to clear it", func(d *desk) {
		t := d.t
		for i, unlock := range []bool{false, true} {
			u := d.add(t, []string{"ann", "bob"}[i])
			d.enrollBefore(t, u.ID, i)
			for range d.lock.Failures {
				d.verify(t, u.ID, d.wrongCode(t, i))
			}
			u = d.user(t, u.ID)
			require.True(t, u.Locked(d.clock.now()))
			e := d.done(t, func() {
				require.NoError(t, d.store.Reset(d.ctx, app.FactorReset{
					User: u.ID, Version: u.Version, Provider: app.Google, Unlock: unlock,
				}, d.event(app.DoReset, u)))
			})
			require.Equal(t, app.DoReset, e.Action, "one deed, one event")
			after := d.user(t, u.ID)
			require.Empty(t, after.Factors)
			require.NotEqual(t, u.Version, after.Version)
			require.Equal(t, !unlock, after.Locked(d.clock.now()))
			if unlock {
				require.Zero(t, after.Failures)
				require.True(t, after.LockedUntil.IsZero())
			} else {
				require.Equal(t, u.Failures, after.Failures)
				require.Equal(t, u.LockedUntil, after.LockedUntil)
			}
		}
	}},
	{"a reset leaves the sessions open, unless it is told to end them", able(app.AbleSessions, func(d *desk) {
		t := d.t
		u := d.add(t, "ann")
		d.fixture.OpenSessions(t, u.ID, 3)
		for i, end := range []bool{false, true} {
			d.put(t, u.ID, i)
			reset := app.FactorReset{User: u.ID, Provider: app.Google, EndSessions: end}
			reset.Version = d.user(t, u.ID).Version + 1
			d.fails(t, app.Conflict, func() error { return d.store.Reset(d.ctx, reset, d.event(app.DoReset, u)) })
			reset.Version--
			d.done(t, func() { require.NoError(t, d.store.Reset(d.ctx, reset, d.event(app.DoReset, u))) })
			require.Equal(t, map[bool]int{false: 3, true: 0}[end], d.user(t, u.ID).Sessions)
		}
		d.fixture.OpenSessions(t, u.ID, 1)
		d.fails(t, app.NotFound, func() error {
			return d.store.Reset(d.ctx, app.FactorReset{User: u.ID, Provider: app.Google, EndSessions: true}, d.event(app.DoReset, u))
		})
	})},
	{"a factor is repaired with an older key", able(app.AbleRepair, func(d *desk) {
		t := d.t
		require.NotNil(t, d.fixture.Damage)
		require.False(t, d.fixture.OlderKeys.Empty(), "who can repair has an older key for the test")
		u := d.add(t, "ann")
		repair := app.FactorRepair{User: u.ID, Provider: app.Google, Keys: d.fixture.OlderKeys}
		e := d.event(app.DoRepair, u)
		e.Provider = app.Google
		d.fails(t, app.NotFound, func() error { return d.store.Repair(d.ctx, repair, e) })
		d.enrollBefore(t, u.ID, 1)
		d.fails(t, app.NotFound, func() error { return d.store.Repair(d.ctx, repair, e) })

		d.fixture.Damage(t, u.ID, app.Google)
		damaged := d.user(t, u.ID)
		f := damaged.Factor(app.Google)
		require.Equal(t, app.StatusUnreadable, f.Status)
		require.NotEmpty(t, f.Note, "what is wrong is said")
		wrong := repair
		wrong.Keys = app.NewSecret("ffffffffffffffffffffffffffffffff")
		d.fails(t, app.Unreadable, func() error { return d.store.Repair(d.ctx, wrong, e) })
		stale := repair
		stale.Version = damaged.Version + 1
		d.fails(t, app.Conflict, func() error { return d.store.Repair(d.ctx, stale, e) })

		repair.Version = damaged.Version
		done := d.done(t, func() { require.NoError(t, d.store.Repair(d.ctx, repair, e)) })
		require.Equal(t, app.DoRepair, done.Action)
		require.Equal(t, app.Google, done.Provider)
		repaired := d.user(t, u.ID)
		require.Equal(t, app.StatusActive, repaired.Factor(app.Google).Status)
		require.NotEqual(t, damaged.Version, repaired.Version)
		require.Equal(t, app.OK, d.verify(t, u.ID, d.code(t, 1, standard, 0)).Reason, "the secret is the one that it was")
		repair.Version = 0
		d.fails(t, app.NotFound, func() error { return d.store.Repair(d.ctx, repair, e) })
	})},
	{"what cannot be taken apart is forgotten whole", func(d *desk) {
		t := d.t
		u := d.add(t, "ann")
		d.enroll(t, u.ID, 1)
		if d.fixture.DamageWhole == nil {
			if d.fixture.Damage != nil {
				d.fixture.Damage(t, u.ID, app.Google)
			}
			require.False(t, d.user(t, u.ID).Factor(app.Google).Whole, "the factors are kept apart")
			return
		}
		d.fixture.DamageWhole(t, u.ID)
		whole := d.user(t, u.ID)
		require.NotEmpty(t, whole.Factors)
		for _, f := range whole.Factors {
			require.True(t, f.Whole, "%s", f.Provider)
			require.Equal(t, app.StatusUnreadable, f.Status)
			require.NotEmpty(t, f.Note)
		}
		d.fails(t, app.Conflict, func() error {
			return d.store.PutFactor(d.ctx, app.NewFactor{User: u.ID, Factor: factor(2, standard), At: d.clock.now()}, d.event(app.DoEnroll, u))
		})
		e := d.event(app.DoReset, u)
		e.Provider = whole.Factors[0].Provider
		d.done(t, func() {
			require.NoError(t, d.store.Reset(d.ctx, app.FactorReset{User: u.ID, Version: whole.Version, Provider: e.Provider}, e))
		})
		require.Empty(t, d.user(t, u.ID).Factors)
		d.enroll(t, u.ID, 3)
		require.Equal(t, app.StatusActive, d.user(t, u.ID).Factor(app.Google).Status)
	}},
	{"an examination says what to do, and does nothing", func(d *desk) {
		t := d.t
		examine := func() app.Examination {
			var x app.Examination
			before := d.everything(t)
			d.events(t, 0, func() {
				var err error
				x, err = d.store.Examine(d.ctx)
				require.NoError(t, err)
			})
			d.unchanged(t, before)
			return x
		}
		unreadable := func(f app.Finding) bool { return f.Filter == app.WithUnreadable }
		x := examine()
		require.NotEmpty(t, x.Findings, "a store with one Administrator, who has no factor, is not well")
		require.False(t, slices.ContainsFunc(x.Findings, unreadable))
		u := d.add(t, "ann")
		d.enroll(t, u.ID, 1)
		if d.fixture.Damage != nil {
			d.fixture.Damage(t, u.ID, app.Google)
			x = examine()
			require.True(t, slices.ContainsFunc(x.Findings, unreadable), "a factor that no key opens is found")
		}
		codes := map[string]bool{}
		for _, f := range x.Findings {
			require.False(t, f.Code == "" || f.Title == "" || codes[f.Code], "the finding %+v", f)
			codes[f.Code] = true
			require.Contains(t, []app.Severity{app.Critical, app.Serious, app.Notice}, f.Severity)
			require.NotEmpty(t, f.Steps, "what to do about %s", f.Code)
		}
	}},
}

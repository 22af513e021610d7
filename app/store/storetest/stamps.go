package storetest

import (
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// stamp is what a console asks for to learn of changes.
func (d *desk) stamp(t checker) string {
	t.Helper()
	if s, ok := d.store.(app.Stamped); ok {
		stamp, err := s.Stamp(d.ctx)
		require.NoError(t, err)
		return stamp
	}
	h, err := d.store.Head(d.ctx)
	require.NoError(t, err)
	return h.Stamp()
}

var stampStories = []story{
	{"each change makes another stamp", func(d *desk) {
		t := d.t
		seen := map[string]string{d.stamp(t): "the beginning"}
		after := func(what string, change func()) {
			change()
			stamp := d.stamp(t)
			require.NotContains(t, seen, stamp, what)
			seen[stamp] = what
		}
		var u app.User
		after("a new user", func() { u = d.add(t, "ann") })
		after("a factor", func() { d.put(t, u.ID, 1) })
		after("a confirmed factor", func() {
			_, err := d.store.ConfirmFactor(d.ctx, d.check(app.DoConfirm, u.ID, d.code(t, 1, standard, 0)))
			require.NoError(t, err)
		})
		after("a failed attempt", func() { d.verify(t, u.ID, d.wrongCode(t, 1)) })
		after("an unlocked user", func() { require.NoError(t, d.store.Unlock(d.ctx, u.ID, 0, d.event(app.DoUnlock, u))) })
		after("a reset", func() {
			require.NoError(t, d.store.Reset(d.ctx, app.FactorReset{User: u.ID, Provider: app.Google}, d.event(app.DoReset, u)))
		})
		after("a user who is gone", func() { d.remove(t, u.ID) })
	}},
	{"a look makes no other stamp", func(d *desk) {
		d.add(d.t, "ann")
		before := d.stamp(d.t)
		d.everything(d.t)
		_, err := d.store.Events(d.ctx, app.EventQuery{})
		require.NoError(d.t, err)
		_, err = d.store.VerifyChain(d.ctx, nil)
		require.NoError(d.t, err)
		require.Equal(d.t, before, d.stamp(d.t))
	}},
	{"a stamp tells nothing of what is in the store", func(d *desk) {
		d.put(d.t, d.add(d.t, "annabella").ID, 1)
		stamp := d.stamp(d.t)
		require.NotContains(d.t, stamp, "annabella")
		require.NotContains(d.t, stamp, factor(1, standard).Key.Reveal())
	}},
}

package storetest

import (
	"errors"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// rotator returns the store if its keys can be rotated, else nil: then there is
// nothing to tell.
func (d *desk) rotator() app.Rotator {
	if d.application != nil {
		return nil
	}
	r, _ := d.store.(app.Rotator)
	return r
}

// rotation is where a rotation is.
func rotation(t checker, d *desk, r app.Rotator) app.Rotation {
	t.Helper()
	now, err := r.Rotation(d.ctx)
	require.NoError(t, err)
	return now
}

// active adds users with an active factor each.
func (d *desk) active(t checker, usernames ...string) (all []app.User) {
	t.Helper()
	for _, name := range usernames {
		u := d.add(t, name)
		d.put(t, u.ID, 1)
		a, err := d.store.ConfirmFactor(d.ctx, d.check(app.DoConfirm, u.ID, d.code(t, 1, standard, 0)))
		require.NoError(t, err)
		require.True(t, a.Accepted())
		all = append(all, u)
	}
	return all
}

var rotationStories = []story{
	{"a rotation goes on from where it is", func(d *desk) {
		t, r := d.t, d.rotator()
		if r == nil {
			return
		}
		users := d.active(t, "ann", "bob", "cat")
		before := rotation(t, d, r)
		require.False(t, before.Running)
		require.Equal(t, 3, before.Values)
		d.clock.move(app.SessionIdle)

		e := d.done(t, func() {
			require.NoError(t, r.BeginRotation(d.ctx, app.RotationStart{}, d.event(app.DoRotate, app.User{})))
		})
		require.Equal(t, app.DoRotate, e.Action)
		now := rotation(t, d, r)
		require.NotEqual(t, before.Key, now.Key)
		require.Contains(t, e.Detail("key"), now.Key)
		require.True(t, now.Running)
		require.Equal(t, 3, now.Left)
		require.True(t, now.Since.Equal(d.clock.now()), now.Since)

		ended, err := r.EndRotation(d.ctx, d.event(app.DoDropKey, app.User{}))
		require.NoError(t, err)
		require.False(t, ended, "three secrets are left")
		d.events(t, 0, func() {
			step, err := r.Reseal(d.ctx, "", 1)
			require.NoError(t, err)
			require.Equal(t, 1, step.Values)
			require.NotEmpty(t, step.Next)
		})
		require.Equal(t, 2, rotation(t, d, r).Left)
		for _, u := range users {
			require.Equal(t, app.StatusActive, d.user(t, u.ID).Factor(app.Google).Status)
			require.True(t, d.verify(t, u.ID, d.code(t, 1, standard, 0)).Accepted(), "reading and checking go on")
		}
		d.put(t, d.add(t, "new").ID, 2)

		for from := ""; ; {
			step, err := r.Reseal(d.ctx, from, 1)
			require.NoError(t, err)
			if from = step.Next; from == "" {
				break
			}
		}
		e = d.done(t, func() {
			ended, err := r.EndRotation(d.ctx, d.event(app.DoDropKey, app.User{}))
			require.NoError(t, err)
			require.True(t, ended)
		})
		require.Equal(t, app.DoDropKey, e.Action)
		d.events(t, 0, func() {
			ended, err := r.EndRotation(d.ctx, d.event(app.DoDropKey, app.User{}))
			require.NoError(t, err)
			require.True(t, ended, "it has ended already")
		})
		now = rotation(t, d, r)
		require.False(t, now.Running)
		require.Zero(t, now.Left)
		require.Equal(t, 4, now.Values)
		d.clock.move(app.SessionIdle)
		for _, u := range users {
			require.True(t, d.verify(t, u.ID, d.code(t, 1, standard, 0)).Accepted())
		}
	}},
	{"a new recovery key counts after it was shown", func(d *desk) {
		t, r := d.t, d.rotator()
		if r == nil {
			return
		}
		begin := func(show func(app.Secret) error) error {
			return r.BeginRotation(d.ctx, app.RotationStart{Recovery: true, Show: show}, d.event(app.DoRotate, app.User{}))
		}
		glass := func(recovery app.Secret) app.Reason {
			a, err := d.store.CheckPassword(d.ctx, app.PasswordCheck{
				Username: d.fixture.Username, Password: d.fixture.Password, Recovery: recovery, Complete: true,
				At: d.clock.now(), Event: d.event(app.DoBreakGlass, app.User{}),
			})
			require.NoError(t, err)
			return a.Reason
		}
		stop := errors.New("the printer is on fire")
		before := rotation(t, d, r)
		d.events(t, 0, func() {
			require.ErrorIs(t, begin(func(app.Secret) error { return stop }), stop)
		})
		require.Equal(t, before, rotation(t, d, r))
		require.Equal(t, app.OK, glass(d.fixture.Recovery))
		var shown app.Secret
		require.NoError(t, begin(func(k app.Secret) error { shown = k; return nil }))
		require.False(t, shown.Empty())
		require.Equal(t, app.WrongKey, glass(d.fixture.Recovery), "the old one has ended")
		require.Equal(t, app.OK, glass(shown))
	}},
	{"without open keys nothing is rotated", func(d *desk) {
		t, r := d.t, d.rotator()
		if r == nil {
			return
		}
		d.active(t, "ann")
		d.store.Forget()
		before := rotation(t, d, r)
		d.events(t, 0, func() {
			isError(t, app.Denied, r.BeginRotation(d.ctx, app.RotationStart{}, d.event(app.DoRotate, app.User{})))
			_, err := r.Reseal(d.ctx, "", 10)
			isError(t, app.Denied, err)
			_, err = r.EndRotation(d.ctx, d.event(app.DoDropKey, app.User{}))
			isError(t, app.Denied, err)
		})
		require.Equal(t, before, rotation(t, d, r))
	}},
}

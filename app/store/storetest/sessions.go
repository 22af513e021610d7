package storetest

import (
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

var sessionStories = []story{
	{"a sign-in is recorded", func(d *desk) {
		t := d.t
		u := d.addAs(t, "ann", app.HelpDesk, correct)
		d.password(t, "ann", "wrong", false)
		d.clock.move(1500*time.Nanosecond + time.Second)
		e := d.done(t, func() {
			token, err := d.store.SignedIn(d.ctx, app.SignIn{ID: u.ID, At: d.clock.now()}, d.event(app.DoSignIn, u))
			require.NoError(t, err)
			require.True(t, token.Empty())
		})
		require.Equal(t, app.DoSignIn, e.Action)
		u = d.user(t, u.ID)
		if d.application != nil {
			require.True(t, u.LastSignIn.IsZero(), "nobody has signed in to the application")
		} else {
			require.Equal(t, start.Add(time.Second+time.Microsecond), u.LastSignIn)
		}
		require.Zero(t, u.Failures)
		d.mustEnroll(t, u, false)
	}},
	{"a kept session lives ten idle minutes", func(d *desk) {
		t := d.t
		u := d.addAs(t, "ann", app.HelpDesk, correct)
		token := d.keep(t, u)
		for range 3 {
			d.clock.move(app.SessionIdle - time.Microsecond)
			s, who, err := d.store.Resume(d.ctx, token, d.clock.now())
			require.NoError(t, err)
			require.Equal(t, u.ID, who.ID)
			require.Equal(t, app.Session{Operator: u.ID, Started: start, Ends: d.clock.now().Add(app.SessionIdle)}, s)
		}
		d.clock.move(app.SessionIdle)
		d.ended(t, token)
	}},
	{"resuming opens no keys and writes no event", func(d *desk) {
		t := d.t
		u := d.addAs(t, "ann", app.HelpDesk, correct)
		token := d.keep(t, u)
		d.store.Forget()
		d.events(t, 0, func() {
			_, _, err := d.store.Resume(d.ctx, token, d.clock.now())
			require.NoError(t, err)
		})
		d.keysAreShut(t, "a kept session opens no keys")
	}},
	{"a session ends when it is ended, alone", func(d *desk) {
		t := d.t
		u := d.addAs(t, "ann", app.HelpDesk, correct)
		first, second := d.keep(t, u), d.keep(t, u)
		require.NotEqual(t, first.Reveal(), second.Reveal())
		e := d.done(t, func() { require.NoError(t, d.store.EndSession(d.ctx, first, d.event(app.DoSignOut, u))) })
		require.Equal(t, app.DoSignOut, e.Action)
		d.ended(t, first)
		_, _, err := d.store.Resume(d.ctx, second, d.clock.now())
		require.NoError(t, err)
		d.done(t, func() { require.NoError(t, d.store.EndSession(d.ctx, app.Secret{}, d.event(app.DoSignOut, u))) })
		_, _, err = d.store.Resume(d.ctx, second, d.clock.now())
		require.NoError(t, err, "no token ends no session")
	}},
	{"nobody guesses a token", func(d *desk) {
		u := d.addAs(d.t, "ann", app.HelpDesk, correct)
		token := d.keep(d.t, u)
		require.GreaterOrEqual(d.t, len(token.Reveal()), 26, "128 bits at least")
		for _, guess := range []string{"", "x", token.Reveal() + "x", token.Reveal()[1:], "%", "' OR 1=1 --"} {
			d.ended(d.t, app.NewSecret(guess))
		}
		require.NotContains(d.t, strings.ToLower(token.Reveal()), "ann")
	}},
	{"switched off or removed, a session is over", func(d *desk) {
		t := d.t
		for i, end := range []func(u app.User){
			func(u app.User) { d.turn(t, u.ID, false) },
			func(u app.User) { d.remove(t, u.ID) },
			func(u app.User) { d.setPassword(t, u.ID, "another password") },
		} {
			u := d.addAs(t, "ann"+string(rune('a'+i)), app.HelpDesk, correct)
			token := d.keep(t, u)
			end(d.user(t, u.ID))
			d.ended(t, token)
		}
	}},
	{"a session remembers how it began", func(d *desk) {
		t := d.t
		token, err := d.store.SignedIn(d.ctx, app.SignIn{ID: d.admin.ID, At: start, Keep: true, BreakGlass: true}, d.event(app.DoBreakGlass, app.User{}))
		require.NoError(t, err)
		s, _, err := d.store.Resume(d.ctx, token, d.clock.now())
		require.NoError(t, err)
		require.True(t, s.BreakGlass)
	}},
}

// keep signs a user in and returns the kept session's token.
func (d *desk) keep(t checker, u app.User) app.Secret {
	t.Helper()
	token, err := d.store.SignedIn(d.ctx, app.SignIn{ID: u.ID, At: d.clock.now(), Keep: true}, d.event(app.DoSignIn, u))
	require.NoError(t, err)
	require.False(t, token.Empty())
	return token
}

// ended requires that a token opens no session.
func (d *desk) ended(t checker, token app.Secret) {
	t.Helper()
	_, u, err := d.store.Resume(d.ctx, token, d.clock.now())
	isError(t, app.Denied, err)
	require.Equal(t, app.User{}, u)
}

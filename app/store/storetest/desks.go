package storetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// roll returns the store if it keeps who is at which desk, else nil: then there
// is nothing to tell.
func (d *desk) roll() app.Desks {
	if d.application != nil {
		return nil
	}
	s, _ := d.store.(app.Desks)
	return s
}

// sit signs a user in at a window.
func (d *desk) sit(t checker, u app.User) (token app.Secret) {
	t.Helper()
	token, err := d.store.SignedIn(d.ctx, app.SignIn{ID: u.ID, At: d.clock.now(), Stay: true}, d.event(app.DoSignIn, u))
	require.NoError(t, err)
	require.False(t, token.Empty())
	return token
}

func atDesks(t checker, d *desk, s app.Desks) (names []string) {
	t.Helper()
	all, err := s.AtDesks(d.ctx, d.clock.now())
	require.NoError(t, err)
	for _, a := range all {
		names = append(names, a.Username)
	}
	return names
}

var deskStories = []story{
	{"who is at which desk is seen while the window is open", func(d *desk) {
		t, s := d.t, d.roll()
		if s == nil {
			return
		}
		ann := d.addAs(t, "ann", app.HelpDesk, "the password of ann")
		window := d.sit(t, d.admin)
		d.clock.move(time.Minute)
		d.keep(t, ann)
		all, err := s.AtDesks(d.ctx, d.clock.now())
		require.NoError(t, err)
		require.Equal(t, []app.DeskSession{
			{
				Operator: ann.ID, Username: "ann", Name: "First Last", Console: "desk-test, Factordesk 1.0", Kept: true,
				Since: d.clock.now(), Seen: d.clock.now(),
			}, {
				Operator: d.admin.ID, Username: d.admin.Username, Name: d.admin.Name(), Console: "desk-test, Factordesk 1.0",
				Since: start, Seen: start,
			},
		}, all)
		_, _, err = d.store.Resume(d.ctx, window, d.clock.now())
		isError(t, app.Denied, err)

		at := app.DeskSession{Operator: d.admin.ID, Console: "desk-test, Factordesk 1.0", Since: start}
		for range 5 {
			at.Seen = d.clock.now()
			d.events(t, 0, func() { require.NoError(t, s.Attend(d.ctx, window, at)) })
			require.Contains(t, atDesks(t, d, s), d.admin.Username)
			d.clock.move(app.AttendEvery)
		}
		d.clock.move(app.DeskLife)
		require.Equal(t, []string{"ann"}, atDesks(t, d, s), "a window that gives no sign is not open")
		at.Seen = d.clock.now()
		require.NoError(t, s.Attend(d.ctx, window, at))
		require.Equal(t, []string{"ann", d.admin.Username}, atDesks(t, d, s), "the computer has slept")
		require.NoError(t, d.store.EndSession(d.ctx, window, d.event(app.DoSignOut, d.admin)))
		d.clock.move(app.SessionIdle)
		require.Empty(t, atDesks(t, d, s))
	}},
	{"who is switched off, demoted or removed has no session any more", func(d *desk) {
		t, s := d.t, d.roll()
		if s == nil {
			return
		}
		for name, end := range map[string]func(u app.User){
			"off": func(u app.User) {
				c := save(d.user(t, u.ID))
				c.Active = false
				_, err := d.store.SaveUser(d.ctx, c, d.event(app.DoSaveUser, u))
				require.NoError(t, err)
			},
			"demoted": func(u app.User) {
				c := save(d.user(t, u.ID))
				c.Role = app.Auditor
				_, err := d.store.SaveUser(d.ctx, c, d.event(app.DoSaveUser, u))
				require.NoError(t, err)
			},
			"removed": func(u app.User) { d.remove(t, u.ID) },
			"ended": func(u app.User) {
				e := d.done(t, func() {
					n, err := s.EndDesks(d.ctx, u.ID, d.clock.now(), d.event(app.DoEndSessions, u))
					require.NoError(t, err)
					require.Equal(t, 2, n)
				})
				require.Equal(t, app.DoEndSessions, e.Action)
			},
		} {
			u := d.addAs(t, name, app.HelpDesk, "a long password")
			d.sit(t, u)
			token := d.keep(t, u)
			before := d.user(t, u.ID)
			c := save(before)
			c.FirstName = "Other"
			_, err := d.store.SaveUser(d.ctx, c, d.event(app.DoSaveUser, u))
			require.NoError(t, err)
			require.Equal(t, before.SessionsEnded, d.user(t, u.ID).SessionsEnded, "nothing else ends them")
			require.Equal(t, []string{name, name}, atDesks(t, d, s))
			end(u)
			require.Empty(t, atDesks(t, d, s), name)
			_, _, err = d.store.Resume(d.ctx, token, d.clock.now())
			isError(t, app.Denied, err)
			if name == "removed" {
				continue
			}
			after := d.user(t, u.ID).SessionsEnded
			require.True(t, after.After(before.SessionsEnded), name)
			_, err = s.EndDesks(d.ctx, u.ID, d.clock.now(), d.event(app.DoEndSessions, u))
			require.NoError(t, err)
			require.True(t, d.user(t, u.ID).SessionsEnded.After(after), "also where the clock stands")
		}
	}},
	{"who is promoted goes on working", func(d *desk) {
		t, s := d.t, d.roll()
		if s == nil {
			return
		}
		u := d.addAs(t, "ann", app.HelpDesk, "a long password")
		d.sit(t, u)
		c := save(d.user(t, u.ID))
		c.Role = app.Administrators
		_, err := d.store.SaveUser(d.ctx, c, d.event(app.DoSaveUser, u))
		require.NoError(t, err)
		require.Equal(t, []string{"ann"}, atDesks(t, d, s))
		require.True(t, d.user(t, u.ID).SessionsEnded.IsZero())
	}},
}

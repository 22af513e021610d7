package storetest

import (
	"context"
	"maps"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

var contextStories = []story{
	{"with a canceled context nothing is done", func(d *desk) {
		t := d.t
		u := d.add(t, "ann")
		d.enroll(t, u.ID, 1)
		u = d.user(t, u.ID)
		pending := d.add(t, "pending")
		d.put(t, pending.ID, 2)
		token := d.keep(t, d.admin)
		e := d.event(app.DoSaveUser, u)
		deeds := map[string]func(ctx context.Context) error{
			"Users":    func(ctx context.Context) error { _, err := d.store.Users(ctx, app.Query{}); return err },
			"Counts":   func(ctx context.Context) error { _, err := d.store.Counts(ctx); return err },
			"User":     func(ctx context.Context) error { _, err := d.store.User(ctx, u.ID); return err },
			"FindUser": func(ctx context.Context) error { _, err := d.store.FindUser(ctx, "ann"); return err },
			"Roles":    func(ctx context.Context) error { _, err := d.store.Roles(ctx); return err },
			"CheckPassword": func(ctx context.Context) error {
				_, err := d.store.CheckPassword(ctx, app.PasswordCheck{Username: d.admin.Username, Password: app.NewSecret("wrong"), At: start, Event: e})
				return err
			},
			"SignedIn": func(ctx context.Context) error {
				_, err := d.store.SignedIn(ctx, app.SignIn{ID: u.ID, At: start.Add(time.Hour)}, e)
				return err
			},
			"Resume":     func(ctx context.Context) error { _, _, err := d.store.Resume(ctx, token, start); return err },
			"EndSession": func(ctx context.Context) error { return d.store.EndSession(ctx, token, e) },
			"PutFactor": func(ctx context.Context) error {
				return d.store.PutFactor(ctx, app.NewFactor{User: pending.ID, Factor: factor(3, standard), At: start}, e)
			},
			"ConfirmFactor": func(ctx context.Context) error {
				_, err := d.store.ConfirmFactor(ctx, d.check(app.DoConfirm, pending.ID, d.code(t, 2, standard, 0)))
				return err
			},
			"VerifyCode": func(ctx context.Context) error {
				_, err := d.store.VerifyCode(ctx, d.check(app.DoVerify, u.ID, d.code(t, 1, standard, 1)))
				return err
			},
			"TestCode": func(ctx context.Context) error {
				_, err := d.store.TestCode(ctx, d.check(app.DoTestCode, u.ID, d.code(t, 1, standard, 1)))
				return err
			},
			"Reset": func(ctx context.Context) error {
				return d.store.Reset(ctx, app.FactorReset{User: u.ID, Provider: app.Google}, e)
			},
			"Unlock":      func(ctx context.Context) error { return d.store.Unlock(ctx, u.ID, u.Version, e) },
			"Append":      func(ctx context.Context) error { return d.store.Append(ctx, e) },
			"Events":      func(ctx context.Context) error { _, err := d.store.Events(ctx, app.EventQuery{}); return err },
			"Head":        func(ctx context.Context) error { _, err := d.store.Head(ctx); return err },
			"HashAt":      func(ctx context.Context) error { _, err := d.store.HashAt(ctx, 1); return err },
			"VerifyChain": func(ctx context.Context) error { _, err := d.store.VerifyChain(ctx, nil); return err },
			"Examine":     func(ctx context.Context) error { _, err := d.store.Examine(ctx); return err },
		}
		for a, some := range map[app.Ability]map[string]func(ctx context.Context) error{
			app.AbleEditUsers: {
				"AddUser": func(ctx context.Context) error {
					_, err := d.store.AddUser(ctx, app.NewUser{Username: "new", Email: "n@x.example"}, e)
					return err
				},
				"SaveUser": func(ctx context.Context) error {
					c := save(u)
					c.LastName = "Changed"
					_, err := d.store.SaveUser(ctx, c, e)
					return err
				},
				"RemoveUser": func(ctx context.Context) error { return d.store.RemoveUser(ctx, u.ID, u.Version, e) },
				"Import": func(ctx context.Context) error {
					_, err := d.store.Import(ctx, app.Import{Rows: rows(row(2, "new"))}, e)
					return err
				},
				"SetPassword": func(ctx context.Context) error {
					return d.store.SetPassword(ctx, u.ID, app.NewSecret("a long password"), e)
				},
			},
			app.AbleRoles: {
				"SaveRole":   func(ctx context.Context) error { _, err := d.store.SaveRole(ctx, app.Role{Name: "new"}, e); return err },
				"RemoveRole": func(ctx context.Context) error { return d.store.RemoveRole(ctx, "new", 1, e) },
			},
			app.AbleSessions: {
				"EndSessions": func(ctx context.Context) error { _, err := d.store.EndSessions(ctx, u.ID, e); return err },
			},
			app.AbleRepair: {
				"Repair": func(ctx context.Context) error {
					return d.store.Repair(ctx, app.FactorRepair{User: u.ID, Provider: app.Google, Keys: d.fixture.OlderKeys}, e)
				},
			},
		} {
			if d.store.Able(a) == nil { // else it is refused anyway
				maps.Copy(deeds, some)
			}
		}
		for name, f := range deeds {
			ctx, cancel := context.WithCancel(d.ctx)
			cancel()
			require.NotPanics(t, func() { d.fails(t, app.Canceled, func() error { return f(ctx) }) }, name)
		}
		_, _, err := d.store.Resume(d.ctx, token, d.clock.now())
		require.NoError(t, err, "the session has not ended")
		require.Equal(t, app.OK, d.verify(t, u.ID, d.code(t, 1, standard, 1)).Reason, "the code is not used up")
	}},
}

var persistenceStories = []story{
	{"everything is there again", func(d *desk) {
		t := d.t
		if d.fixture.Reopen == nil {
			require.NotEqual(t, app.LocalStore, d.store.Info().Kind, "a file can be opened again, so the test must be able to")
			require.Nil(t, d.application, "an application outlives us, so the test must be able to open it again")
			return
		}
		d.populate(t, 30)
		u := d.addAs(t, "keeper", app.HelpDesk, correct)
		d.enrollBefore(t, u.ID, 900)
		used, next := d.code(t, 900, standard, 0), d.code(t, 900, standard, 1)
		require.Equal(t, app.OK, d.verify(t, u.ID, used).Reason)
		token := d.keep(t, u)
		var r app.Role
		if d.application == nil {
			var err error
			r, err = d.store.SaveRole(d.ctx, app.Role{Name: "Own", Permissions: []app.Permission{app.SeeUsers}}, d.event(app.DoSaveRole, app.User{}))
			require.NoError(t, err)
		}
		before, info := d.everything(t), d.store.Info()
		head, err := d.store.Head(d.ctx)
		require.NoError(t, err)

		for range 2 {
			d.store = d.fixture.Reopen(t)
			d.unchanged(t, before)
			require.Equal(t, info.ID, d.store.Info().ID)
			again, err := d.store.Head(d.ctx)
			require.NoError(t, err)
			require.Equal(t, head, again)
			d.chainIsWhole(t)
			d.keysAreShut(t, "keys are opened by a password alone")
		}
		_, who, err := d.store.Resume(d.ctx, token, d.clock.now())
		require.NoError(t, err)
		require.Equal(t, u.ID, who.ID)
		require.Equal(t, app.OK, d.password(t, "keeper", correct, false).Reason)
		require.Equal(t, app.Replayed, d.verify(t, u.ID, used).Reason)
		require.Equal(t, app.OK, d.verify(t, u.ID, next).Reason)
		d.openKeys(t)
		if d.application != nil {
			return
		}
		require.NoError(t, d.store.RemoveRole(d.ctx, r.ID, r.Version, d.event(app.DoRemoveRole, app.User{})))
	}},
}

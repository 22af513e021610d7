package storetest

import (
	"sync"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

var userStories = []story{
	{"the store says what it is", func(d *desk) {
		i := d.store.Info()
		require.NotEmpty(d.t, i.ID)
		require.NotEmpty(d.t, i.Name)
		require.NotEmpty(d.t, i.Engine)
		require.NotEmpty(d.t, i.Kind)
		require.NotEmpty(d.t, i.Tag)
		abilities := []app.Ability{app.AbleChange}
		if d.application == nil { // one of our own
			abilities = append(abilities, app.AbleEditUsers, app.AbleRoles)
		}
		for _, a := range abilities {
			require.NoError(d.t, d.store.Able(a), string(a))
		}
		require.True(d.t, d.admin.Active && d.admin.Operator && d.admin.Role.Administers())
	}},
	{"a user is added, read and found", func(d *desk) {
		t := d.t
		n := app.NewUser{
			Username: "Ann.Marigold", Email: "Ann@Juniper.example", FirstName: "Ann-Sofie", LastName: "Màrigold Ж",
			Role: app.HelpDesk, Active: true,
		}
		var u app.User
		if d.application != nil {
			u = d.addUser(t, n)
		} else {
			e := d.done(t, func() { u = d.addUser(t, n) })
			require.Equal(t, u.ID, e.TargetID, "only the store knows the new user's ID")
			require.Equal(t, "Ann.Marigold", e.Target)
			require.Equal(t, app.DoAddUser, e.Action)
		}

		require.NotEmpty(t, u.ID)
		require.Equal(t, n.Username, u.Username)
		require.Equal(t, n.Email, u.Email)
		require.Equal(t, n.FirstName, u.FirstName)
		require.Equal(t, n.LastName, u.LastName)
		require.Equal(t, d.role(app.HelpDesk).Name, u.Role.Name)
		require.True(t, u.Role.Has(app.CanReset) && u.Role.BuiltIn)
		require.True(t, u.Active)
		require.False(t, u.Operator)
		d.mustEnroll(t, u, false)
		require.Equal(t, start, u.Created)
		require.True(t, u.LastSignIn.IsZero() && u.LockedUntil.IsZero())
		require.Zero(t, u.Failures)
		require.Positive(t, u.Version)
		require.Empty(t, u.Factors)
		require.Equal(t, u, d.user(t, u.ID))
		for _, name := range []string{"Ann.Marigold", "ann.marigold", "ANN.MARIGOLD"} {
			found, err := d.store.FindUser(d.ctx, name)
			require.NoError(t, err)
			require.Equal(t, u, found)
		}
	}},
	{"letter case does not make another username", able(app.AbleEditUsers, func(d *desk) {
		d.add(d.t, "Élodie")
		other := d.add(d.t, "other")
		for _, name := range []string{"Élodie", "élodie", "ÉLODIE"} {
			d.fails(d.t, app.Conflict, func() error {
				_, err := d.store.AddUser(d.ctx, app.NewUser{Username: name, Email: "e@x.example"}, d.event(app.DoAddUser, app.User{}))
				return err
			})
			d.fails(d.t, app.Conflict, func() error {
				c := save(other)
				c.Username = name
				_, err := d.store.SaveUser(d.ctx, c, d.event(app.DoSaveUser, other))
				return err
			})
		}
	})},
	{"nobody is not found", func(d *desk) {
		for _, id := range []app.UserID{"", "0", "999999", "nobody", "1 OR 1=1", "ünknown"} {
			u := app.User{ID: id}
			deeds := map[string]func() error{
				"User":   func() error { _, err := d.store.User(d.ctx, id); return err },
				"Unlock": func() error { return d.store.Unlock(d.ctx, id, 1, d.event(app.DoUnlock, u)) },
				"Reset": func() error {
					return d.store.Reset(d.ctx, app.FactorReset{User: id, Provider: app.Google}, d.event(app.DoReset, u))
				},
				"Put": func() error {
					return d.store.PutFactor(d.ctx, app.NewFactor{User: id, Factor: factor(1, standard), At: start}, d.event(app.DoEnroll, u))
				},
				"Verify": func() error {
					_, err := d.store.VerifyCode(d.ctx, d.check(app.DoVerify, id, app.NewSecret("123456")))
					return err
				},
				"Test": func() error {
					_, err := d.store.TestCode(d.ctx, d.check(app.DoTestCode, id, app.NewSecret("123456")))
					return err
				},
				"Confirm": func() error {
					_, err := d.store.ConfirmFactor(d.ctx, d.check(app.DoConfirm, id, app.NewSecret("123456")))
					return err
				},
				"SignedIn": func() error {
					_, err := d.store.SignedIn(d.ctx, app.SignIn{ID: id, At: start}, d.event(app.DoSignIn, u))
					return err
				},
			}
			if d.store.Able(app.AbleEditUsers) == nil {
				deeds["Save"] = func() error {
					_, err := d.store.SaveUser(d.ctx, app.UserChange{ID: id, Version: 1, Username: "x", Email: "x@x.example"}, d.event(app.DoSaveUser, u))
					return err
				}
				deeds["Remove"] = func() error { return d.store.RemoveUser(d.ctx, id, 1, d.event(app.DoRemoveUser, u)) }
				deeds["Password"] = func() error {
					return d.store.SetPassword(d.ctx, id, app.NewSecret("a long password"), d.event(app.DoSetPassword, u))
				}
			}
			if d.store.Able(app.AbleSessions) == nil {
				deeds["EndSessions"] = func() error { _, err := d.store.EndSessions(d.ctx, id, d.event(app.DoEndSessions, u)); return err }
			}
			if d.store.Able(app.AbleRepair) == nil {
				deeds["Repair"] = func() error {
					return d.store.Repair(d.ctx, app.FactorRepair{User: id, Provider: app.Google, Keys: d.fixture.OlderKeys}, d.event(app.DoRepair, u))
				}
			}
			for name, f := range deeds {
				require.NotPanics(d.t, func() { d.fails(d.t, app.NotFound, f) }, "%s of %q", name, id)
			}
		}
		_, err := d.store.FindUser(d.ctx, "nobody")
		isError(d.t, app.NotFound, err)
		_, err = d.store.FindUser(d.ctx, "")
		isError(d.t, app.NotFound, err)
	}},
	{"a role that is not there is not given", able(app.AbleEditUsers, func(d *desk) {
		u := d.add(d.t, "ann")
		d.fails(d.t, app.NotFound, func() error {
			_, err := d.store.AddUser(d.ctx, app.NewUser{Username: "bob", Email: "b@x.example", Role: "999"}, d.event(app.DoAddUser, app.User{}))
			return err
		})
		d.fails(d.t, app.NotFound, func() error {
			c := save(u)
			c.Role = "no-such-role"
			_, err := d.store.SaveUser(d.ctx, c, d.event(app.DoSaveUser, u))
			return err
		})
	})},
	{"all account fields are saved", able(app.AbleEditUsers, func(d *desk) {
		t := d.t
		u := d.add(t, "ann")
		c := app.UserChange{
			ID: u.ID, Version: u.Version, Username: "anna", Email: "anna@x.example",
			FirstName: "", LastName: "O'Marigold; DROP TABLE", Role: app.Auditor, Active: false,
		}
		var saved app.User
		e := d.done(t, func() {
			var err error
			saved, err = d.store.SaveUser(d.ctx, c, d.event(app.DoSaveUser, u))
			require.NoError(t, err)
		})
		require.Equal(t, u.ID, e.TargetID)
		require.Equal(t, saved, d.user(t, u.ID))
		require.NotEqual(t, saved.Version, u.Version)
		want := c
		want.Version = saved.Version
		require.Equal(t, want, save(saved))
		require.Equal(t, u.Created, saved.Created)

		_, err := d.store.FindUser(d.ctx, "ann")
		isError(t, app.NotFound, err)
		d.add(t, "ann") // the old name is free
	})},
	{"only the letter case of the own username can change", able(app.AbleEditUsers, func(d *desk) {
		u := d.add(d.t, "ann")
		c := save(u)
		c.Username = "Ann"
		saved, err := d.store.SaveUser(d.ctx, c, d.event(app.DoSaveUser, u))
		require.NoError(d.t, err)
		require.Equal(d.t, "Ann", saved.Username)
	})},
	{"the second console to change a user gets a conflict", func(d *desk) {
		t := d.t
		first := d.add(t, "ann")
		d.put(t, first.ID, 1)
		second := d.user(t, first.ID)
		require.NotEqual(t, second.Version, first.Version, "a new factor is a change")
		e := d.event(app.DoSaveUser, first)
		for _, version := range []int64{first.Version, second.Version + 1, 0, -1} {
			if d.application == nil {
				d.fails(t, app.Conflict, func() error {
					c := save(second)
					c.Version = version
					_, err := d.store.SaveUser(d.ctx, c, e)
					return err
				})
				d.fails(t, app.Conflict, func() error { return d.store.RemoveUser(d.ctx, first.ID, version, e) })
			}
			if version != 0 {
				d.fails(t, app.Conflict, func() error { return d.store.Unlock(d.ctx, first.ID, version, e) })
				d.fails(t, app.Conflict, func() error {
					return d.store.Reset(d.ctx, app.FactorReset{User: first.ID, Version: version, Provider: app.Google}, e)
				})
				d.fails(t, app.Conflict, func() error {
					return d.store.PutFactor(d.ctx, app.NewFactor{User: first.ID, Version: version, Factor: factor(2, standard), At: start}, e)
				})
			}
		}
	}},
	{"of many consoles that change a user at once one wins", able(app.AbleEditUsers, func(d *desk) {
		u := d.add(d.t, "ann")
		won, lost := d.together(8, func(i int) error {
			c := save(u)
			c.LastName = string(rune('A' + i))
			_, err := d.store.SaveUser(d.ctx, c, d.event(app.DoSaveUser, u))
			return err
		})
		require.Equal(d.t, 1, won)
		for _, err := range lost {
			isError(d.t, app.Conflict, err)
		}
	})},
	{"of many consoles that add a username at once one wins", able(app.AbleEditUsers, func(d *desk) {
		won, lost := d.together(8, func(int) error {
			_, err := d.store.AddUser(d.ctx, app.NewUser{Username: "ann", Email: "a@x.example"}, d.event(app.DoAddUser, app.User{}))
			return err
		})
		require.Equal(d.t, 1, won)
		for _, err := range lost {
			isError(d.t, app.Conflict, err)
		}
	})},
	{"a removed user is gone with all factors", func(d *desk) {
		t := d.t
		u := d.add(t, "ann")
		d.enroll(t, u.ID, 1)
		u = d.user(t, u.ID)
		if d.application != nil {
			d.remove(t, u.ID)
		} else {
			e := d.done(t, func() { d.remove(t, u.ID) })
			require.Equal(t, "ann", e.Target)
		}
		_, err := d.store.User(d.ctx, u.ID)
		isError(t, app.NotFound, err)
		again := d.add(t, "ann")
		require.NotEqual(t, u.ID, again.ID, "an ID is never used again: the audit names it")
		require.Empty(t, again.Factors)
	}},
	{"a sign-in or an attempt is no change that a screen could overwrite", func(d *desk) {
		t := d.t
		u := d.addAs(t, "ann", app.HelpDesk, "correct horse")
		d.enroll(t, u.ID, 1)
		u = d.user(t, u.ID)
		_, err := d.store.SignedIn(d.ctx, app.SignIn{ID: u.ID, At: start}, d.event(app.DoSignIn, u))
		require.NoError(t, err)
		d.verify(t, u.ID, d.wrongCode(t, 1))
		d.verify(t, u.ID, d.code(t, 1, standard, 1))
		require.Equal(t, u.Version, d.user(t, u.ID).Version)
	}},
}

// together runs f n times at once and says how many did it and how the others
// failed.
func (d *desk) together(n int, f func(i int) error) (won int, lost []error) {
	errs := make([]error, n)
	var ready, wait sync.WaitGroup
	ready.Add(1)
	for i := range n {
		wait.Go(func() {
			ready.Wait()
			errs[i] = f(i)
		})
	}
	ready.Done()
	wait.Wait()
	for _, err := range errs {
		if err == nil {
			won++
		} else {
			lost = append(lost, err)
		}
	}
	return won, lost
}

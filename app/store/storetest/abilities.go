package storetest

import (
	"fmt"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// able tells a story where the store has an ability. Elsewhere it requires that
// the store refuses every deed that needs it, so that no story is passed over.
func able(a app.Ability, tell func(*desk)) func(*desk) {
	return func(d *desk) {
		if d.store.Able(a) != nil {
			d.refuses(a)
			return
		}
		tell(d)
	}
}

var abilityStories = []story{
	{"what the store is not able to do it refuses", func(d *desk) {
		for a := range d.deeds(app.User{}) {
			if d.store.Able(a) != nil {
				d.refuses(a)
			}
		}
	}},
}

// deeds returns the deeds on a user that need each ability.
func (d *desk) deeds(u app.User) map[app.Ability]map[string]func() error {
	e := d.event(app.DoSaveUser, u)
	return map[app.Ability]map[string]func() error{
		app.AbleEditUsers: {
			"AddUser": func() error {
				_, err := d.store.AddUser(d.ctx, app.NewUser{Username: "new", Email: "new@x.example", Active: true}, e)
				return err
			},
			"SaveUser": func() error {
				c := save(u)
				c.LastName = "Changed"
				_, err := d.store.SaveUser(d.ctx, c, e)
				return err
			},
			"RemoveUser": func() error { return d.store.RemoveUser(d.ctx, u.ID, u.Version, e) },
			"SetPassword": func() error {
				return d.store.SetPassword(d.ctx, u.ID, app.NewSecret("another long password"), e)
			},
			"Import": func() error {
				r, err := d.store.Import(d.ctx, app.Import{Rows: rows(row(2, "new"), row(3, u.Username))}, e)
				if err == nil {
					return fmt.Errorf("imported %+v", r)
				}
				return err
			},
		},
		app.AbleRoles: {
			"SaveRole, a new one": func() error {
				_, err := d.store.SaveRole(d.ctx, app.Role{Name: "new", Permissions: []app.Permission{app.SeeUsers}}, e)
				return err
			},
			"SaveRole": func() error {
				_, err := d.store.SaveRole(d.ctx, app.Role{ID: u.Role.ID, Name: "changed", Version: u.Role.Version}, e)
				return err
			},
			"RemoveRole": func() error { return d.store.RemoveRole(d.ctx, u.Role.ID, u.Role.Version, e) },
		},
		app.AbleSessions: {
			"EndSessions": func() error { _, err := d.store.EndSessions(d.ctx, u.ID, e); return err },
			"Reset": func() error {
				return d.store.Reset(d.ctx, app.FactorReset{User: u.ID, Version: u.Version, Provider: app.Google, EndSessions: true}, e)
			},
		},
		app.AbleRepair: {
			"Repair": func() error {
				return d.store.Repair(d.ctx, app.FactorRepair{
					User: u.ID, Version: u.Version, Provider: app.Google, Keys: app.NewSecret("0123456789abcdef0123456789abcdef"),
				}, e)
			},
		},
	}
}

// refuses requires that every deed that needs an ability returns what the store
// says of it, changes nothing and writes nothing, not even an intent.
func (d *desk) refuses(a app.Ability) {
	t := d.t
	t.Helper()
	u, err := d.store.FindUser(d.ctx, "refused")
	if app.KindOf(err) == app.NotFound {
		u = d.addAs(t, "refused", app.HelpDesk, correct)
		d.enroll(t, u.ID, 1)
		u = d.user(t, u.ID)
	} else {
		require.NoError(t, err)
	}
	why := d.store.Able(a)
	isError(t, app.KindOf(why), why)
	head, err := d.store.Head(d.ctx)
	require.NoError(t, err)
	before := d.everything(t)
	for name, deed := range d.deeds(u)[a] {
		err := deed()
		isError(t, app.KindOf(why), err)
		require.EqualError(t, err, why.Error(), name)
		d.unchanged(t, before)
		after, err := d.store.Head(d.ctx)
		require.NoError(t, err)
		require.Equal(t, head, after, "%s writes nothing", name)
	}
	require.Equal(t, app.OK, d.password(t, "refused", correct, false).Reason, "the password is still the same")
}

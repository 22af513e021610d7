package storetest

import (
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

var administratorStories = []story{
	{"the last active Administrator stays", able(app.AbleEditUsers, func(d *desk) {
		d.lastAdministratorStays(d.t, d.admin)
	})},
	{"who is off, has no password or another role does not count", able(app.AbleEditUsers, func(d *desk) {
		t := d.t
		d.addAs(t, "no-password", app.Administrators, "")
		d.addAs(t, "help", app.HelpDesk, "correct horse")
		off := d.addAs(t, "off", app.Administrators, "correct horse")
		c := save(off)
		c.Active = false
		_, err := d.store.SaveUser(d.ctx, c, d.event(app.DoSaveUser, off))
		require.NoError(t, err)
		d.lastAdministratorStays(t, d.admin)
	})},
	{"one of two may go, then the other stays", able(app.AbleEditUsers, func(d *desk) {
		t := d.t
		second := d.addAs(t, "second", app.Administrators, "correct horse")
		c := save(d.admin)
		c.Role = app.Auditor
		d.done(t, func() {
			_, err := d.store.SaveUser(d.ctx, c, d.event(app.DoSaveUser, d.admin))
			require.NoError(t, err)
		})
		d.lastAdministratorStays(t, second)
	})},
	{"the other fields of the last one can be saved", able(app.AbleEditUsers, func(d *desk) {
		c := save(d.admin)
		c.LastName = "Renamed"
		_, err := d.store.SaveUser(d.ctx, c, d.event(app.DoSaveUser, d.admin))
		require.NoError(d.t, err)
	})},
	{"a role of one's own that administers counts", able(app.AbleEditUsers, func(d *desk) {
		t := d.t
		r, err := d.store.SaveRole(d.ctx, app.Role{Name: "Deputies", Permissions: app.Permissions()}, d.event(app.DoSaveRole, app.User{}))
		require.NoError(t, err)
		deputy := d.addAs(t, "deputy", r.ID, "correct horse")
		c := save(d.admin)
		c.Active = false
		_, err = d.store.SaveUser(d.ctx, c, d.event(app.DoSaveUser, d.admin))
		require.NoError(t, err)
		d.lastAdministratorStays(t, deputy)
		d.fails(t, app.Denied, func() error {
			r.Permissions = []app.Permission{app.SeeUsers}
			_, err := d.store.SaveRole(d.ctx, r, d.event(app.DoSaveRole, app.User{}))
			return err
		})
	})},
	{"two consoles cannot take the last two at once", able(app.AbleEditUsers, func(d *desk) {
		t := d.t
		for round, f := range []func(u app.User) error{
			func(u app.User) error {
				c := save(u)
				c.Active = false
				_, err := d.store.SaveUser(d.ctx, c, d.event(app.DoSaveUser, u))
				return err
			},
			func(u app.User) error {
				c := save(u)
				c.Role = ""
				_, err := d.store.SaveUser(d.ctx, c, d.event(app.DoSaveUser, u))
				return err
			},
			func(u app.User) error {
				return d.store.RemoveUser(d.ctx, u.ID, u.Version, d.event(app.DoRemoveUser, u))
			},
		} {
			left := d.administrators(t)
			require.Len(t, left, 1)
			left = append(left, d.addAs(t, "second-"+string(rune('a'+round)), app.Administrators, "correct horse"))
			won, lost := d.together(2, func(i int) error { return f(left[i]) })
			require.Equal(t, 1, won)
			isError(t, app.Denied, lost[0])
		}
	})},
}

// administrators returns the active operators who administer.
func (d *desk) administrators(t checker) []app.User {
	t.Helper()
	var all []app.User
	for _, u := range d.everything(t).Users {
		if u.Active && u.Operator && u.Role.Administers() {
			all = append(all, u)
		}
	}
	return all
}

// lastAdministratorStays tries every way to lose u.
func (d *desk) lastAdministratorStays(t checker, u app.User) {
	t.Helper()
	u = d.user(t, u.ID)
	e := d.event(app.DoSaveUser, u)
	for _, change := range []func(*app.UserChange){
		func(c *app.UserChange) { c.Active = false },
		func(c *app.UserChange) { c.Role = app.HelpDesk },
		func(c *app.UserChange) { c.Role = "" },
		func(c *app.UserChange) { c.Role, c.Active = app.Auditor, false },
	} {
		d.fails(t, app.Denied, func() error {
			c := save(u)
			change(&c)
			_, err := d.store.SaveUser(d.ctx, c, e)
			return err
		})
	}
	d.fails(t, app.Denied, func() error { return d.store.RemoveUser(d.ctx, u.ID, u.Version, e) })

	for _, row := range []app.ImportRow{
		{NewUser: app.NewUser{Active: false}, HasActive: true},
		{NewUser: app.NewUser{Role: app.Auditor}, HasRole: true},
		{NewUser: app.NewUser{Role: ""}, HasRole: true},
	} {
		row.Line, row.Username, row.Email = 2, u.Username, u.Email
		before := d.everything(t)
		r, err := d.store.Import(d.ctx, app.Import{Rows: rows(row)}, d.event(app.DoImport, app.User{}))
		require.NoError(t, err)
		require.Len(t, r.Rejected, 1)
		require.Equal(t, 2, r.Rejected[0].Line)
		require.NotEmpty(t, r.Rejected[0].Reason)
		d.unchanged(t, before)
	}
}

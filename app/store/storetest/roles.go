package storetest

import (
	"slices"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

var roleStories = []story{
	{"the built-in roles are there and stay", func(d *desk) {
		t := d.t
		roles, err := d.store.Roles(d.ctx)
		require.NoError(t, err)
		if d.application != nil {
			d.rolesStandIn(t, roles)
			d.refuses(app.AbleRoles)
			return
		}
		require.Len(t, roles, 3)
		for i, want := range app.BuiltInRoles() {
			want.Version = roles[i].Version
			require.Equal(t, want, roles[i])
			d.fails(t, app.Denied, func() error {
				r := roles[i]
				r.Permissions = nil
				_, err := d.store.SaveRole(d.ctx, r, d.event(app.DoSaveRole, app.User{}))
				return err
			})
			d.fails(t, app.Denied, func() error {
				return d.store.RemoveRole(d.ctx, roles[i].ID, roles[i].Version, d.event(app.DoRemoveRole, app.User{}))
			})
		}
	}},
	{"a role is added, changed and removed", able(app.AbleRoles, func(d *desk) {
		t := d.t
		e := d.event(app.DoSaveRole, app.User{})
		var r app.Role
		d.done(t, func() {
			var err error
			r, err = d.store.SaveRole(d.ctx, app.Role{
				Name: "Désk “two”", Permissions: []app.Permission{app.SeeUsers, app.CanVerify}, BuiltIn: true,
			}, e)
			require.NoError(t, err)
		})
		require.NotEmpty(t, r.ID)
		require.False(t, r.BuiltIn, "nobody makes a built-in role")
		roles, err := d.store.Roles(d.ctx)
		require.NoError(t, err)
		require.Len(t, roles, 4)
		require.Equal(t, r, roles[3], "built-in roles come first")

		u := d.addAs(t, "ann", r.ID, "")
		require.Equal(t, r, u.Role)
		changed := r
		changed.Name, changed.Permissions = "Desk 2", []app.Permission{app.SeeActivity}
		d.done(t, func() {
			changed, err = d.store.SaveRole(d.ctx, changed, e)
			require.NoError(t, err)
		})
		require.Greater(t, changed.Version, r.Version)
		require.Equal(t, changed, d.user(t, u.ID).Role)

		d.fails(t, app.Conflict, func() error { _, err := d.store.SaveRole(d.ctx, r, e); return err })
		d.fails(t, app.Conflict, func() error { return d.store.RemoveRole(d.ctx, r.ID, r.Version, e) })
		d.fails(t, app.Conflict, func() error { return d.store.RemoveRole(d.ctx, r.ID, changed.Version, e) }) // ann has it
		d.fails(t, app.Conflict, func() error { _, err := d.store.SaveRole(d.ctx, app.Role{Name: "desk 2"}, e); return err })
		d.fails(t, app.Conflict, func() error { _, err := d.store.SaveRole(d.ctx, app.Role{Name: "HELP DESK"}, e); return err })
		d.fails(t, app.NotFound, func() error {
			_, err := d.store.SaveRole(d.ctx, app.Role{ID: "999", Name: "x", Version: 1}, e)
			return err
		})
		d.fails(t, app.NotFound, func() error { return d.store.RemoveRole(d.ctx, "999", 1, e) })

		c := save(u)
		c.Role = ""
		_, err = d.store.SaveUser(d.ctx, c, d.event(app.DoSaveUser, u))
		require.NoError(t, err)
		d.done(t, func() { require.NoError(t, d.store.RemoveRole(d.ctx, r.ID, changed.Version, e)) })
		roles, err = d.store.Roles(d.ctx)
		require.NoError(t, err)
		require.Len(t, roles, 3)
	})},
}

// rolesStandIn requires that the roles that stand for our own are among all, and
// that the stories can be told with them.
func (d *desk) rolesStandIn(t checker, all []app.Role) {
	t.Helper()
	for _, own := range app.BuiltInRoles() {
		want, ok := d.application.Roles[own.ID]
		require.True(t, ok, "a role stands for %s", own.Name)
		i := slices.IndexFunc(all, func(r app.Role) bool { return r.ID == want.ID })
		require.GreaterOrEqual(t, i, 0, "the role %s is there", want.Name)
		got := all[i]
		want.Version = got.Version
		require.ElementsMatch(t, want.Permissions, got.Permissions, "the permissions of %s", want.Name)
		got.Permissions = want.Permissions
		require.Equal(t, want, got)
	}
	require.True(t, d.role(app.Administrators).Administers())
	for _, p := range []app.Permission{app.SeeUsers, app.CanEnroll, app.CanVerify, app.CanReset, app.CanUnlock} {
		require.True(t, d.role(app.HelpDesk).Has(p), "the desk needs %s", p)
	}
	require.False(t, d.role(app.Auditor).OpensSecrets())
}

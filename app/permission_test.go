package app_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// What each role may, written out once more, so that a slip in role.go shows.
var may = map[string]map[app.Permission]bool{
	"olive": {
		app.SeeUsers: true, app.SeeActivity: true, app.CanEnroll: true, app.CanVerify: true, app.CanReset: true,
		app.CanUnlock: true, app.EditUsers: true, app.EditOperators: true,
	},
	"helga":  {app.SeeUsers: true, app.CanEnroll: true, app.CanVerify: true, app.CanReset: true, app.CanUnlock: true},
	"audrey": {app.SeeUsers: true, app.SeeActivity: true},
	"edda":   {app.SeeUsers: true, app.EditUsers: true},
}

func TestEveryDeedAsksTheRole(t *testing.T) {
	for name, allowed := range may {
		for _, x := range deeds {
			t.Run(name+" "+x.name, func(t *testing.T) {
				d := signedIn(t, name)
				if name == "audrey" || name == "edda" {
					// Their roles open no keys; what is refused is refused for
					// the role and not for want of a key.
					require.Error(t, d.console.Able(app.AbleOpenSecrets))
				}
				require.Equal(t, allowed[x.needs], d.console.Permits(x.needs) == nil)
				if allowed[x.needs] {
					require.NoError(t, d.try(t, x, x.on))
					return
				}
				var g *app.Grant
				if x.grant != nil {
					g = d.grant(t, x.grant(d, x.on))
				}
				if x.action == "" {
					require.Equal(t, app.Denied, app.KindOf(x.do(d, g, x.on)))
					return
				}
				e := d.refused(t, app.Denied, x.action, func() error { return x.do(d, g, x.on) })
				require.Contains(t, e.Reason, "Not permitted for ")
				if x.on != "" {
					require.Equal(t, x.on, e.Target)
				}
			})
		}
	}
}

func TestNobodyDoesNothing(t *testing.T) {
	for _, x := range deeds {
		d := newDesk(t)
		before := d.everything(t)
		require.Empty(t, d.events(t, func() {
			require.Equal(t, app.Denied, app.KindOf(x.do(d, nil, x.on)), x.name)
		}))
		d.unchanged(t, before)
	}
	d := newDesk(t)
	_, err := d.console.Reverify(d.ctx, passwordOf("olive"), app.Deed{Action: app.DoImport})
	require.Equal(t, app.Denied, app.KindOf(err))
	require.Error(t, d.console.Permits(app.SeeUsers))
	require.Error(t, d.console.Reopen(d.ctx, passwordOf("olive")))
	require.NoError(t, d.console.SignOut(d.ctx))
}

func TestOnlyAnAdministratorActsOnAnAdministrator(t *testing.T) {
	for _, x := range deeds {
		if x.on == "" || x.needs == app.SeeUsers {
			continue
		}
		for name := range may {
			if name == "olive" || !may[name][x.needs] {
				continue
			}
			t.Run(name+" "+x.name, func(t *testing.T) {
				d := signedIn(t, name)
				require.Error(t, d.console.PermitsOn(x.needs, d.user(t, "agnes")))
				var g *app.Grant
				if x.grant != nil {
					g = d.grant(t, x.grant(d, "agnes"))
				}
				e := d.refused(t, app.Denied, x.action, func() error { return x.do(d, g, "agnes") })
				require.Equal(t, "agnes", e.Target)
				require.Contains(t, e.Reason, "Administrator")
			})
		}
	}
	d := signedIn(t, "olive")
	require.NoError(t, d.console.PermitsOn(app.CanReset, d.user(t, "agnes")))
	require.NoError(t, d.try(t, deedNamed(t, "set password"), "agnes"))
}

// Who may edit users but not operators makes no operator and changes none.
func TestEditorsStayBelowOperators(t *testing.T) {
	for name, f := range map[string]func(d *desk) error{
		"a user with a password": func(d *desk) error {
			n := stranger("new")
			n.Password = app.NewSecret("a long password")
			_, err := d.console.AddUser(d.ctx, d.grant(t, app.Deed{Action: app.DoAddUser}), n)
			return err
		},
		"a user with a role": func(d *desk) error {
			n := stranger("new")
			n.Role = app.Auditor
			_, err := d.console.AddUser(d.ctx, d.grant(t, app.Deed{Action: app.DoAddUser}), n)
			return err
		},
		"a role for a user": func(d *desk) error {
			c := save(d.user(t, "ann"))
			c.Role = app.HelpDesk
			_, err := d.console.SaveUser(d.ctx, d.grant(t, app.Deed{Action: app.DoSaveUser, Target: c.ID}), c)
			return err
		},
		"an operator's email": func(d *desk) error {
			return d.try(t, deedNamed(t, "save user"), "helga")
		},
		"an operator's end": func(d *desk) error {
			return d.try(t, deedNamed(t, "remove user"), "helga")
		},
		"the own role": func(d *desk) error {
			c := save(d.user(t, "edda"))
			c.Role = app.Administrators
			_, err := d.console.SaveUser(d.ctx, d.grant(t, app.Deed{Action: app.DoSaveUser, Target: c.ID}), c)
			return err
		},
	} {
		d := signedIn(t, "edda")
		before := d.everything(t)
		err := f(d)
		require.Equal(t, app.Denied, app.KindOf(err), name)
		require.Contains(t, err.Error(), "edit operators", name)
		d.unchanged(t, before)
	}
}

func TestImportedOperatorsNeedThePermission(t *testing.T) {
	const file = "username,email,role,active\n" +
		"newbie,newbie@x.example,,\n" +
		"newboss,newboss@x.example,Administrators,\n" +
		"helga,helga@evil.example,,\n" +
		"ann,ann@new.example,,\n" +
		"edda,edda@juniper.example,Editors,0\n"
	d := signedIn(t, "edda")
	r := d.importText(t, file)
	require.Equal(t, []int{3, 4, 6}, lines(r.Rejected))
	require.Equal(t, 1, r.Added)
	require.Equal(t, 1, r.Updated)
	require.Equal(t, "helga@juniper.example", d.user(t, "helga").Email)

	d = signedIn(t, "olive")
	r = d.importText(t, file+"olive,olive@juniper.example,Administrators,0\n")
	require.Equal(t, []int{7}, lines(r.Rejected), "nobody switches off the own account: %v", r.Rejected)
	require.Equal(t, 2, r.Added)
	require.Equal(t, 3, r.Updated)
}

func TestTheOwnFactorIsNotResetAtTheDesk(t *testing.T) {
	d := signedIn(t, "rita")
	g := d.grant(t, app.Deed{Action: app.DoReset, Target: d.id["rita"], Provider: app.Google})
	e := d.refused(t, app.Denied, app.DoReset, func() error {
		return d.console.Reset(d.ctx, g, app.ResetRequest{User: d.id["rita"], Provider: app.Google})
	})
	require.Equal(t, "rita", e.Target)
	require.Error(t, d.console.PermitsReset(d.user(t, "rita")))
	require.NoError(t, d.console.PermitsReset(d.user(t, "ann")))
	require.Error(t, d.console.PermitsReset(d.user(t, "agnes")))

	d.signIn(t, "olive")
	require.NoError(t, d.try(t, deedNamed(t, "reset"), "rita"), "an equal or better does it")
}

func TestTheOwnAccountStaysOn(t *testing.T) {
	d := signedIn(t, "olive")
	c := save(d.user(t, "olive"))
	c.Active = false
	g := d.grant(t, app.Deed{Action: app.DoSaveUser, Target: c.ID})
	d.refused(t, app.Denied, app.DoSaveUser, func() error { _, err := d.console.SaveUser(d.ctx, g, c); return err })
	g = d.grant(t, app.Deed{Action: app.DoRemoveUser, Target: c.ID})
	d.refused(t, app.Denied, app.DoRemoveUser, func() error { return d.console.RemoveUser(d.ctx, g, c.ID, c.Version, "") })
}

// The store itself keeps the last Administrator, because two consoles could
// race; the attempt is written down all the same.
func TestTheLastAdministratorStays(t *testing.T) {
	d := signedIn(t, "olive")
	c := save(d.user(t, "agnes"))
	c.Role = app.HelpDesk
	_, err := d.console.SaveUser(d.ctx, d.grant(t, app.Deed{Action: app.DoSaveUser, Target: c.ID}), c)
	require.NoError(t, err)
	c = save(d.user(t, "olive"))
	c.Role = app.HelpDesk
	g := d.grant(t, app.Deed{Action: app.DoSaveUser, Target: c.ID})
	e := d.refused(t, app.Denied, app.DoSaveUser, func() error { _, err := d.console.SaveUser(d.ctx, g, c); return err })
	require.Equal(t, "olive", e.Target)
	require.Equal(t, "olive Bellwether is the last active Administrator.", e.Reason)
}

func TestTheOwnPasswordNeedsNoPermission(t *testing.T) {
	d := signedIn(t, "audrey")
	d.store.Disable(app.AbleOpenSecrets, nil)
	g := d.grant(t, app.Deed{Action: app.DoSetPassword, Target: d.id["audrey"]})
	err := d.console.SetPassword(d.ctx, g, d.id["audrey"], app.NewSecret("short"))
	require.Equal(t, app.Invalid, app.KindOf(err))
	d.refused(t, app.Denied, app.DoSetPassword, func() error {
		return d.console.SetPassword(d.ctx, d.grantQuietly(t, app.Deed{Action: app.DoSetPassword, Target: d.id["ann"]}), d.id["ann"],
			app.NewSecret("another long password"))
	})
}

// grantQuietly is grant for use inside a counted function: a right password
// has no event.
func (d *desk) grantQuietly(t checker, x app.Deed) *app.Grant {
	t.Helper()
	return d.grant(t, x)
}

func TestBuiltInRolesStay(t *testing.T) {
	d := signedIn(t, "olive")
	roles, err := d.console.Roles(d.ctx)
	require.NoError(t, err)
	for _, r := range roles[:3] {
		r.Permissions = app.Permissions()
		g := d.grant(t, app.Deed{Action: app.DoSaveRole})
		d.refused(t, app.Denied, app.DoSaveRole, func() error { _, err := d.console.SaveRole(d.ctx, g, r); return err })
		g = d.grant(t, app.Deed{Action: app.DoRemoveRole})
		d.refused(t, app.Denied, app.DoRemoveRole, func() error { return d.console.RemoveRole(d.ctx, g, r.ID, r.Version) })
	}
	for _, r := range []app.Role{{}, {Name: "  "}, {Name: "x", Permissions: []app.Permission{"fly"}}, {Name: "a\x1b[31mb"}} {
		_, err := d.console.SaveRole(d.ctx, d.grant(t, app.Deed{Action: app.DoSaveRole}), r)
		require.Equal(t, app.Invalid, app.KindOf(err), "%+v", r)
	}
}

// A role that was taken away, or an account that was switched off, counts at
// once, not at the next sign-in.
func TestTheStoreHasTheLastWord(t *testing.T) {
	d := signedIn(t, "helga")
	g := d.grant(t, app.Deed{Action: app.DoReset, Target: d.id["ann"], Provider: app.Google})
	change := func(f func(*app.UserChange)) {
		c := save(d.user(t, "helga"))
		f(&c)
		_, err := d.store.SaveUser(d.ctx, c, app.Event{Action: app.DoSaveUser})
		require.NoError(t, err)
	}
	change(func(c *app.UserChange) { c.Role = app.Auditor })
	d.refused(t, app.Denied, app.DoReset, func() error {
		return d.console.Reset(d.ctx, g, app.ResetRequest{User: d.id["ann"], Provider: app.Google})
	})
	change(func(c *app.UserChange) { c.Active = false })
	_, err := d.console.Users(d.ctx, app.Query{})
	require.Equal(t, app.Denied, app.KindOf(err))
	_, ok := d.console.Operator()
	require.False(t, ok, "who is switched off is signed out")
	require.Error(t, d.store.Able(app.AbleOpenSecrets))
}

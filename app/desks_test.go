package app_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/provider"
	"github.com/factordesk/factordesk/app/store/memory"
)

// twoDesks is olive at one console and helga at a window of another.
func twoDesks(t checker) (d *desk, other *app.Console) {
	t.Helper()
	d = newDesk(t)
	d.store = memory.New(memory.Options{Name: "Desk", Now: d.clock})
	for name, role := range map[string]app.RoleID{"olive": app.Administrators, "agnes": app.Administrators, "helga": app.HelpDesk} {
		d.id[name] = d.store.Place(memory.Person{
			User: app.User{
				Username: name, Email: name + "@juniper.example", FirstName: name, LastName: "Bellwether",
				Role: app.Role{ID: role}, Active: true,
			},
			Password: passwordOf(name),
		}).ID
	}
	d.console = app.NewConsole(app.Options{Store: d.store, Providers: provider.All(), Desk: "desk-olive", Now: d.clock})
	_, err := d.console.SignIn(d.ctx, app.Credentials{Username: "olive", Password: passwordOf("olive"), Stay: true})
	require.NoError(t, err)
	other = app.NewConsole(app.Options{Store: d.store, Providers: provider.All(), Desk: "desk-helga", Now: d.clock})
	d.now = d.now.Add(time.Second)
	_, err = other.SignIn(d.ctx, app.Credentials{Username: "helga", Password: passwordOf("helga"), Stay: true})
	require.NoError(t, err)
	return d, other
}

// who is at which desk, as operators see it.
func (d *desk) who(t checker) (all []string) {
	t.Helper()
	sessions, err := d.console.AtDesks(d.ctx)
	require.NoError(t, err)
	for _, s := range sessions {
		all = append(all, s.Username+" at "+s.Console)
	}
	return all
}

func TestWhoIsAtWhichDesk(t *testing.T) {
	d, other := twoDesks(t)
	require.Equal(t, []string{"helga at desk-helga", "olive at desk-olive"}, d.who(t))
	_, err := other.AtDesks(d.ctx)
	require.Equal(t, app.Denied, app.KindOf(err), "the help desk does not see the activity either")

	for range 10 {
		d.now = d.now.Add(app.AttendEvery)
		require.NoError(t, d.console.Attend(d.ctx))
	}
	require.Equal(t, []string{"olive at desk-olive"}, d.who(t), "the other window was closed without a word")
	other.Lock()
	require.NoError(t, other.Attend(d.ctx))
	require.Equal(t, []string{"helga at desk-helga", "olive at desk-olive"}, d.who(t), "a locked screen is somebody's as well")
	require.NoError(t, other.SignOut(d.ctx))
	require.Equal(t, []string{"olive at desk-olive"}, d.who(t))
	require.Equal(t, app.Denied, app.KindOf(other.Attend(d.ctx)))
}

// A window learns within seconds, and with its next deed, that its operator has no
// business there any more, and says why.
func TestASessionEndsAtAnotherDesk(t *testing.T) {
	change := func(do func(c *app.UserChange)) func(*desk) error {
		return func(d *desk) error {
			u, err := d.console.FindUser(d.ctx, "helga")
			require.NoError(t, err)
			c := save(u)
			do(&c)
			_, err = d.console.SaveUser(d.ctx, d.grant(t, app.Deed{Action: app.DoSaveUser, Target: u.ID}), c)
			return err
		}
	}
	for name, x := range map[string]struct {
		end  func(*desk) error
		says string
	}{
		"switched off": {change(func(c *app.UserChange) { c.Active = false }), "Your account was switched off meanwhile. Ask an Administrator."},
		"off and on": {func(d *desk) error {
			if err := change(func(c *app.UserChange) { c.Active = false })(d); err != nil {
				return err
			}
			return change(func(c *app.UserChange) { c.Active = true })(d)
		}, "Your session was ended at another desk. Sign in again."},
		"demoted": {change(func(c *app.UserChange) { c.Role = app.Auditor }), "Your role was changed at another desk. Sign in again."},
		"removed": {func(d *desk) error {
			g := d.grant(t, app.Deed{Action: app.DoRemoveUser, Target: d.id["helga"]})
			return d.console.RemoveUser(d.ctx, g, d.id["helga"], d.version("helga"), "")
		}, "Your account was switched off meanwhile. Ask an Administrator."},
		"ended": {func(d *desk) error {
			n, err := d.console.EndSessions(d.ctx, d.grant(t, app.Deed{Action: app.DoEndSessions, Target: d.id["helga"]}), d.id["helga"], "laptop stolen")
			require.Equal(t, 1, n)
			return err
		}, "Your session was ended at another desk. Sign in again."},
	} {
		for way, notice := range map[string]func(d *desk, other *app.Console) error{
			"a look":     func(d *desk, other *app.Console) error { _, err := other.Users(d.ctx, app.Query{}); return err },
			"the window": func(d *desk, other *app.Console) error { return other.Attend(d.ctx) },
			"the lock":   func(d *desk, other *app.Console) error { other.Lock(); return other.Attend(d.ctx) },
		} {
			t.Run(name+" "+way, func(t *testing.T) {
				d, other := twoDesks(t)
				require.NoError(t, notice(d, other))
				d, other = twoDesks(t)
				require.NoError(t, x.end(d))
				require.Equal(t, []string{"olive at desk-olive"}, d.who(t))
				err := notice(d, other)
				require.Equal(t, app.Denied, app.KindOf(err))
				require.Equal(t, x.says, err.Error())
				_, ok := other.Operator()
				require.False(t, ok)
				require.Equal(t, x.says, other.Attend(d.ctx).Error(), "asked again it says the same")
			})
		}
	}
}

// A promotion, another name or another password at the own desk end nothing.
func TestASessionGoesOn(t *testing.T) {
	d, other := twoDesks(t)
	u, err := d.console.FindUser(d.ctx, "helga")
	require.NoError(t, err)
	c := save(u)
	c.Role, c.LastName = app.Administrators, "Changed"
	_, err = d.console.SaveUser(d.ctx, d.grant(t, app.Deed{Action: app.DoSaveUser, Target: u.ID}), c)
	require.NoError(t, err)
	require.NoError(t, other.Attend(d.ctx))
	g, err := other.Reverify(d.ctx, passwordOf("helga"), app.Deed{Action: app.DoSetPassword, Target: u.ID})
	require.NoError(t, err)
	require.NoError(t, other.SetPassword(d.ctx, g, u.ID, app.NewSecret("another long password")))
	require.NoError(t, other.Attend(d.ctx))
	d.now = d.now.Add(app.AttendEvery)
	require.NoError(t, other.Attend(d.ctx))
	require.Contains(t, d.who(t), "helga at desk-helga")
}

// The unlocked screen is nobody's whose session was ended while it was locked.
func TestALockedScreenStaysShutAfterTheSessionEnded(t *testing.T) {
	d, other := twoDesks(t)
	other.Lock()
	_, err := d.console.EndSessions(d.ctx, d.grant(t, app.Deed{Action: app.DoEndSessions, Target: d.id["helga"]}), d.id["helga"], "")
	require.NoError(t, err)
	err = other.Reopen(d.ctx, passwordOf("helga"))
	require.Equal(t, "Your session was ended at another desk. Sign in again.", err.Error())
	_, ok := other.Operator()
	require.False(t, ok)
}

func TestWhoMayEndSessions(t *testing.T) {
	d, other := twoDesks(t)
	require.Equal(t, app.EditOperators, d.console.EndingSessions())
	g, err := other.Reverify(d.ctx, passwordOf("helga"), app.Deed{Action: app.DoEndSessions, Target: d.id["agnes"]})
	require.NoError(t, err)
	_, err = other.EndSessions(d.ctx, g, d.id["agnes"], "")
	require.Equal(t, app.Denied, app.KindOf(err))
	_, err = d.console.EndSessions(d.ctx, nil, d.id["helga"], "")
	require.Equal(t, app.Denied, app.KindOf(err), "without a grant nothing ends")
	require.Len(t, d.who(t), 2)
	require.Equal(t, app.CanReset, signedIn(t, "olive").console.EndingSessions(), "in a shop it is who resets")
	require.Error(t, d.console.CanEndSessions(app.User{Username: "ann"}))
	require.NoError(t, d.console.CanEndSessions(app.User{Username: "helga", Operator: true}))
}

package user_test

import (
	"context"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/provider"
	"github.com/factordesk/factordesk/app/store/memory"
	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/kit/kittest"
	"github.com/factordesk/factordesk/screens/user"
)

// colleague is one more operator, at a window and in a terminal.
func (d *desk) colleague() *app.Console {
	d.T.Helper()
	d.store.Place(memory.Person{User: app.User{
		Username: "hdesk", Email: "h@juniper.example", FirstName: "Hanna", LastName: "Desk",
		Role: app.Role{ID: app.HelpDesk}, Active: true,
	}, Password: app.NewSecret(deskPassword)})
	var c *app.Console
	for _, name := range []string{"laptop-hanna", "desk-hanna"} {
		c = app.NewConsole(app.Options{Store: d.store, Providers: provider.All(), Desk: name + ", Factordesk 1.0.0", Now: d.Clock.Now})
		_, err := c.SignIn(context.Background(), app.Credentials{
			Username: "hdesk", Password: app.NewSecret(deskPassword), Stay: true, Keep: name == "laptop-hanna",
		})
		require.NoError(d.T, err)
		d.Clock.Advance(time.Minute)
	}
	return c
}

func TestWhereAnOperatorIsSignedIn(t *testing.T) {
	d := furnish(t, nil)
	d.signIn(memory.SampleOperator, password)
	theirs := d.colleague()
	d.open("hdesk")
	d.screen.Open(user.TabInfo)
	require.Contains(t, d.Text(), "Window at desk-hanna, Factordesk 1.0.0, since today")
	require.Contains(t, d.Text(), "Terminal at laptop-hanna, Factordesk 1.0.0, since today")
	d.Pictures("user", "signed-in")

	d.press("More to do with this account")
	d.Picture("user-menu-operator-light")
	d.Key(fyne.KeyDown)
	require.Contains(t, d.Text(), "End sessions…")
	d.Key(fyne.KeyReturn)
	d.verify()
	require.Contains(t, d.Text(), "Every window of Hanna closes within seconds")
	d.Pictures("user", "end-desks")
	d.press("OK, end sessions")
	require.Equal(t, "2 sessions of Hanna ended.", d.ToastText())
	require.Equal(t, app.DoEndSessions, d.events("hdesk")[0].Action)
	require.Equal(t, app.Denied, app.KindOf(theirs.Attend(context.Background())))
	d.screen.Open(user.TabInfo)
	require.Contains(t, d.Text(), "Nowhere")
}

// A person who cannot sign in has no sessions, and one's own end with Sign out.
func TestWhoHasNoSessions(t *testing.T) {
	for _, name := range []string{"amarigold", memory.SampleOperator} {
		d := at(t, name)
		d.press("More to do with this account")
		for range 3 {
			require.NotContains(t, d.Text(), "End sessions…", name)
			d.Key(fyne.KeyDown)
		}
	}
	d := at(t, "amarigold")
	d.screen.Open(user.TabInfo)
	require.NotContains(t, d.Text(), "Signed in now")
}

// After whatever takes the keys from somebody, new ones are offered; after anything
// else they are not.
func TestARotationIsOffered(t *testing.T) {
	const offered = "Hanna Desk could open secrets"
	newDesk := func(t *testing.T, role app.RoleID) *desk {
		d := furnish(t, nil)
		d.signIn(memory.SampleOperator, password)
		d.store.Place(memory.Person{User: app.User{
			Username: "hdesk", Email: "h@juniper.example", FirstName: "Hanna", LastName: "Desk",
			Role: app.Role{ID: role}, Active: true,
		}, Password: app.NewSecret(deskPassword)})
		d.open("hdesk")
		d.screen.Open(user.TabInfo)
		return d
	}
	save := func(d *desk) {
		d.Fill("Your Password", password)
		d.Key(fyne.KeyReturn)
	}
	t.Run("removed", func(t *testing.T) {
		d := newDesk(t, app.HelpDesk)
		d.press("More to do with this account")
		d.Key(fyne.KeyEnd, fyne.KeyReturn)
		d.verify()
		d.press("OK, remove")
		require.Equal(t, 1, d.backs)
		require.Contains(t, d.Text(), offered)
		d.Pictures("user", "offer-rotation")
		d.Tap("Rotate the key now…")
		require.Equal(t, 1, d.rotates)
	})
	t.Run("renamed", func(t *testing.T) {
		d := newDesk(t, app.HelpDesk)
		d.replace("Last Name", "Desker")
		save(d)
		require.Equal(t, "Desker", d.user("hdesk").LastName)
		require.NotContains(t, d.Text(), "could open secrets")
	})
	t.Run("removed, but never had keys", func(t *testing.T) {
		d := newDesk(t, app.Auditor)
		d.press("More to do with this account")
		d.Key(fyne.KeyEnd, fyne.KeyReturn)
		d.verify()
		d.press("OK, remove")
		require.NotContains(t, d.Text(), offered)
	})
	t.Run("switched off", func(t *testing.T) {
		d := newDesk(t, app.HelpDesk)
		kittest.Find[*kit.Select](d.Desk, "Active")[0].Choose(1)
		save(d)
		require.False(t, d.user("hdesk").Active)
		require.Contains(t, d.Text(), offered)
		d.Key(fyne.KeyEscape)
		require.Zero(t, d.rotates)
	})
}

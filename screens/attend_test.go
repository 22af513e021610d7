package screens_test

import (
	"context"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/memory"
	"github.com/factordesk/factordesk/screens/kit/kittest"
)

// elsewhere ends the sessions of the window's operator at another desk.
func elsewhere(t *testing.T, w *world) {
	t.Helper()
	ctx := context.Background()
	u, err := w.computer.store.FindUser(ctx, memory.SampleOperator)
	require.NoError(t, err)
	_, err = w.computer.store.EndDesks(ctx, u.ID, w.Clock.Now(), app.Event{Console: "another desk", Action: app.DoEndSessions})
	require.NoError(t, err)
}

// A window whose operator's session was ended at another desk shows the sign-in
// within seconds, and one sentence of why: from wherever it was.
func TestAWindowClosesWhenItsSessionEnds(t *testing.T) {
	const why = "Your session was ended at another desk."
	for name, before := range map[string]func(w *world){
		"at the list": func(*world) {},
		"at a dialog": func(w *world) { w.Tap("Add user") },
		"locked":      func(w *world) { w.Tap("Lock") },
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t, kittest.Wide, desk)
			w.signIn()
			require.Contains(t, w.Text(), "Abel Thistle")
			before(w)
			w.Clock.Advance(30 * time.Second)
			require.NotContains(t, w.Text(), why, "the session lasts")
			elsewhere(t, w)
			w.Clock.Advance(10 * time.Second)
			require.Contains(t, w.Text(), why)
			require.NotContains(t, w.Text(), "Abel Thistle")
			w.Tap("Close")
			require.NotEmpty(t, w.Field("Password"))
			_, ok := w.computer.console.Operator()
			require.False(t, ok)
			w.Clock.Advance(time.Minute)
			require.NotContains(t, w.Text(), why, "it is said once")
		})
	}
}

// The next thing that is done there is refused with the same words, and the window
// closes as well.
func TestADeedFindsTheSessionEnded(t *testing.T) {
	w := open(t, kittest.Wide, desk)
	w.signIn()
	elsewhere(t, w)
	_, err := w.computer.console.Users(context.Background(), app.Query{})
	require.Equal(t, app.Denied, app.KindOf(err))
	w.Clock.Advance(2 * time.Second)
	require.Contains(t, w.Text(), "Your session was ended at another desk.")
	require.NotContains(t, w.Text(), "Abel Thistle")
	w.Pictures("shell", "signed-out")
}

// Whoever takes the keys from somebody is led to new ones: from the page of the
// user over the offer to the password for the rotation, and through it.
func TestFromARemovalToNewKeys(t *testing.T) {
	w := open(t, kittest.Wide, desk)
	w.signIn()
	u := w.computer.store.Place(memory.Person{
		User:     app.User{Username: "mallory", Email: "m@juniper.example", FirstName: "Mallory", LastName: "Aardvark", Role: app.Role{ID: app.HelpDesk}, Active: true},
		Password: app.NewSecret("the password of mallory"),
	})
	before, err := w.computer.console.Rotation(context.Background())
	require.NoError(t, err)
	w.Type("mallory")
	w.Clock.Advance(time.Second)
	w.Key(fyne.KeyDown, fyne.KeyReturn)
	require.Contains(t, w.Text(), "Mallory Aardvark")
	require.Contains(t, w.Text(), "Configuration reset")
	w.Button("More to do with this account").Tapped(nil)
	w.Key(fyne.KeyEnd, fyne.KeyReturn)
	w.Type(memory.SamplePassword)
	w.Key(fyne.KeyReturn)
	w.Tap("OK, remove")
	_, err = w.computer.store.User(context.Background(), u.ID)
	require.Equal(t, app.NotFound, app.KindOf(err))
	w.Tap("Rotate the key now…")
	require.Contains(t, w.Text(), "To rotate the key of")
	w.Type(memory.SamplePassword)
	w.Key(fyne.KeyReturn)
	w.Tap("OK, rotate")
	after, err := w.computer.console.Rotation(context.Background())
	require.NoError(t, err)
	require.NotEqual(t, before.Key, after.Key)
	require.False(t, after.Running)
	require.Contains(t, w.Text(), "Key "+after.Key+" seals now.")
}

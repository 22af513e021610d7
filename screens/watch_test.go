package screens_test

import (
	"context"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/provider"
	"github.com/factordesk/factordesk/app/store/memory"
	"github.com/factordesk/factordesk/screens/kit/kittest"
)

// elsewhere is another desk before the same store, with somebody signed in.
func (w *world) elsewhere() *app.Console {
	w.T.Helper()
	c := app.NewConsole(app.Options{Store: w.computer.store, Providers: provider.All(), Desk: "another desk", Now: w.Clock.Now})
	_, err := c.SignIn(context.Background(), app.Credentials{Username: memory.SampleOperator, Password: app.NewSecret(memory.SamplePassword)})
	require.NoError(w.T, err)
	return c
}

// adds adds somebody who comes first in the list.
func (w *world) adds(c *app.Console, username string) {
	w.T.Helper()
	ctx := context.Background()
	g, err := c.Reverify(ctx, app.NewSecret(memory.SamplePassword), app.Deed{Action: app.DoAddUser})
	require.NoError(w.T, err)
	_, err = c.AddUser(ctx, g, app.NewUser{Username: username, FirstName: "Aaron", LastName: username, Email: "a@juniper.example", Active: true})
	require.NoError(w.T, err)
}

func TestTheWindowSaysThatTheStoreIsGoneAndBack(t *testing.T) {
	w := openAt(t, kittest.Wide, production(false), shop)
	w.signIn()
	w.computer.store.Fail(memory.Unreachable())
	w.Clock.Advance(5 * time.Second)
	for _, words := range []string{"Not reachable", "The store cannot be reached", "What you see is as of today 14:09, just now.", "Ann Marigold"} {
		require.Contains(t, w.Text(), words)
	}
	// Every page says so, whatever it can still show.
	for _, keys := range []string{"Ctrl+2", "Ctrl+3", "Ctrl+1"} {
		require.True(t, w.Kit.Press(keys))
		require.Contains(t, w.Text(), "The store cannot be reached", keys)
		require.Regexp(t, `(?i)(trying|tries) again`, w.Text(), keys)
	}
	require.Contains(t, w.Text(), "Ann Marigold", "the list is kept behind the other pages")
	w.computer.store.Fail(nil)
	require.True(t, w.Kit.Press("F5"))
	require.Contains(t, w.Text(), "Connected")
	require.NotContains(t, w.Text(), "cannot be reached")
	require.Equal(t, "The store answers again.", w.Kit.ToastText())
}

// slowly is a store at the end of a long way.
type slowly struct {
	*memory.Store
	computer *computer
}

func (s slowly) Stamp(context.Context) (string, error) {
	s.computer.clock.Advance(s.computer.slow)
	return "", nil
}

// The bar says how long the way to the store is.
func TestTheBarSaysHowFastTheStoreAnswers(t *testing.T) {
	w := openAt(t, kittest.Wide, production(false), shop)
	w.computer.slow = 42 * time.Millisecond
	w.shell.Start("")
	w.signIn()
	w.Clock.Advance(time.Second)
	require.Contains(t, w.Text(), "Connected · 42 ms")
	w.computer.slow = 0
	w.Clock.Advance(6 * time.Second)
	require.NotContains(t, w.Text(), "42 ms")
}

func TestTheWindowFollowsOtherDesks(t *testing.T) {
	w := open(t, kittest.Wide, desk)
	w.signIn()
	other := w.elsewhere()
	w.adds(other, "first")
	w.Clock.Advance(5 * time.Second)
	require.Contains(t, w.Text(), "Aaron first")

	w.shell.Away()
	w.adds(other, "second")
	w.Clock.Advance(20 * time.Second)
	require.NotContains(t, w.Text(), "Aaron second", "seldom, while nobody is at the window")
	w.shell.Back()
	require.Contains(t, w.Text(), "Aaron second")
}

// Behind the lock nothing is asked, and nothing comes through.
func TestTheLockKeepsNewsAway(t *testing.T) {
	w := open(t, kittest.Wide, desk)
	w.signIn()
	other := w.elsewhere()
	require.True(t, w.Kit.Press("Ctrl+L"))
	w.adds(other, "first")
	w.computer.store.Fail(memory.Unreachable())
	w.Clock.Advance(time.Hour)
	for _, words := range []string{"Aaron", "Abel Thistle", "cannot be reached", "answers again"} {
		require.NotContains(t, w.Text(), words)
	}
	w.computer.store.Fail(nil)
	w.Type(memory.SamplePassword)
	w.Key(fyne.KeyReturn)
	require.Contains(t, w.Text(), "Aaron first")
}

func TestNobodyWatchesAStoreThatWasLeft(t *testing.T) {
	w := open(t, kittest.Wide, desk)
	require.Nil(t, w.Kit.Link(), "nobody has signed in")
	w.signIn()
	require.NotNil(t, w.Kit.Link())
	first := w.computer.store
	require.True(t, w.Kit.Press("Ctrl+L"))
	w.Tap("Sign in as somebody else")
	require.Nil(t, w.Kit.Link())
	first.Fail(memory.Unreachable())
	w.Clock.Advance(time.Minute)
	require.NotContains(t, w.Text(), "cannot be reached")
	w.signIn()
	require.NotNil(t, w.Kit.Link())
	require.False(t, w.Kit.Link().Lost())
}

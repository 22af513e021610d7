package users_test

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
)

// elsewhereAdds adds a user at another desk.
func (b *bench) elsewhereAdds(username, first string) {
	b.T.Helper()
	other := app.NewConsole(app.Options{Store: b.store, Providers: provider.All(), Desk: "another desk", Now: b.Clock.Now})
	ctx := context.Background()
	_, err := other.SignIn(ctx, app.Credentials{Username: memory.SampleOperator, Password: app.NewSecret(memory.SamplePassword)})
	require.NoError(b.T, err)
	g, err := other.Reverify(ctx, app.NewSecret(memory.SamplePassword), app.Deed{Action: app.DoAddUser})
	require.NoError(b.T, err)
	_, err = other.AddUser(ctx, g, app.NewUser{Username: username, FirstName: first, LastName: "Aaron", Email: "u@juniper.example", Active: true})
	require.NoError(b.T, err)
}

func TestWhatAnotherDeskDoesComesIntoTheList(t *testing.T) {
	b := start(t, setup{})
	b.tick("Ann Marigold")
	b.Key(fyne.KeyDown)
	grid := kittest.Get[*kit.Text](b.Desk, "1 selected")
	focus := b.FocusLabel()
	asked := len(b.service.pages)
	b.Clock.Advance(30 * time.Second)
	require.Len(t, b.service.pages, asked, "nothing has changed")
	b.elsewhereAdds("aaaron", "Aaron")
	b.Clock.Advance(5 * time.Second)
	require.Len(t, b.service.pages, asked+1)
	require.Contains(t, b.Text(), "Aaron Aaron")
	require.Contains(t, b.Text(), "26 people")
	require.Equal(t, "1 selected", grid.String(), "the ticks stay")
	require.Equal(t, focus, b.FocusLabel(), "and so does the cursor")
}

func TestNewsDoNotDisturbWhoTypes(t *testing.T) {
	b := start(t, setup{})
	b.Type("mari")
	b.elsewhereAdds("marina", "Marina")
	b.Clock.Advance(100 * time.Millisecond) // the search waits for the end of the typing
	b.link.TryNow()
	require.Equal(t, "mari", b.Field("Search").Text())
	b.Clock.Advance(time.Second)
	require.Equal(t, "mari", b.service.pages[len(b.service.pages)-1].Search)
	require.Contains(t, b.Text(), "Marina Aaron")
	require.Contains(t, b.Text(), "26 people", "the numbers are asked for, too")
}

func TestASlowAnswerIsNotOvertakenByNews(t *testing.T) {
	held := &kittest.Held{}
	b := start(t, setup{runner: held})
	held.Step()
	b.screen.Refresh()
	b.elsewhereAdds("aaaron", "Aaron")
	b.link.TryNow()
	require.Equal(t, 1, held.Waiting(), "one question at a time")
	held.Step()
	require.Equal(t, 1, held.Waiting(), "what was asked before the change is asked again")
	bars := len(b.Objects())
	b.Clock.Advance(time.Second)
	require.Len(t, b.Objects(), bars, "without gray bars")
	held.Step()
	require.Contains(t, b.Text(), "26 people")
}

// Behind another page or the lock nothing is asked.
func TestNewsWaitWhileTheListIsCovered(t *testing.T) {
	b := start(t, setup{})
	b.screen.Hide()
	asked := len(b.service.pages)
	b.elsewhereAdds("aaaron", "Aaron")
	b.link.TryNow()
	require.Len(t, b.service.pages, asked)
	b.screen.Show()
	require.Contains(t, b.Text(), "Aaron Aaron")
}

func TestAListThatWasReadStaysWithItsAge(t *testing.T) {
	b := start(t, setup{})
	b.service.info = shop
	b.tick("Ann Marigold")
	b.Clock.Advance(10 * time.Minute)
	b.store.Fail(memory.Unreachable())
	b.screen.Refresh()
	text := b.Text()
	for _, want := range []string{
		"The store cannot be reached", "What you see is as of today 14:19, just now.", "Nothing can be changed until it answers.",
		"Trying again in 2 s.", "Abel Thistle", "25 people", "All 25", "1–25 of 25",
	} {
		require.Contains(t, text, want)
	}
	require.NotContains(t, text, "This workstation", "the list is not taken away")
	for _, off := range []string{"Add user", "Import CSV…"} {
		require.True(t, b.Button(off).Disabled(), off)
	}
	require.True(t, b.Field("Search").Disabled())
	require.False(t, b.Button("Open").Disabled(), "what is known can be looked at")
	require.True(t, b.Button("Test a code").Disabled())

	b.Clock.Advance(3 * time.Minute)
	require.Contains(t, b.Text(), "What you see is as of today 14:19, 3 minutes ago.", "the age goes on")
	b.store.Fail(nil)
	b.Tap("Try now")
	require.NotContains(t, b.Text(), "cannot be reached")
	require.False(t, b.Button("Add user").Disabled())
	require.False(t, b.Field("Search").Disabled())
	require.Equal(t, 1, len(b.ticked()), "the ticks are as they were")
}

// ticked are the rows that are ticked.
func (b *bench) ticked() []string {
	var names []string
	for _, text := range kittest.Find[*kit.Text](b.Desk, "selected") {
		names = append(names, text.String())
	}
	return names
}

// What was asked for when the store fell silent is asked when it is back.
func TestASearchThatWasNotAnsweredIsAskedLater(t *testing.T) {
	b := start(t, setup{})
	b.store.Fail(memory.Unreachable())
	b.Type("marigold")
	b.Clock.Advance(time.Second)
	require.Contains(t, b.Text(), "Abel Thistle", "what shows is what was read")
	require.Equal(t, "marigold", b.Field("Search").Text(), "nothing typed is lost")
	chip := kittest.Get[*kit.Chip](b.Desk, "All")
	require.True(t, chip.Chosen())
	b.store.Fail(nil)
	b.Clock.Advance(time.Minute)
	require.NotContains(t, b.Text(), "Abel Thistle")
	require.Contains(t, b.Text(), "Ann Marigold")

	b = start(t, setup{})
	b.store.Fail(memory.Unreachable())
	b.Focus(kittest.Get[*kit.Chip](b.Desk, "Locked"))
	b.Type(" ")
	require.True(t, kittest.Get[*kit.Chip](b.Desk, "All").Chosen(), "the list is still the one of all")
	b.store.Fail(nil)
	b.link.TryNow()
	require.True(t, kittest.Get[*kit.Chip](b.Desk, "Locked").Chosen())
	require.NotContains(t, b.Text(), "Abel Thistle")
}

func TestNobodyIsAskedForAPasswordInAnOutage(t *testing.T) {
	b := start(t, setup{})
	b.tick("Aiko Saffron")
	b.Tap("Unlock")
	b.Field("Your Password").SetText("half of my passw")
	b.store.Fail(memory.Unreachable())
	b.link.TryNow()
	b.Key(fyne.KeyReturn)
	require.Contains(t, b.Field("Your Password").Trouble(), "The store does not answer, so nothing can be changed now.")
	require.Equal(t, "half of my passw", b.Field("Your Password").Text())
	b.Key(fyne.KeyEscape)
	require.True(t, b.Button("Unlock").Disabled())
	kit.Password(b.Kit, kit.PasswordSpec[bool]{Action: "do something"})
	require.Contains(t, b.Text(), "Nothing can be changed now")
	require.Contains(t, b.Text(), "The store does not answer, so nothing can be changed now.")
}

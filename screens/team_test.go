package screens_test

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/memory"
	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/kit/kittest"
	"github.com/factordesk/factordesk/screens/signin"
)

// workshop is a saved team's store.
var workshop = signin.Saved{
	Name: "Workshop Team", Kind: app.TeamStore, Tag: app.TagTeam, Operator: memory.SampleOperator,
	Location: "postgres://factordesk@db.workshop.example/desk?sslmode=verify-full",
}

// vacant is the way to a database in which there is no store yet.
func vacant() []app.Rung {
	return []app.Rung{
		{Name: "Sign-in", State: app.RungDone},
		{Name: "Schema", State: app.RungFailed, Vacant: true, Err: app.Errorf(app.NotFound, "There is no store in the database desk yet.")},
	}
}

// Somebody with an empty database and nothing else: welcome, the form, its test,
// the making, the recovery key, the desk.
func TestFromWelcomeToANewTeamStore(t *testing.T) {
	w := open(t, kittest.Wide)
	w.computer.rungs = vacant()
	w.Type("2")
	w.Tap("Connect a team’s store")
	for i, text := range []string{"db.workshop.example", "", "desk", "factordesk"} {
		if i > 0 {
			w.Key(fyne.KeyReturn)
		}
		w.Type(text)
	}
	w.Kit.Press("Ctrl+T")
	require.Contains(t, w.Text(), "There is no store in the database desk yet.")
	require.Equal(t, "Make a team store", w.FocusLabel(), "the next thing to do has the focus")
	w.Key(fyne.KeyReturn)
	require.Contains(t, w.Text(), "In the empty database desk on db.workshop.example, and you as its first administrator.")
	require.NotContains(t, w.Text(), "Name of the store")
	for i, text := range []string{"Olive", "Bellwether", "olive", "olive@example.com", memory.SamplePassword, memory.SamplePassword} {
		if i > 0 {
			w.Key(fyne.KeyReturn)
		}
		w.Type(text)
	}
	w.Key(fyne.KeyReturn)
	require.Len(t, w.computer.made, 1)
	require.Equal(t, "desk at db.workshop.example", w.computer.made[0].Path, "it is made over the saved connection")
	require.Equal(t, "olive", w.computer.made[0].First.Username)
	require.NotNil(t, w.computer.asks[len(w.computer.asks)-1], "somebody is there to ask for the database's password")
	require.Contains(t, w.Text(), "AAAA\nBBBB")
}

// From the desk it is asked before the open store is left.
func TestATeamStoreIsMadeFromTheDesk(t *testing.T) {
	w := open(t, kittest.Wide, desk, workshop)
	w.computer.rungs = vacant()
	w.signIn()
	before := w.computer.console
	w.Kit.Press("Ctrl+4")
	w.Focus(kittest.Find[*kit.RowList](w.Desk, "")[0])
	w.Key(fyne.KeyHome, fyne.KeyDown)
	w.Tap("Test connection")
	w.Tap("Make a team store")
	require.Contains(t, w.Text(), "and make a store for your team next.")
	w.Key(fyne.KeyReturn)
	require.Contains(t, w.Text(), "In the empty database desk on db.workshop.example")
	_, ok := before.Operator()
	require.False(t, ok, "the store before was signed out of")
	w.Key(fyne.KeyEscape)
	require.Contains(t, w.Text(), "Workshop Team", "back to the sign-in of the same store")
	require.Equal(t, "Workshop Team", w.computer.targets[len(w.computer.targets)-1])
}

func TestATeamThatCannotBeOpenedIsLookedAt(t *testing.T) {
	w := open(t, kittest.Wide, desk, workshop)
	w.computer.openErr = app.Errorf(app.NotFound, "There is no store in the database desk yet.")
	w.computer.rungs = vacant()
	w.Win.Canvas().Unfocus()
	w.Key(fyne.KeyTab, fyne.KeyDown, fyne.KeyReturn)
	require.Contains(t, w.Text(), "There is no store in the database desk yet.")
	w.Tap("Test or change the connection")
	require.Contains(t, w.Text(), "Edit Workshop Team")
	require.Contains(t, w.Text(), "Make a team store", "it is tested at once")
}

// The store that was used last is chosen, wherever it is in the list.
func TestTheStoreUsedLastIsChosen(t *testing.T) {
	used := workshop
	used.Opened = time.Date(2026, time.June, 5, 9, 0, 0, 0, time.UTC)
	w := open(t, kittest.Wide, desk, used)
	require.Equal(t, []string{"Workshop Team"}, w.computer.targets)
}

func TestGalleryTeam(t *testing.T) {
	w := open(t, kittest.Wide)
	w.computer.rungs = vacant()
	w.Type("2")
	w.Pictures("welcome", "ways")
	w.Tap("Connect a team’s store")
	w.Pictures("connect", "team-before")
	w.Type("db.workshop.example")
	w.Field("Database").SetText("desk")
	w.Field("Username").SetText("factordesk")
	w.Kit.Press("Ctrl+T")
	w.Pictures("connect", "team-vacant")
	w.Tap("Make a team store")
	w.Pictures("welcome", "team")
}

package users_test

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/screens/kit/kittest"
)

func TestDownWaitsForTheRowsThatWereTyped(t *testing.T) {
	held := &kittest.Held{}
	b := start(t, setup{runner: held})
	held.Step()
	require.Contains(t, b.Text(), "25 people")
	b.Type("ann")
	b.Key(fyne.KeyDown, fyne.KeyReturn)
	require.Empty(t, b.opened, "nobody of the list before is opened")
	require.Equal(t, "ann", b.Field("Search").Text())
	held.Step()
	require.Equal(t, "ann", b.service.pages[len(b.service.pages)-1].Search, "it does not wait for more typing")
	require.Contains(t, b.openCurrent().Name(), "Ann")
	b.Clock.Advance(time.Second)
	require.NotEmpty(t, b.FocusLabel())
}

func TestDownFindsNobody(t *testing.T) {
	held := &kittest.Held{}
	b := start(t, setup{runner: held})
	held.Step()
	b.Type("zzz")
	b.Key(fyne.KeyDown)
	held.Step()
	b.Key(fyne.KeyReturn)
	require.Empty(t, b.opened)
	require.Same(t, b.Field("Search").Input(), b.Kit.Window.Canvas().Focused(), "there are no rows to go to")
}

func TestRowsThatGoLeaveTheFocusInTheSearch(t *testing.T) {
	held := &kittest.Held{}
	b := start(t, setup{runner: held})
	held.Step()
	b.Type("ann")
	b.Clock.Advance(time.Second)
	held.Step()
	b.Key(fyne.KeyDown)
	require.Contains(t, b.openCurrent().Name(), "Ann")
	b.Field("Search").SetText("zzz") // as a screen does that is led back to, with a search of its own
	b.Clock.Advance(time.Second)
	held.Step()
	require.Contains(t, b.Text(), "contains it.")
	require.Same(t, b.Field("Search").Input(), b.Kit.Window.Canvas().Focused())
}

package troubleshoot

import (
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/kit/kittest"
)

// another is a view beside Doctor.
type another struct{ shown, refreshed int }

func (a *another) content() fyne.CanvasObject {
	return kit.NewText("Ann’s phone is 2 minutes behind")
}
func (a *another) side() fyne.CanvasObject { return kit.Stack() }
func (a *another) show()                   { a.shown++ }
func (a *another) refresh()                { a.refreshed++ }

func TestAnotherViewIsOneLineInTheList(t *testing.T) {
	d := kittest.New(t, kittest.Wide, nil)
	first, second := &another{}, &another{}
	s := newScreen(nil, d.Kit, Actions{}, []tab{
		{kit.IconSearch, "Refused code", func(*Screen) view { return first }},
		{kit.IconClock, "Clocks", func(*Screen) view { return second }},
	})
	d.Show(s.Content())
	s.Show()
	require.Equal(t, 1, first.shown)
	require.Zero(t, second.shown, "a view that nobody sees does nothing")
	chooser := kittest.Get[*kit.Segmented](d, "Refused code")
	d.Focus(chooser)
	d.Key(fyne.KeyRight)
	require.Equal(t, 1, second.shown)
	s.Refresh()
	require.Equal(t, 1, second.refreshed)
	require.Zero(t, first.refreshed)
}

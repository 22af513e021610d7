package screens_test

import (
	"strconv"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/memory"
	"github.com/factordesk/factordesk/screens/kit/kittest"
	"github.com/factordesk/factordesk/screens/signin"
)

// storesOf are four saved stores; My Desk was used last.
func storesOf(clock *kittest.Clock) []signin.Saved {
	at := func(s signin.Saved, ago time.Duration) signin.Saved {
		s.Opened = clock.Now().Add(-ago)
		return s
	}
	never := signin.Saved{Name: "Juniper Staging", Kind: app.MagentoStore, Tag: app.TagStaging, Shop: &app.ShopAddress{EnvPHP: "/env.php"}}
	here := desk
	here.Location = "this process, nothing is kept" // as a store in memory has it
	return []signin.Saved{at(juniper, 48*time.Hour), never, at(workshop, 3*time.Hour), at(here, time.Hour)}
}

// switching is a window with four stores, before sign-in at My Desk.
func switching(t *testing.T, size fyne.Size) *world {
	t.Helper()
	w := open(t, size, desk)
	w.computer.saved = storesOf(w.Clock)
	w.computer.make = furnished(app.LocalStore)
	w.shell.Start("")
	return w
}

func TestSwitchByKeyboard(t *testing.T) {
	w := switching(t, kittest.Wide)
	w.signIn()
	before := w.computer.console
	require.True(t, w.Kit.Press("Ctrl+K"))
	require.Contains(t, w.Text(), "Switch to a store")
	w.Key(fyne.KeyEscape)
	require.NotContains(t, w.Text(), "Switch to a store")
	_, in := before.Operator()
	require.True(t, in, "Esc changes nothing")

	w.Kit.Press("Ctrl+K")
	w.Type("team")
	w.Key(fyne.KeyReturn)
	require.Equal(t, "Workshop Team", w.computer.targets[len(w.computer.targets)-1])
	require.Contains(t, w.Text(), "Use your Factordesk password", "it asks for the sign-in there")
	_, in = before.Operator()
	require.False(t, in, "the store before was signed out of")
}

func TestTheSwitcherListsTheLastUsedFirst(t *testing.T) {
	w := switching(t, kittest.Wide)
	w.Kit.Press("Ctrl+K")
	text := w.Text()
	require.Regexp(t, `(?s)My Desk\n.*Workshop Team\n.*Juniper Outfitters\n.*Juniper Staging\n.*Sample data`, text)
	require.Contains(t, text, "Team, PostgreSQL · opened today")
	require.Contains(t, text, "Magento · never opened")
	for _, c := range []struct {
		typed string
		keys  []fyne.KeyName
		want  string
	}{
		{"", []fyne.KeyName{fyne.KeyDown, fyne.KeyDown}, "Juniper Outfitters"},
		{"", []fyne.KeyName{fyne.KeyDown, fyne.KeyUp, fyne.KeyUp}, "My Desk"},
		{"", []fyne.KeyName{fyne.KeyPageDown, fyne.KeyUp}, "Juniper Staging"},
		{"magento STAG", nil, "Juniper Staging"},
		{"production", []fyne.KeyName{fyne.KeyDown}, "Juniper Outfitters"},
	} {
		w := switching(t, kittest.Wide)
		w.Kit.Press("Ctrl+K")
		w.Type(c.typed)
		w.Key(c.keys...)
		w.Key(fyne.KeyReturn)
		require.NotContains(t, w.Text(), "Switch to a store")
		target := w.computer.targets[len(w.computer.targets)-1]
		require.Equal(t, c.want, target, c.typed)
	}
	w.Type("nothing like this")
	require.Contains(t, w.Text(), "No saved store fits these words.")
	w.Key(fyne.KeyDown, fyne.KeyReturn)
	require.Contains(t, w.Text(), "Switch to a store", "there is nowhere to go")
}

// Over the lock it shows what the sign-in screen shows anyway, and leads away from
// the locked store for good.
func TestSwitchFromTheLock(t *testing.T) {
	w := switching(t, kittest.Wide)
	w.signIn()
	before := w.computer.console
	w.Kit.Press("Ctrl+L")
	require.Contains(t, w.Text(), "Locked")
	require.True(t, w.Kit.Press("Ctrl+K"))
	require.Contains(t, w.Text(), "Workshop Team")
	for _, secret := range []string{"Abel Thistle", "Bellwether", memory.SampleOperator, "people ·"} {
		require.NotContains(t, w.Text(), secret)
	}
	w.Key(fyne.KeyEscape)
	require.Contains(t, w.Text(), "Locked", "Esc leaves the lock closed")
	w.Kit.Press("Ctrl+K")
	w.Type("my desk")
	w.Key(fyne.KeyReturn)
	require.Contains(t, w.Text(), "Locked", "the locked store itself needs its password")
	w.Kit.Press("Ctrl+K")
	w.Type("staging")
	w.Key(fyne.KeyReturn)
	require.NotContains(t, w.Text(), "Locked")
	require.Equal(t, "Juniper Staging", w.computer.targets[len(w.computer.targets)-1])
	_, in := before.Operator()
	require.False(t, in)
	w.Kit.Press("Ctrl+1")
	require.NotContains(t, w.Text(), "Olive Bellwether", "nothing of the desk before is left")
}

// The idle lock takes the palette away with everything else.
func TestTheLockClosesTheSwitcher(t *testing.T) {
	w := switching(t, kittest.Wide)
	w.signIn()
	w.Kit.Press("Ctrl+K")
	w.Clock.Advance(time.Hour)
	require.Contains(t, w.Text(), "Locked")
	require.NotContains(t, w.Text(), "Switch to a store")
}

// From welcome, with no store at all, there is the sample data.
func TestSwitchFromWelcome(t *testing.T) {
	w := open(t, kittest.Wide)
	w.Kit.Press("Ctrl+K")
	w.Key(fyne.KeyReturn)
	require.Contains(t, w.Text(), "Abel Thistle")
	w.Kit.Press("Ctrl+K")
	require.Contains(t, w.Text(), "in use")
	w.Key(fyne.KeyReturn)
	require.Contains(t, w.Text(), "Abel Thistle", "the open store stays open")
}

// What is typed into a form is not lost by a switch.
func TestTheSwitchAsksBeforeTheFormIsLost(t *testing.T) {
	w := switching(t, kittest.Wide)
	w.signIn()
	w.Kit.Press("Ctrl+4")
	w.Tap("Add connection")
	w.Tap("Connect a shop")
	w.Key(fyne.KeyTab)
	w.Type("/srv/env.php")
	w.Kit.Press("Ctrl+K")
	w.Type("team")
	w.Key(fyne.KeyReturn)
	require.Contains(t, w.Text(), "The connection is not saved")
	w.Tap("Leave without saving")
	require.Equal(t, "Workshop Team", w.computer.targets[len(w.computer.targets)-1])
}

func TestASwitcherOfManyStores(t *testing.T) {
	w := open(t, kittest.Small)
	for i := range 40 {
		s := desk
		s.Name = "Desk " + strconv.Itoa(i)
		w.computer.saved = append(w.computer.saved, s)
	}
	w.Kit.Press("Ctrl+K")
	require.Contains(t, w.Text(), "41 stores fit")
	for range 20 {
		w.Key(fyne.KeyDown)
	}
	require.Contains(t, w.Text(), "Desk 20")
	require.NotContains(t, w.Text(), "Desk 5\n")
	w.Key(fyne.KeyReturn)
	require.Equal(t, "Desk 20", w.computer.targets[len(w.computer.targets)-1])
}

func TestGallerySwitcher(t *testing.T) {
	w := switching(t, kittest.Wide)
	w.Kit.Press("Ctrl+K")
	w.Pictures("shell", "switch-sign-in")
	w.Key(fyne.KeyEscape)
	w.signIn()
	w.Kit.Press("Ctrl+K")
	w.Pictures("shell", "switch")
	w.Type("juniper")
	w.Pictures("shell", "switch-typed")
	w.Key(fyne.KeyEscape)
	w.Kit.Press("Ctrl+L")
	w.Kit.Press("Ctrl+K")
	w.Pictures("shell", "switch-lock")
	small := switching(t, kittest.Small)
	small.signIn()
	small.Kit.Press("Ctrl+K")
	small.Picture("shell-switch-small-light")
}

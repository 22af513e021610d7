package kit_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/kit/kittest"
)

// home shows a page with one button, which has the focus.
func home(t *testing.T, runner kit.Runner) (*kittest.Desk, *kit.Button) {
	d := kittest.New(t, kittest.Small, runner)
	b := kit.Secondary("Reset", nil)
	d.Show(kit.Column(0, b, kit.NewField("Name")))
	d.Focus(b)
	return d, b
}

func TestDialogKeepsTheFocus(t *testing.T) {
	d, before := home(t, nil)
	shortcuts, canceled := 0, 0
	d.Shortcut("Ctrl+F", "Search", func() { shortcuts++ })
	d.Shortcut("F5", "Refresh", func() { shortcuts++ })
	one, two := kit.NewField("One"), kit.NewField("Two")
	d.Dialog(kit.DialogSpec{
		Title: "Add a user", Body: kit.Column(8, one, two), Focus: two.Input(),
		Buttons:  []*kit.Button{kit.Secondary("Cancel", nil), kit.Primary("Add", func() {})},
		OnCancel: func() { canceled++ },
	})
	assert.Equal(t, "Two", d.FocusLabel())
	assert.False(t, before.Focused(), "what is under the scrim shows no focus")
	assert.Equal(t, []string{"One", "Two", "Cancel", "Add"}, d.TabOrder())
	d.Key(fyne.KeyTab, fyne.KeyTab, fyne.KeyTab, fyne.KeyTab, fyne.KeyTab, fyne.KeyF5)
	d.Ctrl(fyne.KeyF)
	assert.Zero(t, shortcuts, "the window's shortcuts sleep")
	d.Key(fyne.KeyEscape)
	assert.Equal(t, 1, canceled)
	assert.False(t, d.DialogOpen())
	assert.Equal(t, "Reset", d.FocusLabel(), "the focus is where it was")
	d.Key(fyne.KeyF5)
	d.Ctrl(fyne.KeyF)
	assert.Equal(t, 2, shortcuts)
}

func TestDialogEnterAndSticky(t *testing.T) {
	d, _ := home(t, nil)
	added := 0
	f := kit.NewField("Name")
	dialog := d.Dialog(kit.DialogSpec{
		Title: "Add", Body: f, Focus: f.Input(), Sticky: true,
		Buttons: []*kit.Button{kit.Secondary("Cancel", nil), kit.Primary("Add", func() { added++ })},
	})
	d.Type("Ann")
	d.Key(fyne.KeyReturn)
	assert.Equal(t, 1, added, "Enter in a field presses the last button")
	d.Key(fyne.KeyEscape)
	assert.False(t, dialog.Closed(), "a sticky dialog stays")
	d.CloseDialogs()
	assert.True(t, dialog.Closed())
	assert.False(t, d.DialogOpen())
}

func TestPassword(t *testing.T) {
	d, _ := home(t, nil)
	var got int
	canceled := 0
	tries := []string{}
	spec := kit.PasswordSpec[int]{
		Store: production, Action: "reset Google Authenticator for Ann Marigold", Operator: "Olive Bellwether",
		Check: func(_ context.Context, password string) (int, error) {
			tries = append(tries, password)
			if password != "right" {
				return 0, errors.New("that is not your password")
			}
			return 7, nil
		},
		Done:     func(g int) { got = g },
		OnCancel: func() { canceled++ },
	}
	kit.Password(d.Kit, spec)
	text := d.Text()
	for _, want := range []string{
		"Current User Identity Verification", "Juniper Outfitters", "PRODUCTION", "Your Password",
		"To reset Google Authenticator for Ann Marigold, type your own password. You are signed in as Olive Bellwether.",
	} {
		assert.Contains(t, text, want)
	}
	assert.Equal(t, "Your Password", d.FocusLabel())
	d.Key(fyne.KeyReturn)
	assert.Empty(t, tries, "an empty password is not asked about")
	d.Type("wrong")
	d.Key(fyne.KeyReturn)
	field := d.Field("Your Password")
	assert.Equal(t, "That is not your password.", field.Trouble())
	assert.Empty(t, field.Text(), "emptied")
	assert.Equal(t, "Your Password", d.FocusLabel(), "and keeps the focus")
	d.Type("right")
	d.Key(fyne.KeyReturn)
	assert.Equal(t, 7, got)
	assert.False(t, d.DialogOpen())
	assert.Equal(t, "Reset", d.FocusLabel())

	kit.Password(d.Kit, spec)
	d.Key(fyne.KeyEscape)
	assert.Equal(t, 1, canceled)
	assert.Equal(t, []string{"wrong", "right"}, tries)
}

func TestPasswordWhileChecking(t *testing.T) {
	held := &kittest.Held{}
	d, _ := home(t, held)
	done := 0
	kit.Password(d.Kit, kit.PasswordSpec[int]{
		Action: "unlock Ann", Operator: "Olive",
		Check: func(context.Context, string) (int, error) { return 1, nil },
		Done:  func(int) { done++ },
	})
	d.Type("right")
	d.Key(fyne.KeyReturn, fyne.KeyReturn)
	assert.Equal(t, 1, held.Waiting(), "the second Enter waits for the first")
	assert.True(t, d.Button("Continue").Busy())
	d.Key(fyne.KeyEscape)
	held.Step()
	assert.Zero(t, done, "a canceled dialog takes no answer")
}

func TestConfirm(t *testing.T) {
	d, _ := home(t, nil)
	var answer *kit.Answer
	ask := func() { confirmReset(d, func(a kit.Answer) { answer = &a }) }

	ask()
	assert.Equal(t, "Cancel", d.FocusLabel(), "the safe answer has the focus")
	d.Key(fyne.KeyReturn)
	assert.False(t, d.DialogOpen())
	assert.Nil(t, answer, "Enter cancels")

	ask()
	d.Fill("Reason", "New phone")
	d.Key(fyne.KeyReturn)
	assert.Nil(t, answer, "Enter cancels from the reason too")

	ask()
	assert.NotContains(t, d.Text(), "One open admin session of Ann ends")
	boxes := kittest.Find[*kit.Checkbox](d, "End this user’s admin sessions too")
	require.Len(t, boxes, 1)
	assert.False(t, boxes[0].On(), "boxes are off at first")
	boxes[0].Toggle()
	assert.Contains(t, d.Text(), "One open admin session of Ann ends; unsaved work there is lost.")
	assert.Contains(t, d.Text(), "Confirm within 1:52.")
	d.Clock.Advance(5 * time.Second)
	assert.Contains(t, d.Text(), "Confirm within 1:47.")
	d.Fill("Reason", "New phone, ticket 4471")
	d.Focus(d.Button("OK, reset"))
	d.Key(fyne.KeyReturn)
	require.NotNil(t, answer)
	assert.Equal(t, kit.Answer{Boxes: []bool{true, false}, Reason: "New phone, ticket 4471"}, *answer)
	assert.Zero(t, d.Clock.Timers(), "the countdown stops with the dialog")
}

func TestConfirmRunsOut(t *testing.T) {
	d, _ := home(t, nil)
	done := false
	confirmReset(d, func(kit.Answer) { done = true })
	d.Clock.Advance(2 * time.Minute)
	assert.Contains(t, d.Text(), "The two minutes are over.")
	d.Tap("OK, reset")
	assert.False(t, done)
	assert.Equal(t, []string{"End this user’s admin sessions too (1 open), not ticked", "Enroll Ann here right after, not ticked", "Reason", "Cancel"},
		d.TabOrder(), "OK is out of reach")
}

func TestDialogScrollsWhereThereIsNoRoom(t *testing.T) {
	d, _ := home(t, nil)
	d.Theme(kit.Light, 1.5)
	confirmReset(d, nil)
	ok := d.Button("OK, reset")
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(ok)
	assert.LessOrEqual(t, at.Y+ok.Size().Height, kittest.Small.Height, "the buttons stay in the window")
	reason := d.Field("Reason")
	reason.Focus()
	below := fyne.CurrentApp().Driver().AbsolutePositionForObject(reason).Y + reason.Size().Height
	assert.LessOrEqual(t, below, at.Y, "what has the focus is scrolled into sight")
	d.Focus(ok)
	again := fyne.CurrentApp().Driver().AbsolutePositionForObject(reason).Y + reason.Size().Height
	assert.InDelta(t, below, again, 0.1, "a button of the foot scrolls nothing")
}

func TestShortcutList(t *testing.T) {
	d, _ := home(t, nil)
	screen := d.Enter("Users")
	screen.Shortcut("Ctrl+F", "Search", func() {})
	screen.Shortcut("Esc", "", func() {})
	d.ShowShortcuts()
	assert.Contains(t, d.Text(), "Users\nkey Ctrl+F\nSearch")
	d.Key(fyne.KeyReturn)
	screen.Leave()
	d.ShowShortcuts()
	assert.NotContains(t, d.Text(), "Search")
}

func TestAShortcutSleepsWhileItMeansNothing(t *testing.T) {
	d, _ := home(t, nil)
	open, pressed := false, 0
	d.ShortcutWhile(func() bool { return open }, "Ctrl+L", "Lock", func() { pressed++ })
	assert.False(t, d.Press("Ctrl+L"))
	d.ShowShortcuts()
	assert.NotContains(t, d.Text(), "Lock")
	d.Key(fyne.KeyEscape)
	open = true
	assert.True(t, d.Press("Ctrl+L"))
	d.ShowShortcuts()
	assert.Contains(t, d.Text(), "key Ctrl+L\nLock")
	assert.Equal(t, 1, pressed)
}

func TestProblemExplains(t *testing.T) {
	d, _ := home(t, nil)
	d.Problem("The list cannot be read", errors.New("the store gave no answer"))
	assert.Contains(t, d.Text(), "The list cannot be read")
	assert.Contains(t, d.Text(), "The store gave no answer.")
	d.Key(fyne.KeyReturn)
	assert.False(t, d.DialogOpen())
}

package kit_test

import (
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/kit/kittest"
)

var small = fyne.NewSize(600, 400)

func TestButtonKeys(t *testing.T) {
	d := kittest.New(t, small, nil)
	pressed := 0
	b := kit.Primary("Add user", func() { pressed++ })
	d.Show(b)
	d.Focus(b)
	d.Key(fyne.KeyReturn)
	assert.Equal(t, 1, pressed)
	d.Key(fyne.KeySpace)
	assert.Equal(t, 2, pressed, "Space comes as a key and a character and presses once")
	b.SetBusy(true, "Adding…")
	d.Key(fyne.KeyReturn, fyne.KeySpace)
	test.Tap(b)
	assert.Equal(t, 2, pressed, "a busy button does nothing")
	b.SetBusy(false, "")
	b.DisableFor("You may not add users.")
	test.Tap(b)
	assert.Equal(t, 2, pressed)
	assert.True(t, b.Disabled())
	b.DisableFor("")
	assert.False(t, b.Disabled())
}

func TestSpaceThatOpensADialogTypesNothing(t *testing.T) {
	d := kittest.New(t, small, nil)
	field := kit.NewField("Name")
	b := kit.Secondary("Add…", func() {
		d.Dialog(kit.DialogSpec{Title: "Add", Body: field, Focus: field.Input()})
	})
	d.Show(b)
	d.Focus(b)
	d.Key(fyne.KeySpace)
	require.True(t, field.Focused())
	assert.Empty(t, field.Text())
}

func TestFieldKeys(t *testing.T) {
	d := kittest.New(t, small, nil)
	var submitted string
	canceled, refreshed, help := 0, 0, 0
	f := kit.NewField("Name").MaxLen(5)
	d.Shortcut("F5", "Refresh", func() { refreshed++ })
	d.Shortcut("?", "Help", func() { help++ })
	d.Shortcut("Esc", "Back", func() { canceled++ })
	d.Show(f)
	f.Focus()
	d.Type("ann?marigold")
	assert.Equal(t, "ann?m", f.Text(), "the limit holds and ? goes into the field")
	assert.Zero(t, help)
	d.Key(fyne.KeyF5, fyne.KeyEscape)
	assert.Equal(t, 1, refreshed)
	assert.Equal(t, 1, canceled)
	f.OnSubmit = func(text string) { submitted = text }
	f.OnCancel = func() { canceled = 10 }
	d.Key(fyne.KeyReturn, fyne.KeyEscape)
	assert.Equal(t, "ann?m", submitted)
	assert.Equal(t, 10, canceled, "Esc is the field's own now")
	f.OnKey = func(name fyne.KeyName) bool { return name == fyne.KeyDown }
	d.Key(fyne.KeyDown, fyne.KeyBackspace)
	assert.Equal(t, "ann?", f.Text())
	d.Paste("123456789")
	assert.LessOrEqual(t, len(f.Text()), 5, "a paste keeps the limit")
}

// inside are the rectangles in a field's own input: its cursor, and the shades
// of a text that is wider.
func inside(f *kit.Field) (fills []color.Color, shades int) {
	for _, o := range kittest.Walk(f.Input().(fyne.CanvasObject)) {
		switch o := o.(type) {
		case *canvas.Rectangle:
			fills = append(fills, o.FillColor)
		case *canvas.LinearGradient:
			shades++
		}
	}
	return fills, shades
}

func TestCursorTakesTheColorOfTheTheme(t *testing.T) {
	d := kittest.New(t, small, nil)
	f := kit.NewField("Name")
	d.Show(kit.Column(0, f))
	f.Focus()
	light := color.NRGBA{R: 0x1B, G: 0x5E, B: 0xB8, A: 0xFF}
	dark := color.NRGBA{R: 0x7D, G: 0xB5, B: 0xF7, A: 0xFF}
	fills, _ := inside(f)
	require.Contains(t, fills, color.Color(light))
	d.Theme(kit.Dark, 1)
	fills, _ = inside(f)
	assert.Contains(t, fills, color.Color(dark))
	assert.NotContains(t, fills, color.Color(light))
	assert.True(t, f.Focused())
}

func TestACutPlaceholderHasNoShade(t *testing.T) {
	d := kittest.New(t, small, nil)
	f := kit.NewField("").Placeholder("Search name, username or email, or whatever else there is")
	d.Show(f)
	for width := float32(120); width < 400; width++ {
		f.Resize(fyne.NewSize(width, 40))
		_, shades := inside(f)
		require.Zero(t, shades, width)
	}
}

func TestFieldError(t *testing.T) {
	d := kittest.New(t, small, nil)
	f := kit.NewField("Email")
	d.Show(kit.Column(0, f))
	plain := f.HeightFor(300)
	f.SetError("That is not an email address.", "It has no @.")
	assert.Equal(t, "That is not an email address. It has no @.", f.Trouble())
	assert.Greater(t, f.HeightFor(300), plain)
	f.SetError("", "")
	assert.Empty(t, f.Trouble())
	assert.InDelta(t, plain, f.HeightFor(300), 0.1)
}

func TestPasswordKeepsNothing(t *testing.T) {
	d := kittest.New(t, small, nil)
	f := kit.NewPassword("Your Password")
	d.Show(f)
	f.Focus()
	d.Type("secret")
	d.Ctrl(fyne.KeyA)
	board := test.NewClipboard()
	shortcuts := f.Input().(fyne.Shortcutable)
	shortcuts.TypedShortcut(&fyne.ShortcutCopy{Clipboard: board})
	shortcuts.TypedShortcut(&fyne.ShortcutCut{Clipboard: board})
	assert.Empty(t, board.Content())
	assert.Equal(t, "secret", f.Text())
	tapEye(d, "Show the password (F8)")
	shortcuts.TypedShortcut(&fyne.ShortcutCopy{Clipboard: board})
	assert.Empty(t, board.Content(), "an open eye does not let it be copied")
	f.Clear()
	shortcuts.TypedShortcut(&fyne.ShortcutUndo{})
	assert.Empty(t, f.Text(), "undo brings nothing back")
	assert.Contains(t, d.Text(), "Show the password (F8)", "the eye is closed again")
}

// tapEye taps what is labeled so, beside a password.
func tapEye(d *kittest.Desk, label string) {
	d.T.Helper()
	for _, o := range d.Objects() {
		if named, ok := o.(fyne.Accessible); ok && named.AccessibilityLabel() == label {
			test.Tap(o.(fyne.Tappable))
			return
		}
	}
	require.Fail(d.T, "nothing is labeled "+label)
}

func TestTabPassesTheEye(t *testing.T) {
	d := kittest.New(t, small, nil)
	submitted := 0
	password, code := kit.NewPassword("Your Password"), kit.NewField("Your code")
	d.Shortcut("Enter", "", func() { submitted++ })
	d.Show(kit.Column(0, password, code))
	password.Focus()
	d.Type("secret")
	d.Key(fyne.KeyTab)
	d.Type("492015")
	d.Key(fyne.KeyReturn)
	assert.Equal(t, "492015", code.Text())
	assert.Equal(t, 1, submitted)
	assert.Contains(t, d.Text(), "Show the password (F8)", "Enter laid nothing open")
	d.Back()
	assert.True(t, password.Focused())
}

func TestEyeOpensByPointerAndByKey(t *testing.T) {
	d := kittest.New(t, small, nil)
	password, name := kit.NewPassword("Your Password"), kit.NewField("Name")
	d.Show(kit.Column(0, password, name))
	tapEye(d, "Show the password (F8)")
	assert.True(t, password.Focused(), "one goes on typing")
	d.Type("secret")
	assert.Contains(t, d.Text(), "Hide the password (F8)")
	d.Key(fyne.KeyF8)
	assert.Contains(t, d.Text(), "Show the password (F8)")
	d.Key(fyne.KeyF8)
	assert.Contains(t, d.Text(), "Hide the password (F8)")
	assert.Equal(t, "secret", password.Text())
	password.Disable()
	tapEye(d, "Hide the password (F8)")
	assert.Contains(t, d.Text(), "Hide the password (F8)", "nothing moves in a disabled field")
}

func TestCodeField(t *testing.T) {
	d := kittest.New(t, small, nil)
	var seen []string
	hidden := 0
	f := kit.NewCode("First code", 6).First()
	f.OnChange = func(text string) { seen = append(seen, text) }
	d.Shortcut("H", "Hide", func() { hidden++ })
	d.Show(f)
	f.Focus()
	d.Type("49a2 01H57")
	assert.Equal(t, "492015", f.Text(), "digits only, six of them")
	assert.Equal(t, 1, hidden, "a letter is a shortcut beside a code")
	assert.Equal(t, []string{"4", "49", "492", "4920", "49201", "492015"}, seen)
	d.Key(fyne.KeyHome, fyne.KeyDelete, fyne.KeyRight, fyne.KeyBackspace)
	assert.Equal(t, "2015", f.Text())
	d.Key(fyne.KeyEnd)
	d.Paste("Code: 7-7")
	assert.Equal(t, "201577", f.Text())
	d.Ctrl(fyne.KeyA)
	d.Type("1")
	assert.Equal(t, "1", f.Text())
	assert.Equal(t, "492 01", kit.GroupCode("49201", 6))
	assert.Equal(t, "4920 15", kit.GroupCode("492015", 8))
	assert.Equal(t, "492", kit.GroupCode("492", 6))
	f.Clear()
	assert.Empty(t, f.Text())
}

func TestChoices(t *testing.T) {
	d := kittest.New(t, small, nil)
	box := kit.NewCheckbox("End sessions", "(1 open)", "Without this they stay.")
	tabbed, parts := -1, -1
	tabs := kit.NewTabsPanel(func(i int) { tabbed = i }, kit.Tab{Text: "User Info"}, kit.Tab{Text: "2FA"})
	seg := kit.NewSegmented(func(i int) { parts = i }, kit.Segment{Text: "A"}, kit.Segment{Text: "B"})
	chosen := -1
	sel := kit.NewSelect("", "Role", func(i int) { chosen = i }, kit.Texts("Administrators", "Help desk", "Auditor")...)
	tapped := 0
	chip := kit.NewChip(kit.IconLock, "Locked", func() { tapped++ })
	d.Show(kit.Column(8, box, tabs, seg, sel, chip))
	d.Focus(box)
	d.Key(fyne.KeySpace)
	assert.True(t, box.On())
	d.Focus(tabs)
	d.Key(fyne.KeyDown, fyne.KeyDown)
	assert.Equal(t, 1, tabbed)
	d.Focus(seg)
	d.Key(fyne.KeyRight)
	assert.Equal(t, 1, parts)
	d.Focus(sel)
	d.Key(fyne.KeySpace)
	require.True(t, d.DialogOpen())
	d.Key(fyne.KeyDown, fyne.KeyDown, fyne.KeyReturn)
	assert.Equal(t, 2, chosen)
	assert.False(t, d.DialogOpen())
	assert.Equal(t, "Role Auditor", d.FocusLabel(), "the focus is back on the select")
	d.Key(fyne.KeyReturn, fyne.KeyEscape)
	assert.Equal(t, 2, sel.Chosen())
	d.Focus(chip)
	d.Key(fyne.KeyReturn)
	assert.Equal(t, 1, tapped)
	chip.SetCount(12480)
	assert.Equal(t, "Locked 12,480", chip.AccessibilityLabel())
	chip.SetCount(-1)
	assert.Equal(t, "Locked –", chip.AccessibilityLabel())
}

func TestTooltipAndToast(t *testing.T) {
	d := kittest.New(t, small, nil)
	b := kit.Secondary("Enroll", nil).DisableFor("This store has no Authy API key.")
	d.Show(kit.Column(0, b))
	b.MouseIn(&desktop.MouseEvent{})
	assert.Empty(t, d.TooltipText(), "a tooltip waits")
	d.Clock.Advance(600e6)
	assert.Equal(t, "This store has no Authy API key.", d.TooltipText())
	b.MouseOut()
	assert.Empty(t, d.TooltipText())
	d.Toast(kit.StatusOK, "Ann must enroll again.")
	assert.Equal(t, "Ann must enroll again.", d.ToastText())
	d.Clock.Advance(5e9)
	assert.Empty(t, d.ToastText())
}

func TestActivityIsNoticed(t *testing.T) {
	d := kittest.New(t, small, nil)
	stirred := 0
	d.OnActivity(func() { stirred++ })
	f := kit.NewField("Name")
	b := kit.Primary("Save", nil)
	d.Show(kit.Column(0, f, b))
	d.Focus(b)
	assert.Zero(t, stirred, "a screen that moves the focus is nobody")
	for name, act := range map[string]func(){
		"typing":     func() { f.Focus(); d.Type("a") },
		"a key":      func() { d.Key(fyne.KeyLeft) },
		"a tap":      func() { test.Tap(b) },
		"pointing":   func() { test.MoveMouse(d.Win.Canvas(), fyne.NewPos(500, 390)) },
		"an odd key": func() { d.Focus(b); d.Key(fyne.KeyF2) },
	} {
		before := stirred
		act()
		assert.Greater(t, stirred, before, name)
	}
}

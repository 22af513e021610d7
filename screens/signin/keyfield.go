package signin

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// A recovery key is printed as nine groups of four characters.
const (
	keyGroups = 9
	groupSize = 4
	keySize   = keyGroups * groupSize
	keyColumn = 3 // groups in a line, as on the printed page
)

// Measures of the field, at scale 1.
const (
	keyHead  float32 = 23 // the label
	slotHigh float32 = 34
	slotGap  float32 = 8
)

// keyField takes a recovery key and shows it in groups as it is printed, so
// that one group can be compared with the paper at a time. What is typed stays
// readable: nobody types 36 characters blindly.
type keyField struct {
	widget.BaseWidget
	submit func()

	value   []rune
	at      int  // the cursor stands before value[at]
	all     bool // everything is selected
	focused bool

	label  *kit.Text
	slots  [keyGroups]*kit.Frame
	texts  [keyGroups]*canvas.Text
	halo   *canvas.Rectangle
	cursor *canvas.Rectangle
}

var (
	_ fyne.Focusable     = (*keyField)(nil)
	_ fyne.Shortcutable  = (*keyField)(nil)
	_ fyne.Tappable      = (*keyField)(nil)
	_ fyne.Accessible    = (*keyField)(nil)
	_ kit.Flowing        = (*keyField)(nil)
	_ desktop.Cursorable = (*keyField)(nil)
)

func newKeyField(submit func()) *keyField {
	f := &keyField{
		submit: submit, label: kit.Label("Recovery key"),
		halo: canvas.NewRectangle(nil), cursor: canvas.NewRectangle(nil),
	}
	for i := range f.slots {
		f.slots[i] = kit.NewFrame(kit.ColorSurface, kit.ColorField, kit.Spacer()).Radius(kit.RadiusField)
		f.texts[i] = canvas.NewText("", nil)
	}
	f.ExtendBaseWidget(f)
	return f
}

// keyRune is a typed character as the key has it; ok is false for characters
// that no key has. Digits that look like letters become those letters.
func keyRune(r rune) (k rune, ok bool) {
	switch {
	case r >= 'A' && r <= 'Z', r >= '2' && r <= '7':
		return r, true
	case r >= 'a' && r <= 'z':
		return r - 'a' + 'A', true
	case r == '0':
		return 'O', true
	case r == '1':
		return 'I', true
	case r == '8':
		return 'B', true
	}
	return 0, false
}

// secret is what was typed, in groups.
func (f *keyField) secret() app.Secret {
	var b strings.Builder
	for i, r := range f.value {
		if i > 0 && i%groupSize == 0 {
			b.WriteByte('-')
		}
		b.WriteRune(r)
	}
	return app.NewSecret(b.String())
}

// missing is how many characters are still to be typed.
func (f *keyField) missing() int { return keySize - len(f.value) }

func (f *keyField) clear() {
	clear(f.value[:cap(f.value)])
	f.value, f.at, f.all = f.value[:0], 0, false
	f.Refresh()
}

// Focus puts the cursor into the field.
func (f *keyField) Focus() {
	if c := fyne.CurrentApp().Driver().CanvasForObject(f); c != nil {
		c.Focus(f)
	}
}

func (f *keyField) insert(text string) {
	f.removeAll()
	for _, r := range text {
		k, ok := keyRune(r)
		if !ok || len(f.value) >= keySize {
			continue
		}
		f.value = append(f.value, 0)
		copy(f.value[f.at+1:], f.value[f.at:])
		f.value[f.at] = k
		f.at++
	}
	f.Refresh()
}

// removeAll empties the field if everything is selected, and tells whether.
func (f *keyField) removeAll() bool {
	if !f.all {
		return false
	}
	f.clear()
	return true
}

func (f *keyField) remove(at int) {
	if f.removeAll() || at < 0 || at >= len(f.value) {
		return
	}
	f.value = append(f.value[:at], f.value[at+1:]...)
	f.at = at
	f.Refresh()
}

func (f *keyField) move(to int) {
	f.at, f.all = min(max(to, 0), len(f.value)), false
	f.Refresh()
}

// FocusGained implements fyne.Focusable.
func (f *keyField) FocusGained() { f.focused = true; f.Refresh() }

// FocusLost implements fyne.Focusable.
func (f *keyField) FocusLost() { f.focused, f.all = false, false; f.Refresh() }

// TypedRune implements fyne.Focusable.
func (f *keyField) TypedRune(r rune) {
	if _, ok := keyRune(r); ok {
		f.insert(string(r))
	}
}

// TypedKey implements fyne.Focusable.
func (f *keyField) TypedKey(event *fyne.KeyEvent) {
	switch event.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		f.submit()
	case fyne.KeyBackspace:
		f.remove(f.at - 1)
	case fyne.KeyDelete:
		f.remove(f.at)
	case fyne.KeyLeft:
		f.move(f.at - 1)
	case fyne.KeyRight:
		f.move(f.at + 1)
	case fyne.KeyUp:
		f.move(f.at - keyColumn*groupSize)
	case fyne.KeyDown:
		f.move(f.at + keyColumn*groupSize)
	case fyne.KeyHome:
		f.move(0)
	case fyne.KeyEnd:
		f.move(len(f.value))
	default:
		kit.PassKey(f, event)
	}
}

// TypedShortcut implements fyne.Shortcutable: paste and select all. A key is
// not copied out of its field.
func (f *keyField) TypedShortcut(s fyne.Shortcut) {
	switch s := s.(type) {
	case *fyne.ShortcutPaste:
		f.insert(s.Clipboard.Content())
	case *fyne.ShortcutSelectAll:
		f.all = len(f.value) > 0
		f.Refresh()
	case *desktop.CustomShortcut:
		if c, ok := fyne.CurrentApp().Driver().CanvasForObject(f).(fyne.Shortcutable); ok {
			c.TypedShortcut(s)
		}
	}
}

// Tapped implements fyne.Tappable: the cursor goes to the group.
func (f *keyField) Tapped(event *fyne.PointEvent) {
	f.Focus()
	best := len(f.value)
	for i, slot := range f.slots {
		at, size := slot.Position(), slot.Size()
		if event.Position.X >= at.X && event.Position.X < at.X+size.Width &&
			event.Position.Y >= at.Y && event.Position.Y < at.Y+size.Height {
			best = i * groupSize
		}
	}
	f.move(best)
}

// Cursor implements desktop.Cursorable.
func (f *keyField) Cursor() desktop.Cursor { return desktop.TextCursor }

// AccessibilityLabel implements fyne.Accessible.
func (f *keyField) AccessibilityLabel() string { return f.label.String() }

// AccessibilityRole implements fyne.Accessible.
func (f *keyField) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

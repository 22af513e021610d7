package kittest

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/screens/kit"
)

// Key presses a key as the real window does: to the focused widget, or to the
// window where none has the focus. Space comes as a key and as a character.
func (d *Desk) Key(names ...fyne.KeyName) {
	d.T.Helper()
	for _, name := range names {
		c := d.Win.Canvas()
		if name == fyne.KeyTab {
			c.FocusNext()
			continue
		}
		event := &fyne.KeyEvent{Name: name}
		if focused := c.Focused(); focused != nil {
			focused.TypedKey(event)
		} else if handler := c.OnTypedKey(); handler != nil {
			handler(event)
		}
		if name == fyne.KeySpace {
			d.Type(" ")
		}
	}
}

// Back presses Shift and Tab.
func (d *Desk) Back() { d.Win.Canvas().FocusPrevious() }

// Type types characters to wherever the focus is, one by one.
func (d *Desk) Type(text string) {
	d.T.Helper()
	for _, r := range text {
		c := d.Win.Canvas()
		if focused := c.Focused(); focused != nil {
			focused.TypedRune(r)
		} else if handler := c.OnTypedRune(); handler != nil {
			handler(r)
		}
	}
}

// Ctrl presses Ctrl and a letter: Ctrl+A for the focused widget, the others for
// the window, whose shortcuts Fyne's canvas for tests does not keep.
func (d *Desk) Ctrl(name fyne.KeyName) {
	d.T.Helper()
	if name != fyne.KeyA {
		d.Press("Ctrl+" + string(name))
		return
	}
	focused, ok := d.Win.Canvas().Focused().(fyne.Shortcutable)
	require.True(d.T, ok, "nothing that takes Ctrl+A has the focus")
	focused.TypedShortcut(&fyne.ShortcutSelectAll{})
}

// Paste presses Ctrl+V with a text in the clipboard.
func (d *Desk) Paste(text string) {
	d.T.Helper()
	board := test.NewClipboard()
	board.SetContent(text)
	focused, ok := d.Win.Canvas().Focused().(fyne.Shortcutable)
	require.True(d.T, ok, "nothing that takes a paste has the focus")
	focused.TypedShortcut(&fyne.ShortcutPaste{Clipboard: board})
}

// Objects are all visible objects of the window, the topmost dialog's if one is
// open.
func (d *Desk) Objects() []fyne.CanvasObject {
	c := d.Win.Canvas()
	top := c.Content()
	if over := c.Overlays().Top(); over != nil {
		top = over
	}
	return Walk(top)
}

// Walk lists an object and everything visible in it.
func Walk(o fyne.CanvasObject) []fyne.CanvasObject {
	if o == nil || !o.Visible() {
		return nil
	}
	objects := []fyne.CanvasObject{o}
	switch v := o.(type) {
	case *fyne.Container:
		for _, child := range v.Objects {
			objects = append(objects, Walk(child)...)
		}
	case fyne.Widget:
		for _, child := range test.WidgetRenderer(v).Objects() {
			objects = append(objects, Walk(child)...)
		}
	}
	return objects
}

// Find returns the visible widgets of a type whose accessible label contains a
// text.
func Find[W fyne.Widget](d *Desk, label string) []W {
	d.T.Helper()
	var found []W
	for _, o := range d.Objects() {
		w, ok := o.(W)
		if !ok {
			continue
		}
		if named, ok := o.(fyne.Accessible); label == "" || ok && strings.Contains(named.AccessibilityLabel(), label) {
			found = append(found, w)
		}
	}
	return found
}

// Get is Find for exactly one.
func Get[W fyne.Widget](d *Desk, label string) W {
	d.T.Helper()
	found := Find[W](d, label)
	require.Len(d.T, found, 1, "widgets labeled %q", label)
	return found[0]
}

// Button is the one button with a label.
func (d *Desk) Button(label string) *kit.Button { d.T.Helper(); return Get[*kit.Button](d, label) }

// Field is the one field with a label, or with that placeholder.
func (d *Desk) Field(label string) *kit.Field { d.T.Helper(); return Get[*kit.Field](d, label) }

// Tap presses the one button with a label.
func (d *Desk) Tap(label string) {
	d.T.Helper()
	test.Tap(d.Button(label))
}

// Fill types a text into the one field with a label.
func (d *Desk) Fill(label, text string) {
	d.T.Helper()
	d.Field(label).Focus()
	d.Type(text)
}

// Text is everything that can be read in the window, a line for each text.
func (d *Desk) Text() string {
	d.T.Helper()
	var lines []string
	for _, o := range d.Objects() {
		if _, box := o.(*fyne.Container); box {
			continue // Fyne labels each of them "Container"
		}
		if named, ok := o.(fyne.Accessible); ok && named.AccessibilityLabel() != "" {
			lines = append(lines, named.AccessibilityLabel())
		}
	}
	return strings.Join(lines, "\n")
}

// FocusLabel is the accessible label of the widget that has the focus, or empty.
func (d *Desk) FocusLabel() string {
	if named, ok := d.Win.Canvas().Focused().(fyne.Accessible); ok {
		return named.AccessibilityLabel()
	}
	return ""
}

// TabOrder presses Tab from nowhere until the focus comes round, and lists the
// labels on the way.
func (d *Desk) TabOrder() []string {
	c := d.Win.Canvas()
	c.Unfocus()
	var order []string
	var first fyne.Focusable
	for range 200 {
		c.FocusNext()
		focused := c.Focused()
		if focused == nil || focused == first {
			break
		}
		if first == nil {
			first = focused
		}
		order = append(order, d.FocusLabel())
	}
	return order
}

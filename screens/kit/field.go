package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// input is what a field holds: an entry for text, or one for a code.
type input interface {
	fyne.Widget
	fyne.Focusable
	text() string
	setText(string)
	disable(bool)
	object() fyne.CanvasObject // what the field lays out
	place(x, middle, width float32)
}

// Field is one line of input with its label, frame, hints and error sentence.
// Enter calls OnSubmit and Esc OnCancel; where these are nil the key goes on to
// the dialog or the screen.
type Field struct {
	widget.BaseWidget
	OnChange func(text string)
	OnSubmit func(text string)
	OnCancel func()
	// OnKey sees each key first and tells whether it took it; a search field
	// hands Down to its grid with it.
	OnKey func(name fyne.KeyName) bool

	label, caption *Text
	help           *Text
	icon           IconName
	height         float32
	entry          input
	eye            *eye
	key            *Keycap
	frame          *box
	halo           *canvas.Rectangle
	glyph          *glyph
	mark           *glyph
	trouble        *Text
	failed         bool
	focused        bool
	disabled       bool
}

var _ Flowing = (*Field)(nil)

// NewField returns a field for a line of text. An empty label takes no room.
func NewField(label string) *Field {
	f := newField(label)
	f.entry = newTextEntry(f, false)
	f.ExtendBaseWidget(f)
	return f
}

// NewPassword returns a field that hides what is typed, with an eye, and F8, to
// show it. It keeps no undo history, and Copy and Cut do nothing in it.
func NewPassword(label string) *Field {
	f := newField(label)
	entry := newTextEntry(f, true)
	f.entry = entry
	f.icon = IconLock
	f.eye = newEye("password", func() {
		f.reveal(entry.Password)
		f.Focus()
	})
	f.ExtendBaseWidget(f)
	return f
}

// NewCode returns a field for a code of some digits, shown in two groups. It
// takes digits only; OnChange gets them without the gap.
func NewCode(label string, digits int) *Field {
	f := newField(label)
	f.entry = newCodeEntry(f, digits)
	f.ExtendBaseWidget(f)
	return f
}

func newField(label string) *Field {
	return &Field{
		label:   Label(label),
		caption: Caption("").Trailing(),
		help:    Caption("").Wrapped(),
		height:  HeightButton,
		frame:   newBox(ColorSurface, ColorField, RadiusField),
		halo:    canvas.NewRectangle(nil),
		glyph:   newGlyph(IconNone, ColorInk2, 16),
		mark:    newGlyph(IconNone, ColorBad, 16),
		trouble: NewText("").In(ColorBad).Wrapped(),
	}
}

// Caption is a remark at the right of the label.
func (f *Field) Caption(text string) *Field { f.caption.SetText(text); return f }

// Help is a remark under the field, while there is no error.
func (f *Field) Help(text string) *Field { f.help.SetText(text); return f }

// Hides says what a password field hides, if it is no password: "key".
func (f *Field) Hides(what string) *Field {
	f.eye.what = what
	return f
}

// Placeholder is the text in the empty field.
func (f *Field) Placeholder(text string) *Field {
	if e, ok := f.entry.(*textEntry); ok {
		e.hint = text
		e.SetPlaceHolder(text)
	}
	return f
}

// Icon stands at the left in the field.
func (f *Field) Icon(name IconName) *Field { f.icon = name; return f }

// Key shows a keycap at the right in the field: "Ctrl+F".
func (f *Field) Key(key string) *Field { f.key = NewKeycap(key); return f }

// Tall makes the field 40 high, for sign-in and lock.
func (f *Field) Tall() *Field { f.height = HeightTall; return f }

// ForTest makes a code field 44 high, as for the codes of a desk test.
func (f *Field) ForTest() *Field { f.height = HeightCode; return f }

// First makes a code field 60 high, as for First code.
func (f *Field) First() *Field { f.height = HeightFirst; return f }

// Mono shows the text in the monospace.
func (f *Field) Mono() *Field {
	if e, ok := f.entry.(*textEntry); ok {
		e.TextStyle.Monospace = true
	}
	return f
}

// MaxLen limits the text to a number of characters.
func (f *Field) MaxLen(n int) *Field {
	if e, ok := f.entry.(*textEntry); ok {
		e.limit = n
	}
	return f
}

// Text is what was typed.
func (f *Field) Text() string { return f.entry.text() }

// SetText replaces it.
func (f *Field) SetText(text string) { f.entry.setText(text) }

// Clear empties the field and forgets its history.
func (f *Field) Clear() {
	f.entry.setText("")
	if f.eye != nil {
		f.reveal(false)
	}
}

// SetLabel changes the label.
func (f *Field) SetLabel(label string) { f.label.SetText(label); f.Refresh() }

// LabelText is the label.
func (f *Field) LabelText() string { return f.label.String() }

// SetError marks the field as refused: a bold sentence that says what is so,
// and one that says what follows. Two empty strings take the mark away.
func (f *Field) SetError(what, then string) {
	f.failed = what != "" || then != ""
	runs := []Run{{Text: what, Bold: true}}
	if then != "" {
		runs = append(runs, Run{Text: " " + then})
	}
	f.trouble.SetRuns(runs...)
	f.Refresh()
}

// Trouble is the sentence under the field, or empty.
func (f *Field) Trouble() string {
	if !f.failed {
		return ""
	}
	return f.trouble.String()
}

// Disable makes the field read-only, in the look of disabled things.
func (f *Field) Disable() { f.setDisabled(true) }

// Enable makes it writable again.
func (f *Field) Enable() { f.setDisabled(false) }

// Disabled tells whether it is read-only.
func (f *Field) Disabled() bool { return f.disabled }

func (f *Field) setDisabled(on bool) {
	f.disabled = on
	f.entry.disable(on)
	if f.eye != nil {
		f.eye.set(f.eye.open, on)
	}
	f.Refresh()
}

// Focus puts the cursor into the field.
func (f *Field) Focus() { focusOn(f.entry) }

// Input is the widget that takes the focus, for Dialog.Focus and for tests.
func (f *Field) Input() fyne.Focusable { return f.entry }

// Focused tells whether the cursor is in the field.
func (f *Field) Focused() bool { return f.focused }

// Tapped implements fyne.Tappable: the whole frame is the field.
func (f *Field) Tapped(*fyne.PointEvent) {
	if !f.disabled {
		f.Focus()
	}
}

// Cursor implements desktop.Cursorable.
func (f *Field) Cursor() desktop.Cursor { return desktop.TextCursor }

// AccessibilityLabel implements fyne.Accessible.
func (f *Field) AccessibilityLabel() string {
	if label := f.label.String(); label != "" {
		return label
	}
	if e, ok := f.entry.(*textEntry); ok {
		return e.hint
	}
	return ""
}

// AccessibilityRole implements fyne.Accessible.
func (f *Field) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

func (f *Field) reveal(show bool) {
	entry, ok := f.entry.(*textEntry)
	if !ok {
		return
	}
	entry.Password = !show
	entry.Refresh()
	f.eye.set(show, f.disabled)
}

func (f *Field) focus(on bool) {
	f.focused = on
	f.Refresh()
	if on {
		reveal(f)
	}
}

func (f *Field) submit() bool {
	if f.OnSubmit == nil {
		return false
	}
	f.OnSubmit(f.entry.text())
	return true
}

func (f *Field) cancel() bool {
	if f.OnCancel == nil {
		return false
	}
	f.OnCancel()
	return true
}

func (f *Field) changed(text string) {
	if f.OnChange != nil {
		f.OnChange(text)
	}
}

func (f *Field) paint() {
	fill, line, edge, halo := ColorSurface, ColorField, float32(1), ColorNone
	switch {
	case f.disabled:
		fill, line = ColorHead, ColorLine
	case f.failed && f.focused:
		line, edge, halo = ColorBad, 2, ColorHaloBad
	case f.failed:
		line, edge = ColorBad, 2
	case f.focused:
		line, edge, halo = ColorAccent, 2, ColorHalo
	}
	f.frame.set(fill, line, edge)
	f.frame.paint()
	if e, ok := f.entry.(*textEntry); ok {
		e.recolor()
	}
	f.halo.FillColor = tint(halo)
	f.halo.CornerRadius = RadiusField + 3
	f.halo.Refresh()
	f.glyph.set(f.icon, ColorInk2)
	mark := IconNone
	if f.failed {
		mark = IconOctagon
	}
	f.mark.set(mark, ColorBad)
	f.trouble.Hidden = !f.failed
	f.label.Hidden = f.label.String() == ""
	f.caption.Hidden = f.caption.String() == ""
	f.help.Hidden = f.help.String() == "" || f.failed
}

// head is the height of the label row.
func (f *Field) head() float32 {
	if f.label.String() == "" && f.caption.String() == "" {
		return 0
	}
	return lineHeight(Size12) + 6
}

// foot is the height of what stands under the frame.
func (f *Field) foot(width float32) float32 {
	switch {
	case f.failed:
		return Space8 + f.trouble.HeightFor(width-Scaled(16)-6)
	case f.help.String() != "":
		return 6 + f.help.HeightFor(width)
	}
	return 0
}

// HeightFor implements Flowing.
func (f *Field) HeightFor(width float32) float32 {
	return f.head() + Scaled(f.height) + f.foot(width)
}

// MinSize implements fyne.CanvasObject.
func (f *Field) MinSize() fyne.Size {
	width := max(f.Size().Width, 80)
	return fyne.NewSize(80, f.HeightFor(width))
}

func (f *Field) layout(size fyne.Size) {
	top, height := f.head(), Scaled(f.height)
	line := lineHeight(Size12)
	f.label.Resize(fyne.NewSize(size.Width, line))
	f.caption.Resize(fyne.NewSize(size.Width, line))
	f.frame.place(0, top, size.Width, height)
	f.halo.Move(fyne.NewPos(-3, top-3))
	f.halo.Resize(fyne.NewSize(size.Width+6, height+6))
	middle := top + height/2
	left, right := float32(11), size.Width-11
	if f.height == HeightFirst {
		left = 17
	}
	if f.icon != IconNone {
		f.glyph.place(12, middle)
		left = 12 + Scaled(16) + 7
	}
	if f.eye != nil {
		least := f.eye.MinSize()
		f.eye.Resize(least)
		f.eye.Move(fyne.NewPos(size.Width-least.Width-7, round(middle-least.Height/2)))
		right = size.Width - least.Width - Space12
	}
	if f.key != nil {
		least := f.key.MinSize()
		f.key.Resize(least)
		f.key.Move(fyne.NewPos(size.Width-least.Width-11, round(middle-least.Height/2)))
		right = size.Width - least.Width - Space16
	}
	f.entry.place(left, middle, right-left)
	below := top + height
	f.mark.place(0, below+Space8+lineHeight(Size13)/2)
	indent := Scaled(16) + 6
	f.trouble.Move(fyne.NewPos(indent, below+Space8))
	f.trouble.Resize(fyne.NewSize(size.Width-indent, max(size.Height-below-Space8, 0)))
	f.help.Move(fyne.NewPos(0, below+6))
	f.help.Resize(fyne.NewSize(size.Width, max(size.Height-below-6, 0)))
}

// CreateRenderer implements fyne.Widget.
func (f *Field) CreateRenderer() fyne.WidgetRenderer {
	f.paint()
	objects := []fyne.CanvasObject{
		f.label, f.caption, f.halo, f.frame.outer, f.frame.inner, f.glyph.Image, f.entry.object(),
	}
	if f.eye != nil {
		objects = append(objects, f.eye)
	}
	if f.key != nil {
		objects = append(objects, f.key)
	}
	objects = append(objects, f.mark.Image, f.trouble, f.help)
	return &renderer{widget: f, objects: objects, layout: f.layout, min: f.MinSize, paint: f.paint}
}

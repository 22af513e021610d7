package kit

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// codeEntry takes the digits of a one-time code and shows them in two groups in
// a large monospace. Fyne's entry knows one text size only, and a code needs
// neither selection nor undo.
type codeEntry struct {
	widget.DisableableWidget
	field  *Field
	digits int
	upTo   bool // six digits will do as well, and are grouped as such

	value    []rune
	at       int  // the cursor stands before value[at]
	all      bool // everything is selected
	focused  bool
	label    *word
	cursor   *canvas.Rectangle
	selected *canvas.Rectangle
}

var (
	_ input             = (*codeEntry)(nil)
	_ fyne.Shortcutable = (*codeEntry)(nil)
)

func newCodeEntry(f *Field, digits int) *codeEntry {
	e := &codeEntry{
		field: f, digits: digits,
		label:    newWord("", Size20, ColorInk, false),
		cursor:   canvas.NewRectangle(nil),
		selected: canvas.NewRectangle(nil),
	}
	e.label.mono = true
	e.ExtendBaseWidget(e)
	return e
}

// GroupCode shows a code as people read it: "492 015", "4920 1537".
func GroupCode(digits string, length int) string {
	half := (length + 1) / 2
	if len(digits) <= half {
		return digits
	}
	return digits[:half] + " " + digits[half:]
}

// UpTo lets a code field take six digits as well as its own number, for a form
// that must not tell how long somebody's code is.
func (f *Field) UpTo() *Field {
	if e, ok := f.entry.(*codeEntry); ok {
		e.upTo = true
	}
	return f
}

// length is the number of digits by which the code is grouped.
func (e *codeEntry) length() int {
	if e.upTo && len(e.value) <= 6 {
		return min(6, e.digits)
	}
	return e.digits
}

func (e *codeEntry) text() string { return string(e.value) }

func (e *codeEntry) setText(text string) {
	e.value = e.value[:0]
	e.at, e.all = 0, false
	for _, r := range text {
		if r >= '0' && r <= '9' && len(e.value) < e.digits {
			e.value = append(e.value, r)
		}
	}
	e.at = len(e.value)
	e.Refresh()
	e.field.changed(e.text())
}

func (e *codeEntry) disable(on bool) {
	if on {
		e.Disable()
	} else {
		e.Enable()
	}
}

func (e *codeEntry) object() fyne.CanvasObject { return e }

func (e *codeEntry) place(x, middle, width float32) {
	height := e.MinSize().Height
	e.Move(fyne.NewPos(x, round(middle-height/2)))
	e.Resize(fyne.NewSize(width, height))
}

func (e *codeEntry) size() float32 {
	switch e.field.height {
	case HeightFirst:
		return Size28
	case HeightCode:
		return Size20
	}
	return Size16
}

// insert puts digits at the cursor, up to the length of the code.
func (e *codeEntry) insert(text string) {
	before := e.text()
	if e.all {
		e.value, e.at, e.all = e.value[:0], 0, false
	}
	for _, r := range text {
		if r < '0' || r > '9' || len(e.value) >= e.digits {
			continue
		}
		e.value = append(e.value, 0)
		copy(e.value[e.at+1:], e.value[e.at:])
		e.value[e.at] = r
		e.at++
	}
	e.after(before)
}

func (e *codeEntry) remove(from, to int) {
	before := e.text()
	if e.all {
		from, to = 0, len(e.value)
	}
	if from >= 0 && to <= len(e.value) {
		e.value = append(e.value[:from], e.value[to:]...)
		e.at = from
	}
	e.all = false
	e.after(before)
}

func (e *codeEntry) after(before string) {
	e.Refresh()
	if now := e.text(); now != before {
		e.field.changed(now)
	}
}

// FocusGained implements fyne.Focusable.
func (e *codeEntry) FocusGained() {
	e.focused = true
	e.Refresh()
	e.field.focus(true)
}

// FocusLost implements fyne.Focusable.
func (e *codeEntry) FocusLost() {
	e.focused, e.all = false, false
	e.Refresh()
	e.field.focus(false)
}

// TypedRune implements fyne.Focusable: digits go in, letters go on to the
// window, so that H and ? keep working beside a code.
func (e *codeEntry) TypedRune(r rune) {
	stir(e)
	if r >= '0' && r <= '9' || r == ' ' {
		e.insert(string(r))
		return
	}
	passRune(e, r)
}

// TypedKey implements fyne.Focusable.
func (e *codeEntry) TypedKey(event *fyne.KeyEvent) {
	stir(e)
	if e.field.OnKey != nil && e.field.OnKey(event.Name) {
		return
	}
	switch event.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		if !e.field.submit() {
			passKey(e, event)
		}
	case fyne.KeyEscape:
		if !e.field.cancel() {
			passKey(e, event)
		}
	case fyne.KeyBackspace:
		e.remove(e.at-1, e.at)
	case fyne.KeyDelete:
		e.remove(e.at, e.at+1)
	case fyne.KeyLeft:
		e.move(e.at - 1)
	case fyne.KeyRight:
		e.move(e.at + 1)
	case fyne.KeyHome:
		e.move(0)
	case fyne.KeyEnd:
		e.move(len(e.value))
	default:
		passKey(e, event)
	}
}

func (e *codeEntry) move(to int) {
	e.at, e.all = min(max(to, 0), len(e.value)), false
	e.Refresh()
}

// TypedShortcut implements fyne.Shortcutable: paste and select all. A code is
// not copied out of its field.
func (e *codeEntry) TypedShortcut(s fyne.Shortcut) {
	switch s := s.(type) {
	case *fyne.ShortcutPaste:
		e.insert(s.Clipboard.Content())
	case *fyne.ShortcutSelectAll:
		e.all = len(e.value) > 0
		e.Refresh()
	case *desktop.CustomShortcut:
		passShortcut(e, s)
	}
}

// Tapped implements fyne.Tappable.
func (e *codeEntry) Tapped(event *fyne.PointEvent) {
	if e.Disabled() {
		return
	}
	focusOn(e)
	best, nearest := 0, float32(1e9)
	for i := 0; i <= len(e.value); i++ {
		if gap := abs(e.cursorX(i) - event.Position.X); gap < nearest {
			best, nearest = i, gap
		}
	}
	e.move(best)
}

func abs(v float32) float32 {
	if v < 0 {
		return -v
	}
	return v
}

// DoubleTapped implements fyne.DoubleTappable.
func (e *codeEntry) DoubleTapped(*fyne.PointEvent) { e.TypedShortcut(&fyne.ShortcutSelectAll{}) }

// Cursor implements desktop.Cursorable.
func (e *codeEntry) Cursor() desktop.Cursor { return desktop.TextCursor }

// AccessibilityLabel implements fyne.Accessible.
func (e *codeEntry) AccessibilityLabel() string { return e.field.AccessibilityLabel() }

// AccessibilityRole implements fyne.Accessible.
func (e *codeEntry) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// cursorX is where the cursor stands before digit i.
func (e *codeEntry) cursorX(i int) float32 {
	shown := GroupCode(string(e.value), e.length())
	chars := i
	if half := (e.length() + 1) / 2; i > half && strings.Contains(shown, " ") {
		chars++
	}
	return fyne.MeasureText(shown[:chars], e.label.TextSize, e.label.TextStyle).Width
}

func (e *codeEntry) paint() {
	e.label.size = e.size()
	e.label.ink = ColorInk
	if e.Disabled() {
		e.label.ink = ColorInk3
	}
	e.label.paint()
	e.label.say(GroupCode(e.text(), e.length()))
	e.cursor.FillColor = tint(ColorAccent)
	e.cursor.Hidden = !e.focused || e.Disabled()
	e.cursor.Refresh()
	e.selected.FillColor = tint(ColorSoftLine)
	e.selected.Hidden = !e.all
	e.selected.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (e *codeEntry) CreateRenderer() fyne.WidgetRenderer {
	e.paint()
	return &renderer{
		widget:  e,
		objects: []fyne.CanvasObject{e.selected, e.label.Text, e.cursor},
		layout: func(size fyne.Size) {
			e.label.place(0, size.Height/2)
			height := e.label.TextSize * 1.1
			top := round((size.Height - height) / 2)
			e.cursor.Move(fyne.NewPos(round(e.cursorX(e.at))+1, top))
			e.cursor.Resize(fyne.NewSize(2, height))
			e.selected.Move(fyne.NewPos(0, top))
			e.selected.Resize(fyne.NewSize(e.label.width(), height))
		},
		min: func() fyne.Size {
			sample := fyne.MeasureText("0", e.size()*textScale(), fyne.TextStyle{Monospace: true})
			return fyne.NewSize(sample.Width*float32(e.digits+1)+4, sample.Height)
		},
		paint: e.paint,
	}
}

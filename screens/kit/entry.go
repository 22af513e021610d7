package kit

import (
	"image/color"
	"runtime"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// textEntry is Fyne's entry without its frame, which the field draws.
type textEntry struct {
	widget.Entry
	field  *Field
	secret bool
	limit  int
	window *container.Clip
	hint   string      // the placeholder before it is cut to the room
	ink    color.Color // of the cursor; Fyne takes it when the focus comes
}

var (
	_ input             = (*textEntry)(nil)
	_ fyne.Shortcutable = (*textEntry)(nil)
)

func newTextEntry(f *Field, secret bool) *textEntry {
	e := &textEntry{field: f, secret: secret}
	e.Wrapping = fyne.TextWrap(fyne.TextTruncateClip)
	e.Password = secret
	if secret {
		// An empty action keeps Fyne from adding its own eye.
		e.ActionItem = container.NewWithoutLayout()
	}
	e.OnChanged = e.edited
	e.ExtendBaseWidget(e)
	e.window = container.NewClip(container.NewWithoutLayout(e))
	e.window.ExtendBaseWidget(e.window) // or it lays out nothing before it is drawn
	return e
}

func (e *textEntry) text() string { return e.Text }

func (e *textEntry) setText(text string) { e.SetText(text) }

func (e *textEntry) disable(on bool) {
	if on {
		e.Disable()
	} else {
		e.Enable()
	}
}

func (e *textEntry) object() fyne.CanvasObject { return e.window }

// place puts the entry so that its text begins at x; the entry itself has an
// inner padding before the text. It stands in a window that is lower than
// itself: below it, out of sight, is the scroll bar that Fyne gives an entry
// whose text is longer than the field.
func (e *textEntry) place(x, middle, width float32) {
	const bleed, below float32 = 3, 30
	pad := e.Theme().Size(theme.SizeNameInnerPadding)
	height := e.MinSize().Height
	// Before the size, and to a little less than the room: else Fyne takes the
	// text for one to scroll and shades its end.
	if shown := clip(e.hint, width-pad-1, Size13*textScale(), e.TextStyle); shown != e.PlaceHolder {
		e.SetPlaceHolder(shown)
	}
	e.window.Move(fyne.NewPos(x-bleed, round(middle-height/2)))
	e.window.Resize(fyne.NewSize(width+bleed, height-1))
	e.Move(fyne.NewPos(bleed-pad, 0))
	e.Resize(fyne.NewSize(width+pad, height+below))
}

func (e *textEntry) edited(text string) {
	if runes := []rune(text); e.limit > 0 && len(runes) > e.limit {
		e.SetText(string(runes[:e.limit]))
		return
	}
	e.field.changed(text)
}

// FocusGained implements fyne.Focusable.
func (e *textEntry) FocusGained() {
	e.ink = tint(ColorAccent)
	e.Entry.FocusGained()
	e.field.focus(true)
}

// recolor gives the cursor the color of another theme.
func (e *textEntry) recolor() {
	if !e.field.focused || e.ink == tint(ColorAccent) {
		return
	}
	e.ink = tint(ColorAccent)
	e.Entry.FocusLost()
	e.Entry.FocusGained()
}

// FocusLost implements fyne.Focusable.
func (e *textEntry) FocusLost() {
	e.Entry.FocusLost()
	e.field.focus(false)
}

// TypedRune implements fyne.Focusable.
func (e *textEntry) TypedRune(r rune) {
	stir(e)
	if e.limit > 0 && len([]rune(e.Text)) >= e.limit && e.SelectedText() == "" {
		return
	}
	e.Entry.TypedRune(r)
}

// TypedKey implements fyne.Focusable. Keys that no line of text has a use for
// go on to the dialog or the screen.
func (e *textEntry) TypedKey(event *fyne.KeyEvent) {
	stir(e)
	if e.field.OnKey != nil && e.field.OnKey(event.Name) {
		return
	}
	switch event.Name {
	case eyeKey:
		if !e.secret {
			passKey(e, event)
			return
		}
		e.field.reveal(e.Password)
	case fyne.KeyReturn, fyne.KeyEnter:
		if !e.field.submit() {
			passKey(e, event)
		}
	case fyne.KeyEscape:
		if !e.field.cancel() {
			passKey(e, event)
		}
	case fyne.KeyBackspace, fyne.KeyDelete, fyne.KeyLeft, fyne.KeyRight, fyne.KeyHome, fyne.KeyEnd:
		e.Entry.TypedKey(event)
	default:
		passKey(e, event)
	}
}

// TypedShortcut implements fyne.Shortcutable.
func (e *textEntry) TypedShortcut(s fyne.Shortcut) {
	switch s := s.(type) {
	case *fyne.ShortcutUndo, *fyne.ShortcutRedo, *fyne.ShortcutCopy, *fyne.ShortcutCut:
		if e.secret {
			return
		}
	case *desktop.CustomShortcut:
		// Fyne's entry moves by words with these, on macOS with Alt.
		word := s.Modifier != fyne.KeyModifierAlt || runtime.GOOS == "darwin"
		switch s.KeyName {
		case fyne.KeyLeft, fyne.KeyRight, fyne.KeyBackspace, fyne.KeyDelete:
		default:
			word = false
		}
		if !word {
			passShortcut(e, s)
			return
		}
	}
	e.Entry.TypedShortcut(s)
}

// TappedSecondary implements fyne.SecondaryTappable. A secret has no menu: it
// would offer Copy while the eye is open.
func (e *textEntry) TappedSecondary(event *fyne.PointEvent) {
	if !e.secret {
		e.Entry.TappedSecondary(event)
	}
}

// CreateRenderer implements fyne.Widget.
func (e *textEntry) CreateRenderer() fyne.WidgetRenderer {
	return bareEntry{e.Entry.CreateRenderer()}
}

// bareEntry leaves out the entry's own background and border, its first two
// objects.
type bareEntry struct{ fyne.WidgetRenderer }

func (r bareEntry) Objects() []fyne.CanvasObject { return r.WidgetRenderer.Objects()[2:] }

// passShortcut hands a shortcut that a text field has no use for to the window.
func passShortcut(from fyne.CanvasObject, s fyne.Shortcut) {
	if c, ok := canvasOf(from).(fyne.Shortcutable); ok {
		c.TypedShortcut(s)
	}
}

// AccessibilityLabel implements fyne.Accessible.
func (e *textEntry) AccessibilityLabel() string { return e.field.AccessibilityLabel() }

// AccessibilityRole implements fyne.Accessible.
func (e *textEntry) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

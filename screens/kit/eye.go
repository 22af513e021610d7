package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// eye shows what is typed in a password field, and hides it again. It is for
// the pointer and never takes the focus: with Tab on the way to the next field,
// what is typed there and Enter would lay the password open. The key is the
// field's own.
type eye struct {
	widget.BaseWidget
	toggle   func()
	what     string // it shows: "password"
	open     bool
	disabled bool
	glyph    *glyph
}

var (
	_ fyne.Tappable      = (*eye)(nil)
	_ fyne.Accessible    = (*eye)(nil)
	_ desktop.Hoverable  = (*eye)(nil)
	_ desktop.Cursorable = (*eye)(nil)
)

// eyeKey opens and closes the eye from within the field.
const eyeKey = fyne.KeyF8

func newEye(what string, toggle func()) *eye {
	e := &eye{what: what, toggle: toggle, glyph: newGlyph(IconEye, ColorInk2, 16)}
	e.ExtendBaseWidget(e)
	return e
}

func (e *eye) set(open, disabled bool) {
	if e.open != open {
		hideTip(e)
	}
	e.open, e.disabled = open, disabled
	e.Refresh()
}

func (e *eye) tip() string {
	if e.open {
		return "Hide the " + e.what + " (F8)"
	}
	return "Show the " + e.what + " (F8)"
}

// Tapped implements fyne.Tappable.
func (e *eye) Tapped(*fyne.PointEvent) {
	hideTip(e)
	stir(e)
	if !e.disabled {
		e.toggle()
	}
}

// MouseIn implements desktop.Hoverable.
func (e *eye) MouseIn(*desktop.MouseEvent) {
	stir(e)
	showTip(e, e.tip())
}

// MouseMoved implements desktop.Hoverable.
func (e *eye) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (e *eye) MouseOut() { hideTip(e) }

// Cursor implements desktop.Cursorable.
func (e *eye) Cursor() desktop.Cursor {
	if e.disabled {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

// AccessibilityLabel implements fyne.Accessible.
func (e *eye) AccessibilityLabel() string { return e.tip() }

// AccessibilityRole implements fyne.Accessible.
func (e *eye) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

func (e *eye) paint() {
	icon, ink := IconEye, ColorInk2
	if e.open {
		icon = IconEyeOff
	}
	if e.disabled {
		ink = ColorInk3
	}
	e.glyph.set(icon, ink)
}

// CreateRenderer implements fyne.Widget.
func (e *eye) CreateRenderer() fyne.WidgetRenderer {
	e.paint()
	return &renderer{
		widget:  e,
		objects: []fyne.CanvasObject{e.glyph.Image},
		layout: func(size fyne.Size) {
			e.glyph.place(round((size.Width-Scaled(16))/2), size.Height/2)
		},
		min:   func() fyne.Size { return fyne.NewSquareSize(Scaled(24)) },
		paint: e.paint,
	}
}

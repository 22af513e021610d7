package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// tick is the state of a checkbox; mixed stands over rows of which some are
// ticked.
type tick int

const (
	tickOff tick = iota
	tickOn
	tickMixed
)

// tickFace draws a checkbox of 16 units.
type tickFace struct {
	frame *box
	glyph *glyph
	state tick
}

func newTickFace() *tickFace {
	return &tickFace{
		frame: newBox(ColorSurface, ColorField, RadiusTag),
		glyph: newGlyph(IconNone, ColorOnAccent, 12),
	}
}

func (t *tickFace) objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{t.frame.outer, t.frame.inner, t.glyph.Image}
}

func (t *tickFace) set(state tick, disabled bool) {
	t.state = state
	fill, line, icon := ColorSurface, ColorField, IconNone
	if state != tickOff {
		fill, line, icon = ColorAccent, ColorAccent, IconCheck
	}
	if state == tickMixed {
		icon = IconDash
	}
	ink := ColorOnAccent
	if disabled {
		fill, line, ink = ColorHead, ColorLine, ColorInk3
	}
	t.frame.set(fill, line, 1)
	t.frame.paint()
	t.glyph.set(icon, ink)
}

func (t *tickFace) place(x, middle float32) {
	side := Scaled(16)
	t.frame.place(x, round(middle-side/2), side, side)
	t.glyph.place(x+round((side-Scaled(12))/2), middle)
}

// Checkbox is a box with a bold title, a plain remark after it and a caption
// under it. Space turns it while it has the focus.
type Checkbox struct {
	widget.DisableableWidget
	OnChange func(on bool)

	on      bool
	title   *Text
	caption *Text
	face    *tickFace
	halo    *ring
	focused bool
}

var (
	_ fyne.Focusable  = (*Checkbox)(nil)
	_ fyne.Tappable   = (*Checkbox)(nil)
	_ Flowing         = (*Checkbox)(nil)
	_ fyne.Accessible = (*Checkbox)(nil)
)

// NewCheckbox returns a checkbox that is off. Remark and caption may be empty.
func NewCheckbox(title, remark, caption string) *Checkbox {
	runs := []Run{Strong(title)}
	if remark != "" {
		runs = append(runs, Plain(" "+remark))
	}
	c := &Checkbox{
		title:   NewRich(runs...).Wrapped(),
		caption: Caption(caption).Wrapped(),
		face:    newTickFace(),
		halo:    newRing(ColorAccent, RadiusTag),
	}
	c.ExtendBaseWidget(c)
	return c
}

// PlainCheckbox has its title in regular type, for forms.
func PlainCheckbox(title string) *Checkbox {
	c := NewCheckbox("", "", "")
	c.title.SetRuns(Plain(title))
	return c
}

// On tells whether the box is ticked.
func (c *Checkbox) On() bool { return c.on }

// Set ticks the box or not, without calling OnChange.
func (c *Checkbox) Set(on bool) *Checkbox {
	c.on = on
	c.Refresh()
	return c
}

// Toggle turns the box and calls OnChange.
func (c *Checkbox) Toggle() {
	if c.Disabled() {
		return
	}
	c.Set(!c.on)
	if c.OnChange != nil {
		c.OnChange(c.on)
	}
}

// Tapped implements fyne.Tappable.
func (c *Checkbox) Tapped(*fyne.PointEvent) {
	if !c.Disabled() {
		focusOn(c)
	}
	c.Toggle()
}

// FocusGained implements fyne.Focusable.
func (c *Checkbox) FocusGained() { c.focused = true; c.Refresh(); reveal(c) }

// FocusLost implements fyne.Focusable.
func (c *Checkbox) FocusLost() { c.focused = false; c.Refresh() }

// TypedKey implements fyne.Focusable.
func (c *Checkbox) TypedKey(event *fyne.KeyEvent) {
	if event.Name != fyne.KeySpace {
		passKey(c, event)
	}
}

// TypedRune implements fyne.Focusable; see Button.TypedRune about Space.
func (c *Checkbox) TypedRune(r rune) {
	if r == ' ' {
		c.Toggle()
		return
	}
	passRune(c, r)
}

// Cursor implements desktop.Cursorable.
func (c *Checkbox) Cursor() desktop.Cursor { return desktop.PointerCursor }

// AccessibilityLabel implements fyne.Accessible.
func (c *Checkbox) AccessibilityLabel() string {
	state := ", not ticked"
	if c.on {
		state = ", ticked"
	}
	return c.title.String() + state
}

// AccessibilityRole implements fyne.Accessible.
func (c *Checkbox) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

func (c *Checkbox) indent() float32 { return Scaled(16) + 10 }

// HeightFor implements Flowing.
func (c *Checkbox) HeightFor(width float32) float32 {
	height := c.title.HeightFor(width - c.indent())
	if c.caption.String() != "" {
		height += c.caption.HeightFor(width - c.indent())
	}
	return height
}

// MinSize implements fyne.CanvasObject.
func (c *Checkbox) MinSize() fyne.Size {
	width := c.Size().Width
	if width <= 0 {
		width = c.indent() + max(c.title.NaturalWidth(), c.caption.NaturalWidth()) + 1
	}
	return fyne.NewSize(c.indent()+min(c.title.NaturalWidth(), 120)+1, c.HeightFor(width))
}

func (c *Checkbox) paint() {
	state := tickOff
	if c.on {
		state = tickOn
	}
	c.face.set(state, c.Disabled())
	c.halo.show(c.focused && !c.Disabled())
	ink := ColorInk
	if c.Disabled() {
		ink = ColorInk3
	}
	c.title.SetInk(ink)
	c.caption.Hidden = c.caption.String() == ""
}

// CreateRenderer implements fyne.Widget.
func (c *Checkbox) CreateRenderer() fyne.WidgetRenderer {
	c.paint()
	objects := append([]fyne.CanvasObject{c.halo.Rectangle}, c.face.objects()...)
	objects = append(objects, c.title, c.caption)
	return &renderer{
		widget:  c,
		objects: objects,
		layout: func(size fyne.Size) {
			side, first := Scaled(16), lineHeight(Size13)
			c.face.place(0, first/2)
			c.halo.place(0, round((first-side)/2), side, side)
			width := size.Width - c.indent()
			height := c.title.HeightFor(width)
			c.title.Move(fyne.NewPos(c.indent(), 0))
			c.title.Resize(fyne.NewSize(width, height))
			c.caption.Move(fyne.NewPos(c.indent(), height))
			c.caption.Resize(fyne.NewSize(width, max(size.Height-height, 0)))
		},
		min:   c.MinSize,
		paint: c.paint,
	}
}

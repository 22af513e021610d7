package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Chip is a filter with a count. The chosen one is soft, bold and checked.
type Chip struct {
	widget.DisableableWidget
	OnTapped func()

	icon             IconName
	text, count      string
	chosen           bool
	focused, hovered bool
	frame            *box
	glyph            *glyph
	label, number    *word
	halo             *ring
}

var (
	_ fyne.Focusable    = (*Chip)(nil)
	_ fyne.Tappable     = (*Chip)(nil)
	_ desktop.Hoverable = (*Chip)(nil)
	_ fyne.Accessible   = (*Chip)(nil)
)

// NewChip returns a chip whose count is not known yet and shows a dash.
func NewChip(icon IconName, text string, tapped func()) *Chip {
	c := &Chip{
		OnTapped: tapped, icon: icon, text: text, count: "–",
		frame:  newBox(ColorSurface, ColorLine, HeightChip/2),
		glyph:  newGlyph(icon, ColorInk2, 14),
		label:  newWord(text, Size13, ColorInk2, false),
		number: newWord("–", Size12, ColorInk3, false),
		halo:   newRing(ColorAccent, HeightChip/2),
	}
	c.ExtendBaseWidget(c)
	c.paint()
	return c
}

// SetCount shows a number with thousands commas; below zero it shows a dash,
// because not known is not none.
func (c *Chip) SetCount(n int) {
	c.count = "–"
	if n >= 0 {
		c.count = Count(n)
	}
	c.Refresh()
}

// SetChosen marks the chip as the filter that applies.
func (c *Chip) SetChosen(chosen bool) {
	c.chosen = chosen
	c.Refresh()
}

// Chosen tells whether it is.
func (c *Chip) Chosen() bool { return c.chosen }

// Tapped implements fyne.Tappable.
func (c *Chip) Tapped(*fyne.PointEvent) {
	if c.Disabled() {
		return
	}
	focusOn(c)
	if c.OnTapped != nil {
		c.OnTapped()
	}
}

// FocusGained implements fyne.Focusable.
func (c *Chip) FocusGained() { c.focused = true; c.Refresh(); reveal(c) }

// FocusLost implements fyne.Focusable.
func (c *Chip) FocusLost() { c.focused = false; c.Refresh() }

// TypedKey implements fyne.Focusable.
func (c *Chip) TypedKey(event *fyne.KeyEvent) {
	switch event.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		c.Tapped(nil)
	case fyne.KeySpace:
	default:
		passKey(c, event)
	}
}

// TypedRune implements fyne.Focusable; see Button.TypedRune about Space.
func (c *Chip) TypedRune(r rune) {
	if r == ' ' {
		c.Tapped(nil)
		return
	}
	passRune(c, r)
}

// MouseIn implements desktop.Hoverable.
func (c *Chip) MouseIn(*desktop.MouseEvent) { stir(c); c.hovered = true; c.Refresh() }

// MouseMoved implements desktop.Hoverable.
func (c *Chip) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (c *Chip) MouseOut() { c.hovered = false; c.Refresh() }

// Cursor implements desktop.Cursorable.
func (c *Chip) Cursor() desktop.Cursor { return desktop.PointerCursor }

// AccessibilityLabel implements fyne.Accessible.
func (c *Chip) AccessibilityLabel() string { return c.text + " " + c.count }

// AccessibilityRole implements fyne.Accessible.
func (c *Chip) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

func (c *Chip) paint() {
	fill, line, edge, ink := ColorSurface, ColorLine, float32(1), ColorInk2
	icon, numberInk := c.icon, ColorInk3
	switch {
	case c.Disabled() && c.chosen: // still the one that counts
		line, edge, icon = ColorField, 2, IconCheck
	case c.Disabled():
		ink = ColorInk3
	case c.chosen:
		fill, line, edge, ink, numberInk = ColorSoft, ColorAccent, 2, ColorAccent, ColorAccent
		icon = IconCheck
	case c.hovered:
		fill = ColorHover
	}
	c.frame.radius = Scaled(HeightChip) / 2
	c.frame.set(fill, line, edge)
	c.frame.paint()
	c.glyph.set(icon, ink)
	c.label.ink, c.label.bold = ink, c.chosen
	c.label.paint()
	c.number.ink, c.number.bold = numberInk, c.chosen
	c.number.paint()
	c.number.say(c.count)
	c.halo.radius = Scaled(HeightChip) / 2
	c.halo.show(c.focused)
}

// CreateRenderer implements fyne.Widget.
func (c *Chip) CreateRenderer() fyne.WidgetRenderer {
	return &renderer{
		widget: c,
		objects: []fyne.CanvasObject{
			c.halo.Rectangle, c.frame.outer, c.frame.inner, c.glyph.Image, c.label.Text, c.number.Text,
		},
		layout: func(size fyne.Size) {
			c.frame.place(0, 0, size.Width, size.Height)
			c.halo.place(0, 0, size.Width, size.Height)
			x, middle := float32(13), size.Height/2
			if c.glyph.name != IconNone {
				c.glyph.place(x, middle)
				x += Scaled(14) + Space8
			}
			c.label.place(x, middle)
			c.number.place(x+c.label.width()+Space8, middle)
		},
		min: func() fyne.Size {
			width := 13 + c.label.width() + Space8 + c.number.width() + 13
			if c.glyph.name != IconNone {
				width += Scaled(14) + Space8
			}
			return fyne.NewSize(float32(int(width+0.99)), Scaled(HeightChip))
		},
		paint: c.paint,
	}
}

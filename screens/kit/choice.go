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
func (c *Checkbox) FocusGained() { c.focused = true; stir(c); c.Refresh(); reveal(c) }

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
func (c *Chip) FocusGained() { c.focused = true; stir(c); c.Refresh(); reveal(c) }

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

// Segment is one choice of a Segmented.
type Segment struct {
	Icon IconName
	Text string
}

// Segmented is a row of a few choices of which one applies. Left and Right
// choose while it has the focus.
type Segmented struct {
	widget.BaseWidget
	OnChange func(chosen int)

	parts   []segmentFace
	chosen  int
	focused bool
	ground  *box
	plate   *box
	halo    *ring
}

type segmentFace struct {
	glyph *glyph
	label *word
	x, w  float32
}

var (
	_ fyne.Focusable  = (*Segmented)(nil)
	_ fyne.Tappable   = (*Segmented)(nil)
	_ fyne.Accessible = (*Segmented)(nil)
)

// NewSegmented returns the choices with the first one chosen.
func NewSegmented(change func(chosen int), segments ...Segment) *Segmented {
	s := &Segmented{
		OnChange: change,
		ground:   newBox(ColorSunken, ColorNone, RadiusNote),
		plate:    newBox(ColorSurface, ColorLine, RadiusField),
		halo:     newRing(ColorAccent, RadiusNote),
	}
	for _, segment := range segments {
		s.parts = append(s.parts, segmentFace{
			glyph: newGlyph(segment.Icon, ColorInk2, 16),
			label: newWord(segment.Text, Size13, ColorInk2, false),
		})
	}
	s.ExtendBaseWidget(s)
	s.paint()
	return s
}

// Chosen is the index of the choice that applies.
func (s *Segmented) Chosen() int { return s.chosen }

// Choose makes another choice and calls OnChange.
func (s *Segmented) Choose(i int) {
	if i < 0 || i >= len(s.parts) || i == s.chosen {
		return
	}
	s.chosen = i
	s.Refresh()
	if s.OnChange != nil {
		s.OnChange(i)
	}
}

// Set makes a choice without calling OnChange.
func (s *Segmented) Set(i int) {
	s.chosen = i
	s.Refresh()
}

// Tapped implements fyne.Tappable.
func (s *Segmented) Tapped(event *fyne.PointEvent) {
	focusOn(s)
	for i, part := range s.parts {
		if event.Position.X >= part.x && event.Position.X < part.x+part.w {
			s.Choose(i)
			return
		}
	}
}

// FocusGained implements fyne.Focusable.
func (s *Segmented) FocusGained() { s.focused = true; stir(s); s.Refresh(); reveal(s) }

// FocusLost implements fyne.Focusable.
func (s *Segmented) FocusLost() { s.focused = false; s.Refresh() }

// TypedRune implements fyne.Focusable.
func (s *Segmented) TypedRune(r rune) { passRune(s, r) }

// TypedKey implements fyne.Focusable.
func (s *Segmented) TypedKey(event *fyne.KeyEvent) {
	switch event.Name {
	case fyne.KeyLeft, fyne.KeyUp:
		s.Choose(s.chosen - 1)
	case fyne.KeyRight, fyne.KeyDown:
		s.Choose(s.chosen + 1)
	case fyne.KeyHome:
		s.Choose(0)
	case fyne.KeyEnd:
		s.Choose(len(s.parts) - 1)
	default:
		passKey(s, event)
	}
}

// Cursor implements desktop.Cursorable.
func (s *Segmented) Cursor() desktop.Cursor { return desktop.PointerCursor }

// AccessibilityLabel implements fyne.Accessible.
func (s *Segmented) AccessibilityLabel() string {
	if s.chosen < len(s.parts) {
		return s.parts[s.chosen].label.Text.Text + ", chosen"
	}
	return ""
}

// AccessibilityRole implements fyne.Accessible.
func (s *Segmented) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

func (s *Segmented) paint() {
	s.ground.paint()
	s.plate.paint()
	s.halo.show(s.focused)
	for i, part := range s.parts {
		ink := ColorInk2
		if i == s.chosen {
			ink = ColorInk
		}
		part.glyph.set(part.glyph.name, ink)
		part.label.ink, part.label.bold = ink, i == s.chosen
		part.label.paint()
	}
}

func (s *Segmented) width(part segmentFace) float32 {
	// Room for the bold word, so that choosing does not move the others.
	bold := fyne.MeasureText(part.label.Text.Text, Size13*textScale(), fyne.TextStyle{Bold: true}).Width
	width := float32(int(bold+0.99)) + 30
	if part.glyph.name != IconNone {
		width += Scaled(16) + 7
	}
	return width
}

// CreateRenderer implements fyne.Widget.
func (s *Segmented) CreateRenderer() fyne.WidgetRenderer {
	objects := []fyne.CanvasObject{s.halo.Rectangle}
	objects = append(objects, s.ground.objects()...)
	objects = append(objects, s.plate.objects()...)
	for _, part := range s.parts {
		objects = append(objects, part.glyph.Image, part.label.Text)
	}
	return &renderer{
		widget:  s,
		objects: objects,
		layout: func(size fyne.Size) {
			x := float32(2)
			for i := range s.parts {
				part := &s.parts[i]
				part.x, part.w = x, s.width(*part)
				if i == s.chosen {
					s.plate.place(x, 2, part.w, size.Height-4)
				}
				inner := x + 15
				if part.glyph.name != IconNone {
					part.glyph.place(inner, size.Height/2)
					inner += Scaled(16) + 7
				}
				part.label.place(inner, size.Height/2)
				x += part.w
			}
			s.ground.place(0, 0, x+2, size.Height)
			s.halo.place(0, 0, x+2, size.Height)
		},
		min: func() fyne.Size {
			width := float32(4)
			for _, part := range s.parts {
				width += s.width(part)
			}
			return fyne.NewSize(width, Scaled(HeightButton))
		},
		paint: s.paint,
	}
}

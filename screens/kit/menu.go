package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// MenuItem is one line of a menu.
type MenuItem struct {
	Icon     IconName
	Text     string
	Caption  string // after the text, in ink3
	Chosen   bool   // bold with a check
	Danger   bool   // red
	Disabled bool
	Do       func()
}

// ShowMenu opens a menu under a widget. Up and Down move, Enter does, Esc and a
// tap beside it close.
func ShowMenu(anchor fyne.CanvasObject, items ...MenuItem) {
	c := canvasOf(anchor)
	if c == nil || len(items) == 0 {
		return
	}
	before := c.Focused()
	m := newMenu(anchor, items)
	m.close = func() {
		c.Overlays().Remove(m.over)
		if before != nil {
			c.Focus(before)
		}
	}
	c.Unfocus()
	c.Overlays().Add(m.over)
	c.Focus(m)
}

// menu is the list in its frame; it has the focus as a whole.
type menu struct {
	widget.BaseWidget
	items  []MenuItem
	at     int
	over   *menuOverlay
	close  func()
	frame  *box
	plate  *box
	glyphs []*glyph
	labels []*word
	second []*word
}

var (
	_ fyne.Focusable    = (*menu)(nil)
	_ fyne.Tappable     = (*menu)(nil)
	_ desktop.Hoverable = (*menu)(nil)
)

const menuPad float32 = 5

func newMenu(anchor fyne.CanvasObject, items []MenuItem) *menu {
	m := &menu{
		items: items,
		frame: newBox(ColorSurface, ColorBtnLine, RadiusNote),
		plate: newBox(ColorSoft, ColorNone, RadiusTag),
	}
	for i, item := range items {
		m.glyphs = append(m.glyphs, newGlyph(IconNone, ColorInk2, 16))
		m.labels = append(m.labels, newWord(item.Text, Size13, ColorInk, false))
		m.second = append(m.second, newWord(item.Caption, Size12, ColorInk3, false))
		if item.Chosen {
			m.at = i
		}
	}
	m.over = &menuOverlay{menu: m, anchor: anchor}
	m.over.ExtendBaseWidget(m.over)
	m.ExtendBaseWidget(m)
	m.paint()
	return m
}

func (m *menu) pick(i int) {
	if i < 0 || i >= len(m.items) || m.items[i].Disabled {
		return
	}
	m.close()
	if do := m.items[i].Do; do != nil {
		do()
	}
}

func (m *menu) step(by int) {
	for i := m.at + by; i >= 0 && i < len(m.items); i += by {
		if !m.items[i].Disabled {
			m.at = i
			m.Refresh()
			return
		}
	}
}

// FocusGained implements fyne.Focusable.
func (m *menu) FocusGained() {}

// FocusLost implements fyne.Focusable.
func (m *menu) FocusLost() {}

// TypedRune implements fyne.Focusable.
func (m *menu) TypedRune(r rune) {
	if r == ' ' {
		m.pick(m.at)
	}
}

// TypedKey implements fyne.Focusable.
func (m *menu) TypedKey(event *fyne.KeyEvent) {
	stir(m)
	switch event.Name {
	case fyne.KeyUp:
		m.step(-1)
	case fyne.KeyDown:
		m.step(1)
	case fyne.KeyHome:
		m.at = -1
		m.step(1)
	case fyne.KeyEnd:
		m.at = len(m.items)
		m.step(-1)
	case fyne.KeyReturn, fyne.KeyEnter:
		m.pick(m.at)
	case fyne.KeyEscape:
		m.close()
	}
}

// Tapped implements fyne.Tappable.
func (m *menu) Tapped(event *fyne.PointEvent) { m.pick(m.row(event.Position.Y)) }

func (m *menu) row(y float32) int { return int((y - menuPad) / Scaled(32)) }

// MouseIn implements desktop.Hoverable.
func (m *menu) MouseIn(event *desktop.MouseEvent) { m.MouseMoved(event) }

// MouseMoved implements desktop.Hoverable.
func (m *menu) MouseMoved(event *desktop.MouseEvent) {
	stir(m)
	if i := m.row(event.Position.Y); i != m.at && i >= 0 && i < len(m.items) && !m.items[i].Disabled {
		m.at = i
		m.Refresh()
	}
}

// MouseOut implements desktop.Hoverable.
func (m *menu) MouseOut() {}

// Cursor implements desktop.Cursorable.
func (m *menu) Cursor() desktop.Cursor { return desktop.PointerCursor }

// AccessibilityLabel implements fyne.Accessible.
func (m *menu) AccessibilityLabel() string { return m.items[m.at].Text }

// AccessibilityRole implements fyne.Accessible.
func (m *menu) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleContainer }

func (m *menu) paint() {
	m.frame.outer.Shadow = canvas.Shadow{Color: tint(ColorShade), BlurRadius: 16, Offset: fyne.NewPos(0, 4)}
	m.frame.paint()
	m.plate.paint()
	for i, item := range m.items {
		ink, icon := ColorInk, item.Icon
		switch {
		case item.Disabled:
			ink = ColorInk3
		case item.Danger:
			ink = ColorBad
		case item.Chosen:
			ink = ColorAccent
		}
		if item.Chosen {
			icon = IconCheck
		}
		m.glyphs[i].set(icon, ink)
		m.labels[i].ink, m.labels[i].bold = ink, item.Chosen
		m.labels[i].paint()
		m.second[i].paint()
	}
}

func (m *menu) indent() float32 {
	for _, item := range m.items {
		if item.Icon != IconNone || item.Chosen {
			return 10 + Scaled(16) + Space8
		}
	}
	return 10
}

// CreateRenderer implements fyne.Widget.
func (m *menu) CreateRenderer() fyne.WidgetRenderer {
	objects := append(m.frame.objects(), m.plate.inner)
	for i := range m.items {
		objects = append(objects, m.glyphs[i].Image, m.labels[i].Text, m.second[i].Text)
	}
	return &renderer{
		widget:  m,
		objects: objects,
		layout: func(size fyne.Size) {
			m.frame.place(0, 0, size.Width, size.Height)
			height, y := Scaled(32), menuPad
			for i := range m.items {
				if i == m.at {
					m.plate.place(menuPad, y, size.Width-2*menuPad, height)
				}
				m.glyphs[i].place(menuPad+10, y+height/2)
				x := menuPad + m.indent()
				m.labels[i].place(x, y+height/2)
				m.second[i].place(x+m.labels[i].width()+Space8, y+height/2)
				y += height
			}
		},
		min: func() fyne.Size {
			var widest float32
			for i := range m.items {
				width := m.labels[i].width()
				if m.items[i].Caption != "" {
					width += Space8 + m.second[i].width()
				}
				widest = max(widest, width)
			}
			return fyne.NewSize(m.indent()+widest+2*menuPad+14, float32(len(m.items))*Scaled(32)+2*menuPad)
		},
		paint: m.paint,
	}
}

// menuOverlay fills the window, invisible, and closes the menu when tapped.
type menuOverlay struct {
	widget.BaseWidget
	menu   *menu
	anchor fyne.CanvasObject
}

// Tapped implements fyne.Tappable.
func (o *menuOverlay) Tapped(*fyne.PointEvent) { o.menu.close() }

// TappedSecondary implements fyne.SecondaryTappable.
func (o *menuOverlay) TappedSecondary(*fyne.PointEvent) { o.menu.close() }

// CreateRenderer implements fyne.Widget.
func (o *menuOverlay) CreateRenderer() fyne.WidgetRenderer {
	return &renderer{
		widget:  o,
		objects: []fyne.CanvasObject{o.menu},
		layout: func(size fyne.Size) {
			least := o.menu.MinSize()
			least.Width = max(least.Width, o.anchor.Size().Width)
			at := fyne.CurrentApp().Driver().AbsolutePositionForObject(o.anchor)
			x := max(min(at.X, size.Width-least.Width-Space8), Space8)
			y := at.Y + o.anchor.Size().Height + 4
			if y+least.Height > size.Height-Space8 {
				y = max(at.Y-least.Height-4, Space8)
			}
			o.menu.Resize(least)
			o.menu.Move(fyne.NewPos(x, y))
		},
		min: func() fyne.Size { return fyne.Size{} },
	}
}

// Option is one value of a Select.
type Option struct {
	Text    string
	Caption string
	Icon    IconName
}

// Select is a button that shows a value and opens a menu of others: an icon, a
// caption, the value in bold, a chevron. Enter, Space and Down open it; Up and
// Down change the value in the menu.
type Select struct {
	widget.DisableableWidget
	OnChange func(chosen int)

	icon    IconName
	caption string
	options []Option
	chosen  int
	empty   string
	shown   string // the value before it is cut to the room
	focused bool
	hovered bool
	frame   *box
	halo    *canvas.Rectangle
	glyph   *glyph
	arrow   *glyph
	label   *word
	value   *word
	second  *word
}

var (
	_ fyne.Focusable    = (*Select)(nil)
	_ fyne.Tappable     = (*Select)(nil)
	_ desktop.Hoverable = (*Select)(nil)
	_ fyne.Accessible   = (*Select)(nil)
)

// NewSelect returns a select with the first option chosen. Icon and caption may
// be empty.
func NewSelect(icon IconName, caption string, change func(chosen int), options ...Option) *Select {
	s := &Select{
		OnChange: change, icon: icon, caption: caption, options: options,
		frame:  newBox(ColorSurface, ColorField, RadiusField),
		halo:   canvas.NewRectangle(nil),
		glyph:  newGlyph(icon, ColorInk2, 16),
		arrow:  newGlyph(IconDown, ColorInk2, 14),
		label:  newWord(caption, Size13, ColorInk2, false),
		value:  newWord("", Size13, ColorInk, true),
		second: newWord("", Size12, ColorInk3, false),
	}
	s.ExtendBaseWidget(s)
	s.paint()
	return s
}

// Texts makes options of plain texts.
func Texts(texts ...string) []Option {
	options := make([]Option, len(texts))
	for i, text := range texts {
		options[i] = Option{Text: text}
	}
	return options
}

// Empty sets the words that stand where nothing is chosen (Set(-1)).
func (s *Select) Empty(words string) *Select { s.empty = words; s.paint(); return s }

// SetOptions replaces the options; the choice is the first, or none.
func (s *Select) SetOptions(options ...Option) {
	s.options = options
	s.chosen = 0
	if len(options) == 0 || s.empty != "" {
		s.chosen = -1
	}
	s.Refresh()
}

// Chosen is the index of the option that applies, or -1.
func (s *Select) Chosen() int {
	if s.chosen >= len(s.options) {
		return -1
	}
	return s.chosen
}

// Set makes a choice without calling OnChange.
func (s *Select) Set(i int) {
	s.chosen = i
	s.Refresh()
}

// Choose makes a choice and calls OnChange.
func (s *Select) Choose(i int) {
	if i == s.chosen || i < 0 || i >= len(s.options) {
		return
	}
	s.Set(i)
	if s.OnChange != nil {
		s.OnChange(i)
	}
}

// Open shows the menu.
func (s *Select) Open() {
	if s.Disabled() {
		return
	}
	items := make([]MenuItem, len(s.options))
	for i, option := range s.options {
		items[i] = MenuItem{
			Icon: option.Icon, Text: option.Text, Caption: option.Caption,
			Chosen: i == s.chosen, Do: func() { s.Choose(i) },
		}
	}
	ShowMenu(s, items...)
}

// Tapped implements fyne.Tappable.
func (s *Select) Tapped(*fyne.PointEvent) {
	if !s.Disabled() {
		focusOn(s)
		s.Open()
	}
}

// FocusGained implements fyne.Focusable.
func (s *Select) FocusGained() { s.focused = true; stir(s); s.Refresh(); reveal(s) }

// FocusLost implements fyne.Focusable.
func (s *Select) FocusLost() { s.focused = false; s.Refresh() }

// TypedKey implements fyne.Focusable.
func (s *Select) TypedKey(event *fyne.KeyEvent) {
	switch event.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeyDown:
		s.Open()
	case fyne.KeySpace:
	default:
		passKey(s, event)
	}
}

// TypedRune implements fyne.Focusable; see Button.TypedRune about Space.
func (s *Select) TypedRune(r rune) {
	if r == ' ' {
		s.Open()
		return
	}
	passRune(s, r)
}

// MouseIn implements desktop.Hoverable.
func (s *Select) MouseIn(*desktop.MouseEvent) { s.hovered = true; s.Refresh() }

// MouseMoved implements desktop.Hoverable.
func (s *Select) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (s *Select) MouseOut() { s.hovered = false; s.Refresh() }

// Cursor implements desktop.Cursorable.
func (s *Select) Cursor() desktop.Cursor { return desktop.PointerCursor }

// AccessibilityLabel implements fyne.Accessible.
func (s *Select) AccessibilityLabel() string { return s.caption + " " + s.value.Text.Text }

// AccessibilityRole implements fyne.Accessible.
func (s *Select) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

func (s *Select) paint() {
	fill, line, edge, halo := ColorSurface, ColorField, float32(1), ColorNone
	switch {
	case s.Disabled():
		fill, line = ColorHead, ColorLine
	case s.focused:
		line, edge, halo = ColorAccent, 2, ColorHalo
	case s.hovered:
		fill = ColorHover
	}
	s.frame.set(fill, line, edge)
	s.frame.paint()
	s.halo.FillColor = tint(halo)
	s.halo.CornerRadius = RadiusField + 3
	s.halo.Refresh()
	s.glyph.set(s.icon, ColorInk2)
	s.arrow.set(IconDown, ColorInk2)
	s.label.paint()
	value, second := s.empty, ""
	s.value.ink, s.value.bold = ColorInk3, false
	if i := s.Chosen(); i >= 0 {
		value, second = s.options[i].Text, s.options[i].Caption
		s.value.ink, s.value.bold = ColorInk, true
	}
	if s.Disabled() {
		s.value.ink, s.value.bold = ColorInk3, false
	}
	s.value.paint()
	s.shown = value
	s.value.say(value)
	s.second.paint()
	s.second.say(second)
}

func (s *Select) least() fyne.Size {
	width := 12 + fyne.MeasureText(s.shown, s.value.TextSize, s.value.TextStyle).Width + 12 + Scaled(14) + 11
	if s.icon != IconNone {
		width += Scaled(16) + 6
	}
	if s.caption != "" {
		width += s.label.width() + 6
	}
	if s.second.Text.Text != "" {
		width += Space8 + s.second.width()
	}
	return fyne.NewSize(float32(int(width+0.99)), Scaled(HeightButton))
}

// CreateRenderer implements fyne.Widget.
func (s *Select) CreateRenderer() fyne.WidgetRenderer {
	return &renderer{
		widget: s,
		objects: []fyne.CanvasObject{
			s.halo, s.frame.outer, s.frame.inner, s.glyph.Image, s.label.Text, s.value.Text, s.second.Text, s.arrow.Image,
		},
		layout: func(size fyne.Size) {
			s.frame.place(0, 0, size.Width, size.Height)
			s.halo.Move(fyne.NewPos(-3, -3))
			s.halo.Resize(size.AddWidthHeight(6, 6))
			x, middle := float32(12), size.Height/2
			if s.icon != IconNone {
				s.glyph.place(x, middle)
				x += Scaled(16) + 6
			}
			if s.caption != "" {
				s.label.place(x, middle)
				x += s.label.width() + 6
			}
			room := size.Width - x - 23 - Scaled(14)
			s.value.placeIn(x, middle, room, s.shown)
			s.second.place(x+s.value.width()+Space8, middle)
			s.arrow.place(size.Width-Scaled(14)-11, middle)
		},
		min:   s.least,
		paint: s.paint,
	}
}

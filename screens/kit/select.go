package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

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
func (s *Select) FocusGained() { s.focused = true; s.Refresh(); reveal(s) }

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

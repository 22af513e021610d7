package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

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
func (s *Segmented) FocusGained() { s.focused = true; s.Refresh(); reveal(s) }

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

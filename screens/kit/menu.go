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

package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// gridHead is the header of a grid: one stop of Tab. Left and Right choose the
// box or a column, Enter and Space press it.
type gridHead struct {
	widget.BaseWidget
	grid    *gridView
	focused bool
	at      int // -1 is the box
	hovered int
	plate   *box
	line    *canvas.Rectangle
	tick    *tickFace
	titles  []*word
	arrow   *glyph
	focus   *canvas.Rectangle
}

var (
	_ fyne.Focusable    = (*gridHead)(nil)
	_ fyne.Tappable     = (*gridHead)(nil)
	_ desktop.Hoverable = (*gridHead)(nil)
	_ fyne.Accessible   = (*gridHead)(nil)
)

const nothingHovered = -2

func newGridHead(g *gridView) *gridHead {
	h := &gridHead{
		grid: g, at: -1, hovered: nothingHovered,
		plate: newBox(ColorHead, ColorNone, RadiusCard-1),
		line:  canvas.NewRectangle(nil),
		tick:  newTickFace(),
		arrow: newGlyph(IconNone, ColorAccent, 12),
		focus: canvas.NewRectangle(nil),
	}
	h.plate.round = topSide
	for _, c := range g.columns {
		h.titles = append(h.titles, newWord(c.title, Size12, ColorInk2, true))
	}
	h.ExtendBaseWidget(h)
	return h
}

// rebuild follows a change of the grid's kind.
func (h *gridHead) rebuild() {
	if h.grid.noTicks && h.at < 0 {
		h.at = 0
	}
	h.Refresh()
}

func (h *gridHead) stops() []int {
	var stops []int
	if !h.grid.noTicks {
		stops = append(stops, -1)
	}
	for i, c := range h.grid.columns {
		if c.sort && !c.hidden {
			stops = append(stops, i)
		}
	}
	return stops
}

func (h *gridHead) move(by int) {
	stops := h.stops()
	for i, stop := range stops {
		if stop == h.at && i+by >= 0 && i+by < len(stops) {
			h.at = stops[i+by]
			h.Refresh()
			return
		}
	}
}

func (h *gridHead) press(at int) {
	if at == -1 && !h.grid.noTicks {
		h.grid.tickAll()
		return
	}
	if at >= 0 && h.grid.columns[at].sort {
		h.at = at
		h.grid.sort(h.grid.columns[at].key)
	}
}

func (h *gridHead) find(x float32) int {
	if !h.grid.noTicks && x < tickColumn {
		return -1
	}
	for i, c := range h.grid.columns {
		if !c.hidden && x >= c.x && x < c.x+c.width {
			return i
		}
	}
	return nothingHovered
}

// Tapped implements fyne.Tappable.
func (h *gridHead) Tapped(event *fyne.PointEvent) {
	if at := h.find(event.Position.X); at != nothingHovered {
		h.press(at)
	}
}

// FocusGained implements fyne.Focusable.
func (h *gridHead) FocusGained() {
	h.focused = true
	stops := h.stops()
	for _, stop := range stops {
		if stop == h.at {
			h.Refresh()
			return
		}
	}
	if len(stops) > 0 {
		h.at = stops[0]
	}
	h.Refresh()
}

// FocusLost implements fyne.Focusable.
func (h *gridHead) FocusLost() { h.focused = false; h.Refresh() }

// TypedKey implements fyne.Focusable.
func (h *gridHead) TypedKey(event *fyne.KeyEvent) {
	switch event.Name {
	case fyne.KeyLeft:
		h.move(-1)
	case fyne.KeyRight:
		h.move(1)
	case fyne.KeyReturn, fyne.KeyEnter:
		h.press(h.at)
	case fyne.KeyDown:
		h.grid.FocusRows()
	case fyne.KeySpace:
	default:
		passKey(h, event)
	}
}

// TypedRune implements fyne.Focusable; see Button.TypedRune about Space.
func (h *gridHead) TypedRune(r rune) {
	if r == ' ' {
		h.press(h.at)
		return
	}
	passRune(h, r)
}

// MouseIn implements desktop.Hoverable.
func (h *gridHead) MouseIn(event *desktop.MouseEvent) { h.MouseMoved(event) }

// MouseMoved implements desktop.Hoverable.
func (h *gridHead) MouseMoved(event *desktop.MouseEvent) {
	if at := h.find(event.Position.X); at != h.hovered {
		h.hovered = at
		h.Refresh()
	}
}

// MouseOut implements desktop.Hoverable.
func (h *gridHead) MouseOut() { h.hovered = nothingHovered; h.Refresh() }

// Cursor implements desktop.Cursorable.
func (h *gridHead) Cursor() desktop.Cursor {
	if h.hovered == -1 || h.hovered >= 0 && h.grid.columns[h.hovered].sort {
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}

// AccessibilityLabel implements fyne.Accessible.
func (h *gridHead) AccessibilityLabel() string {
	if h.at < 0 {
		return "Tick all rows"
	}
	return "Sort by " + h.grid.columns[h.at].title
}

// AccessibilityRole implements fyne.Accessible.
func (h *gridHead) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

func (h *gridHead) paint() {
	h.plate.paint()
	h.line.FillColor = tint(ColorLine)
	h.line.Refresh()
	h.tick.set(h.grid.tickState(), false)
	for i, c := range h.grid.columns {
		ink := ColorInk2
		switch {
		case c.key == h.grid.sortKey && c.sort:
			ink = ColorAccent
		case i == h.hovered && c.sort:
			ink = ColorInk
		}
		h.titles[i].ink = ink
		h.titles[i].paint()
	}
	icon := IconArrowUp
	if h.grid.sortDown {
		icon = IconArrowDown
	}
	h.arrow.set(icon, ColorAccent)
	h.focus.StrokeColor, h.focus.StrokeWidth, h.focus.FillColor = tint(ColorAccent), 2, tint(ColorNone)
	h.focus.CornerRadius = RadiusTag
	h.focus.Hidden = !h.focused
}

func (h *gridHead) layout(size fyne.Size) {
	h.plate.place(0, 0, size.Width, size.Height-1)
	h.line.Move(fyne.NewPos(0, size.Height-1))
	h.line.Resize(fyne.NewSize(size.Width, 1))
	middle := (size.Height - 1) / 2
	h.tick.place(14, middle)
	h.arrow.Image.Hidden = true
	for i, c := range h.grid.columns {
		h.titles[i].Text.Hidden = c.hidden
		if c.hidden {
			continue
		}
		h.titles[i].placeIn(c.x+cellRoom, middle, c.width-cellRoom-2, c.title)
		if c.sort && c.key == h.grid.sortKey {
			h.arrow.Image.Hidden = false
			h.arrow.place(c.x+cellRoom+h.titles[i].width()+4, middle)
		}
		if i == h.at {
			h.focus.Move(fyne.NewPos(c.x+2, 5))
			h.focus.Resize(fyne.NewSize(c.width-4, size.Height-11))
		}
	}
	if h.at < 0 {
		side := Scaled(16)
		h.focus.Move(fyne.NewPos(10, round(middle-side/2)-4))
		h.focus.Resize(fyne.NewSize(side+8, side+8))
	}
}

// CreateRenderer implements fyne.Widget.
func (h *gridHead) CreateRenderer() fyne.WidgetRenderer {
	h.paint()
	return &renderer{
		widget: h,
		layout: h.layout,
		min:    func() fyne.Size { return fyne.NewSize(100, Scaled(HeightRow)) },
		paint:  h.paint,
		list: func() []fyne.CanvasObject {
			objects := []fyne.CanvasObject{h.plate.inner, h.line}
			if !h.grid.noTicks {
				objects = append(objects, h.tick.objects()...)
			}
			for _, title := range h.titles {
				objects = append(objects, title.Text)
			}
			return append(objects, h.arrow.Image, h.focus)
		},
	}
}

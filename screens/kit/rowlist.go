package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// ListRow is one line of a RowList.
type ListRow struct {
	Body  fyne.CanvasObject   // across the whole width; it brings its own room
	Label string              // what the line says, for who cannot see it
	Band  fyne.ThemeColorName // of a band at the left, always there; empty: the marker of the chosen line
}

// RowList is a short list of high lines, findings or stores, of which one is
// chosen and shown beside it. It has the focus as a whole: Up, Down, Home and End
// choose, Enter calls OnOpen. Long tables are a Grid's.
type RowList struct {
	widget.BaseWidget
	OnChange func(chosen int)
	OnOpen   func(chosen int)

	height  float32
	alone   bool
	lines   []*listLine
	chosen  int
	hovered int
	focused bool
	marker  *box
	ring    *canvas.Rectangle
}

// listLine is what a line is drawn with.
type listLine struct {
	row       ListRow
	band      *canvas.Rectangle
	plate     *canvas.Rectangle
	line      *canvas.Rectangle
	y, height float32
}

var (
	_ fyne.Focusable     = (*RowList)(nil)
	_ fyne.Tappable      = (*RowList)(nil)
	_ fyne.Accessible    = (*RowList)(nil)
	_ Flowing            = (*RowList)(nil)
	_ desktop.Hoverable  = (*RowList)(nil)
	_ desktop.Cursorable = (*RowList)(nil)
)

// bandWidth is the width of a line's band of color.
const bandWidth float32 = 5

// NewRowList returns an empty list whose lines are at least so high at scale 1,
// the line between two of them included.
func NewRowList(height float32, change func(chosen int)) *RowList {
	l := &RowList{
		OnChange: change, height: height, chosen: -1, hovered: -1,
		marker: newBox(ColorAccent, ColorNone, 0), ring: canvas.NewRectangle(nil),
	}
	l.ExtendBaseWidget(l)
	return l
}

// Alone rounds the outer corners, for a list that fills a card by itself.
func (l *RowList) Alone() *RowList { l.alone = true; return l }

// SetRows shows other lines, none of them chosen.
func (l *RowList) SetRows(rows ...ListRow) {
	l.lines, l.chosen, l.hovered = nil, -1, -1
	for _, row := range rows {
		l.lines = append(l.lines, &listLine{
			row: row, band: canvas.NewRectangle(nil), plate: canvas.NewRectangle(nil), line: canvas.NewRectangle(nil),
		})
	}
	l.Refresh()
}

// Len is how many lines there are.
func (l *RowList) Len() int { return len(l.lines) }

// Chosen is the index of the chosen line, or -1.
func (l *RowList) Chosen() int { return l.chosen }

// Set chooses a line without calling OnChange; -1 chooses none.
func (l *RowList) Set(i int) {
	l.chosen = i
	l.Refresh()
}

// Choose chooses a line and calls OnChange.
func (l *RowList) Choose(i int) {
	if i < 0 || i >= len(l.lines) || i == l.chosen {
		return
	}
	l.Set(i)
	l.revealChosen()
	if l.OnChange != nil {
		l.OnChange(i)
	}
}

// revealChosen scrolls the page to the chosen line.
func (l *RowList) revealChosen() {
	if l.chosen >= 0 && l.chosen < len(l.lines) {
		line := l.lines[l.chosen]
		revealPart(l, line.y, line.height)
	}
}

func (l *RowList) at(y float32) int {
	for i, line := range l.lines {
		if y >= line.y && y < line.y+line.height {
			return i
		}
	}
	return -1
}

// Tapped implements fyne.Tappable.
func (l *RowList) Tapped(event *fyne.PointEvent) {
	stir(l)
	focusOn(l)
	l.Choose(l.at(event.Position.Y))
}

// FocusGained implements fyne.Focusable. The list always has a line to stand on
// then.
func (l *RowList) FocusGained() {
	l.focused = true
	if l.chosen < 0 {
		l.Choose(0)
	}
	l.Refresh()
	l.revealChosen()
}

// FocusLost implements fyne.Focusable.
func (l *RowList) FocusLost() { l.focused = false; l.Refresh() }

// TypedRune implements fyne.Focusable.
func (l *RowList) TypedRune(r rune) { passRune(l, r) }

// TypedKey implements fyne.Focusable.
func (l *RowList) TypedKey(event *fyne.KeyEvent) {
	stir(l)
	switch event.Name {
	case fyne.KeyUp:
		l.Choose(l.chosen - 1)
	case fyne.KeyDown:
		l.Choose(l.chosen + 1)
	case fyne.KeyHome:
		l.Choose(0)
	case fyne.KeyEnd:
		l.Choose(len(l.lines) - 1)
	case fyne.KeyReturn, fyne.KeyEnter:
		if l.OnOpen != nil && l.chosen >= 0 {
			l.OnOpen(l.chosen)
		}
	default:
		passKey(l, event)
	}
}

// MouseIn implements desktop.Hoverable.
func (l *RowList) MouseIn(event *desktop.MouseEvent) { l.MouseMoved(event) }

// MouseMoved implements desktop.Hoverable.
func (l *RowList) MouseMoved(event *desktop.MouseEvent) {
	stir(l)
	if i := l.at(event.Position.Y); i != l.hovered {
		l.hovered = i
		l.Refresh()
	}
}

// MouseOut implements desktop.Hoverable.
func (l *RowList) MouseOut() {
	l.hovered = -1
	l.Refresh()
}

// Cursor implements desktop.Cursorable.
func (l *RowList) Cursor() desktop.Cursor { return desktop.PointerCursor }

// AccessibilityLabel implements fyne.Accessible.
func (l *RowList) AccessibilityLabel() string {
	if l.chosen < 0 || l.chosen >= len(l.lines) {
		return CountOf(len(l.lines), "line", "lines")
	}
	return l.lines[l.chosen].row.Label + ", chosen"
}

// AccessibilityRole implements fyne.Accessible.
func (l *RowList) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleContainer }

func (l *RowList) lineHeight(line *listLine, width float32) float32 {
	return max(Scaled(l.height), HeightFor(line.row.Body, width)+1)
}

// HeightFor implements Flowing.
func (l *RowList) HeightFor(width float32) float32 {
	var height float32
	for _, line := range l.lines {
		height += l.lineHeight(line, width)
	}
	return height
}

// MinSize implements fyne.CanvasObject.
func (l *RowList) MinSize() fyne.Size {
	return fyne.NewSize(200, l.HeightFor(max(l.Size().Width, 200)))
}

func (l *RowList) paint() {
	l.marker.paint()
	if l.chosen < 0 || l.chosen >= len(l.lines) || l.lines[l.chosen].row.Band != "" {
		l.marker.hide()
	}
	for i, line := range l.lines {
		fill := ColorSurface
		switch i {
		case l.chosen:
			fill = ColorSoft
		case l.hovered:
			fill = ColorHover
		}
		line.plate.FillColor, line.line.FillColor = tint(fill), tint(ColorLine)
		line.line.Hidden = i == len(l.lines)-1
		line.band.Hidden = line.row.Band == ""
		line.band.FillColor = tint(line.row.Band)
		if l.alone {
			l.roundOuter(i, line)
		}
		line.plate.Refresh()
		line.line.Refresh()
		line.band.Refresh()
	}
	l.ring.StrokeColor, l.ring.StrokeWidth, l.ring.FillColor = tint(ColorAccent), 2, tint(ColorNone)
	l.ring.CornerRadius = RadiusField
	l.ring.Hidden = !l.focused || l.chosen < 0 || l.chosen >= len(l.lines)
	l.ring.Refresh()
}

// roundOuter rounds the corners that a line shares with its card. The band is
// drawn wider than it shows, under the plate, so that it can follow the corner.
func (l *RowList) roundOuter(i int, line *listLine) {
	first, last := float32(0), float32(0)
	if i == 0 {
		first = RadiusCard - 1
	}
	if i == len(l.lines)-1 {
		last = RadiusCard - 1
	}
	line.band.TopLeftCornerRadius, line.band.BottomLeftCornerRadius = first, last
	line.plate.TopRightCornerRadius, line.plate.BottomRightCornerRadius = first, last
	if line.row.Band == "" {
		line.plate.TopLeftCornerRadius, line.plate.BottomLeftCornerRadius = first, last
	}
}

func (l *RowList) layout(size fyne.Size) {
	y := float32(0)
	for i, line := range l.lines {
		line.y, line.height = y, l.lineHeight(line, size.Width)
		inner := line.height - 1
		if i == len(l.lines)-1 {
			inner = line.height
		}
		left := float32(0)
		if line.row.Band != "" {
			left = bandWidth
			line.band.Move(fyne.NewPos(0, y))
			line.band.Resize(fyne.NewSize(4*bandWidth, inner))
		}
		line.plate.Move(fyne.NewPos(left, y))
		line.plate.Resize(fyne.NewSize(size.Width-left, inner))
		line.line.Move(fyne.NewPos(left, y+inner))
		line.line.Resize(fyne.NewSize(size.Width-left, 1))
		height := HeightFor(line.row.Body, size.Width)
		line.row.Body.Move(fyne.NewPos(0, round(y+(inner-height)/2)))
		line.row.Body.Resize(fyne.NewSize(size.Width, height))
		if i == l.chosen {
			l.marker.place(0, y, 3, inner)
			l.ring.Move(fyne.NewPos(left+4, y+3))
			l.ring.Resize(fyne.NewSize(size.Width-left-8, inner-6))
		}
		y += line.height
	}
}

// CreateRenderer implements fyne.Widget.
func (l *RowList) CreateRenderer() fyne.WidgetRenderer {
	l.paint()
	return &renderer{
		widget: l, layout: l.layout, min: l.MinSize, paint: l.paint,
		list: func() []fyne.CanvasObject {
			objects := make([]fyne.CanvasObject, 0, 4*len(l.lines)+2)
			for _, line := range l.lines {
				objects = append(objects, line.band, line.plate, line.line, line.row.Body)
			}
			return append(objects, l.marker.inner, l.ring)
		},
	}
}

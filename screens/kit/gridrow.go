package kit

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// gridList is Fyne's list, which pools rows and scrolls, with our keys. It keeps
// no selection of its own.
type gridList struct {
	widget.List
	grid    *gridView
	focused bool
}

var (
	_ fyne.Focusable    = (*gridList)(nil)
	_ fyne.Shortcutable = (*gridList)(nil)
	_ fyne.Accessible   = (*gridList)(nil)
)

func newGridList(g *gridView) *gridList {
	l := &gridList{grid: g}
	l.HideSeparators = true
	l.Length = func() int { return len(g.items) }
	l.CreateItem = func() fyne.CanvasObject { return newGridRow(g) }
	l.UpdateItem = func(id widget.ListItemID, o fyne.CanvasObject) {
		if id < len(g.items) {
			o.(*gridRow).show(g.items[id])
		}
	}
	l.ExtendBaseWidget(l)
	return l
}

// FocusGained implements fyne.Focusable.
func (l *gridList) FocusGained() {
	l.focused = true
	if l.grid.current < 0 && l.grid.count > 0 {
		l.grid.current = 0
		l.grid.onCurrent(0)
	}
	l.Refresh()
}

// FocusLost implements fyne.Focusable.
func (l *gridList) FocusLost() {
	l.focused = false
	l.Refresh()
}

// page is how many rows fit into the view.
func (l *gridList) page() int { return max(int(l.Size().Height/Scaled(HeightRow))-1, 1) }

// TypedKey implements fyne.Focusable.
func (l *gridList) TypedKey(event *fyne.KeyEvent) {
	stir(l)
	g := l.grid
	last := g.count - 1
	switch event.Name {
	case fyne.KeyDown:
		g.SetCurrent(min(g.current+1, last))
	case fyne.KeyUp:
		g.SetCurrent(max(g.current-1, 0))
	case fyne.KeyPageDown:
		if g.past(1) {
			return
		}
		g.SetCurrent(min(g.current+l.page(), last))
	case fyne.KeyPageUp:
		if g.past(-1) {
			return
		}
		g.SetCurrent(max(g.current-l.page(), 0))
	case fyne.KeyHome:
		g.SetCurrent(0)
	case fyne.KeyEnd:
		g.SetCurrent(last)
	case fyne.KeyReturn, fyne.KeyEnter:
		if g.current >= 0 && g.current < g.count {
			g.open(g.current)
		}
	case fyne.KeySpace: // comes again as a rune
	default:
		passKey(l, event)
	}
}

// TypedRune implements fyne.Focusable; see Button.TypedRune about Space.
func (l *gridList) TypedRune(r rune) {
	if r == ' ' {
		if l.grid.current >= 0 && l.grid.current < l.grid.count {
			l.grid.toggle(l.grid.current)
		}
		return
	}
	passRune(l, r)
}

// TypedShortcut implements fyne.Shortcutable.
func (l *gridList) TypedShortcut(s fyne.Shortcut) {
	if _, ok := s.(*fyne.ShortcutSelectAll); ok && !l.grid.noTicks {
		l.grid.tickAll()
		return
	}
	passShortcut(l, s)
}

// AccessibilityLabel implements fyne.Accessible.
func (l *gridList) AccessibilityLabel() string {
	return CountOf(l.grid.count, "row", "rows")
}

// AccessibilityRole implements fyne.Accessible.
func (l *gridList) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleContainer }

// gridRow is one line of the list. Its objects are made when it is first shown:
// Fyne's list makes a row more than it needs at each refresh, to measure it.
type gridRow struct {
	widget.BaseWidget
	grid    *gridView
	item    item
	made    bool
	hovered bool
	fill    *canvas.Rectangle
	line    *canvas.Rectangle
	marker  *canvas.Rectangle
	focus   *canvas.Rectangle
	tick    *tickFace
	cells   []*cellFace
	title   *word
	caption *word
	lastTap time.Time
}

var (
	_ fyne.Tappable     = (*gridRow)(nil)
	_ desktop.Hoverable = (*gridRow)(nil)
)

func newGridRow(g *gridView) *gridRow {
	r := &gridRow{grid: g}
	r.ExtendBaseWidget(r)
	return r
}

// MinSize implements fyne.CanvasObject.
func (r *gridRow) MinSize() fyne.Size { return fyne.NewSize(100, Scaled(HeightRow)) }

func (r *gridRow) make() {
	if r.made {
		return
	}
	r.made = true
	r.fill, r.line = canvas.NewRectangle(nil), canvas.NewRectangle(nil)
	r.marker, r.focus = canvas.NewRectangle(nil), canvas.NewRectangle(nil)
	r.tick = newTickFace()
	r.title = newWord("", Size12, ColorInk, true)
	r.caption = newWord("", Size12, ColorInk3, false)
	for range r.grid.columns {
		r.cells = append(r.cells, newCellFace())
	}
}

// show turns the row into another item.
func (r *gridRow) show(it item) {
	r.item = it
	r.Refresh()
}

func (r *gridRow) chosen() bool {
	g := r.grid
	if r.item.kind == groupItem || r.item.row >= g.count {
		return false
	}
	if g.hasDetail {
		return g.opened != "" && g.id(r.item.row) == g.opened
	}
	if g.noTicks {
		return r.item.row == g.current
	}
	return g.ticked[g.id(r.item.row)]
}

func (r *gridRow) paint() {
	r.make()
	chosen := r.chosen()
	fill := ColorSurface
	switch {
	case r.item.kind == detailItem:
		fill = ColorHead
	case r.item.kind == groupItem:
	case chosen:
		fill = ColorSoft
	case r.hovered:
		fill = ColorHover
	}
	r.fill.FillColor, r.line.FillColor, r.marker.FillColor = tint(fill), tint(ColorLine), tint(ColorAccent)
	r.marker.Hidden = !chosen
	r.focus.StrokeColor, r.focus.StrokeWidth, r.focus.FillColor = tint(ColorAccent), 2, tint(ColorNone)
	r.focus.CornerRadius = RadiusTag
	r.focus.Hidden = !r.grid.list.focused || r.item.kind != rowItem || r.item.row != r.grid.current
	r.title.paint()
	r.caption.paint()
}

func (r *gridRow) layout(size fyne.Size) {
	r.make()
	r.fill.Resize(size)
	r.line.Move(fyne.NewPos(0, size.Height-1))
	r.line.Resize(fyne.NewSize(size.Width, 1))
	r.marker.Resize(fyne.NewSize(3, size.Height-1))
	if r.item.kind == detailItem {
		r.marker.Resize(fyne.NewSize(3, size.Height))
	}
	r.focus.Move(fyne.NewPos(4, 2))
	r.focus.Resize(fyne.NewSize(size.Width-8, size.Height-5))
	middle := (size.Height - 1) / 2
	switch {
	case r.item.row >= r.grid.count:
	case r.item.kind == groupItem:
		title, caption := r.grid.group(r.item.row)
		r.title.say(title)
		r.caption.say(caption)
		r.title.place(Space16, middle)
		r.caption.place(Space16+r.title.width()+Space8, middle)
	case r.item.kind == detailItem:
		if r.grid.details != nil {
			r.grid.details.Move(fyne.NewPos(3, 0))
			r.grid.details.Resize(fyne.NewSize(size.Width-3, size.Height-1))
		}
	default:
		r.layoutCells(middle)
	}
}

func (r *gridRow) layoutCells(middle float32) {
	g := r.grid
	state := tickOff
	if g.ticked[g.id(r.item.row)] {
		state = tickOn
	}
	r.tick.set(state, false)
	r.tick.place(14, middle)
	for i, c := range g.columns {
		if c.hidden {
			r.cells[i].hidden = true
			continue
		}
		r.cells[i].set(g.cell(r.item.row, i), c.x+cellRoom, c.width, middle)
	}
}

func (r *gridRow) objects() []fyne.CanvasObject {
	r.make()
	objects := []fyne.CanvasObject{r.fill, r.line}
	switch r.item.kind {
	case groupItem:
		return append(objects, r.title.Text, r.caption.Text)
	case detailItem:
		if r.grid.details != nil {
			objects = append(objects, r.grid.details)
		}
		return append(objects, r.marker)
	case rowItem:
	}
	objects = append(objects, r.marker)
	if !r.grid.noTicks {
		objects = append(objects, r.tick.objects()...)
	}
	for _, cell := range r.cells {
		objects = cell.objects(objects)
	}
	return append(objects, r.focus)
}

// AccessibilityLabel implements fyne.Accessible: what the cells say.
func (r *gridRow) AccessibilityLabel() string {
	if r.item.kind != rowItem || r.item.row >= r.grid.count {
		return ""
	}
	var words []string
	for i, c := range r.grid.columns {
		if c.hidden {
			continue
		}
		cell := r.grid.cell(r.item.row, i)
		if cell.Text != "" {
			words = append(words, cell.Text)
		}
		for _, badge := range cell.Badges {
			words = append(words, badge.Text)
		}
	}
	return strings.Join(words, ", ")
}

// AccessibilityRole implements fyne.Accessible.
func (r *gridRow) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// CreateRenderer implements fyne.Widget.
func (r *gridRow) CreateRenderer() fyne.WidgetRenderer {
	r.paint()
	return &renderer{widget: r, layout: r.layout, min: r.MinSize, paint: r.paint, list: r.objects}
}

// Tapped implements fyne.Tappable.
func (r *gridRow) Tapped(event *fyne.PointEvent) {
	g := r.grid
	if r.item.kind != rowItem || r.item.row >= g.count {
		return
	}
	row := r.item.row
	stir(r)
	focusOn(g.list)
	g.SetCurrent(row)
	now := time.Now()
	twice := now.Sub(r.lastTap) < 400*time.Millisecond
	r.lastTap = now
	switch {
	case !g.noTicks && (event.Position.X < tickColumn || ctrlDown()):
		g.toggle(row)
	case g.hasDetail:
		g.open(row)
	case twice:
		r.lastTap = time.Time{}
		g.open(row)
	case !g.noTicks:
		g.tickOnly(row)
	}
}

func ctrlDown() bool {
	d, ok := fyne.CurrentApp().Driver().(desktop.Driver)
	return ok && d.CurrentKeyModifiers()&fyne.KeyModifierShortcutDefault != 0
}

// MouseIn implements desktop.Hoverable.
func (r *gridRow) MouseIn(event *desktop.MouseEvent) {
	r.hovered = true
	r.Refresh()
	r.MouseMoved(event)
}

// MouseMoved implements desktop.Hoverable.
func (r *gridRow) MouseMoved(event *desktop.MouseEvent) {
	stir(r)
	if r.item.kind != rowItem || !r.made {
		return
	}
	for i, c := range r.grid.columns {
		if c.hidden || event.Position.X < c.x || event.Position.X >= c.x+c.width {
			continue
		}
		if text := r.cells[i].tipText(); text != "" {
			showTipAt(r, text, c.x+cellRoom)
			return
		}
	}
	hideTip(r)
}

// MouseOut implements desktop.Hoverable.
func (r *gridRow) MouseOut() {
	r.hovered = false
	hideTip(r)
	r.Refresh()
}

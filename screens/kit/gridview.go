package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// columnSpec is a column without its row type.
type columnSpec struct {
	key, title         string
	least, tight, grow float32
	drop               int
	late               bool
	sort               bool
	x, width           float32
	hidden             bool
}

// item is one line of the list: a row, a group's band, or an opened detail.
type item struct {
	kind itemKind
	row  int
}

type itemKind int

const (
	rowItem itemKind = iota
	groupItem
	detailItem
)

const (
	tickColumn   float32 = 44
	scrollGutter float32 = 10
	groupHeight  float32 = 30
	cellRoom     float32 = 8
)

// gridView is the grid without its row type.
type gridView struct {
	widget.BaseWidget
	// OnSort is called with a column's key when its header was pressed.
	OnSort func(key string, descending bool)
	// OnPast is called by PageDown on the last row (1) and PageUp on the first
	// (-1), to turn the page.
	OnPast func(by int)

	self      fyne.Widget
	columns   []columnSpec
	count     int
	cell      func(row, column int) Cell
	id        func(row int) string
	onOpen    func(row int)
	onTicked  func()
	onCurrent func(row int)
	detail    func(row int) fyne.CanvasObject
	group     func(row int) (string, string)
	hasDetail bool
	hasGroup  bool
	noTicks   bool

	ticked   map[string]bool
	current  int
	opened   string // key of the row whose detail is open
	sortKey  string
	sortDown bool
	items    []item
	heights  map[int]float32 // of the items that are not rows
	details  fyne.CanvasObject

	head      *gridHead
	list      *gridList
	foot      fyne.CanvasObject
	instead   fyne.CanvasObject // in place of the rows
	bare      bool              // without header and footer
	skeleton  fyne.CanvasObject
	frame     *box
	footPlate *box
	footLine  *canvas.Rectangle
}

func (g *gridView) init(self fyne.Widget, columns []columnSpec) {
	g.self, g.columns = self, columns
	g.ticked, g.heights, g.current = map[string]bool{}, map[int]float32{}, -1
	g.frame = newBox(ColorSurface, ColorLine, RadiusCard)
	g.footPlate = newBox(ColorHead, ColorNone, RadiusCard-1)
	g.footPlate.round = bottomSide
	g.footLine = canvas.NewRectangle(nil)
	g.head = newGridHead(g)
	g.list = newGridList(g)
	g.skeleton = Skeleton(12)
	g.ExtendBaseWidget(self)
	g.paint()
}

// SetSort shows by which column the rows are sorted.
func (g *gridView) SetSort(key string, descending bool) {
	g.sortKey, g.sortDown = key, descending
	g.head.Refresh()
}

// SetFoot puts something into the footer: what can be done with the ticked rows,
// and the pages. It is laid out across the whole width.
func (g *gridView) SetFoot(foot fyne.CanvasObject) {
	g.foot = foot
	g.Refresh()
}

// ShowLoading shows gray bars in place of the rows.
func (g *gridView) ShowLoading() { g.show(g.skeleton, false) }

// ShowEmpty shows something in place of the rows, under the header; the footer
// goes.
func (g *gridView) ShowEmpty(o fyne.CanvasObject) { g.show(o, false) }

// ShowInstead shows something in place of everything in the grid's frame.
func (g *gridView) ShowInstead(o fyne.CanvasObject) { g.show(o, true) }

// ShowRows shows the rows again; SetRows does so as well.
func (g *gridView) ShowRows() { g.show(nil, false) }

func (g *gridView) show(instead fyne.CanvasObject, bare bool) {
	g.instead, g.bare = instead, bare
	g.list.Hidden = instead != nil
	g.head.Hidden = bare
	g.Refresh()
}

// Input is the widget that takes the focus for the rows.
func (g *gridView) Input() fyne.Focusable { return g.list }

// FocusRows gives the focus to the rows.
func (g *gridView) FocusRows() { focusOn(g.list) }

// Showing tells whether rows show, and nothing in their place.
func (g *gridView) Showing() bool { return g.instead == nil && g.count > 0 }

// CurrentKey is the key of the current row, or empty.
func (g *gridView) CurrentKey() string {
	if g.current < 0 || g.current >= g.count {
		return ""
	}
	return g.id(g.current)
}

// SetCurrent makes a row the current one and scrolls to it.
func (g *gridView) SetCurrent(row int) {
	if row < 0 || row >= g.count {
		return
	}
	changed := row != g.current
	g.current = row
	g.list.ScrollTo(g.itemOf(row))
	g.list.Refresh()
	if changed {
		g.onCurrent(row)
	}
}

// Tick ticks rows by key, and only these.
func (g *gridView) Tick(keys ...string) {
	clear(g.ticked)
	for _, key := range keys {
		g.ticked[key] = true
	}
	g.ticksChanged()
}

// OpenDetail opens the detail of the row with a key, or closes it if empty.
func (g *gridView) OpenDetail(key string) {
	g.opened, g.details = key, nil
	g.arrange()
	g.list.Refresh()
}

// OpenedDetail is the key of the row whose detail is open, or empty.
func (g *gridView) OpenedDetail() string { return g.opened }

// TickedCount is how many rows are ticked.
func (g *gridView) TickedCount() int { return len(g.ticked) }

// VisibleColumns are the titles of the columns that there is room for.
func (g *gridView) VisibleColumns() []string {
	var titles []string
	for _, c := range g.columns {
		if !c.hidden {
			titles = append(titles, c.title)
		}
	}
	return titles
}

func (g *gridView) setCount(count int, old string) {
	was := g.current
	g.count = count
	g.current = -1
	kept := map[string]bool{}
	for row := range count {
		key := g.id(row)
		if g.ticked[key] {
			kept[key] = true
		}
		if key == old && old != "" {
			g.current = row
		}
	}
	// Who is among the rows with the keyboard stays there, though the row has gone.
	moved := g.current < 0 && g.list.focused && count > 0
	if moved {
		g.current = min(max(was, 0), count-1)
	}
	changed := len(kept) != len(g.ticked)
	g.ticked = kept
	g.details = nil
	g.arrange()
	g.show(nil, false)
	g.head.Refresh()
	if changed {
		g.onTicked()
	}
	if moved {
		g.onCurrent(g.current)
	}
}

// arrange lists the items: rows, with bands and an opened detail between them.
func (g *gridView) arrange() {
	g.items = g.items[:0]
	title := ""
	for row := range g.count {
		if g.hasGroup {
			if now, _ := g.group(row); now != title || row == 0 {
				title = now
				g.items = append(g.items, item{groupItem, row})
			}
		}
		g.items = append(g.items, item{rowItem, row})
		if g.hasDetail && g.opened != "" && g.id(row) == g.opened {
			g.items = append(g.items, item{detailItem, row})
			if g.details == nil {
				g.details = g.detail(row)
			}
		}
	}
	if g.hasGroup || g.hasDetail {
		g.measure()
	}
}

// measure tells the list which items are not as high as a row.
func (g *gridView) measure() {
	wanted := map[int]float32{}
	for i, it := range g.items {
		switch it.kind {
		case groupItem:
			wanted[i] = Scaled(groupHeight)
		case detailItem:
			wanted[i] = HeightFor(g.details, max(g.Size().Width-2-scrollGutter, 100))
		case rowItem:
		}
	}
	for i := range g.heights {
		if _, ok := wanted[i]; !ok {
			g.list.SetItemHeight(i, Scaled(HeightRow))
			delete(g.heights, i)
		}
	}
	for i, height := range wanted {
		g.list.SetItemHeight(i, height)
		g.heights[i] = height
	}
}

func (g *gridView) itemOf(row int) int {
	for i, it := range g.items {
		if it.kind == rowItem && it.row == row {
			return i
		}
	}
	return 0
}

func (g *gridView) tickState() tick {
	switch {
	case len(g.ticked) == 0 || g.count == 0:
		return tickOff
	case len(g.ticked) == g.count:
		return tickOn
	}
	return tickMixed
}

func (g *gridView) toggle(row int) {
	if g.noTicks {
		return
	}
	key := g.id(row)
	if g.ticked[key] {
		delete(g.ticked, key)
	} else {
		g.ticked[key] = true
	}
	g.ticksChanged()
}

func (g *gridView) tickOnly(row int) {
	clear(g.ticked)
	g.ticked[g.id(row)] = true
	g.ticksChanged()
}

func (g *gridView) tickAll() {
	all := g.tickState() != tickOn
	clear(g.ticked)
	for row := 0; all && row < g.count; row++ {
		g.ticked[g.id(row)] = true
	}
	g.ticksChanged()
}

func (g *gridView) ticksChanged() {
	g.list.Refresh()
	g.head.Refresh()
	g.onTicked()
}

func (g *gridView) sort(key string) {
	down := g.sortKey == key && !g.sortDown
	g.SetSort(key, down)
	if g.OnSort != nil {
		g.OnSort(key, down)
	}
}

// past turns the page where the current row is at that end of it already.
func (g *gridView) past(by int) bool {
	end := 0
	if by > 0 {
		end = g.count - 1
	}
	if g.OnPast == nil || g.current != end {
		return false
	}
	g.OnPast(by)
	return true
}

func (g *gridView) open(row int) {
	if !g.hasDetail {
		g.onOpen(row)
		return
	}
	if key := g.id(row); key != g.opened {
		g.OpenDetail(key)
		return
	}
	g.OpenDetail("")
}

func (g *gridView) paint() {
	g.frame.paint()
	g.footPlate.paint()
	g.footLine.FillColor = tint(ColorLine)
	g.footLine.Refresh()
	shown := g.foot != nil && !g.bare && (g.instead == nil || g.instead == g.skeleton)
	g.footLine.Hidden = !shown
	g.footPlate.inner.Hidden = !shown
	if g.foot != nil {
		if shown {
			g.foot.Show()
		} else {
			g.foot.Hide()
		}
	}
}

func (g *gridView) layout(size fyne.Size) {
	inner := size.Width - 2
	g.frame.place(0, 0, size.Width, size.Height)
	g.columnsFor(inner)
	top, bottom := float32(1), size.Height-1
	if !g.bare {
		height := Scaled(HeightRow)
		g.head.Move(fyne.NewPos(1, 1))
		g.head.Resize(fyne.NewSize(inner, height))
		top += height
	}
	if g.foot != nil && g.foot.Visible() {
		height := Scaled(HeightFoot)
		g.foot.Move(fyne.NewPos(1, bottom-height+1))
		g.foot.Resize(fyne.NewSize(inner, height-1))
		g.footPlate.place(1, bottom-height+1, inner, height-1)
		g.footLine.Move(fyne.NewPos(1, bottom-height))
		g.footLine.Resize(fyne.NewSize(inner, 1))
		bottom -= height
	}
	at, room := fyne.NewPos(1, top), fyne.NewSize(inner, max(bottom-top, 0))
	if g.instead != nil {
		g.instead.Move(at)
		if g.instead == g.skeleton {
			room.Height = min(room.Height, g.instead.MinSize().Height)
		}
		g.instead.Resize(room)
		return
	}
	changed := g.list.Size() != room
	if changed && (g.hasGroup || g.hasDetail) {
		g.measure()
	}
	g.list.Move(at)
	g.list.Resize(room)
	if changed {
		g.list.Refresh()
	}
}

// Refresh implements fyne.CanvasObject.
func (g *gridView) Refresh() {
	g.BaseWidget.Refresh()
	g.head.Refresh()
	if g.instead == nil {
		g.list.Refresh()
	}
}

// CreateRenderer implements fyne.Widget.
func (g *gridView) CreateRenderer() fyne.WidgetRenderer {
	return &renderer{
		widget: g.self,
		layout: g.layout,
		min: func() fyne.Size {
			return fyne.NewSize(400, Scaled(HeightRow)*4+Scaled(HeightFoot))
		},
		paint: g.paint,
		list: func() []fyne.CanvasObject {
			objects := append(g.frame.objects(), g.head, g.list, g.footPlate.inner, g.footLine)
			if g.instead != nil {
				objects = append(objects, g.instead)
			}
			if g.foot != nil {
				objects = append(objects, g.foot)
			}
			return objects
		},
	}
}

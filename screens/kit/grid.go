package kit

import "fyne.io/fyne/v2"

// Cell is what one cell of a grid shows. A cell has a text, perhaps with an icon
// before it, or badges.
type Cell struct {
	Text    string
	Bold    bool
	Mono    bool
	Ink     fyne.ThemeColorName // ink2 if empty
	Icon    IconName
	IconInk fyne.ThemeColorName // Ink if empty
	Badges  []Badge             // broken ones first; what does not fit becomes +1
	Tip     string              // shown on hover; a cut text shows itself anyway
}

// Col is one column of a grid over rows of type R.
type Col[R any] struct {
	Key   string  // for OnSort
	Title string  // bold 12 in the header
	Min   float32 // width at scale 1, with 8 of room at the left
	Tight float32 // smallest width where hiding columns was not enough; zero: Min
	Grow  float32 // share of the room that is left
	Drop  int     // the column with 1 hides first where there is no room, then 2; zero stays
	Late  bool    // hides where even the tight widths have no room: large text in a small window
	Sort  bool    // a tap on the header sorts
	Cell  func(row R) Cell
}

// Grid is a table of one page of rows. The screen fetches, sorts and pages; the
// grid shows, and tells what was chosen. Up, Down, PageUp, PageDown, Home and
// End move the current row, Enter opens it, Space ticks it, Ctrl+A ticks all.
type Grid[R any] struct {
	gridView
	// OnOpen is called by Enter and by a double tap.
	OnOpen func(row R)
	// OnTicked is called with the rows that are ticked now. A tap on a row ticks
	// it alone; a tap on its box, or with Ctrl, adds it.
	OnTicked func(rows []R)
	// OnCurrent is called when another row has become the current one.
	OnCurrent func(row R)
	// Detail, where set, is what opens under a row at a tap or Enter. OnOpen is
	// not called then.
	Detail func(row R) fyne.CanvasObject
	// Group, where set, puts a band with a title and a caption above the first
	// row of each group.
	Group func(row R) (title, caption string)

	columns []Col[R]
	rows    []R
	key     func(R) string
}

// NewGrid returns an empty grid with a box to tick in each row. Key tells rows
// apart, so that ticks and the current row survive a refresh.
func NewGrid[R any](key func(row R) string, columns ...Col[R]) *Grid[R] {
	g := &Grid[R]{columns: columns, key: key}
	specs := make([]columnSpec, len(columns))
	for i, c := range columns {
		specs[i] = columnSpec{key: c.Key, title: c.Title, least: c.Min, tight: c.Tight, grow: c.Grow, drop: c.Drop, late: c.Late, sort: c.Sort}
	}
	g.cell = func(row, column int) Cell { return columns[column].Cell(g.rows[row]) }
	g.id = func(row int) string { return key(g.rows[row]) }
	g.onOpen = func(row int) {
		if g.OnOpen != nil {
			g.OnOpen(g.rows[row])
		}
	}
	g.onTicked = func() {
		if g.OnTicked != nil {
			g.OnTicked(g.Ticked())
		}
	}
	g.onCurrent = func(row int) {
		if g.OnCurrent != nil {
			g.OnCurrent(g.rows[row])
		}
	}
	g.detail = func(row int) fyne.CanvasObject { return g.Detail(g.rows[row]) }
	g.group = func(row int) (string, string) { return g.Group(g.rows[row]) }
	g.init(g, specs)
	return g
}

// NoTicks leaves out the boxes; the current row is then the chosen one.
func (g *Grid[R]) NoTicks() *Grid[R] {
	g.noTicks = true
	g.head.rebuild()
	return g
}

// SetRows shows a page of rows. Ticks of rows that are not on it are forgotten.
func (g *Grid[R]) SetRows(rows []R) {
	old := g.CurrentKey()
	g.rows = rows
	g.hasDetail, g.hasGroup = g.Detail != nil, g.Group != nil
	g.setCount(len(rows), old)
}

// Rows is the page that shows.
func (g *Grid[R]) Rows() []R { return g.rows }

// Ticked are the rows that are ticked, from top to bottom.
func (g *Grid[R]) Ticked() []R {
	var rows []R
	for _, row := range g.rows {
		if g.ticked[g.key(row)] {
			rows = append(rows, row)
		}
	}
	return rows
}

// Current is the row on which the keyboard stands.
func (g *Grid[R]) Current() (row R, ok bool) {
	if g.current < 0 || g.current >= len(g.rows) {
		return row, false
	}
	return g.rows[g.current], true
}

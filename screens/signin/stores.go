package signin

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// Measures of a store in the list, at scale 1.
const (
	storeHeight float32 = 64
	storeGap    float32 = 4
)

// storeList is the stores on the dark panel. Up and Down go through them, Enter
// or Space opens the one under the white ring.
type storeList struct {
	widget.BaseWidget
	choose func(index int)

	rows    []storeRow
	names   []string
	chosen  int
	at      int // under the ring
	hovered int // -1: none
	focused bool
	box     *fyne.Container
}

// storeRow is one store as it is drawn.
type storeRow struct {
	plate  *kit.Frame
	marker *kit.Fill
}

var (
	_ fyne.Focusable     = (*storeList)(nil)
	_ fyne.Tappable      = (*storeList)(nil)
	_ fyne.Accessible    = (*storeList)(nil)
	_ kit.Flowing        = (*storeList)(nil)
	_ desktop.Hoverable  = (*storeList)(nil)
	_ desktop.Cursorable = (*storeList)(nil)
)

func newStoreList(stores Stores, now time.Time, choose func(int)) *storeList {
	l := &storeList{choose: choose, chosen: stores.Chosen, at: stores.Chosen, hovered: -1}
	objects := make([]fyne.CanvasObject, 0, len(stores.Saved))
	for i, s := range stores.Saved {
		row, object := newStoreRow(s, storeWords(s, i == 0, now))
		l.rows, l.names = append(l.rows, row), append(l.names, s.Name)
		objects = append(objects, object)
	}
	l.box = kit.Column(storeGap, objects...)
	l.ExtendBaseWidget(l)
	l.paint()
	return l
}

func newStoreRow(s Saved, words string) (storeRow, fyne.CanvasObject) {
	tag := kit.NewTag(kit.TagOf(app.StoreInfo{Kind: s.Kind, Tag: s.Tag})).OnRail()
	text := kit.Column(1,
		kit.NewText(s.Name).Strong().In(kit.ColorRailOn).Ellipsis(),
		kit.NewText(words).At(kit.Size12).In(kit.ColorRailInk).Ellipsis())
	marker := kit.Plate(kit.ColorBrand)
	line := kit.Row(0,
		kit.Fix(3, kit.Scaled(storeHeight)-24, marker),
		kit.Grow(kit.Pad(0, kit.Space16, 0, 13, kit.Row(kit.Space12, kit.Grow(text), tag))))
	plate := kit.NewFrame(kit.ColorNone, kit.ColorNone, kit.AtLeast(0, kit.Scaled(storeHeight), line))
	return storeRow{plate: plate, marker: marker}, plate
}

func (l *storeList) setChosen(i int) {
	l.chosen, l.at = i, i
	l.Refresh()
}

func (l *storeList) paint() {
	for i, row := range l.rows {
		fill, line, edge := kit.ColorNone, kit.ColorNone, float32(1)
		if i == l.chosen || i == l.hovered {
			fill = kit.ColorRailSel
		}
		if l.focused && i == l.at {
			line, edge = kit.ColorRailOn, 2
			if fill == kit.ColorNone {
				fill = kit.ColorRail
			}
		}
		row.plate.SetColors(fill, line, edge)
		row.marker.SetColor(kit.ColorNone)
		if i == l.chosen {
			row.marker.SetColor(kit.ColorBrand)
		}
	}
}

// Refresh implements fyne.CanvasObject.
func (l *storeList) Refresh() {
	l.paint()
	l.BaseWidget.Refresh()
}

// HeightFor implements kit.Flowing.
func (l *storeList) HeightFor(width float32) float32 { return kit.HeightFor(l.box, width) }

// index is the store at a height, or -1.
func (l *storeList) index(y float32) int {
	for i, row := range l.rows {
		if top := row.plate.Position().Y; y >= top && y < top+row.plate.Size().Height {
			return i
		}
	}
	return -1
}

// Tapped implements fyne.Tappable.
func (l *storeList) Tapped(event *fyne.PointEvent) {
	if i := l.index(event.Position.Y); i >= 0 {
		l.choose(i)
	}
}

// FocusGained implements fyne.Focusable.
func (l *storeList) FocusGained() { l.focused, l.at = true, l.chosen; l.Refresh() }

// FocusLost implements fyne.Focusable.
func (l *storeList) FocusLost() { l.focused = false; l.Refresh() }

// TypedRune implements fyne.Focusable: Space opens.
func (l *storeList) TypedRune(r rune) {
	if r == ' ' && len(l.rows) > 0 {
		l.choose(l.at)
		return
	}
	kit.PassRune(l, r)
}

// TypedKey implements fyne.Focusable.
func (l *storeList) TypedKey(event *fyne.KeyEvent) {
	switch event.Name {
	case fyne.KeyUp:
		l.move(l.at - 1)
	case fyne.KeyDown:
		l.move(l.at + 1)
	case fyne.KeyHome:
		l.move(0)
	case fyne.KeyEnd:
		l.move(len(l.rows) - 1)
	case fyne.KeyReturn, fyne.KeyEnter:
		if len(l.rows) > 0 {
			l.choose(l.at)
		}
	default:
		kit.PassKey(l, event)
	}
}

func (l *storeList) move(to int) {
	l.at = min(max(to, 0), max(len(l.rows)-1, 0))
	l.Refresh()
}

// MouseIn implements desktop.Hoverable.
func (l *storeList) MouseIn(event *desktop.MouseEvent) { l.MouseMoved(event) }

// MouseMoved implements desktop.Hoverable.
func (l *storeList) MouseMoved(event *desktop.MouseEvent) {
	if i := l.index(event.Position.Y); i != l.hovered {
		l.hovered = i
		l.Refresh()
	}
}

// MouseOut implements desktop.Hoverable.
func (l *storeList) MouseOut() {
	l.hovered = -1
	l.Refresh()
}

// Cursor implements desktop.Cursorable.
func (l *storeList) Cursor() desktop.Cursor { return desktop.PointerCursor }

// AccessibilityLabel implements fyne.Accessible.
func (l *storeList) AccessibilityLabel() string {
	if l.at < 0 || l.at >= len(l.names) {
		return "Stores"
	}
	return l.names[l.at]
}

// AccessibilityRole implements fyne.Accessible.
func (l *storeList) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleContainer }

// CreateRenderer implements fyne.Widget.
func (l *storeList) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(l.box) }

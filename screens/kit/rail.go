package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"github.com/factordesk/factordesk/assets"
)

// Sizes of the left rail at scale 1.
const (
	railWidth  float32 = 88
	railItem   float32 = 76
	railHeight float32 = 56
	railGap    float32 = 6
)

// Logo shows the application's icon with a light edge, for dark grounds.
func Logo(side float32) fyne.CanvasObject {
	edge := newBox(ColorRail, ColorRailSel, side/4)
	picture := canvas.NewImageFromResource(fyne.NewStaticResource("factordesk.svg", assets.IconSVG))
	picture.FillMode = canvas.ImageFillContain
	return Fix(side, side, container.NewStack(edge.outer, PadAll(1, picture)))
}

// RailItem is one screen on the left rail: an icon over a word.
type RailItem struct {
	widget.BaseWidget
	OnTapped func()

	icon                     IconName
	chosen, hovered, focused bool

	plate  *box
	marker *canvas.Rectangle
	glyph  *glyph
	label  *word
	halo   *ring
}

var (
	_ fyne.Focusable     = (*RailItem)(nil)
	_ fyne.Tappable      = (*RailItem)(nil)
	_ fyne.Accessible    = (*RailItem)(nil)
	_ desktop.Hoverable  = (*RailItem)(nil)
	_ desktop.Cursorable = (*RailItem)(nil)
)

// NewRailItem returns an item that calls tapped when it is chosen.
func NewRailItem(icon IconName, text string, tapped func()) *RailItem {
	i := &RailItem{
		OnTapped: tapped, icon: icon,
		plate:  newBox(ColorRailSel, ColorNone, RadiusNote),
		marker: canvas.NewRectangle(nil),
		glyph:  newGlyph(icon, ColorRailInk, 20),
		label:  newWord(text, Size11, ColorRailInk, false),
		halo:   newRing(ColorRailOn, RadiusNote),
	}
	i.ExtendBaseWidget(i)
	i.paint()
	return i
}

// SetChosen marks the item of the screen that is shown.
func (i *RailItem) SetChosen(on bool) {
	if i.chosen != on {
		i.chosen = on
		i.Refresh()
	}
}

// Chosen tells whether the item is marked.
func (i *RailItem) Chosen() bool { return i.chosen }

// Tapped implements fyne.Tappable.
func (i *RailItem) Tapped(*fyne.PointEvent) {
	if i.OnTapped != nil {
		i.OnTapped()
	}
}

// FocusGained implements fyne.Focusable.
func (i *RailItem) FocusGained() { i.focused = true; i.Refresh() }

// FocusLost implements fyne.Focusable.
func (i *RailItem) FocusLost() { i.focused = false; i.Refresh() }

// TypedRune presses the item with Space and hands anything else on.
func (i *RailItem) TypedRune(r rune) {
	if r == ' ' {
		i.Tapped(nil)
		return
	}
	passRune(i, r)
}

// TypedKey presses the item with Enter and hands anything else on.
func (i *RailItem) TypedKey(event *fyne.KeyEvent) {
	if event.Name == fyne.KeyReturn || event.Name == fyne.KeyEnter {
		i.Tapped(nil)
		return
	}
	passKey(i, event)
}

// MouseIn implements desktop.Hoverable.
func (i *RailItem) MouseIn(*desktop.MouseEvent) { i.hovered = true; i.Refresh() }

// MouseMoved implements desktop.Hoverable.
func (i *RailItem) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (i *RailItem) MouseOut() { i.hovered = false; i.Refresh() }

// Cursor implements desktop.Cursorable.
func (i *RailItem) Cursor() desktop.Cursor { return desktop.PointerCursor }

// AccessibilityLabel implements fyne.Accessible.
func (i *RailItem) AccessibilityLabel() string { return i.label.Text.Text }

// AccessibilityRole implements fyne.Accessible.
func (i *RailItem) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

func (i *RailItem) paint() {
	ink := ColorRailInk
	if i.chosen || i.hovered {
		ink = ColorRailOn
	}
	fill := ColorNone
	if i.chosen || i.hovered {
		fill = ColorRailSel
	}
	i.plate.set(fill, ColorNone, 0)
	i.plate.paint()
	i.marker.FillColor = tint(ColorBrand)
	i.marker.CornerRadius = 1.5
	i.marker.Hidden = !i.chosen
	i.marker.Refresh()
	i.glyph.set(i.icon, ink)
	i.label.ink, i.label.bold = ink, i.chosen
	i.label.paint()
	i.halo.show(i.focused)
}

// CreateRenderer implements fyne.Widget.
func (i *RailItem) CreateRenderer() fyne.WidgetRenderer {
	objects := append(i.plate.objects(), i.marker, i.halo.Rectangle)
	objects = append(objects, i.glyph.Image, i.label.Text)
	return &renderer{
		widget: i, objects: objects, paint: i.paint,
		layout: func(size fyne.Size) {
			width, height := size.Width-2*railGap, size.Height
			i.plate.place(railGap, 0, width, height)
			i.marker.Move(fyne.NewPos(0, 5))
			i.marker.Resize(fyne.NewSize(3, height-10))
			i.halo.place(railGap+4, 4, width-8, height-8)
			i.glyph.place(round((size.Width-20)/2), 20)
			i.label.place(round((size.Width-i.label.width())/2), height-15)
		},
		min: func() fyne.Size { return fyne.NewSize(railWidth, railHeight) },
	}
}

// Rail puts items one under the other on the dark rail, the last one at its
// foot.
func Rail(items ...*RailItem) fyne.CanvasObject {
	top := []fyne.CanvasObject{Pad(9, 25, 9, 25, Logo(38))}
	for _, i := range items[:len(items)-1] {
		top = append(top, i)
	}
	foot := Pad(0, 0, 8, 0, items[len(items)-1])
	column := container.NewBorder(Column(railGap, top...), foot, nil, nil, layout.NewSpacer())
	return AtLeast(railWidth, 0, container.NewStack(Plate(ColorRail), column))
}

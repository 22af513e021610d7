package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Flowing is an object whose height depends on its width, as wrapped text does.
// Our layouts ask it, so that a page is right at the first pass; Fyne's own
// layouts know only the smallest size.
type Flowing interface {
	HeightFor(width float32) float32
}

// flowLayout is a layout that can tell its height at a width.
type flowLayout interface {
	fyne.Layout
	heightFor(objects []fyne.CanvasObject, width float32) float32
}

// HeightFor is the height that an object needs at a width; zero when hidden.
func HeightFor(o fyne.CanvasObject, width float32) float32 {
	if o == nil || !o.Visible() {
		return 0
	}
	switch v := o.(type) {
	case Flowing:
		return v.HeightFor(width)
	case *fyne.Container:
		if l, ok := v.Layout.(flowLayout); ok {
			return l.heightFor(v.Objects, width)
		}
	}
	return o.MinSize().Height
}

func contain(l fyne.Layout, objects ...fyne.CanvasObject) *fyne.Container {
	kept := make([]fyne.CanvasObject, 0, len(objects))
	for _, o := range objects {
		if o != nil {
			kept = append(kept, o)
		}
	}
	return container.New(l, kept...)
}

func visible(objects []fyne.CanvasObject) []fyne.CanvasObject {
	shown := make([]fyne.CanvasObject, 0, len(objects))
	for _, o := range objects {
		if o.Visible() {
			shown = append(shown, o)
		}
	}
	return shown
}

// growing is the weight with which an object takes the room that is left.
func growing(o fyne.CanvasObject) float32 {
	if c, ok := o.(*fyne.Container); ok {
		if g, ok := c.Layout.(*growLayout); ok {
			return g.weight
		}
	}
	return 0
}

// Grow marks an object in a Row or a Column as the one that takes the room that
// is left. Several share it alike.
func Grow(o fyne.CanvasObject) *fyne.Container { return GrowBy(1, o) }

// GrowBy is Grow with a weight, for shares such as 53 to 47.
func GrowBy(weight float32, o fyne.CanvasObject) *fyne.Container {
	return contain(&growLayout{weight: weight}, o)
}

// Spacer is empty room that grows; it pushes what follows to the far end.
func Spacer() *fyne.Container { return contain(&growLayout{weight: 1}) }

type growLayout struct{ weight float32 }

func (g *growLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Resize(size)
		o.Move(fyne.NewPos(0, 0))
	}
}

func (g *growLayout) MinSize(objects []fyne.CanvasObject) fyne.Size { return largest(objects) }

func (g *growLayout) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	return tallest(objects, width)
}

func largest(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, o := range objects {
		if o.Visible() {
			size = size.Max(o.MinSize())
		}
	}
	return size
}

func tallest(objects []fyne.CanvasObject, width float32) float32 {
	var height float32
	for _, o := range objects {
		height = max(height, HeightFor(o, width))
	}
	return height
}

// Column stacks objects from the top, each as wide as the column, with a gap
// between them. An object in Grow takes the height that is left.
func Column(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return contain(&columnLayout{gap: gap}, objects...)
}

type columnLayout struct{ gap float32 }

func (l *columnLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	shown := visible(objects)
	heights := make([]float32, len(shown))
	var fixed, weights float32
	for i, o := range shown {
		heights[i] = HeightFor(o, size.Width)
		fixed += heights[i]
		weights += growing(o)
	}
	if len(shown) > 1 {
		fixed += l.gap * float32(len(shown)-1)
	}
	spare := max(size.Height-fixed, 0)
	y := float32(0)
	for i, o := range shown {
		height := heights[i]
		if weight := growing(o); weight > 0 {
			height += spare * weight / weights
		}
		o.Move(fyne.NewPos(0, round(y)))
		o.Resize(fyne.NewSize(size.Width, round(height)))
		y += height + l.gap
	}
}

func (l *columnLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	shown := visible(objects)
	for _, o := range shown {
		least := o.MinSize()
		size.Width = max(size.Width, least.Width)
		size.Height += least.Height
	}
	if len(shown) > 1 {
		size.Height += l.gap * float32(len(shown)-1)
	}
	return size
}

func (l *columnLayout) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	var height float32
	shown := visible(objects)
	for _, o := range shown {
		height += HeightFor(o, width)
	}
	if len(shown) > 1 {
		height += l.gap * float32(len(shown)-1)
	}
	return height
}

// align says where an object of a row stands when the row is higher.
type align int

const (
	alignMiddle align = iota
	alignTop
	alignFill
)

// Row puts objects side by side, each in the middle of the row's height. Wrapped
// text in a row belongs in Grow.
func Row(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return contain(&rowLayout{gap: gap, align: alignMiddle}, objects...)
}

// RowTop is Row with the objects at the top.
func RowTop(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return contain(&rowLayout{gap: gap, align: alignTop}, objects...)
}

// RowFill is Row with the objects as high as the row.
func RowFill(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return contain(&rowLayout{gap: gap, align: alignFill}, objects...)
}

type rowLayout struct {
	gap   float32
	align align
}

func (l *rowLayout) widths(shown []fyne.CanvasObject, width float32) []float32 {
	widths := make([]float32, len(shown))
	var weights float32
	spare := width
	if len(shown) > 1 {
		spare -= l.gap * float32(len(shown)-1)
	}
	for i, o := range shown {
		if weight := growing(o); weight > 0 {
			weights += weight
			continue
		}
		widths[i] = o.MinSize().Width
		spare -= widths[i]
	}
	if weights == 0 {
		return widths
	}
	for i, o := range shown {
		if weight := growing(o); weight > 0 {
			widths[i] = max(spare*weight/weights, 0)
		}
	}
	return widths
}

func (l *rowLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	shown := visible(objects)
	widths := l.widths(shown, size.Width)
	x := float32(0)
	for i, o := range shown {
		height, y := HeightFor(o, widths[i]), float32(0)
		switch l.align {
		case alignMiddle:
			y = round((size.Height - height) / 2)
		case alignFill:
			height = size.Height
		case alignTop:
		}
		o.Move(fyne.NewPos(round(x), y))
		o.Resize(fyne.NewSize(round(widths[i]), height))
		x += widths[i] + l.gap
	}
}

func (l *rowLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	shown := visible(objects)
	for _, o := range shown {
		least := o.MinSize()
		size.Width += least.Width
		size.Height = max(size.Height, least.Height)
	}
	if len(shown) > 1 {
		size.Width += l.gap * float32(len(shown)-1)
	}
	return size
}

func (l *rowLayout) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	shown := visible(objects)
	var height float32
	for i, w := range l.widths(shown, width) {
		height = max(height, HeightFor(shown[i], w))
	}
	return height
}

// Pad puts room around an object: top, right, bottom, left.
func Pad(top, right, bottom, left float32, o fyne.CanvasObject) *fyne.Container {
	return contain(&padLayout{top, right, bottom, left}, o)
}

// PadAll puts the same room on all four sides.
func PadAll(room float32, o fyne.CanvasObject) *fyne.Container {
	return Pad(room, room, room, room, o)
}

// PadXY puts one room at the sides and another above and below.
func PadXY(x, y float32, o fyne.CanvasObject) *fyne.Container { return Pad(y, x, y, x, o) }

type padLayout struct{ top, right, bottom, left float32 }

func (l *padLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Move(fyne.NewPos(l.left, l.top))
		o.Resize(fyne.NewSize(max(size.Width-l.left-l.right, 0), max(size.Height-l.top-l.bottom, 0)))
	}
}

func (l *padLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return largest(objects).AddWidthHeight(l.left+l.right, l.top+l.bottom)
}

func (l *padLayout) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	return tallest(objects, width-l.left-l.right) + l.top + l.bottom
}

// Fix gives an object a width and a height; zero leaves one as it is.
func Fix(width, height float32, o fyne.CanvasObject) *fyne.Container {
	return contain(&fixLayout{width: width, height: height, exact: true}, o)
}

// AtLeast gives an object a smallest width and height.
func AtLeast(width, height float32, o fyne.CanvasObject) *fyne.Container {
	return contain(&fixLayout{width: width, height: height}, o)
}

// Sized is Fix with sizes that grow with the text.
func Sized(width, height float32, o fyne.CanvasObject) *fyne.Container {
	return contain(&fixLayout{width: width, height: height, exact: true, scaled: true}, o)
}

type fixLayout struct {
	width, height float32
	exact, scaled bool
}

func (l *fixLayout) asked() (width, height float32) {
	if l.scaled {
		return Scaled(l.width), Scaled(l.height)
	}
	return l.width, l.height
}

func (l *fixLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Move(fyne.NewPos(0, 0))
		o.Resize(size)
	}
}

func (l *fixLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := largest(objects)
	width, height := l.asked()
	if !l.exact {
		return size.Max(fyne.NewSize(width, height))
	}
	if width > 0 {
		size = fyne.NewSize(width, tallest(objects, width))
	}
	if height > 0 {
		size.Height = height
	}
	return size
}

func (l *fixLayout) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	_, height := l.asked()
	if l.exact && height > 0 {
		return height
	}
	return max(tallest(objects, width), height)
}

// Stack lays objects over each other, all of one size.
func Stack(objects ...fyne.CanvasObject) *fyne.Container {
	return contain(&growLayout{}, objects...)
}

// Center puts an object in the middle of the room, not wider than maxWidth
// (zero: its own smallest width).
func Center(maxWidth float32, o fyne.CanvasObject) *fyne.Container {
	return contain(&centerLayout{width: maxWidth}, o)
}

type centerLayout struct{ width float32 }

func (l *centerLayout) widthIn(o fyne.CanvasObject, room float32) float32 {
	if l.width > 0 {
		return min(l.width, room)
	}
	return min(o.MinSize().Width, room)
}

func (l *centerLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		width := l.widthIn(o, size.Width)
		height := HeightFor(o, width)
		o.Move(fyne.NewPos(round((size.Width-width)/2), round(max((size.Height-height)/2, 0))))
		o.Resize(fyne.NewSize(width, height))
	}
}

func (l *centerLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := largest(objects)
	if l.width > 0 {
		size.Height = tallest(objects, l.width)
	}
	return size
}

func (l *centerLayout) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	var height float32
	for _, o := range objects {
		height = max(height, HeightFor(o, l.widthIn(o, width)))
	}
	return height
}

// OnWidth calls change whenever the room's width has become another one, before
// its content is laid out; for screens that rearrange when narrow.
func OnWidth(o fyne.CanvasObject, change func(width float32)) *fyne.Container {
	return contain(&widthLayout{change: change}, o)
}

type widthLayout struct {
	growLayout
	change func(float32)
	last   float32
}

func (l *widthLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	if l.last != size.Width {
		l.last = size.Width
		l.change(size.Width)
	}
	l.growLayout.Layout(objects, size)
}

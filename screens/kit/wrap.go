package kit

import "fyne.io/fyne/v2"

// Wrap puts objects side by side and goes on in a new line where they do not
// fit.
func Wrap(gapX, gapY float32, objects ...fyne.CanvasObject) *fyne.Container {
	return contain(&wrapLayout{x: gapX, y: gapY}, objects...)
}

type wrapLayout struct {
	x, y float32
	last float32 // width of the last layout
}

func (l *wrapLayout) walk(objects []fyne.CanvasObject, width float32, put func(o fyne.CanvasObject, x, y float32, least fyne.Size)) float32 {
	var x, y, line float32
	for _, o := range visible(objects) {
		least := o.MinSize()
		if x > 0 && x+least.Width > width+0.5 {
			x, y, line = 0, y+line+l.y, 0
		}
		if put != nil {
			put(o, x, y, least)
		}
		x += least.Width + l.x
		line = max(line, least.Height)
	}
	return y + line
}

func (l *wrapLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	l.last = size.Width
	l.walk(objects, size.Width, func(o fyne.CanvasObject, x, y float32, least fyne.Size) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(min(least.Width, size.Width), least.Height))
	})
}

func (l *wrapLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := largest(objects)
	if l.last > 0 {
		size.Height = l.walk(objects, l.last, nil)
	}
	return size
}

func (l *wrapLayout) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	return l.walk(objects, width, nil)
}

// Tiles puts cards two by two from breakAt units of room on, and one under the
// other below that; the cards of a row share its height.
func Tiles(breakAt, gap float32, cards ...fyne.CanvasObject) *fyne.Container {
	return contain(&tileLayout{breakAt: breakAt, gap: gap}, cards...)
}

type tileLayout struct {
	breakAt, gap float32
	last         float32
}

func (l *tileLayout) walk(objects []fyne.CanvasObject, width float32, put func(o fyne.CanvasObject, x, y, w, h float32)) float32 {
	columns := 1
	if width >= l.breakAt {
		columns = 2
	}
	each := (width - l.gap*float32(columns-1)) / float32(columns)
	shown := visible(objects)
	y := float32(0)
	for i := 0; i < len(shown); i += columns {
		row := shown[i:min(i+columns, len(shown))]
		height := tallest(row, each)
		for j, o := range row {
			if put != nil {
				put(o, round(float32(j)*(each+l.gap)), y, round(each), height)
			}
		}
		y += height + l.gap
	}
	return max(y-l.gap, 0)
}

func (l *tileLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	l.last = size.Width
	l.walk(objects, size.Width, func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(w, h))
	})
}

func (l *tileLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := largest(objects)
	if l.last > 0 {
		size.Height = l.walk(objects, l.last, nil)
	}
	return size
}

func (l *tileLayout) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	return l.walk(objects, width, nil)
}

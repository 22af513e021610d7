package kit

import "fyne.io/fyne/v2"

// Side says how wide the left of two cards is: Wide as a rule, Narrow where
// both together have less room than NarrowBelow, and as wide as the room, over
// the right one, below StackBelow.
type Side struct{ Wide, NarrowBelow, Narrow, StackBelow float32 }

// Beside puts a card of its own width at the left of one that takes the rest;
// both are as high as the higher one, or as
// the room.
func Beside(side Side, gap float32, left, right fyne.CanvasObject) *fyne.Container {
	return contain(&besideLayout{side: side, gap: gap}, left, right)
}

type besideLayout struct {
	side Side
	gap  float32
	last float32
}

// widths are those of the two cards; stacked, both are the room's.
func (l *besideLayout) widths(room float32) (left, right float32, stacked bool) {
	if room < l.side.StackBelow {
		return room, room, true
	}
	left = l.side.Wide
	if room < l.side.NarrowBelow {
		left = l.side.Narrow
	}
	return left, max(room-left-l.gap, 0), false
}

func (l *besideLayout) heights(objects []fyne.CanvasObject, room float32) (left, right float32) {
	lw, rw, stacked := l.widths(room)
	left, right = HeightFor(objects[0], lw), HeightFor(objects[1], rw)
	if !stacked {
		left = max(left, right)
		right = left
	}
	return left, right
}

func (l *besideLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	l.last = size.Width
	lw, rw, stacked := l.widths(size.Width)
	lh, rh := l.heights(objects, size.Width)
	if !stacked {
		lh = max(lh, size.Height)
		rh = lh
	}
	objects[0].Move(fyne.NewPos(0, 0))
	objects[0].Resize(fyne.NewSize(lw, lh))
	at := fyne.NewPos(lw+l.gap, 0)
	if stacked {
		at = fyne.NewPos(0, lh+l.gap)
	}
	objects[1].Move(at)
	objects[1].Resize(fyne.NewSize(rw, rh))
}

func (l *besideLayout) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	lh, rh := l.heights(objects, width)
	if _, _, stacked := l.widths(width); stacked {
		return lh + l.gap + rh
	}
	return lh
}

// MinSize asks for little width, so that the page never scrolls sideways.
func (l *besideLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := fyne.NewSize(l.side.Narrow, 0)
	if l.last > 0 {
		size.Height = l.heightFor(objects, l.last)
	}
	return size
}

// Square makes an object as high as it is wide.
func Square(o fyne.CanvasObject) *fyne.Container { return contain(&squareLayout{}, o) }

type squareLayout struct{ growLayout }

func (l *squareLayout) heightFor(_ []fyne.CanvasObject, width float32) float32 { return width }

// AtMost puts an object at the left, not wider than maxWidth at scale 1.
func AtMost(maxWidth float32, o fyne.CanvasObject) *fyne.Container {
	return contain(&atMostLayout{width: maxWidth}, o)
}

type atMostLayout struct{ width float32 }

func (l *atMostLayout) room(width float32) float32 { return min(width, Scaled(l.width)) }

func (l *atMostLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Move(fyne.NewPos(0, 0))
		o.Resize(fyne.NewSize(l.room(size.Width), size.Height))
	}
}

func (l *atMostLayout) MinSize(objects []fyne.CanvasObject) fyne.Size { return largest(objects) }

func (l *atMostLayout) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	return tallest(objects, l.room(width))
}

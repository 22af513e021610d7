package kit

import "fyne.io/fyne/v2"

// Between puts something, a page that scrolls as a rule, between a head and a
// foot, and draws these over it on grounds of their own. What is scrolled away
// then neither shows nor takes a tap there: Fyne looks only at the innermost
// clip, and a text field has one of its own.
func Between(head, body, foot fyne.CanvasObject) *fyne.Container {
	return contain(&betweenLayout{}, body, Stack(Plate(ColorBg), head), Stack(Plate(ColorHead), foot))
}

type betweenLayout struct{}

func (l *betweenLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	head, foot := HeightFor(objects[1], size.Width), HeightFor(objects[2], size.Width)
	objects[0].Move(fyne.NewPos(0, head))
	objects[0].Resize(fyne.NewSize(size.Width, max(size.Height-head-foot, 0)))
	objects[1].Move(fyne.NewPos(0, 0))
	objects[1].Resize(fyne.NewSize(size.Width, head))
	objects[2].Move(fyne.NewPos(0, size.Height-foot))
	objects[2].Resize(fyne.NewSize(size.Width, foot))
}

func (l *betweenLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, o := range objects {
		least := o.MinSize()
		size = fyne.NewSize(max(size.Width, least.Width), size.Height+least.Height)
	}
	return size
}

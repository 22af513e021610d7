package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// Scroll is a page that scrolls as a whole, up and down. The content gets the
// full width, and at least the height of the view, so Grow works in it.
func Scroll(content fyne.CanvasObject) *ScrollView {
	v := &ScrollView{}
	v.fill(content)
	v.ExtendBaseWidget(v)
	return v
}

func (v *ScrollView) fill(content fyne.CanvasObject) {
	v.flow = &scrollLayout{}
	v.inner = contain(v.flow, content)
	v.scroll = container.NewVScroll(v.inner)
}

// ScrollView is a scrolling page. Make it with Scroll.
type ScrollView struct {
	widget.BaseWidget
	flow   *scrollLayout
	inner  *fyne.Container
	scroll *container.Scroll
}

// SetContent shows something else, from its top.
func (v *ScrollView) SetContent(content fyne.CanvasObject) {
	v.inner.Objects = []fyne.CanvasObject{content}
	v.scroll.Offset = fyne.NewPos(0, 0)
	v.Refresh()
}

// ScrollToTop goes to the top of the page.
func (v *ScrollView) ScrollToTop() { v.scroll.ScrollToTop() }

// ScrollToBottom goes to the end of the page.
func (v *ScrollView) ScrollToBottom() { v.scroll.ScrollToBottom() }

// ScrollBy moves the page down by a share of what is in sight, up if negative,
// for the PageDown and PageUp of a screen.
func (v *ScrollView) ScrollBy(share float32) {
	end := max(v.inner.Size().Height-v.Size().Height, 0)
	v.scroll.ScrollToOffset(fyne.NewPos(0, min(max(v.scroll.Offset.Y+share*v.Size().Height, 0), end)))
}

// Offset is how far the page is scrolled down.
func (v *ScrollView) Offset() float32 { return v.scroll.Offset.Y }

// CreateRenderer implements fyne.Widget.
func (v *ScrollView) CreateRenderer() fyne.WidgetRenderer {
	return &renderer{
		widget:  v,
		objects: []fyne.CanvasObject{v.scroll},
		layout: func(size fyne.Size) {
			v.flow.width = size.Width
			v.scroll.Resize(size)
			v.scroll.Refresh()
			v.watch()
		},
		min: func() fyne.Size { return fyne.NewSize(v.inner.MinSize().Width, Scaled(HeightRow)) },
	}
}

// scrollLayout makes the content as high as it needs to be at the view's width.
type scrollLayout struct {
	growLayout
	width float32
}

func (l *scrollLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := largest(objects)
	if l.width > 0 {
		size.Height = tallest(objects, l.width)
	}
	return size
}

// fitScroll is as high as its content where there is room, and scrolls where
// there is not; the body of a dialog.
type fitScroll struct {
	ScrollView
}

func newFitScroll(content fyne.CanvasObject) *fitScroll {
	v := &fitScroll{}
	v.fill(content)
	v.ExtendBaseWidget(v)
	return v
}

// HeightFor implements Flowing.
func (v *fitScroll) HeightFor(width float32) float32 {
	return tallest(v.inner.Objects, width)
}

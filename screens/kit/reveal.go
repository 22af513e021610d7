package kit

import (
	"slices"

	"fyne.io/fyne/v2"
)

// revealRoom is how much of a page is kept in sight around what has the focus.
const revealRoom = Space24

// reveal scrolls the page so that a widget that has just got the focus is in
// sight: Fyne moves the focus with Tab and leaves the page where it is.
func reveal(o fyne.CanvasObject) { revealPart(o, 0, o.Size().Height) }

// revealPart does the same with a part of a widget: the chosen line of a list
// that is higher than the page.
func revealPart(o fyne.CanvasObject, y, height float32) {
	c := canvasOf(o)
	if c == nil {
		return
	}
	size := fyne.NewSize(o.Size().Width, height)
	if over := c.Overlays().Top(); over != nil {
		if dialog, ok := over.(*overlay); ok {
			dialog.reveal(o, y, size)
		}
		return
	}
	r, ok := c.Content().(*root)
	if !ok || r.still {
		return
	}
	driver := fyne.CurrentApp().Driver()
	at := driver.AbsolutePositionForObject(o).AddXY(0, y)
	r.views = slices.DeleteFunc(r.views, func(v *ScrollView) bool {
		place := driver.AbsolutePositionForObject(v)
		if place.IsZero() {
			return true // the driver's answer for what is not in the window
		}
		v.reveal(at.Subtract(place), size)
		return false
	})
}

// reveal scrolls the body of a dialog; the buttons in its foot never move.
func (o *overlay) reveal(object fyne.CanvasObject, y float32, size fyne.Size) {
	body, ok := o.card.body.(*fitScroll)
	if !ok || within(o.card.foot, object) {
		return
	}
	driver := fyne.CurrentApp().Driver()
	at := driver.AbsolutePositionForObject(object).AddXY(0, y)
	body.reveal(at.Subtract(driver.AbsolutePositionForObject(body)), size)
}

// within tells whether an object is in a tree of containers.
func within(tree, object fyne.CanvasObject) bool {
	if tree == object {
		return true
	}
	c, ok := tree.(*fyne.Container)
	return ok && slices.ContainsFunc(c.Objects, func(child fyne.CanvasObject) bool { return within(child, object) })
}

// watch makes the window remember a page that scrolls.
func (v *ScrollView) watch() {
	c := canvasOf(v)
	if c == nil {
		return
	}
	if r, ok := c.Content().(*root); ok && !slices.Contains(r.views, v) {
		r.views = append(r.views, v)
	}
}

// reveal scrolls to something at a place seen from the view's corner, unless it
// lies outside of the page.
func (v *ScrollView) reveal(at fyne.Position, size fyne.Size) {
	view, top := v.Size(), at.Y+v.scroll.Offset.Y
	if at.X < 0 || at.X > view.Width || top < 0 || top > v.inner.Size().Height {
		return
	}
	offset := v.scroll.Offset.Y
	if bottom := top + size.Height + revealRoom; bottom > offset+view.Height {
		offset = bottom - view.Height
	}
	if top-revealRoom < offset {
		offset = top - revealRoom
	}
	offset = min(max(offset, 0), max(v.inner.Size().Height-view.Height, 0))
	if offset != v.scroll.Offset.Y {
		v.scroll.ScrollToOffset(fyne.NewPos(0, offset))
	}
}

package kit

import "fyne.io/fyne/v2"

// mostStops bounds the walk along the Tab order of a page.
const mostStops = 120

// KeepFocus builds a part of the page anew. Where the widget that has the focus is
// gone afterwards, the one with the same words gets it, and otherwise fallback;
// the page stays where it is scrolled to.
func (k *Kit) KeepFocus(fallback fyne.Focusable, rebuild func()) {
	c := k.Window.Canvas()
	had := c.Focused()
	words := labelOf(had)
	k.core.root.still = true
	defer func() { k.core.root.still = false }()
	rebuild()
	if had == nil || k.DialogOpen() || !k.Gone(had) {
		return
	}
	c.Focus(fallback)
	for range mostStops {
		c.FocusNext()
		switch f := c.Focused(); {
		case words != "" && labelOf(f) == words:
			return
		case f == nil || f == fallback:
			c.Focus(fallback)
			return
		}
	}
	c.Focus(fallback)
}

func labelOf(f fyne.Focusable) string {
	if named, ok := f.(fyne.Accessible); ok {
		return named.AccessibilityLabel()
	}
	return ""
}

// Gone tells whether a widget is not in the window any more. What is gone has no
// place: the driver then says the corner of the window, where nothing of ours
// begins.
func (k *Kit) Gone(f fyne.Focusable) bool {
	o, ok := f.(fyne.CanvasObject)
	return !ok || fyne.CurrentApp().Driver().AbsolutePositionForObject(o).IsZero()
}

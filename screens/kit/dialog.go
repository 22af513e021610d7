package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Store is what a dialog says about the store it acts on: name and tag in a
// band at its top, wine for production.
type Store struct {
	Name string
	Tag  StoreTag
}

// DialogSpec is what a dialog is made of.
type DialogSpec struct {
	Store   Store   // no name: no band
	Title   string  // 20, bold
	Width   float32 // 480 if zero
	Body    fyne.CanvasObject
	Hint    string    // keys at the left of the foot: "[Esc] cancels"
	Buttons []*Button // at the right, the safe one first; a button without
	// OnTapped closes the dialog as Esc does
	Focus    fyne.Focusable // has the focus first; otherwise the last button
	OnEnter  func()         // Enter that no widget took; otherwise presses the last button
	OnCancel func()         // after Esc or a button without OnTapped has closed the dialog
	Sticky   bool           // Esc does nothing: the buttons are the only way out
}

// Dialog is an open dialog. It keeps Tab within itself, takes Enter and Esc from
// wherever the focus is, and gives the focus back when it closes. While one is
// open the window's shortcuts do not apply.
type Dialog struct {
	kit    *Kit
	spec   DialogSpec
	scope  *Scope
	over   *overlay
	before fyne.Focusable
	closed bool
	stops  []func()
}

// Dialog opens a dialog.
func (k *Kit) Dialog(spec DialogSpec) *Dialog {
	if spec.Width == 0 {
		spec.Width = 480
	}
	d := &Dialog{kit: k, spec: spec, scope: NewScope(k.core.runner)}
	d.over = newOverlay(k.core.clock, d.card(), spec.Width)
	c := k.Window.Canvas()
	d.before = c.Focused()
	c.Unfocus()
	k.core.root.layer.endTip()
	k.core.open = append(k.core.open, d)
	c.Overlays().Add(d.over)
	d.over.appear()
	switch {
	case spec.Focus != nil:
		c.Focus(spec.Focus)
	case len(spec.Buttons) > 0:
		c.Focus(spec.Buttons[len(spec.Buttons)-1])
	}
	return d
}

func (d *Dialog) card() *Card {
	parts := []fyne.CanvasObject{}
	if d.spec.Title != "" {
		parts = append(parts, Title(d.spec.Title).Wrapped())
	}
	if d.spec.Body != nil {
		parts = append(parts, d.spec.Body)
	}
	body := newFitScroll(Pad(20, Space24, Space24, Space24, Column(Space8, parts...)))
	card := NewCard(body).Room(0).Round()
	if d.spec.Store.Name != "" {
		name := NewText(d.spec.Store.Name).Strong().AtMost(280)
		tag := NewTag(d.spec.Store.Tag)
		if d.spec.Store.Tag == TagProduction {
			name.In(ColorOnProd)
			tag.OnWine()
			card.Wine()
		}
		card.Head(PadXY(Space24, 7, Row(10, name, tag, Spacer())))
	}
	row, gap := []fyne.CanvasObject{}, Space8
	if len(d.spec.Buttons) > 0 && d.spec.Focus == fyne.Focusable(d.spec.Buttons[0]) {
		gap = Space12 // room for the focus ring between the buttons
	}
	if d.spec.Hint != "" {
		row = append(row, Keys(d.spec.Hint))
	}
	row = append(row, Spacer())
	for _, b := range d.spec.Buttons {
		if b.OnTapped == nil {
			b.OnTapped = d.Cancel
		}
		row = append(row, b)
	}
	if len(row) > 1 {
		card.Foot(PadXY(Space24, Space12, Row(gap, row...)))
	}
	return card
}

// Close removes the dialog and gives the focus back. Work begun with Runner is
// canceled.
func (d *Dialog) Close() {
	if d.closed {
		return
	}
	before := d.before
	d.remove()
	if before != nil {
		d.kit.Window.Canvas().Focus(before)
	}
}

// remove takes the dialog, and any over it, off the window.
func (d *Dialog) remove() {
	open := d.kit.core.open
	for i, o := range open {
		if o != d {
			continue
		}
		for _, gone := range open[i:] {
			gone.closed = true
			gone.scope.Cancel()
			for _, stop := range gone.stops {
				stop()
			}
		}
		d.kit.core.open = open[:i]
		break
	}
	d.kit.Window.Canvas().Overlays().Remove(d.over)
}

// Cancel closes the dialog as Esc does.
func (d *Dialog) Cancel() {
	if d.closed {
		return
	}
	d.Close()
	if d.spec.OnCancel != nil {
		d.spec.OnCancel()
	}
}

// Closed tells whether the dialog has gone.
func (d *Dialog) Closed() bool { return d.closed }

// Runner runs work whose results are dropped when the dialog closes.
func (d *Dialog) Runner() Runner { return d.scope }

// UntilClosed keeps a stop function, of a ticker say, and calls it at the end.
func (d *Dialog) UntilClosed(stop func()) { d.stops = append(d.stops, stop) }

// Refresh lays the dialog out again after its body has changed.
func (d *Dialog) Refresh() { d.over.Refresh() }

func (d *Dialog) typedKey(event *fyne.KeyEvent) {
	switch event.Name {
	case fyne.KeyEscape:
		if !d.spec.Sticky {
			d.Cancel()
		}
	case fyne.KeyReturn, fyne.KeyEnter:
		switch {
		case d.spec.OnEnter != nil:
			d.spec.OnEnter()
		case len(d.spec.Buttons) > 0:
			d.spec.Buttons[len(d.spec.Buttons)-1].Press()
		}
	}
}

// typedRune swallows characters that no field took.
func (d *Dialog) typedRune(rune) {}

// top is the dialog that has the keys, if any.
func (c *core) top() *Dialog {
	if len(c.open) == 0 {
		return nil
	}
	return c.open[len(c.open)-1]
}

// overlay is the scrim with a card in its middle.
type overlay struct {
	widget.BaseWidget
	scrim *canvas.Rectangle
	card  *Card
	width float32
	layer *layer
}

var (
	_ fyne.Tappable     = (*overlay)(nil)
	_ desktop.Hoverable = (*overlay)(nil)
	_ fyne.Scrollable   = (*overlay)(nil)
)

func newOverlay(clock Clock, card *Card, width float32) *overlay {
	o := &overlay{
		scrim: canvas.NewRectangle(tint(ColorScrim)),
		card:  card, width: width, layer: newLayer(clock),
	}
	o.ExtendBaseWidget(o)
	return o
}

func (o *overlay) tipLayer() *layer { return o.layer }

// Tapped implements fyne.Tappable; a tap beside the card does nothing.
func (o *overlay) Tapped(*fyne.PointEvent) {}

// MouseIn implements desktop.Hoverable, so that nothing under the scrim glows.
func (o *overlay) MouseIn(*desktop.MouseEvent) {}

// MouseMoved implements desktop.Hoverable.
func (o *overlay) MouseMoved(*desktop.MouseEvent) { stir(o) }

// MouseOut implements desktop.Hoverable.
func (o *overlay) MouseOut() {}

// Scrolled implements fyne.Scrollable, so that nothing under the scrim moves.
func (o *overlay) Scrolled(*fyne.ScrollEvent) {}

// appear fades the scrim in over 120 ms.
func (o *overlay) appear() {
	if !fyne.CurrentApp().Settings().ShowAnimations() {
		return
	}
	canvas.NewColorRGBAAnimation(tint(ColorNone), tint(ColorScrim), canvas.DurationShort*4/5, func(c color.Color) {
		o.scrim.FillColor = c
		o.scrim.Refresh()
	}).Start()
}

// CreateRenderer implements fyne.Widget.
func (o *overlay) CreateRenderer() fyne.WidgetRenderer {
	o.paint()
	return &renderer{
		widget:  o,
		objects: []fyne.CanvasObject{o.scrim, o.card, o.layer},
		layout: func(size fyne.Size) {
			o.scrim.Resize(size)
			o.layer.Resize(size)
			width := min(o.width, size.Width-2*Space16)
			height := min(o.card.HeightFor(width), size.Height-2*Space16)
			at := fyne.NewPos(round((size.Width-width)/2), round(max((size.Height-height)*0.42, Space16)))
			o.card.Move(at)
			o.card.Resize(fyne.NewSize(width, height))
		},
		min:   func() fyne.Size { return fyne.NewSize(320, 200) },
		paint: o.paint,
	}
}

func (o *overlay) paint() {
	o.scrim.FillColor = tint(ColorScrim)
	o.card.frame.outer.Shadow = canvas.Shadow{Color: tint(ColorShade), BlurRadius: 44, Offset: fyne.NewPos(0, 18)}
	o.scrim.Refresh()
}

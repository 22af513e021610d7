package kit

import (
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

func round(v float32) float32 { return float32(math.Round(float64(v))) }

// renderer is the one renderer of all our widgets. The canvas objects belong to
// the widget, so a renderer may be thrown away and made again (Fyne does so
// with what was not on the screen for a while).
type renderer struct {
	widget  fyne.Widget
	objects []fyne.CanvasObject
	layout  func(fyne.Size)
	min     func() fyne.Size
	paint   func() // takes colors and text of now; may be nil
	list    func() []fyne.CanvasObject
}

var _ fyne.WidgetRenderer = (*renderer)(nil)

func (r *renderer) Destroy() {}

func (r *renderer) Layout(size fyne.Size) { r.layout(size) }

func (r *renderer) MinSize() fyne.Size { return r.min() }

func (r *renderer) Objects() []fyne.CanvasObject {
	if r.list != nil {
		return r.list()
	}
	return r.objects
}

func (r *renderer) Refresh() {
	if r.paint != nil {
		r.paint()
	}
	r.layout(r.widget.Size())
	canvas.Refresh(r.widget)
}

// sides tells which ends of a box are rounded.
type sides int

const (
	allSides sides = iota
	topSide
	bottomSide
	noSide
)

// box is a filled rectangle with an edge. It is drawn as two fills, one inside
// the other: Fyne's painters disagree on where a stroke lies (the window draws
// it inside, the picture half outside), and a fill is crisp in both.
type box struct {
	outer, inner *canvas.Rectangle
	fill, line   fyne.ThemeColorName
	edge, radius float32
	round        sides
}

func newBox(fill, line fyne.ThemeColorName, radius float32) *box {
	b := &box{
		outer: canvas.NewRectangle(nil), inner: canvas.NewRectangle(nil),
		fill: fill, line: line, edge: 1, radius: radius,
	}
	b.paint()
	return b
}

func (b *box) objects() []fyne.CanvasObject { return []fyne.CanvasObject{b.outer, b.inner} }

// set changes colors and edge width, and repaints.
func (b *box) set(fill, line fyne.ThemeColorName, edge float32) {
	if b.fill == fill && b.line == line && b.edge == edge && b.outer.FillColor == tint(line) {
		return
	}
	b.fill, b.line, b.edge = fill, line, edge
	b.paint()
}

func (b *box) paint() {
	b.outer.Hidden = b.line == ColorNone
	b.inner.Hidden = b.fill == ColorNone
	b.outer.FillColor = tint(b.line)
	b.inner.FillColor = tint(b.fill)
	inset := b.inset()
	corner(b.outer, b.radius, b.round)
	corner(b.inner, max(b.radius-inset, 0), b.round)
	b.outer.Refresh()
	b.inner.Refresh()
}

func (b *box) inset() float32 {
	if b.line == ColorNone {
		return 0
	}
	return b.edge
}

func (b *box) place(x, y, w, h float32) {
	inset := b.inset()
	b.outer.Move(fyne.NewPos(x, y))
	b.outer.Resize(fyne.NewSize(w, h))
	b.inner.Move(fyne.NewPos(x+inset, y+inset))
	b.inner.Resize(fyne.NewSize(max(w-2*inset, 0), max(h-2*inset, 0)))
}

func (b *box) hide() { b.outer.Hide(); b.inner.Hide() }

func corner(r *canvas.Rectangle, radius float32, where sides) {
	r.CornerRadius = 0
	r.TopLeftCornerRadius, r.TopRightCornerRadius = 0, 0
	r.BottomLeftCornerRadius, r.BottomRightCornerRadius = 0, 0
	switch where {
	case allSides:
		r.CornerRadius = radius
	case topSide:
		r.TopLeftCornerRadius, r.TopRightCornerRadius = radius, radius
	case bottomSide:
		r.BottomLeftCornerRadius, r.BottomRightCornerRadius = radius, radius
	case noSide:
	}
}

// ring is the 2 px focus ring, 2 px outside the thing that has the focus.
type ring struct {
	*canvas.Rectangle
	ink    fyne.ThemeColorName
	radius float32
}

func newRing(ink fyne.ThemeColorName, radius float32) *ring {
	r := &ring{Rectangle: canvas.NewRectangle(nil), ink: ink, radius: radius}
	r.Hide()
	return r
}

func (r *ring) show(on bool) {
	r.Hidden = !on
	r.StrokeColor = tint(r.ink)
	r.FillColor = tint(ColorNone)
	r.StrokeWidth = 2
	r.CornerRadius = r.radius + 4
	r.Refresh()
}

func (r *ring) place(x, y, w, h float32) {
	r.Move(fyne.NewPos(x-4, y-4))
	r.Resize(fyne.NewSize(w+8, h+8))
}

// word is a single line of text that repaints itself in a token's color.
type word struct {
	*canvas.Text
	ink        fyne.ThemeColorName
	size       float32
	bold, mono bool
}

func newWord(text string, size float32, ink fyne.ThemeColorName, bold bool) *word {
	w := &word{Text: canvas.NewText(text, nil), ink: ink, size: size, bold: bold}
	w.paint()
	return w
}

func (w *word) paint() {
	ink, size := tint(w.ink), w.size*textScale()
	style := fyne.TextStyle{Bold: w.bold && !w.mono, Monospace: w.mono}
	if w.Color == ink && w.TextSize == size && w.TextStyle == style {
		return
	}
	w.Color, w.TextSize, w.TextStyle = ink, size, style
	w.Refresh()
}

// say changes the text.
func (w *word) say(text string) {
	if w.Text.Text == text {
		return
	}
	w.Text.Text = text
	w.Refresh()
}

func (w *word) width() float32 { return w.MinSize().Width }

// place puts the word with the middle of its line at y.
func (w *word) place(x, middle float32) {
	size := w.MinSize()
	w.Resize(size)
	w.Move(fyne.NewPos(x, round(middle-size.Height/2)))
}

// placeIn puts the word in a given room and cuts it with an ellipsis; it tells
// whether it had to.
func (w *word) placeIn(x, middle, room float32, full string) bool {
	shown := clip(full, room, w.TextSize, w.TextStyle)
	w.say(shown)
	w.place(x, middle)
	return shown != full
}

// clip shortens a text to a width, with an ellipsis at its end.
func clip(text string, room, size float32, style fyne.TextStyle) string {
	if room <= 0 {
		return ""
	}
	if fyne.MeasureText(text, size, style).Width <= room+0.5 {
		return text
	}
	runes := []rune(text)
	low, high := 0, len(runes)
	for low < high {
		mid := (low + high + 1) / 2
		if fyne.MeasureText(string(runes[:mid])+"…", size, style).Width <= room {
			low = mid
		} else {
			high = mid - 1
		}
	}
	for low > 0 && runes[low-1] == ' ' {
		low--
	}
	return string(runes[:low]) + "…"
}

// canvasOf is the canvas that shows an object, or nil.
func canvasOf(o fyne.CanvasObject) fyne.Canvas {
	app := fyne.CurrentApp()
	if app == nil {
		return nil
	}
	return app.Driver().CanvasForObject(o)
}

// passKey hands a key that the focused widget has no use for to the window:
// Fyne itself gives it to the focused widget only, and Esc, Enter or F5 must
// reach the dialog or the screen from wherever the focus is.
func passKey(from fyne.CanvasObject, event *fyne.KeyEvent) {
	stir(from)
	if c := canvasOf(from); c != nil && c.OnTypedKey() != nil {
		c.OnTypedKey()(event)
	}
}

// passRune does the same with a typed character.
func passRune(from fyne.CanvasObject, r rune) {
	stir(from)
	if c := canvasOf(from); c != nil && c.OnTypedRune() != nil {
		c.OnTypedRune()(r)
	}
}

// focusOn gives the focus to a widget that is in a window. What was put there
// a moment ago and was not drawn yet is not known to have a canvas, so the
// windows are asked then.
func focusOn(o fyne.Focusable) {
	object, ok := o.(fyne.CanvasObject)
	if !ok {
		return
	}
	if c := canvasOf(object); c != nil {
		if c.Focused() != o {
			c.Focus(o)
		}
		return
	}
	if app := fyne.CurrentApp(); app != nil {
		for _, w := range app.Driver().AllWindows() {
			w.Canvas().Focus(o)
		}
	}
}

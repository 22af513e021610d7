package welcome

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"github.com/factordesk/factordesk/screens/kit"
)

// card is a whole card that is a button: what it does, and what it does not,
// because that is the question people have.
type card struct {
	widget.BaseWidget
	tapped func()
	focus  func()
	step   func(by int)

	title, key       string
	hovered, focused bool
	frame            *kit.Frame
	halo             *canvas.Rectangle
}

var (
	_ fyne.Focusable     = (*card)(nil)
	_ fyne.Tappable      = (*card)(nil)
	_ fyne.Accessible    = (*card)(nil)
	_ kit.Flowing        = (*card)(nil)
	_ desktop.Hoverable  = (*card)(nil)
	_ desktop.Cursorable = (*card)(nil)
)

func newCard(icon kit.IconName, title, does, not, key string) *card {
	c := &card{title: title, key: key, halo: canvas.NewRectangle(nil)}
	words := kit.Column(3,
		kit.Section(title).Wrapped(),
		kit.Second(does).Wrapped(),
		kit.Caption(not).Wrapped())
	body := kit.AtLeast(0, 105, kit.PadXY(kit.Space24+1, kit.Space16, kit.Row(20,
		kit.Well(icon, kit.ColorSoft, kit.ColorAccent, 52), kit.Grow(words),
		kit.NewKeycap(key), kit.Icon(kit.IconRight, kit.ColorInk2, 18))))
	c.frame = kit.NewFrame(kit.ColorSurface, kit.ColorLine, body).Radius(kit.RadiusCard)
	c.ExtendBaseWidget(c)
	return c
}

// Tapped implements fyne.Tappable.
func (c *card) Tapped(*fyne.PointEvent) { c.tapped() }

// FocusGained implements fyne.Focusable.
func (c *card) FocusGained() { c.focused = true; c.focus(); c.Refresh() }

// FocusLost implements fyne.Focusable.
func (c *card) FocusLost() { c.focused = false; c.Refresh() }

// TypedRune implements fyne.Focusable: Space presses, 1 to 3 go to the window.
func (c *card) TypedRune(r rune) {
	if r == ' ' {
		c.tapped()
		return
	}
	kit.PassRune(c, r)
}

// TypedKey implements fyne.Focusable.
func (c *card) TypedKey(event *fyne.KeyEvent) {
	switch event.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		c.tapped()
	case fyne.KeyUp:
		c.step(-1)
	case fyne.KeyDown:
		c.step(1)
	default:
		kit.PassKey(c, event)
	}
}

// MouseIn implements desktop.Hoverable.
func (c *card) MouseIn(*desktop.MouseEvent) { c.hovered = true; c.Refresh() }

// MouseMoved implements desktop.Hoverable.
func (c *card) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (c *card) MouseOut() { c.hovered = false; c.Refresh() }

// Cursor implements desktop.Cursorable.
func (c *card) Cursor() desktop.Cursor { return desktop.PointerCursor }

// AccessibilityLabel implements fyne.Accessible.
func (c *card) AccessibilityLabel() string { return c.title }

// AccessibilityRole implements fyne.Accessible.
func (c *card) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// HeightFor implements kit.Flowing.
func (c *card) HeightFor(width float32) float32 { return c.frame.HeightFor(width) }

func (c *card) paint() {
	fill, line, edge := kit.ColorSurface, kit.ColorLine, float32(1)
	if c.hovered {
		fill = kit.ColorHover
	}
	if c.focused {
		line, edge = kit.ColorAccent, 2
	}
	c.frame.SetColors(fill, line, edge)
	c.halo.FillColor, c.halo.CornerRadius = kit.Tint(kit.ColorHalo), kit.RadiusCard+3
	c.halo.Hidden = !c.focused
	canvas.Refresh(c.halo)
}

// Refresh implements fyne.CanvasObject.
func (c *card) Refresh() {
	c.paint()
	c.BaseWidget.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (c *card) CreateRenderer() fyne.WidgetRenderer {
	c.paint()
	return &cardRenderer{c}
}

type cardRenderer struct{ card *card }

func (r *cardRenderer) Destroy() {}

func (r *cardRenderer) Layout(size fyne.Size) {
	r.card.halo.Move(fyne.NewPos(-3, -3))
	r.card.halo.Resize(size.AddWidthHeight(6, 6))
	r.card.frame.Resize(size)
}

func (r *cardRenderer) MinSize() fyne.Size { return r.card.frame.MinSize() }

func (r *cardRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.card.halo, r.card.frame}
}

func (r *cardRenderer) Refresh() { r.card.paint() }

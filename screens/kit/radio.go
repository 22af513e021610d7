package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// RadioOption is one line of a RadioList.
type RadioOption struct {
	Title   string
	Remark  string // after the title, in regular type
	Caption string // under it: what the choice means
	Off     bool   // cannot be chosen
	Side    *Button
}

// RadioList is a list of choices of which one applies. It has the focus as a
// whole: Up and Down choose, as in a tabs panel. A button at the side of a line
// has a place of its own in the order of Tab.
type RadioList struct {
	widget.DisableableWidget
	OnChange func(chosen int)

	lines   []*radioLine
	chosen  int
	hovered int
	focused bool
	plate   *box
	marker  *box
	halo    *ring
}

// radioLine is what a line is drawn with.
type radioLine struct {
	option         RadioOption
	title, caption *Text
	disc, dot      *box
	line           *canvas.Rectangle
	y, height      float32
}

var (
	_ fyne.Focusable    = (*RadioList)(nil)
	_ fyne.Tappable     = (*RadioList)(nil)
	_ desktop.Hoverable = (*RadioList)(nil)
	_ fyne.Accessible   = (*RadioList)(nil)
	_ Flowing           = (*RadioList)(nil)
)

// NewRadioList returns the choices with none chosen.
func NewRadioList(change func(chosen int), options ...RadioOption) *RadioList {
	r := &RadioList{
		OnChange: change, chosen: -1, hovered: -1,
		plate:  newBox(ColorSoft, ColorNone, 0),
		marker: newBox(ColorAccent, ColorNone, 0),
		halo:   newRing(ColorAccent, 8),
	}
	for _, option := range options {
		runs := []Run{Strong(option.Title)}
		if option.Remark != "" {
			runs = append(runs, Plain(" "+option.Remark))
		}
		r.lines = append(r.lines, &radioLine{
			option: option, title: NewRich(runs...).Wrapped(),
			caption: NewText(option.Caption).At(Size12).In(ColorInk2).Wrapped(),
			disc:    newBox(ColorSurface, ColorField, 8), dot: newBox(ColorAccent, ColorNone, 4),
			line: canvas.NewRectangle(nil),
		})
	}
	r.ExtendBaseWidget(r)
	r.paint()
	return r
}

// Chosen is the index of the choice that applies, or -1.
func (r *RadioList) Chosen() int { return r.chosen }

// Set makes a choice without calling OnChange.
func (r *RadioList) Set(i int) {
	r.chosen = i
	r.Refresh()
}

// Choose makes another choice and calls OnChange.
func (r *RadioList) Choose(i int) {
	if r.Disabled() || i < 0 || i >= len(r.lines) || i == r.chosen || r.lines[i].option.Off {
		return
	}
	r.Set(i)
	if r.OnChange != nil {
		r.OnChange(i)
	}
}

// step chooses the next line that can be chosen.
func (r *RadioList) step(by int) {
	for i := r.chosen + by; i >= 0 && i < len(r.lines); i += by {
		if !r.lines[i].option.Off {
			r.Choose(i)
			return
		}
	}
}

func (r *RadioList) at(y float32) int {
	for i, line := range r.lines {
		if y >= line.y && y < line.y+line.height {
			return i
		}
	}
	return -1
}

// Tapped implements fyne.Tappable.
func (r *RadioList) Tapped(event *fyne.PointEvent) {
	if r.Disabled() {
		return
	}
	focusOn(r)
	r.Choose(r.at(event.Position.Y))
}

// FocusGained implements fyne.Focusable.
func (r *RadioList) FocusGained() { r.focused = true; r.Refresh(); reveal(r) }

// FocusLost implements fyne.Focusable.
func (r *RadioList) FocusLost() { r.focused = false; r.Refresh() }

// TypedRune implements fyne.Focusable.
func (r *RadioList) TypedRune(c rune) { passRune(r, c) }

// TypedKey implements fyne.Focusable.
func (r *RadioList) TypedKey(event *fyne.KeyEvent) {
	switch event.Name {
	case fyne.KeyUp:
		r.step(-1)
	case fyne.KeyDown:
		r.step(1)
	case fyne.KeySpace:
	default:
		passKey(r, event)
	}
}

// MouseIn implements desktop.Hoverable.
func (r *RadioList) MouseIn(event *desktop.MouseEvent) { r.MouseMoved(event) }

// MouseMoved implements desktop.Hoverable.
func (r *RadioList) MouseMoved(event *desktop.MouseEvent) {
	if i := r.at(event.Position.Y); i != r.hovered {
		r.hovered = i
		r.Refresh()
	}
}

// MouseOut implements desktop.Hoverable.
func (r *RadioList) MouseOut() {
	r.hovered = -1
	r.Refresh()
}

// AccessibilityLabel implements fyne.Accessible.
func (r *RadioList) AccessibilityLabel() string {
	if r.chosen < 0 || r.chosen >= len(r.lines) {
		return "nothing chosen"
	}
	line := r.lines[r.chosen]
	return line.title.String() + ", chosen. " + line.caption.String()
}

// AccessibilityRole implements fyne.Accessible.
func (r *RadioList) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleContainer }

func (r *RadioList) paint() {
	r.plate.paint()
	r.marker.paint()
	if r.chosen < 0 {
		r.plate.hide()
		r.marker.hide()
	}
	for i, line := range r.lines {
		off := line.option.Off || r.Disabled()
		fill, edge := ColorSurface, ColorField
		ink, second := ColorInk, ColorInk2
		switch {
		case off && i != r.chosen:
			fill, edge, ink, second = ColorHead, ColorLine, ColorInk3, ColorInk3
		case i == r.chosen:
			edge = ColorAccent
		case i == r.hovered:
			fill = ColorHover
		}
		line.disc.radius, line.dot.radius = Scaled(16)/2, Scaled(8)/2
		line.disc.set(fill, edge, 1)
		line.disc.paint()
		line.dot.paint()
		if i != r.chosen {
			line.dot.hide()
		}
		line.title.SetInk(ink)
		line.caption.SetInk(second)
		line.caption.Hidden = line.option.Caption == ""
		line.line.FillColor = tint(ColorLine)
		line.line.Hidden = i == 0
		line.line.Refresh()
	}
	r.halo.show(r.focused && r.chosen >= 0 && !r.Disabled())
}

const radioPad float32 = 9

func (r *RadioList) room(line *radioLine, width float32) float32 {
	room := width - 2*Space16 - Scaled(16) - 10
	if line.option.Side != nil {
		room -= line.option.Side.MinSize().Width + Space16
	}
	return room
}

func (r *RadioList) lineHeight(line *radioLine, width float32) float32 {
	room := r.room(line, width)
	height := HeightFor(line.title, room) + HeightFor(line.caption, room)
	if line.option.Side != nil {
		height = max(height, line.option.Side.MinSize().Height)
	}
	return height + 2*radioPad
}

// HeightFor implements Flowing.
func (r *RadioList) HeightFor(width float32) float32 {
	var height float32
	for _, line := range r.lines {
		height += r.lineHeight(line, width)
	}
	return height
}

// MinSize implements fyne.CanvasObject.
func (r *RadioList) MinSize() fyne.Size {
	return fyne.NewSize(240, r.HeightFor(max(r.Size().Width, 240)))
}

func (r *RadioList) layout(size fyne.Size) {
	y := float32(0)
	for i, line := range r.lines {
		line.y, line.height = y, r.lineHeight(line, size.Width)
		r.place(i, line, size.Width)
		y += line.height
	}
}

func (r *RadioList) place(i int, line *radioLine, width float32) {
	first, side := lineHeight(Size13), Scaled(16)
	x, top := Space16, line.y+radioPad
	if i == r.chosen {
		r.plate.place(0, line.y, width, line.height)
		r.marker.place(0, line.y, 3, line.height)
		r.halo.place(x, round(top+(first-side)/2), side, side)
	}
	line.line.Move(fyne.NewPos(0, line.y))
	line.line.Resize(fyne.NewSize(width, 1))
	line.disc.place(x, round(top+(first-side)/2), side, side)
	dot := Scaled(8)
	line.dot.place(x+(side-dot)/2, round(top+(first-dot)/2), dot, dot)
	room := r.room(line, width)
	height := HeightFor(line.title, room)
	line.title.Move(fyne.NewPos(x+side+10, top))
	line.title.Resize(fyne.NewSize(room, height))
	line.caption.Move(fyne.NewPos(x+side+10, top+height))
	line.caption.Resize(fyne.NewSize(room, HeightFor(line.caption, room)))
	if b := line.option.Side; b != nil {
		least := b.MinSize()
		b.Resize(least)
		b.Move(fyne.NewPos(width-least.Width-Space16, round(line.y+(line.height-least.Height)/2)))
	}
}

// CreateRenderer implements fyne.Widget.
func (r *RadioList) CreateRenderer() fyne.WidgetRenderer {
	objects := []fyne.CanvasObject{r.plate.inner, r.marker.inner}
	for _, line := range r.lines {
		objects = append(objects, line.line)
	}
	objects = append(objects, r.halo.Rectangle)
	for _, line := range r.lines {
		objects = append(objects, line.disc.outer, line.disc.inner, line.dot.inner, line.title, line.caption)
		if line.option.Side != nil {
			objects = append(objects, line.option.Side)
		}
	}
	return &renderer{widget: r, objects: objects, layout: r.layout, min: r.MinSize, paint: r.paint}
}

package kit

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Card is a surface with a 1 px line and, where given, a foot in head color
// behind a line. The body gets 16 of room on all sides unless set otherwise.
type Card struct {
	widget.BaseWidget
	head, body, foot fyne.CanvasObject
	pad              float32
	raised           bool
	wine             bool
	frame            *box
	headPlate        *box
	footPlate        *box
	headLine         *canvas.Rectangle
	footLine         *canvas.Rectangle
}

var _ Flowing = (*Card)(nil)

// NewCard returns a card around a body.
func NewCard(body fyne.CanvasObject) *Card {
	c := &Card{
		body: body, pad: Space16,
		frame:     newBox(ColorSurface, ColorLine, RadiusCard),
		headPlate: newBox(ColorHead, ColorNone, RadiusCard-1),
		footPlate: newBox(ColorHead, ColorNone, RadiusCard-1),
		headLine:  canvas.NewRectangle(nil),
		footLine:  canvas.NewRectangle(nil),
	}
	c.headPlate.round, c.footPlate.round = topSide, bottomSide
	c.ExtendBaseWidget(c)
	return c
}

// Head puts a band at the top, in head color, with a line under it. The band
// brings its own room.
func (c *Card) Head(head fyne.CanvasObject) *Card { c.head = head; return c }

// Wine makes the head the color of production, without a line.
func (c *Card) Wine() *Card { c.wine = true; return c }

// Foot puts a band at the bottom, in head color, with a line over it. The band
// brings its own room.
func (c *Card) Foot(foot fyne.CanvasObject) *Card { c.foot = foot; return c }

// Room sets the room around the body: 0, 16 or 24.
func (c *Card) Room(pad float32) *Card { c.pad = pad; return c }

// Raised gives the card the faint shadow of the sign-in card.
func (c *Card) Raised() *Card { c.raised = true; return c }

// Round makes the corners those of a dialog, for sign-in and lock.
func (c *Card) Round() *Card {
	c.frame.radius = RadiusDialog
	c.headPlate.radius, c.footPlate.radius = RadiusDialog-1, RadiusDialog-1
	return c
}

// SetBody replaces the body.
func (c *Card) SetBody(body fyne.CanvasObject) { c.body = body; c.Refresh() }

// SetFoot replaces the foot.
func (c *Card) SetFoot(foot fyne.CanvasObject) { c.foot = foot; c.Refresh() }

// HeightFor implements Flowing.
func (c *Card) HeightFor(width float32) float32 {
	height := 2 + HeightFor(c.body, width-2-2*c.pad) + 2*c.pad
	if c.head != nil {
		height += HeightFor(c.head, width-2) + 1
	}
	if c.foot != nil {
		height += HeightFor(c.foot, width-2) + 1
	}
	return height
}

// MinSize implements fyne.CanvasObject.
func (c *Card) MinSize() fyne.Size {
	size := c.body.MinSize().AddWidthHeight(2+2*c.pad, 2+2*c.pad)
	for _, part := range []fyne.CanvasObject{c.head, c.foot} {
		if part != nil {
			least := part.MinSize()
			size = fyne.NewSize(max(size.Width, least.Width+2), size.Height+least.Height+1)
		}
	}
	if width := c.Size().Width; width > 0 {
		size.Height = c.HeightFor(width)
	}
	return size
}

func (c *Card) layout(size fyne.Size) {
	c.frame.place(0, 0, size.Width, size.Height)
	inner := size.Width - 2
	top, bottom := float32(1), size.Height-1
	if c.head != nil {
		height := HeightFor(c.head, inner)
		c.head.Move(fyne.NewPos(1, 1))
		c.head.Resize(fyne.NewSize(inner, height))
		c.headPlate.place(1, 1, inner, height)
		if c.wine { // covers the edge as well: no light line around it
			c.headPlate.radius = c.frame.radius
			c.headPlate.place(0, 0, size.Width, height+2)
		}
		c.headLine.Move(fyne.NewPos(1, 1+height))
		c.headLine.Resize(fyne.NewSize(inner, 1))
		top = height + 2
	}
	if c.foot != nil {
		height := HeightFor(c.foot, inner)
		bottom -= height
		c.foot.Move(fyne.NewPos(1, bottom))
		c.foot.Resize(fyne.NewSize(inner, height))
		c.footPlate.place(1, bottom, inner, height)
		bottom--
		c.footLine.Move(fyne.NewPos(1, bottom))
		c.footLine.Resize(fyne.NewSize(inner, 1))
	}
	c.body.Move(fyne.NewPos(1+c.pad, top+c.pad))
	c.body.Resize(fyne.NewSize(max(inner-2*c.pad, 0), max(bottom-top-2*c.pad, 0)))
}

func (c *Card) paint() {
	c.frame.outer.Shadow = canvas.Shadow{}
	if c.raised {
		c.frame.outer.Shadow = canvas.Shadow{Color: tint(ColorShadeSoft), BlurRadius: 32, Offset: fyne.NewPos(0, 12)}
	}
	c.frame.paint()
	c.headPlate.fill = ColorHead
	if c.wine {
		c.headPlate.fill = ColorProdBg
	}
	c.headPlate.paint()
	c.footPlate.paint()
	c.headLine.FillColor, c.footLine.FillColor = tint(ColorLine), tint(ColorLine)
	c.headLine.Hidden = c.head == nil || c.wine
	c.footLine.Hidden = c.foot == nil
	if c.head == nil {
		c.headPlate.hide()
	}
	if c.foot == nil {
		c.footPlate.hide()
	}
	c.headLine.Refresh()
	c.footLine.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (c *Card) CreateRenderer() fyne.WidgetRenderer {
	c.paint()
	return &renderer{
		widget: c,
		layout: c.layout,
		min:    c.MinSize,
		paint:  c.paint,
		list: func() []fyne.CanvasObject {
			objects := []fyne.CanvasObject{
				c.frame.outer, c.frame.inner, c.headPlate.inner, c.headLine, c.footPlate.inner, c.footLine,
			}
			for _, part := range []fyne.CanvasObject{c.head, c.body, c.foot} {
				if part != nil {
					objects = append(objects, part)
				}
			}
			return objects
		},
	}
}

// Note is a box that says what is so: an icon, a bold title, a sentence, and
// perhaps a button with the remedy.
type Note struct {
	widget.BaseWidget
	status  Status
	icon    IconName
	title   *Text
	text    *Text
	button  *Button
	second  *Button // before button
	frame   *box
	glyph   *glyph
	compact bool
}

var _ Flowing = (*Note)(nil)

// NewNote returns a note. Title or text may be empty.
func NewNote(status Status, title, text string) *Note {
	n := &Note{
		status: status,
		title:  NewText(title).Strong().Wrapped(),
		text:   NewText(text).At(Size12).In(ColorInk2).Wrapped(),
		frame:  newBox(ColorSoft, ColorSoftLine, RadiusNote),
		glyph:  newGlyph(IconNone, ColorAccent, 20),
	}
	if title == "" {
		n.compact = true
		n.text.In(ColorInk)
		n.glyph.size = 16
	}
	n.ExtendBaseWidget(n)
	n.paint()
	return n
}

// Icon sets another icon than the status's own.
func (n *Note) Icon(name IconName) *Note { n.icon = name; n.paint(); return n }

// Action puts a button at the right.
func (n *Note) Action(b *Button) *Note { n.button = b; return n }

// Second puts another button before that one.
func (n *Note) Second(b *Button) *Note { n.second = b; return n }

// buttons are those at the right, from left to right.
func (n *Note) buttons() (all []*Button) {
	for _, b := range []*Button{n.second, n.button} {
		if b != nil {
			all = append(all, b)
		}
	}
	return all
}

// Set changes what the note says.
func (n *Note) Set(status Status, title, text string) {
	n.status = status
	n.title.SetText(title)
	n.text.SetText(text)
	n.Refresh()
}

// AccessibilityLabel implements fyne.Accessible.
func (n *Note) AccessibilityLabel() string { return n.title.String() + " " + n.text.String() }

// AccessibilityRole implements fyne.Accessible.
func (n *Note) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

func (n *Note) paint() {
	fill, line, ink := n.status.colors()
	if n.status == StatusMute {
		fill = ColorHead
	}
	n.frame.set(fill, line, 1)
	n.frame.paint()
	icon := n.icon
	if icon == IconNone {
		icon = n.status.Icon()
		if n.status == StatusWarn {
			icon = IconTriangle
		}
	}
	n.glyph.set(icon, ink)
	n.title.Hidden = n.title.String() == ""
	n.text.Hidden = n.text.String() == ""
}

func (n *Note) indent() float32 {
	if n.compact {
		return 13 + Scaled(16) + Space8
	}
	return 18 + Scaled(20) + 14
}

func (n *Note) padY() float32 {
	if n.compact {
		return 9
	}
	return 10
}

func (n *Note) wordRoom(width float32) float32 {
	room := width - n.indent() - Space16
	gap := Space16
	for _, b := range n.buttons() {
		room -= b.MinSize().Width + gap
		gap = Space8
	}
	return room
}

func (n *Note) words(width float32) float32 {
	room := n.wordRoom(width)
	return HeightFor(n.title, room) + HeightFor(n.text, room)
}

// HeightFor implements Flowing.
func (n *Note) HeightFor(width float32) float32 {
	height := n.words(width) + 2*n.padY() + 2
	if n.button != nil {
		height = max(height, n.button.MinSize().Height+2*n.padY()+2)
	}
	return height
}

// MinSize implements fyne.CanvasObject.
func (n *Note) MinSize() fyne.Size {
	width := max(n.Size().Width, 160)
	return fyne.NewSize(160, n.HeightFor(width))
}

// CreateRenderer implements fyne.Widget.
func (n *Note) CreateRenderer() fyne.WidgetRenderer {
	return &renderer{
		widget: n,
		list: func() []fyne.CanvasObject {
			objects := []fyne.CanvasObject{n.frame.outer, n.frame.inner, n.glyph.Image, n.title, n.text}
			for _, b := range n.buttons() {
				objects = append(objects, b)
			}
			return objects
		},
		layout: func(size fyne.Size) {
			n.frame.place(0, 0, size.Width, size.Height)
			room, words := n.wordRoom(size.Width), n.words(size.Width)
			y := round((size.Height - words) / 2)
			if n.compact {
				n.glyph.place(13, y+lineHeight(Size12)/2)
			} else {
				n.glyph.place(18, size.Height/2)
			}
			title := HeightFor(n.title, room)
			n.title.Move(fyne.NewPos(n.indent(), y))
			n.title.Resize(fyne.NewSize(room, title))
			n.text.Move(fyne.NewPos(n.indent(), y+title))
			n.text.Resize(fyne.NewSize(room, words-title))
			x := size.Width - Space16
			for _, b := range slices.Backward(n.buttons()) {
				least := b.MinSize()
				x -= least.Width
				b.Resize(least)
				b.Move(fyne.NewPos(x, round((size.Height-least.Height)/2)))
				x -= Space8
			}
		},
		min:   n.MinSize,
		paint: n.paint,
	}
}

// Frame is an inner box: a fill, a 1 px line and rounded corners around
// something.
type Frame struct {
	widget.BaseWidget
	box  *box
	body fyne.CanvasObject
}

// NewFrame returns an inner box of radius 8 in the given colors.
func NewFrame(fill, line fyne.ThemeColorName, body fyne.CanvasObject) *Frame {
	f := &Frame{box: newBox(fill, line, RadiusNote), body: body}
	f.ExtendBaseWidget(f)
	return f
}

// Radius sets other corners.
func (f *Frame) Radius(radius float32) *Frame { f.box.radius = radius; f.box.paint(); return f }

// SetColors changes fill and line.
func (f *Frame) SetColors(fill, line fyne.ThemeColorName, edge float32) {
	f.box.set(fill, line, edge)
	f.Refresh()
}

// HeightFor implements Flowing.
func (f *Frame) HeightFor(width float32) float32 { return HeightFor(f.body, width) }

// CreateRenderer implements fyne.Widget.
func (f *Frame) CreateRenderer() fyne.WidgetRenderer {
	return &renderer{
		widget:  f,
		objects: []fyne.CanvasObject{f.box.outer, f.box.inner, f.body},
		layout: func(size fyne.Size) {
			f.box.place(0, 0, size.Width, size.Height)
			f.body.Resize(size)
		},
		min:   func() fyne.Size { return f.body.MinSize() },
		paint: f.box.paint,
	}
}

// Well is a rounded square that holds an icon: 36 on cards, 52 on Welcome.
func Well(icon IconName, fill, ink fyne.ThemeColorName, side float32) fyne.CanvasObject {
	size := float32(20)
	if side > 40 {
		size = 26
	}
	return Fix(side, side, NewFrame(fill, ColorNone, Center(0, Icon(icon, ink, size))))
}

// Disc is a circle that holds an icon or a number: steps, rungs, verdicts.
func Disc(fill, line fyne.ThemeColorName, side float32, content fyne.CanvasObject) fyne.CanvasObject {
	return Fix(side, side, NewFrame(fill, line, Center(0, content)).Radius(side/2))
}

// Step is the numbered circle of a list of steps; the current one is solid.
func Step(number string, current bool) fyne.CanvasObject {
	side := Scaled(24)
	label := NewText(number).At(Size12).In(ColorInk2).Strong()
	if current {
		return Disc(ColorAccent, ColorAccent, side, label.In(ColorOnAccent))
	}
	return Disc(ColorSurface, ColorBtnLine, side, label)
}

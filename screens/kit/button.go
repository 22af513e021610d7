package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// ButtonKind is how much a button asks to be pressed.
type ButtonKind int

// The kinds of buttons. One Primary to a page; DangerSolid only as OK in a
// confirm dialog.
const (
	KindSecondary ButtonKind = iota
	KindPrimary
	KindDanger
	KindDangerSolid
	KindQuiet  // a link: bold accent words without a frame
	KindOnDark // a framed button on the production bar
)

// Button is a push button. Enter and Space press it while it has the focus.
type Button struct {
	widget.DisableableWidget
	OnTapped func()

	kind             ButtonKind
	text, busyText   string
	icon             IconName
	key              string
	height, minWidth float32
	tip              string
	ring             fyne.ThemeColorName
	inkOver          fyne.ThemeColorName

	busy, hovered, focused bool

	frame *box
	glyph *glyph
	label *word
	cap   *Keycap
	hint  *word
	halo  *ring
}

var (
	_ fyne.Focusable     = (*Button)(nil)
	_ fyne.Tappable      = (*Button)(nil)
	_ fyne.Disableable   = (*Button)(nil)
	_ fyne.Accessible    = (*Button)(nil)
	_ desktop.Hoverable  = (*Button)(nil)
	_ desktop.Cursorable = (*Button)(nil)
)

// NewButton returns a button of a kind; the constructors below read better.
func NewButton(kind ButtonKind, text string, tapped func()) *Button {
	b := &Button{OnTapped: tapped, kind: kind, text: text, height: HeightButton, ring: ColorAccent}
	b.frame = newBox(ColorSurface, ColorBtnLine, RadiusField)
	b.glyph = newGlyph(IconNone, ColorInk, 16)
	b.label = newWord(text, Size13, ColorInk, true)
	b.cap = NewKeycap("")
	b.hint = newWord("", Size11, ColorInk, false)
	b.halo = newRing(ColorAccent, RadiusField)
	if kind == KindOnDark {
		b.ring = ColorOnProd
	}
	b.ExtendBaseWidget(b)
	b.paint()
	return b
}

// Primary is the one accent button of a page.
func Primary(text string, tapped func()) *Button { return NewButton(KindPrimary, text, tapped) }

// Secondary is a white button.
func Secondary(text string, tapped func()) *Button { return NewButton(KindSecondary, text, tapped) }

// Danger is outlined in red: what it begins may hurt, and will ask first.
func Danger(text string, tapped func()) *Button { return NewButton(KindDanger, text, tapped) }

// DangerSolid is the red OK of a confirm dialog.
func DangerSolid(text string, tapped func()) *Button {
	return NewButton(KindDangerSolid, text, tapped)
}

// Quiet is a link.
func Quiet(text string, tapped func()) *Button { return NewButton(KindQuiet, text, tapped) }

// IconButton is a square secondary button with an icon; tip says in words what
// it does.
func IconButton(icon IconName, tip string, tapped func()) *Button {
	return NewButton(KindSecondary, "", tapped).Icon(icon).Tip(tip)
}

// Icon puts an icon before the words.
func (b *Button) Icon(name IconName) *Button { b.icon = name; b.paint(); return b }

// Key shows a key in words after the label: "Enter". It is a hint only.
func (b *Button) Key(key string) *Button { b.key = key; b.paint(); return b }

// Small makes the button 28 high.
func (b *Button) Small() *Button { b.height = HeightSmall; b.paint(); return b }

// Tall makes the button 40 high, for sign-in and lock.
func (b *Button) Tall() *Button { b.height = HeightTall; b.paint(); return b }

// Wide gives the button a smallest width.
func (b *Button) Wide(width float32) *Button { b.minWidth = width; return b }

// Tip is a sentence shown after the pointer has rested on the button.
func (b *Button) Tip(tip string) *Button { b.tip = tip; return b }

// OnRail draws the focus ring in white and quiet words for a dark ground.
func (b *Button) OnRail() *Button {
	b.ring, b.inkOver = ColorRailOn, ColorRailOn
	b.paint()
	return b
}

// DisableFor disables the button and says why, as a tooltip; write the same
// sentence beside it where there is room. An empty reason enables it again.
func (b *Button) DisableFor(reason string) *Button {
	b.tip = reason
	if reason == "" {
		b.Enable()
	} else {
		b.Disable()
	}
	return b
}

// SetText changes the words.
func (b *Button) SetText(text string) {
	if b.text != text {
		b.text = text
		b.Refresh()
	}
}

// SetIcon changes the icon.
func (b *Button) SetIcon(name IconName) {
	if b.icon != name {
		b.icon = name
		b.Refresh()
	}
}

// SetBusy shows that the button's work is going on; it cannot be pressed then.
// Words such as "Checking…" stand in for the label; empty keeps the label.
func (b *Button) SetBusy(busy bool, words string) {
	b.busy, b.busyText = busy, words
	b.Refresh()
}

// Busy tells whether the button's work is going on.
func (b *Button) Busy() bool { return b.busy }

// Text is the label.
func (b *Button) Text() string { return b.text }

// Press does what a tap does.
func (b *Button) Press() {
	if b.Disabled() || b.busy || b.OnTapped == nil {
		return
	}
	b.OnTapped()
}

// Tapped implements fyne.Tappable.
func (b *Button) Tapped(*fyne.PointEvent) {
	hideTip(b)
	stir(b)
	if !b.Disabled() {
		focusOn(b)
	}
	b.Press()
}

// FocusGained implements fyne.Focusable.
func (b *Button) FocusGained() { b.focused = true; b.Refresh(); reveal(b) }

// FocusLost implements fyne.Focusable.
func (b *Button) FocusLost() { b.focused = false; b.Refresh() }

// Focused tells whether the button has the focus.
func (b *Button) Focused() bool { return b.focused }

// TypedKey implements fyne.Focusable.
func (b *Button) TypedKey(event *fyne.KeyEvent) {
	switch event.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		b.Press()
	case fyne.KeySpace: // comes again as a rune, see TypedRune
	default:
		passKey(b, event)
	}
}

// TypedRune implements fyne.Focusable. Space presses here and not in TypedKey:
// Fyne sends the key first and the character after it, and where the key opened
// a dialog the character would land in its first field.
func (b *Button) TypedRune(r rune) {
	if r == ' ' {
		b.Press()
		return
	}
	passRune(b, r)
}

// MouseIn implements desktop.Hoverable.
func (b *Button) MouseIn(*desktop.MouseEvent) {
	stir(b)
	b.hovered = true
	if b.tip != "" {
		showTip(b, b.tip)
	}
	b.Refresh()
}

// MouseMoved implements desktop.Hoverable.
func (b *Button) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (b *Button) MouseOut() {
	b.hovered = false
	hideTip(b)
	b.Refresh()
}

// Cursor implements desktop.Cursorable.
func (b *Button) Cursor() desktop.Cursor {
	if b.Disabled() || b.busy {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

// AccessibilityLabel implements fyne.Accessible.
func (b *Button) AccessibilityLabel() string {
	if b.text == "" {
		return b.tip
	}
	return b.text
}

// AccessibilityRole implements fyne.Accessible.
func (b *Button) AccessibilityRole() fyne.AccessibleRole {
	if b.kind == KindQuiet {
		return fyne.AccessibleRoleLink
	}
	return fyne.AccessibleRoleButton
}

// colors is fill, line and ink of the button as it is.
func (b *Button) colors() (fill, line, ink fyne.ThemeColorName) {
	if b.Disabled() || b.busy {
		if b.kind == KindQuiet {
			return ColorNone, ColorNone, ColorInk3
		}
		return ColorHead, ColorLine, ColorInk3
	}
	fill, line, ink = ColorSurface, ColorBtnLine, ColorInk
	switch b.kind {
	case KindPrimary:
		fill, line, ink = ColorAccent, ColorAccent, ColorOnAccent
	case KindDanger:
		line, ink = ColorBad, ColorBad
	case KindDangerSolid:
		fill, line, ink = ColorBadFill, ColorBadFill, ColorOnBad
	case KindQuiet:
		fill, line, ink = ColorNone, ColorNone, ColorAccent
	case KindOnDark:
		fill, line, ink = ColorProdBg, ColorProdWash, ColorOnProd
	case KindSecondary:
		if b.focused {
			line, ink = ColorAccent, ColorAccent
		}
	}
	if b.hovered && fill == ColorSurface {
		fill = ColorHover
	}
	if b.inkOver != "" {
		ink = b.inkOver
	}
	return fill, line, ink
}

func (b *Button) paint() {
	fill, line, ink := b.colors()
	b.frame.set(fill, line, 1)
	b.frame.paint()
	b.glyph.size = 16
	if b.height == HeightSmall {
		b.glyph.size = 14
	}
	icon := b.icon
	if b.busy {
		icon = IconHourglass
	}
	b.glyph.set(icon, ink)
	b.label.ink = ink
	b.label.bold = !b.Disabled() && !b.busy
	b.label.size = Size13
	if b.height == HeightSmall || b.kind == KindQuiet {
		b.label.size = Size12
	}
	b.label.paint()
	b.label.say(b.shownText())
	b.hint.ink = ink
	b.hint.paint()
	b.hint.say(b.key)
	b.cap.Hidden = true
	b.hint.Hidden = b.key == "" || b.busy
	if b.key != "" && b.kind == KindSecondary && !b.busy {
		b.hint.Hidden = true
		b.cap.Hidden = false
		b.cap.SetKey(b.key)
	}
	b.halo.ink = b.ring
	if b.kind == KindDanger || b.kind == KindDangerSolid {
		b.halo.ink = ColorBad
	}
	b.halo.show(b.focused && !b.Disabled())
}

func (b *Button) shownText() string {
	if b.busy && b.busyText != "" {
		return b.busyText
	}
	return b.text
}

func (b *Button) gap() float32 {
	if b.height == HeightSmall {
		return 6
	}
	return Space8
}

// content is the width of what stands in the button.
func (b *Button) content() float32 {
	var width float32
	if b.glyph.name != IconNone {
		width += Scaled(b.glyph.size)
	}
	if b.shownText() != "" {
		if width > 0 {
			width += b.gap()
		}
		width += b.label.width()
	}
	if !b.hint.Hidden {
		width += Space8 + b.hint.width()
	}
	if !b.cap.Hidden {
		width += Space8 + b.cap.MinSize().Width
	}
	return width
}

func (b *Button) side() float32 {
	switch {
	case b.kind == KindQuiet:
		return 0
	case b.height == HeightSmall:
		return 11
	}
	return 15
}

func (b *Button) least() fyne.Size {
	height := Scaled(b.height)
	if b.kind == KindQuiet {
		return fyne.NewSize(max(b.content(), b.minWidth), Scaled(20))
	}
	if b.text == "" && b.key == "" {
		return fyne.NewSquareSize(height)
	}
	width := float32(int(b.content() + 2*b.side() + 0.99))
	return fyne.NewSize(max(width, b.minWidth), height)
}

func (b *Button) layout(size fyne.Size) {
	b.frame.place(0, 0, size.Width, size.Height)
	b.halo.place(0, 0, size.Width, size.Height)
	x, middle := round((size.Width-b.content())/2), size.Height/2
	if b.kind == KindQuiet {
		x = 0
	}
	if b.glyph.name != IconNone {
		b.glyph.place(x, middle)
		x += Scaled(b.glyph.size) + b.gap()
	}
	if b.shownText() != "" {
		b.label.place(x, middle)
		x += b.label.width() + Space8
	}
	if !b.hint.Hidden {
		b.hint.place(x, middle)
	}
	if !b.cap.Hidden {
		least := b.cap.MinSize()
		b.cap.Resize(least)
		b.cap.Move(fyne.NewPos(x, round(middle-least.Height/2)))
	}
}

// CreateRenderer implements fyne.Widget.
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	return &renderer{
		widget: b,
		objects: []fyne.CanvasObject{
			b.halo.Rectangle, b.frame.outer, b.frame.inner, b.glyph.Image, b.label.Text, b.hint.Text, b.cap,
		},
		layout: b.layout,
		min:    b.least,
		paint:  b.paint,
	}
}

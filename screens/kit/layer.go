package kit

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

const (
	tipDelay  = 500 * time.Millisecond
	toastLife = 5 * time.Second
)

// layer lies over a window's content, or over a dialog, and holds its tooltip
// and its toast. Fyne's own overlays would take the pointer away from what is
// under them, and a tooltip must not.
type layer struct {
	widget.BaseWidget
	clock     Clock
	tip       *Frame
	tipText   *Text
	toast     *Frame
	toastText *Text
	toastIcon *IconView
	anchor    fyne.CanvasObject
	shift     float32 // of the tooltip, from the anchor's left edge
	stopTip   func()
	stopToast func()
}

// tipHost is a thing on a canvas that has a layer.
type tipHost interface{ tipLayer() *layer }

func newLayer(clock Clock) *layer {
	l := &layer{clock: clock}
	l.tipText = NewText("").At(Size12).In(ColorRailOn).Wrapped()
	l.tip = NewFrame(ColorRail, ColorNone, PadXY(10, 6, l.tipText)).Radius(RadiusField)
	l.toastText = NewText("").Strong().Wrapped()
	l.toastIcon = Icon(IconCheck, ColorOK, 18)
	l.toast = NewFrame(ColorSurface, ColorBtnLine, PadXY(Space16, 13, Row(10, l.toastIcon, Grow(l.toastText))))
	l.tip.Hide()
	l.toast.Hide()
	l.ExtendBaseWidget(l)
	return l
}

func layerOf(o fyne.CanvasObject) *layer {
	c := canvasOf(o)
	if c == nil {
		return nil
	}
	if host, ok := c.Overlays().Top().(tipHost); ok {
		return host.tipLayer()
	}
	if host, ok := c.Content().(tipHost); ok {
		return host.tipLayer()
	}
	return nil
}

// showTip shows a sentence beside an object after the pointer has rested there.
func showTip(o fyne.CanvasObject, text string) { showTipAt(o, text, 0) }

// showTipAt does the same, some way along a wide object.
func showTipAt(o fyne.CanvasObject, text string, shift float32) {
	if l := layerOf(o); l != nil {
		l.startTip(o, text, shift)
	}
}

// hideTip takes the tooltip of an object away.
func hideTip(o fyne.CanvasObject) {
	if l := layerOf(o); l != nil && l.anchor == o {
		l.endTip()
	}
}

func (l *layer) startTip(o fyne.CanvasObject, text string, shift float32) {
	if l.anchor == o && l.tipText.String() == text {
		return
	}
	l.endTip()
	l.anchor, l.shift = o, shift
	l.tipText.SetText(text)
	l.stopTip = l.clock.After(tipDelay, func() {
		l.tip.Show()
		l.Refresh()
	})
}

func (l *layer) endTip() {
	if l.stopTip != nil {
		l.stopTip()
		l.stopTip = nil
	}
	l.anchor = nil
	l.tip.Hide()
}

func (l *layer) say(status Status, text string) {
	if l.stopToast != nil {
		l.stopToast()
	}
	icon := IconCheck
	if status != StatusOK {
		icon = IconOctagon
	}
	l.toastIcon.Set(icon, status.Ink())
	l.toastText.SetText(text)
	l.toast.Show()
	l.Refresh()
	l.stopToast = l.clock.After(toastLife, func() { l.toast.Hide() })
}

func (l *layer) clear() {
	l.endTip()
	if l.stopToast != nil {
		l.stopToast()
		l.stopToast = nil
	}
	l.toast.Hide()
}

// shownTip is the tooltip that shows, or empty.
func (l *layer) shownTip() string {
	if !l.tip.Visible() {
		return ""
	}
	return l.tipText.String()
}

func (l *layer) layout(size fyne.Size) {
	const toastWidth float32 = 460
	width := min(l.toastText.NaturalWidth()+2*Space16+Scaled(18)+12, toastWidth)
	height := l.toast.HeightFor(width)
	l.toast.Resize(fyne.NewSize(width, height))
	l.toast.Move(fyne.NewPos(size.Width-width-Space24, size.Height-height-Space24))
	if l.anchor == nil {
		return
	}
	width = min(l.tipText.NaturalWidth()+22, 320)
	height = l.tip.HeightFor(width)
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(l.anchor)
	x := max(min(at.X+l.shift, size.Width-width-Space8), Space8)
	y := at.Y + l.anchor.Size().Height + 6
	if y+height > size.Height {
		y = at.Y - height - 6
	}
	l.tip.Resize(fyne.NewSize(width, height))
	l.tip.Move(fyne.NewPos(x, y))
}

// CreateRenderer implements fyne.Widget.
func (l *layer) CreateRenderer() fyne.WidgetRenderer {
	return &renderer{
		widget:  l,
		objects: []fyne.CanvasObject{l.toast, l.tip},
		layout:  l.layout,
		min:     func() fyne.Size { return fyne.Size{} },
	}
}

// Toast says at the bottom right for five seconds what has happened, with a
// check for StatusOK and an octagon for anything else.
func (k *Kit) Toast(status Status, sentence string) { k.core.root.layer.say(status, sentence) }

// ToastText is what the toast says, or empty.
func (k *Kit) ToastText() string {
	l := k.core.root.layer
	if !l.toast.Visible() {
		return ""
	}
	return l.toastText.String()
}

// TooltipText is what the tooltip says, or empty.
func (k *Kit) TooltipText() string {
	if l := layerOf(k.core.root); l != nil {
		return l.shownTip()
	}
	return ""
}

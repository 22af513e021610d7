package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// ProgressBar is a bar of 4 units: a countdown, or how far an import is.
type ProgressBar struct {
	widget.BaseWidget
	value       float32
	track, mark *box
}

// NewProgressBar returns an empty bar.
func NewProgressBar() *ProgressBar {
	p := &ProgressBar{track: newBox(ColorSunken, ColorNone, 2), mark: newBox(ColorAccent, ColorNone, 2)}
	p.ExtendBaseWidget(p)
	return p
}

// SetValue fills the bar from 0 to 1.
func (p *ProgressBar) SetValue(value float64) {
	p.value = float32(min(max(value, 0), 1))
	p.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (p *ProgressBar) CreateRenderer() fyne.WidgetRenderer {
	return &renderer{
		widget:  p,
		objects: []fyne.CanvasObject{p.track.inner, p.mark.inner},
		layout: func(size fyne.Size) {
			y := round((size.Height - 4) / 2)
			p.track.place(0, y, size.Width, 4)
			p.mark.place(0, y, round(size.Width*p.value), 4)
		},
		min: func() fyne.Size { return fyne.NewSize(40, 4) },
		paint: func() {
			p.track.paint()
			p.mark.paint()
		},
	}
}

// Ring is a round countdown of 42 units, for the seconds of a code.
type Ring struct {
	widget.BaseWidget
	track, mark *canvas.Arc
	value       float32
}

// NewRing returns a full ring.
func NewRing() *Ring {
	r := &Ring{track: &canvas.Arc{CutoutRatio: 0.8}, mark: &canvas.Arc{CutoutRatio: 0.8}, value: 1}
	r.track.EndAngle = 360
	r.ExtendBaseWidget(r)
	r.paint()
	return r
}

// SetValue sets what is left, from 1 to 0.
func (r *Ring) SetValue(value float64) {
	r.value = float32(min(max(value, 0), 1))
	r.Refresh()
}

func (r *Ring) paint() {
	r.track.FillColor = tint(ColorLine)
	r.mark.FillColor = tint(ColorAccent)
	r.mark.StartAngle, r.mark.EndAngle = 0, 360*r.value
	r.mark.Hidden = r.value == 0
	r.track.Refresh()
	r.mark.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (r *Ring) CreateRenderer() fyne.WidgetRenderer {
	return &renderer{
		widget:  r,
		objects: []fyne.CanvasObject{r.track, r.mark},
		layout: func(size fyne.Size) {
			side := fyne.NewSquareSize(min(size.Width, size.Height))
			r.track.Resize(side)
			r.mark.Resize(side)
		},
		min:   func() fyne.Size { return fyne.NewSquareSize(42) },
		paint: r.paint,
	}
}

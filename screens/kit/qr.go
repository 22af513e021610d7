package kit

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Matrix is a QR code as squares; x and y run from 0 to Size-1.
type Matrix interface {
	Size() int
	Black(x, y int) bool
}

const (
	quietModules = 4 // of white around a code, so that phones find it
	wideModule   = 7 // pixels a module
	slimModule   = 5 // in a small window
)

// QR shows a QR code, black on white in both themes. Each module is a whole
// number of real pixels, so all are squares. Hidden, it shows a struck-out eye
// and the key that brings it back, and holds no picture of the code.
type QR struct {
	widget.BaseWidget
	matrix Matrix
	hidden bool
	card   *box
	raster *canvas.Raster
	cover  fyne.CanvasObject
}

// NewQR returns the widget without a code, hidden.
func NewQR() *QR {
	q := &QR{hidden: true, card: newBox(ColorSurface, ColorLine, RadiusNote)}
	q.raster = canvas.NewRaster(q.draw)
	q.cover = Center(0, Column(Space12,
		Center(0, Icon(IconEyeOff, ColorInk3, 40)),
		Row(6, Caption("Hidden."), NewKeycap("H"), Caption("shows it again."))))
	q.ExtendBaseWidget(q)
	return q
}

// SetMatrix shows a code.
func (q *QR) SetMatrix(m Matrix) {
	q.matrix, q.hidden = m, false
	q.Refresh()
}

// SetHidden covers the code or shows it again.
func (q *QR) SetHidden(hidden bool) {
	q.hidden = hidden || q.matrix == nil
	q.Refresh()
}

// IsHidden tells whether the code is covered.
func (q *QR) IsHidden() bool { return q.hidden }

// Forget drops the code for good.
func (q *QR) Forget() {
	q.matrix, q.hidden = nil, true
	q.Refresh()
}

// AccessibilityLabel implements fyne.Accessible.
func (q *QR) AccessibilityLabel() string {
	if q.hidden {
		return "QR code, hidden"
	}
	return "QR code"
}

// AccessibilityRole implements fyne.Accessible.
func (q *QR) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleContainer }

// module is the size of a module in units for a side length.
func (q *QR) module(side float32) float32 {
	if q.matrix == nil {
		return 0
	}
	across := float32(q.matrix.Size() + 2*quietModules)
	return min(max(float32(int((side+1)/across)), 1), wideModule)
}

// draw fills the raster, w by h real pixels, with squares of whole pixels; what
// is left over is white at the edges.
func (q *QR) draw(w, h int) image.Image {
	pixels := image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{color.White, color.Black})
	if q.matrix == nil || q.hidden {
		return pixels
	}
	size := q.matrix.Size()
	module := min(w, h) / size
	left, top := (w-module*size)/2, (h-module*size)/2
	for y := range size {
		for x := range size {
			if !q.matrix.Black(x, y) {
				continue
			}
			for row := top + y*module; row < top+(y+1)*module; row++ {
				start := row*pixels.Stride + left + x*module
				for i := range module {
					pixels.Pix[start+i] = 1
				}
			}
		}
	}
	return pixels
}

func (q *QR) paint() {
	q.card.fill = ColorSunken
	if !q.hidden {
		q.card.fill = ColorNone
	}
	q.card.paint()
	if !q.hidden {
		q.card.inner.FillColor = color.White
		q.card.inner.Show()
	}
	q.raster.Hidden = q.hidden
	if q.hidden {
		q.cover.Show()
	} else {
		q.cover.Hide()
	}
	q.raster.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (q *QR) CreateRenderer() fyne.WidgetRenderer {
	q.paint()
	return &renderer{
		widget:  q,
		objects: []fyne.CanvasObject{q.card.outer, q.card.inner, q.raster, q.cover},
		layout: func(size fyne.Size) {
			side := min(size.Width, size.Height)
			x, y := round((size.Width-side)/2), round((size.Height-side)/2)
			q.card.place(x, y, side, side)
			q.cover.Move(fyne.NewPos(x, y))
			q.cover.Resize(fyne.NewSquareSize(side))
			if q.matrix == nil {
				return
			}
			code := q.module(side) * float32(q.matrix.Size())
			q.raster.Move(fyne.NewPos(x+round((side-code)/2), y+round((side-code)/2)))
			q.raster.Resize(fyne.NewSquareSize(code))
		},
		min: func() fyne.Size {
			if q.matrix == nil {
				return fyne.NewSquareSize(200)
			}
			return fyne.NewSquareSize(float32(q.matrix.Size()+2*quietModules)*slimModule + 2)
		},
		paint: q.paint,
	}
}

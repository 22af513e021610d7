package welcome

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"github.com/factordesk/factordesk/screens/kit"
)

// The colors of the drawing on the dark side, which is dark in both themes.
var (
	rowFill  = color.NRGBA{R: 0xFF, G: 0xFF, B: 0xFF, A: 0x0B}
	headFill = color.NRGBA{R: 0x6F, G: 0xB1, B: 0xFF, A: 0x5C}
	nameFill = color.NRGBA{R: 0x8F, G: 0xB7, B: 0xDE, A: 0x6B}
	active   = color.NRGBA{R: 0x7F, G: 0xD5, B: 0xA2, A: 0xFF}
	pending  = color.NRGBA{R: 0xF1, G: 0xC2, B: 0x67, A: 0xFF}
	broken   = color.NRGBA{R: 0xD2, G: 0xAC, B: 0xF5, A: 0xFF}
)

// drawing is a list of people and how their factors are, without words. It is
// made of rectangles, which a window draws at once; an SVG of that size would
// take a tenth of the program's start.
func drawing() fyne.CanvasObject {
	var objects []fyne.CanvasObject
	put := func(x, y, w, h, radius float32, fill, line color.Color) {
		r := canvas.NewRectangle(fill)
		r.CornerRadius = radius
		if line != nil {
			r.StrokeColor, r.StrokeWidth = line, 1.4
		}
		r.Move(fyne.NewPos(x, y))
		r.Resize(fyne.NewSize(w, h))
		objects = append(objects, r)
	}
	for i, row := range []struct {
		name, pill float32 // widths
		ink        color.Color
	}{{96, 75, active}, {72, 105, pending}, {112, 75, active}, {84, 117, broken}} {
		y := float32(i) * 52
		left := 332 - row.pill
		put(0, y, 344, 44, kit.RadiusNote, rowFill, nil)
		put(15, y+13, 18, 18, 9, headFill, nil)
		put(44, y+18, row.name, 8, 4, nameFill, nil)
		put(left, y+11, row.pill, 22, 11, color.Transparent, row.ink)
		put(left+10, y+18, 8, 8, 4, row.ink, nil)
		put(left+23, y+19, row.pill-35, 6, 3, row.ink, nil)
	}
	return kit.Fix(344, 200, container.NewWithoutLayout(objects...))
}

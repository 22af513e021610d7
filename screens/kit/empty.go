package kit

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// EmptyState says in the middle of a room why nothing is there and what to do:
// a picture or an icon, a title, a sentence, and controls.
func EmptyState(picture fyne.CanvasObject, title, sentence string, controls ...fyne.CanvasObject) fyne.CanvasObject {
	parts := []fyne.CanvasObject{picture}
	if picture != nil {
		parts = append(parts, Fix(0, Space8, Spacer()))
	}
	parts = append(parts,
		Title(strings.TrimSuffix(title, ".")).Centered().Wrapped(),
		Center(460, NewText(sentence).At(Size14).In(ColorInk2).Centered().Wrapped()))
	for _, control := range controls {
		parts = append(parts, Fix(0, 6, Spacer()), Center(0, control))
	}
	return Center(600, Column(6, parts...))
}

// Skeleton shows gray bars in the shape of rows while something loads. Widths
// are the bars of one row as shares of the width.
func Skeleton(rows int, widths ...float32) fyne.CanvasObject {
	return SkeletonOf(HeightRow, rows, widths...)
}

// SkeletonOf is Skeleton with rows of another height at scale 1.
func SkeletonOf(height float32, rows int, widths ...float32) fyne.CanvasObject {
	if len(widths) == 0 {
		widths = []float32{0.16, 0.1, 0.22, 0.12, 0.2}
	}
	lines := make([]fyne.CanvasObject, rows)
	for i := range lines {
		lines[i] = newSkeletonRow(height, widths, i)
	}
	return Column(0, lines...)
}

type skeletonRow struct {
	widget.BaseWidget
	height float32
	widths []float32
	bars   []*box
	line   *canvas.Rectangle
	index  int
}

func newSkeletonRow(height float32, widths []float32, index int) *skeletonRow {
	s := &skeletonRow{height: height, widths: widths, line: canvas.NewRectangle(nil), index: index}
	for range widths {
		s.bars = append(s.bars, newBox(ColorLine, ColorNone, 5))
	}
	s.ExtendBaseWidget(s)
	s.paint()
	return s
}

func (s *skeletonRow) paint() {
	for _, bar := range s.bars {
		bar.paint()
	}
	s.line.FillColor = tint(ColorLine)
	s.line.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (s *skeletonRow) CreateRenderer() fyne.WidgetRenderer {
	objects := []fyne.CanvasObject{s.line}
	for _, bar := range s.bars {
		objects = append(objects, bar.inner)
	}
	return &renderer{
		widget:  s,
		objects: objects,
		layout: func(size fyne.Size) {
			s.line.Move(fyne.NewPos(0, size.Height-1))
			s.line.Resize(fyne.NewSize(size.Width, 1))
			x, y := Space16, round((size.Height-10)/2)
			for i, bar := range s.bars {
				room := size.Width * s.widths[i]
				// Uneven bars look like words and not like a barred window.
				part := 0.62 + 0.1*float32((s.index*7+i*3)%4)
				bar.place(x, y, round(room*part), 10)
				x += round(room + Space16)
			}
		},
		min:   func() fyne.Size { return fyne.NewSize(0, Scaled(s.height)) },
		paint: s.paint,
	}
}

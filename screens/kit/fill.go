package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Separator is a 1 px line across the room.
func Separator() *Fill { return newFill(ColorLine, fyne.NewSize(1, 1)) }

// Plate fills the room behind something with a token's color.
func Plate(color fyne.ThemeColorName) *Fill { return newFill(color, fyne.Size{}) }

// Fill is a plain rectangle in a token's color. Make it with Plate or Separator.
type Fill struct {
	widget.BaseWidget
	color fyne.ThemeColorName
	least fyne.Size
	rect  *canvas.Rectangle
}

func newFill(color fyne.ThemeColorName, least fyne.Size) *Fill {
	f := &Fill{color: color, least: least, rect: canvas.NewRectangle(tint(color))}
	f.ExtendBaseWidget(f)
	return f
}

// SetColor changes the token.
func (f *Fill) SetColor(color fyne.ThemeColorName) {
	f.color = color
	f.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (f *Fill) CreateRenderer() fyne.WidgetRenderer {
	return &renderer{
		widget:  f,
		objects: []fyne.CanvasObject{f.rect},
		layout:  func(size fyne.Size) { f.rect.Resize(size) },
		min:     func() fyne.Size { return f.least },
		paint: func() {
			f.rect.FillColor = tint(f.color)
			f.rect.Refresh()
		},
	}
}

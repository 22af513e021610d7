package kit

import (
	"strings"

	"fyne.io/fyne/v2"
)

// KeyGroups shows a recovery key as it is printed, three groups to a line.
func KeyGroups(key string) fyne.CanvasObject {
	parts := strings.Split(key, "-")
	var lines []fyne.CanvasObject
	for len(parts) > 0 {
		n := min(3, len(parts))
		cells := make([]fyne.CanvasObject, n)
		for i, part := range parts[:n] {
			cells[i] = Grow(NewText(part).At(Size20).Mono().Centered())
		}
		lines = append(lines, Row(0, cells...))
		parts = parts[n:]
	}
	return NewFrame(ColorHead, ColorLine, PadXY(Space16, Space16, Column(Space8, lines...)))
}

package qr

import "strings"

// Style says how [Matrix.Blocks] gets black and white in a terminal.
type Style int

// The styles.
const (
	// Color sets black on white by escape sequences, and is right on every
	// terminal that knows colors, dark or light.
	Color Style = iota
	// DarkOnLight is plain text for dark letters on a light ground: paper, a
	// text file, a light terminal.
	DarkOnLight
	// LightOnDark is plain text for light letters on a dark ground.
	LightOnDark
)

// The escape sequences take black and white from the 256 fixed colors, since
// themes turn the first 16 into others.
const (
	blackOnWhiteText = "\x1b[38;5;16;48;5;231m"
	usualText        = "\x1b[0m"
)

// Blocks draws the code with its quiet zone, one character a column and half a
// character a row, so that modules are square where characters are twice as
// high as wide. Each line ends with a line feed. It needs Size + 8 columns and
// half as many lines; the zero Matrix gives no text.
func (m Matrix) Blocks(style Style) string {
	if m.size == 0 {
		return ""
	}
	var b strings.Builder
	for y := -QuietZone; y < m.size+QuietZone; y += 2 {
		if style == Color {
			b.WriteString(blackOnWhiteText)
		}
		for x := -QuietZone; x < m.size+QuietZone; x++ {
			upper, lower := m.Black(x, y), m.Black(x, y+1)
			if style == LightOnDark {
				upper, lower = !upper, !lower // letters are the light part
			}
			b.WriteString(block(upper, lower))
		}
		if style == Color {
			b.WriteString(usualText)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// block is the character whose upper and lower halves are inked so.
func block(upper, lower bool) string {
	switch {
	case upper && lower:
		return "█"
	case upper:
		return "▀"
	case lower:
		return "▄"
	}
	return " "
}

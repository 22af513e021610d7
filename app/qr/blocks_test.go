package qr_test

import (
	"image"
	"image/color"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app/qr"
)

// terminal draws text as a terminal would, a half character 4 × 4 pixels.
func terminal(t *testing.T, lines []string, ink, ground color.Gray) image.Image {
	t.Helper()
	const dot = 4
	img := image.NewGray(image.Rect(0, 0, len([]rune(lines[0]))*dot, 2*len(lines)*dot))
	for row, line := range lines {
		for column, r := range []rune(line) {
			halves, known := map[rune][2]bool{' ': {}, '▀': {true, false}, '▄': {false, true}, '█': {true, true}}[r]
			require.True(t, known, "%q", r)
			for half, inked := range halves {
				shade := ground
				if inked {
					shade = ink
				}
				for i := range dot * dot {
					img.SetGray(column*dot+i%dot, (2*row+half)*dot+i/dot, shade)
				}
			}
		}
	}
	return img
}

func TestBlocks(t *testing.T) {
	m := matrix(t, uri)
	black, white := color.Gray{Y: 0}, color.Gray{Y: 0xff}
	for _, c := range []struct {
		style       qr.Style
		ink, ground color.Gray
	}{{qr.Color, black, white}, {qr.DarkOnLight, black, white}, {qr.LightOnDark, white, black}} {
		text := m.Blocks(c.style)
		require.True(t, strings.HasSuffix(text, "\n"))
		lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
		require.Len(t, lines, (m.Size()+8+1)/2)
		for i, line := range lines {
			if c.style == qr.Color {
				var begun, ended bool
				line, begun = strings.CutPrefix(line, "\x1b[38;5;16;48;5;231m")
				line, ended = strings.CutSuffix(line, "\x1b[0m")
				require.True(t, begun && ended, "each line sets and resets the colors")
			}
			require.NotContains(t, line, "\x1b")
			require.Len(t, []rune(line), m.Size()+8)
			lines[i] = line
		}
		img := terminal(t, lines, c.ink, c.ground)
		require.Equal(t, uri, read(t, img))
		margin(t, img, 4*qr.QuietZone)
	}
	require.Empty(t, qr.Matrix{}.Blocks(qr.Color))
}

// margin fails unless img is white to a depth of pixels on all four sides.
func margin(t *testing.T, img image.Image, depth int) {
	t.Helper()
	side := img.Bounds().Dx()
	for y := range img.Bounds().Dy() {
		for x := range side {
			if x < depth || y < depth || x >= side-depth || y >= img.Bounds().Dy()-depth {
				if img.At(x, y) != (color.Gray{Y: 0xff}) {
					require.FailNow(t, "the margin is not white", "at %d, %d", x, y)
				}
			}
		}
	}
}

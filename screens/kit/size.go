package kit

import (
	"math"

	"fyne.io/fyne/v2"
)

// Text sizes, in the look's units at scale 1.
const (
	Size11 float32 = 11 // rail words, pills, tags, keycaps
	Size12 float32 = 12 // captions, labels (bold), table header (bold)
	Size13 float32 = 13 // body, table, buttons (bold)
	Size14 float32 = 14 // card titles (bold), top-bar name, empty-state sentence
	Size16 float32 = 16 // section titles (bold), the key
	Size20 float32 = 20 // page and dialog titles, verdict (bold), code fields (mono)
	Size28 float32 = 28 // welcome titles, First code (mono)
)

// Spaces between things.
const (
	Space4  float32 = 4
	Space8  float32 = 8
	Space12 float32 = 12
	Space14 float32 = 14 // between the stacked bands of a page
	Space16 float32 = 16 // between cards
	Space18 float32 = 18 // page margin above and below
	Space24 float32 = 24 // page margin at the sides
	Space32 float32 = 32
	Space40 float32 = 40
)

// Corner radii.
const (
	RadiusTag    float32 = 4  // tags, checkboxes, keycaps
	RadiusField  float32 = 6  // fields, buttons
	RadiusNote   float32 = 8  // rail items, notes, inner boxes
	RadiusCard   float32 = 10 // cards
	RadiusDialog float32 = 12 // dialogs
)

// Heights at scale 1; use Scaled for the real one.
const (
	HeightTopBar   float32 = 56
	HeightTitleRow float32 = 40
	HeightButton   float32 = 36
	HeightTall     float32 = 40 // button and field on sign-in and lock
	HeightSmall    float32 = 28
	HeightChip     float32 = 32
	HeightPill     float32 = 22
	HeightRow      float32 = 36
	HeightFoot     float32 = 45 // table footer
	HeightCode     float32 = 44 // test codes
	HeightFirst    float32 = 60 // First code
)

// sizeScale is the name under which our theme tells its text factor.
const sizeScale fyne.ThemeSizeName = "fdScale"

// textScale is the factor of text in the theme of now.
func textScale() float32 {
	if app := fyne.CurrentApp(); app != nil {
		if th, ok := app.Settings().Theme().(*Theme); ok {
			return th.scale
		}
	}
	return 1
}

// Scaled is a text size, or a height that holds text, under the text factor of
// now, in whole units.
func Scaled(size float32) float32 {
	scale := textScale()
	if scale == 1 {
		return size
	}
	return float32(math.Round(float64(size * scale)))
}

// lineHeight is the distance between two lines of text of a size, scaled.
func lineHeight(size float32) float32 {
	var line float32
	switch {
	case size <= Size11:
		line = 15
	case size <= Size12:
		line = 17
	case size <= Size13:
		line = 18
	case size <= Size14:
		line = 20
	case size <= Size16:
		line = 22
	case size <= Size20:
		line = 28
	default:
		line = 36
	}
	return Scaled(line)
}

// Package assets holds the files that are built into the window program.
package assets

import _ "embed"

// IconSVG is the application's icon as a drawing, for the screens.
//
//go:embed icon.svg
var IconSVG []byte

// IconPNG is the same, 512 pixels square, for the desktop: to draw it from the
// SVG would take a tenth of the program's start.
//
//go:embed icon.png
var IconPNG []byte

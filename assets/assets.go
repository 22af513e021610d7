// Package assets holds the files that are built into the window program.
package assets

import _ "embed"

// IconSVG is the application's icon as a drawing, which Fyne scales for the window and the screens.
// The raster of it, icon.png, is for the packaging tool alone and is not built in.
//
//go:embed icon.svg
var IconSVG []byte

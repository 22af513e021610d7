// Package qr turns a text, in practice an otpauth URI, into a QR code: a matrix
// of modules, from which come a picture, a PNG file and blocks for a terminal.
//
// Modules are always square and whole: a window draws [Matrix.Black] or
// [Matrix.Image] at a whole number of pixels a module, and a QuietZone of white
// around. The error correction level is Medium, which is enough for screens and
// keeps the modules big.
//
// A code of an otpauth URI shows the secret: files are created for the owner
// only and never over an existing one, and a [Matrix] does not print itself.
package qr

import (
	"errors"
	"fmt"

	qrcode "github.com/skip2/go-qrcode"
)

// QuietZone is the white margin that readers need on each side, in modules
// (ISO/IEC 18004 section 6.3.8). A [Matrix] does not include it; pictures and
// blocks do.
const QuietZone = 4

// What can be wrong with a text.
var (
	ErrEmpty   = errors.New("there is no text to make a QR code of")
	ErrTooLong = errors.New("the text is too long for a QR code: at most 2331 bytes fit")
)

// maxText is what version 40 with level Medium holds in bytes. More digits or
// capitals than that would fit; one limit is easier to say.
const maxText = 2331

// Matrix is a QR code without its quiet zone. The zero Matrix has size 0.
type Matrix struct {
	size    int
	modules []bool // by rows; true is black
}

// New makes the QR code of a text. It fails with [ErrEmpty] or [ErrTooLong].
func New(text string) (Matrix, error) {
	if text == "" {
		return Matrix{}, ErrEmpty
	}
	if len(text) > maxText {
		return Matrix{}, ErrTooLong
	}
	code, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return Matrix{}, ErrTooLong // the library's only error for a text
	}
	code.DisableBorder = true
	bitmap := code.Bitmap() // once only: each call pads the data anew
	m := Matrix{size: len(bitmap), modules: make([]bool, 0, len(bitmap)*len(bitmap))}
	for _, row := range bitmap {
		m.modules = append(m.modules, row...)
	}
	return m, nil
}

// Size is the number of modules on a side, without the quiet zone: 21 to 177.
func (m Matrix) Size() int { return m.size }

// Black tells whether the module in column x and row y is black, counted from
// the upper left corner of the code. Everything outside is white.
func (m Matrix) Black(x, y int) bool {
	return x >= 0 && y >= 0 && x < m.size && y < m.size && m.modules[y*m.size+x]
}

// Format implements [fmt.Formatter]: every verb prints the size only.
func (m Matrix) Format(state fmt.State, _ rune) {
	// The state buffers; a failed write shows where it is flushed.
	_, _ = fmt.Fprint(state, "QR code of ", m.size, " modules (hidden)")
}

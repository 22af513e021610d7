package qr

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"os"
)

// Pixels a module.
const (
	DefaultScale = 8  // an otpauth URI makes a picture of about 400 pixels
	MaxScale     = 32 // no picture has more than 6,000 pixels on a side
)

// ErrScale is returned for a scale below 1 or above [MaxScale].
var ErrScale = errors.New("a module must be 1 to 32 pixels wide")

// blackOnWhite is the palette of pictures, whatever the theme: many readers
// refuse light on dark.
var blackOnWhite = color.Palette{color.Gray{Y: 0xff}, color.Gray{Y: 0}}

// Image draws the code with its quiet zone, scale pixels a module. It fails
// with [ErrScale], and with [ErrEmpty] for the zero Matrix.
func (m Matrix) Image(scale int) (*image.Paletted, error) {
	if m.size == 0 {
		return nil, ErrEmpty
	}
	if scale < 1 || scale > MaxScale {
		return nil, ErrScale
	}
	side := (m.size + 2*QuietZone) * scale
	img := image.NewPaletted(image.Rect(0, 0, side, side), blackOnWhite)
	for y := range m.size {
		top := (y + QuietZone) * scale
		row := img.Pix[top*img.Stride : top*img.Stride+side]
		for x := range m.size {
			if !m.Black(x, y) {
				continue
			}
			left := (x + QuietZone) * scale
			for i := left; i < left+scale; i++ {
				row[i] = 1
			}
		}
		for i := 1; i < scale; i++ {
			copy(img.Pix[(top+i)*img.Stride:], row)
		}
	}
	return img, nil
}

// PNG is [Matrix.Image] as a PNG file of one bit a pixel. The same code and
// scale give the same bytes.
func (m Matrix) PNG(scale int) ([]byte, error) {
	img, err := m.Image(scale)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return nil, fmt.Errorf("draw the QR code: %w", err)
	}
	return b.Bytes(), nil
}

// WritePNG writes the PNG to a new file that only the owner may read. A path
// that exists, a dangling link included, is left alone and refused with an
// error that is [fs.ErrExist]; a file that cannot be written whole is removed.
func (m Matrix) WritePNG(path string, scale int) error {
	picture, err := m.PNG(scale)
	if err != nil {
		return err
	}
	// O_EXCL decides in one step that the file is ours, so that its permissions
	// are, too. Replacing one by atomic.WriteFile would keep the old file's.
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("write the QR code: %w; choose another name or remove it first", err)
	}
	if err != nil {
		return fmt.Errorf("write the QR code: %w", err)
	}
	_, err = file.Write(picture)
	err = errors.Join(err, file.Close())
	if err != nil {
		err = errors.Join(err, os.Remove(path))
		return fmt.Errorf("write the QR code: %w", err)
	}
	return nil
}

package qr_test

import (
	"bytes"
	"image/color"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app/qr"
)

// TestImage looks at each pixel: square modules, whole pixels, white margin.
func TestImage(t *testing.T) {
	m := matrix(t, uri)
	for _, scale := range []int{1, 3, 8, qr.MaxScale} {
		img, err := m.Image(scale)
		require.NoError(t, err)
		side := (m.Size() + 8) * scale
		require.Equal(t, side, img.Bounds().Dx())
		require.Equal(t, side, img.Bounds().Dy())
		wrong := 0
		for y := range side {
			for x := range side {
				want := color.Gray{Y: 0xff}
				if m.Black(x/scale-qr.QuietZone, y/scale-qr.QuietZone) {
					want.Y = 0
				}
				if img.At(x, y) != want {
					wrong++
				}
			}
		}
		require.Zero(t, wrong, "scale %d", scale)
	}
}

func TestImageRefuses(t *testing.T) {
	m := matrix(t, uri)
	for _, scale := range []int{0, -8, qr.MaxScale + 1} {
		_, err := m.Image(scale)
		require.ErrorIs(t, err, qr.ErrScale)
		_, err = m.PNG(scale)
		require.ErrorIs(t, err, qr.ErrScale)
	}
	_, err := qr.Matrix{}.Image(1)
	require.ErrorIs(t, err, qr.ErrEmpty)
}

func TestPNG(t *testing.T) {
	picture, err := matrix(t, uri).PNG(qr.DefaultScale)
	require.NoError(t, err)
	again, err := matrix(t, uri).PNG(qr.DefaultScale)
	require.NoError(t, err)
	require.Equal(t, picture, again)
	img, err := png.Decode(bytes.NewReader(picture))
	require.NoError(t, err)
	require.Equal(t, uri, read(t, img))
	require.Equal(t, byte(1), picture[24], "bits a pixel")
}

func TestWritePNG(t *testing.T) {
	m := matrix(t, uri)
	path := filepath.Join(t.TempDir(), "ann.png")
	require.NoError(t, m.WritePNG(path, qr.DefaultScale))
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode())
	written, err := os.ReadFile(path)
	require.NoError(t, err)
	picture, err := m.PNG(qr.DefaultScale)
	require.NoError(t, err)
	require.Equal(t, picture, written)
}

func TestWritePNGRefuses(t *testing.T) {
	m, dir := matrix(t, uri), t.TempDir()
	file, dangling := filepath.Join(dir, "file"), filepath.Join(dir, "dangling")
	require.NoError(t, os.WriteFile(file, []byte("precious"), 0o644))
	require.NoError(t, os.Symlink(filepath.Join(dir, "elsewhere"), dangling))
	for _, path := range []string{file, dangling, dir} {
		require.ErrorIs(t, m.WritePNG(path, 8), fs.ErrExist)
	}
	kept, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, "precious", string(kept))
	require.NoFileExists(t, filepath.Join(dir, "elsewhere"))

	require.ErrorIs(t, m.WritePNG(filepath.Join(dir, "none", "a.png"), 8), fs.ErrNotExist)
	fresh := filepath.Join(dir, "fresh")
	require.ErrorIs(t, m.WritePNG(fresh, 0), qr.ErrScale)
	require.NoFileExists(t, fresh)
}

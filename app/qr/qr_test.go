package qr_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"log/slog"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	zxing "github.com/makiuchi-d/gozxing/qrcode"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/factordesk/factordesk/app/qr"
)

// uri has 120 characters, the length that performance is measured with.
const uri = "otpauth://totp/Example%20Shop:ann%40example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Example%20Shop&digits=8&x"

// read finds and decodes a code in a picture with an independent reader.
func read(t require.TestingT, img image.Image) string {
	return decode(t, img, gozxing.DecodeHintType_TRY_HARDER)
}

// readExact decodes a picture that holds nothing but a code. It judges the
// modules alone: the finding in this reader misses some faultless codes of a few
// letters.
func readExact(t require.TestingT, img image.Image) string {
	return decode(t, img, gozxing.DecodeHintType_PURE_BARCODE)
}

func decode(t require.TestingT, img image.Image, hint gozxing.DecodeHintType) string {
	bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
	require.NoError(t, err)
	result, err := zxing.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{
		hint:                                 true,
		gozxing.DecodeHintType_CHARACTER_SET: "UTF-8",
	})
	require.NoError(t, err)
	return result.GetText()
}

func matrix(t require.TestingT, text string) qr.Matrix {
	m, err := qr.New(text)
	require.NoError(t, err)
	return m
}

func TestNew(t *testing.T) {
	require.Len(t, uri, 120)
	m := matrix(t, uri)
	require.Equal(t, 45, m.Size(), "version 7")

	// The upper left finder: black ring, white ring, black square.
	for i := range 7 {
		require.True(t, m.Black(i, 0) && m.Black(0, i) && m.Black(i, 6) && m.Black(6, i))
		require.False(t, m.Black(7, i) || m.Black(i, 7))
	}
	require.False(t, m.Black(1, 1))
	require.True(t, m.Black(3, 3))
	// There is none in the lower right corner, so nothing is mirrored.
	far := m.Size() - 1
	require.True(t, m.Black(far, 0) && m.Black(far-6, 0) && m.Black(0, far) && m.Black(0, far-6))
	ring := 0
	for i := range 7 {
		for _, black := range []bool{m.Black(far-i, far), m.Black(far, far-i)} {
			if black {
				ring++
			}
		}
	}
	require.Less(t, ring, 14)

	for _, outside := range [][2]int{{-1, 0}, {0, -1}, {far + 1, 0}, {0, far + 1}, {1 << 40, 1 << 40}} {
		require.False(t, m.Black(outside[0], outside[1]))
	}
}

func TestNewRefuses(t *testing.T) {
	for text, want := range map[string]error{
		"":                           qr.ErrEmpty,
		strings.Repeat("x", 2332):    qr.ErrTooLong,
		strings.Repeat("1", 5000):    qr.ErrTooLong,
		strings.Repeat("x", 100_000): qr.ErrTooLong,
	} {
		m, err := qr.New(text)
		require.ErrorIs(t, err, want)
		require.Zero(t, m.Size())
	}
	require.Equal(t, 177, matrix(t, strings.Repeat("x", 2331)).Size())
}

// TestLongest mixes runs for which the library changes its encoding: none makes
// a text within the limit too long.
func TestLongest(t *testing.T) {
	for _, run := range []string{"1A", "1a", "Aa", "aA1", "11111111a", "AAAAAAAAAAa", "1111111AAAAAAAAAAA", "ä"} {
		matrix(t, strings.Repeat(run, 2331)[:2331])
	}
}

func TestRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(
			rapid.StringMatching(`otpauth://totp/[A-Za-z0-9%._~-]{1,60}:[A-Za-z0-9%._~-]{1,60}\?secret=[A-Z2-7]{16,210}&issuer=[A-Za-z0-9%]{0,60}`),
			rapid.StringMatching(`[ -~]{1,400}`),
		).Draw(t, "text")
		scale := rapid.IntRange(2, 5).Draw(t, "scale")
		img, err := matrix(t, text).Image(scale)
		require.NoError(t, err)
		require.Equal(t, text, readExact(t, img))
	})
}

func TestMatrixPrintsNothing(t *testing.T) {
	m := matrix(t, uri)
	for _, value := range []any{m, &m, []qr.Matrix{m}, struct{ M qr.Matrix }{m}} {
		var out bytes.Buffer
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%t", "%d"} {
			fmt.Fprintf(&out, verb, value)
		}
		text, err := json.Marshal(value)
		require.NoError(t, err)
		out.Write(text)
		slog.New(slog.NewTextHandler(&out, nil)).Info("m", "m", value)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("m", "m", value)
		require.NotContains(t, out.String(), "true")
		require.NotContains(t, out.String(), "false")
		require.Less(t, out.Len(), 1000)
	}
	require.Equal(t, "QR code of 45 modules (hidden)", fmt.Sprint(m))
}

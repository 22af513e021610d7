package qr_test

import (
	"testing"

	qrcode "github.com/skip2/go-qrcode"

	"github.com/factordesk/factordesk/app/qr"
)

// floor is the bare bitmap of the library.
func floor(b *testing.B) {
	for b.Loop() {
		code, err := qrcode.New(uri, qrcode.Medium)
		if err != nil {
			b.Fatal(err)
		}
		code.DisableBorder = true
		if len(code.Bitmap()) == 0 {
			b.Fatal("empty")
		}
	}
}

func BenchmarkMatrix(b *testing.B) {
	b.Run("floor", floor)
	b.Run("ours", func(b *testing.B) {
		for b.Loop() {
			if _, err := qr.New(uri); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(1.3, "target-ratio")
	})
}

// BenchmarkScreen is what a window draws: matrix and picture, no PNG.
func BenchmarkScreen(b *testing.B) {
	b.Run("floor", floor)
	b.Run("ours", func(b *testing.B) {
		for b.Loop() {
			m, err := qr.New(uri)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := m.Image(qr.DefaultScale); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(1.3, "target-ratio")
	})
}

func BenchmarkPNG(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := matrix(b, uri).PNG(qr.DefaultScale); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBlocks(b *testing.B) {
	m := matrix(b, uri)
	b.ReportAllocs()
	for b.Loop() {
		m.Blocks(qr.Color)
	}
}

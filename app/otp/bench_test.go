package otp_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/binary"
	"testing"
	"time"

	pquerna "github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"github.com/factordesk/factordesk/app/otp"
)

var benchSecret = []byte("12345678901234567890")

// BenchmarkFloor is the bare standard library with its HMAC state reused.
func BenchmarkFloor(b *testing.B) {
	mac := hmac.New(sha1.New, benchSecret)
	mac.Reset()
	var counter [8]byte
	sum := make([]byte, 0, sha1.Size)
	var n uint64
	b.ReportAllocs()
	for b.Loop() {
		n++
		binary.BigEndian.PutUint64(counter[:], n)
		mac.Reset()
		mac.Write(counter[:])
		sum = mac.Sum(sum[:0])
	}
}

func BenchmarkGenerator(b *testing.B) {
	for _, a := range []otp.Algorithm{otp.SHA1, otp.SHA256, otp.SHA512} {
		b.Run(string(a), func(b *testing.B) {
			g, err := otp.NewGenerator(benchSecret, a)
			if err != nil {
				b.Fatal(err)
			}
			var n uint64
			b.ReportAllocs()
			for b.Loop() {
				n++
				otp.Cut(g.Value(n), 6)
			}
		})
	}
}

func BenchmarkCode(b *testing.B) {
	p := otp.Default()
	var n uint64
	b.ReportAllocs()
	for b.Loop() {
		n++
		if _, err := otp.Code(benchSecret, p, n); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPquerna is the library that BenchmarkCode stands in for.
func BenchmarkPquerna(b *testing.B) {
	secret := otp.Encode(benchSecret)
	opts := hotp.ValidateOpts{Digits: pquerna.DigitsSix, Algorithm: pquerna.AlgorithmSHA1}
	var n uint64
	b.ReportAllocs()
	for b.Loop() {
		n++
		if _, err := hotp.GenerateCodeCustom(secret, n, opts); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMatch(b *testing.B) {
	p, at := otp.Default(), time.Unix(1_700_000_000, 0)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := otp.Match(benchSecret, p, "123456", at, otp.DefaultWindow, otp.NoStep); err != nil {
			b.Fatal(err)
		}
	}
}

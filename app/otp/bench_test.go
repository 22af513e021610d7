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

// BenchmarkHOTP compares a code of a generator with the bare standard library,
// both with their HMAC state reused.
func BenchmarkHOTP(b *testing.B) {
	b.Run("floor", func(b *testing.B) {
		mac := hmac.New(sha1.New, benchSecret)
		var counter [8]byte
		sum := make([]byte, 0, sha1.Size)
		var n uint64
		for b.Loop() {
			n++
			binary.BigEndian.PutUint64(counter[:], n)
			mac.Reset()
			mac.Write(counter[:])
			sum = mac.Sum(sum[:0])
		}
	})
	b.Run("ours", func(b *testing.B) {
		g, err := otp.NewGenerator(benchSecret, otp.SHA1)
		if err != nil {
			b.Fatal(err)
		}
		var n uint64
		for b.Loop() {
			n++
			otp.Cut(g.Value(n), 6)
		}
		b.ReportMetric(1.5, "target-ratio")
	})
}

// BenchmarkCode compares one code of a secret with the library that it stands
// in for.
func BenchmarkCode(b *testing.B) {
	b.Run("floor", func(b *testing.B) {
		secret := otp.Encode(benchSecret)
		opts := hotp.ValidateOpts{Digits: pquerna.DigitsSix, Algorithm: pquerna.AlgorithmSHA1}
		var n uint64
		for b.Loop() {
			n++
			if _, err := hotp.GenerateCodeCustom(secret, n, opts); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("ours", func(b *testing.B) {
		p := otp.Default()
		var n uint64
		for b.Loop() {
			n++
			if _, err := otp.Code(benchSecret, p, n); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(1.2, "target-ratio")
	})
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

// BenchmarkDiagnose compares a diagnosis that finds nothing, and so tries
// everything, with the bare values that it has to look at.
func BenchmarkDiagnose(b *testing.B) {
	at := time.Unix(1_700_000_000, 0)
	steps := map[otp.Algorithm][]int64{}
	now := otp.Step(at, 30*time.Second)
	for step := now - 2880; step <= now+2880; step++ {
		steps[otp.SHA1] = append(steps[otp.SHA1], step)
	}
	for _, a := range []otp.Algorithm{otp.SHA1, otp.SHA256, otp.SHA512} {
		steps[a] = append(steps[a], now-1, now, now+1, now/2-1, now/2, now/2+1)
	}
	b.Run("floor", func(b *testing.B) {
		for b.Loop() {
			for a, all := range steps {
				g, err := otp.NewGenerator(benchSecret, a)
				if err != nil {
					b.Fatal(err)
				}
				for _, step := range all {
					otp.Cut(g.Value(uint64(step)), 6)
				}
			}
		}
	})
	b.Run("ours", func(b *testing.B) {
		own := []otp.Suspect{{Secret: benchSecret, Params: otp.Default(), Last: otp.NoStep}}
		for b.Loop() {
			if d, err := otp.Diagnose([]otp.Reading{{Code: "000000", At: at}}, own, 1); err != nil || d.Suspect >= 0 {
				b.Fatal("something was found", err)
			}
		}
		b.ReportMetric(1.5, "target-ratio")
	})
}

// BenchmarkOwners asks 20,000 users whose code it is.
func BenchmarkOwners(b *testing.B) {
	for b.Loop() {
		if _, err := otp.OwnersOf(b.Context(), []otp.Reading{{Code: "000000", At: time.Unix(1_700_000_000, 0)}}, crowd(20_000), 1, nil); err != nil {
			b.Fatal(err)
		}
	}
}

package otpauth_test

import (
	"testing"

	"github.com/factordesk/factordesk/app/otpauth"
)

func BenchmarkBuild(b *testing.B) {
	k := ann()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := otpauth.Build(k); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	uri, err := otpauth.Build(ann())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := otpauth.Parse(uri); err != nil {
			b.Fatal(err)
		}
	}
}

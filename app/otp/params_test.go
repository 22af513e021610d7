package otp_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app/otp"
)

func TestValidate(t *testing.T) {
	require.NoError(t, otp.Default().Validate())
	totp := func(a otp.Algorithm, digits int, period time.Duration) otp.Params {
		return otp.Params{Kind: otp.TOTP, Algorithm: a, Digits: digits, Period: period}
	}
	cases := []struct {
		name string
		p    otp.Params
		want error
	}{
		{"shortest", totp(otp.SHA256, 6, 15*time.Second), nil},
		{"longest", totp(otp.SHA512, 8, 120*time.Second), nil},
		{"seven digits", totp(otp.SHA1, 7, 30*time.Second), nil},
		{"hotp", otp.Params{Kind: otp.HOTP, Algorithm: otp.SHA1, Digits: 6}, nil},
		{"zero value", otp.Params{}, otp.ErrKind},
		{"kind in capitals", otp.Params{Kind: "TOTP", Algorithm: otp.SHA1, Digits: 6, Period: 30 * time.Second}, otp.ErrKind},
		{"no algorithm", totp("", 6, 30*time.Second), otp.ErrAlgorithm},
		{"md5", totp("MD5", 6, 30*time.Second), otp.ErrAlgorithm},
		{"five digits", totp(otp.SHA1, 5, 30*time.Second), otp.ErrDigits},
		{"nine digits", totp(otp.SHA1, 9, 30*time.Second), otp.ErrDigits},
		{"no period", totp(otp.SHA1, 6, 0), otp.ErrPeriod},
		{"period too short", totp(otp.SHA1, 6, 14*time.Second), otp.ErrPeriod},
		{"period too long", totp(otp.SHA1, 6, 121*time.Second), otp.ErrPeriod},
		{"period of half a second", totp(otp.SHA1, 6, 30*time.Second+500*time.Millisecond), otp.ErrPeriod},
		{"hotp with a period", otp.Params{Kind: otp.HOTP, Algorithm: otp.SHA1, Digits: 6, Period: 30 * time.Second}, otp.ErrPeriod},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			require.ErrorIs(t, c.p.Validate(), c.want)
			_, err := otp.Code(seed(20), c.p, 1)
			require.ErrorIs(t, err, c.want)
			_, verdict, err := otp.Match(seed(20), c.p, "000000", time.Unix(0, 0), 0, otp.NoStep)
			require.ErrorIs(t, err, c.want)
			require.Equal(t, otp.Wrong, verdict)
		})
	}
}

func TestParseAlgorithm(t *testing.T) {
	for text, want := range map[string]otp.Algorithm{
		"SHA1": otp.SHA1, "sha256": otp.SHA256, "Sha512": otp.SHA512,
	} {
		got, err := otp.ParseAlgorithm(text)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	for _, text := range []string{"", "md5", "SHA-1", "SHA2", "SHA1 "} {
		_, err := otp.ParseAlgorithm(text)
		require.ErrorIs(t, err, otp.ErrAlgorithm, text)
	}
}

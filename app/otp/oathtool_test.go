//go:build full

package otp_test

import (
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/factordesk/factordesk/app/otp"
)

// oathtool runs the program of that name, which must be installed. The secret
// reaches it through a file, not through an argument.
func oathtool(t require.TestingT, file string, secret []byte, flags ...string) string {
	require.NoError(t, os.WriteFile(file, []byte(hex.EncodeToString(secret)), 0o600))
	out, err := exec.Command("oathtool", append(flags, "@"+file)...).CombinedOutput()
	require.NoError(t, err, "oathtool must be installed (package oathtool): %s", out)
	return strings.TrimSpace(string(out))
}

func TestOathtool(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secret")
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.SliceOfN(rapid.Byte(), 16, 100).Draw(t, "secret")
		p := params(t, otp.TOTP)
		unix := rapid.Int64Range(0, 1<<33).Draw(t, "unix")
		want := oathtool(t, file, secret, "--totp="+string(p.Algorithm), fmt.Sprintf("--digits=%d", p.Digits),
			fmt.Sprintf("--time-step-size=%ds", int(p.Period.Seconds())), fmt.Sprintf("--now=@%d", unix))
		got, err := otp.CodeAt(secret, p, time.Unix(unix, 0))
		require.NoError(t, err)
		require.Equal(t, want, got)

		p = otp.Params{Kind: otp.HOTP, Algorithm: otp.SHA1, Digits: p.Digits}
		counter := rapid.Int64Range(0, 1<<62).Draw(t, "counter")
		want = oathtool(t, file, secret, fmt.Sprintf("--digits=%d", p.Digits), fmt.Sprintf("--counter=%d", counter))
		require.Equal(t, want, code(t, secret, p, counter))
	})
}

// TestOathtoolIsDiagnosed makes the codes of phones that are set up or set
// wrongly with oathtool, under a clock that is off.
func TestOathtoolIsDiagnosed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secret")
	at := time.Date(2026, 6, 9, 12, 8, 15, 0, time.UTC)
	own, older, another, stranger := []byte("12345678901234567890"), []byte("an earlier one of her"),
		[]byte("another entry of hers"), []byte("somebody else's secret")
	suspects := []otp.Suspect{
		{Relation: otp.Own, Secret: own, Params: otp.Default(), Last: otp.NoStep},
		{Relation: otp.Earlier, Secret: older, Params: otp.Default(), Last: otp.NoStep},
		{Relation: otp.Sibling, Secret: another, Params: otp.Default(), Last: otp.NoStep},
		{Relation: otp.Stranger, Secret: stranger, Params: otp.Default(), Last: otp.NoStep},
	}
	for _, c := range []struct {
		want   otp.Finding
		secret []byte
		device time.Duration
		flags  []string
	}{
		{otp.FoundAccepted, own, 0, []string{"--totp"}},
		{otp.FoundDrift, own, -2 * time.Minute, []string{"--totp"}},
		{otp.FoundDrift, own, 4 * 30 * time.Second, []string{"--totp"}},
		{otp.FoundZone, own, time.Hour, []string{"--totp"}},
		{otp.FoundZone, own, -24 * time.Hour, []string{"--totp"}},
		{otp.FoundFarDrift, own, 100 * time.Minute, []string{"--totp"}},
		{otp.FoundAlgorithm, own, 0, []string{"--totp=SHA256"}},
		{otp.FoundAlgorithm, own, 0, []string{"--totp=SHA512"}},
		{otp.FoundDigits, own, 0, []string{"--totp", "-d", "8"}},
		{otp.FoundPeriod, own, 0, []string{"--totp", "-s", "60s"}},
		{otp.FoundEarlier, older, 0, []string{"--totp"}},
		{otp.FoundSibling, another, 0, []string{"--totp"}},
		{otp.FoundStranger, stranger, 0, []string{"--totp"}},
	} {
		t.Run(fmt.Sprintf("%s %v", c.want, c.flags), func(t *testing.T) {
			var readings []otp.Reading
			for _, later := range []time.Duration{0, time.Minute} {
				when := at.Add(later)
				code := oathtool(t, file, c.secret, append(c.flags, fmt.Sprintf("--now=@%d", when.Add(c.device).Unix()))...)
				readings = append(readings, otp.Reading{Code: code, At: when})
			}
			d, err := otp.Diagnose(readings, suspects, otp.DefaultWindow)
			require.NoError(t, err)
			require.Equal(t, c.want, d.Finding)
			require.True(t, d.Sure())
			require.True(t, d.Drift.From <= c.device && c.device < d.Drift.To, "%v in %v", c.device, d.Drift)
		})
	}
}

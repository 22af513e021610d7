package otp_test

import (
	"crypto/sha1"
	"strings"
	"testing"
	"time"

	pquerna "github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/factordesk/factordesk/app/otp"
)

var epoch = time.Unix(0, 0)

func TestClean(t *testing.T) {
	for text, want := range map[string]string{
		"123456":              "123456",
		" 123 456 ":           "123456",
		"1234 5678":           "12345678",
		"123\u00a0456\n":      "123456",
		"123\u202f456":        "123456",
		"000000":              "000000",
		"1234567":             "1234567",
		"1 2 3 4 5 6 7 8 \t ": "12345678",
	} {
		got, err := otp.Clean(text)
		require.NoError(t, err, "%q", text)
		require.Equal(t, want, got)
	}
	for _, text := range []string{
		"", "      ", "12345", "123456789", "12345a", "-12345", "+123456", "123-456",
		"12345.6", "0x1234", "١٢٣٤٥٦", "１２３４５６", "123456\x00", "12345\xff", "1e5000",
	} {
		got, err := otp.Clean(text)
		require.ErrorIs(t, err, otp.ErrCode, "%q", text)
		require.Empty(t, got)
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"123456", " 123 456", "12345678", "", "12345a", "１２３４５６", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		code, err := otp.Clean(text)
		if err != nil {
			if code != "" {
				t.Fatalf("%q beside an error", code)
			}
			return
		}
		if len(code) < 6 || len(code) > 8 || strings.Trim(code, "0123456789") != "" {
			t.Fatalf("%q came through as %q", text, code)
		}
		if strings.Join(strings.Fields(text), "") != code {
			t.Fatalf("%q lost more than white space: %q", text, code)
		}
	})
}

func TestStep(t *testing.T) {
	const half = 30 * time.Second
	cases := []struct {
		at     time.Time
		period time.Duration
		want   int64
	}{
		{time.Unix(0, 0), half, 0},
		{time.Unix(29, 999_999_999), half, 0},
		{time.Unix(30, 0), half, 1},
		{time.Unix(59, 0), half, 1},
		{time.Unix(60, 0), half, 2},
		{time.Unix(119, 0), 120 * time.Second, 0},
		{time.Unix(120, 0), 120 * time.Second, 1},
		{time.Unix(0, -1), half, -1},
		{time.Unix(-1, 0), half, -1},
		{time.Unix(-30, 0), half, -1},
		{time.Unix(-30, -1), half, -2},
		{time.Unix(-31, 0), half, -2},
		{time.Date(2038, 1, 19, 3, 14, 8, 0, time.UTC), half, 1 << 31 / 30},
		{time.Date(2038, 1, 19, 3, 14, 8, 0, time.FixedZone("", 3600)), half, (1<<31 - 3600) / 30},
	}
	for _, c := range cases {
		require.Equal(t, c.want, otp.Step(c.at, c.period), "%v / %v", c.at.UTC(), c.period)
	}
}

// TestCodeAtBoundary looks at the last and the first moment of a code.
func TestCodeAtBoundary(t *testing.T) {
	p := otp.Default()
	at := func(t0 time.Time) string {
		code, err := otp.CodeAt(seed(20), p, t0)
		require.NoError(t, err)
		return code
	}
	require.Equal(t, "755224", at(time.Unix(0, 0)))
	require.Equal(t, "755224", at(time.Unix(29, 999_999_999)))
	require.Equal(t, "287082", at(time.Unix(30, 0)))

	_, err := otp.CodeAt(seed(20), otp.Params{Kind: otp.HOTP, Algorithm: otp.SHA1, Digits: 6}, epoch)
	require.ErrorIs(t, err, otp.ErrKind)
}

// params draws valid parameters of a kind.
func params(t *rapid.T, kind otp.Kind) otp.Params {
	p := otp.Params{
		Kind:      kind,
		Algorithm: rapid.SampledFrom([]otp.Algorithm{otp.SHA1, otp.SHA256, otp.SHA512}).Draw(t, "algorithm"),
		Digits:    rapid.IntRange(otp.MinDigits, otp.MaxDigits).Draw(t, "digits"),
	}
	if kind == otp.TOTP {
		p.Period = time.Duration(rapid.IntRange(15, 120).Draw(t, "period")) * time.Second
	}
	return p
}

// TestPquerna compares with an independent implementation.
func TestPquerna(t *testing.T) {
	algorithms := map[otp.Algorithm]pquerna.Algorithm{
		otp.SHA1: pquerna.AlgorithmSHA1, otp.SHA256: pquerna.AlgorithmSHA256, otp.SHA512: pquerna.AlgorithmSHA512,
	}
	rapid.Check(t, func(t *rapid.T) {
		p := params(t, otp.HOTP)
		secret := rapid.SliceOfN(rapid.Byte(), otp.MinSecret, 3*sha1.BlockSize).Draw(t, "secret")
		counter := rapid.Uint64().Draw(t, "counter")
		want, err := hotp.GenerateCodeCustom(otp.Encode(secret), counter, hotp.ValidateOpts{
			Digits: pquerna.Digits(p.Digits), Algorithm: algorithms[p.Algorithm],
		})
		require.NoError(t, err)
		got, err := otp.Code(secret, p, counter)
		require.NoError(t, err)
		require.Equal(t, want, got)
	})
}

// TestGeneratorReuse shows that no value depends on the ones before it.
func TestGeneratorReuse(t *testing.T) {
	for _, a := range []otp.Algorithm{otp.SHA1, otp.SHA256, otp.SHA512} {
		shared, err := otp.NewGenerator(seed(20), a)
		require.NoError(t, err)
		for _, counter := range []uint64{7, 1, 7, 1 << 63, 0, 7} {
			fresh, err := otp.NewGenerator(seed(20), a)
			require.NoError(t, err)
			require.Equal(t, fresh.Value(counter), shared.Value(counter))
		}
	}
	_, err := otp.NewGenerator(seed(20), "MD5")
	require.ErrorIs(t, err, otp.ErrAlgorithm)
}

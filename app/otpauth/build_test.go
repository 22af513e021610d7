package otpauth_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/factordesk/factordesk/app/otp"
	"github.com/factordesk/factordesk/app/otpauth"
)

func TestBuild(t *testing.T) {
	hello := []byte("Hello!\xde\xad\xbe\xef")
	cases := []struct {
		name string
		key  otpauth.Key
		want string
	}{
		{
			"usual",
			otpauth.Key{Params: otp.Default(), Issuer: "Example", Account: "alice@google.com", Secret: hello},
			"otpauth://totp/Example:alice%40google.com?secret=JBSWY3DPEHPK3PXP&issuer=Example&algorithm=SHA1&digits=6&period=30",
		},
		{
			"reserved characters",
			otpauth.Key{Params: otp.Default(), Issuer: "A&B + C#1 100% / D?", Account: "é=x+y", Secret: hello},
			"otpauth://totp/A%26B%20%2B%20C%231%20100%25%20%2F%20D%3F:%C3%A9%3Dx%2By?secret=JBSWY3DPEHPK3PXP" +
				"&issuer=A%26B%20%2B%20C%231%20100%25%20%2F%20D%3F&algorithm=SHA1&digits=6&period=30",
		},
		{
			"white space around",
			otpauth.Key{Params: otp.Default(), Issuer: " Big Corp\u00a0", Account: " ann ", Secret: hello},
			"otpauth://totp/Big%20Corp:ann?secret=JBSWY3DPEHPK3PXP&issuer=Big%20Corp&algorithm=SHA1&digits=6&period=30",
		},
		{
			"no issuer, other parameters",
			otpauth.Key{Params: otp.Params{Kind: otp.TOTP, Algorithm: otp.SHA512, Digits: 8, Period: time.Minute}, Account: "ann", Secret: hello},
			"otpauth://totp/ann?secret=JBSWY3DPEHPK3PXP&algorithm=SHA512&digits=8&period=60",
		},
		{
			"hotp",
			otpauth.Key{Params: otp.Params{Kind: otp.HOTP, Algorithm: otp.SHA256, Digits: 7}, Issuer: "Größe", Account: "安", Secret: hello, Counter: 0},
			"otpauth://hotp/Gr%C3%B6%C3%9Fe:%E5%AE%89?secret=JBSWY3DPEHPK3PXP&issuer=Gr%C3%B6%C3%9Fe&algorithm=SHA256&digits=7&counter=0",
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := otpauth.Build(c.key)
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

// name draws issuer and account names; all the awkward characters come often.
func name(t *rapid.T, label string, least int) string {
	letter := rapid.OneOf(rapid.SampledFrom([]rune(" &+#%/?=;@.~-_'\"<>\\äß漢عम😀aZ0")), rapid.Rune())
	name := rapid.StringOfN(letter, least, 30, -1).Filter(func(s string) bool {
		k := ann()
		k.Account = s + "x"
		return k.Validate() == nil && len(strings.TrimSpace(s)) >= least
	}).Draw(t, label)
	return strings.TrimSpace(name)
}

func key(t *rapid.T) otpauth.Key {
	k := otpauth.Key{
		Params: otp.Params{
			Kind:      rapid.SampledFrom([]otp.Kind{otp.TOTP, otp.HOTP}).Draw(t, "kind"),
			Algorithm: rapid.SampledFrom([]otp.Algorithm{otp.SHA1, otp.SHA256, otp.SHA512}).Draw(t, "algorithm"),
			Digits:    rapid.IntRange(otp.MinDigits, otp.MaxDigits).Draw(t, "digits"),
		},
		Issuer:  name(t, "issuer", 0),
		Account: name(t, "account", 1),
		Secret:  rapid.SliceOfN(rapid.Byte(), otp.MinSecret, 128).Draw(t, "secret"),
	}
	if k.Kind == otp.HOTP {
		k.Counter = uint64(rapid.Int64Min(0).Draw(t, "counter"))
	} else {
		k.Period = time.Duration(rapid.IntRange(15, 120).Draw(t, "period")) * time.Second
	}
	return k
}

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := key(t)
		uri, err := otpauth.Build(k)
		require.NoError(t, err)
		got, err := otpauth.Parse(uri)
		require.NoError(t, err)
		require.Equal(t, k, got)
	})
}

// TestOtherReaders reads what is built as apps do: with a plain URL parser,
// once of the kind that takes a plus for a space and once of the other kind.
func TestOtherReaders(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := key(t)
		uri, err := otpauth.Build(k)
		require.NoError(t, err)
		require.NotContains(t, uri, "+")
		for i := range len(uri) {
			require.True(t, uri[i] > ' ' && uri[i] < 0x7f, "byte %d", i)
		}
		u, err := url.Parse(uri)
		require.NoError(t, err)
		label := k.Account
		if k.Issuer != "" {
			label = k.Issuer + ":" + k.Account
		}
		require.Equal(t, "/"+label, u.Path)
		require.Equal(t, k.Issuer, u.Query().Get("issuer"))
		require.Equal(t, otp.Encode(k.Secret), u.Query().Get("secret"))
		require.Equal(t, k.Kind == otp.HOTP, u.Query().Has("counter"))
		require.Empty(t, u.Fragment)
	})
}

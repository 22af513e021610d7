package provider_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/otp"
	"github.com/factordesk/factordesk/app/otpauth"
	"github.com/factordesk/factordesk/app/provider"
)

func TestAll(t *testing.T) {
	names := map[app.ProviderCode]string{}
	for _, p := range provider.All() {
		names[p.Code] = p.Name + " · " + p.Short
		require.True(t, strings.HasSuffix(p.About, "."), "the card of %s needs a sentence", p.Code)
		require.NotContains(t, p.About, p.Name)
		if p.Enroller == nil {
			require.True(t, strings.HasPrefix(p.WhyNot, "Factordesk cannot enroll "), p.WhyNot)
			require.True(t, strings.HasSuffix(p.WhyNot, "."), p.WhyNot)
		} else {
			require.Empty(t, p.WhyNot)
		}
	}
	require.Equal(t, map[app.ProviderCode]string{
		"google":       "Google Authenticator · Google",
		"duo_security": "Duo Security · Duo",
		"authy":        "Authy · Authy",
		"u2fkey":       "U2F (Yubikey and others) · U2F",
	}, names)
}

func google(t require.TestingT) app.Enroller {
	for _, p := range provider.All() {
		if p.Code == app.Google {
			require.NotNil(t, p.Enroller)
			return p.Enroller
		}
	}
	require.Fail(t, "no google provider")
	return nil
}

func TestGoogleNewFactor(t *testing.T) {
	random := bytes.NewReader([]byte("12345678901234567890 and more"))
	f, err := google(t).NewFactor(random, app.FactorForm{Issuer: "Juniper: Outfitters & Söhne"}, app.User{
		Username: "ann", Email: "ann+desk@juniper.example",
	})
	require.NoError(t, err)
	require.Equal(t, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", f.Key.Reveal())
	require.Equal(t, app.CodeParams{Kind: "totp", Algorithm: "SHA1", Digits: 6, Period: 30 * time.Second}, f.Params)
	require.Equal(t, app.Google, f.Provider)
	require.Equal(t, "Juniper - Outfitters & Söhne", f.Issuer)
	require.Equal(t, "ann+desk@juniper.example", f.Account)

	k, err := otpauth.Parse(f.URI.Reveal())
	require.NoError(t, err)
	require.Equal(t, f.Issuer, k.Issuer)
	require.Equal(t, f.Account, k.Account)
	require.Equal(t, otp.Default(), k.Params)
	require.Equal(t, "12345678901234567890", string(k.Secret))
}

func TestGoogleTakesAnyNames(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		issuer := rapid.String().Draw(t, "issuer")
		u := app.User{Username: "ann", Email: rapid.SampledFrom([]string{"", "ann@x.example", "ä@ö.example"}).Draw(t, "email")}
		f, err := google(t).NewFactor(bytes.NewReader(make([]byte, 20)), app.FactorForm{Issuer: issuer, Secret: app.TypedSecret}, u)
		require.NoError(t, err)
		k, err := otpauth.Parse(f.URI.Reveal())
		require.NoError(t, err)
		require.Equal(t, f.Account, k.Account)
		require.Equal(t, f.Issuer, k.Issuer)
		require.NotEmpty(t, k.Account)
	})
}

func TestGoogleWithoutRandomness(t *testing.T) {
	_, err := google(t).NewFactor(iotest.ErrReader(errors.New("the kernel has none")), app.FactorForm{Issuer: "Desk"}, app.User{Username: "ann"})
	require.Error(t, err)
	require.NotContains(t, err.Error(), "kernel")
}

func TestMagentoSecret(t *testing.T) {
	u := app.User{Username: "ann", Email: "ann@example.com"}
	form := app.FactorForm{Issuer: "magento.example.com", Secret: app.MagentoSecret}
	f, err := google(t).NewFactor(bytes.NewReader(bytes.Repeat([]byte{1, 2, 3, 4}, 32)), form, u)
	require.NoError(t, err)
	require.Len(t, f.Key.Reveal(), 212)
	require.True(t, strings.HasPrefix(f.Key.Reveal(), "MFRGGZABAIBQIAICAMCACAQD"), "abcd, then the random bytes")
	key, err := otpauth.Parse(f.URI.Reveal())
	require.NoError(t, err)
	require.Equal(t, "magento.example.com", key.Issuer)
	require.Equal(t, "ann@example.com", key.Account)

	_, err = google(t).NewFactor(bytes.NewReader(make([]byte, 127)), form, u)
	require.Error(t, err, "a secret is never shorter than it should be")
}

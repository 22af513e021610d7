package otp_test

import (
	"bytes"
	"crypto/rand"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/factordesk/factordesk/app/otp"
)

func TestNewSecret(t *testing.T) {
	a, err := otp.NewSecret(rand.Reader)
	require.NoError(t, err)
	b, err := otp.NewSecret(rand.Reader)
	require.NoError(t, err)
	require.Len(t, a, 20)
	require.NotEqual(t, a, b)

	_, err = otp.NewSecret(bytes.NewReader(make([]byte, 19)))
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
}

func TestDecode(t *testing.T) {
	hello := []byte("Hello!\xde\xad\xbe\xef")
	cases := []struct {
		name, text string
		want       []byte
		err        error
	}{
		{"plain", "JBSWY3DPEHPK3PXP", hello, nil},
		{"lower case", "jbswy3dpehpk3pxp", hello, nil},
		{"groups", "JBSW Y3DP EHPK 3PXP", hello, nil},
		{"dashes of every kind", "jbsw-Y3DP–EHPK—3PXP", hello, nil},
		{"spaces of every kind", "\tJBSW\u00a0Y3DP\u2009EHPK\r\n3PXP\n", hello, nil},
		{"padding", "JBSWY3DPEHPK3PXPJA======", append(hello[:10:10], 'H'), nil},
		{"padding after a space", "JBSWY3DPEHPK3PXPJA ======", append(hello[:10:10], 'H'), nil},
		{"surplus bits", "JBSWY3DPEHPK3PXPJB", append(hello[:10:10], 'H'), nil},
		{"empty", "", nil, otp.ErrNoSecret},
		{"blanks and padding", " - ==", nil, otp.ErrNoSecret},
		{"72 bits", "JBSWY3DPEHPK3PX", nil, otp.ErrShortSecret},
		{"one character", "J", nil, otp.ErrSecretCut},
		{"one too many", "JBSWY3DPEHPK3PXPJ", nil, otp.ErrSecretCut},
		{"one too few", "JBSWY3DPEHPK3PXPJBS", nil, otp.ErrSecretCut},
		{"six past a group", "JBSWY3DPEHPK3PXPJBSWY3", nil, otp.ErrSecretCut},
		{"digit one", "JBSWY3DPEHPK3PX1", nil, otp.ErrSecretText},
		{"digit zero", "JBSWY3DPEHPK3PX0", nil, otp.ErrSecretText},
		{"padding inside", "JBSW==Y3DPEHPK3PXP", nil, otp.ErrSecretText},
		{"dotless i", "JBSWY3DPEHPK3PXı", nil, otp.ErrSecretText},
		{"long s", "JBſWY3DPEHPK3PXP", nil, otp.ErrSecretText},
		{"invalid utf-8", "JBSWY3DPEHPK3PX\xff", nil, otp.ErrSecretText},
		{"a plus", "JBSW+Y3DPEHPK3PXP", nil, otp.ErrSecretText},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := otp.Decode(c.text)
			require.ErrorIs(t, err, c.err)
			if c.err == nil {
				require.Equal(t, c.want, got)
			} else {
				require.Nil(t, got)
			}
		})
	}
}

func TestGroup(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "JBS": "JBS", "JBSW": "JBSW", "JBSWY": "JBSW Y", "JBSWY3DPEHPK": "JBSW Y3DP EHPK",
	} {
		require.Equal(t, want, otp.Group(text))
	}
}

// TestSecretRefused shows that no way in takes an empty or short secret.
func TestSecretRefused(t *testing.T) {
	for _, c := range []struct {
		secret []byte
		want   error
	}{{nil, otp.ErrNoSecret}, {[]byte{}, otp.ErrNoSecret}, {make([]byte, 9), otp.ErrShortSecret}, {make([]byte, 10), nil}} {
		p := otp.Default()
		require.ErrorIs(t, otp.CheckSecret(c.secret), c.want)
		_, err := otp.Code(c.secret, p, 0)
		require.ErrorIs(t, err, c.want)
		_, err = otp.CodeAt(c.secret, p, epoch)
		require.ErrorIs(t, err, c.want)
		_, err = otp.NewGenerator(c.secret, otp.SHA1)
		require.ErrorIs(t, err, c.want)
		_, _, err = otp.Match(c.secret, p, "000000", epoch, 1, otp.NoStep)
		require.ErrorIs(t, err, c.want)
	}
}

func TestSecretRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.SliceOfN(rapid.Byte(), otp.MinSecret, 200).Draw(t, "secret")
		text := otp.Encode(secret)
		require.NotContains(t, text, "=")
		for _, typed := range []string{text, otp.Group(text), strings.ToLower(text), strings.ReplaceAll(otp.Group(text), " ", "-")} {
			got, err := otp.Decode(typed)
			require.NoError(t, err)
			require.Equal(t, secret, got)
		}
	})
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{"JBSWY3DPEHPK3PXP", "jbsw y3dp", "JA======", "", "1", "ſ–=", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		secret, err := otp.Decode(text)
		if err != nil {
			if secret != nil {
				t.Fatal("a secret beside an error")
			}
			return
		}
		if len(secret) < otp.MinSecret {
			t.Fatalf("%d bytes taken", len(secret))
		}
		again, err := otp.Decode(otp.Group(otp.Encode(secret)))
		if err != nil || !bytes.Equal(secret, again) {
			t.Fatalf("%x became %x, %v", secret, again, err)
		}
	})
}

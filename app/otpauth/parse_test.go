package otpauth_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app/otp"
	"github.com/factordesk/factordesk/app/otpauth"
)

const secret = "MNQW4YLSPEWXGZLDOJSXILLDMFXGC4TZ" // canary in base32

func TestParse(t *testing.T) {
	totp := func(issuer, account string) otpauth.Key {
		k := ann()
		k.Issuer, k.Account = issuer, account
		return k
	}
	with := func(k otpauth.Key, change func(*otpauth.Key)) otpauth.Key {
		change(&k)
		return k
	}
	hotp := func(counter uint64) otpauth.Key {
		return with(ann(), func(k *otpauth.Key) { k.Kind, k.Period, k.Counter = otp.HOTP, 0, counter })
	}
	cases := []struct {
		name, uri string
		want      otpauth.Key
	}{
		{"least", "otpauth://totp/ann?secret=" + secret, totp("", "ann")},
		{"issuer in both", "otpauth://totp/Example:ann?secret=" + secret + "&issuer=Example", ann()},
		{"issuer in the label", "otpauth://totp/Example:ann?secret=" + secret, ann()},
		{"issuer in the parameter", "otpauth://totp/ann?issuer=Example&secret=" + secret, ann()},
		{"empty issuer parameter", "otpauth://totp/Example:ann?issuer=&secret=" + secret, ann()},
		{"colon as %3A", "otpauth://totp/Example%3Aann?issuer=Example&secret=" + secret, ann()},
		{"space after the colon", "otpauth://totp/Example:%20ann?issuer=Example&secret=" + secret, ann()},
		{"white space around it", " \notpauth://totp/Example:ann?secret=" + secret + "\r\n", ann()},
		{"capitals", "OTPAUTH://TOTP/Example:ann?SECRET=" + strings.ToLower(secret) + "&Algorithm=sha1", ann()},
		{"padding", "otpauth://totp/Example:ann?secret=" + secret + "%3D%3D", ann()},
		{"padding as it is", "otpauth://totp/Example:ann?secret=" + secret + "==", ann()},
		{"plus for a space", "otpauth://totp/Big%20Corp:ann?issuer=Big+Corp&secret=" + secret, totp("Big Corp", "ann")},
		{"plus for a space, no label", "otpauth://totp/ann?issuer=Big+Corp&secret=" + secret, totp("Big Corp", "ann")},
		{"plus for a plus", "otpauth://totp/A+B:ann?issuer=A+B&secret=" + secret, totp("A+B", "ann")},
		{"encoded plus", "otpauth://totp/ann?issuer=A%2BB&secret=" + secret, totp("A+B", "ann")},
		{"raw letters", "otpauth://totp/Größe & Co:安?secret=" + secret, totp("Größe & Co", "安")},
		{"slash in the label", "otpauth://totp/a/b:ann?secret=" + secret, totp("a/b", "ann")},
		{"stray ampersands", "otpauth://totp/Example:ann?&secret=" + secret + "&&", ann()},
		{"unknown parameters", "otpauth://totp/Example:ann?secret=" + secret + "&image=https%3A%2F%2Fx.test%2Fa.png&lock", ann()},
		{"counter of totp", "otpauth://totp/Example:ann?secret=" + secret + "&counter=7", ann()},
		{"all of it", "otpauth://totp/Example:ann?secret=" + secret + "&algorithm=SHA512&digits=8&period=120", with(ann(), func(k *otpauth.Key) {
			k.Algorithm, k.Digits, k.Period = otp.SHA512, 8, 120*time.Second
		})},
		{"hotp", "otpauth://hotp/Example:ann?secret=" + secret + "&counter=5", hotp(5)},
		{"hotp with a period", "otpauth://hotp/Example:ann?secret=" + secret + "&counter=0&period=30", hotp(0)},
		{"hotp, last counter", "otpauth://hotp/Example:ann?secret=" + secret + "&counter=9223372036854775807", hotp(1<<63 - 1)},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := otpauth.Parse(c.uri)
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

func TestParseRefuses(t *testing.T) {
	const start = "otpauth://totp/Example:ann?secret=" + secret
	cases := []struct {
		name, uri string
		want      error
	}{
		{"nothing", "", otpauth.ErrURI},
		{"not a uri", "Hello", otpauth.ErrURI},
		{"the bare secret", secret, otpauth.ErrURI},
		{"another scheme", "https://totp/Example:ann?secret=" + secret, otpauth.ErrURI},
		{"google export", "otpauth-migration://offline?data=CjEKCkhlbGxvId6tvu8", otpauth.ErrURI},
		{"no slashes", "otpauth:totp/Example:ann?secret=" + secret, otpauth.ErrURI},
		{"control character", "otpauth://totp/Exa\x01mple:ann?secret=" + secret, otpauth.ErrURI},
		{"user in it", "otpauth://x@totp/Example:ann?secret=" + secret, otpauth.ErrURI},
		{"bad percent in the label", "otpauth://totp/100%:ann?secret=" + secret, otpauth.ErrURI},
		{"bad percent in a value", start + "&issuer=100%", otpauth.ErrURI},
		{"bad percent in a name", start + "&%zz=1", otpauth.ErrURI},
		{"too long", start + "&x=" + strings.Repeat("x", 9000), otpauth.ErrTooLong},
		{"no kind", "otpauth:///Example:ann?secret=" + secret, otpauth.ErrKind},
		{"unknown kind", "otpauth://steam/Example:ann?secret=" + secret, otpauth.ErrKind},
		{"kind with a port", "otpauth://totp:80/Example:ann?secret=" + secret, otpauth.ErrKind},
		{"raw hash in the label", "otpauth://totp/C#:ann?secret=" + secret, otpauth.ErrHash},
		{"raw hash in the issuer", start + "&issuer=Example#1", otpauth.ErrHash},
		{"no label", "otpauth://totp?secret=" + secret, otpauth.ErrAccount},
		{"empty label", "otpauth://totp/?secret=" + secret, otpauth.ErrAccount},
		{"no account", "otpauth://totp/Example:?secret=" + secret, otpauth.ErrAccount},
		{"blank account", "otpauth://totp/Example:%20?secret=" + secret, otpauth.ErrAccount},
		{"two colons", "otpauth://totp/Example:ann:b?secret=" + secret, otpauth.ErrColon},
		{"colon in the issuer", "otpauth://totp/ann?issuer=a%3Ab&secret=" + secret, otpauth.ErrColon},
		{"line break in the account", "otpauth://totp/ann%0Abob?secret=" + secret, otpauth.ErrText},
		{"invalid utf-8", "otpauth://totp/ann%ff?secret=" + secret, otpauth.ErrText},
		{"issuers differ", start + "&issuer=Other", otpauth.ErrIssuer},
		{"issuers differ in case", start + "&issuer=example", otpauth.ErrIssuer},
		{"cut at the ampersand", "otpauth://totp/A%26B:ann?secret=" + secret + "&issuer=A&B", otpauth.ErrIssuer},
		{"two secrets", start + "&secret=" + secret, otpauth.ErrDuplicate},
		{"two secrets in two cases", start + "&Secret=" + secret, otpauth.ErrDuplicate},
		{"two secrets, one encoded", start + "&s%65cret=" + secret, otpauth.ErrDuplicate},
		{"two unknown ones", start + "&x=1&x=1", otpauth.ErrDuplicate},
		{"no query", "otpauth://totp/Example:ann", otp.ErrNoSecret},
		{"no secret", "otpauth://totp/Example:ann?digits=6", otp.ErrNoSecret},
		{"empty secret", "otpauth://totp/Example:ann?secret=", otp.ErrNoSecret},
		{"secret of padding", "otpauth://totp/Example:ann?secret====", otp.ErrNoSecret},
		{"72 bits", "otpauth://totp/Example:ann?secret=JBSWY3DPEHPK3PX", otp.ErrShortSecret},
		{"not base32", "otpauth://totp/Example:ann?secret=" + secret + "1", otp.ErrSecretText},
		{"spaces in the secret", "otpauth://totp/Example:ann?secret=MNQW%204YLSPEWXGZLD", otp.ErrSecretText},
		{"dashes in the secret", "otpauth://totp/Example:ann?secret=MNQW-4YLSPEWXGZLD", otp.ErrSecretText},
		{"plus in the secret", "otpauth://totp/Example:ann?secret=MNQW+4YLSPEWXGZLD", otp.ErrSecretText},
		{"control character in the secret", start + "%12%13", otp.ErrSecretText},
		{"cut secret", "otpauth://totp/Example:ann?secret=" + secret + "A", otp.ErrSecretCut},
		{"md5", start + "&algorithm=MD5", otp.ErrAlgorithm},
		{"empty algorithm", start + "&algorithm=", otp.ErrAlgorithm},
		{"five digits", start + "&digits=5", otp.ErrDigits},
		{"nine digits", start + "&digits=9", otp.ErrDigits},
		{"262 digits", start + "&digits=262", otp.ErrDigits}, // 6 in one byte
		{"digits in words", start + "&digits=six", otp.ErrDigits},
		{"digits with a sign", start + "&digits=%2B6", otp.ErrDigits},
		{"no digits", start + "&digits", otp.ErrDigits},
		{"period of 0", start + "&period=0", otp.ErrPeriod},
		{"period of 14", start + "&period=14", otp.ErrPeriod},
		{"period of 121", start + "&period=121", otp.ErrPeriod},
		{"negative period", start + "&period=-30", otp.ErrPeriod},
		{"broken period", start + "&period=30.5", otp.ErrPeriod},
		{"huge period", start + "&period=18446744073739", otp.ErrPeriod},
		{"hotp without a counter", "otpauth://hotp/Example:ann?secret=" + secret, otpauth.ErrCounter},
		{"hotp with a negative counter", "otpauth://hotp/Example:ann?secret=" + secret + "&counter=-1", otpauth.ErrCounter},
		{"hotp with a counter of 2^63", "otpauth://hotp/Example:ann?secret=" + secret + "&counter=9223372036854775808", otpauth.ErrCounter},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := otpauth.Parse(c.uri)
			require.ErrorIs(t, err, c.want)
			require.Equal(t, otpauth.Key{}, got)
			noCanary(t, err.Error())
			require.NotContains(t, err.Error(), "MNQW")
			require.NotContains(t, err.Error(), "otpauth://totp")
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, uri := range []string{
		"otpauth://totp/Example:ann?secret=" + secret + "&issuer=Example&algorithm=SHA1&digits=6&period=30",
		"otpauth://hotp/a+b%20c:%C3%A9?secret=" + secret + "&issuer=a+b+c&counter=0",
		"otpauth://totp/ann?secret=jbswy3dpehpk3pxp%3D&image=x",
		"OTPAUTH://TOTP//:?SECRET=", "otpauth://totp/%:?&=&;", "", "#", "otpauth://[::1]/x",
	} {
		f.Add(uri)
	}
	f.Fuzz(func(t *testing.T, uri string) {
		k, err := otpauth.Parse(uri)
		if err != nil {
			if k.Secret != nil {
				t.Fatal("a secret beside an error")
			}
			if len(uri) > 25 && strings.Contains(err.Error(), uri) {
				t.Fatal("the error quotes the uri")
			}
			return
		}
		built, err := otpauth.Build(k)
		if err != nil {
			t.Fatalf("parsed but not built: %v", err)
		}
		again, err := otpauth.Parse(built)
		if err != nil {
			t.Fatalf("built but not parsed: %v", err)
		}
		if again.Params != k.Params || again.Issuer != k.Issuer || again.Account != k.Account ||
			again.Counter != k.Counter || string(again.Secret) != string(k.Secret) {
			t.Fatalf("%v became %v", k, again)
		}
	})
}

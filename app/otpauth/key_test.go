package otpauth_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app/otp"
	"github.com/factordesk/factordesk/app/otpauth"
)

// canary is a secret that is easy to find in any output.
var canary = []byte("canary-secret-canary")

func ann() otpauth.Key {
	return otpauth.Key{Params: otp.Default(), Issuer: "Example", Account: "ann", Secret: canary}
}

// noCanary fails when text holds the secret in any notation.
func noCanary(t *testing.T, text string) {
	t.Helper()
	for _, hidden := range []string{
		string(canary), otp.Encode(canary), hex.EncodeToString(canary), hex.EncodeToString(bytes.ToUpper(canary)),
		base64.StdEncoding.EncodeToString(canary), strings.Trim(fmt.Sprint(canary), "[]"), fmt.Sprintf("%#v", canary),
	} {
		require.NotContains(t, strings.ToLower(text), strings.ToLower(hidden))
	}
	require.NotContains(t, text, "99 97 110 97 114 121") // "canary" as numbers
	require.NotContains(t, text, "0x63, 0x61, 0x6e")
}

func TestKeyPrintsNoSecret(t *testing.T) {
	k := ann()
	type holder struct {
		Key  otpauth.Key
		Some []otpauth.Key
		Any  any
	}
	values := []any{
		k, &k, []otpauth.Key{k}, map[string]otpauth.Key{"k": k}, holder{k, []otpauth.Key{k}, k}, fmt.Errorf("with %v", k),
	}
	for _, value := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%o", "%c", "%U", "%t", "%20v", "%z"} {
			noCanary(t, fmt.Sprintf(verb, value))
		}
		text, err := json.Marshal(value)
		require.NoError(t, err)
		noCanary(t, string(text))
		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Info("key", "key", value)
		slog.New(slog.NewJSONHandler(&log, nil)).Info("key", "key", value)
		noCanary(t, log.String())
	}
	text, err := xml.Marshal(holder{Key: k})
	require.NoError(t, err)
	noCanary(t, string(text))
	require.Equal(t, `totp key for "ann" of "Example" (secret hidden)`, fmt.Sprint(k))
}

func TestValidate(t *testing.T) {
	cases := []struct {
		name   string
		change func(*otpauth.Key)
		want   error
	}{
		{"as it is", func(*otpauth.Key) {}, nil},
		{"no issuer", func(k *otpauth.Key) { k.Issuer = "" }, nil},
		{"parameters", func(k *otpauth.Key) { k.Digits = 9 }, otp.ErrDigits},
		{"no secret", func(k *otpauth.Key) { k.Secret = nil }, otp.ErrNoSecret},
		{"short secret", func(k *otpauth.Key) { k.Secret = canary[:9] }, otp.ErrShortSecret},
		{"no account", func(k *otpauth.Key) { k.Account = "" }, otpauth.ErrAccount},
		{"blank account", func(k *otpauth.Key) { k.Account = " \u00a0" }, otpauth.ErrAccount},
		{"colon in the issuer", func(k *otpauth.Key) { k.Issuer = "Example: Shop" }, otpauth.ErrColon},
		{"colon in the account", func(k *otpauth.Key) { k.Account = "ann:1" }, otpauth.ErrColon},
		{"line break", func(k *otpauth.Key) { k.Account = "ann\nbob" }, otpauth.ErrText},
		{"nul", func(k *otpauth.Key) { k.Issuer = "Exam\x00ple" }, otpauth.ErrText},
		{"invalid utf-8", func(k *otpauth.Key) { k.Issuer = "Ex\xffample" }, otpauth.ErrText},
		{"counter of totp", func(k *otpauth.Key) { k.Counter = 1 }, otpauth.ErrCounter},
		{"hotp", func(k *otpauth.Key) { k.Kind, k.Period, k.Counter = otp.HOTP, 0, math.MaxInt64 }, nil},
		{"counter too big", func(k *otpauth.Key) { k.Kind, k.Period, k.Counter = otp.HOTP, 0, math.MaxInt64+1 }, otpauth.ErrCounter},
		{"period of hotp", func(k *otpauth.Key) { k.Kind, k.Period = otp.HOTP, 30*time.Second }, otp.ErrPeriod},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			k := ann()
			c.change(&k)
			require.ErrorIs(t, k.Validate(), c.want)
			uri, err := otpauth.Build(k)
			require.ErrorIs(t, err, c.want)
			require.Equal(t, c.want == nil, uri != "")
			if err != nil {
				noCanary(t, err.Error())
			}
		})
	}
}

package crypt_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"text/template"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/magento/crypt"
)

func TestParse(t *testing.T) {
	old := strings.Repeat("k", 16)
	for _, c := range []struct {
		name, text string
		length     int
		odd        []crypt.KeyError
	}{
		{"one", key1, 1, nil},
		{"space around", " \t" + key1 + "\r\n", 1, nil},
		{"nul around", "\x00" + key1 + "\x00", 1, nil},
		{"lines", key1 + "\n" + key2, 2, nil},
		{"lines of Windows", key1 + "\r\n" + key2 + "\r\n", 2, nil},
		{"one line", key1 + "  \t" + key2, 2, nil},
		{"vertical tab and form feed", key1 + "\v" + key2 + "\f" + keyB, 3, nil},
		{"base64", keyB, 1, nil},
		{"base64 without padding", strings.TrimRight(keyB, "="), 1, nil},
		{"base64 with foreign characters", "base64!" + keyB[len("base64"):], 1, nil},
		{"an old key of another length", old + "\n" + key1, 2, []crypt.KeyError{{Index: 0, Length: 16}}},
		{"an old base64 key of another length", "base64QUJD\n" + old + "\n" + key1, 3, []crypt.KeyError{{0, 3}, {1, 16}}},
		{"32 bytes that are not letters", strings.Repeat("é", 16), 1, nil},
		// trim leaves the form feed, at which the keys are split: Magento has an empty key 0.
		{"a form feed first", "\f" + key1, 2, []crypt.KeyError{{0, 0}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			k, err := crypt.Parse(app.NewSecret(c.text))
			require.NoError(t, err)
			require.Equal(t, c.length, k.Len())
			require.Equal(t, c.odd, k.Odd())
			opens(t, k, fmt.Sprintf("%d%s", c.length-1, sealedWith(t, k)), "hello")
		})
	}
}

// sealedWith is "hello" under the last key, without its index.
func sealedWith(t *testing.T, k crypt.Keys) string {
	t.Helper()
	sealed, err := k.Seal(rand.Reader, app.NewSecret("hello"))
	require.NoError(t, err)
	_, rest, _ := strings.Cut(sealed, ":")
	return ":" + rest
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct {
		name, text, message string
		want                error
	}{
		{"nothing", "", "There is no crypt key.", crypt.ErrNoKey},
		{"white space", " \n\t", "There is no crypt key.", crypt.ErrNoKey},
		{"short", "canary", "The crypt key has 6 bytes instead of 32.", &crypt.KeyError{Index: 0, Length: 6}},
		{"of one byte", "c", "The crypt key has 1 byte instead of 32.", &crypt.KeyError{Index: 0, Length: 1}},
		{"long", key1 + "x", "The crypt key has 33 bytes instead of 32.", &crypt.KeyError{Index: 0, Length: 33}},
		{"base64 of the wrong length", "base64QUJD", "The crypt key has 3 bytes instead of 32.", &crypt.KeyError{Index: 0, Length: 3}},
		{"base64 of nothing", "base64", "There is no crypt key.", crypt.ErrNoKey},
		{"without the prefix", keyB[len("base64"):], "The crypt key has 44 bytes instead of 32.", &crypt.KeyError{Index: 0, Length: 44}},
		{
			"the last of two", key1 + " canary", "Key 1 of crypt/key, counted from 0, has 6 bytes instead of 32.",
			&crypt.KeyError{Index: 1, Length: 6},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			k, err := crypt.Parse(app.NewSecret(c.text))
			require.Zero(t, k)
			require.Equal(t, app.Invalid, app.KindOf(err))
			message, hint := app.Explain(err)
			require.Equal(t, c.message, message)
			require.Contains(t, hint, "app/etc/env.php")
			var wanted *crypt.KeyError
			if errors.As(c.want, &wanted) {
				var got *crypt.KeyError
				require.ErrorAs(t, err, &got)
				require.Equal(t, wanted, got)
				require.NotContains(t, fmt.Sprintf("%v %+v", err, got), "canary")
			} else {
				require.ErrorIs(t, err, c.want)
			}
		})
	}
}

func TestNoKeysSealNothing(t *testing.T) {
	var none crypt.Keys
	_, err := none.Seal(rand.Reader, app.NewSecret("x"))
	require.ErrorIs(t, err, crypt.ErrNoKey)
	require.Equal(t, app.Invalid, app.KindOf(err))
	_, err = none.Hash("x")
	require.ErrorIs(t, err, crypt.ErrNoKey)
	require.Empty(t, none.Odd())
	require.Zero(t, none.Len())
}

func TestSealNeedsRandomness(t *testing.T) {
	k := keys(t, key1)
	_, err := k.Seal(iotest.ErrReader(errors.New("none left")), app.NewSecret("x"))
	require.ErrorContains(t, err, "none left")
	_, err = k.Seal(bytes.NewReader(make([]byte, 11)), app.NewSecret("x"))
	require.Error(t, err)
	first, err := k.Seal(rand.Reader, app.NewSecret("x"))
	require.NoError(t, err)
	second, err := k.Seal(rand.Reader, app.NewSecret("x"))
	require.NoError(t, err)
	require.NotEqual(t, first, second)
}

func TestSealAndOpen(t *testing.T) {
	k := keys(t, key1, keyB)
	rapid.Check(t, func(t *rapid.T) {
		plain := rapid.String().Draw(t, "plain")
		sealed, err := k.Seal(rand.Reader, app.NewSecret(plain))
		require.NoError(t, err)
		require.Regexp(t, `^1:3:[A-Za-z0-9+/]+=*$`, sealed)
		got, err := k.Open(sealed)
		require.NoError(t, err)
		require.Equal(t, strings.Trim(plain, " \t\n\r\x00\x0b"), got.Reveal())
	})
}

func TestOpenTrims(t *testing.T) {
	k := keys(t, key1)
	for plain, want := range map[string]string{
		" \t\n\r\x00\vMFRG GZDF\v\x00\r\n\t ": "MFRG GZDF", "\f\u00a0x": "\f\u00a0x", " \x00 ": "",
	} {
		sealed, err := k.Seal(rand.Reader, app.NewSecret(plain))
		require.NoError(t, err)
		got, err := k.Open(sealed)
		require.NoError(t, err)
		require.Equal(t, want, got.Reveal())
	}
}

func TestKeysServeManyAtOnce(t *testing.T) {
	k := keys(t, key1, key2)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for range 100 {
				plain := strings.Repeat("x", i)
				sealed, err := k.Seal(rand.Reader, app.NewSecret(plain))
				if err != nil {
					t.Error(err)
				}
				if got, err := k.Open(sealed); err != nil || got.Reveal() != plain {
					t.Errorf("%q became %q: %v", plain, got.Reveal(), err)
				}
			}
		})
	}
	all.Wait()
}

// hidden holds keys in all the places where printers find them.
type hidden struct {
	Exported   crypt.Keys
	unexported crypt.Keys
	Pointer    *crypt.Keys
	Slice      []crypt.Keys
	Map        map[string]crypt.Keys
	Any        any
}

// element holds keys in both places of XML.
type element struct {
	Text      crypt.Keys
	Attribute crypt.Keys `xml:"attribute,attr"`
}

func TestKeysPrintAsAMask(t *testing.T) {
	const canary = "tall-canary-key-of-32-bytes-0815"
	k := keys(t, canary, keyB)
	h := hidden{Exported: k, unexported: k, Pointer: &k, Slice: []crypt.Keys{k}, Map: map[string]crypt.Keys{"k": k}, Any: k}
	require.Equal(t, 2, h.unexported.Len())
	var printed []string
	_, failed := k.Open("1:3:AAAA")
	for _, value := range []any{k, &k, h, &h, []any{k, h}, [1]crypt.Keys{k}, fmt.Errorf("with %v", k), failed} {
		for _, verb := range strings.Split("v +v #v s +s q #q x X # x d b o c U e g t p T 10s -10.3v 6.2f w", " ") {
			printed = append(printed, fmt.Sprintf("%"+verb, value))
		}
	}
	var out bytes.Buffer
	for _, value := range []any{k, h, map[string]any{"k": k}} {
		text, err := json.Marshal(value)
		require.NoError(t, err)
		printed = append(printed, string(text))
		slog.New(slog.NewTextHandler(&out, nil)).Info("text", "keys", value)
		slog.New(slog.NewJSONHandler(&out, nil)).With("keys", value).Info("json")
		require.NoError(t, template.Must(template.New("").Parse(`{{.}} {{printf "%s %#v" . .}}`)).Execute(&out, value))
	}
	text, err := xml.Marshal(element{k, k})
	require.NoError(t, err)
	printed = append(printed, string(text), out.String(), k.String(), k.GoString(), fmt.Sprint(k, h))
	raw, err := hex.DecodeString("030a11181f262d343b424950575e656c737a81888f969da4abb2b9c0c7ced5dc")
	require.NoError(t, err)
	for _, text := range printed {
		for _, key := range [][]byte{[]byte(canary), raw} {
			for _, form := range []string{
				string(key), string(key[:8]), hex.EncodeToString(key[:8]), strings.ToUpper(hex.EncodeToString(key[:8])),
				base64.StdEncoding.EncodeToString(key)[:12], strings.Trim(fmt.Sprint(key[:8]), "[]"),
			} {
				require.NotContains(t, text, form)
			}
		}
	}
	require.Equal(t, fmt.Sprint(crypt.Keys{}), fmt.Sprint(k))
	require.Equal(t, fmt.Sprintf("%#v", crypt.Keys{}), fmt.Sprintf("%#v", k))
}

package factors_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/magento/crypt"
	"github.com/factordesk/factordesk/app/store/magento/factors"
)

// The keys of the vectors.
const (
	key1 = "0123456789abcdef0123456789abcdef"
	key2 = "fedcba9876543210fedcba9876543210"
	keyB = "base64AwoRGB8mLTQ7QklQV15lbHN6gYiPlp2kq7K5wMfO1dw="
)

// inner is MFRGGZDF under key1, as it stands in JSON.
const inner = `0:3:jz2CSxCNjE7uDgPCbZG5AqivDK5ucBzJwW7B\/8xn+U1yQR+u`

func keys(t testing.TB, words ...string) crypt.Keys {
	t.Helper()
	k, err := crypt.Parse(app.NewSecret(strings.Join(words, "\n")))
	require.NoError(t, err)
	return k
}

// seal encrypts a text with the last of keys.
func seal(t testing.TB, k crypt.Keys, plain string) string {
	t.Helper()
	sealed, err := k.Seal(rand.Reader, app.NewSecret(plain))
	require.NoError(t, err)
	return sealed
}

// quoted is a sealed value as it stands in JSON that PHP wrote.
func quoted(sealed string) string { return strings.ReplaceAll(sealed, "/", `\/`) }

// vectors returns the JSON texts of the vectors and the encoded_config of each,
// all but the one that has none: {"u2fkey":[]} a second time.
func vectors(t testing.TB) (texts, values []string) {
	t.Helper()
	all, err := os.ReadFile("../testdata/vectors.txt")
	require.NoError(t, err)
	for _, m := range regexp.MustCompile(`(?m)json: (.*)\nencoded_config: (.*)$`).FindAllStringSubmatch(string(all), -1) {
		texts, values = append(texts, m[1]), append(values, m[2])
	}
	require.Len(t, values, 5)
	return texts, values
}

func TestVectors(t *testing.T) {
	type want struct {
		code    app.ProviderCode
		status  app.Status
		devices int
		secret  string
	}
	texts, values := vectors(t)
	for i, wants := range [][]want{
		{{app.Google, app.StatusActive, 0, "MFRGGZDF"}},
		{{app.Google, app.StatusPending, 0, "MFRGGZDF"}},
		{{app.U2F, app.StatusNotEnrolled, 0, ""}},
		{
			{app.Google, app.StatusActive, 0, "MFRGGZDF"},
			{app.Duo, app.StatusActive, 0, ""},
			{app.U2F, app.StatusActive, 1, ""},
			{app.Authy, app.StatusActive, 0, ""},
		},
		{},
	} {
		d := factors.Judge(values[i], keys(t, key1))
		require.True(t, d.Opens())
		require.False(t, d.Plain)
		require.Empty(t, d.Foreign())
		require.Equal(t, texts[i], d.Text().Reveal())
		require.Equal(t, values[i], d.Value())
		require.Len(t, d.Factors, len(wants))
		for j, w := range wants {
			f := d.Factors[j]
			require.Equal(t, w, want{f.Code, f.Status, f.Devices, f.Secret.Reveal()})
			require.Equal(t, w.status == app.StatusNotEnrolled, f.Artifact)
			require.Equal(t, f.Artifact, f.Note != "", f.Note)
			require.Equal(t, f, d.Factor(w.code))
		}
	}
}

func TestNothingStored(t *testing.T) {
	k := keys(t, key1)
	for _, value := range []string{"", " ", "0", seal(t, k, ""), seal(t, k, "[]"), seal(t, k, "{}"), "[]", `{"google":null}`} {
		d := factors.Judge(value, k)
		require.True(t, d.Opens(), value)
		require.Empty(t, d.Factors)
		require.Equal(t, value, d.Value())
		f := d.Factor(app.Google)
		require.Equal(t, factors.Factor{Code: app.Google, Status: app.StatusNotEnrolled}, f)
	}
	require.Equal(t, app.StatusNotEnrolled, factors.Document{}.Factor(app.Duo).Status)
}

// Each entry is judged by itself, sealed as Magento would have it.
func TestEntries(t *testing.T) {
	k := keys(t, key1)
	one := int64(1)
	open := func(f factors.Factor) factors.Factor {
		f.Secret = app.NewSecret("MFRGGZDF")
		return f
	}
	const (
		artifact = "Magento left an empty entry here: nothing is enrolled."
		form     = "The entry is damaged: it has another form than Magento writes."
		window   = "The tolerance of this user is not a whole number, on which Magento fails at every sign-in."
	)
	for _, c := range []struct {
		text string
		want factors.Factor
	}{
		{`{"google":[]}`, factors.Factor{Code: app.Google, Status: app.StatusNotEnrolled, Artifact: true, Note: artifact}},
		{`{"u2fkey":{}}`, factors.Factor{Code: app.U2F, Status: app.StatusNotEnrolled, Artifact: true, Note: artifact}},
		{`{"duo_security":[ ]}`, factors.Factor{Code: app.Duo, Status: app.StatusNotEnrolled, Artifact: true, Note: artifact}},
		{`{"google":{"window":1}}`, factors.Factor{Code: app.Google, Status: app.StatusNotEnrolled, Artifact: true, Note: artifact}},
		{`{"google":{"secret":null,"active":false}}`, factors.Factor{Code: app.Google, Status: app.StatusNotEnrolled, Artifact: true, Note: artifact}},
		{`{"google":[1]}`, factors.Factor{Code: app.Google, Status: app.StatusNotEnrolled, Artifact: true, Note: artifact}},
		{
			`{"google":{"active":true}}`,
			factors.Factor{Code: app.Google, Status: app.StatusUnreadable, Note: "It is marked as active, but no secret is stored."},
		},
		{`{"google":{"secret":"","active":true}}`, factors.Factor{Code: app.Google, Status: app.StatusUnreadable, Note: "The secret is empty."}},
		{
			`{"google":{"secret":"` + quoted(seal(t, k, " \n")) + `"}}`,
			factors.Factor{Code: app.Google, Status: app.StatusUnreadable, Note: "The secret is empty."},
		},
		{
			`{"google":{"secret":7,"active":true}}`,
			factors.Factor{Code: app.Google, Status: app.StatusUnreadable, Note: "The secret is damaged: it is not text."},
		},
		{`{"google":"` + inner + `"}`, factors.Factor{Code: app.Google, Status: app.StatusUnreadable, Note: form}},
		{`{"authy":true}`, factors.Factor{Code: app.Authy, Status: app.StatusUnreadable, Note: form}},
		{`{"duo_security":1.50}`, factors.Factor{Code: app.Duo, Status: app.StatusUnreadable, Note: form}},
		{`{"google":{"secret":"` + inner + `","window":1}}`, open(factors.Factor{Code: app.Google, Status: app.StatusPending, Window: &one})},
		{`{"google":{"secret":"` + inner + `","window":null,"active":1}}`, open(factors.Factor{Code: app.Google, Status: app.StatusActive})},
		{`{"google":{"secret":"` + inner + `","window":1.0}}`, open(factors.Factor{Code: app.Google, Status: app.StatusPending, Note: window})},
		{`{"google":{"secret":"` + inner + `","window":"1"}}`, open(factors.Factor{Code: app.Google, Status: app.StatusPending, Note: window})},
		{`{"google":{"secret":"x","active":1},"google":{"secret":"` + inner + `"}}`, open(factors.Factor{Code: app.Google, Status: app.StatusPending})},
		{`{"google":{"secret":"` + inner + `","active":true,"active":false}}`, open(factors.Factor{Code: app.Google, Status: app.StatusPending})},
		{
			`{"google":{"secret":"` + quoted(seal(t, k, "MFRG GZDF")) + `","window":"1","active":true}}`,
			factors.Factor{
				Code: app.Google, Status: app.StatusActive, Secret: app.NewSecret("MFRG GZDF"),
				Note: "The secret opens, but it is not base32, so no code can be right.",
			},
		},
		{
			`{"google":{"secret":"` + quoted(seal(t, k, "mfrggzdf====")) + `","active":true}}`,
			factors.Factor{Code: app.Google, Status: app.StatusActive, Secret: app.NewSecret("mfrggzdf====")},
		},
		{`{"u2fkey":{"active":true}}`, factors.Factor{
			Code: app.U2F, Status: app.StatusActive, Note: "It is marked as active, but no security key is stored.",
		}},
		{`{"u2fkey":{"registration":{"public_keys":[{},{"key":"x"}]}}}`, factors.Factor{Code: app.U2F, Status: app.StatusPending, Devices: 2}},
		{`{"u2fkey":{"registration":[1],"active":false}}`, factors.Factor{Code: app.U2F, Status: app.StatusPending}},
		{`{"duo_security":{"active":true}}`, factors.Factor{Code: app.Duo, Status: app.StatusActive}},
		{`{"duo_security":[0]}`, factors.Factor{Code: app.Duo, Status: app.StatusPending}},
		{`{"authy":{"country_code":"1","active":"0"}}`, factors.Factor{Code: app.Authy, Status: app.StatusPending}},
		{`{"acme\/sms":{"active":[0]}}`, factors.Factor{Code: "acme/sms", Status: app.StatusActive}},
	} {
		d := factors.Judge(seal(t, k, c.text), k)
		require.True(t, d.Opens(), c.text)
		require.Len(t, d.Factors, 1, c.text)
		require.Equal(t, c.want, d.Factors[0], c.text)
	}
}

// Whether a factor is active is what PHP takes for true.
func TestActive(t *testing.T) {
	k := keys(t, key1)
	for text, want := range map[string]app.Status{
		"true": app.StatusActive, "1": app.StatusActive, "-1": app.StatusActive, `"x"`: app.StatusActive, `"false"`: app.StatusActive,
		`"0.0"`: app.StatusActive, "[0]": app.StatusActive, `{"a":0}`: app.StatusActive, "1e400": app.StatusActive,
		"false": app.StatusPending, "0": app.StatusPending, "0.0": app.StatusPending, "-0": app.StatusPending, "null": app.StatusPending,
		`""`: app.StatusPending, `"0"`: app.StatusPending, "[]": app.StatusPending, "{}": app.StatusPending, "1e-400": app.StatusPending,
	} {
		d := factors.Judge(seal(t, k, `{"duo_security":{"active":`+text+`},"google":{"secret":"`+inner+`","active":`+text+`}}`), k)
		require.Equal(t, want, d.Factor(app.Duo).Status, text)
		require.Equal(t, want, d.Factor(app.Google).Status, text)
	}
}

func TestForeign(t *testing.T) {
	k := keys(t, key1)
	d := factors.Judge(seal(t, k, `{"acme":{"active":true},"google":[],"email":[],"none":null,"u2fkey":[]}`), k)
	require.Equal(t, []app.ProviderCode{"acme", "email"}, d.Foreign())
}

// One clear sentence for each way in which a row is bad.
func TestOuterTrouble(t *testing.T) {
	_, values := vectors(t)
	k := keys(t, key1)
	blob := values[0]
	for _, c := range []struct {
		name, value, note string
		keys              crypt.Keys
		byKey             bool
		key               int
	}{
		{
			"a key that is missing", seal(t, keys(t, key1, key2), "[]"),
			"The configuration is encrypted with key 1 of crypt/key, counted from 0, and only key 0 is known.", k, true, 1,
		},
		{"no key at all", blob, "The configuration is encrypted with key 0 of crypt/key, counted from 0, and no key is known.", crypt.Keys{}, true, 0},
		{
			"another key", blob,
			"The configuration does not open with key 0 of crypt/key, counted from 0: it was encrypted with another key, or it is damaged.",
			keys(t, keyB), true, 0,
		},
		{
			"a key of the wrong length", blob,
			"The configuration is encrypted with key 0 of crypt/key, counted from 0, which has 4 bytes instead of 32.", keys(t, "keys", key1), true, 0,
		},
		{
			"an older cipher", "0:2:abcdefghijklmnopABCDEFGHIJKLMNOP:BPrX+j2xkAO6jwNSz/ixYl6T2GJh5e+a+kA5I8OTW/E=",
			"The configuration is encrypted with key 0 of crypt/key and the older cipher Rijndael-256-CBC, which is not opened here.", k, false, 0,
		},
		{"broken JSON", seal(t, k, `{"google":{"secret":"0:3`), "The configuration opens, but it is damaged: it is not JSON as Magento writes it.", k, false, 0},
		{"garbage behind the JSON", seal(t, k, `{"google":[]}x`), "The configuration opens, but it is damaged: it is not JSON as Magento writes it.", k, false, 0},
		{"a list", seal(t, k, `["google"]`), "The configuration opens, but it is JSON of another form than Magento writes.", k, false, 0},
		{"null", seal(t, k, `null`), "The configuration opens, but it is JSON of another form than Magento writes.", k, false, 0},
		{"broken base64", strings.Replace(blob, "TDAz", "T*Az", 1), "The configuration is damaged: it holds characters that are not of base64.", k, false, 0},
		{"a truncated blob", blob[:len(blob)-2], "The configuration is cut off: its end is missing.", k, false, 0},
		{"a blob of nothing", "0:3:", "The configuration is cut off: its end is missing.", k, false, 0},
		{
			"an enormous blob", "0:3:" + strings.Repeat("A", 5<<20),
			"The configuration has 5,242,884 bytes, more than the 1,048,576 that are read.", k, false, 0,
		},
		{"plain and broken", `{"google":{"secret":`, "The configuration is damaged: it is neither encrypted nor JSON as Magento writes it.", k, false, 0},
		{"words", "hello world", "The configuration is damaged: it is neither encrypted nor JSON as Magento writes it.", k, false, 0},
		{"a plain list", `["google"]`, "The configuration is damaged: it is neither encrypted nor JSON as Magento writes it.", k, false, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := factors.Judge(c.value, c.keys)
			require.False(t, d.Opens())
			require.Equal(t, factors.Outer, d.Trouble.Layer)
			require.Equal(t, c.note, d.Trouble.Note)
			require.Equal(t, c.byKey, d.Trouble.ByKey)
			require.Equal(t, c.key, d.Trouble.Key)
			require.Error(t, d.Trouble.Err)
			require.Empty(t, d.Factors)
			require.True(t, d.Text().Empty())
			require.Equal(t, c.value, d.Value())
			f := d.Factor(app.Duo)
			require.Equal(t, factors.Factor{Code: app.Duo, Status: app.StatusUnreadable, Note: c.note, Trouble: d.Trouble, Whole: true}, f)
		})
	}
}

func TestInnerTrouble(t *testing.T) {
	k := keys(t, key2) // the outer layer was encrypted anew, the secret was not
	for _, c := range []struct {
		name, secret, note string
		byKey              bool
		key                int
	}{
		{
			"another key", inner,
			"The secret does not open with key 0 of crypt/key, counted from 0: it was encrypted with another key, or it is damaged.", true, 0,
		},
		{
			"a key that is missing", quoted(seal(t, keys(t, key1, key2, keyB), "MFRGGZDF")),
			"The secret is encrypted with key 2 of crypt/key, counted from 0, and only key 0 is known.", true, 2,
		},
		{"an older cipher", "0:1:Sa4WmEHdnKrglJNMlUL/Mw==", "The secret is encrypted with key 0 of crypt/key and the older cipher Rijndael-128-ECB, which is not opened here.", false, 0},
		{"not encrypted", "MFRGGZDF", "The secret is not encrypted, and Magento expects that it is.", false, 0},
		{"broken base64", "0:3:***", "The secret is damaged: it holds characters that are not of base64.", false, 0},
		{"cut off", inner[:20], "The secret is cut off: its end is missing.", false, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := `{"google":{"secret":"` + c.secret + `","active":true},"duo_security":{"active":true}}`
			d := factors.Judge(seal(t, k, text), k)
			require.True(t, d.Opens())
			f := d.Factor(app.Google)
			require.Equal(t, app.StatusUnreadable, f.Status)
			require.Equal(t, factors.Inner, f.Trouble.Layer)
			require.Equal(t, c.note, f.Note)
			require.Equal(t, c.note, f.Trouble.Note)
			require.Equal(t, c.byKey, f.Trouble.ByKey)
			require.Equal(t, c.key, f.Trouble.Key)
			require.Error(t, f.Trouble.Err)
			require.False(t, f.Whole)
			require.True(t, f.Secret.Empty())
			require.Equal(t, app.StatusActive, d.Factor(app.Duo).Status)
		})
	}
}

// Legacy JSON is read as it is, but where Magento's own attempt to decrypt it
// ends in nonsense instead of an exception: there it finds nothing.
func TestPlain(t *testing.T) {
	k := keys(t, key1)
	texts, _ := vectors(t)
	for _, text := range []string{texts[0], texts[1], texts[3]} {
		d := factors.Judge(text, k)
		require.True(t, d.Plain)
		require.True(t, d.Opens())
		require.Equal(t, text, d.Text().Reveal())
		for _, f := range d.Factors {
			require.NotEqual(t, app.StatusUnreadable, f.Status)
			require.Empty(t, f.Note)
		}
	}
	d := factors.Judge(`{"duo_security":{"active":true}}`, k)
	require.True(t, d.Plain)
	f := d.Factor(app.Duo)
	require.Equal(t, app.StatusUnreadable, f.Status)
	require.Equal(t, factors.Outer, f.Trouble.Layer)
	require.Contains(t, f.Note, "The configuration is not encrypted")
	require.False(t, f.Whole)
	d = factors.Judge(texts[2], k)
	require.True(t, d.Factor(app.U2F).Artifact)
}

// What is sealed inside reaches nobody by printing, and no trouble quotes it.
func TestDocumentsPrintNoSecret(t *testing.T) {
	k := keys(t, key1)
	text := `{"google":{"secret":"` + quoted(seal(t, k, "CANARYCANARY")) + `"},"authy":{"phone_number":"CANARYPHONE"}}`
	for _, d := range []factors.Document{
		factors.Judge(seal(t, k, text), k), factors.Judge(text, k), factors.Judge(text+"CANARY", k), factors.Judge(seal(t, k, text+"CANARY"), k),
	} {
		var out bytes.Buffer
		slog.New(slog.NewJSONHandler(&out, nil)).Info("document", "document", d, "trouble", d.Trouble.Err)
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
			fmt.Fprintf(&out, verb, struct {
				Exported   factors.Document
				unexported factors.Document
			}{d, d})
			fmt.Fprintf(&out, verb, []any{d, &d, d.Factors, d.Trouble.Err})
		}
		wire, err := json.Marshal(d)
		require.NoError(t, err)
		out.Write(wire)
		for _, part := range []string{"CANARY", "43414e415259", "43414E415259", key1[:8], fmt.Sprint([]byte(key1))[1:20]} {
			require.NotContains(t, out.String(), part)
		}
	}
}

func FuzzJudge(f *testing.F) {
	k, err := crypt.Parse(app.NewSecret(key1))
	if err != nil {
		f.Fatal(err)
	}
	texts, values := vectors(f)
	for _, seed := range append(texts, values...) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		// As it is, and as what an encrypted document holds.
		sealed, err := k.Seal(rand.Reader, app.NewSecret(text))
		if err != nil {
			t.Fatal(err)
		}
		for _, value := range []string{text, sealed} {
			d := factors.Judge(value, k)
			if d.Opens() == (d.Trouble.Note != "") || d.Value() != value {
				t.Fatalf("%q: %+v", value, d)
			}
			codes := []app.ProviderCode{app.Google, app.U2F, app.Duo, app.Authy}
			for _, f := range d.Factors[:min(len(d.Factors), 10)] {
				codes = append(codes, f.Code)
			}
			for _, code := range codes {
				f := d.Factor(code)
				if f.Status == app.StatusUnreadable && (f.Note == "" || !f.Secret.Empty()) || f.Whole == d.Opens() {
					t.Fatalf("%q: %+v", value, f)
				}
				next, err := d.Reset(rand.Reader, code)
				if err == nil && next.Factor(code).Status != app.StatusNotEnrolled {
					t.Fatalf("%q: %s is still there", value, code)
				}
				if (err == nil) != (d.Opens() && has(d, code)) {
					t.Fatalf("%q: reset of %s: %v", value, code, err)
				}
			}
		}
	})
}

func has(d factors.Document, code app.ProviderCode) bool {
	for _, f := range d.Factors {
		if f.Code == code {
			return true
		}
	}
	return false
}

package factors_test

import (
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/magento/crypt"
	"github.com/factordesk/factordesk/app/store/magento/factors"
)

// odd holds everything that decoding and encoding would change.
const odd = `"acme":{"float":1.50,"big":123456789012345678901234567890,"none":{},"list":[],"slash":"a/b\/c","letters":"é\u00e9","pair":"\ud83d\ude00"}`

// hasText checks that a document holds exactly a text, encrypted with the last
// key.
func hasText(t testing.TB, d factors.Document, k crypt.Keys, text string) {
	t.Helper()
	require.Equal(t, text, d.Text().Reveal())
	opened, err := k.Open(d.Value())
	require.NoError(t, err)
	require.Equal(t, text, opened.Reveal())
	require.Equal(t, factors.Judge(d.Value(), k).Factors, d.Factors)
	require.False(t, d.Plain)
}

func TestReset(t *testing.T) {
	k := keys(t, key1)
	google := `"google":{"secret":"` + inner + `","active":true}`
	for _, c := range []struct {
		code       app.ProviderCode
		text, want string
	}{
		{app.Google, `{` + google + `}`, `[]`},
		{app.Google, `{` + google + `,` + odd + `}`, `{` + odd + `}`},
		{app.Google, `{` + odd + `,` + google + `}`, `{` + odd + `}`},
		{app.Google, `{` + google + `,"u2fkey":[]}`, `{"u2fkey":[]}`},
		{app.Google, `{"google":"damaged",` + odd + `}`, `{` + odd + `}`},
		{app.Google, `{"google":1,` + odd + `,"google":{"secret":"x"}}`, `{` + odd + `}`},
		{app.U2F, `{` + google + `,"u2fkey":[]}`, `{` + google + `}`},
		{app.Duo, `{"duo_security":{"active":true},` + google + `}`, `{` + google + `}`},
		{"acme", `{` + google + `,` + odd + `}`, `{` + google + `}`},
	} {
		for _, value := range []string{seal(t, k, c.text), c.text} {
			d := factors.Judge(value, k)
			next, err := d.Reset(rand.Reader, c.code)
			require.NoError(t, err)
			hasText(t, next, k, c.want)
			require.Equal(t, app.StatusNotEnrolled, next.Factor(c.code).Status)
			require.Equal(t, value, d.Value(), "the old document stays as it was")
			_, err = next.Reset(rand.Reader, c.code)
			require.Equal(t, app.NotFound, app.KindOf(err))
		}
	}
}

func TestResetOfTheVectors(t *testing.T) {
	texts, values := vectors(t)
	k := keys(t, key1)
	d := factors.Judge(values[3], k)
	for _, code := range []app.ProviderCode{app.Duo, app.Google, app.Authy, app.U2F} {
		var err error
		d, err = d.Reset(rand.Reader, code)
		require.NoError(t, err)
		if code == app.Duo {
			hasText(t, d, k, strings.Replace(texts[3], `"duo_security":{"active":true},`, "", 1))
		}
	}
	hasText(t, d, k, texts[4])
}

// A reset writes with the last key, and leaves the secret in it under its own.
func TestResetWritesWithTheLastKey(t *testing.T) {
	_, values := vectors(t)
	k := keys(t, key1, key2)
	next, err := factors.Judge(values[3], k).Reset(rand.Reader, app.Duo)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(next.Value(), "1:3:"))
	require.Contains(t, next.Text().Reveal(), inner)
	require.Equal(t, app.StatusActive, next.Factor(app.Google).Status)
}

// Nothing that does not open is overwritten, but by ResetAll.
func TestChangesOfAClosedDocument(t *testing.T) {
	_, values := vectors(t)
	k := keys(t, key2)
	for _, value := range []string{values[3], seal(t, k, `{"google":`), "0:3:***", `{"google":`, seal(t, k, `["x"]`)} {
		d := factors.Judge(value, k)
		require.False(t, d.Opens())
		for name, change := range map[string]func() (factors.Document, error){
			"reset":    func() (factors.Document, error) { return d.Reset(rand.Reader, app.Google) },
			"put":      func() (factors.Document, error) { return d.PutGoogle(rand.Reader, app.NewSecret("MFRGGZDF")) },
			"activate": func() (factors.Document, error) { return d.ActivateGoogle(rand.Reader) },
		} {
			next, err := change()
			require.Equal(t, app.Unreadable, app.KindOf(err), name)
			require.Zero(t, next)
			message, hint := app.Explain(err)
			require.Equal(t, d.Trouble.Note, message)
			require.Contains(t, hint, "reset all factors of the user")
		}
		next, err := d.ResetAll(rand.Reader)
		require.NoError(t, err)
		hasText(t, next, k, "[]")
		require.Empty(t, next.Factors)
	}
}

func TestResetAllOfAnOpenDocument(t *testing.T) {
	_, values := vectors(t)
	k := keys(t, key1)
	next, err := factors.Judge(values[3], k).ResetAll(rand.Reader)
	require.NoError(t, err)
	hasText(t, next, k, "[]")
}

func TestPutGoogle(t *testing.T) {
	k := keys(t, key1, keyB)
	old := quoted(seal(t, keys(t, key2), "OLDOLD"))
	for _, c := range []struct{ text, before, after string }{
		{``, `{"google":{"secret":"`, `"}}`},
		{`[]`, `{"google":{"secret":"`, `"}}`},
		{`{` + odd + `}`, `{` + odd + `,"google":{"secret":"`, `"}}`},
		{`{"google":[],` + odd + `}`, `{"google":{"secret":"`, `"},` + odd + `}`},
		{`{"google":null,` + odd + `}`, `{"google":{"secret":"`, `"},` + odd + `}`},
		{`{"google":true,` + odd + `}`, `{"google":{"secret":"`, `"},` + odd + `}`},
		{`{"google":[1,2],` + odd + `}`, `{"google":{"secret":"`, `"},` + odd + `}`},
		{`{"google":{"secret":"` + old + `"},` + odd + `}`, `{"google":{"secret":"`, `"},` + odd + `}`},
		{
			`{"google":{"window":1.50,"secret":"` + old + `","active":true,"x":{}},` + odd + `}`,
			`{"google":{"window":1.50,"secret":"`, `","x":{}},` + odd + `}`,
		},
	} {
		next, err := factors.Judge(seal(t, k, c.text), k).PutGoogle(rand.Reader, app.NewSecret("GEZDGNBVGY3TQOJQ"))
		require.NoError(t, err, c.text)
		text := next.Text().Reveal()
		require.True(t, strings.HasPrefix(text, c.before), text)
		require.True(t, strings.HasSuffix(text, c.after), text)
		secret := strings.ReplaceAll(text[len(c.before):len(text)-len(c.after)], `\/`, "/")
		require.True(t, strings.HasPrefix(secret, "1:3:"))
		opened, err := k.Open(secret)
		require.NoError(t, err)
		require.Equal(t, "GEZDGNBVGY3TQOJQ", opened.Reveal())
		f := next.Factor(app.Google)
		require.Equal(t, app.StatusPending, f.Status)
		require.Equal(t, "GEZDGNBVGY3TQOJQ", f.Secret.Reveal())
		hasText(t, next, k, text)
	}
}

func TestPutGoogleRefuses(t *testing.T) {
	k := keys(t, key1)
	for _, secret := range []string{"", "0189", "MFRG GZDF", "="} {
		_, err := factors.Judge("", k).PutGoogle(rand.Reader, app.NewSecret(secret))
		require.Equal(t, app.Invalid, app.KindOf(err), secret)
	}
}

func TestActivateGoogle(t *testing.T) {
	texts, values := vectors(t)
	k := keys(t, key1)
	next, err := factors.Judge(values[1], k).ActivateGoogle(rand.Reader)
	require.NoError(t, err)
	hasText(t, next, k, texts[0])
	require.Equal(t, app.StatusActive, next.Factor(app.Google).Status)

	text := `{"google":{"active":0.0,"secret":"` + inner + `","window":2},` + odd + `}`
	next, err = factors.Judge(seal(t, k, text), k).ActivateGoogle(rand.Reader)
	require.NoError(t, err)
	hasText(t, next, k, strings.Replace(text, "0.0", "true", 1))

	for text, kind := range map[string]app.Kind{
		``: app.NotFound, `{"google":[]}`: app.NotFound, texts[0]: app.Conflict, `{"google":{"secret":"0:3:x"}}`: app.Unreadable,
	} {
		_, err := factors.Judge(seal(t, k, text), k).ActivateGoogle(rand.Reader)
		require.Equal(t, kind, app.KindOf(err), text)
	}
}

func TestChangesNeedAKeyAndRandomness(t *testing.T) {
	texts, _ := vectors(t)
	d := factors.Judge(texts[1], crypt.Keys{}) // plain, so that it can be read
	bare := factors.Judge(`{"u2fkey":[],"a":1,"b":2}`, crypt.Keys{})
	for _, change := range []func() (factors.Document, error){
		func() (factors.Document, error) { return d.Reset(rand.Reader, app.Google) },
		func() (factors.Document, error) { return d.ResetAll(rand.Reader) },
		func() (factors.Document, error) { return bare.PutGoogle(rand.Reader, app.NewSecret("MFRGGZDF")) },
	} {
		next, err := change()
		require.ErrorIs(t, err, crypt.ErrNoKey)
		require.Zero(t, next)
	}
	d = factors.Judge(texts[1], keys(t, key1))
	broken := iotest.ErrReader(errors.New("none left"))
	_, err := d.Reset(broken, app.Google)
	require.ErrorContains(t, err, "none left")
	_, err = d.PutGoogle(broken, app.NewSecret("MFRGGZDF"))
	require.ErrorContains(t, err, "none left")
}

// A value that the column would cut off is not made; one that was there before,
// in a wider column, may become shorter.
func TestTheColumn(t *testing.T) {
	k := keys(t, key1)
	text := `{"acme":"` + strings.Repeat("x", 49_000) + `"}`
	d := factors.Judge(seal(t, k, text), k)
	require.Less(t, len(d.Value()), 65_536)
	_, err := d.PutGoogle(rand.Reader, app.NewSecret(strings.Repeat("MFRGGZDF", 20)))
	require.Equal(t, app.Invalid, app.KindOf(err))
	require.ErrorContains(t, err, "does not fit into its column")

	text = `{"acme":"` + strings.Repeat("x", 90_000) + `","duo_security":{"active":true}}`
	next, err := factors.Judge(seal(t, k, text), k).Reset(rand.Reader, app.Duo)
	require.NoError(t, err)
	hasText(t, next, k, `{"acme":"`+strings.Repeat("x", 90_000)+`"}`)
}

// TestAnyHistory makes changes in any order, and keeps a plain map beside the
// document.
func TestAnyHistory(t *testing.T) {
	k := keys(t, key1, key2)
	codes := []app.ProviderCode{app.Google, app.Duo, app.Authy, app.U2F, "acme"}
	start := `{"duo_security":{"active":true},"authy":{"user":1.50},` + odd + `,"u2fkey":{"registration":{"public_keys":[{"id":"a\/b"}]},"active":1}}`
	rapid.Check(t, func(t *rapid.T) {
		d := factors.Judge(start, k)
		want := map[app.ProviderCode]app.Status{
			app.Duo: app.StatusActive, app.Authy: app.StatusPending, app.U2F: app.StatusActive, "acme": app.StatusPending,
		}
		t.Repeat(map[string]func(*rapid.T){
			"reset": func(t *rapid.T) {
				code := rapid.SampledFrom(codes).Draw(t, "code")
				next, err := d.Reset(rand.Reader, code)
				require.Equal(t, want[code] != "", err == nil)
				if err == nil {
					d = next
					delete(want, code)
				}
			},
			"put": func(t *rapid.T) {
				next, err := d.PutGoogle(rand.Reader, app.NewSecret("MFRGGZDF"))
				require.NoError(t, err)
				d, want[app.Google] = next, app.StatusPending
			},
			"activate": func(t *rapid.T) {
				next, err := d.ActivateGoogle(rand.Reader)
				require.Equal(t, want[app.Google] == app.StatusPending, err == nil)
				if err == nil {
					d, want[app.Google] = next, app.StatusActive
				}
			},
			"": func(t *rapid.T) {
				require.Len(t, d.Factors, len(want))
				for _, code := range codes {
					status := want[code]
					if status == "" {
						status = app.StatusNotEnrolled
					}
					require.Equal(t, status, d.Factor(code).Status)
				}
				for code, entry := range map[app.ProviderCode]string{"acme": odd, app.Authy: `"authy":{"user":1.50}`} {
					require.Equal(t, want[code] != "", strings.Contains(d.Text().Reveal(), entry))
				}
				if len(want) == 0 {
					require.Equal(t, "[]", d.Text().Reveal())
				}
			},
		})
	})
}

//go:build full

package magento

import (
	"bytes"
	"context"
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/otp"
	"github.com/factordesk/factordesk/app/servertest"
)

// phpReading is what testdata/read.php makes of a document.
type phpReading struct {
	Text, Again, Secret string
	Configured, Active  bool
}

// php reads a user's document by an independent program.
func (b shopBase) php(t testing.TB, user int) (r phpReading) {
	t.Helper()
	value := b.value(t, "SELECT encoded_config FROM tfa_user_config WHERE user_id = ? ORDER BY config_id LIMIT 1", user)
	in, err := json.Marshal(map[string]string{"key": keyOne, "value": value})
	require.NoError(t, err)
	c := exec.CommandContext(t.Context(), "php", "testdata/read.php")
	c.Stdin = bytes.NewReader(in)
	out, err := c.Output()
	require.NoError(t, err, "php must be installed, with sodium (package php-cli)")
	require.NoError(t, json.Unmarshal(out, &r))
	return r
}

// PHP opens what each deed writes, and writes the same bytes itself.
func TestPHPReadsWhatIsWritten(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		b := newShop(t, s, "")
		store := openShop(t, b.config(t))
		ctx := context.Background()
		require.NoError(t, store.PutFactor(ctx, app.NewFactor{User: "2", Factor: typedFactor(), At: fixtureNow}, resetEvent("2")))
		r := b.php(t, 2)
		require.Equal(t, phpReading{Text: r.Text, Again: r.Text, Secret: typedKey, Configured: true}, r)
		require.True(t, strings.HasPrefix(r.Text, `{"u2fkey":[],"google":{"secret":"0:3:`), "in the order in which PHP would have it")

		code, err := otp.Code([]byte("12345678901234567890"), otp.Default(), uint64(otp.Step(fixtureNow, period)))
		require.NoError(t, err)
		a, err := store.ConfirmFactor(ctx, app.CodeCheck{User: "2", Provider: app.Google, Code: app.NewSecret(code), At: fixtureNow, Event: resetEvent("2")})
		require.NoError(t, err)
		require.Equal(t, app.OK, a.Reason)
		active := b.php(t, 2)
		require.Equal(t, phpReading{Text: active.Text, Again: active.Text, Secret: typedKey, Configured: true, Active: true}, active)
		require.Equal(t, strings.TrimSuffix(r.Text, "}}")+`,"active":true}}`, active.Text, "one key more, and no other byte")

		require.NoError(t, store.Reset(ctx, app.FactorReset{User: "2", Provider: app.Google}, resetEvent("2")))
		require.Equal(t, phpReading{Text: `{"u2fkey":[]}`, Again: `{"u2fkey":[]}`}, b.php(t, 2))
		require.NoError(t, store.Reset(ctx, app.FactorReset{User: "2", Provider: app.U2F}, resetEvent("2")), "the entry that an update of Magento left")
		require.Equal(t, phpReading{Text: `[]`, Again: `[]`}, b.php(t, 2))
	})
}

// Every provider is reset, and every byte that is not its own stays.
func TestResetLeavesEveryOtherByte(t *testing.T) {
	strange := `"x_other":{"float":1.50,"exponent":1e3,"big":123456789012345678901234567890,"object":{},"list":[],"slash":"a\/b","letters":"\u00e9\ud83d\ude00","raw":"é","zero":-0,"null":null,"deep":{"a":[{"b":[]}]}}`
	entries := map[app.ProviderCode]string{
		app.Google: `"google":{"secret":"` + escaped("0:3:LFOUVY+3U6ALXwbvK6c/6h7r1m5l75yHfgjkiFVKZfXc+TZ2") + `","active":true,"window":29}`,
		app.Duo:    `"duo_security":{"active":true}`,
		app.U2F:    `"u2fkey":{"registration":{"public_keys":[{"key":"-----BEGIN PUBLIC KEY-----\r\nMFkw","id":"AbCd+\/==","aaguid":null}]},"active":true}`,
		app.Authy:  `"authy":{"country_code":"1","verify":{"expires":1700000000},"user":1234,"active":true}`,
	}
	order := []app.ProviderCode{app.U2F, app.Google, app.Authy, app.Duo}
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		for _, prefix := range []string{"", "m2_"} {
			b := newShop(t, s, prefix)
			store := openShop(t, b.config(t))
			whole := func(but app.ProviderCode) string {
				parts := []string{strange}
				for _, code := range order {
					if code != but {
						parts = append(parts, entries[code])
					}
				}
				return "{" + strings.Join(parts, ",") + "}"
			}
			for _, code := range order {
				b.setDocument(t, 2, whole(""))
				b.run(t, "UPDATE tfa_user_config SET default_provider = 'authy', encoded_providers = '[\"\"]' WHERE user_id = 2")
				u, err := store.User(context.Background(), "2")
				require.NoError(t, err)
				require.Equal(t, app.StatusActive, u.Factor(code).Status)
				require.Len(t, u.Factors, 5, "that of another module, too")
				require.NoError(t, store.Reset(context.Background(), app.FactorReset{User: "2", Version: u.Version, Provider: code}, resetEvent("2")))
				require.Equal(t, whole(code), b.document(t, 2))
				require.Equal(t, [][]string{{"authy", `[""]`}}, b.query(t, "SELECT default_provider, encoded_providers FROM tfa_user_config WHERE user_id = 2"))
				after, err := store.User(context.Background(), "2")
				require.NoError(t, err)
				require.NotEqual(t, u.Version, after.Version)
				require.Equal(t, app.StatusNotEnrolled, after.Factor(code).Status)
			}
		}
	})
}

func TestTwoRows(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		b := newShop(t, s, "")
		store := openShop(t, b.config(t))
		ctx := context.Background()
		b.setDocument(t, 2, `{"duo_security":{"active":true}}`)
		b.run(t, "INSERT INTO tfa_user_config (user_id, encoded_config) VALUES (2, ?)", sealed(t, keyOne, `{"google":{"active":true},"duo_security":{"active":true}}`))
		b.run(t, "INSERT INTO tfa_user_config (user_id, encoded_config) VALUES (2, NULL)")
		b.run(t, "INSERT INTO tfa_user_config (user_id, encoded_config) VALUES (2, ?)", sealed(t, keyTwo, `{"duo_security":{"active":true}}`))
		u, err := store.User(ctx, "2")
		require.NoError(t, err)
		require.Len(t, u.Factors, 2)
		require.Equal(t, app.Factor{
			Provider: app.Duo, Status: app.StatusActive, Note: "This user has 4 rows of 2FA data; Magento reads the first.",
		}, u.Factors[0])
		require.Equal(t, app.Factor{
			Provider: app.Google, Status: app.StatusNotEnrolled,
			Note: "Nothing is enrolled, but a row beside the first has an entry. This user has 4 rows of 2FA data; Magento reads the first.",
		}, u.Factors[1], "Magento reads the first row only, and a reset treats all of them")
		counts, err := store.Counts(ctx)
		require.NoError(t, err)
		require.Equal(t, app.Counts{All: 2, Active: 2}, counts)

		require.NoError(t, store.Reset(ctx, app.FactorReset{User: "2", Version: u.Version, Provider: app.Duo}, resetEvent("2")))
		rows := b.query(t, "SELECT encoded_config FROM tfa_user_config WHERE user_id = 2 ORDER BY config_id")
		var texts []string
		for _, row := range rows[:2] {
			text, err := keys(t, keyOne).Open(row[0])
			require.NoError(t, err)
			texts = append(texts, text.Reveal())
		}
		require.Equal(t, []string{"[]", `{"google":{"active":true}}`}, texts, "all rows are treated")
		require.Equal(t, "NULL", rows[2][0])
		text, err := keys(t, keyOne).Open(rows[3][0])
		require.NoError(t, err)
		require.Equal(t, "[]", text.Reveal(), "what no key opens may have the factor, and is forgotten, too")
		require.Equal(t, "a second row that no key opened", newest(t, store).Detail("forgot"))

		b.run(t, "UPDATE tfa_user_config SET encoded_config = ? WHERE config_id > ? AND user_id = 2", "damaged",
			b.value(t, "SELECT MIN(config_id) + 1 FROM tfa_user_config WHERE user_id = 2"))
		require.NoError(t, store.Reset(ctx, app.FactorReset{User: "2", Provider: app.Duo}, resetEvent("2")))
		require.Equal(t, "2 rows beside the first that no key opened", newest(t, store).Detail("forgot"))
		require.Equal(t, "[]", b.document(t, 2))
		err = store.Reset(ctx, app.FactorReset{User: "2", Provider: app.Duo}, resetEvent("2"))
		require.Equal(t, app.NotFound, app.KindOf(err), "all rows are treated")

		require.NoError(t, store.PutFactor(ctx, app.NewFactor{User: "2", Factor: typedFactor(), At: fixtureNow}, resetEvent("2")))
		require.Contains(t, b.document(t, 2), `{"google":{"secret":`, "where Magento reads")
	})
}

// broken are the values that a row may have by accident. Each has one clear
// sentence.
func broken(t testing.TB) map[string]struct{ value, words string } {
	good := sealed(t, keyOne, allFour(t))
	return map[string]struct{ value, words string }{
		"broken JSON":                {sealed(t, keyOne, `{"google":{"active":true`), "it is not JSON as Magento writes it."},
		"JSON of another form":       {sealed(t, keyOne, `"text"`), "JSON of another form"},
		"broken base64":              {good[:60] + "*!" + good[62:], "not of base64"},
		"a truncated value":          {good[:len(good)-13], ""},
		"a truncated envelope":       {"0:3:", ""},
		"a changed letter":           {good[:80] + map[bool]string{true: "B", false: "A"}[good[80] == 'A'] + good[81:], "key 0"},
		"another key":                {sealed(t, keyTwo, `{"u2fkey":[]}`), "key 0"},
		"a key that is not there":    {"7:3:" + sealed(t, keyTwo, `{"u2fkey":[]}`)[4:], "key 7"},
		"an older cipher":            {"0:2:abcdefghijklmnopABCDEFGHIJKLMNOP:BPrX+j2xkAO6jwNSz/ixYl6T2GJh5e+a+kA5I8OTW/E=", "Rijndael"},
		"text":                       {"hello", "neither encrypted nor JSON"},
		"an enormous value":          {"0:3:" + strings.Repeat("A", 3<<20), "bytes, more than the"},
		"an enormous value, shorter": {"0:3:" + strings.Repeat("A", 1<<20-4), ""},
	}
}

func TestBrokenDocuments(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		b := newShop(t, s, "")
		b.exec(t, "ALTER TABLE tfa_user_config MODIFY encoded_config LONGTEXT NULL")
		store := openShop(t, b.config(t))
		ctx := context.Background()
		for name, test := range broken(t) {
			t.Run(name, func(t *testing.T) {
				b.run(t, "UPDATE tfa_user_config SET encoded_config = ? WHERE user_id = 2", test.value)
				whole := func() {
					t.Helper()
					require.Equal(t, test.value, b.value(t, "SELECT encoded_config FROM tfa_user_config WHERE user_id = 2"), "nothing is written over")
				}
				u, err := store.User(ctx, "2")
				require.NoError(t, err)
				require.Len(t, u.Factors, 2, "what Magento asks everybody for")
				for _, f := range u.Factors {
					require.Equal(t, app.StatusUnreadable, f.Status)
					require.True(t, f.Whole)
					require.Contains(t, f.Note, test.words)
					require.True(t, strings.HasSuffix(f.Note, "."), f.Note)
					require.Equal(t, 1, strings.Count(f.Note+" ", ". "), "one sentence: %s", f.Note)
				}
				p, err := store.Users(ctx, app.Query{Filter: app.WithUnreadable})
				require.NoError(t, err)
				require.Equal(t, []app.User{u}, p.Users)

				e := resetEvent("2")
				check := app.CodeCheck{User: "2", Provider: app.Google, Code: app.NewSecret("123456"), At: fixtureNow, Event: e}
				for deed, err := range map[string]error{
					"PutFactor": store.PutFactor(ctx, app.NewFactor{User: "2", Factor: typedFactor(), At: fixtureNow}, e),
					"Repair":    store.Repair(ctx, app.FactorRepair{User: "2", Provider: app.Google, Keys: app.NewSecret("ffffffffffffffffffffffffffffffff")}, e),
					"VerifyCode": func() error {
						_, err := store.VerifyCode(ctx, check)
						return err
					}(),
					"ConfirmFactor": func() error { _, err := store.ConfirmFactor(ctx, check); return err }(),
				} {
					kind := app.Unreadable
					if deed == "PutFactor" {
						kind = app.Conflict
					}
					require.Equal(t, kind, app.KindOf(err), "%s: %v", deed, err)
					whole()
				}
				x, err := store.Examine(ctx)
				require.NoError(t, err)
				require.Contains(t, codesOf(x), "unreadable")
				whole()

				require.NoError(t, store.Reset(ctx, app.FactorReset{User: "2", Version: u.Version, Provider: app.Duo}, e), "any of them forgets all")
				require.Equal(t, "[]", b.document(t, 2))
				u, err = store.User(ctx, "2")
				require.NoError(t, err)
				require.Empty(t, u.Factors)
			})
		}
	})
}

// codesOf are the codes of what an examination found.
func codesOf(x app.Examination) []string {
	codes := []string{}
	for _, f := range x.Findings {
		codes = append(codes, f.Code)
	}
	return codes
}

// Without the crypt key the shop opens, and factors can be reset: all of a
// user's at once.
func TestWithoutTheKey(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		b := newShop(t, s, "")
		c := b.config(t)
		c.CryptKey = app.Secret{}
		store := openShop(t, c)
		ctx := context.Background()
		u, err := store.User(ctx, "1")
		require.NoError(t, err)
		require.Equal(t, app.StatusUnreadable, u.Factor(app.Google).Status)
		require.True(t, u.Factor(app.Google).Whole)
		for _, a := range []app.Ability{app.AbleOpenSecrets, app.AbleRepair} {
			message, _ := app.Explain(store.Able(a))
			require.Equal(t, "This needs the crypt key from app/etc/env.php.", message)
		}
		console := desk(store, func() time.Time { return fixtureNow })
		in := app.Credentials{Username: "admin", Password: app.NewSecret(fixturePassword), Code: app.NewSecret("123456")}
		_, err = console.SignIn(ctx, in)
		require.Equal(t, app.Unreadable, app.KindOf(err), "no code can be checked")
		_, hint := app.Explain(err)
		require.Equal(t, "Sign in with the shop's crypt key: Your own factor is lost?", hint)
		in.Recovery = app.NewSecret(keyOne)
		_, err = console.SignIn(ctx, in)
		require.NoError(t, err)

		require.EqualError(t, store.PutFactor(ctx, app.NewFactor{User: "2", Factor: typedFactor()}, resetEvent("2")), store.Able(app.AbleOpenSecrets).Error())
		require.EqualError(t, store.Repair(ctx, app.FactorRepair{User: "2", Provider: app.Google, Keys: app.NewSecret(keyOne)}, resetEvent("2")), store.Able(app.AbleRepair).Error())

		require.NoError(t, store.Reset(ctx, app.FactorReset{User: "1", Version: u.Version, Provider: app.Google}, resetEvent("1")))
		require.Equal(t, "NULL", b.value(t, "SELECT encoded_config FROM tfa_user_config WHERE user_id = 1"), "which is nothing to Magento")
		require.Zero(t, openIntents(t, store))
		u, err = store.User(ctx, "1")
		require.NoError(t, err)
		require.Empty(t, u.Factors)
		require.Equal(t, app.NotFound, app.KindOf(store.Reset(ctx, app.FactorReset{User: "1", Provider: app.Google}, resetEvent("1"))))

		b.run(t, "UPDATE tfa_user_config SET encoded_config = '{\"google\":{\"active\":true}}' WHERE user_id = 1")
		require.NoError(t, store.Reset(ctx, app.FactorReset{User: "1", Provider: app.Google}, resetEvent("1")), "what was never encrypted is forgotten, too")
		require.Equal(t, "NULL", b.value(t, "SELECT encoded_config FROM tfa_user_config WHERE user_id = 1"))
	})
}

// A crypt key of another shop opens nothing, so the shop does not open.
func TestWrongKeyDoesNotOpen(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		b := newShop(t, s, "")
		before := b.query(t, "SELECT * FROM tfa_user_config")
		for key, kind := range map[string]app.Kind{keyTwo: app.Unreadable, "0123456789": app.Invalid} {
			c := b.config(t)
			c.CryptKey = app.NewSecret(key)
			_, err := Open(context.Background(), c)
			require.Equal(t, kind, app.KindOf(err), "%v", err)
			require.Equal(t, StageKey, StageOf(err))
			require.NotContains(t, err.Error(), key)
		}
		require.Equal(t, before, b.query(t, "SELECT * FROM tfa_user_config"))
	})
}

// What is in a row beside an empty first one can be seen and reset as well.
func TestARowBesideAnEmptyOne(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		for name, second := range map[string]string{
			"opens":         sealed(t, keyOne, `{"google":{"active":true}}`),
			"does not open": sealed(t, keyTwo, `{"google":{"active":true}}`),
		} {
			t.Run(name, func(t *testing.T) {
				ctx := context.Background()
				b := newShop(t, s, "")
				b.setDocument(t, 2, "[]")
				store := openShop(t, b.config(t))
				u, err := store.User(ctx, "2")
				require.NoError(t, err)
				require.Empty(t, u.Factors)
				b.run(t, "INSERT INTO tfa_user_config (user_id, encoded_config) VALUES (2, ?)", second)
				u, err = store.User(ctx, "2")
				require.NoError(t, err)
				require.Len(t, u.Factors, 1)
				require.Equal(t, app.StatusNotEnrolled, u.Factor(app.Google).Status)
				require.Contains(t, u.Factor(app.Google).Note, "This user has two rows of 2FA data")
				require.NoError(t, store.Reset(ctx, app.FactorReset{User: "2", Version: u.Version, Provider: app.Google}, resetEvent("2")))
				u, err = store.User(ctx, "2")
				require.NoError(t, err)
				require.Empty(t, u.Factors)
			})
		}
	})
}

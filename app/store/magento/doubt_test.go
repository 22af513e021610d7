//go:build full

package magento

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/servertest"
)

// replaced is a shop whose key was replaced: keyOne, which encrypted everything,
// is not in crypt/key any more.
func replaced(t *testing.T, s *servertest.Server) (shopBase, Config) {
	b := newShop(t, s, "")
	b.setDocument(t, 2, allFour(t))
	c := b.config(t)
	c.CryptKey = app.NewSecret(keyTwo)
	return b, c
}

func TestReplacedKeyNeedsAnAnswer(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		b, c := replaced(t, s)
		ctx := context.Background()
		before := b.query(t, "SELECT * FROM tfa_user_config")
		l := connect(t, c)
		_, err := l.TryKey(ctx)
		isError(t, err, app.Unreadable, StageKey, "The crypt key opens nothing of what this shop has encrypted.")
		d, ok := DoubtOf(err)
		require.True(t, ok)
		require.Equal(t, app.KeyDoubt{Rows: 2}, d)
		_, err = l.Open(ctx)
		isError(t, err, app.Unreadable, StageKey, "The crypt key opens nothing")

		for key, words := range map[string]string{
			keyTwo[1:] + "x": "The older crypt key opens nothing of what this shop has encrypted either.",
			"too short":      "That is no older crypt key: it has another length.",
		} {
			l.Answer(app.KeyAnswer{Older: app.NewSecret(key)})
			_, err = l.TryKey(ctx)
			isError(t, err, app.Unreadable, StageKey, words)
			require.NotContains(t, err.Error(), key)
			d, _ = DoubtOf(err)
			require.Error(t, d.Older)
		}
		b.run(t, "INSERT INTO core_config_data (path, value) VALUES ('carriers/x/password', ?)", sealed(t, keyOne, "a setting"))
		l.Answer(app.KeyAnswer{})
		_, err = l.TryKey(ctx)
		d, _ = DoubtOf(err)
		require.Equal(t, app.KeyDoubt{Rows: 2, Settings: 1}, d)

		l.Answer(app.KeyAnswer{Older: app.NewSecret(keyOne)})
		words, err := l.TryKey(ctx)
		require.NoError(t, err)
		require.Equal(t, "1 key, opens nothing yet; the older one does", words)
		l.Answer(app.KeyAnswer{Changed: true})
		words, err = l.TryKey(ctx)
		require.NoError(t, err)
		require.Equal(t, "1 key, opens nothing that is stored", words)
		require.Equal(t, before, b.query(t, "SELECT * FROM tfa_user_config"))

		_, ok = DoubtOf(context.Canceled)
		require.False(t, ok)
	})
}

// With the older key the shop opens, nothing new is encrypted, and a repair brings
// everything back.
func TestRepairAfterTheKeyWasReplaced(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		b, c := replaced(t, s)
		ctx := context.Background()
		c.OlderKeys, c.KeyChanged = app.NewSecret(keyOne), true
		store := openShop(t, c)
		u, err := store.User(ctx, "2")
		require.NoError(t, err)
		require.Equal(t, app.StatusUnreadable, u.Factor(app.Google).Status)
		require.True(t, u.Factor(app.Google).Whole)
		for _, a := range []app.Ability{app.AbleOpenSecrets, app.AbleEnroll} {
			require.Equal(t, app.Denied, app.KindOf(store.Able(a)), a)
		}
		before := b.query(t, "SELECT * FROM tfa_user_config")
		err = store.PutFactor(ctx, app.NewFactor{User: "2", Factor: typedFactor(), At: fixtureNow, Replace: true}, resetEvent("2"))
		require.Equal(t, app.Denied, app.KindOf(err))
		require.Equal(t, before, b.query(t, "SELECT * FROM tfa_user_config"), "nothing new is encrypted with a key in doubt")
		wrong := app.FactorRepair{User: "2", Provider: app.Google, Keys: app.NewSecret(keyTwo)}
		require.Equal(t, app.Unreadable, app.KindOf(store.Repair(ctx, wrong, resetEvent("2"))))
		require.Error(t, store.Able(app.AbleOpenSecrets), "a repair that fails ends no doubt")
		_, err = store.VerifyCode(ctx, app.CodeCheck{User: "2", Provider: app.Google, Code: app.NewSecret("123456"), At: fixtureNow})
		require.Equal(t, app.Unreadable, app.KindOf(err))
		_, hint := app.Explain(err)
		require.Contains(t, hint, "Repair it with the key that it was encrypted with")
		x, err := store.Examine(ctx)
		require.NoError(t, err)
		require.Contains(t, codesOf(x), "crypt-key")

		right := app.FactorRepair{User: "2", Provider: app.Google, Keys: app.NewSecret(keyOne)}
		require.NoError(t, store.Repair(ctx, right, resetEvent("2")))
		text, err := keys(t, keyTwo).Open(b.value(t, "SELECT encoded_config FROM tfa_user_config WHERE user_id = 2"))
		require.NoError(t, err)
		require.Contains(t, text.Reveal(), `"phone_number":"5551234567"`)
		u, err = store.User(ctx, "2")
		require.NoError(t, err)
		require.Equal(t, app.StatusActive, u.Factor(app.Google).Status)
		require.NoError(t, store.Able(app.AbleOpenSecrets), "it opens something now")
		require.NoError(t, store.Able(app.AbleEnroll))
		x, err = store.Examine(ctx)
		require.NoError(t, err)
		require.NotContains(t, codesOf(x), "crypt-key")

		c.OlderKeys, c.KeyChanged = app.Secret{}, false
		openShop(t, c)
	})
}

// Where somebody says that the key is right, a reset leaves nothing that was
// encrypted with it, and the seal of the logbook stays whose it was.
func TestResetWithAKeyInDoubt(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		b, c := replaced(t, s)
		ctx := context.Background()
		right := c
		right.CryptKey = app.NewSecret(keyOne)
		store, err := Open(ctx, right)
		require.NoError(t, err)
		require.NoError(t, store.Append(ctx, resetEvent("2")))
		require.NoError(t, store.Close())

		c.KeyChanged = true
		store, err = Open(ctx, c)
		require.NoError(t, err)
		require.NoError(t, store.Reset(ctx, app.FactorReset{User: "2", Provider: app.Duo}, resetEvent("2")))
		require.Equal(t, "NULL", b.value(t, "SELECT encoded_config FROM tfa_user_config WHERE user_id = 2"))
		b.run(t, "UPDATE tfa_user_config SET encoded_config = '{\"google\":{\"active\":true}}' WHERE user_id = 2")
		require.NoError(t, store.Reset(ctx, app.FactorReset{User: "2", Provider: app.Google}, resetEvent("2")))
		require.Equal(t, "NULL", b.value(t, "SELECT encoded_config FROM tfa_user_config WHERE user_id = 2"))
		report, err := store.VerifyChain(ctx, nil)
		require.NoError(t, err)
		require.True(t, report.Whole)
		require.NoError(t, store.Close())

		store, err = Open(ctx, right)
		require.NoError(t, err)
		defer func() { require.NoError(t, store.Close()) }()
		page, err := store.Events(ctx, app.EventQuery{Action: app.DoSealActivity})
		require.NoError(t, err)
		require.Empty(t, page.Events, "who comes with another key does not take the seal away")
		require.NoError(t, store.Append(ctx, resetEvent("2")))
		report, err = store.VerifyChain(ctx, nil)
		require.NoError(t, err)
		require.True(t, report.Whole, report.Problem)
		require.Zero(t, report.Unsealed)
	})
}

// An older key carries the seal of the logbook over to the new one.
func TestSealGoesOverWithTheOlderKey(t *testing.T) {
	b, c := replaced(t, servertest.MariaDB(t))
	ctx := context.Background()
	work := func(key, older string) {
		t.Helper()
		c.CryptKey, c.OlderKeys = app.NewSecret(key), app.NewSecret(older)
		store, err := Open(ctx, c)
		require.NoError(t, err)
		require.NoError(t, store.Append(ctx, resetEvent("2")))
		report, err := store.VerifyChain(ctx, nil)
		require.NoError(t, err)
		require.True(t, report.Whole, report.Problem)
		page, err := store.Events(ctx, app.EventQuery{Action: app.DoSealActivity})
		require.NoError(t, err)
		require.Empty(t, page.Events)
		require.NoError(t, store.Close())
	}
	work(keyOne, "")
	work(keyTwo, keyOne)
	b.run(t, "UPDATE tfa_user_config SET encoded_config = ?", sealed(t, keyTwo, "[]"))
	work(keyTwo, "")
}

// Whose own factor no key opens gets in with the password and a key: an older one
// that opens the rows, or, where the key was said to be right, that one again. But
// not where it contradicts the settings, which Magento encrypts anew.
func TestBreakGlassWithAKeyInDoubt(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		b, c := replaced(t, s)
		b.setDocument(t, 1, allFour(t))
		ctx := context.Background()
		c.KeyChanged = true
		store := openShop(t, c)
		console := desk(store, func() time.Time { return fixtureNow })
		in := app.Credentials{Username: "admin", Password: app.NewSecret(fixturePassword), Code: app.NewSecret("123456")}
		_, err := console.SignIn(ctx, in)
		require.ErrorIs(t, err, app.ErrOwnFactor)
		for key, right := range map[string]bool{keyTwo[1:] + "x": false, keyOne: true, keyTwo: true} {
			in.Recovery = app.NewSecret(key)
			w, err := console.SignIn(ctx, in)
			if !right {
				require.Equal(t, app.Denied, app.KindOf(err))
				continue
			}
			require.NoError(t, err)
			require.True(t, w.Operator.BreakGlass)
			require.False(t, w.Operator.MustEnroll, "nothing can be enrolled")
			require.Equal(t, "opens nothing of what the shop has encrypted", newest(t, store).Detail("crypt key"))
		}

		b.run(t, "INSERT INTO core_config_data (path, value) VALUES ('carriers/x/password', ?)", sealed(t, keyOne, "a setting"))
		store = openShop(t, c)
		console = desk(store, func() time.Time { return fixtureNow })
		in.Recovery = app.NewSecret(keyTwo)
		_, err = console.SignIn(ctx, in)
		require.Equal(t, app.Denied, app.KindOf(err), "this key contradicts the settings")
		in.Recovery = app.NewSecret(keyOne)
		_, err = console.SignIn(ctx, in)
		require.NoError(t, err)

		c.OlderKeys = app.NewSecret(keyOne)
		store = openShop(t, c)
		in.Recovery = app.NewSecret(keyTwo)
		_, err = desk(store, func() time.Time { return fixtureNow }).SignIn(ctx, in)
		require.Equal(t, app.Denied, app.KindOf(err), "there is an older key, so that one is asked for")
	})
}

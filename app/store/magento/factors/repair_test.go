package factors_test

import (
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/magento/crypt"
	"github.com/factordesk/factordesk/app/store/magento/factors"
)

// entry is a document of google with a secret and other things around.
func entry(secret string) string {
	return `{"u2fkey":[],"google":{"window":2,"secret":"` + quoted(secret) + `","active":true},` + odd + `}`
}

func TestRepair(t *testing.T) {
	first, second, third := keys(t, key1), keys(t, key1, key2), keys(t, keyB)
	for _, c := range []struct {
		name        string
		value       string
		shop, older crypt.Keys
	}{
		{"both layers are of a key that was replaced", seal(t, first, entry(seal(t, first, "MFRGGZDF"))), third, first},
		{"both layers are of a key at another index", seal(t, second, entry(seal(t, second, "MFRGGZDF"))), third, keys(t, key2)},
		{"the document was encrypted anew, the secret was not", seal(t, third, entry(seal(t, first, "MFRGGZDF"))), third, first},
		{"the secret names an index beyond the list", seal(t, third, entry(seal(t, keys(t, key1, keyB, key2), "MFRGGZDF"))), third, keys(t, key2)},
		{"only the document is of the old key", seal(t, first, entry(seal(t, third, "MFRGGZDF"))), third, first},
		{"each layer is of another old key", seal(t, keys(t, key1), entry(seal(t, keys(t, key2), "MFRGGZDF"))), third, second},
		{"the keys of the shop are in another order", seal(t, keys(t, keyB, key1), entry(seal(t, third, "MFRGGZDF"))), keys(t, key1, keyB), crypt.Keys{}},
		{"the secret was never encrypted", seal(t, third, entry("MFRGGZDF")), third, crypt.Keys{}},
		{"nothing was ever encrypted", entry("MFRGGZDF"), third, crypt.Keys{}},
		{"the document was never encrypted", entry(seal(t, third, "MFRGGZDF")), third, crypt.Keys{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := factors.Judge(c.value, c.shop)
			if !d.Plain {
				require.Equal(t, app.StatusUnreadable, d.Factor(app.Google).Status)
			}
			next, err := d.Repair(rand.Reader, c.older)
			require.NoError(t, err)
			require.True(t, next.Opens())
			f := next.Factor(app.Google)
			require.Equal(t, app.StatusActive, f.Status, f.Note)
			require.Equal(t, "MFRGGZDF", f.Secret.Reveal())
			require.EqualValues(t, 2, *f.Window)
			text := next.Text().Reveal()
			hasText(t, next, c.shop, text)
			// All but the secret is as it was, to the byte.
			before, after, _ := strings.Cut(entry("|"), "|")
			require.True(t, strings.HasPrefix(text, before) && strings.HasSuffix(text, after), text)
			secret := strings.ReplaceAll(text[len(before):len(text)-len(after)], `\/`, "/")
			require.Regexp(t, `^\d:3:`, secret)
			_, err = next.Repair(rand.Reader, c.older)
			require.Equal(t, app.NotFound, app.KindOf(err), "there is nothing left to repair")
		})
	}
}

func TestRepairKeepsASecretThatOpens(t *testing.T) {
	shop, older := keys(t, keyB), keys(t, key1)
	secret := seal(t, shop, "MFRGGZDF")
	next, err := factors.Judge(seal(t, older, entry(secret)), shop).Repair(rand.Reader, older)
	require.NoError(t, err)
	require.Equal(t, entry(secret), next.Text().Reveal())
}

// A document that opens with the older key is worth the repair for its other
// factors, even if nothing opens its secret.
func TestRepairOfHalf(t *testing.T) {
	shop, older := keys(t, keyB), keys(t, key1)
	secret := seal(t, keys(t, key2), "MFRGGZDF")
	next, err := factors.Judge(seal(t, older, entry(secret)), shop).Repair(rand.Reader, older)
	require.NoError(t, err)
	require.Equal(t, entry(secret), next.Text().Reveal())
	f := next.Factor(app.Google)
	require.Equal(t, app.StatusUnreadable, f.Status)
	require.Equal(t, factors.Inner, f.Trouble.Layer)
}

func TestRepairRefuses(t *testing.T) {
	shop, older := keys(t, keyB), keys(t, key1)
	foreign := keys(t, key2)
	for _, c := range []struct {
		name, value string
		kind        app.Kind
		message     string
	}{
		{"nothing stored", "", app.NotFound, "There is nothing to repair."},
		{"all is well", seal(t, shop, entry(seal(t, shop, "MFRGGZDF"))), app.NotFound, "There is nothing to repair."},
		{"no google", seal(t, shop, `{"u2fkey":[]}`), app.NotFound, "There is nothing to repair."},
		{"a secret that is empty", seal(t, shop, entry("")), app.NotFound, "There is nothing to repair."},
		{"the document under a foreign key", seal(t, foreign, entry("x")), app.Unreadable, "None of the keys opens the configuration."},
		{"the secret under a foreign key", seal(t, shop, entry(seal(t, foreign, "MFRGGZDF"))), app.Unreadable, "None of the keys opens the secret."},
		{"a secret of an older cipher", seal(t, shop, entry("0:1:Sa4WmEHdnKrglJNMlUL/Mw==")), app.Unreadable, "The secret is encrypted with key 0 of crypt/key and the older cipher Rijndael-128-ECB, which is not opened here."},
		{"a secret in words", seal(t, shop, entry("not a secret")), app.Unreadable, "The secret is not encrypted, and Magento expects that it is."},
		{"a document that is cut off", "0:3:AAAA", app.Unreadable, "The configuration is cut off: its end is missing."},
		{"a document that is not JSON", seal(t, shop, `{"google"`), app.Unreadable, "The configuration opens, but it is damaged: it is not JSON as Magento writes it."},
		{"an old document that is not JSON", seal(t, older, `{"google"`), app.Unreadable, "The configuration opens, but it is damaged: it is not JSON as Magento writes it."},
		{"plain text that is not JSON", `{"google"`, app.Unreadable, "The configuration is damaged: it is neither encrypted nor JSON as Magento writes it."},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := factors.Judge(c.value, shop)
			next, err := d.Repair(rand.Reader, older)
			require.Equal(t, c.kind, app.KindOf(err))
			message, _ := app.Explain(err)
			require.Equal(t, c.message, message)
			require.Zero(t, next)
		})
	}
	_, err := factors.Judge(seal(t, foreign, entry("x")), shop).Repair(rand.Reader, crypt.Keys{})
	require.Equal(t, app.Unreadable, app.KindOf(err))
	_, hint := app.Explain(err)
	require.Equal(t, "It names key 0 of the crypt/key that it was written with, counted from 0.", hint)

	_, err = factors.Judge(seal(t, shop, entry(seal(t, older, "MFRGGZDF"))), shop).Repair(iotest.ErrReader(errors.New("none left")), older)
	require.ErrorContains(t, err, "none left")
}

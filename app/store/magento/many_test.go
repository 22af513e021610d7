//go:build full

package magento

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/servertest"
)

// request is what a request to Magento does to a user's document: it reads it,
// changes something of it, and writes all of the row anew.
func (b shopBase) request(user int, lock bool, change func(string) string) error {
	tx, err := b.db.Begin()
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	text := "SELECT config_id, encoded_config FROM tfa_user_config WHERE user_id = ?"
	if lock {
		text += " FOR UPDATE"
	}
	var config int64
	var value string
	if err := tx.QueryRow(b.sql(text), user).Scan(&config, &value); err != nil {
		return err
	}
	k, err := keysOf(keyOne)
	if err != nil {
		return err
	}
	plain, err := k.Open(value)
	if err != nil {
		return err
	}
	if value, err = k.Seal(testRandom, app.NewSecret(change(plain.Reveal()))); err != nil {
		return err
	}
	_, err = tx.Exec(b.sql("UPDATE tfa_user_config SET encoded_providers = '[]', encoded_config = ?, default_provider = 'u2fkey' WHERE config_id = ?"), value, config)
	if err != nil {
		return err
	}
	return tx.Commit()
}

// without takes authy out of the document of allFour, as a reset in Magento
// does.
func without(text string) string {
	at := strings.Index(text, `,"authy"`)
	return text[:at] + text[strings.LastIndex(text, "}}")+1:]
}

// Two consoles, which share no logbook, and a request to Magento change the
// same user at once.
func TestManyAtOnce(t *testing.T) {
	const rounds = 500
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		b := newShop(t, s, "m2_")
		document := allFour(t)
		consoles := [2]*Store{openShop(t, b.config(t)), openShop(t, b.config(t))}
		providers := [2]app.ProviderCode{app.Google, app.Duo}
		conflicts := 0
		for round := range rounds {
			b.setDocument(t, 2, document)
			u, err := consoles[0].User(context.Background(), "2")
			require.NoError(t, err)
			versions := [2]int64{0, 0}
			if round%2 == 1 { // each has seen the user before the other changed it
				versions = [2]int64{u.Version, u.Version}
			}
			var errs [3]error
			var all sync.WaitGroup
			for i, console := range consoles {
				all.Go(func() {
					e := resetEvent("2")
					e.Provider = providers[i]
					errs[i] = console.Reset(context.Background(), app.FactorReset{User: "2", Version: versions[i], Provider: providers[i]}, e)
				})
			}
			all.Go(func() { errs[2] = b.request(2, true, without) })
			all.Wait()

			require.NoError(t, errs[2])
			after := b.document(t, 2)
			require.NotContains(t, after, "authy", "round %d: Magento's change is there", round)
			require.Contains(t, after, `"u2fkey":{"registration"`, "round %d: what nobody changed is there", round)
			for i, console := range consoles {
				e := newest(t, console)
				if errs[i] == nil {
					require.NotContains(t, after, string(providers[i]), "round %d: what was done is done", round)
					require.Equal(t, app.Done, e.Outcome)
					continue
				}
				require.NotZero(t, versions[i], "round %d: %v", round, errs[i])
				require.Equal(t, app.Conflict, app.KindOf(errs[i]))
				message, _ := app.Explain(errs[i])
				require.Equal(t, "Somebody else changed Olly Order meanwhile.", message)
				require.Contains(t, after, string(providers[i]), "round %d: what was refused is not done", round)
				conflicts++
			}
			if versions[0] != 0 {
				require.False(t, errs[0] == nil && errs[1] == nil, "round %d: not both can be first", round)
			}
		}
		require.GreaterOrEqual(t, conflicts, rounds/2, "in each round with a version one console at least comes second")
		for _, console := range consoles {
			require.Zero(t, openIntents(t, console))
			report, err := console.VerifyChain(context.Background(), nil)
			require.NoError(t, err)
			require.True(t, report.Whole, report.Problem)
		}
		require.Equal(t, "1", b.value(t, "SELECT COUNT(*) FROM tfa_user_config WHERE user_id = 2"))
	})
}

// A console enrolls who has no row yet, while another does, and while Magento
// makes one: Magento's own could be a second one, but two consoles make one.
func TestFirstRowAtOnce(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		b := newShop(t, s, "")
		consoles := [2]*Store{openShop(t, b.config(t)), openShop(t, b.config(t))}
		for round := range 50 {
			b.run(t, "DELETE FROM tfa_user_config WHERE user_id = 2")
			var errs [2]error
			var all sync.WaitGroup
			for i, console := range consoles {
				all.Go(func() {
					e := resetEvent("2")
					e.Action = app.DoEnroll
					errs[i] = console.PutFactor(context.Background(), app.NewFactor{User: "2", Factor: typedFactor(), At: fixtureNow}, e)
				})
			}
			all.Wait()
			require.NoError(t, errs[0], "round %d", round)
			require.NoError(t, errs[1], "round %d", round)
			require.Equal(t, "1", b.value(t, "SELECT COUNT(*) FROM tfa_user_config WHERE user_id = 2"))
			require.Equal(t, "[]", b.value(t, "SELECT encoded_providers FROM tfa_user_config WHERE user_id = 2"))
			require.Equal(t, "NULL", b.value(t, "SELECT default_provider FROM tfa_user_config WHERE user_id = 2"))
		}
	})
}

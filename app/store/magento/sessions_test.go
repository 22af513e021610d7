//go:build full

package magento

import (
	"context"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/servertest"
)

// sessions are the open sessions and tokens of both administrators.
func (b shopBase) sessions(t testing.TB) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, user := range []string{"1", "2"} {
		found[user] = b.value(t, "SELECT COUNT(*) FROM admin_user_session WHERE status = 1 AND user_id = ?", user) + " sessions, " +
			b.value(t, "SELECT COUNT(*) FROM oauth_token WHERE admin_id = ?", user) + " tokens, " +
			b.value(t, "SELECT COUNT(*) FROM jwt_auth_revoked WHERE user_type_id = 2 AND user_id = ? AND revoke_before > 1700000000", user) + " revoked"
	}
	return found
}

// signIn signs both administrators in to the shop, with tokens.
func (b shopBase) signIn(t testing.TB) {
	t.Helper()
	b.exec(t, `INSERT INTO admin_user_session (user_id, status, ip) VALUES (1, 1, '192.0.2.7'), (2, 1, '192.0.2.7'), (2, 1, '192.0.2.8'), (2, 3, '192.0.2.9');
		INSERT INTO oauth_token (admin_id, customer_id, type, token, secret, callback_url) VALUES (1, NULL, 'access', 'a', 'x', ''), (2, NULL, 'access', 'b', 'x', ''), (NULL, 2, 'access', 'c', 'x', '');
		INSERT INTO jwt_auth_revoked VALUES (2, 2, 1000), (3, 2, 1000)`)
}

func TestEndSessions(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		ctx := context.Background()
		b := newShop(t, s, "m2_")
		b.signIn(t)
		store := openShop(t, b.config(t))
		e := resetEvent("2")
		e.Action, e.Provider = app.DoEndSessions, ""
		n, err := store.EndSessions(ctx, "2", e)
		require.NoError(t, err)
		require.Equal(t, 2, n)
		want := map[string]string{"1": "1 sessions, 1 tokens, 0 revoked", "2": "0 sessions, 0 tokens, 1 revoked"}
		require.Equal(t, want, b.sessions(t))
		require.Equal(t, "2", newest(t, store).Detail("ended"))
		revoked, err := strconv.ParseInt(b.value(t, "SELECT revoke_before FROM jwt_auth_revoked WHERE user_type_id = 2 AND user_id = 2"), 10, 64)
		require.NoError(t, err)
		require.WithinDuration(t, time.Now(), time.Unix(revoked, 0), time.Minute, "the database's own time")
		require.Equal(t, "1000", b.value(t, "SELECT revoke_before FROM jwt_auth_revoked WHERE user_type_id = 3 AND user_id = 2"), "a customer of the same number")
		require.Equal(t, "1", b.value(t, "SELECT COUNT(*) FROM oauth_token WHERE customer_id = 2"))
		require.Equal(t, "1", b.value(t, "SELECT COUNT(*) FROM admin_user_session WHERE status = 3"), "what was over stays as it ended")
	})
}

// All that a reset does besides is done with it, or not at all.
func TestResetWithAllBesides(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		ctx := context.Background()
		b := newShop(t, s, "")
		b.signIn(t)
		b.setDocument(t, 2, allFour(t))
		b.run(t, "UPDATE admin_user SET failures_num = 6, first_failure = NOW(), lock_expires = '2026-06-09 13:00:00' WHERE user_id = 2")
		before := b.sessions(t)
		store := openShop(t, b.config(t))
		all := app.FactorReset{User: "2", Version: 1, Provider: app.U2F, EndSessions: true, Unlock: true}
		require.Equal(t, app.Conflict, app.KindOf(store.Reset(ctx, all, resetEvent("2"))))
		require.Equal(t, before, b.sessions(t))
		require.Equal(t, "6", b.value(t, "SELECT failures_num FROM admin_user WHERE user_id = 2"))

		all.Version = 0
		require.NoError(t, store.Reset(ctx, all, resetEvent("2")))
		require.Equal(t, "0 sessions, 0 tokens, 1 revoked", b.sessions(t)["2"])
		require.Equal(t, before["1"], b.sessions(t)["1"])
		require.Equal(t, [][]string{{"0", "NULL", "NULL"}}, b.query(t, "SELECT failures_num, first_failure, lock_expires FROM admin_user WHERE user_id = 2"))
		require.NotContains(t, b.document(t, 2), "u2fkey")

		require.NoError(t, store.Reset(ctx, app.FactorReset{User: "2", Provider: app.Duo}, resetEvent("2")))
		require.Equal(t, "1 sessions, 1 tokens, 0 revoked", b.sessions(t)["1"])
	})
}

// A shop without these tables has nothing to end there.
func TestSessionsOfOtherShops(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		ctx := context.Background()
		b := newShop(t, s, "")
		b.exec(t, "DROP TABLE jwt_auth_revoked; DROP TABLE oauth_token; DROP TABLE admin_user_expiration; DROP TABLE admin_passwords; DROP TABLE setup_module; DROP TABLE patch_list")
		b.run(t, "INSERT INTO admin_user_session (user_id, status, ip) VALUES (2, 1, '192.0.2.7')")
		store := openShop(t, b.config(t))
		require.NoError(t, store.Able(app.AbleSessions))
		require.NoError(t, store.Able(app.AbleTokens), "there are none")
		n, err := store.EndSessions(ctx, "2", resetEvent("2"))
		require.NoError(t, err)
		require.Equal(t, 1, n)
		require.Equal(t, "jwt_auth_revoked: the shop has none; oauth_token: the shop has none", newest(t, store).Detail("tokens"))
		_, err = store.Users(ctx, app.Query{Filter: app.Inactive})
		require.NoError(t, err)
		_, err = store.Examine(ctx)
		require.NoError(t, err)
		require.Equal(t, "Magento 2.4 · "+s.Engine, store.Info().Engine)
	})
}

// An account with exactly the rights that are printed ends sessions in every
// shop. A server answers for a table that is not there as for one that is
// forbidden, so nobody is refused for it: what could be ended is ended, and the
// event says of the rest what could not.
func TestSessionsWithThePrintedGrants(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		for name, test := range map[string]struct {
			gone, forbids string // a table
			able          string // what it says of tokens; empty: nothing is missing
			tokens        string
			left          string
			finding       bool
		}{
			"before 2.4.4, without a table": {
				gone: revokedTable, able: "jwt_auth_revoked", finding: true,
				tokens: "jwt_auth_revoked: not ended, forbidden or not there; oauth_token: ended", left: "0 sessions, 0 tokens",
			},
			"without the other": {
				gone: oauthTable, able: "oauth_token", finding: true,
				tokens: "jwt_auth_revoked: ended; oauth_token: not ended, forbidden or not there", left: "0 sessions, 1 revoked",
			},
			"a right is missing": {
				forbids: oauthTable, able: "oauth_token", finding: true,
				tokens: "jwt_auth_revoked: ended; oauth_token: not ended, forbidden or not there", left: "0 sessions, 1 revoked",
			},
			"all rights": {tokens: "jwt_auth_revoked: ended; oauth_token: ended", left: "0 sessions, 0 tokens, 1 revoked"},
		} {
			t.Run(name, func(t *testing.T) {
				ctx := context.Background()
				b, c := healthy(t, s)
				b.signIn(t)
				if test.gone != "" {
					b.exec(t, "DROP TABLE "+test.gone)
				}
				account := b.Grant(t, "")
				b.grantAll(t, account, false, test.gone+test.forbids)
				store := openShop(t, as(c, account))
				require.NoError(t, store.Able(app.AbleSessions))
				if err := store.Able(app.AbleTokens); test.able == "" {
					require.NoError(t, err)
				} else {
					require.Equal(t, app.Denied, app.KindOf(err))
					message, hint := app.Explain(err)
					require.Contains(t, message, test.able)
					require.Contains(t, hint, "does not exist")
					require.NotEmpty(t, GrantFor(err))
				}
				x, err := store.Examine(ctx)
				require.NoError(t, err)
				require.Equal(t, test.finding, slices.Contains(codesOf(x), "tokens-stay"), "%v", codesOf(x))
				if test.finding {
					f := finding(t, x, "tokens-stay")
					require.Equal(t, app.Notice, f.Severity)
					require.Contains(t, f.Found[0].Name, test.able)
					require.Contains(t, f.Steps[0].Text, "GRANT ")
				}

				n, err := store.EndSessions(ctx, "2", resetEvent("2"))
				require.NoError(t, err)
				require.Equal(t, 2, n)
				require.Equal(t, test.tokens, newest(t, store).Detail("tokens"))
				require.Equal(t, test.left, b.left(t, "2", test.gone))
				require.NoError(t, store.Reset(ctx, app.FactorReset{User: "1", Provider: app.Google, EndSessions: true}, resetEvent("1")))
				require.Equal(t, test.tokens, newest(t, store).Detail("tokens"))
				require.Equal(t, test.left, b.left(t, "1", test.gone))
			})
		}
	})
}

// left is what a user has open, as far as the shop has a table for it; tokens
// that nobody ended are left out.
func (b shopBase) left(t testing.TB, user, gone string) string {
	t.Helper()
	found := b.value(t, "SELECT COUNT(*) FROM admin_user_session WHERE status = 1 AND user_id = ?", user) + " sessions"
	if gone != oauthTable {
		if n := b.value(t, "SELECT COUNT(*) FROM oauth_token WHERE admin_id = ?", user); n == "0" {
			found += ", 0 tokens"
		}
	}
	if gone != revokedTable {
		found += ", " + b.value(t, "SELECT COUNT(*) FROM jwt_auth_revoked WHERE user_type_id = 2 AND user_id = ? AND revoke_before > 1700000000", user) + " revoked"
	}
	return found
}

// The table of the sessions themselves is what an end of sessions is about.
func TestSessionsNeedTheirTable(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		b := newShop(t, s, "")
		account := b.Grant(t, "")
		b.grantAll(t, account, false, sessionTable)
		store := openShop(t, as(b.config(t), account))
		err := store.Able(app.AbleSessions)
		require.Equal(t, app.Denied, app.KindOf(err))
		require.Contains(t, GrantFor(err), "UPDATE (`status`)")
		require.EqualError(t, store.Able(app.AbleTokens), err.Error())
		_, deed := store.EndSessions(context.Background(), "2", resetEvent("2"))
		require.EqualError(t, deed, err.Error())
	})
}

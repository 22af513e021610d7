//go:build full

package magento

import (
	"context"
	"errors"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/servertest"
)

// allFour is a document with every provider active, as in vectors.txt.
func allFour(t testing.TB) string {
	t.Helper()
	return `{"google":{"secret":"` + escaped(sealed(t, keyOne, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")) + `","active":true},"duo_security":{"active":true},` +
		`"u2fkey":{"registration":{"public_keys":[{"key":"-----BEGIN PUBLIC KEY-----\r\nMFkw\r\n-----END PUBLIC KEY-----","id":"AbCd+\/==","aaguid":null}]},"active":true},` +
		`"authy":{"country_code":"1","phone_number":"5551234567","user":1234,"active":true}}`
}

// setDocument encrypts a document for a user who has one row.
func (b shopBase) setDocument(t testing.TB, user int, text string) {
	t.Helper()
	b.run(t, "UPDATE tfa_user_config SET encoded_config = ? WHERE user_id = ?", sealed(t, keyOne, text), user)
}

// document opens the document of a user, that of the first row.
func (b shopBase) document(t testing.TB, user int) string {
	t.Helper()
	text, err := keys(t, keyOne).Open(b.value(t, "SELECT encoded_config FROM tfa_user_config WHERE user_id = ? ORDER BY config_id LIMIT 1", user))
	require.NoError(t, err)
	return text.Reveal()
}

// openShop opens a shop with its secrets open.
func openShop(t testing.TB, c Config) *Store {
	t.Helper()
	s, err := Open(context.Background(), c)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	s.setOpen(true, "")
	return s
}

// resetEvent is the event of a reset of a user's Google factor by the first
// administrator.
func resetEvent(user app.UserID) app.Event {
	return app.Event{
		At: fixtureNow, Console: "desk-test", OperatorID: "1", Operator: "admin", Action: app.DoReset, TargetID: user, Target: "olly",
		Provider: app.Google, Reason: "lost phone",
	}
}

// newest returns the newest event.
func newest(t testing.TB, s *Store) app.Event {
	t.Helper()
	p, err := s.Events(context.Background(), app.EventQuery{Limit: 1})
	require.NoError(t, err)
	require.NotEmpty(t, p.Events)
	return p.Events[0]
}

// openIntents returns how many intents are open.
func openIntents(t testing.TB, s *Store) int {
	t.Helper()
	open, err := s.book.OpenIntents(context.Background())
	require.NoError(t, err)
	return len(open)
}

// unlocked requires that nobody holds a user's rows, soon at least: a server
// takes a moment to notice that a connection has ended.
func (b shopBase) unlocked(t testing.TB, user int) {
	t.Helper()
	b.run(t, "SET SESSION innodb_lock_wait_timeout = 5")
	tx, err := b.db.Begin()
	require.NoError(t, err)
	defer func() { require.NoError(t, tx.Rollback()) }()
	for _, table := range []string{"admin_user", "tfa_user_config"} {
		var id int
		require.NoError(t, tx.QueryRow(b.sql("SELECT user_id FROM "+table+" WHERE user_id = ? FOR UPDATE"), user).Scan(&id))
	}
}

func TestCutInTheMiddleOfAReset(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		for name, test := range map[string]struct {
			cut  func(r *servertest.Relay)
			done bool
		}{
			"before the rows are locked":          {func(r *servertest.Relay) { r.CutBefore("FOR UPDATE") }, false},
			"while the rows are locked":           {func(r *servertest.Relay) { r.CutAfter("FOR UPDATE") }, false},
			"before the document is written":      {func(r *servertest.Relay) { r.CutBefore("SET encoded_config") }, false},
			"after the document is written":       {func(r *servertest.Relay) { r.CutAfter("SET encoded_config") }, false},
			"before the sessions are ended":       {func(r *servertest.Relay) { r.CutBefore("SET status = 0") }, false},
			"before the commit":                   {func(r *servertest.Relay) { r.CutBefore("COMMIT") }, false},
			"after the commit, before it is told": {func(r *servertest.Relay) { r.CutAfter("COMMIT") }, true},
			"not at all":                          {func(*servertest.Relay) {}, true},
		} {
			t.Run(name, func(t *testing.T) {
				b := newShop(t, s, "m2_")
				b.setDocument(t, 2, allFour(t))
				relay := servertest.NewRelay(t, "tcp", s.Address())
				c := b.config(t)
				c.Host, c.Port = "127.0.0.1", relay.Port()
				store := openShop(t, c)
				before := b.document(t, 2)

				test.cut(relay)
				err := store.Reset(context.Background(), app.FactorReset{User: "2", Provider: app.Google, EndSessions: true}, resetEvent("2"))
				if test.done {
					require.NoError(t, err)
					require.NotContains(t, b.document(t, 2), "google")
					e := newest(t, store)
					require.Equal(t, app.Done, e.Outcome)
					require.Equal(t, "lost phone", e.Reason)
				} else {
					require.Equal(t, app.Unreachable, app.KindOf(err))
					_, hint := app.Explain(err)
					require.Contains(t, hint, "Nothing was changed.")
					require.Equal(t, before, b.document(t, 2))
					if head, herr := store.Head(context.Background()); herr == nil && head.Seq > 0 {
						require.Equal(t, app.Failed, newest(t, store).Outcome)
						require.Contains(t, newest(t, store).Reason, "cut before it was done")
					}
				}
				require.Zero(t, openIntents(t, store))
				b.unlocked(t, 2)

				// The next deed works, over a new connection.
				u, err := store.User(context.Background(), "2")
				require.NoError(t, err)
				require.NoError(t, store.Reset(context.Background(), app.FactorReset{User: "2", Version: u.Version, Provider: app.Duo}, resetEvent("2")))
				require.NotContains(t, b.document(t, 2), "duo")
				report, err := store.VerifyChain(context.Background(), nil)
				require.NoError(t, err)
				require.True(t, report.Whole, report.Problem)
			})
		}
	})
}

// dialer dials through a relay until it is told that the network is gone.
type dialer struct {
	mu      sync.Mutex
	address string
	gone    bool
}

func (d *dialer) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.gone {
		return nil, errors.New("no network")
	}
	return (&net.Dialer{}).DialContext(ctx, "tcp", d.address)
}

func (d *dialer) lose() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.gone = true
}

// A deed whose commit was cut, with no way to the shop afterwards, says that it
// does not know. The next run finds it out.
func TestNobodyKnowsYet(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		for name, test := range map[string]struct {
			cut   func(r *servertest.Relay)
			after func(b shopBase)
			want  app.Outcome
		}{
			"done":     {func(r *servertest.Relay) { r.CutAfter("COMMIT") }, func(shopBase) {}, app.Done},
			"not done": {func(r *servertest.Relay) { r.CutBefore("COMMIT") }, func(shopBase) {}, app.Failed},
			"overwritten since": {
				func(r *servertest.Relay) { r.CutAfter("COMMIT") }, func(b shopBase) { b.setDocument(t, 2, `{"u2fkey":[]}`) }, app.Intent,
			},
		} {
			t.Run(name, func(t *testing.T) {
				b := newShop(t, s, "")
				b.setDocument(t, 2, allFour(t))
				relay := servertest.NewRelay(t, "tcp", s.Address())
				network := &dialer{address: relay.Address}
				c := b.config(t)
				c.patience, c.Dial = time.Second, network.dial
				store := openShop(t, c)
				test.cut(relay)
				network.lose()
				err := store.Reset(context.Background(), app.FactorReset{User: "2", Provider: app.Google}, resetEvent("2"))
				message, hint := app.Explain(err)
				require.Equal(t, app.Unreachable, app.KindOf(err))
				require.Contains(t, message, "It is not known whether this was done")
				require.Equal(t, "Check before you repeat it.", hint)
				require.Equal(t, 1, openIntents(t, store))
				require.Equal(t, app.Intent, newest(t, store).Outcome, "an open intent is shown")

				test.after(b)
				c.Dial = nil
				looker := c
				looker.ReadOnly = true
				require.Equal(t, 1, openIntents(t, openShop(t, looker)), "who may only look settles nothing")
				again := openShop(t, c)
				e := newest(t, again)
				require.Equal(t, test.want, e.Outcome)
				require.Equal(t, app.DoReset, e.Action)
				require.Equal(t, app.UserID("2"), e.TargetID)
				if test.want == app.Intent {
					require.Equal(t, 1, openIntents(t, again))
				} else {
					require.Zero(t, openIntents(t, again))
					require.NotEmpty(t, e.Detail("intent"))
				}
			})
		}
	})
}

func TestCanceledInTheMiddle(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		b := newShop(t, s, "")
		b.setDocument(t, 2, allFour(t))
		relay := servertest.NewRelay(t, "tcp", s.Address())
		c := b.config(t)
		c.Host, c.Port = "127.0.0.1", relay.Port()
		store := openShop(t, c)
		before := b.document(t, 2)
		relay.Hold()
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(50*time.Millisecond, cancel)
		began := time.Now()
		err := store.Reset(ctx, app.FactorReset{User: "2", Provider: app.Google}, resetEvent("2"))
		require.Equal(t, app.Canceled, app.KindOf(err), "%v", err)
		require.Less(t, time.Since(began), 5*time.Second, "nobody waits for a network that is silent")
		message, _ := app.Explain(err)
		require.Equal(t, "Stopped. Nothing was changed.", message)
		relay.Release()
		require.Equal(t, before, b.document(t, 2))
		require.Zero(t, openIntents(t, store))
		b.unlocked(t, 2)
		require.NoError(t, store.Reset(context.Background(), app.FactorReset{User: "2", Provider: app.Google}, resetEvent("2")))
	})
}

func TestBusy(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		b := newShop(t, s, "")
		b.setDocument(t, 2, allFour(t))
		c := b.config(t)
		c.lockWait = 1
		store := openShop(t, c)
		hold := func() func() {
			tx, err := b.db.Begin()
			require.NoError(t, err)
			_, err = tx.Exec("UPDATE tfa_user_config SET default_provider = 'google' WHERE user_id = 2")
			require.NoError(t, err)
			return func() { require.NoError(t, tx.Commit()) }
		}
		release := hold()
		time.AfterFunc(1500*time.Millisecond, release)
		require.NoError(t, store.Reset(context.Background(), app.FactorReset{User: "2", Provider: app.Google}, resetEvent("2")),
			"it waits, and tries again")
		release = hold()
		err := store.Reset(context.Background(), app.FactorReset{User: "2", Provider: app.Duo}, resetEvent("2"))
		require.Equal(t, app.Conflict, app.KindOf(err))
		message, hint := app.Explain(err)
		require.Equal(t, "The shop is changing the same account just now.", message)
		require.Contains(t, hint, "Nothing was changed.")
		release()
		require.Zero(t, openIntents(t, store))
		require.Contains(t, b.document(t, 2), "duo_security")
	})
}

// Unlocking and ending sessions leave no mark of their own: after a cut commit
// what the shop has now tells.
func TestCutInTheMiddleOfOtherDeeds(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		for name, test := range map[string]struct {
			deed func(*Store, app.Event) error
			look string // the SQL of whether it is done
		}{
			"unlock": {
				func(s *Store, e app.Event) error {
					e.Action = app.DoUnlock
					return s.Unlock(context.Background(), "2", 0, e)
				}, "SELECT lock_expires IS NULL FROM admin_user WHERE user_id = 2",
			},
			"end sessions": {
				func(s *Store, e app.Event) error {
					e.Action = app.DoEndSessions
					_, err := s.EndSessions(context.Background(), "2", e)
					return err
				}, "SELECT COUNT(*) = 0 FROM admin_user_session WHERE user_id = 2 AND status = 1",
			},
		} {
			t.Run(name, func(t *testing.T) {
				b := newShop(t, s, "")
				b.signIn(t)
				b.run(t, "UPDATE admin_user SET failures_num = 6, lock_expires = '2026-06-09 13:00:00' WHERE user_id = 2")
				relay := servertest.NewRelay(t, "tcp", s.Address())
				c := b.config(t)
				c.Host, c.Port = "127.0.0.1", relay.Port()
				store := openShop(t, c)
				relay.CutBefore("COMMIT")
				require.Equal(t, app.Unreachable, app.KindOf(test.deed(store, resetEvent("2"))))
				require.Equal(t, "0", b.value(t, test.look))
				require.Equal(t, app.Failed, newest(t, store).Outcome)
				relay.CutAfter("COMMIT")
				require.NoError(t, test.deed(store, resetEvent("2")))
				require.Equal(t, "1", b.value(t, test.look))
				require.Equal(t, app.Done, newest(t, store).Outcome)
				require.Zero(t, openIntents(t, store))
			})
		}
	})
}

// What fails in the middle takes all of it back.
func TestFailsInTheMiddle(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		b := newShop(t, s, "")
		b.setDocument(t, 2, allFour(t))
		b.signIn(t)
		b.exec(t, "CREATE TRIGGER no_more BEFORE UPDATE ON admin_user_session FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'own words'")
		store := openShop(t, b.config(t))
		before := b.document(t, 2)
		err := store.Reset(context.Background(), app.FactorReset{User: "2", Provider: app.Google, EndSessions: true}, resetEvent("2"))
		require.Equal(t, app.Internal, app.KindOf(err))
		require.NotContains(t, err.Error(), "own words")
		require.Equal(t, before, b.document(t, 2))
		e := newest(t, store)
		require.Equal(t, app.Failed, e.Outcome)
		require.Contains(t, e.Reason, "Nothing was changed")
		require.Zero(t, openIntents(t, store))
		b.unlocked(t, 2)
	})
}

// A server that was started anew is used on.
func TestServerStartsAnew(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		b := newShop(t, s, "")
		b.setDocument(t, 2, allFour(t))
		store := openShop(t, b.config(t))
		_, err := store.User(context.Background(), "2")
		require.NoError(t, err)
		s.Restart(t)
		u, err := store.User(context.Background(), "2")
		require.NoError(t, err)
		s.Restart(t)
		require.NoError(t, store.Reset(context.Background(), app.FactorReset{User: "2", Version: u.Version, Provider: app.Google}, resetEvent("2")))
		s.Stop(t)
		_, err = store.User(context.Background(), "2")
		require.Equal(t, app.Unreachable, app.KindOf(err))
		s.Start(t)
	})
}

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

// A connection that ends under a reading is made anew, wherever it ends. What
// reads is a page, a user, a sign-in, a look at the whole shop.
func TestAReadingOutlivesItsConnection(t *testing.T) {
	ctx := context.Background()
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		b := newShop(t, s, "")
		relay := servertest.NewRelay(t, "tcp", s.Address())
		c := b.config(t)
		c.Port = relay.Port()
		store := openShop(t, c)
		b.setDocument(t, 2, allFour(t))
		token, err := store.SignedIn(ctx, app.SignIn{ID: "1", At: fixtureNow, Keep: true}, resetEvent("1"))
		require.NoError(t, err)
		asked := app.CodeCheck{User: "2", Provider: app.Google, Code: app.NewSecret("000000"), At: fixtureNow, Event: resetEvent("2")}
		for name, read := range map[string]func() error{
			"User":     func() error { _, err := store.User(ctx, "2"); return err },
			"FindUser": func() error { _, err := store.FindUser(ctx, "olly"); return err },
			"Users":    func() error { _, err := store.Users(ctx, app.Query{Filter: app.WithActive}); return err },
			"Counts":   func() error { _, err := store.Counts(ctx); return err },
			"Roles":    func() error { _, err := store.Roles(ctx); return err },
			"Stamp":    func() error { _, err := store.Stamp(ctx); return err },
			"Examine":  func() error { _, err := store.Examine(ctx); return err },
			"TestCode": func() error { _, err := store.TestCode(ctx, asked); return err },
			"Resume":   func() error { _, _, err := store.Resume(ctx, token, fixtureNow); return err },
			"CheckPassword": func() error {
				_, err := store.CheckPassword(ctx, app.PasswordCheck{Username: "olly", Password: app.NewSecret(fixturePassword), At: fixtureNow})
				return err
			},
			"CheckPassword, with a crypt key": func() error {
				_, err := store.CheckPassword(ctx, app.PasswordCheck{Username: "olly", Password: app.NewSecret(fixturePassword), Recovery: app.NewSecret(keyOne), At: fixtureNow})
				return err
			},
		} {
			for _, cut := range []func(string){relay.CutBefore, relay.CutAfter} {
				for _, at := range []string{"SELECT", "authorization_role"} {
					if name == "Stamp" || name == "Counts" {
						at = "SELECT"
					}
					cut(at)
					require.NoError(t, read(), "%s, cut at %s", name, at)
				}
			}
		}
	})
}

// Where the server is gone no second reading helps, and its end is said.
func TestAReadingWithoutAServer(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		b := newShop(t, s, "")
		relay := servertest.NewRelay(t, "tcp", s.Address())
		c := b.config(t)
		c.Port = relay.Port()
		store := openShop(t, c)
		relay.Hold()
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		began := time.Now()
		_, err := store.User(ctx, "2")
		require.Equal(t, app.Unreachable, app.KindOf(err))
		require.Less(t, time.Since(began), 3*time.Second)
		relay.Release()
	})
}

// A change that the cut of a connection has taken back is not made anew by
// itself: who asked for it is told.
func TestAChangeIsNotRepeated(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		b := newShop(t, s, "")
		b.setDocument(t, 2, allFour(t))
		relay := servertest.NewRelay(t, "tcp", s.Address())
		c := b.config(t)
		c.Port = relay.Port()
		store := openShop(t, c)
		relay.CutAfter("FOR UPDATE")
		err := store.Unlock(context.Background(), "2", 0, resetEvent("2"))
		require.Equal(t, app.Unreachable, app.KindOf(err))
		head, err := store.Head(context.Background())
		require.NoError(t, err)
		require.Zero(t, head.Seq, "nothing was meant yet")
	})
}

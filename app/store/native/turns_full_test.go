//go:build full

package native

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/servertest"
)

// atOnce does questions as a screen does that asks them together.
func atOnce(work ...func() error) func() error {
	return func() error {
		errs := make(chan error, len(work))
		for _, do := range work {
			go func() { errs <- do() }()
		}
		for range work {
			if err := <-errs; err != nil {
				return err
			}
		}
		return nil
	}
}

// With a server that is 60 ms away no screen waits for more than two round trips.
// How often somebody waits is counted, not timed.
func TestAServerThatIsFarAway(t *testing.T) {
	ctx := context.Background()
	server := servertest.PostgreSQL(t)
	s, p := newServerStore(t, server.Database(t))
	fillUsers(t, s, 60)
	ann := add(t, s, "ann", "", app.Secret{})
	require.NoError(t, s.PutFactor(ctx, app.NewFactor{User: ann.ID, At: s.now(), Factor: testFactor(testKey)}, app.Event{Console: "test"}))
	wire := servertest.NewRelay(t, "tcp", server.Address())
	p.Host, p.Port = "127.0.0.1", wire.Port()
	wire.Distance(60 * time.Millisecond)
	o := openOnServer(t, p)
	o.scanBelow = 10 // as if there were many
	console := app.NewConsole(app.Options{Store: o, Providers: []app.Provider{{Code: app.Google}}, Desk: "test", Now: time.Now})
	signIn := func() error {
		_, err := console.SignIn(ctx, app.Credentials{Username: "olive", Password: testPassword})
		return err
	}
	require.NoError(t, signIn())
	users := func(q app.Query) func() error {
		return func() error { _, err := console.Users(ctx, q); return err }
	}
	counts := func() error { _, err := console.Counts(ctx); return err }
	user := func() error { _, err := console.User(ctx, ann.ID); return err }
	roles := func() error { _, err := console.Roles(ctx); return err }
	events := func(q app.EventQuery) func() error {
		return func() error { _, err := console.Events(ctx, q); return err }
	}
	// All connections that there may be, are there: making one takes its own turns.
	for range 5 {
		require.NoError(t, atOnce(users(app.Query{}), counts, user, roles, events(app.EventQuery{}))())
	}
	first, err := console.Users(ctx, app.Query{Limit: 10})
	require.NoError(t, err)
	for _, c := range []struct {
		name string
		most int
		do   func() error
	}{
		{"the list of users", 1, users(app.Query{})},
		{"its next page", 1, users(app.Query{Limit: 10, After: first.Next})},
		{"its page with its chips", 2, func() error {
			if err := users(app.Query{Filter: app.WithLock})(); err != nil {
				return err
			}
			return counts()
		}},
		{"a search", 2, users(app.Query{Search: "user1"})},
		{"a search for nobody", 2, users(app.Query{Search: "nobody at all"})},
		{"the page of a user", 2, func() error {
			if err := atOnce(user, roles)(); err != nil {
				return err
			}
			return events(app.EventQuery{Target: ann.ID, Action: app.DoTestCode, Limit: 5})()
		}},
		{"the activity", 2, atOnce(events(app.EventQuery{}), events(app.EventQuery{Limit: 1}), events(app.EventQuery{Limit: 1, Outcome: app.Refused}))},
		{"the activity of a time", 1, events(app.EventQuery{From: time.Now().Add(-time.Hour), Until: time.Now().Add(time.Hour)})},
		{"further down the activity", 1, events(app.EventQuery{Before: 30, Limit: 10})},
		{"a deed of the store itself", 2, func() error { return o.Unlock(ctx, ann.ID, 0, app.Event{Console: "test"}) }},
		{"the password and the reset of a factor", 7, func() error { return resetOf(console, ann.ID) }},
		{"to sign in", 7, signIn},
	} {
		t.Run(c.name, func(t *testing.T) {
			var err error
			turns := wire.Turns(func() { err = c.do() })
			require.NoError(t, err)
			require.NotZero(t, turns)
			require.LessOrEqual(t, turns, c.most)
			t.Logf("%d", turns)
		})
	}
}

// resetOf resets a factor with a grant, as a desk does.
func resetOf(c *app.Console, id app.UserID) error {
	ctx := context.Background()
	g, err := c.Reverify(ctx, testPassword, app.Deed{Action: app.DoReset, Target: id, Provider: app.Google})
	if err != nil {
		return err
	}
	return c.Reset(ctx, g, app.ResetRequest{User: id, Provider: app.Google, Reason: "lost phone"})
}

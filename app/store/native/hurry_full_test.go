//go:build full

package native

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/servertest"
)

// A deed that another console overtakes is begun anew, once, and then waits for its
// turn; when it is calm again it takes two round trips again.
func TestADeedThatIsOvertaken(t *testing.T) {
	ctx := context.Background()
	s, _ := newServerStore(t, servertest.PostgreSQL(t).Database(t))
	other := another(t, s)
	link := s.write.link.(*postgresLink)
	event := app.Event{Console: "test", Action: app.DoSignOut}
	require.Zero(t, link.crowded)
	before, err := s.Head(ctx)
	require.NoError(t, err)
	tries := 0
	err = s.change(ctx, "test", hold{}, func(t *tx) error {
		if tries++; tries == 1 {
			if err := other.Append(ctx, event); err != nil {
				return err
			}
		}
		return t.done(event)
	})
	require.NoError(t, err)
	require.Equal(t, 2, tries)
	require.NotZero(t, link.crowded)
	after, err := s.Head(ctx)
	require.NoError(t, err)
	require.EqualValues(t, 2, after.Seq-before.Seq, "one event of each")
	for range calmAfter {
		require.NoError(t, s.Append(ctx, event))
	}
	require.Zero(t, link.crowded)
	r, err := s.VerifyChain(ctx, nil)
	require.NoError(t, err)
	require.True(t, r.Whole, r.Problem)
}

// Statements are prepared on a connection that is one session of a server nearby.
func TestWhereStatementsArePrepared(t *testing.T) {
	ctx := context.Background()
	d := servertest.PostgreSQL(t).Database(t)
	_, p := newServerStore(t, d)
	wire := servertest.NewRelay(t, "tcp", d.Server.Address())
	wire.Distance(2 * nearBy)
	away, pooled := p, p
	away.Port = wire.Port()
	pooled.Host, pooled.Port = d.Pooler(t, d.Account)
	for name, c := range map[string]struct {
		server            Server
		prepared, settled bool
	}{"nearby": {p, true, true}, "far away": {away, false, true}, "behind a pooler": {pooled, false, false}} {
		s := openOnServer(t, c.server)
		signIn(t, s, "olive", testPassword)
		// A machine that is busy may take a server nearby for one that is far.
		require.Eventually(t, func() bool {
			require.NoError(t, s.Append(ctx, app.Event{Console: "test"}))
			link := s.write.link.(*postgresLink)
			var settledThere bool
			var known map[string]bool
			require.NoError(t, link.raw(func(c *pgx.Conn) error {
				settledThere = settled(c)
				known, _ = c.PgConn().CustomData()[preparedKey].(map[string]bool)
				return nil
			}))
			require.Equal(t, c.settled, settledThere, name)
			if (len(known) > 0) == c.prepared {
				return true
			}
			link.drop()
			return false
		}, 10*time.Second, time.Millisecond, name)
	}
}

//go:build full

package native

import (
	"context"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/servertest"
)

// ear hears what a server tells.
type ear struct {
	told  chan struct{}
	ended chan error
	stop  context.CancelFunc
}

func listenTo(t *testing.T, s *Store) *ear {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	e := &ear{told: make(chan struct{}, 100), ended: make(chan error, 1), stop: stop}
	var listening sync.WaitGroup
	listening.Go(func() { e.ended <- s.Listen(ctx, func() { e.told <- struct{}{} }) })
	t.Cleanup(func() {
		stop()
		listening.Wait()
	})
	return e
}

func (e *ear) hears(t *testing.T, why string) {
	t.Helper()
	select {
	case <-e.told:
	case err := <-e.ended:
		require.Fail(t, "it has ended", "%s: %v", why, err)
	case <-time.After(10 * time.Second):
		require.Fail(t, "it hears nothing", why)
	}
}

func (e *ear) hearsNothing(t *testing.T, why string) {
	t.Helper()
	select {
	case <-e.told:
		require.Fail(t, "it hears something", why)
	case <-time.After(200 * time.Millisecond):
	}
}

func (e *ear) ends(t *testing.T) error {
	t.Helper()
	select {
	case err := <-e.ended:
		return err
	case <-time.After(10 * time.Second):
		require.Fail(t, "it does not end")
		return nil
	}
}

// Each console hears of what any other has done, when it is done and only then.
func TestEachConsoleHearsOfChanges(t *testing.T) {
	ctx := context.Background()
	d := servertest.PostgreSQL(t).Database(t)
	s, p := newServerStore(t, d)
	o := openOnServer(t, p)
	e := listenTo(t, o)
	e.hears(t, "the beginning")
	u := add(t, s, "ann", "", app.Secret{})
	e.hears(t, "a new user")
	_, err := s.Users(ctx, app.Query{})
	require.NoError(t, err)
	e.hearsNothing(t, "a look")
	require.Equal(t, app.Conflict, app.KindOf(s.Unlock(ctx, u.ID, u.Version+9, app.Event{Console: "test"})))
	e.hearsNothing(t, "a deed that was not done")
	require.NoError(t, s.Append(ctx, app.Event{Console: "test", Action: app.DoSignOut, Outcome: app.Done}))
	e.hears(t, "an event alone")

	e.stop()
	require.Equal(t, app.Canceled, app.KindOf(e.ends(t)))
	require.Eventually(t, func() bool {
		return d.Query(t, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()")[0][0] == "0"
	}, 10*time.Second, 20*time.Millisecond, "the connection is not kept")
	again := listenTo(t, o)
	again.hears(t, "the beginning")
	require.NoError(t, o.Close(), "a store can be closed while it listens")
}

// What a server tells holds the number of an event, and nothing else.
func TestNothingSecretIsTold(t *testing.T) {
	ctx := context.Background()
	s, p := newServerStore(t, servertest.PostgreSQL(t).Database(t))
	c, err := p.config()
	require.NoError(t, err)
	conn, err := pgx.ConnectConfig(ctx, c)
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close(ctx)) }()
	_, err = conn.Exec(ctx, "LISTEN "+changesChannel)
	require.NoError(t, err)
	add(t, s, "ann", "", app.Secret{})
	head, err := s.Head(ctx)
	require.NoError(t, err)
	n, err := conn.WaitForNotification(ctx)
	require.NoError(t, err)
	require.Equal(t, strconv.FormatInt(head.Seq, 10), n.Payload)
}

// Where a pooler or a copy is in the way, that is said, and nobody waits for news
// that never come.
func TestWhereNothingIsHeard(t *testing.T) {
	ctx := context.Background()
	server := servertest.PostgreSQL(t)
	d := server.Database(t)
	_, p := newServerStore(t, d)
	pooled := p
	pooled.Host, pooled.Port = d.Pooler(t, d.Account)
	err := openOnServer(t, pooled).Listen(ctx, func() { require.Fail(t, "told") })
	require.Equal(t, app.Invalid, app.KindOf(err))
	require.Contains(t, err.Error(), "pooler")

	copied := server.Standby(t)
	q := p
	q.Port = copied.Port
	var o *Store
	require.Eventually(t, func() bool {
		o, err = OpenServer(ctx, q, Options{Cost: cheapCost})
		return err == nil
	}, 20*time.Second, 50*time.Millisecond)
	t.Cleanup(func() { require.NoError(t, o.Close()) })
	require.Equal(t, app.Invalid, app.KindOf(o.Listen(ctx, func() { require.Fail(t, "told") })))
	require.Equal(t, app.Invalid, app.KindOf(newTestStore(t).Listen(ctx, func() {})))
}

// When the server goes, the ear says so; and it can listen again.
func TestAServerThatGoesWhileItIsListenedTo(t *testing.T) {
	ctx := context.Background()
	server := servertest.PostgreSQL(t)
	s, _ := newServerStore(t, server.Database(t))
	e := listenTo(t, s)
	e.hears(t, "the beginning")
	server.Stop(t)
	require.Equal(t, app.Unreachable, app.KindOf(e.ends(t)))
	_, err := s.Stamp(ctx)
	require.Equal(t, app.Unreachable, app.KindOf(err))
	require.Equal(t, app.Unreachable, app.KindOf(s.Listen(ctx, func() {})))
	server.Start(t)
	_, err = s.Stamp(ctx)
	require.NoError(t, err)
	again := listenTo(t, s)
	again.hears(t, "the beginning")
	add(t, s, "ann", "", app.Secret{})
	again.hears(t, "a new user")
}

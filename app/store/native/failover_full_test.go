//go:build full

package native

import (
	"context"
	"net"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/servertest"
)

// serverPair is a server that is written to, and its copy, which has each commit
// before it is answered.
type serverPair struct {
	primary, standby *servertest.Server
	over             chan struct{} // closed when the copy has taken the other's place
}

func newServerPair(t *testing.T, primary *servertest.Server) *serverPair {
	t.Helper()
	w := &serverPair{primary: primary, standby: primary.Standby(t), over: make(chan struct{})}
	const reload = "SELECT pg_reload_conf()"
	t.Cleanup(func() {
		primary.Run(t, "ALTER SYSTEM RESET synchronous_standby_names")
		primary.Run(t, reload)
	})
	primary.Run(t, "ALTER SYSTEM SET synchronous_standby_names = '*'")
	primary.Run(t, reload)
	return w
}

// failOver lets the primary fall over, and the copy take its place.
func (w *serverPair) failOver(t *testing.T) {
	t.Helper()
	w.primary.Kill(t)
	w.standby.Promote(t)
	close(w.over)
}

// pairConsole is a console that reaches the one of a pair that is written to.
type pairConsole struct {
	*Store
	wire  *servertest.Relay
	armed atomic.Bool   // who dials again finds nobody before the failover is over
	dials chan struct{} // somebody does
	gone  bool          // and finds nobody after it either
}

func (w *serverPair) console(t *testing.T, p Server, gone bool) *pairConsole {
	t.Helper()
	c := &pairConsole{wire: servertest.NewRelay(t, "tcp", w.primary.Address()), dials: make(chan struct{}, 100), gone: gone}
	p.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
		if !c.armed.Load() {
			return (&net.Dialer{}).DialContext(ctx, network, c.wire.Address)
		}
		c.dials <- struct{}{}
		if c.gone {
			return nil, &net.OpError{Op: "dial", Err: os.ErrDeadlineExceeded}
		}
		select {
		case <-w.over:
			return (&net.Dialer{}).DialContext(ctx, network, w.standby.Address())
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	c.Store = openOnServer(t, p)
	signIn(t, c.Store, "olive", testPassword)
	return c
}

func (c *pairConsole) add(name string) error {
	_, err := c.AddUser(context.Background(), app.NewUser{Username: name, Email: "u@example.com", Active: true},
		app.Event{Console: "test", Action: app.DoAddUser})
	return err
}

// When the server fails under deeds that are being committed, and its copy takes
// its place, each deed is reported as done, not done, or not known, and that is
// what it is. None is repeated, and work goes on without anything being opened anew.
func TestAFailover(t *testing.T) {
	ctx := context.Background()
	primary := servertest.PostgreSQL(t)
	_, p := newServerStore(t, primary.Database(t))
	pair := newServerPair(t, primary)
	heard, unheard, alone := pair.console(t, p, false), pair.console(t, p, false), pair.console(t, p, true)
	require.NoError(t, heard.add("one before"))
	require.NoError(t, unheard.add("two before"))
	require.NoError(t, alone.add("three before"))
	alone.write.link.(*postgresLink).patience = time.Second

	// The words of the first and the third reach the server, those of the second do
	// not; no answer comes back.
	cuts := map[string]struct {
		console *pairConsole
		cut     func(string)
	}{"heard": {heard, heard.wire.CutAfter}, "unheard": {unheard, unheard.wire.CutBefore}, "alone": {alone, alone.wire.CutAfter}}
	said := map[string]chan error{}
	for name, c := range cuts {
		answer := make(chan error, 1)
		said[name] = answer
		c.console.armed.Store(true)
		c.cut("COMMIT\x00")
		go func() { answer <- c.console.add(name) }()
		<-c.console.dials // it asks what has become of it
	}
	pair.failOver(t)
	count := func(name string) (n int) {
		err := heard.read.row(ctx, "SELECT count(*) FROM users WHERE username = $1", []any{name}, &n)
		require.NoError(t, err)
		return n
	}
	for name, answer := range said {
		err := <-answer
		t.Logf("%s: %v", name, err)
		switch _, hint := app.Explain(err); {
		case err == nil:
			require.Equal(t, 1, count(name), name)
		case hint == "Check before you repeat it.":
			require.Equal(t, "alone", name, "the other consoles can ask")
			require.LessOrEqual(t, count(name), 1)
		default:
			require.Equal(t, app.Unreachable, app.KindOf(err), name)
			require.Zero(t, count(name), name)
			require.NotEqual(t, "alone", name, "it cannot know")
		}
	}
	require.NoError(t, heard.add("afterwards"))
	require.NoError(t, unheard.add("unheard"), "what is not done can be repeated")
	for _, name := range []string{"one before", "two before", "three before", "afterwards", "unheard"} {
		require.Equal(t, 1, count(name), name)
	}
	r, err := heard.VerifyChain(ctx, nil)
	require.NoError(t, err)
	require.True(t, r.Whole, r.Problem)
	requireCounts(t, heard.Store)
}

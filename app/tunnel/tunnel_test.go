//go:build full && linux

package tunnel

import (
	"context"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/servertest"
)

func TestPassingOn(t *testing.T) {
	s, db := servertest.SSHD(t), servertest.MariaDB(t)
	c := settingsFor(t, s)
	tunnel := dial(t, c, knower(s, c))
	require.Equal(t, Connected, tunnel.State())
	hello(t, tunnel, "tcp", db.Address())
	hello(t, tunnel, "tcp", net.JoinHostPort("localhost", strconv.Itoa(db.Port))) // looked up at that end
	hello(t, tunnel, "unix", db.Socket)

	_, err := tunnel.DialContext(t.Context(), "tcp", "127.0.0.1:1")
	fails(t, err, app.Unreachable, "cannot reach 127.0.0.1 on port 1.")
	_, err = tunnel.DialContext(t.Context(), "tcp", "no-such-host.invalid:3306")
	fails(t, err, app.Unreachable, "cannot reach no-such-host.invalid on port 3306.")
	_, err = tunnel.DialContext(t.Context(), "unix", "/no/such/socket")
	fails(t, err, app.Unreachable, "cannot reach the socket /no/such/socket.")
	require.Equal(t, Connected, tunnel.State(), "a wrong address is no reason to connect anew")
}

func TestPassingOnIsForbidden(t *testing.T) {
	db := servertest.MariaDB(t)
	s := servertest.SSHD(t, servertest.NoForwarding, servertest.Setting{Keyword: "AllowStreamLocalForwarding", Value: "no"})
	c := settingsFor(t, s)
	tunnel := dial(t, c, knower(s, c))
	_, err := tunnel.DialContext(t.Context(), "tcp", db.Address())
	fails(t, err, app.Denied, "does not let "+s.User+" pass on to 127.0.0.1 on port", "AllowTcpForwarding")
	_, err = tunnel.DialContext(t.Context(), "unix", db.Socket)
	fails(t, err, app.Unreachable, "cannot reach the socket "+db.Socket, "AllowStreamLocalForwarding")
}

func TestNobodyThere(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, closed.Close())
	for name, x := range map[string]struct {
		config Config
		kind   app.Kind
		says   string
	}{
		"no such name": {Config{Host: "no-such-host.invalid", User: "a"}, app.Unreachable, "no-such-host.invalid"},
		"refused":      {Config{Host: "127.0.0.1", Port: closed.Addr().(*net.TCPAddr).Port, User: "a"}, app.Unreachable, "refuses connections on port"},
		"no host":      {Config{User: "a"}, app.Invalid, "needs a host name"},
		"no user":      {Config{Host: "a"}, app.Invalid, "needs a user name"},
		"bad port":     {Config{Host: "a", User: "a", Port: 70000}, app.Invalid, "70000"},
		"bad hop":      {Config{Host: "a", User: "a", Jump: &Config{}}, app.Invalid, "needs a host name"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Dial(t.Context(), x.config, &someone{})
			fails(t, err, x.kind, x.says)
		})
	}
}

// mute listens and says what it is told to, and nothing else.
func mute(t *testing.T, says string) Config {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	var loops sync.WaitGroup
	loops.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			loops.Go(func() {
				defer func() { _ = conn.Close() }()
				_, _ = io.WriteString(conn, says)
				if says == "" {
					_, _ = io.Copy(io.Discard, conn)
				}
			})
		}
	})
	t.Cleanup(func() { _ = l.Close(); loops.Wait() })
	return Config{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, User: "a"}
}

func TestNoSSHServer(t *testing.T) {
	for _, says := range []string{"HTTP/1.1 400 Bad Request\r\n\r\n", "SSH-2.0-gone\r\n"} {
		_, err := Dial(t.Context(), mute(t, says), &someone{})
		fails(t, err, app.Unreachable, "is no SSH server, or it turns this computer away")
	}
}

func TestCanceledAtAnyMoment(t *testing.T) {
	s := servertest.SSHD(t)
	known := settingsFor(t, s)
	unknown := known
	unknown.KnownHosts = nil
	locked := servertest.NewKey(t, "ed25519", "open sesame")
	s.Authorize(t, locked)
	withKey := known
	withKey.KeyFiles = []string{locked.File}
	for name, c := range map[string]Config{
		"silent server": mute(t, ""), "host": unknown, "password": known, "passphrase": withKey,
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(300*time.Millisecond, cancel)
			promptly(t, func() {
				_, err := Dial(ctx, c, waiter{})
				fails(t, err, app.Canceled)
			})
			ctx, cancel = context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			promptly(t, func() {
				_, err := Dial(ctx, c, waiter{})
				fails(t, err, app.Unreachable, "no answer in time")
			})
		})
	}
}

// waiter is a person who has gone for coffee.
type waiter struct{}

func (waiter) Secret(ctx context.Context, _ app.Question) (app.Secret, error) {
	<-ctx.Done()
	return app.Secret{}, ctx.Err()
}

func (waiter) Trust(ctx context.Context, _ app.HostKey) (bool, error) {
	<-ctx.Done()
	return false, ctx.Err()
}

func TestServerDoesNotWaitForThePerson(t *testing.T) {
	s := servertest.SSHD(t)
	known := settingsFor(t, s)
	unknown := known
	unknown.KnownHosts, unknown.Remember = nil, ""
	for name, c := range map[string]Config{"host": unknown, "password": known} {
		t.Run(name, func(t *testing.T) {
			person := knower(s, c)
			person.trusts, person.before = true, func() {
				s.Cut()
				time.Sleep(50 * time.Millisecond)
			}
			_, err := Dial(t.Context(), c, person)
			fails(t, err, app.Unreachable, "did not wait for the answer")
		})
	}
}

// TestHangingQuery has a database that takes a question and never answers.
func TestHangingQuery(t *testing.T) {
	s := servertest.SSHD(t)
	c := settingsFor(t, s)
	tunnel := dial(t, c, knower(s, c))
	hung := mute(t, "")
	conn, err := tunnel.DialContext(t.Context(), "tcp", hung.address())
	require.NoError(t, err)
	_, err = conn.Write([]byte("SELECT 1"))
	require.NoError(t, err)

	require.NoError(t, conn.SetReadDeadline(time.Now().Add(100*time.Millisecond)))
	promptly(t, func() {
		_, err = conn.Read(make([]byte, 1))
		var timeout net.Error
		require.ErrorAs(t, err, &timeout)
		require.True(t, timeout.Timeout())
	})
	require.NoError(t, conn.SetReadDeadline(time.Time{}))
	time.AfterFunc(100*time.Millisecond, func() { _ = conn.Close() })
	promptly(t, func() {
		_, err = conn.Read(make([]byte, 1))
		require.ErrorIs(t, err, io.ErrClosedPipe)
	})
}

// TestHeldNetwork loses the network without a word while a connection is opened,
// a file is read and a question hangs.
func TestHeldNetwork(t *testing.T) {
	s, db := servertest.SSHD(t), servertest.MariaDB(t)
	c := settingsFor(t, s)
	c.KeepAlive = 200 * time.Millisecond
	path := s.Put(t, "a", "b")
	tunnel := dial(t, c, knower(s, c))
	conn, err := tunnel.DialContext(t.Context(), "tcp", db.Address())
	require.NoError(t, err)
	_, err = conn.Read(make([]byte, 4))
	require.NoError(t, err)
	time.Sleep(time.Second)
	require.Equal(t, Connected, tunnel.State(), "a server that answers is not given up")

	s.Hold()
	for name, use := range map[string]func(ctx context.Context) error{
		"open": func(ctx context.Context) error {
			_, err := tunnel.DialContext(ctx, "tcp", db.Address())
			return err
		},
		"read": func(ctx context.Context) error {
			_, err := tunnel.ReadFile(ctx, path)
			return err
		},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(50*time.Millisecond, cancel)
		promptly(t, func() { fails(t, use(ctx), app.Canceled) })
		_ = name
	}
	require.Eventually(t, func() bool { return tunnel.State() == Lost }, 10*time.Second, 10*time.Millisecond, "keepalive")
	_, err = io.Copy(io.Discard, conn)
	require.NoError(t, err, "what went through it has ended")

	// The network comes back.
	s.Cut()
	s.Release()
	hello(t, tunnel, "tcp", db.Address())
	require.Equal(t, Connected, tunnel.State())
}

func TestReconnects(t *testing.T) {
	s, db := servertest.SSHD(t), servertest.MariaDB(t)
	c := settingsFor(t, s)
	person := knower(s, c)
	tunnel := dial(t, c, person)
	signIns := func() int { return strings.Count(s.Log(t), "Accepted password") }
	for round := range 3 {
		s.Cut()
		// Many at once share one new connection.
		var all sync.WaitGroup
		for range 10 {
			all.Go(func() {
				conn, err := tunnel.DialContext(t.Context(), "tcp", db.Address())
				if err != nil {
					t.Errorf("round %d: %v", round, err)
					return
				}
				_ = conn.Close()
			})
		}
		all.Wait()
		require.Equal(t, 2+round, signIns())
	}
	require.Len(t, person.questions(), 1)

	s.Stop(t)
	_, err := tunnel.DialContext(t.Context(), "tcp", db.Address())
	fails(t, err, app.Unreachable)
	require.Equal(t, Lost, tunnel.State())
	s.Start(t)
	hello(t, tunnel, "tcp", db.Address())
}

func TestReconnectIsRefused(t *testing.T) {
	s := servertest.SSHD(t)
	c := settingsFor(t, s)
	person := knower(s, c)
	tunnel := dial(t, c, person)
	path := s.Put(t, "a", "b")
	s.Change(t, servertest.NoPassword)
	s.Cut()
	_, err := tunnel.ReadFile(t.Context(), path)
	fails(t, err, app.Denied)
	s.Change(t, servertest.Setting{Keyword: "PasswordAuthentication", Value: "yes"})
	s.ChangeHostKey(t, "ed25519")
	person.trusts = true
	_, err = tunnel.ReadFile(t.Context(), path)
	fails(t, err, app.Denied, "Somebody may be in between.")
	require.Empty(t, person.shown)
}

func TestClose(t *testing.T) {
	s, db := servertest.SSHD(t), servertest.MariaDB(t)
	c := settingsFor(t, s)
	tunnel := dial(t, c, knower(s, c))
	conn, err := tunnel.DialContext(t.Context(), "tcp", db.Address())
	require.NoError(t, err)
	require.NoError(t, tunnel.Close())
	require.Equal(t, Closed, tunnel.State())
	promptly(t, func() { _, _ = io.Copy(io.Discard, conn) })
	_, err = tunnel.DialContext(t.Context(), "tcp", db.Address())
	fails(t, err, app.Unreachable, "is closed")
	require.NoError(t, tunnel.Close())
	require.Eventually(t, func() bool { return s.Open() == 0 }, 10*time.Second, time.Millisecond, "the server's side is open still")
}

// TestAbandonedReader leaves a connection unread while the tunnel ends.
func TestAbandonedReader(t *testing.T) {
	s, db := servertest.SSHD(t), servertest.MariaDB(t)
	c := settingsFor(t, s)
	tunnel := dial(t, c, knower(s, c))
	_, err := tunnel.DialContext(t.Context(), "tcp", db.Address())
	require.NoError(t, err)
	time.Sleep(100 * time.Millisecond) // the database says hello, to nobody
	require.NoError(t, tunnel.Close()) // goleak looks for what hangs
}

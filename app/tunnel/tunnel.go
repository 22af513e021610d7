package tunnel

import (
	"context"
	"net"
	"sync"
	"time"

	"github.com/factordesk/factordesk/app"
)

// State is what a tunnel is doing, for a screen.
type State string

// The states of a tunnel.
const (
	Connected    State = "connected"
	Lost         State = "lost"         // the connection broke; the next use makes a new one
	Reconnecting State = "reconnecting" //
	Closed       State = "closed"
)

// Tunnel is a connection to an SSH server. It may be used by many goroutines at
// once.
type Tunnel struct {
	config Config
	ask    *asker // asks nobody
	key    app.HostKey
	isNew  bool
	life   context.Context // of the tunnel
	end    context.CancelFunc
	loops  sync.WaitGroup

	mu      sync.Mutex
	link    *link
	attempt *attempt // to connect anew, while there is one
}

// attempt is one connection being made anew, for all who wait for it.
type attempt struct {
	done chan struct{}
	link *link
	err  error
}

// Dial connects to a server and signs in, and asks the person what it must: about
// an unknown host, for a passphrase, for a password. An empty answer declines,
// and the next way to sign in is tried. It fails with
//
//   - Invalid: the configuration names no server;
//   - Unreachable: no such name, nobody answers, no SSH server, or the connection broke;
//   - Denied: the host is not accepted, its key changed or was revoked, or it does
//     not let the person in, with what was tried;
//   - Unreadable: a file of known hosts is damaged;
//   - Canceled: ctx, or the person, ended it.
func Dial(ctx context.Context, c Config, person app.Asker) (*Tunnel, error) {
	if err := c.valid(); err != nil {
		return nil, err
	}
	ask := newAsker(person)
	l, err := connect(ctx, c, ask)
	if err != nil {
		return nil, err
	}
	t := &Tunnel{config: c, ask: ask.silent(), link: l, key: l.key, isNew: l.isNew}
	t.life, t.end = context.WithCancel(context.Background())
	t.loops.Go(func() { keepAlive(l) })
	return t, nil
}

// DialContext opens a connection to an address as the server sees it: network
// "tcp" with host:port, where the name is looked up at that end, or "unix" with
// the path of a socket. It has deadlines and closes at once, unlike an SSH
// channel. If the connection to the server broke meanwhile, it is made anew once,
// with what let the person in before; nobody is asked.
//
// It fails with Denied where the server may not pass on, with Unreachable where
// the address does not answer or the server is gone, and with Canceled.
func (t *Tunnel) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	var out net.Conn
	err := t.use(ctx, func(l *link) (err error) {
		out, err = l.open(ctx, network, address)
		return err
	})
	return out, err
}

// use calls do with a connection, and once more with a new one if the first
// turns out to be gone.
func (t *Tunnel) use(ctx context.Context, do func(l *link) error) error {
	l, err := t.alive(ctx)
	if err != nil {
		return err
	}
	if err = do(l); err == nil || l.alive() || ctx.Err() != nil {
		return err
	}
	if l, err = t.alive(ctx); err != nil {
		return err
	}
	return do(l)
}

// alive returns a connection, and makes one where it is gone. All who wait share
// one attempt, which goes on if one of them gives up.
func (t *Tunnel) alive(ctx context.Context) (*link, error) {
	if err := ctx.Err(); err != nil {
		return nil, ended(ctx, t.config)
	}
	t.mu.Lock()
	if t.life.Err() != nil {
		t.mu.Unlock()
		return nil, app.Errorf(app.Unreachable, "The connection to the SSH server %s is closed.", t.config.name())
	}
	if t.link.alive() {
		defer t.mu.Unlock()
		return t.link, nil
	}
	a := t.attempt
	if a == nil {
		a = &attempt{done: make(chan struct{})}
		t.attempt = a
		t.loops.Go(func() { t.reconnect(a) })
	}
	t.mu.Unlock()
	select {
	case <-a.done:
		return a.link, a.err
	case <-ctx.Done():
		return nil, ended(ctx, t.config)
	}
}

// reconnectWait bounds an attempt to connect anew. Nobody is asked in it.
const reconnectWait = time.Minute

func (t *Tunnel) reconnect(a *attempt) {
	ctx, cancel := context.WithTimeout(t.life, reconnectWait)
	defer cancel()
	a.link, a.err = connect(ctx, t.config, t.ask)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.attempt = nil
	switch {
	case a.err != nil:
	case t.life.Err() != nil:
		a.link.close()
		a.link, a.err = nil, app.Errorf(app.Unreachable, "The connection to the SSH server %s is closed.", t.config.name())
	default:
		t.link.close()
		t.link = a.link
		t.loops.Go(func() { keepAlive(a.link) })
	}
	close(a.done)
}

// State says what the tunnel is doing now.
func (t *Tunnel) State() State {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.life.Err() != nil:
		return Closed
	case t.attempt != nil:
		return Reconnecting
	case !t.link.alive():
		return Lost
	}
	return Connected
}

// HostKey is the key with which the server proved who it is when the tunnel was
// opened, and whether it was new and the person accepted it then.
func (t *Tunnel) HostKey() (key app.HostKey, isNew bool) { return t.key, t.isNew }

// Close ends the tunnel and every connection through it. It always returns nil.
func (t *Tunnel) Close() error {
	t.mu.Lock()
	t.end()
	t.link.close()
	t.mu.Unlock()
	t.loops.Wait()
	return nil
}

// missed is how many signs of life may fail to come before a server is taken for
// gone.
const missed = 3

// keepAlive asks the server for a sign of life now and then, and ends the
// connection when none comes. Without it a connection whose network was lost
// would look alive for hours, and routers forget one that is silent.
func keepAlive(l *link) {
	tick := time.NewTicker(l.config.keepAlive())
	defer tick.Stop()
	answer := make(chan error, 1)
	waiting := 0 // for how many ticks an answer has been owed; 0: none is
	for {
		select {
		case <-l.ctx.Done():
			return
		case err := <-answer:
			waiting = 0
			if err != nil {
				l.close()
			}
		case <-tick.C:
			waiting++
			switch {
			case waiting == 1:
				go func() {
					_, _, err := l.server().SendRequest("keepalive@openssh.com", true, nil)
					answer <- err
				}()
			case waiting > missed:
				l.close()
			}
		}
	}
}

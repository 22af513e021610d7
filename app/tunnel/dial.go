package tunnel

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/factordesk/factordesk/app"
)

// How long a server may take: to answer at all, and to say the next thing while
// we sign in. The time that a person needs does not count.
const (
	connectWait = 15 * time.Second
	silenceWait = 30 * time.Second
)

// link is one connection to the server, through those before it.
type link struct {
	config Config
	hops   []*ssh.Client // the last is the server
	key    app.HostKey   // of the server
	isNew  bool          // no file knew it
	ctx    context.Context
	end    context.CancelFunc // ends ctx when any of the hops is gone
}

// connect reaches the server and signs in.
func connect(ctx context.Context, c Config, ask *asker) (*link, error) {
	var hops []*ssh.Client
	conn, err := net.Conn(nil), error(nil)
	if c.Jump == nil {
		d := net.Dialer{Timeout: connectWait}
		if conn, err = d.DialContext(ctx, "tcp", c.address()); err != nil {
			return nil, unreached(ctx, c, err)
		}
	} else {
		through, err := connect(ctx, *c.Jump, ask)
		if err != nil {
			return nil, err
		}
		hops = through.hops
		if conn, err = through.open(ctx, "tcp", c.address()); err != nil {
			through.close()
			return nil, err
		}
	}
	l := &link{config: c, hops: hops}
	client, err := l.handshake(ctx, conn, ask)
	if err != nil {
		l.closeHops()
		return nil, err
	}
	l.hops = append(l.hops, client)
	l.ctx, l.end = context.WithCancel(context.Background())
	for _, hop := range l.hops {
		go func() {
			_ = hop.Wait() // why it ended says nothing that the person could use
			l.end()
		}()
	}
	return l, nil
}

// handshake makes a connection a secure one and signs in.
func (l *link) handshake(ctx context.Context, conn net.Conn, ask *asker) (*ssh.Client, error) {
	known, err := readHosts(l.config)
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // takes a question off the screen when the server has gone meanwhile
	w := watch(ctx, conn)
	defer w.stop()
	ask = ask.pausing(w.pause)
	in := &login{ctx: ctx, config: l.config, ask: ask}
	var verdict hostVerdict
	sshConn, channels, requests, err := ssh.NewClientConn(w, l.config.address(), &ssh.ClientConfig{
		User:              l.config.User,
		HostKeyAlgorithms: known.algorithms(),
		AuthCallback:      in.next,
		ClientVersion:     "SSH-2.0-Factordesk",
		HostKeyCallback: func(_ string, _ net.Addr, key ssh.PublicKey) error {
			if verdict.accepted(key) {
				return nil // the server changes the keys of a long connection
			}
			isNew, err := known.check(ctx, key, ask)
			verdict.set(key, isNew, err)
			return err
		},
	})
	if err == nil && ctx.Err() != nil {
		_ = sshConn.Close()
		err = ctx.Err()
	}
	in.settle(err == nil)
	if err != nil {
		return nil, l.explain(ctx, w, in, verdict.err(), err)
	}
	key, isNew := verdict.key()
	l.isNew, l.key = isNew, app.HostKey{Host: l.config.name(), Type: key.Type(), Fingerprint: ssh.FingerprintSHA256(key)}
	return ssh.NewClient(sshConn, channels, requests), nil
}

// hostVerdict is what came of the server's key. It is written on a goroutine of
// package ssh, which may outlive the handshake.
type hostVerdict struct {
	mu     sync.Mutex
	public ssh.PublicKey
	isNew  bool
	fault  error
}

func (v *hostVerdict) set(key ssh.PublicKey, isNew bool, fault error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.public, v.isNew, v.fault = key, isNew, fault
}

func (v *hostVerdict) accepted(key ssh.PublicKey) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.fault == nil && sameKey(v.public, key)
}

func (v *hostVerdict) err() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.fault
}

func (v *hostVerdict) key() (key ssh.PublicKey, isNew bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.public, v.isNew
}

// watched is a connection that is closed when its context ends, or when the
// server says nothing for too long while nobody is asked anything.
type watched struct {
	net.Conn
	timer   *time.Timer
	unwatch func() bool

	mu        sync.Mutex
	asking    int   // how many questions to the person are open
	over      bool  // the watch is
	ours      bool  // we closed it
	answered  bool  // the person has, and the server has said nothing since
	late      bool  // the server was silent for too long
	impatient bool  // it did not wait for the person
	lost      error // how reading ended
}

func watch(ctx context.Context, conn net.Conn) *watched {
	w := &watched{Conn: conn}
	w.unwatch = context.AfterFunc(ctx, func() { _ = conn.Close() })
	w.timer = time.AfterFunc(silenceWait, func() {
		w.mu.Lock()
		w.late = w.asking == 0 && !w.over
		late := w.late
		w.mu.Unlock()
		if late {
			_ = conn.Close()
		}
	})
	return w
}

// Read reads, and gives the server its time anew.
func (w *watched) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil && w.lost == nil && !w.ours {
		w.lost = err
		w.impatient = w.answered || w.asking > 0
	}
	if n > 0 {
		w.answered = false
	}
	w.rewind()
	return n, err
}

// Close closes the connection, after which the end of reading says nothing.
func (w *watched) Close() error {
	w.mu.Lock()
	w.ours = true
	w.mu.Unlock()
	return w.Conn.Close()
}

// rewind gives the server its time, if the watch is on. The caller holds mu.
func (w *watched) rewind() {
	if !w.over && w.asking == 0 {
		w.timer.Reset(silenceWait)
	}
}

// pause stops the watch until resume is called: a person takes the time that it
// takes.
func (w *watched) pause() (resume func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asking++
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.asking--
		w.answered = true
		w.rewind()
	}
}

// stop ends the watch; the connection stays as it is.
func (w *watched) stop() {
	w.unwatch()
	w.timer.Stop()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over = true
}

// fate says how the connection ended, as far as it did: the server was silent for
// too long, did not wait for the person, or ended it.
func (w *watched) fate() (late, impatient bool, lost error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.late, w.impatient, w.lost
}

// alive says whether every hop is still connected.
func (l *link) alive() bool { return l.ctx.Err() == nil }

// close ends the connection, and all that goes through it.
func (l *link) close() {
	l.end()
	l.closeHops()
}

func (l *link) closeHops() {
	for i := len(l.hops) - 1; i >= 0; i-- {
		_ = l.hops[i].Close() // it may be gone already
	}
}

// server is the last hop.
func (l *link) server() *ssh.Client { return l.hops[len(l.hops)-1] }

// open opens a channel to an address as the server sees it. A name is looked up
// there.
func (l *link) open(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := l.server().DialContext(ctx, network, address)
	if err == nil {
		return join(l.ctx, conn), nil
	}
	var no *ssh.OpenChannelError
	switch {
	case ctx.Err() != nil:
		return nil, ended(ctx, l.config)
	case errors.As(err, &no):
		return nil, l.refused(no, network, address)
	}
	l.close() // whatever else goes wrong, nothing more comes through it
	return nil, lost(l.config, err)
}

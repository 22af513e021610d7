package servertest

import (
	"bytes"
	"io"
	"net"
	"sync"
	"testing"
)

// Relay passes connections on to a server until a test cuts or holds them. It
// stands for the network in between.
type Relay struct {
	// Address is where it listens on loopback.
	Address string

	listener net.Listener
	network  string
	target   string
	loops    sync.WaitGroup
	distance distance

	mu       sync.Mutex
	change   *sync.Cond // of what follows
	held     bool
	pairs    map[*pair]struct{}
	trigger  []byte // cuts a connection when the client says it
	delivers bool   // what is said last still reaches the server
}

// pair is one connection that passes through.
type pair struct {
	client, server net.Conn
}

// NewRelay listens on a free port of loopback and passes each connection on to a
// target: an address for the network "tcp", a socket's path for "unix".
func NewRelay(tb testing.TB, network, target string) *Relay {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatalf("listen: %v", err)
	}
	r := &Relay{Address: l.Addr().String(), listener: l, network: network, target: target, pairs: map[*pair]struct{}{}}
	r.change = sync.NewCond(&r.mu)
	r.loops.Go(r.accept)
	tb.Cleanup(func() {
		_ = l.Close()
		r.Release()
		r.Cut()
		r.loops.Wait()
	})
	return r
}

// Port is the port of Address.
func (r *Relay) Port() int { return r.listener.Addr().(*net.TCPAddr).Port }

// Cut ends every connection that there is now, at once. New ones pass.
func (r *Relay) Cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for p := range r.pairs {
		p.close()
	}
}

// CutBefore cuts a connection at the moment when its client says the text, which
// does not reach the server any more. It does so once.
func (r *Relay) CutBefore(text string) { r.cutAt(text, false) }

// CutAfter cuts a connection when its client has said the text, which reaches the
// server, while the answer does not come back. It does so once.
func (r *Relay) CutAfter(text string) { r.cutAt(text, true) }

func (r *Relay) cutAt(text string, delivers bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.trigger, r.delivers = []byte(text), delivers
}

// Hold lets nothing through any more, in either direction, and ends nothing: the
// silence of a network that lost its way.
func (r *Relay) Hold() { r.hold(true) }

// Release lets through what was held.
func (r *Relay) Release() { r.hold(false) }

func (r *Relay) hold(held bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.held = held
	r.change.Broadcast()
}

// Open is how many connections pass through now.
func (r *Relay) Open() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.pairs)
}

func (r *Relay) accept() {
	for {
		client, err := r.listener.Accept()
		if err != nil {
			return
		}
		r.loops.Go(func() { r.pass(client) })
	}
}

// pass copies in both directions until one of them ends.
func (r *Relay) pass(client net.Conn) {
	server, err := net.Dial(r.network, r.target)
	if err != nil {
		_ = client.Close()
		return
	}
	p := &pair{client: client, server: server}
	r.mu.Lock()
	r.pairs[p] = struct{}{}
	r.mu.Unlock()
	var both sync.WaitGroup
	both.Go(func() { r.copy(p, server, client, true) })
	both.Go(func() { r.copy(p, client, server, false) })
	both.Wait()
	r.mu.Lock()
	delete(r.pairs, p)
	r.mu.Unlock()
}

func (r *Relay) copy(p *pair, to io.Writer, from io.Reader, fromClient bool) {
	defer p.close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		if err != nil {
			return
		}
		r.distance.travel(p, fromClient)
		cut, delivers := r.gate(fromClient, buffer[:n])
		if cut {
			_ = p.client.Close() // first, so that no answer comes back
		}
		if !cut || delivers {
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if cut && delivers {
			// An end with unread answers would take back what the server has not read yet.
			if c, ok := p.server.(interface{ CloseWrite() error }); ok {
				_ = c.CloseWrite()
			}
			_, _ = io.Copy(io.Discard, p.server)
		}
		if cut {
			return
		}
	}
}

// gate waits while connections are held, and says whether what was just read is
// the text at which to cut, and whether it still goes to the server.
func (r *Relay) gate(fromClient bool, said []byte) (cut, delivers bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.held {
		r.change.Wait()
	}
	if !fromClient || r.trigger == nil || !bytes.Contains(said, r.trigger) {
		return false, false
	}
	r.trigger = nil
	return true, r.delivers
}

func (p *pair) close() {
	_ = p.client.Close()
	_ = p.server.Close()
}

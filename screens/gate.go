package screens

import (
	"context"
	"sync/atomic"

	"github.com/factordesk/factordesk/screens/kit"
)

// gate is the runner of the window. What was begun before the screen locked and
// ends while it is locked waits at the gate: its end would put a dialog, a name
// or even a QR code over the curtain. What begins behind the lock is the
// curtain's own. It belongs to the UI goroutine but for Go, which work calls, too.
type gate struct {
	kit.Runner
	locks   atomic.Int64 // how often it was closed
	closed  bool
	waiting []func()
}

// Go implements kit.Runner.
func (g *gate) Go(work func(ctx context.Context) error, done func(err error)) {
	began := g.locks.Load()
	g.Runner.Go(work, func(err error) {
		if g.closed && began < g.locks.Load() {
			g.waiting = append(g.waiting, func() { done(err) })
			return
		}
		done(err)
	})
}

func (g *gate) close() {
	g.locks.Add(1)
	g.closed = true
}

// forget drops what waits: whom it was for has signed out.
func (g *gate) forget() { g.closed, g.waiting = false, nil }

// open lets through what waits, in its order.
func (g *gate) open() {
	g.closed = false
	waiting := g.waiting
	g.waiting = nil
	for _, end := range waiting {
		end()
	}
}

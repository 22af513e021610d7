package servertest

import (
	"sync"
	"time"
)

// distance is how far away the server behind a relay is, and how often somebody has
// waited for it.
//
// What clients say before they hear an answer is one turn, over however many
// connections: nobody has waited in between. The next turn is what they say once
// they have heard the answer to that.
type distance struct {
	mu    sync.Mutex
	away  time.Duration
	asked map[*pair]int // the turn in which each connection has asked last
	heard int           // the turn of the newest answer
}

// Distance makes everything that clients say arrive later by so much, as a round
// trip over a long way does.
func (r *Relay) Distance(roundTrip time.Duration) {
	r.distance.mu.Lock()
	defer r.distance.mu.Unlock()
	r.distance.away = roundTrip
}

// Turns runs something and returns how often it has waited for the server: how
// many questions it asked one after the other, those that were on their way
// together counted once. It is told apart by the distance, which must be longer
// than a client needs to think.
func (r *Relay) Turns(do func()) int {
	r.distance.mu.Lock()
	r.distance.asked, r.distance.heard = map[*pair]int{}, 0
	r.distance.mu.Unlock()
	do()
	r.distance.mu.Lock()
	defer r.distance.mu.Unlock()
	return r.distance.heard
}

// travel is called with what has just been read from one end, before it is passed
// on to the other.
func (d *distance) travel(p *pair, fromClient bool) {
	d.mu.Lock()
	away := d.away
	switch {
	case d.asked == nil:
	case fromClient:
		d.asked[p] = d.heard + 1
	default:
		d.heard = max(d.heard, d.asked[p])
	}
	d.mu.Unlock()
	if fromClient {
		time.Sleep(away)
	}
}

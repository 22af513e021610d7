package app

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// ClockOff is the difference between two clocks of ours from which on people are
// warned: a code is good for about a minute, and this is not to be blamed on a
// phone.
const ClockOff = 5 * time.Second

// Timekeeper is a store whose server has a clock of its own.
type Timekeeper interface {
	// ServerTime returns the server's time, UTC.
	ServerTime(ctx context.Context) (time.Time, error)
}

// NetworkClock asks servers on the network for the time (NTP, RFC 5905). It is
// asked only when an operator wants it.
type NetworkClock interface {
	// Ask returns how far this computer's clock is ahead of one server's, and how
	// wide that may be wrong.
	Ask(ctx context.Context, server string) (ahead, within time.Duration, err error)
}

// NetworkServers are asked where nobody has chosen others.
func NetworkServers() []string {
	return []string{"0.pool.ntp.org", "1.pool.ntp.org", "2.pool.ntp.org", "3.pool.ntp.org"}
}

// ClockReading compares a clock with that of this workstation.
type ClockReading struct {
	Ahead  time.Duration // of this workstation's; negative: behind
	Within time.Duration // the true difference is at most so far from Ahead
	At     time.Time     // when it was read, by this workstation; UTC
}

// Off reports whether the clock certainly differs by more than ClockOff.
func (r ClockReading) Off() bool { return max(r.Ahead, -r.Ahead)-r.Within > ClockOff }

// Time is what the clock shows when this workstation's shows now.
func (r ClockReading) Time(now time.Time) time.Time { return now.Add(r.Ahead) }

// ServerClock compares the store's server with this workstation. ok is false
// where the store has no server, as a file on this computer.
func (c *Console) ServerClock(ctx context.Context) (r ClockReading, ok bool, err error) {
	keeper, ok := c.store.(Timekeeper)
	if !ok {
		return ClockReading{}, false, nil
	}
	// The quickest of three answers says most: its time lies between its question
	// and its answer.
	for range 3 {
		asked := c.Now()
		server, err := keeper.ServerTime(ctx)
		if err != nil {
			return ClockReading{}, true, err
		}
		if server.IsZero() {
			return ClockReading{}, false, nil
		}
		half := c.Now().Sub(asked) / 2
		if r.At.IsZero() || half < r.Within {
			r = ClockReading{Ahead: server.Sub(asked.Add(half)), Within: half, At: asked}
		}
	}
	return r, true, nil
}

// NetworkAnswer is what one server on the network said.
type NetworkAnswer struct {
	Server string
	ClockReading
	Err error // why it gave no answer; the reading is zero then
}

// NetworkTime asks servers on the network for the time, all at once, and
// compares their median with this workstation. It fails with Unreachable when
// fewer than half of them answer.
func (c *Console) NetworkTime(ctx context.Context, servers []string) (ClockReading, []NetworkAnswer, error) {
	if c.network == nil || len(servers) == 0 {
		return ClockReading{}, nil, Errorf(Denied, "Network time cannot be asked for here.")
	}
	answers := make([]NetworkAnswer, len(servers))
	done := make(chan struct{})
	for i, server := range servers {
		go func() {
			defer func() { done <- struct{}{} }()
			ahead, within, err := c.network.Ask(ctx, server)
			answers[i] = NetworkAnswer{Server: server, Err: err}
			if err == nil {
				answers[i].ClockReading = ClockReading{Ahead: -ahead, Within: within, At: c.Now()}
			}
		}()
	}
	for range servers {
		<-done
	}
	var good []ClockReading
	var failure error
	for _, a := range answers {
		if a.Err != nil {
			failure = a.Err
			continue
		}
		good = append(good, a.ClockReading)
	}
	if err := ctx.Err(); err != nil {
		return ClockReading{}, answers, Errorf(Canceled, "Stopped. Nothing was changed.").Because(err)
	}
	if 2*len(good) < len(servers) {
		return ClockReading{}, answers, Errorf(Unreachable, "No network time: %d of %d servers answered.", len(good), len(servers)).
			WithHint("NTP needs UDP port 123 to the servers.").Because(failure)
	}
	slices.SortFunc(good, func(a, b ClockReading) int { return cmp.Compare(a.Ahead, b.Ahead) })
	return good[(len(good)-1)/2], answers, nil
}

// Package ntp asks servers on the network for the time (RFC 5905).
//
// Nothing is asked unless an operator wants it. A question says nothing about
// the store: it holds a random number and no more.
package ntp

import (
	"context"
	"time"

	"github.com/beevik/ntp"

	"github.com/factordesk/factordesk/app"
)

// timeout is how long one server is waited for.
const timeout = 4 * time.Second

// Clock is the app.NetworkClock.
type Clock struct{}

var _ app.NetworkClock = Clock{}

// Ask implements app.NetworkClock. The server is a host name or address, with
// a port where it is not 123. It fails with Unreachable when no answer comes,
// and when the answer is not one to set a clock by.
func (Clock) Ask(ctx context.Context, server string) (ahead, within time.Duration, err error) {
	type answer struct {
		response *ntp.Response
		err      error
	}
	got := make(chan answer, 1)
	go func() {
		r, err := ntp.QueryWithOptions(server, ntp.QueryOptions{Timeout: timeout})
		if err == nil {
			err = r.Validate()
		}
		got <- answer{r, err}
	}()
	select {
	case <-ctx.Done(): // the question ends by itself, soon
		return 0, 0, app.Errorf(app.Canceled, "Stopped. Nothing was changed.").Because(ctx.Err())
	case a := <-got:
		if a.err != nil {
			return 0, 0, app.Errorf(app.Unreachable, "%s gives no time.", server).Because(a.err)
		}
		return -a.response.ClockOffset, a.response.RTT / 2, nil
	}
}

package app

import (
	"context"
	"fmt"
	"time"
)

// clockHint is a sentence for who was refused at a computer whose clock is not
// that of the store's server, else empty: codes are made of the time, so a right
// one may have been refused. It is the same whoever was refused, and why.
func (c *Console) clockHint(ctx context.Context) string {
	r, ok, err := c.ServerClock(ctx)
	if !ok || err != nil || !r.Off() {
		return ""
	}
	way := "behind"
	if r.Ahead < 0 { // the server's
		way = "ahead of"
	}
	return fmt.Sprintf("This computer’s clock is %s %s the server’s, and codes need the right time.", roughly(r.Ahead.Abs()), way)
}

// roughly is a difference of clocks in words: "42 seconds", "3 hours".
func roughly(d time.Duration) string {
	switch {
	case d >= 2*time.Hour:
		return fmt.Sprintf("%d hours", int(d.Round(time.Hour).Hours()))
	case d >= 2*time.Minute:
		return fmt.Sprintf("%d minutes", int(d.Round(time.Minute).Minutes()))
	}
	return fmt.Sprintf("%d seconds", int(d.Round(time.Second).Seconds()))
}

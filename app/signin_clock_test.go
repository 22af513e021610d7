package app_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// A right code is refused where this computer's clock is off; then the refusal
// says so, to everybody alike.
func TestARefusalSaysThatTheClockIsOff(t *testing.T) {
	d := newDesk(t)
	for ahead, want := range map[time.Duration]string{
		0:                 "",
		-3 * time.Second:  "",
		42 * time.Second:  "This computer’s clock is 42 seconds behind the server’s",
		-3 * time.Minute:  "This computer’s clock is 3 minutes ahead of the server’s",
		-26 * time.Hour:   "This computer’s clock is 26 hours ahead of the server’s",
		119 * time.Minute: "This computer’s clock is 119 minutes behind the server’s",
	} {
		s := &server{Store: d.store, now: d.clock, wait: func(time.Duration) {}, ahead: ahead, ways: make([]time.Duration, 100)}
		c := app.NewConsole(app.Options{Store: s, Now: d.clock})
		wrongCode := d.credentials(t, "rita")
		wrongCode.Code = app.NewSecret("000000")
		for _, in := range []app.Credentials{wrongCode, {Username: "nobody", Password: app.NewSecret("wrong")}} {
			_, err := c.SignIn(d.ctx, in)
			require.Equal(t, app.Denied, app.KindOf(err))
			_, hint := app.Explain(err)
			if want == "" {
				require.NotContains(t, hint, "clock")
				continue
			}
			require.Contains(t, hint, want+", and codes need the right time.")
		}
		d = newDesk(t) // wrong codes lock
	}
	s := &server{Store: d.store, now: d.clock, wait: func(time.Duration) {}, ways: make([]time.Duration, 10), err: app.Errorf(app.Unreachable, "Away.")}
	_, err := app.NewConsole(app.Options{Store: s, Now: d.clock}).SignIn(d.ctx, app.Credentials{Username: "nobody", Password: app.NewSecret("wrong")})
	require.Equal(t, app.Denied, app.KindOf(err), "a clock that cannot be read hides no refusal")
}

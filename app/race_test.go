package app_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// A password check takes its time. What happens to the screen meanwhile
// counts: no grant and no open key is left behind it.
func TestAScreenThatLocksDuringAPasswordCheckStaysLocked(t *testing.T) {
	for name, c := range map[string]struct {
		check     func(d *desk) error
		meanwhile func(d *desk)
	}{
		"retyped, locked":      {(*desk).retype, func(d *desk) { d.console.Lock() }},
		"retyped, signed out":  {(*desk).retype, func(d *desk) { _ = d.console.SignOut(d.ctx) }},
		"reopened, signed out": {func(d *desk) error { return d.console.Reopen(d.ctx, passwordOf("helga")) }, func(d *desk) { _ = d.console.SignOut(d.ctx) }},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := signedIn(t, "helga")
				d.store.Delay(time.Second)
				answer := make(chan error)
				go func() { answer <- c.check(d) }()
				synctest.Wait() // it waits in the first call to the store
				d.store.ForgetFaults()
				c.meanwhile(d)
				err := <-answer
				require.Equal(t, app.Denied, app.KindOf(err), "%v", err)
				require.Error(t, d.store.Able(app.AbleOpenSecrets), "the keys are closed")
				_, err = d.console.Users(d.ctx, app.Query{})
				require.Equal(t, app.Denied, app.KindOf(err))
			})
		})
	}
}

// retype asks for a grant and says only whether there was one.
func (d *desk) retype() error {
	_, err := d.console.Reverify(d.ctx, passwordOf("helga"), app.Deed{Action: app.DoImport})
	return err
}

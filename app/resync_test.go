package app_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

func (d *desk) resync(t checker, name string, off time.Duration) (app.Attempt, error) {
	t.Helper()
	codes := d.read(t, name, off, 2)
	g := d.grant(t, app.Deed{Action: app.DoResync, Target: d.id[name], Provider: app.Google})
	return d.console.Resync(d.ctx, g, app.DeviceResync{
		User: d.id[name], Provider: app.Google, First: codes[0].Code, Second: codes[1].Code,
	})
}

func TestResyncFollowsADeviceWithAGrantOnly(t *testing.T) {
	d := signedIn(t, "helga")
	d.now = d.now.Add(time.Hour)
	d.now = d.now.Truncate(30 * time.Second).Add(5 * time.Second)
	codes := d.read(t, "ann", -2*time.Minute, 2)
	_, err := d.console.Resync(d.ctx, nil, app.DeviceResync{
		User: d.id["ann"], Provider: app.Google, First: codes[0].Code, Second: codes[1].Code,
	})
	require.Equal(t, app.Denied, app.KindOf(err), "the password was not typed")
	require.Equal(t, app.Refused, d.lastEvent(t).Outcome)

	a, err := d.resync(t, "ann", -2*time.Minute)
	require.NoError(t, err)
	require.Equal(t, app.OK, a.Reason)
	e := d.lastEvent(t)
	require.Equal(t, app.DoResync, e.Action)
	require.Equal(t, app.Done, e.Outcome)
	require.Len(t, e.Details, 1, "when the password was typed, and no offset")

	d.now = d.now.Add(30 * time.Second)
	found, err := d.diagnose("ann", d.read(t, "ann", -2*time.Minute, 1))
	require.NoError(t, err)
	require.Equal(t, app.CodeAccepted, found.Verdict)
	require.LessOrEqual(t, found.Drift.From, -2*time.Minute, "of the clock itself, whatever is added for it")
	require.Greater(t, found.Drift.To, -2*time.Minute)

	_, err = d.console.Resync(d.ctx, d.grant(t, app.Deed{Action: app.DoResync, Target: d.id["ann"], Provider: app.Google}),
		app.DeviceResync{User: d.id["ann"], Provider: app.Google, Clear: true})
	require.NoError(t, err)
	require.Equal(t, "cleared", d.lastEvent(t).Detail("offset"))
	d.now = d.now.Add(10 * time.Minute)
	found, err = d.diagnose("ann", d.read(t, "ann", -2*time.Minute, 1))
	require.NoError(t, err)
	require.Equal(t, app.CodeDrift, found.Verdict)
}

func TestNobodyResyncsTheOwnFactor(t *testing.T) {
	d := signedIn(t, "olive")
	_, err := d.console.Resync(d.ctx, d.grant(t, app.Deed{Action: app.DoResync, Target: d.id["olive"], Provider: app.Google}),
		app.DeviceResync{User: d.id["olive"], Provider: app.Google, Clear: true})
	require.Equal(t, app.Denied, app.KindOf(err))
}

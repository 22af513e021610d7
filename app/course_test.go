package app_test

import (
	"fmt"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/otp"
)

// weekly diagnoses a device once a week over four weeks, whose clock is off by
// first at the beginning and runs off by ppm. Two codes are read out each time, the
// second as soon as the device shows it. It returns the last diagnosis and how far
// the clock is off then.
func (d *desk) weekly(t checker, name string, first time.Duration, ppm float64) (found app.Diagnosis, off time.Duration) {
	t.Helper()
	began := d.now
	for week := range 5 {
		d.now = began.Add(time.Duration(week) * 7 * 24 * time.Hour)
		off = first + time.Duration(d.now.Sub(began).Seconds()*ppm*1000)
		d.now = d.now.Add(off).Truncate(30 * time.Second).Add(31*time.Second - off) // a second into a step of the device
		d.signIn(t, d.operatorName())
		var codes []app.CodeReading
		for _, ago := range []time.Duration{2 * time.Second, 0} {
			at := d.now.Add(-ago)
			codes = append(codes, app.CodeReading{Code: codeOf(t, d.key[name], at.Add(off)), At: at})
		}
		var err error
		found, err = d.diagnose(name, codes)
		require.NoError(t, err)
		require.True(t, found.Sure)
	}
	return found, off
}

// leaves is the middle of a forecast.
func leaves(c app.Course) time.Time { return c.Leaves.Add(c.Left.Sub(c.Leaves) / 2) }

func TestFiveObservationsForecastWhenCodesLeaveTheWindow(t *testing.T) {
	d := signedIn(t, "olive")
	found, off := d.weekly(t, "ann", 118*time.Second, -40)
	require.Equal(t, app.CodeAccepted, found.Verdict)
	c := found.Course
	require.Equal(t, 5, c.Seen)
	require.True(t, c.From <= -40e-6 && -40e-6 <= c.To, "%v", c)
	require.Regexp(t, `^Its clock loses about \d+ seconds a day \(−\d+\.\d ppm; between −\d+\.\d and −\d+\.\d\), seen 5 times since Jun 9, 2026\.$`, c.Rate)
	truth := d.now.Add(time.Duration((30*time.Second + off).Seconds() / 40e-6 * float64(time.Second)))
	require.True(t, c.Leaves.Before(truth) && truth.Before(c.Left), "%v in %v to %v", truth, c.Leaves, c.Left)
	require.InDelta(t, truth.Sub(d.now).Hours(), leaves(c).Sub(d.now).Hours(), 0.2*truth.Sub(d.now).Hours())
	require.Regexp(t, `^Its codes leave the accepted window in \w+( to \w+| \w+)? \w+\.$`, c.Forecast)
	require.Equal(t, app.HelpNothing, found.Advice[0].Help)
	require.Equal(t, app.HelpSetClock, found.Advice[1].Help)

	// Another device makes the codes from now on.
	require.NoError(t, d.console.Reset(d.ctx, d.grant(t, app.Deed{Action: app.DoReset, Target: d.id["ann"], Provider: app.Google}),
		app.ResetRequest{User: d.id["ann"], Provider: app.Google}))
	en, err := d.enroll(t, "ann", 0)
	require.NoError(t, err)
	d.key["ann"], err = otp.Decode(en.Factor.Key.Reveal())
	require.NoError(t, err)
	found, err = d.diagnose("ann", d.read(t, "ann", 0, 1))
	require.NoError(t, err)
	require.Zero(t, found.Course, "a reset forgets what was seen")
}

func TestAResyncIsTakenIntoAccount(t *testing.T) {
	d := signedIn(t, "olive")
	found, off := d.weekly(t, "ann", 0, -100)
	require.Equal(t, app.CodeDrift, found.Verdict)
	require.Contains(t, found.Course.Rate, "Its clock loses about 9 seconds a day")
	require.Empty(t, found.Course.Forecast, "the codes are refused already")
	for _, a := range found.Advice {
		switch a.Help {
		case app.HelpSetClock:
			require.Contains(t, a.Text, "does not drift any more.")
		case app.HelpResync:
			require.Equal(t, "For a hardware token, whose clock nobody can set: the store remembers the difference from now on. "+
				"It goes on drifting, and the codes leave the window again in two to five days.", a.Text)
		default:
		}
	}

	d.now = d.now.Add(time.Minute)
	codes := d.read(t, "ann", off, 2)
	a, err := d.console.Resync(d.ctx, d.grant(t, app.Deed{Action: app.DoResync, Target: d.id["ann"], Provider: app.Google}), app.DeviceResync{
		User: d.id["ann"], Provider: app.Google, First: codes[0].Code, Second: codes[1].Code,
	})
	require.NoError(t, err)
	require.Equal(t, app.OK, a.Reason)
	d.now = d.now.Add(time.Minute)
	found, err = d.diagnose("ann", d.read(t, "ann", off, 1))
	require.NoError(t, err)
	require.Equal(t, app.CodeAccepted, found.Verdict)
	require.Equal(t, 5, found.Course.Seen, "the device is the same one")
	require.Less(t, found.Drift.To, -3*time.Minute, "the clock itself is as far off as before")
	require.Less(t, found.Course.Left, d.now.Add(8*24*time.Hour))
	require.Greater(t, found.Course.Left, d.now.Add(24*time.Hour))
}

func TestNothingIsSaidOfAClockThatMayRunTrue(t *testing.T) {
	d := signedIn(t, "olive")
	found, _ := d.weekly(t, "ann", 0, 0)
	require.Equal(t, app.CodeAccepted, found.Verdict)
	require.Zero(t, found.Course)
	found, _ = d.weekly(t, "ann", 0, 1)
	require.Zero(t, found.Course, "too wide to be of use")
}

func TestSignInsTellOfAClockToo(t *testing.T) {
	d := signedIn(t, "olive")
	began := d.now
	off := func() time.Duration { return 28*time.Second - time.Duration(d.now.Sub(began).Seconds()*40*1000) }
	for day := range 15 {
		d.now = began.Add(time.Duration(day)*24*time.Hour + time.Duration(day*7%30)*time.Second)
		d.signIn(t, "olive")
		a, err := d.console.Verify(d.ctx, d.id["ann"], app.Google, codeOf(t, d.key["ann"], d.now.Add(off())))
		require.NoError(t, err)
		require.Equal(t, app.OK, a.Reason)
	}
	d.now = d.now.Add(2 * time.Hour)
	found, err := d.diagnose("ann", d.read(t, "ann", off(), 1))
	require.NoError(t, err)
	require.Equal(t, 16, found.Course.Seen)
	require.Contains(t, found.Course.Rate, "Its clock loses about ")
}

// What was seen of a person's device is in no event, whatever the verdict.
func TestNoOffsetIsInTheAudit(t *testing.T) {
	d := signedIn(t, "olive")
	off := -37 * time.Minute
	events := d.events(t, func() {
		for range 2 {
			d.now = d.now.Add(2*time.Minute + 5*time.Second)
			_, err := d.diagnose("ann", d.read(t, "ann", off, 2))
			require.NoError(t, err)
		}
		codes := d.read(t, "ann", off, 2)
		_, err := d.console.Resync(d.ctx, d.grant(t, app.Deed{Action: app.DoResync, Target: d.id["ann"], Provider: app.Google}), app.DeviceResync{
			User: d.id["ann"], Provider: app.Google, First: codes[0].Code, Second: codes[1].Code,
		})
		require.NoError(t, err)
	})
	require.Len(t, events, 3)
	seconds := regexp.MustCompile(`\b(22[0-4][0-9]|7[34]|3[78])\b`) // of the offset, in seconds, steps and minutes
	for _, e := range events {
		require.NotRegexp(t, seconds, fmt.Sprint(e.Reason, e.Details))
	}
}

func TestAStoreThatCannotKeepIt(t *testing.T) {
	d := signedIn(t, "olive")
	d.store.Disable(app.AbleResync, app.Errorf(app.Invalid, "There is no place for it."))
	found, _ := d.weekly(t, "ann", 0, -100)
	require.Equal(t, app.CodeDrift, found.Verdict)
	require.Zero(t, found.Course)
	require.Equal(t, app.DoDiagnose, d.lastEvent(t).Action)
}

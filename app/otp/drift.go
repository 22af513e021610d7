package otp

import "time"

// Drift bounds how far the device's clock is ahead of ours (negative: behind),
// given a code of step that was read at a time of our clock: the device's clock
// then stood in [step·period, (step+1)·period), so the difference lies in
// [from, to). The interval is one period wide: a single code says no more. A
// second code narrows it to the overlap of the two. The period must be valid.
func Drift(step int64, period time.Duration, at time.Time) (from, to time.Duration) {
	length := int64(period / time.Second)
	return time.Unix(step*length, 0).Sub(at), time.Unix((step+1)*length, 0).Sub(at)
}

// Drifted is what several codes together say of a device's clock: its
// difference from ours lies in [From, To). The zero value knows nothing.
type Drifted struct {
	From, To time.Duration
	Known    bool
}

// Add narrows the interval by one more code. A person reads a code out late, so
// that two intervals may not meet; then it is widened to hold both, since either
// may be the right one.
func (d *Drifted) Add(step int64, period time.Duration, at time.Time) {
	from, to := Drift(step, period, at)
	switch {
	case !d.Known:
		*d = Drifted{From: from, To: to, Known: true}
	case from < d.To && d.From < to:
		d.From, d.To = max(d.From, from), min(d.To, to)
	default:
		d.From, d.To = min(d.From, from), max(d.To, to)
	}
}

// OnTime reports whether the device's clock may be exactly ours.
func (d Drifted) OnTime() bool { return !d.Known || (d.From <= 0 && 0 < d.To) }

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

package otp

import (
	"errors"
	"time"
)

// ResyncReach is how far a device's clock may be off to be followed: quartz takes
// decades for that. One further off was set wrong, and is set right.
const ResyncReach = time.Hour

// ErrResync is returned when no two codes in a row were found.
var ErrResync = errors.New("the codes are no two in a row of this device, newer than the last accepted one")

// Resynced is what two codes in a row say of a device.
type Resynced struct {
	Step  int64   // of the second code: the last one that is used up from now on
	Drift Drifted // of the device's clock; not known for HOTP
}

// Offset is what is added to our time to have the device's, in whole seconds: the
// middle of the drift, and zero where the clock may be right.
func (r Resynced) Offset() time.Duration {
	if r.Drift.OnTime() {
		return 0
	}
	return ((r.Drift.From + r.Drift.To) / 2).Round(time.Second)
}

// Resync finds two codes in a row, as RFC 4226 section 7.4 and RFC 6238 section 6
// say: counters up to 100 ahead, or steps within [ResyncReach] of when the second
// one was read. Only steps after last are looked at, so that codes which were used,
// or are older than one that was, never resync. Two codes fit by chance with at
// most tries × 10^-(2·digits), 2.4e-10 for six.
//
// It fails with [ErrResync], and as [Params.Validate] and [CheckSecret] do.
func Resync(secret []byte, p Params, first, second string, at time.Time, last int64) (Resynced, error) {
	if err := p.Validate(); err != nil {
		return Resynced{}, err
	}
	g, err := NewGenerator(secret, p.Algorithm)
	if err != nil {
		return Resynced{}, err
	}
	a, okA := number(first, p.Digits)
	b, okB := number(second, p.Digits)
	if !okA || !okB {
		return Resynced{}, ErrResync
	}
	from, to, center := max(last, -1)+1, max(last, -1)+lookAhead, max(last, -1)+1
	if p.Kind == TOTP {
		center = Step(at, p.Period) - 1 // of the first code, where the clock is right
		reach := int64(ResyncReach / p.Period)
		from, to = max(center-reach, last+1, 0), center+reach
		if last == NoStep {
			from = max(center-reach, 0)
		}
	}
	best, found := int64(0), false
	for step := from; step <= to; step++ {
		if Cut(g.Value(uint64(step)), p.Digits) != a || Cut(g.Value(uint64(step+1)), p.Digits) != b {
			continue
		}
		if !found || abs(step-center) < abs(best-center) { // the nearer one is believed
			best, found = step, true
		}
	}
	if !found {
		return Resynced{}, ErrResync
	}
	r := Resynced{Step: best + 1}
	if p.Kind == TOTP {
		r.Drift.Add(r.Step, p.Period, at)
	}
	return r, nil
}

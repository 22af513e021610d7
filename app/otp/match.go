package otp

import (
	"crypto/subtle"
	"errors"
	"math"
	"time"
)

// NoStep stands for "no code accepted so far" where a last step is wanted, and
// for "no step" where one is returned. It is no possible step, whereas -1 is
// one (the last seconds of 1969).
const NoStep int64 = math.MinInt64

// DefaultWindow is how many steps before and after the present one are
// accepted: RFC 6238 section 5.2 recommends one.
const DefaultWindow = 1

// MaxWindow bounds the window of [Match], since each further step makes a
// guess likelier. Looking for a drifted clock is not a matter for [Match].
const MaxWindow = 100

// ErrWindow is returned for a window below 0 or above [MaxWindow].
var ErrWindow = errors.New("the window must be 0 to 100 steps")

// ErrExhausted is returned when an HOTP counter has no next value.
var ErrExhausted = errors.New("the counter is exhausted: enroll again")

// Verdict is what [Match] says about a code. The zero value is Wrong.
type Verdict uint8

// The verdicts.
const (
	Wrong    Verdict = iota // belongs to no step in the window
	Accepted                // belongs to a step in the window after the last one
	Replayed                // belongs to a step in the window that is used up
)

// String returns the word that users of the terminal see.
func (v Verdict) String() string {
	switch v {
	case Accepted:
		return "accepted"
	case Replayed:
		return "replayed"
	}
	return "wrong"
}

// Match checks a typed code, spaces allowed.
//
// For TOTP the candidates are the steps from window before to window after the
// one that at lies in. For HOTP at is not used: the candidates are the next
// counter, last+1, and window more after it (RFC 4226 section 7.4), and window
// used ones before it, so that a replay is told from a wrong code.
//
// Last is the last accepted step or counter, or [NoStep]; only later ones are
// accepted. For an HOTP factor that starts at counter c it is c-1.
//
// Step is the matched step when the verdict is Accepted, to be stored as the
// new last one, or Replayed; otherwise NoStep. Should two candidates have the
// same code by chance, TOTP takes the newest, so that the code is used up in
// both, and HOTP the next, so that the counter does not overtake the device.
//
// Every candidate is computed and compared, and none is branched on. The error
// is about what is stored, never about the code: as [Params.Validate] and
// [CheckSecret], [ErrWindow], [ErrExhausted]. A malformed code is Wrong.
func Match(secret []byte, p Params, code string, at time.Time, window int, last int64) (step int64, verdict Verdict, err error) {
	if err := p.Validate(); err != nil {
		return NoStep, Wrong, err
	}
	if window < 0 || window > MaxWindow {
		return NoStep, Wrong, ErrWindow
	}
	g, err := NewGenerator(secret, p.Algorithm)
	if err != nil {
		return NoStep, Wrong, err
	}
	first, count, err := candidates(p, at, window, last)
	if err != nil {
		return NoStep, Wrong, err
	}
	typed, ok := number(code, p.Digits)
	if !ok {
		return NoStep, Wrong, nil
	}

	accepted, replayed := -1, -1 // indexes of candidates
	for n := range count {
		i := n
		if p.Kind == HOTP {
			i = count - 1 - n // the last hit wins, and that shall be the next counter
		}
		candidate := first + int64(i)
		// Which candidates are used up depends on last and the time, not on
		// the code, so this branch tells nothing about the match.
		unused := 0
		if candidate > last {
			unused = 1
		}
		hit := subtle.ConstantTimeEq(int32(Cut(g.Value(uint64(candidate)), p.Digits)), int32(typed))
		accepted = subtle.ConstantTimeSelect(hit&unused, i, accepted)
		replayed = subtle.ConstantTimeSelect(hit&(1-unused), i, replayed)
	}
	switch {
	case accepted >= 0:
		return first + int64(accepted), Accepted, nil
	case replayed >= 0:
		return first + int64(replayed), Replayed, nil
	}
	return NoStep, Wrong, nil
}

// candidates returns the first step or counter that [Match] compares, and how
// many there are.
func candidates(p Params, at time.Time, window int, last int64) (first int64, count int, err error) {
	if p.Kind == TOTP {
		return Step(at, p.Period) - int64(window), 2*window + 1, nil
	}
	last = max(last, -1) // counters are never negative
	if last == math.MaxInt64 {
		return 0, 0, ErrExhausted
	}
	first = max(last+1-int64(window), 0)
	unused := 1 + min(int64(window), math.MaxInt64-(last+1))
	return first, int(last + 1 - first + unused), nil
}

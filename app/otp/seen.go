package otp

import (
	"slices"
	"time"
)

const (
	// MostSeen is how many observations of one device are kept.
	MostSeen = 24

	// ReadLate is how much later than the device shows it a code may be read out or
	// typed. What was seen of a clock is widened by that before a course is drawn:
	// a person is no instrument.
	ReadLate = 10 * time.Second

	// MostRate bounds how fast the clock of a device runs off, in seconds a second:
	// bad quartz in the cold does 2e-4. One that has moved faster was set.
	MostRate = 5e-4

	together = time.Hour // observations that are nearer to each other are one
)

// Seen is what one accepted code says of a device's clock; ok is false for
// counters.
func Seen(step int64, p Params, at time.Time) (o Observation, ok bool) {
	if p.Kind != TOTP {
		return Observation{}, false
	}
	o.At = at
	o.Add(step, p.Period, at)
	return o, true
}

// Keep adds an observation to those that are kept, oldest first, and returns them.
// Within an hour they are one, as narrow as both say, or the newer one where they
// do not meet. Of more than [MostSeen] the one goes that has its neighbors nearest,
// never the oldest and the newest: a rate lives from the time between. One that is
// older than the newest, or knows nothing, is not kept.
func Keep(seen []Observation, o Observation) []Observation {
	if !o.Known {
		return seen
	}
	kept := slices.Clone(seen)
	if n := len(kept); n > 0 {
		last := &kept[n-1]
		switch after := o.At.Sub(last.At); {
		case after <= -together:
			return seen
		case after >= together:
		default:
			if from, to := max(last.From, o.From), min(last.To, o.To); from < to {
				last.From, last.To = from, to
			} else {
				last.Drifted = o.Drifted
			}
			return kept
		}
	}
	kept = append(kept, o)
	for len(kept) > MostSeen {
		i := 1
		for j := 2; j < len(kept)-1; j++ {
			if kept[j+1].At.Sub(kept[j-1].At) < kept[i+1].At.Sub(kept[i-1].At) {
				i = j
			}
		}
		kept = slices.Delete(kept, i, i+1)
	}
	return kept
}

// Run is the course of a clock by what was seen of it, oldest first, since it was
// last set, and through how many observations and since when it goes. One that
// does not fit between others that do was read out too late, and is passed over;
// two are a clock that was set. ok is false where fewer than two are left.
func Run(seen []Observation) (c Course, run []Observation, ok bool) {
	missed := 0
	for i := len(seen) - 1; i >= 0 && missed < 2; i-- {
		o := seen[i]
		o.To += ReadLate
		longer := append([]Observation{o}, run...)
		if len(run) == 0 {
			run = longer
			continue
		}
		if through, fits := courseOfQuartz(longer); fits {
			c, run, ok, missed = through, longer, true, 0
		} else {
			missed++
		}
	}
	// Of two alone, the second of which is on time, the likelier story is that the
	// clock was set right in between.
	if len(run) == 2 && run[1].OnTime() && !run[0].OnTime() {
		return Course{}, run[1:], false
	}
	return c, run, ok
}

// courseOfQuartz is CourseOf for a clock that cannot run faster than [MostRate].
func courseOfQuartz(seen []Observation) (Course, bool) {
	c, ok := CourseOf(seen)
	if !ok || c.RateFrom > MostRate || c.RateTo < -MostRate {
		return Course{}, false
	}
	c.RateFrom, c.RateTo = max(c.RateFrom, -MostRate), min(c.RateTo, MostRate)
	return c, true
}

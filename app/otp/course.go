package otp

import (
	"math"
	"time"
)

// Observation is what one code, or several at a time, said of a device's clock.
type Observation struct {
	At time.Time
	Drifted
}

// Course is how a device's clock runs: its difference from ours was in Now at
// the last observation, and grows by a rate in [RateFrom, RateTo], in seconds a
// second (1e-6 is one ppm).
type Course struct {
	At               time.Time
	Now              Drifted
	RateFrom, RateTo float64
}

// CourseOf draws the course that goes through all observations, oldest first.
// ok is false where fewer than two are known, all are of one moment, or no clock
// that runs evenly fits them: it was set meanwhile.
func CourseOf(seen []Observation) (c Course, ok bool) {
	low, high := math.Inf(-1), math.Inf(1)
	for j, b := range seen {
		for _, a := range seen[:j] {
			span := b.At.Sub(a.At).Seconds()
			if span <= 0 || !a.Known || !b.Known {
				continue
			}
			low = max(low, (b.From-a.To).Seconds()/span)
			high = min(high, (b.To-a.From).Seconds()/span)
		}
	}
	if math.IsInf(low, 0) || low > high {
		return Course{}, false
	}
	last := seen[len(seen)-1]
	c = Course{At: last.At, Now: last.Drifted, RateFrom: low, RateTo: high}
	for _, o := range seen[:len(seen)-1] { // each one says where the clock has to be by now
		if o.Known {
			c.narrow(o, last.At.Sub(o.At).Seconds())
		}
	}
	return c, true
}

// narrow keeps of the difference at the last observation what an earlier one
// allows, so many seconds before.
func (c *Course) narrow(o Observation, ago float64) {
	from := max(c.Now.From, o.From+time.Duration(c.RateFrom*ago*float64(time.Second)))
	to := min(c.Now.To, o.To+time.Duration(c.RateTo*ago*float64(time.Second)))
	if from < to { // they meet, but for what is lost in rounding
		c.Now.From, c.Now.To = from, to
	}
}

// Beside is the course as it is seen from another clock, which is ahead of ours by
// offset: what a store adds to its own time for a device.
func (c Course) Beside(offset time.Duration) Course {
	c.Now.From, c.Now.To = c.Now.From-offset, c.Now.To-offset
	return c
}

// Leaves returns between when and when the difference becomes more than limit,
// early or late. ok is false where the clock may as well run true, so that
// nothing can be said.
func (c Course) Leaves(limit time.Duration) (from, to time.Time, ok bool) {
	switch {
	case c.RateFrom > 0:
		return c.after(limit-c.Now.To, c.RateTo), c.after(limit-c.Now.From, c.RateFrom), true
	case c.RateTo < 0:
		return c.after(limit+c.Now.From, -c.RateFrom), c.after(limit+c.Now.To, -c.RateTo), true
	}
	return time.Time{}, time.Time{}, false
}

// after is when a difference has grown by so much. Beyond a century it is the
// end of the century: nobody keeps a phone so long.
func (c Course) after(grown time.Duration, rate float64) time.Time {
	seconds := min(max(grown.Seconds(), 0)/rate, 100*365*24*3600)
	return c.At.Add(time.Duration(seconds) * time.Second)
}

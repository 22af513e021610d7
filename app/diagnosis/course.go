package diagnosis

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/otp"
)

// tooWide is how many times the one bound of a rate may be the other before the
// rate is of no use to anybody.
const tooWide = 3

// farAway is from when on it makes no difference when codes begin to be refused.
const farAway = 10 * year

const (
	day   = 24 * time.Hour
	week  = 7 * day
	month = year / 12
	year  = 365 * day
)

// course is how a device's clock runs, by what is kept of it and by the diagnosis.
// Nothing is said where the clock may run true, or too little is known.
func course(d app.Diagnosis, own app.Suspect, at time.Time) app.Course {
	if own.Params.Kind != string(otp.TOTP) || !d.Sure || !d.Drift.Known ||
		(d.Verdict != app.CodeAccepted && d.Verdict != app.CodeDrift) {
		return app.Course{}
	}
	var seen []otp.Observation
	for _, o := range append(own.Seen[:len(own.Seen):len(own.Seen)], app.Observation{At: at, Drift: d.Drift}) {
		seen = otp.Keep(seen, otp.Observation{At: o.At, Drifted: otp.Drifted{From: o.From, To: o.To, Known: o.Known}})
	}
	run, through, ok := otp.Run(seen)
	slow, fast := math.Abs(run.RateFrom), math.Abs(run.RateTo)
	if !ok || run.RateFrom*run.RateTo <= 0 || max(slow, fast) > tooWide*min(slow, fast) {
		return app.Course{}
	}
	c := app.Course{Seen: len(through), Since: through[0].At, From: run.RateFrom, To: run.RateTo}
	c.Rate = rate(c)
	limit := time.Duration(own.Window) * own.Params.Period
	if d.Verdict == app.CodeDrift || limit == 0 {
		return c // they are refused already
	}
	from, to, ok := run.Beside(own.Offset).Leaves(limit)
	if !ok {
		return c
	}
	if from.Sub(at) > farAway {
		c.Forecast = "Its codes stay in the accepted window for more than ten years."
		return c
	}
	c.Leaves, c.Left = from, to
	c.Forecast = "Its codes leave the accepted window " + within(from.Sub(at), to.Sub(at)) + "."
	return c
}

// rate says how fast a clock runs off, and how sure that is: "Its clock loses about
// 4 seconds a week (−6.6 ppm; between −8.1 and −5.1), seen 5 times since May 3,
// 2026."
func rate(c app.Course) string {
	does, middle := "gains", (c.From+c.To)/2
	if middle < 0 {
		does = "loses"
	}
	span, unit := month, "a month"
	for _, u := range []struct {
		span time.Duration
		unit string
	}{{week, "a week"}, {day, "a day"}} {
		if math.Abs(middle)*u.span.Seconds() >= 2 {
			span, unit = u.span, u.unit
		}
	}
	seconds := max(1, int64(math.Round(math.Abs(middle)*span.Seconds())))
	times := "twice"
	if c.Seen > 2 {
		times = strconv.Itoa(c.Seen) + " times"
	}
	return fmt.Sprintf("Its clock %s about %s %s (%s ppm; between %s and %s), seen %s since %s.", does,
		plural(seconds, "second", "seconds"), unit, ppm(middle), ppm(c.From), ppm(c.To), times, c.Since.UTC().Format("Jan 2, 2006"))
}

// ppm is a rate in parts per million: "−6.6", "+12.0".
func ppm(rate float64) string {
	text := strconv.FormatFloat(math.Abs(rate)*1e6, 'f', 1, 64)
	if rate < 0 {
		return "−" + text
	}
	return "+" + text
}

// within says when something happens that happens between two times from now, as
// wide as that is: "in about five months", "in two to five months", "within three
// weeks".
func within(from, to time.Duration) string {
	unit, one, many := day, "day", "days"
	switch {
	case to >= 2*year:
		unit, one, many = year, "year", "years"
	case to >= 2*month:
		unit, one, many = month, "month", "months"
	case to >= 2*week:
		unit, one, many = week, "week", "weeks"
	}
	a := int64(math.Round(float64(from) / float64(unit)))
	b := max(1, int64(math.Round(float64(to)/float64(unit))))
	switch {
	case a == b:
		return "in about " + counted(b, one, many)
	case a == 0:
		return "within " + counted(b, one, many)
	}
	return "in " + number(a) + " to " + counted(b, one, many)
}

func counted(n int64, one, many string) string {
	if n == 1 {
		return number(n) + " " + one
	}
	return number(n) + " " + many
}

// number writes a small number as a word.
func number(n int64) string {
	words := []string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}
	if n >= 0 && n < int64(len(words)) {
		return words[n]
	}
	return app.Thousands(n)
}

// holds says for how long a resync of now keeps the codes in the window, where
// that is known: "two to five months". The offset that it keeps is right to half a
// period.
func holds(d app.Diagnosis, own app.Suspect) string {
	half := own.Params.Period / 2
	run := otp.Course{Now: otp.Drifted{From: -half, To: half, Known: true}, RateFrom: d.Course.From, RateTo: d.Course.To}
	from, to, ok := run.Leaves(time.Duration(own.Window) * own.Params.Period)
	if !ok || own.Window == 0 {
		return ""
	}
	if from.Sub(run.At) > farAway {
		return "for more than ten years"
	}
	return within(from.Sub(run.At), to.Sub(run.At))
}

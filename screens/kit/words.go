package kit

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// When is a time as people say it, in local time: "Today 09:41",
// "Yesterday 17:26", "Jun 5, 2026"; a zero time is "Never".
func When(t, now time.Time) string {
	if t.IsZero() {
		return "Never"
	}
	t, now = t.Local(), now.Local()
	switch days(t, now) {
	case 0:
		return "Today " + t.Format("15:04")
	case 1:
		return "Yesterday " + t.Format("15:04")
	}
	return Day(t)
}

// WhenUTC is When with UTC in brackets, for whatever concerns a code or a lock:
// "Today 09:41 (07:41 UTC)". An older time gets its clock time as well.
func WhenUTC(t, now time.Time) string {
	if t.IsZero() {
		return "Never"
	}
	words := When(t, now)
	if d := days(t.Local(), now.Local()); d != 0 && d != 1 {
		words += " " + t.Local().Format("15:04")
	}
	return words + " (" + t.UTC().Format("15:04") + " UTC)"
}

// Day is a day: "Jun 5, 2026".
func Day(t time.Time) string {
	if t.IsZero() {
		return "Not known"
	}
	return t.Local().Format("Jan 2, 2006")
}

// ClockTime is a clock time with seconds, local: "14:09:16".
func ClockTime(t time.Time) string { return t.Local().Format("15:04:05") }

// ClockUTC is the same in UTC: "12:09:16 UTC".
func ClockUTC(t time.Time) string { return t.UTC().Format("15:04:05") + " UTC" }

// days is how many midnights lie between two local times.
func days(t, now time.Time) int {
	a := time.Date(t.Year(), t.Month(), t.Day(), 12, 0, 0, 0, time.UTC)
	b := time.Date(now.Year(), now.Month(), now.Day(), 12, 0, 0, 0, time.UTC)
	return int(b.Sub(a).Hours() / 24)
}

// Count is a number with thousands commas: "12,480".
func Count(n int) string {
	digits := strconv.Itoa(n)
	start := 0
	if n < 0 {
		start = 1
	}
	for i := len(digits) - 3; i > start; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// CountOf is a count with its noun: "1 person", "12,480 people".
func CountOf(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Count(n) + " " + many
}

// Within is a time in the middle of a sentence: "today 09:41" for "Today 09:41".
// The name of a month keeps its capital.
func Within(when string) string {
	for _, word := range []string{"Today", "Yesterday", "Never"} {
		if strings.HasPrefix(when, word) {
			return strings.ToLower(word[:1]) + when[1:]
		}
	}
	return when
}

// Took is how long something took: "84 ms", "1.8 s", "2 min", "<1 ms".
func Took(d time.Duration) string {
	switch ms := d.Round(time.Millisecond); {
	case d > 0 && ms == 0:
		return "<1 ms"
	case ms < time.Second:
		return fmt.Sprintf("%d ms", ms.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return fmt.Sprintf("%d min", int(d.Round(time.Minute).Minutes()))
}

// Left is how long something still lasts, rounded up: "18 min", "40 s", "2 h".
func Left(d time.Duration) string {
	switch {
	case d <= 0:
		return "0 s"
	case d < time.Minute:
		return fmt.Sprintf("%d s", ceil(d, time.Second))
	case d <= 2*time.Hour:
		return fmt.Sprintf("%d min", ceil(d, time.Minute))
	case d <= 48*time.Hour:
		return fmt.Sprintf("%d h", ceil(d, time.Hour))
	}
	return fmt.Sprintf("%d days", ceil(d, 24*time.Hour))
}

func ceil(d, unit time.Duration) int { return int((d + unit - 1) / unit) }

// Ago is how long something is past: "just now", "3 minutes ago", "2 hours ago".
func Ago(t, now time.Time) string {
	d := now.Sub(t)
	switch {
	case t.IsZero():
		return "never"
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return CountOf(int(d/time.Minute), "minute", "minutes") + " ago"
	case d < 48*time.Hour:
		return CountOf(int(d/time.Hour), "hour", "hours") + " ago"
	}
	return CountOf(int(d/(24*time.Hour)), "day", "days") + " ago"
}

// Remain is a countdown: "1:52", "0:47".
func Remain(d time.Duration) string {
	seconds := max(ceil(d, time.Second), 0)
	return fmt.Sprintf("%d:%02d", seconds/60, seconds%60)
}

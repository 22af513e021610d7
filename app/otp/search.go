package otp

import (
	"math"
	"slices"
	"time"
)

// secondTries is how many steps the second of two readings may have once the
// first one's is known: the one that the clock says, and one to each side,
// because people read out a code late or early.
const secondTries = 3

// hit is a suspect that made the codes, with the hypothesis that says so.
type hit struct {
	finding Finding
	suspect int
	params  Params
	first   int64 // the step of the first reading
	step    int64 // of the last reading
	steps   int64
	drift   Drifted
}

// valuer is what a [Generator] is to a search. Tests put one before it that
// remembers.
type valuer interface{ Value(counter uint64) uint32 }

// generate is the valuer of a search.
func generate(secret []byte, a Algorithm) (valuer, error) { return NewGenerator(secret, a) }

// finder looks for codes among the values of suspects.
type finder struct {
	codes  []reading
	window int
	hits   []hit
	tries  map[Finding]int
}

// search tries every hypothesis on every suspect.
func search(
	codes []reading, suspects []Suspect, window int, values func([]byte, Algorithm) (valuer, error),
) ([]hit, map[Finding]int, error) {
	f := finder{codes: codes, window: window, tries: map[Finding]int{}}
	for i, s := range suspects {
		for _, p := range f.variants(s) {
			g, err := values(s.Secret, p.Algorithm)
			if err != nil {
				return nil, nil, err
			}
			if p.Kind == HOTP {
				f.counters(g, i, s, p)
			} else {
				f.times(g, i, s, p)
			}
		}
	}
	// Where two steps have the same code, the nearer one is believed.
	slices.SortStableFunc(f.hits, func(a, b hit) int { return int(abs(a.steps) - abs(b.steps)) })
	return f.hits, f.tries, nil
}

// distinct leaves out a second reading of the same code, which tells nothing new.
func distinct(codes []reading) []reading {
	return slices.CompactFunc(slices.Clone(codes), func(a, b reading) bool { return a.clean == b.clean })
}

// variants are the parameters with which a suspect's app may make its codes,
// its own first. Only the factor that the code was typed for is suspected of
// having been set up wrongly.
func (f *finder) variants(s Suspect) []Params {
	own := s.Params
	own.Digits = len(f.codes[0].clean) // other digits are cut from the same value
	all := []Params{own}
	if s.Relation != Own {
		if own.Digits != s.Params.Digits {
			return nil
		}
		return all
	}
	periods := []time.Duration{own.Period}
	if own.Kind == TOTP {
		periods = append(periods, 30*time.Second, 60*time.Second)
	}
	for _, a := range []Algorithm{own.Algorithm, SHA1, SHA256, SHA512} {
		for _, period := range periods {
			p := own
			p.Algorithm, p.Period = a, period
			if !slices.Contains(all, p) {
				all = append(all, p)
			}
		}
	}
	return all
}

// times looks through steps around the time of the first reading.
func (f *finder) times(g valuer, suspect int, s Suspect, p Params) {
	first := f.codes[0]
	now, reach := Step(first.At, p.Period), int64(f.window)
	exact := s.Relation == Own && p == s.Params
	if exact {
		reach = max(reach, int64(farDrift/p.Period))
	}
	for k := -reach; k <= reach; k++ {
		step := now + k
		finding := f.timed(s, p, step, k)
		f.tries[finding]++
		if step < 0 || Cut(g.Value(uint64(step)), p.Digits) != first.value {
			continue
		}
		f.follow(g, hit{finding: finding, suspect: suspect, params: p, step: step, steps: k})
	}
	if exact {
		f.typed(g, suspect, p, now)
	}
}

// timed is the hypothesis that a step belongs to.
func (f *finder) timed(s Suspect, p Params, step, k int64) Finding {
	switch s.Relation {
	case Earlier:
		return FoundEarlier
	case Sibling:
		return FoundSibling
	case Stranger:
		return FoundStranger
	case Own:
	}
	switch {
	case p.Algorithm != s.Params.Algorithm:
		return FoundAlgorithm
	case p.Period != s.Params.Period:
		return FoundPeriod
	case p.Digits != s.Params.Digits:
		return FoundDigits
	case abs(k) <= int64(f.window) && step > s.Last:
		return FoundAccepted
	case abs(k) <= int64(f.window):
		return FoundReplayed
	case abs(k) <= int64(nearDrift/p.Period):
		return FoundDrift
	case f.wholeHours(k, p.Period):
		return FoundZone
	}
	return FoundFarDrift
}

// wholeHours reports whether so many steps are a time zone, or a day: whole
// hours up to 14 (UTC+14 is the last zone), or 24, but for the window.
func (f *finder) wholeHours(k int64, period time.Duration) bool {
	off := time.Duration(abs(k)) * period
	hours := (off + 30*time.Minute) / time.Hour
	if hours < 1 || (hours > 14 && hours != 24) {
		return false
	}
	rest := off - hours*time.Hour
	return max(rest, -rest) <= time.Duration(f.window)*period
}

// typed looks for a code that is right but for two neighboring digits swapped,
// or one other digit.
func (f *finder) typed(g valuer, suspect int, p Params, now int64) {
	meant := slips(f.codes[0].clean)
	for k := -int64(f.window); k <= int64(f.window); k++ {
		f.tries[FoundTypo] += len(meant)
		step := now + k
		if step >= 0 && slices.Contains(meant, Cut(g.Value(uint64(step)), p.Digits)) {
			f.follow(g, hit{finding: FoundTypo, suspect: suspect, params: p, step: step, steps: k})
		}
	}
}

// slips are the values that a code may have been meant to be.
func slips(code string) []uint32 {
	seen := []string{code}
	add := func(b []byte) {
		if s := string(b); !slices.Contains(seen, s) {
			seen = append(seen, s)
		}
	}
	for i := range len(code) {
		if i > 0 {
			b := []byte(code)
			b[i-1], b[i] = b[i], b[i-1]
			add(b)
		}
		for digit := byte('0'); digit <= '9'; digit++ {
			b := []byte(code)
			b[i] = digit
			add(b)
		}
	}
	values := make([]uint32, 0, len(seen)-1)
	for _, s := range seen[1:] {
		n, _ := number(s, len(s))
		values = append(values, n)
	}
	return values
}

// counters looks through the counters of HOTP around the next one.
func (f *finder) counters(g valuer, suspect int, s Suspect, p Params) {
	next := max(s.Last, -1) + 1
	ahead := int64(lookAhead)
	if s.Relation != Own || p.Algorithm != s.Params.Algorithm {
		ahead = int64(f.window)
	}
	for counter := max(next-int64(f.window)-1, 0); counter <= next+ahead && counter < math.MaxInt64; counter++ {
		finding := f.counted(s, p, counter-next)
		f.tries[finding]++
		if Cut(g.Value(uint64(counter)), p.Digits) == f.codes[0].value {
			f.follow(g, hit{finding: finding, suspect: suspect, params: p, step: counter, steps: counter - next})
		}
	}
}

// counted is the hypothesis that a counter belongs to.
func (f *finder) counted(s Suspect, p Params, k int64) Finding {
	if s.Relation != Own || p.Algorithm != s.Params.Algorithm || p.Digits != s.Params.Digits {
		return f.timed(s, p, 0, 0)
	}
	switch {
	case k < 0:
		return FoundReplayed
	case k <= int64(f.window):
		return FoundAccepted
	}
	return FoundAhead
}

// follow keeps a hit of the first reading if the second one, where there is
// one, is by the same device a little later.
func (f *finder) follow(g valuer, h hit) {
	first := f.codes[0]
	h.first = h.step
	if h.params.Kind == TOTP {
		h.drift.Add(h.step, h.params.Period, first.At)
	}
	for _, c := range f.codes[1:] {
		if len(c.clean) != len(first.clean) {
			return
		}
		expected, before := h.step+2, h.step // HOTP: pressed once, twice or three times
		if h.params.Kind == TOTP {
			expected = before + Step(c.At, h.params.Period) - Step(first.At, h.params.Period)
		}
		found := false
		for _, step := range []int64{expected, expected + 1, expected - 1} {
			if step != before && step >= 0 && Cut(g.Value(uint64(step)), h.params.Digits) == c.value {
				h.steps, h.step, found = h.steps+step-before, step, true
				break
			}
		}
		if !found {
			return
		}
		if h.params.Kind == TOTP {
			h.drift.Add(h.step, h.params.Period, c.At)
			h.steps = h.step - Step(c.At, h.params.Period)
		}
	}
	f.hits = append(f.hits, h)
}

func abs(n int64) int64 { return max(n, -n) }

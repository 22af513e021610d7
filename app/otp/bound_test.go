//go:build full

package otp

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestWrongCodesAreRarelyExplained asks about a million codes that have nothing
// to do with anybody: a finding that is told as sure must be as rare as it says.
// Codes that no secret makes anywhere near are asked about in part only: there is
// nothing that they could be taken for.
func TestWrongCodesAreRarelyExplained(t *testing.T) {
	const codes, sample = 1_000_000, 500
	all, m := suspects(Default()), memo{}
	random := rand.New(rand.NewPCG(7, 0))
	ask := func(code string) Diagnosis {
		read, ok := clean([]Reading{{code, called}})
		require.True(t, ok)
		hits, tries, err := search(read, all, DefaultWindow, m.values)
		require.NoError(t, err)
		return judge(hits, tries, read, all)
	}
	ask("000000") // which makes all values that any code is compared with
	near := m.near()
	total, worst, sure := 0, 0.0, map[Finding]int{}
	for i := range codes {
		code := fmt.Sprintf("%06d", random.IntN(1_000_000))
		if !near[code] {
			if i%sample == 0 {
				require.Negative(t, ask(code).Suspect, code)
			}
			continue
		}
		if d := ask(code); d.Suspect >= 0 && d.Sure() {
			total++
			sure[d.Finding]++
			worst = max(worst, d.Chance)
		}
	}
	rate := float64(total) / codes
	t.Logf("%d of %d codes were explained by chance, which is %.6f; the largest stated chance was %.6f: %v", total, codes, rate, worst, sure)
	require.NotZero(t, total, "some are: the test looks at the right place")
	require.LessOrEqual(t, rate, worst*1.15, "at most as often as stated, but for the luck of a million draws")
	require.Less(t, rate, MostChance)
}

// near are all codes of six digits that the values make, and what people may
// mistype for one of them.
func (m memo) near() map[string]bool {
	codes := map[string]bool{}
	for _, r := range m {
		for _, block := range r.seen {
			for _, v := range block {
				if v == 0 {
					continue
				}
				codes[format(Cut(v-1, 6), 6)] = true
			}
		}
	}
	for _, k := range []time.Duration{-1, 0, 1} { // typing errors are looked for in the window alone
		code, err := CodeAt(annsSecret, Default(), called.Add(k*30*time.Second))
		if err != nil {
			panic(err)
		}
		for _, v := range slips(code) {
			codes[format(v, 6)] = true
		}
	}
	return codes
}

// TestClocksLieWhereTheySay simulates 10,000 devices whose clocks are off and run
// fast or slow, and asks each for a few codes over a month.
func TestClocksLieWhereTheySay(t *testing.T) {
	p := Default()
	random := rand.New(rand.NewPCG(11, 13))
	forecasts, near := 0, 0
	for range 10_000 {
		offset := time.Duration(random.Int64N(int64(20*time.Minute))) - 10*time.Minute
		ppm := random.Float64()*400 - 200
		at := func(ago time.Duration) time.Duration {
			return offset + time.Duration(float64(-ago)*ppm/1e6)
		}
		var seen []Observation
		for day := range 5 {
			ago := time.Duration(4-day) * 7 * 24 * time.Hour
			when := called.Add(-ago + time.Duration(random.Int64N(int64(time.Hour))))
			device := at(called.Sub(when))
			o := Observation{At: when}
			for _, later := range []time.Duration{0, p.Period} {
				o.Add(Step(when.Add(later+device), p.Period), p.Period, when.Add(later))
			}
			require.True(t, o.From <= device && device < o.To, "%v in %v", device, o.Drifted)
			require.LessOrEqual(t, o.To-o.From, p.Period)
			seen = append(seen, o)
		}
		c, ok := CourseOf(seen)
		require.True(t, ok)
		require.True(t, c.RateFrom <= ppm/1e6+1e-12 && ppm/1e6 <= c.RateTo+1e-12, "%v ppm in %v to %v", ppm, c.RateFrom*1e6, c.RateTo*1e6)
		limit := 15 * time.Minute
		from, to, ok := c.Leaves(limit)
		if !ok {
			continue
		}
		now := seen[4].At
		device := at(called.Sub(now))
		distance := limit - device
		if ppm < 0 {
			distance = limit + device
		}
		truth := distance.Seconds() / (max(ppm, -ppm) / 1e6)
		if truth > 50*365*24*3600 {
			continue // beyond what is said
		}
		require.True(t, from.Sub(now).Seconds() <= truth+2 && truth-2 <= to.Sub(now).Seconds(), "the truth lies in the forecast")
		if max(ppm, -ppm) >= 100 && truth > 7*24*3600 {
			forecasts++
			middle := (from.Sub(now).Seconds() + to.Sub(now).Seconds()) / 2
			if middle > truth*0.8 && middle < truth*1.2 {
				near++
			}
		}
	}
	require.Greater(t, forecasts, 3000)
	require.Equal(t, forecasts, near, "a clock that runs off by 100 ppm or more is forecast within 20 percent")
}

// memo remembers the values of a search, for tests that ask a million times.
type memo map[string]*remembered

func (m memo) values(secret []byte, a Algorithm) (valuer, error) {
	key := string(a) + string(secret)
	if m[key] == nil {
		g, err := NewGenerator(secret, a)
		if err != nil {
			return nil, err
		}
		m[key] = &remembered{g: g, seen: map[uint64]*[4096]uint32{}}
	}
	return m[key], nil
}

type remembered struct {
	g    *Generator
	seen map[uint64]*[4096]uint32 // by the counter's upper bits; a value and one more, 0: not yet
	last *[4096]uint32
	at   uint64
}

func (r *remembered) Value(counter uint64) uint32 {
	if block := counter >> 12; r.last == nil || r.at != block {
		if r.seen[block] == nil {
			r.seen[block] = &[4096]uint32{}
		}
		r.last, r.at = r.seen[block], block
	}
	slot := &r.last[counter&4095]
	if *slot == 0 {
		*slot = r.g.Value(counter) + 1
	}
	return *slot - 1
}

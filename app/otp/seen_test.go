package otp_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app/otp"
)

var firstSeen = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

// sighting is one of a clock, some hours after the first, between seconds.
func sighting(hours float64, from, to int) otp.Observation {
	return otp.Observation{
		At:      firstSeen.Add(time.Duration(hours * float64(time.Hour))),
		Drifted: otp.Drifted{From: time.Duration(from) * time.Second, To: time.Duration(to) * time.Second, Known: true},
	}
}

func TestKeep(t *testing.T) {
	first, day := sighting(0, -20, 10), sighting(24, -25, 5)
	for name, c := range map[string]struct {
		seen []otp.Observation
		o    otp.Observation
		want []otp.Observation
	}{
		"the first":             {nil, first, []otp.Observation{first}},
		"a day later":           {[]otp.Observation{first}, day, []otp.Observation{first, day}},
		"soon after, narrower":  {[]otp.Observation{first}, sighting(0.5, -5, 25), []otp.Observation{sighting(0, -5, 10)}},
		"soon after, elsewhere": {[]otp.Observation{first}, sighting(0.5, 100, 130), []otp.Observation{sighting(0, 100, 130)}},
		"by a clock behind":     {[]otp.Observation{first, day}, sighting(23.5, 0, 30), []otp.Observation{first, sighting(24, 0, 5)}},
		"of long before":        {[]otp.Observation{first, day}, sighting(3, 0, 30), []otp.Observation{first, day}},
		"that knows nothing":    {[]otp.Observation{first}, otp.Observation{At: day.At}, []otp.Observation{first}},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.want, otp.Keep(c.seen, c.o))
		})
	}
}

func TestKeepIsBounded(t *testing.T) {
	var seen []otp.Observation
	for day := range 400 {
		before := len(seen)
		seen = otp.Keep(seen, sighting(float64(24*day), -15, 15))
		require.Len(t, seen, min(before+1, otp.MostSeen))
		require.Equal(t, firstSeen, seen[0].At, "the oldest stays")
		require.Equal(t, sighting(float64(24*day), 0, 0).At, seen[len(seen)-1].At, "and the newest")
	}
	for i := 1; i < len(seen); i++ {
		require.Greater(t, seen[i].At, seen[i-1].At.Add(time.Hour))
		require.Less(t, seen[i].At.Sub(seen[i-1].At), 60*24*time.Hour, "they lie over the whole time")
	}
}

func TestSeen(t *testing.T) {
	at := time.Unix(3012, 0)
	o, ok := otp.Seen(97, otp.Default(), at)
	require.True(t, ok)
	require.Equal(t, otp.Observation{At: at, Drifted: otp.Drifted{From: -102 * time.Second, To: -72 * time.Second, Known: true}}, o)
	_, ok = otp.Seen(97, otp.Params{Kind: otp.HOTP, Algorithm: otp.SHA1, Digits: 6}, at)
	require.False(t, ok, "a counter is no clock")
}

func TestRunGoesBackToWhenTheClockWasSet(t *testing.T) {
	month := 24.0 * 30
	for name, c := range map[string]struct {
		seen []otp.Observation
		run  int
		ok   bool
	}{
		"nothing":                      {nil, 0, false},
		"one":                          {[]otp.Observation{sighting(0, -15, 15)}, 1, false},
		"two":                          {[]otp.Observation{sighting(0, -15, 15), sighting(month, -75, -45)}, 2, true},
		"one that was read late":       {[]otp.Observation{sighting(0, -15, 15), sighting(month, -75, -45), sighting(month*2-24, -400, -370), sighting(month*2, -130, -100)}, 3, true},
		"set in between":               {[]otp.Observation{sighting(0, 3600, 3630), sighting(24, 3600, 3630), sighting(48, -15, 15), sighting(month, -75, -45)}, 2, true},
		"set right in between":         {[]otp.Observation{sighting(0, -130, -100), sighting(month, -15, 15)}, 1, false},
		"just set":                     {[]otp.Observation{sighting(0, 0, 30), sighting(24, -1, 29), sighting(25, 7200, 7230)}, 1, false},
		"further than quartz runs off": {[]otp.Observation{sighting(0, -15, 15), sighting(24, 170, 200)}, 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			_, run, ok := otp.Run(c.seen)
			require.Equal(t, c.ok, ok)
			require.Len(t, run, c.run)
		})
	}
}

// TestRunHoldsTheTruth simulates devices whose codes are read out late by up to
// ReadLate: the rate and the difference lie in what is said.
func TestRunHoldsTheTruth(t *testing.T) {
	p := otp.Default()
	random := rand.New(rand.NewPCG(5, 7))
	for range 2000 {
		offset := time.Duration(random.Int64N(int64(2*time.Minute))) - time.Minute
		ppm := random.Float64()*400 - 200
		var seen []otp.Observation
		var device time.Duration
		for n := range 30 {
			at := firstSeen.Add(time.Duration(n)*73*time.Hour + time.Duration(random.Int64N(int64(time.Hour))))
			device = offset + time.Duration(at.Sub(firstSeen).Seconds()*ppm*1000)
			late := time.Duration(random.Int64N(int64(otp.ReadLate)))
			o, ok := otp.Seen(otp.Step(at.Add(device-late), p.Period), p, at)
			require.True(t, ok)
			seen = otp.Keep(seen, o)
		}
		c, run, ok := otp.Run(seen)
		require.True(t, ok)
		require.Len(t, run, otp.MostSeen)
		require.True(t, c.RateFrom <= ppm/1e6 && ppm/1e6 <= c.RateTo, "%v ppm in %v to %v", ppm, c.RateFrom*1e6, c.RateTo*1e6)
		require.True(t, c.Now.From-time.Millisecond <= device && device <= c.Now.To+time.Millisecond, "%v in %v", device, c.Now)
		require.Equal(t, c.Now.From-time.Minute, c.Beside(time.Minute).Now.From)
	}
}

package diagnosis_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/diagnosis"
	"github.com/factordesk/factordesk/app/otp"
)

// seenBefore is what was seen of a clock some days before now, from and to in
// seconds.
func seenBefore(days, from, to float64) app.Observation {
	seconds := func(n float64) time.Duration { return time.Duration(n * float64(time.Second)) }
	return app.Observation{At: now.Add(-seconds(days * 24 * 3600)), Drift: app.Drift{From: seconds(from), To: seconds(to), Known: true}}
}

// The figures are worked out by hand: the codes of now say where the clock is to 30
// s, a person reads up to 10 s late, and 1 s in 30 days is 0.386 ppm.
func TestTheCourseInWords(t *testing.T) {
	const unsaid = ""
	for name, c := range map[string]struct {
		off            time.Duration // of the clock now
		offset         time.Duration // that the store keeps
		seen           []app.Observation
		rate, forecast string
	}{
		"nothing was seen before": {0, 0, nil, unsaid, unsaid},
		"a slow one": {
			0, 0,
			[]app.Observation{seenBefore(180, 85, 100), seenBefore(90, 40, 50)},
			"Its clock loses about 3 seconds a week (−5.8 ppm; between −7.8 and −3.7), seen 3 times since Dec 11, 2025.",
			"Its codes leave the accepted window in one to six months.",
		},
		"a fast one": {
			20 * time.Second, 0,
			[]app.Observation{seenBefore(30, -130, -120)},
			"Its clock gains about 5 seconds a day (+61.0 ppm; between +49.4 and +72.5), seen twice since May 10, 2026.",
			"Its codes leave the accepted window within three days.",
		},
		"one that is followed": {
			-5 * time.Minute, -5 * time.Minute,
			[]app.Observation{seenBefore(720, -5, 5), seenBefore(360, -155, -145)},
			"Its clock loses about 3 seconds a week (−4.8 ppm; between −5.3 and −4.3), seen 3 times since Jun 19, 2024.",
			"Its codes leave the accepted window in one to five months.",
		},
		"one that is refused": {
			-2 * time.Minute, 0,
			[]app.Observation{seenBefore(30, -5, 5)},
			"Its clock loses about 4 seconds a day (−45.1 ppm; between −56.7 and −33.6), seen twice since May 10, 2026.", unsaid,
		},
		"one that may run true":    {0, 0, []app.Observation{seenBefore(30, -15, 15)}, unsaid, unsaid},
		"one that was set":         {0, 0, []app.Observation{seenBefore(31, 3600, 3630), seenBefore(30, 3600, 3630)}, unsaid, unsaid},
		"a rate that nobody needs": {10 * time.Second, 0, []app.Observation{seenBefore(30, -30, -20)}, unsaid, unsaid},
	} {
		t.Run(name, func(t *testing.T) {
			s := suspects()
			s[0].Seen, s[0].Offset = c.seen, c.offset
			d, err := diagnosis.Desk{}.Diagnose(made(t, own, c.off, standard, 1), s, patient())
			require.NoError(t, err)
			require.Equal(t, c.rate, d.Course.Rate)
			require.Equal(t, c.forecast, d.Course.Forecast)
			require.Equal(t, c.rate != "", d.Course.Known())
		})
	}
}

func TestACounterHasNoCourse(t *testing.T) {
	s := suspects()[:1]
	s[0].Params, s[0].Last, s[0].Seen = counted, 4, []app.Observation{seenBefore(30, -500, -480)}
	code, err := otp.Code(own, otp.Params{Kind: otp.HOTP, Algorithm: otp.SHA1, Digits: 6}, 5)
	require.NoError(t, err)
	d, err := diagnosis.Desk{}.Diagnose(typed(code), s, patient())
	require.NoError(t, err)
	require.Equal(t, app.CodeAccepted, d.Verdict)
	require.Zero(t, d.Course)
}

package otp

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// called is when a person reads a code out: in the middle of a step of 30 and
// of 60 seconds.
var called = time.Date(2026, 6, 9, 12, 8, 15, 0, time.UTC)

var (
	annsSecret  = []byte("12345678901234567890")
	olderSecret = []byte("an earlier one of her")
	duosSecret  = []byte("another entry of hers")
	bensSecret  = []byte("somebody else's secret")
)

// suspects are Ann's factor, an earlier secret of it, another factor of hers,
// and Ben's.
func suspects(p Params) []Suspect {
	return []Suspect{
		{Relation: Own, ID: "ann", Secret: annsSecret, Params: p, Last: NoStep},
		{Relation: Earlier, ID: "ann", Secret: olderSecret, Params: p, Last: NoStep},
		{Relation: Sibling, ID: "ann", Secret: duosSecret, Params: p, Last: NoStep},
		{Relation: Stranger, ID: "ben", Secret: bensSecret, Params: p, Last: NoStep},
	}
}

func everyParams() []Params {
	var all []Params
	for _, digits := range []int{6, 8} {
		for _, a := range []Algorithm{SHA1, SHA256, SHA512} {
			for _, period := range []time.Duration{30 * time.Second, 60 * time.Second} {
				all = append(all, Params{Kind: TOTP, Algorithm: a, Digits: digits, Period: period})
			}
		}
	}
	return all
}

func codeAt(t *testing.T, secret []byte, p Params, at time.Time) string {
	t.Helper()
	c, err := CodeAt(secret, p, at)
	require.NoError(t, err)
	return c
}

// twice are two codes of a device, one period apart.
func twice(t *testing.T, secret []byte, p Params, device time.Duration) []Reading {
	t.Helper()
	later := called.Add(p.Period)
	return []Reading{
		{codeAt(t, secret, p, called.Add(device)), called},
		{codeAt(t, secret, p, later.Add(device)), later},
	}
}

// other is another algorithm, period or number of digits.
func other(p Params) (algorithm, period, digits Params) {
	algorithm, period, digits = p, p, p
	algorithm.Algorithm = map[Algorithm]Algorithm{SHA1: SHA256, SHA256: SHA512, SHA512: SHA1}[p.Algorithm]
	period.Period = 90*time.Second - p.Period
	digits.Digits = 14 - p.Digits
	return algorithm, period, digits
}

func TestEveryVerdict(t *testing.T) {
	for _, p := range everyParams() {
		algorithm, period, digits := other(p)
		for _, c := range []struct {
			want    Finding
			secret  []byte
			params  Params
			device  time.Duration
			last    int64
			suspect int
		}{
			{want: FoundAccepted, secret: annsSecret, params: p},
			{want: FoundAccepted, secret: annsSecret, params: p, device: -p.Period},
			{want: FoundAccepted, secret: annsSecret, params: p, device: p.Period},
			{want: FoundReplayed, secret: annsSecret, params: p, last: Step(called, p.Period) + 1},
			{want: FoundDrift, secret: annsSecret, params: p, device: -2 * p.Period},
			{want: FoundDrift, secret: annsSecret, params: p, device: 4 * p.Period},
			{want: FoundDrift, secret: annsSecret, params: p, device: -10 * time.Minute},
			{want: FoundAlgorithm, secret: annsSecret, params: algorithm},
			{want: FoundPeriod, secret: annsSecret, params: period},
			{want: FoundDigits, secret: annsSecret, params: digits},
			{want: FoundEarlier, secret: olderSecret, params: p, suspect: 1},
			{want: FoundSibling, secret: duosSecret, params: p, suspect: 2},
			{want: FoundStranger, secret: bensSecret, params: p, suspect: 3},
			{want: FoundZone, secret: annsSecret, params: p, device: 2 * time.Hour},
			{want: FoundZone, secret: annsSecret, params: p, device: -11*time.Hour + 20*time.Second},
			{want: FoundZone, secret: annsSecret, params: p, device: 24 * time.Hour},
			{want: FoundFarDrift, secret: annsSecret, params: p, device: 95 * time.Minute},
		} {
			t.Run(fmt.Sprintf("%s %s %d %v %v", c.want, p.Algorithm, p.Digits, p.Period, c.device), func(t *testing.T) {
				all := suspects(p)
				all[0].Last = NoStep
				if c.last != 0 {
					all[0].Last = c.last
				}
				for _, readings := range [][]Reading{twice(t, c.secret, c.params, c.device)[:1], twice(t, c.secret, c.params, c.device)} {
					d, err := Diagnose(readings, all, DefaultWindow)
					require.NoError(t, err)
					require.Equal(t, c.want, d.Finding, "with %d codes", len(readings))
					require.Equal(t, c.suspect, d.Suspect)
					require.Equal(t, c.params, d.Params)
					require.Equal(t, d.Chance < MostChance, d.Sure())
					require.True(t, d.Drift.From <= c.device && c.device < d.Drift.To, "%v in %v", c.device, d.Drift)
					if len(readings) == 2 {
						require.True(t, d.Sure(), "two codes are never chance")
						require.False(t, d.Next)
					}
				}
			})
		}
	}
}

func TestAFarClockIsNotBelievedWithOneCode(t *testing.T) {
	p := Default()
	d, err := Diagnose(twice(t, annsSecret, p, 95*time.Minute)[:1], suspects(p)[:1], DefaultWindow)
	require.NoError(t, err)
	require.Equal(t, FoundFarDrift, d.Finding)
	require.False(t, d.Sure())
	require.True(t, d.Next, "the next code is asked for")
	require.InDelta(t, 0.006, d.Chance, 0.001, "5,761 steps of a million codes")

	same := twice(t, annsSecret, p, 95*time.Minute)[:1]
	d, err = Diagnose(append(same, Reading{same[0].Code, called.Add(3 * time.Second)}), suspects(p)[:1], DefaultWindow)
	require.NoError(t, err)
	require.False(t, d.Sure(), "the same code again tells nothing new")
	require.True(t, d.Next)

	d, err = Diagnose([]Reading{same[0], {codeAt(t, bensSecret, p, called), called.Add(p.Period)}}, suspects(p)[:1], DefaultWindow)
	require.NoError(t, err)
	require.Equal(t, FoundNothing, d.Finding, "codes that do not fit together explain nothing")
}

func TestSlips(t *testing.T) {
	p := Default()
	right := codeAt(t, annsSecret, p, called)
	swapped := []byte(right)
	i := 0
	for swapped[i] == swapped[i+1] {
		i++
	}
	swapped[i], swapped[i+1] = swapped[i+1], swapped[i]
	mistyped := []byte(right)
	mistyped[3] = '0' + (mistyped[3]-'0'+5)%10
	for _, code := range []string{string(swapped), string(mistyped)} {
		d, err := Diagnose([]Reading{{code[:3] + " " + code[3:], called}}, suspects(p), DefaultWindow)
		require.NoError(t, err)
		require.Equal(t, FoundTypo, d.Finding)
		require.True(t, d.Sure())
	}
}

func TestCodesOfAnotherKind(t *testing.T) {
	p := Default()
	for _, code := range []string{"", "12345", "R2D2C", "123456789", "12345a", "１２３４５６"} {
		d, err := Diagnose([]Reading{{code, called}}, suspects(p), DefaultWindow)
		require.NoError(t, err)
		require.Equal(t, FoundOtherKind, d.Finding, code)
		require.Equal(t, -1, d.Suspect)
	}
	d, err := Diagnose([]Reading{{"00000000", called}}, suspects(p), DefaultWindow)
	require.NoError(t, err)
	require.Equal(t, FoundOtherKind, d.Finding, "eight digits that are not this app's eight")
}

func TestCountersAhead(t *testing.T) {
	p := Params{Kind: HOTP, Algorithm: SHA1, Digits: 6}
	own := []Suspect{{Secret: annsSecret, Params: p, Last: 9}}
	for counter, want := range map[uint64]Finding{
		9: FoundReplayed, 10: FoundAccepted, 11: FoundAccepted, 12: FoundAhead, 110: FoundAhead, 111: FoundNothing,
	} {
		code, err := Code(annsSecret, p, counter)
		require.NoError(t, err)
		d, err := Diagnose([]Reading{{code, called}}, own, DefaultWindow)
		require.NoError(t, err)
		require.Equal(t, want, d.Finding, "counter %d", counter)
		if want == FoundAhead {
			require.Equal(t, int64(counter)-10, d.Steps)
			second, err := Code(annsSecret, p, counter+1)
			require.NoError(t, err)
			d, err = Diagnose([]Reading{{code, called}, {second, called}}, own, DefaultWindow)
			require.NoError(t, err)
			require.Equal(t, FoundAhead, d.Finding)
			require.Less(t, d.Chance, 1e-8)
		}
	}
}

func TestDiagnosisChangesNothingAndRefusesNonsense(t *testing.T) {
	p := Default()
	own := suspects(p)[:1]
	_, err := Diagnose([]Reading{{"123456", called}}, own, -1)
	require.ErrorIs(t, err, ErrWindow)
	_, err = Diagnose([]Reading{{"123456", called}}, []Suspect{{Secret: []byte("short"), Params: p}}, 1)
	require.ErrorIs(t, err, ErrShortSecret)
	_, err = Diagnose([]Reading{{"123456", called}}, []Suspect{{Secret: annsSecret}}, 1)
	require.ErrorIs(t, err, ErrKind)
	d, err := Diagnose(nil, own, 1)
	require.NoError(t, err)
	require.Equal(t, FoundNothing, d.Finding)
}

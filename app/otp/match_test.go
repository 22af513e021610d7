package otp_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/factordesk/factordesk/app/otp"
)

// code makes a code of stored parameters and fails the test otherwise.
func code(t require.TestingT, secret []byte, p otp.Params, step int64) string {
	text, err := otp.Code(secret, p, uint64(step))
	require.NoError(t, err)
	return text
}

func TestMatch(t *testing.T) {
	p, secret := otp.Default(), seed(20)
	const now = int64(56_666_666)
	at := time.Unix(now*30+12, 0)
	cases := []struct {
		name   string
		step   int64
		window int
		last   int64
		want   otp.Verdict
	}{
		{"present step", now, 1, otp.NoStep, otp.Accepted},
		{"step before", now - 1, 1, otp.NoStep, otp.Accepted},
		{"step after", now + 1, 1, otp.NoStep, otp.Accepted},
		{"two before", now - 2, 1, otp.NoStep, otp.Wrong},
		{"two after", now + 2, 1, otp.NoStep, otp.Wrong},
		{"window of none, before", now - 1, 0, otp.NoStep, otp.Wrong},
		{"window of none", now, 0, otp.NoStep, otp.Accepted},
		{"after an older one", now, 1, now - 1, otp.Accepted},
		{"same again", now, 1, now, otp.Replayed},
		{"older than the last", now - 1, 1, now, otp.Replayed},
		{"newer than the last", now + 1, 1, now, otp.Accepted},
		{"clock was set back", now, 1, now + 1000, otp.Replayed},
		{"last is -1", now, 1, -1, otp.Accepted},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			step, verdict, err := otp.Match(secret, p, code(t, secret, p, c.step), at, c.window, c.last)
			require.NoError(t, err)
			require.Equal(t, c.want.String(), verdict.String())
			if c.want == otp.Wrong {
				require.Equal(t, otp.NoStep, step)
			} else {
				require.Equal(t, c.step, step)
			}
		})
	}
}

// TestMatchBefore1970 keeps -1 apart from "none".
func TestMatchBefore1970(t *testing.T) {
	p, secret, at := otp.Default(), seed(20), time.Unix(-15, 0)
	step, verdict, err := otp.Match(secret, p, code(t, secret, p, -1), at, 1, otp.NoStep)
	require.NoError(t, err)
	require.Equal(t, otp.Accepted, verdict)
	require.Equal(t, int64(-1), step)
	_, verdict, err = otp.Match(secret, p, code(t, secret, p, -1), at, 1, -1)
	require.NoError(t, err)
	require.Equal(t, otp.Replayed, verdict)
}

func TestMatchMalformed(t *testing.T) {
	p, secret, at := otp.Default(), seed(20), epoch
	for _, typed := range []string{"", "75522", "7552240", "0755224", "75522a", "７５５２２４", "-755224"} {
		step, verdict, err := otp.Match(secret, p, typed, at, 1, otp.NoStep)
		require.NoError(t, err, typed)
		require.Equal(t, otp.Wrong, verdict, typed)
		require.Equal(t, otp.NoStep, step)
	}
	_, verdict, err := otp.Match(secret, p, " 755 224\n", at, 1, otp.NoStep)
	require.NoError(t, err)
	require.Equal(t, otp.Accepted, verdict)
}

func TestMatchWindow(t *testing.T) {
	for window, want := range map[int]error{-1: otp.ErrWindow, 101: otp.ErrWindow, 0: nil, otp.MaxWindow: nil} {
		for _, p := range []otp.Params{otp.Default(), {Kind: otp.HOTP, Algorithm: otp.SHA1, Digits: 6}} {
			_, _, err := otp.Match(seed(20), p, "755224", epoch, window, otp.NoStep)
			require.ErrorIs(t, err, want)
		}
	}
}

func TestMatchHOTP(t *testing.T) {
	p, secret := otp.Params{Kind: otp.HOTP, Algorithm: otp.SHA1, Digits: 6}, seed(20)
	cases := []struct {
		name          string
		counter, last int64
		window        int
		want          otp.Verdict
	}{
		{"first", 0, otp.NoStep, 3, otp.Accepted},
		{"first after -1", 0, -1, 3, otp.Accepted},
		{"ahead from none", 3, otp.NoStep, 3, otp.Accepted},
		{"too far ahead from none", 4, otp.NoStep, 3, otp.Wrong},
		{"next", 6, 5, 0, otp.Accepted},
		{"ahead", 9, 5, 3, otp.Accepted},
		{"too far ahead", 10, 5, 3, otp.Wrong},
		{"used", 5, 5, 3, otp.Replayed},
		{"used before", 3, 5, 3, otp.Replayed},
		{"long used", 2, 5, 3, otp.Wrong},
		{"used at the beginning", 0, 0, 3, otp.Replayed},
		{"the very last", math.MaxInt64, math.MaxInt64 - 1, 3, otp.Accepted},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			// The time means nothing; one that would make another step shows it.
			step, verdict, err := otp.Match(secret, p, code(t, secret, p, c.counter), time.Unix(1<<40, 0), c.window, c.last)
			require.NoError(t, err)
			require.Equal(t, c.want.String(), verdict.String())
			if c.want == otp.Wrong {
				require.Equal(t, otp.NoStep, step)
			} else {
				require.Equal(t, c.counter, step)
			}
		})
	}
	_, _, err := otp.Match(secret, p, "755224", epoch, 1, math.MaxInt64)
	require.ErrorIs(t, err, otp.ErrExhausted)
}

// twins finds two counters of distance d with the same six digits.
func twins(t *testing.T, secret []byte, d uint64) int64 {
	g, err := otp.NewGenerator(secret, otp.SHA1)
	require.NoError(t, err)
	for n := uint64(1); n < 20_000_000; n++ {
		if otp.Cut(g.Value(n), 6) == otp.Cut(g.Value(n+d), 6) {
			return int64(n)
		}
	}
	require.FailNow(t, "no two counters with the same code")
	return 0
}

// TestMatchTwins is about two candidates with the same code by chance.
func TestMatchTwins(t *testing.T) {
	secret, totp := seed(20), otp.Default()
	n := twins(t, secret, 1)
	typed, at := code(t, secret, totp, n), time.Unix(n*30, 0)
	step, verdict, err := otp.Match(secret, totp, typed, at, 1, otp.NoStep)
	require.NoError(t, err)
	require.Equal(t, otp.Accepted, verdict)
	require.Equal(t, n+1, step, "else the same code could be used twice")
	_, verdict, err = otp.Match(secret, totp, typed, at, 1, n)
	require.NoError(t, err)
	require.Equal(t, otp.Accepted, verdict, "one of the two is unused")
	_, verdict, err = otp.Match(secret, totp, typed, at, 1, n+1)
	require.NoError(t, err)
	require.Equal(t, otp.Replayed, verdict)

	hotp := otp.Params{Kind: otp.HOTP, Algorithm: otp.SHA1, Digits: 6}
	step, verdict, err = otp.Match(secret, hotp, typed, at, 1, n-1)
	require.NoError(t, err)
	require.Equal(t, otp.Accepted, verdict)
	require.Equal(t, n, step, "else the counter would overtake the device")
}

// TestMatchExactly is the rule itself: with any parameters, a code of step s is
// accepted if s is in the window and after the last one, and never otherwise,
// save for a chance twin, whose step must then fit.
func TestMatchExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := params(t, otp.TOTP)
		secret := rapid.SliceOfN(rapid.Byte(), otp.MinSecret, 64).Draw(t, "secret")
		at := time.Unix(rapid.Int64Range(-1<<33, 1<<36).Draw(t, "unix"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns"))
		window := rapid.IntRange(0, 4).Draw(t, "window")
		now := otp.Step(at, p.Period)
		s := now + rapid.Int64Range(-7, 7).Draw(t, "offset")
		last := rapid.OneOf(rapid.Just(otp.NoStep), rapid.Map(rapid.Int64Range(-7, 7), func(d int64) int64 { return now + d })).Draw(t, "last")

		typed := code(t, secret, p, s)
		step, verdict, err := otp.Match(secret, p, typed, at, window, last)
		require.NoError(t, err)

		inside := s >= now-int64(window) && s <= now+int64(window)
		switch {
		case inside && s > last:
			require.Equal(t, otp.Accepted, verdict)
		case inside:
			require.NotEqual(t, otp.Wrong, verdict)
		}
		if verdict == otp.Wrong {
			require.Equal(t, otp.NoStep, step)
			return
		}
		require.Equal(t, typed, code(t, secret, p, step))
		require.LessOrEqual(t, max(step-now, now-step), int64(window))
		require.Equal(t, verdict == otp.Accepted, step > last)
		if !inside || s <= last {
			// Only a twin may be accepted here.
			require.True(t, verdict == otp.Replayed || step != s)
		}
	})
}

// TestMatchOnce plays a sign-in after another with one stored last step: no
// step is ever accepted twice and last only grows; a code of TOTP is used up.
func TestMatchOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]otp.Kind{otp.TOTP, otp.HOTP}).Draw(t, "kind")
		p := params(t, kind)
		secret := rapid.SliceOfN(rapid.Byte(), otp.MinSecret, 64).Draw(t, "secret")
		last, unix := otp.NoStep, int64(1_700_000_000)
		for range rapid.IntRange(1, 30).Draw(t, "attempts") {
			unix += rapid.Int64Range(-20, 60).Draw(t, "passed")
			at := time.Unix(unix, 0)
			base := max(last, 0)
			if kind == otp.TOTP {
				base = otp.Step(at, p.Period)
			}
			typed := code(t, secret, p, max(base+rapid.Int64Range(-3, 3).Draw(t, "offset"), 0))
			step, verdict, err := otp.Match(secret, p, typed, at, 2, last)
			require.NoError(t, err)
			if verdict != otp.Accepted {
				continue
			}
			require.Greater(t, step, last)
			last = step
			next, again, err := otp.Match(secret, p, typed, at, 2, last)
			require.NoError(t, err)
			if again == otp.Accepted { // a later counter with the same code by chance
				require.Equal(t, otp.HOTP, kind)
				require.Greater(t, next, last)
				require.Equal(t, typed, code(t, secret, p, next))
				continue
			}
			require.Equal(t, otp.Replayed, again)
		}
	})
}

func TestVerdictZeroIsWrong(t *testing.T) {
	var v otp.Verdict
	require.Equal(t, otp.Wrong, v)
	require.Equal(t, "wrong", otp.Verdict(9).String())
}

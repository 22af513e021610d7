package otp_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app/otp"
)

func TestResyncFollowsAClock(t *testing.T) {
	secret := []byte("12345678901234567890")
	at := time.Date(2026, 6, 5, 9, 0, 10, 0, time.UTC)
	for _, p := range []otp.Params{
		otp.Default(),
		{Kind: otp.TOTP, Algorithm: otp.SHA256, Digits: 8, Period: time.Minute},
	} {
		for _, off := range []time.Duration{0, 10 * time.Second, -2 * time.Minute, 8 * time.Minute, 58 * time.Minute, -58 * time.Minute} {
			first, err := otp.CodeAt(secret, p, at.Add(off-p.Period))
			require.NoError(t, err)
			second, err := otp.CodeAt(secret, p, at.Add(off))
			require.NoError(t, err)
			r, err := otp.Resync(secret, p, first, second, at, otp.NoStep)
			require.NoError(t, err, "%v", off)
			require.Equal(t, otp.Step(at.Add(off), p.Period), r.Step)
			require.LessOrEqual(t, r.Drift.From, off)
			require.Greater(t, r.Drift.To, off)
			require.InDelta(t, off.Seconds(), r.Offset().Seconds(), p.Period.Seconds()/2+1)
			// From then on its codes are in the window.
			code, err := otp.CodeAt(secret, p, at.Add(off+p.Period))
			require.NoError(t, err)
			_, verdict, err := otp.Match(secret, p, code, at.Add(p.Period+r.Offset()), otp.DefaultWindow, r.Step)
			require.NoError(t, err)
			require.Equal(t, otp.Accepted, verdict)

			// Codes that were used, or are older than one that was, never resync.
			for _, last := range []int64{r.Step - 1, r.Step, r.Step + 5} {
				_, err = otp.Resync(secret, p, first, second, at, last)
				require.ErrorIs(t, err, otp.ErrResync)
			}
			_, err = otp.Resync(secret, p, second, first, at, otp.NoStep)
			require.ErrorIs(t, err, otp.ErrResync, "in the other order they are not in a row")
		}
		for _, off := range []time.Duration{2 * time.Hour, -2 * time.Hour} {
			first, _ := otp.CodeAt(secret, p, at.Add(off-p.Period))
			second, _ := otp.CodeAt(secret, p, at.Add(off))
			_, err := otp.Resync(secret, p, first, second, at, otp.NoStep)
			require.ErrorIs(t, err, otp.ErrResync, "a clock so far off was set wrong")
		}
	}
}

func TestResyncFollowsACounter(t *testing.T) {
	secret := []byte("12345678901234567890")
	p := otp.Params{Kind: otp.HOTP, Algorithm: otp.SHA1, Digits: 6}
	code := func(counter uint64) string {
		c, err := otp.Code(secret, p, counter)
		require.NoError(t, err)
		return c
	}
	for _, c := range []struct {
		last  int64
		first uint64
		found bool
	}{
		{-1, 0, true}, {otp.NoStep, 0, true}, {9, 10, true}, {9, 109, true}, {9, 110, false}, {9, 9, false}, {9, 3, false},
	} {
		r, err := otp.Resync(secret, p, code(c.first), code(c.first+1), time.Time{}, c.last)
		if !c.found {
			require.ErrorIs(t, err, otp.ErrResync, "%v", c)
			continue
		}
		require.NoError(t, err, "%v", c)
		require.EqualValues(t, c.first+1, r.Step)
		require.Zero(t, r.Offset())
	}
}

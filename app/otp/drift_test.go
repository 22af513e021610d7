package otp_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/factordesk/factordesk/app/otp"
)

func TestDrift(t *testing.T) {
	at := time.Unix(3012, 500_000_000) // 12.5 s into step 100
	from, to := otp.Drift(100, 30*time.Second, at)
	require.Equal(t, -12500*time.Millisecond, from)
	require.Equal(t, 17500*time.Millisecond, to)
	from, to = otp.Drift(97, 30*time.Second, at)
	require.Equal(t, -102500*time.Millisecond, from)
	require.Equal(t, -72500*time.Millisecond, to)
}

// TestDriftHolds reads a code from a device whose clock is wrong by a known
// amount: the interval always holds that amount and is one period wide.
func TestDriftHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		period := time.Duration(rapid.IntRange(15, 120).Draw(t, "period")) * time.Second
		at := time.Unix(rapid.Int64Range(-1<<33, 1<<36).Draw(t, "unix"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns"))
		drift := time.Duration(rapid.Int64Range(int64(-200*time.Hour), int64(200*time.Hour)).Draw(t, "drift"))
		from, to := otp.Drift(otp.Step(at.Add(drift), period), period, at)
		require.LessOrEqual(t, from, drift)
		require.Greater(t, to, drift)
		require.Equal(t, period, to-from)
	})
}

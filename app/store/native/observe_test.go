package native

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/otp"
)

func TestSeenIsWrittenNeverNarrower(t *testing.T) {
	at := time.Date(2026, 6, 9, 12, 8, 10, 987, time.UTC)
	text := writeSeen([]otp.Observation{
		{At: at, Drifted: otp.Drifted{From: -1500*time.Millisecond - 1, To: 28500*time.Millisecond + 1, Known: true}},
		{At: at.Add(24 * time.Hour), Drifted: otp.Drifted{From: time.Second, To: 31 * time.Second, Known: true}},
	})
	require.Equal(t, "1781006890 -1501 28501 1781093290 1000 31000", text)
	require.Equal(t, text, writeSeen(readSeen(text)))
	require.Empty(t, writeSeen(nil))
}

// What was changed from outside keeps nobody from signing in.
func TestSeenFromOutsideIsNothing(t *testing.T) {
	for _, text := range []string{"", "1", "1 2", "a b c", "1 2 99999999999999999999", "1 2 3 4"} {
		require.Empty(t, readSeen(text), text)
	}
	s := newTestStore(t)
	u := enrolled(t, s, "ann")[0]
	outside(t, s, "UPDATE factors SET clock_seen = 'nonsense'")
	lent, err := s.Lend(context.Background(), u.ID, app.Google)
	require.NoError(t, err)
	require.Empty(t, lent[0].Seen)
}

package seal_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app/seal"
)

// The time of a check must not tell whether there is such an operator, and the
// empty password is the one that could be answered without hashing.
func TestTheEmptyPasswordTakesAsLongAsAWrongOne(t *testing.T) {
	ctx, cost := context.Background(), seal.Cost{Memory: 32 * 1024, Time: 1, Threads: 1}
	record, _, err := seal.NewPassword(ctx, "correct horse battery", cost)
	require.NoError(t, err)
	quickest := func(password string) time.Duration {
		best := time.Hour
		for range 5 {
			begun := time.Now()
			_, ok, err := seal.CheckPassword(ctx, record, password)
			require.NoError(t, err)
			require.False(t, ok)
			best = min(best, time.Since(begun))
		}
		return best
	}
	require.Greater(t, quickest(""), quickest("wrong")/4)
}

func TestTheEmptyPasswordNeverMatches(t *testing.T) {
	ctx, cost := context.Background(), seal.Cost{Memory: 64, Time: 1, Threads: 1}
	record, _, err := seal.NewPassword(ctx, "", cost)
	require.NoError(t, err)
	_, ok, err := seal.CheckPassword(ctx, record, "")
	require.NoError(t, err)
	require.False(t, ok, "not even a record that was made of it")
	_, ok, err = seal.CheckPassword(ctx, "", "")
	require.NoError(t, err)
	require.False(t, ok)
}

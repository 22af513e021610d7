package native

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/diagnosis"
)

// Whose code it is among many users is answered with a progress, and can be
// stopped in between. How quick it is, a benchmark says.
func TestWhoseCodeAmongManyTellsAndStops(t *testing.T) {
	s := newTestStore(t)
	populate(t, s, 5_000)
	code := app.CodeReading{Code: app.NewSecret("123456"), At: time.Unix(1_780_000_000, 0)}
	told := 0
	o, err := diagnosis.Desk{}.Owners(context.Background(), []app.CodeReading{code}, s.LendAll(context.Background()), func(int) { told++ })
	require.NoError(t, err)
	require.Greater(t, o.Tried, 4_500)
	require.Greater(t, told, 3)
	require.False(t, o.Sure, "one code among so many is no proof")
	require.True(t, o.Next)

	ctx, stop := context.WithCancel(context.Background())
	_, err = diagnosis.Desk{}.Owners(ctx, []app.CodeReading{code}, s.LendAll(ctx), func(tried int) {
		if tried > 1000 {
			stop()
		}
	})
	require.True(t, app.KindOf(err) == app.Canceled || errors.Is(err, context.Canceled), "%v", err)
}

//go:build bench

package native

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/diagnosis"
)

// BenchmarkWhoseCode asks whose code it is among the factors of 20,000 users, and
// compares with reading and opening them.
func BenchmarkWhoseCode(b *testing.B) {
	s := newTestStore(b)
	populate(b, s, 20_000)
	ctx := context.Background()
	code := app.CodeReading{Code: app.NewSecret("123456"), At: time.Unix(1_780_000_000, 0)}
	pair(b, "20000", 2, func(b *testing.B) {
		for b.Loop() {
			for _, err := range s.LendAll(ctx) {
				require.NoError(b, err)
			}
		}
	}, func(b *testing.B) {
		for b.Loop() {
			o, err := diagnosis.Desk{}.Owners(ctx, []app.CodeReading{code}, s.LendAll(ctx), nil)
			require.NoError(b, err)
			require.Greater(b, o.Tried, 18_000)
		}
	})
}

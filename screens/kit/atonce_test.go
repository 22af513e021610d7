package kit_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/screens/kit"
)

// Each of two works waits for the other to have begun, so one after the other
// would never end; the first error counts, whichever came first.
func TestAtOnce(t *testing.T) {
	first, second := errors.New("first"), errors.New("second")
	begun := [2]chan struct{}{make(chan struct{}), make(chan struct{})}
	meet := func(me int, err error) func(context.Context) error {
		return func(context.Context) error {
			close(begun[me])
			<-begun[1-me]
			return err
		}
	}
	require.Equal(t, first, kit.AtOnce(t.Context(), meet(0, first), meet(1, second)))
	require.NoError(t, kit.AtOnce(t.Context()))
	require.NoError(t, kit.AtOnce(t.Context(), func(context.Context) error { return nil }))
}

package memory_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/provider"
	"github.com/factordesk/factordesk/app/store/memory"
)

func TestSample(t *testing.T) {
	ctx := context.Background()
	now := time.Date(2026, 6, 9, 12, 8, 0, 0, time.UTC)
	s := memory.Sample(func() time.Time { return now })
	c := app.NewConsole(app.Options{Store: s, Providers: provider.All(), Now: func() time.Time { return now }})
	w, err := c.SignIn(ctx, app.Credentials{
		Username: memory.SampleOperator, Password: app.NewSecret(memory.SamplePassword),
	})
	require.NoError(t, err)
	require.Equal(t, memory.SampleOperatorName, w.Operator.User.Name())
	require.False(t, w.Operator.MustEnroll)

	counts, err := c.Counts(ctx)
	require.NoError(t, err)
	require.Equal(t, app.Counts{All: 25, NoTwoFactor: 6, Pending: 2, Active: 16, Locked: 1, Inactive: 2, Unreadable: 3}, counts)

	page, err := c.Users(ctx, app.Query{})
	require.NoError(t, err)
	require.Len(t, page.Users, 25)
	require.Equal(t, "Abel Thistle", page.Users[0].Name())

	r, err := c.VerifyAudit(ctx, nil)
	require.NoError(t, err)
	require.True(t, r.Whole, r.Problem)
	events, err := c.Events(ctx, app.EventQuery{Limit: 1000})
	require.NoError(t, err)
	for i, e := range events.Events {
		require.False(t, e.At.After(now))
		if i > 0 {
			require.False(t, e.At.After(events.Events[i-1].At), "event %d is out of time", e.Seq)
		}
		require.NotEmpty(t, e.Operator)
	}
}

func TestTamperIsNamed(t *testing.T) {
	s := memory.Sample(time.Now)
	require.True(t, s.Tamper(7, "nothing happened"))
	require.False(t, s.Tamper(7000, ""))
	r, err := s.VerifyChain(context.Background(), nil)
	require.NoError(t, err)
	require.False(t, r.Whole)
	require.EqualValues(t, 7, r.BrokenAt)
}

func TestFaults(t *testing.T) {
	ctx := context.Background()
	s := memory.Sample(time.Now)
	s.FailNext(memory.Unreachable())
	_, err := s.Counts(ctx)
	require.Equal(t, app.Unreachable, app.KindOf(err))
	_, err = s.Counts(ctx)
	require.NoError(t, err)

	s.Fail(memory.Unreachable())
	for range 3 {
		_, err = s.Users(ctx, app.Query{})
		require.Equal(t, app.Unreachable, app.KindOf(err))
	}
	s.Fail(nil)
	_, err = s.Users(ctx, app.Query{})
	require.NoError(t, err)

	s.Delay(time.Hour)
	short, cancel := context.WithTimeout(ctx, time.Millisecond)
	defer cancel()
	_, err = s.Users(short, app.Query{})
	require.Equal(t, app.Unreachable, app.KindOf(err))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	s.Delay(0)

	s.Disable(app.AbleChange, app.Errorf(app.Denied, "This store is read-only."))
	require.EqualError(t, s.Able(app.AbleChange), "This store is read-only.")
	require.EqualError(t, s.Unlock(ctx, "1", 1, app.Event{}), "This store is read-only.")
	s.Disable(app.AbleChange, nil)
	require.NoError(t, s.Able(app.AbleChange))
}

package app_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/memory"
)

// server is a store whose server has a clock of its own, and a way there.
type server struct {
	app.Store
	now   func() time.Time // the workstation's
	ahead time.Duration
	ways  []time.Duration // there and back, one for each question
	wait  func(time.Duration)
	err   error
}

func (s *server) ServerTime(context.Context) (time.Time, error) {
	way := s.ways[0]
	s.ways = s.ways[1:]
	s.wait(way / 4) // the way there is shorter than the way back
	at := s.now().Add(s.ahead)
	s.wait(way - way/4)
	return at, s.err
}

func TestServerClock(t *testing.T) {
	now := time.Date(2026, 6, 5, 9, 0, 10, 0, time.UTC)
	store := memory.New(memory.Options{Now: func() time.Time { return now }})
	s := &server{
		Store: store, now: func() time.Time { return now }, wait: func(d time.Duration) { now = now.Add(d) },
		ahead: 8 * time.Second, ways: []time.Duration{time.Second, 40 * time.Millisecond, 4 * time.Second},
	}
	c := app.NewConsole(app.Options{Store: s, Now: s.now})
	r, ok, err := c.ServerClock(t.Context())
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, 20*time.Millisecond, r.Within, "of the quickest answer")
	require.InDelta(t, s.ahead.Seconds(), r.Ahead.Seconds(), r.Within.Seconds(), "the truth is as near as is said")
	require.True(t, r.Off())

	s.ways, s.err = []time.Duration{0}, app.Errorf(app.Unreachable, "Away.")
	_, ok, err = c.ServerClock(t.Context())
	require.True(t, ok)
	require.Equal(t, app.Unreachable, app.KindOf(err))

	_, ok, err = app.NewConsole(app.Options{Store: store}).ServerClock(t.Context())
	require.NoError(t, err)
	require.False(t, ok, "a store in memory has no server")
}

func TestOffIsCertain(t *testing.T) {
	for _, c := range []struct {
		ahead, within time.Duration
		off           bool
	}{
		{5 * time.Second, 0, false},
		{5*time.Second + 1, 0, true},
		{-6 * time.Second, 0, true},
		{-6 * time.Second, time.Second, false}, // it may be 5 s
		{time.Hour, time.Minute, true},
	} {
		require.Equal(t, c.off, app.ClockReading{Ahead: c.ahead, Within: c.within}.Off(), "%v", c)
	}
}

// network has the clocks of servers by name, and how far each is ahead; one that
// it does not have fails.
type network map[string]time.Duration

func (n network) Ask(_ context.Context, name string) (ahead, within time.Duration, err error) {
	ahead, ok := n[name]
	if !ok {
		return 0, 0, errors.New("no answer")
	}
	return -ahead, time.Millisecond, nil
}

func TestNetworkTimeIsTheMedian(t *testing.T) {
	n := network{"a": time.Second, "b": 2 * time.Second, "liar": 9 * time.Hour}
	c := app.NewConsole(app.Options{Network: n})
	r, answers, err := c.NetworkTime(t.Context(), []string{"liar", "a", "silent", "b"})
	require.NoError(t, err)
	require.Equal(t, 2*time.Second, r.Ahead, "one server that lies is outvoted")
	require.Len(t, answers, 4)
	require.Error(t, answers[2].Err)

	_, _, err = c.NetworkTime(t.Context(), []string{"a", "x", "y"})
	require.Equal(t, app.Unreachable, app.KindOf(err), "one of three is no majority")

	_, _, err = app.NewConsole(app.Options{}).NetworkTime(t.Context(), []string{"a"})
	require.Equal(t, app.Denied, app.KindOf(err))
}

package native

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// write writes some events, the last two of them without a key: the seal is at
// event 11, the end of the chain at 13.
func write(t *testing.T, s *Store) {
	t.Helper()
	ctx := context.Background()
	e := app.Event{At: time.Now(), Console: "test", Action: app.DoSignOut, Outcome: app.Done}
	for range 10 {
		require.NoError(t, s.Append(ctx, e))
	}
	s.Forget()
	for range 2 {
		require.NoError(t, s.Append(ctx, e))
	}
}

// goOn signs in, as whoever wants to look at the activity must, and goes on
// working for a while.
func goOn(t *testing.T, s *Store) app.AuditReport {
	t.Helper()
	ctx, at := context.Background(), time.Now()
	a, err := s.CheckPassword(ctx, app.PasswordCheck{Username: "olive", Password: testPassword, At: at, Complete: true})
	require.NoError(t, err)
	require.True(t, a.Accepted())
	for range 20 {
		_, err = s.SignedIn(ctx, app.SignIn{ID: a.User.ID, At: at}, app.Event{At: at, Action: app.DoSignIn})
		require.NoError(t, err)
	}
	r, err := s.VerifyChain(ctx, nil)
	require.NoError(t, err)
	require.True(t, r.HeadChecked)
	return r
}

// Who looks at the activity must sign in, and that seals the end of the chain.
// It must not seal over what was done to the file before.
func TestASignInDoesNotSealOverATamperedEnd(t *testing.T) {
	for name, text := range map[string]string{
		"the newest events are cut off":        "DELETE FROM events WHERE seq > 5",
		"and the seal is set back":             "DELETE FROM events WHERE seq > 5; UPDATE store SET head_seq = 5, head_hash = (SELECT hash FROM events WHERE seq = 5)",
		"all events are gone":                  "DELETE FROM events; UPDATE store SET head_seq = 0, head_hash = x'', head_mac = x''",
		"the seal is gone":                     "UPDATE store SET head_seq = 0, head_hash = x'', head_mac = x''",
		"the sealed event is another":          "UPDATE events SET hash = randomblob(32) WHERE seq = 11",
		"the sealed event has become a number": "UPDATE events SET seq = 99 WHERE seq = 11",
	} {
		t.Run(name, func(t *testing.T) {
			s := newTestStore(t)
			write(t, s)
			outside(t, s, text)
			r := goOn(t, s)
			require.False(t, r.Whole)
			require.NotEmpty(t, r.Problem)
		})
	}
}

func TestASignInSealsWhatFits(t *testing.T) {
	s := newTestStore(t)
	write(t, s)
	r := goOn(t, s)
	require.True(t, r.Whole, r.Problem)
	require.EqualValues(t, 33, r.Events)
	require.Zero(t, r.Unsealed)
}

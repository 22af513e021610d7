package native

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// A typing error costs nothing, and tells everybody the same: neither who
// exists nor whether the password beside it is right.
func TestAMistypedRecoveryKeyIsNoAttempt(t *testing.T) {
	ctx, s := context.Background(), newTestStore(t)
	secret := app.NewSecret("the password of ann")
	u := add(t, s, "ann", app.HelpDesk, secret)
	add(t, s, "none", app.HelpDesk, app.Secret{})
	locked := add(t, s, "lou", app.HelpDesk, secret)
	e := app.Event{Console: "test", Action: app.DoBreakGlass}
	for range app.MaxFailures {
		_, err := s.CheckPassword(ctx, app.PasswordCheck{Username: "lou", Password: app.NewSecret("wrong"), At: s.now(), Event: e})
		require.NoError(t, err)
	}
	s.Forget()
	before, err := s.Head(ctx)
	require.NoError(t, err)
	for _, typed := range []string{"AAAA-AAAA", "x", " ", "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA-AAAA-AAAA-AAAA"} {
		for _, c := range []app.PasswordCheck{
			{Username: "ann", Password: secret},
			{Username: "ann", Password: app.NewSecret("wrong")},
			{Username: "ann"},
			{Username: "none", Password: secret},
			{Username: "lou", Password: secret},
			{Username: "nobody", Password: secret},
		} {
			c.Recovery, c.At, c.Event = app.NewSecret(typed), s.now(), e
			a, err := s.CheckPassword(ctx, c)
			require.Equal(t, app.Invalid, app.KindOf(err), c.Username)
			message, hint := app.Explain(err)
			require.Equal(t, "The recovery key is mistyped.", message)
			require.Equal(t, "Look at each group of the printed key. This was not counted as an attempt.", hint)
			require.Equal(t, app.Attempt{}, a)
			require.NotContains(t, message+hint+err.Error(), "AAAA")
		}
	}
	after, err := s.Head(ctx)
	require.NoError(t, err)
	require.Equal(t, before, after)
	require.Error(t, s.Able(app.AbleOpenSecrets))
	for id, failures := range map[app.UserID]int{u.ID: 0, locked.ID: app.MaxFailures} {
		u, err := s.User(ctx, id)
		require.NoError(t, err)
		require.Equal(t, failures, u.Failures)
	}
}

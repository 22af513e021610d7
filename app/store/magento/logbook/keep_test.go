package logbook

import (
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// keep makes a session.
func keep(t *testing.T, b *Book, operator app.UserID, mark string) app.Secret {
	t.Helper()
	var token app.Secret
	require.NoError(t, b.Write(ctx, func(tx *Tx) (err error) {
		token, err = tx.KeepSession(operator, operator == "glass", []byte(mark), start)
		return err
	}))
	return token
}

// over requires that a token opens no session.
func over(t *testing.T, b *Book, token app.Secret, at time.Time) {
	t.Helper()
	_, _, err := b.Resume(ctx, token, at)
	isError(t, app.Denied, err)
}

func TestSessions(t *testing.T) {
	path := place(t)
	b := open(t, path)
	token := keep(t, b, "1", "mark")
	require.GreaterOrEqual(t, len(token.Reveal()), 43, "256 bits")
	s, mark, err := b.Resume(ctx, token, start.Add(30*time.Second))
	require.NoError(t, err)
	require.Equal(t, app.Session{Operator: "1", Started: start, Ends: start.Add(app.SessionIdle)}, s, "a moment later nothing is written")
	require.Equal(t, "mark", string(mark))

	at := start
	for range 3 { // each use gives ten minutes more
		at = at.Add(app.SessionIdle - time.Microsecond)
		s, _, err = open(t, path).Resume(ctx, token, at)
		require.NoError(t, err)
		require.Equal(t, app.Session{Operator: "1", Started: start, Ends: at.Add(app.SessionIdle)}, s)
	}
	over(t, b, token, at.Add(app.SessionIdle))

	glass := keep(t, b, "glass", "")
	s, mark, err = b.Resume(ctx, glass, start)
	require.NoError(t, err)
	require.True(t, s.BreakGlass)
	require.Empty(t, mark)
	for _, guess := range []string{"", "x", glass.Reveal() + "x", glass.Reveal()[1:], "' OR 1=1 --"} {
		over(t, b, app.NewSecret(guess), start)
	}
}

func TestSessionsEnd(t *testing.T) {
	path := place(t)
	b := open(t, path)
	first, second, other := keep(t, b, "1", ""), keep(t, b, "1", ""), keep(t, b, "2", "")
	require.NoError(t, b.Write(ctx, func(tx *Tx) error { return tx.EndSession(first) }))
	over(t, b, first, start)
	require.NoError(t, b.Write(ctx, func(tx *Tx) error { return tx.EndSession(app.Secret{}) }))
	_, _, err := b.Resume(ctx, second, start)
	require.NoError(t, err, "no token ends no session")
	require.NoError(t, b.EndSessions(ctx, "1"))
	over(t, b, second, start)
	_, _, err = b.Resume(ctx, other, start)
	require.NoError(t, err, "those of nobody else")

	text, err := os.ReadFile(path + "-wal")
	require.NoError(t, err)
	for _, token := range []app.Secret{first, second, other} {
		require.NotContains(t, string(text), token.Reveal(), "the token is not in the file")
	}
	var n int
	require.NoError(t, b.Write(ctx, func(tx *Tx) error {
		if _, err := tx.KeepSession("2", false, nil, start.Add(app.SessionIdle)); err != nil {
			return err
		}
		return tx.row("SELECT count(*) FROM sessions", nil, &n)
	}))
	require.Equal(t, 1, n, "what is over is swept")
}

func TestStepsAreUsedOnce(t *testing.T) {
	path := place(t)
	b, other := open(t, path), open(t, path)
	use := func(user app.UserID, secret string, step int64, want bool) {
		t.Helper()
		got, err := b.UseStep(ctx, user, []byte(secret), step)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	_, ok, err := b.LastStep(ctx, "1", []byte("a"))
	require.NoError(t, err)
	require.False(t, ok)
	use("1", "a", 100, true)
	use("1", "a", 100, false)
	use("1", "a", 99, false)
	use("1", "a", 101, true)
	use("2", "a", 100, true)
	use("1", "b", 50, true)
	use("1", "a", 100, false) // an older secret that is put back is still used
	use("1", "", 1, true)
	last, ok, err := other.LastStep(ctx, "1", []byte("a"))
	require.NoError(t, err)
	require.True(t, ok)
	require.EqualValues(t, 101, last)

	var won atomic.Int32
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			accepted, err := []*Book{b, other}[i%2].UseStep(ctx, "1", []byte("a"), 102)
			if err != nil {
				t.Error(err)
			}
			if accepted {
				won.Add(1)
			}
		})
	}
	all.Wait()
	require.EqualValues(t, 1, won.Load())
}

func TestFacts(t *testing.T) {
	b := open(t, place(t))
	note := func(f Fact) {
		t.Helper()
		require.NoError(t, b.Note(ctx, "1", app.Google, f))
	}
	fact := func() Fact {
		t.Helper()
		all, err := b.Facts(ctx, "1", "2", "'")
		require.NoError(t, err)
		require.Len(t, all, 1)
		return all["1"][app.Google]
	}
	a, later := []byte("a"), start.Add(time.Hour)
	note(Fact{Mark: a, Since: start, EnrolledBy: "olive"})
	require.Equal(t, Fact{Mark: a, Since: start, EnrolledBy: "olive"}, fact())
	note(Fact{Mark: a, LastUsed: later})
	require.Equal(t, Fact{Mark: a, Since: start, LastUsed: later, EnrolledBy: "olive"}, fact(), "the rest stays")
	note(Fact{Mark: a, Since: later})
	require.Equal(t, Fact{Mark: a, Since: later, LastUsed: later, EnrolledBy: "olive"}, fact())
	note(Fact{Mark: []byte("b"), LastUsed: start})
	require.Equal(t, Fact{Mark: []byte("b"), LastUsed: start}, fact(), "of another factor nothing stays")
	require.NoError(t, b.Note(ctx, "2", app.Duo, Fact{}))
	all, err := b.Facts(ctx, "2")
	require.NoError(t, err)
	require.Equal(t, map[app.UserID]map[app.ProviderCode]Fact{"2": {app.Duo: {}}}, all)
	all, err = b.Facts(ctx)
	require.NoError(t, err)
	require.Empty(t, all)
}

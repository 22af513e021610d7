package native

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// another opens the file of a store as a second console does.
func another(t *testing.T, s *Store) *Store {
	t.Helper()
	o, err := Open(context.Background(), s.info.Location, Options{Cost: cheapCost})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, o.Close()) })
	signIn(t, o, "olive", testPassword)
	return o
}

// together runs f n times at once on each of the stores, and returns how often
// each answer came.
func together(stores []*Store, n int, f func(s *Store, i int) string) map[string]int {
	var all sync.WaitGroup
	var mu sync.Mutex
	answers := map[string]int{}
	start := make(chan struct{})
	for k, s := range stores {
		for i := range n {
			all.Add(1)
			go func() {
				defer all.Done()
				<-start
				a := f(s, k*n+i)
				mu.Lock()
				answers[a]++
				mu.Unlock()
			}()
		}
	}
	close(start)
	all.Wait()
	return answers
}

func kindOf(err error) string {
	if err == nil {
		return "done"
	}
	return app.KindOf(err).String()
}

func TestTwoConsolesLoseNoChange(t *testing.T) {
	ctx, s := context.Background(), newTestStore(t)
	stores := []*Store{s, another(t, s)}
	before, err := s.Head(ctx)
	require.NoError(t, err)
	answers := together(stores, 40, func(s *Store, i int) string {
		_, err := s.AddUser(ctx, app.NewUser{
			Username: fmt.Sprintf("user%d", i), Email: "u@example.com", Active: true,
		}, app.Event{Console: "test", Action: app.DoAddUser})
		return kindOf(err)
	})
	require.Equal(t, map[string]int{"done": 80}, answers)
	after, err := s.Head(ctx)
	require.NoError(t, err)
	require.EqualValues(t, 80, after.Seq-before.Seq, "one event for each change")
	requireCounts(t, stores[1])
	r, err := s.VerifyChain(ctx, nil)
	require.NoError(t, err)
	require.True(t, r.Whole, r.Problem)
}

// Of all who change one user at the same version, one succeeds; the others
// hear who was changed.
func TestOneOfManyChangesAUser(t *testing.T) {
	ctx, s := context.Background(), newTestStore(t)
	stores := []*Store{s, another(t, s)}
	u := add(t, s, "ann", "", app.Secret{})
	answers := together(stores, 10, func(s *Store, i int) string {
		_, err := s.SaveUser(ctx, app.UserChange{
			ID: u.ID, Version: u.Version, Username: "ann", Email: u.Email, FirstName: fmt.Sprint("Ann", i), Active: true,
		}, app.Event{Console: "test"})
		if err != nil {
			require.Regexp(t, `^Somebody else changed Ann\d+ meanwhile\. Reload to see it; nothing of yours was saved\.$`, err.Error())
		}
		return kindOf(err)
	})
	require.Equal(t, map[string]int{"done": 1, "conflict": 19}, answers)
}

// A code is accepted once, whoever asks.
func TestTwoConsolesAcceptACodeOnce(t *testing.T) {
	ctx, s := context.Background(), newTestStore(t)
	stores := []*Store{s, another(t, s)}
	u := add(t, s, "ann", "", app.Secret{})
	require.NoError(t, s.PutFactor(ctx, app.NewFactor{User: u.ID, At: s.now(), Factor: testFactor(testKey)}, app.Event{}))
	confirm(t, s, u.ID)
	at := s.now().Add(app.SessionIdle)
	code := codeNow(t, at)
	answers := together(stores, 5, func(s *Store, _ int) string {
		a, err := s.VerifyCode(ctx, app.CodeCheck{User: u.ID, Provider: app.Google, Code: code, At: at})
		if err != nil {
			return kindOf(err)
		}
		return string(a.Reason)
	})
	require.Equal(t, 1, answers["ok"], answers)
	require.Equal(t, 10, answers["ok"]+answers["replayed"]+answers["locked"], answers)
}

// Guesses that run at once are all counted: no more than the policy allows are
// looked at.
func TestGuessesAtOnceLock(t *testing.T) {
	ctx, s := context.Background(), newTestStore(t)
	stores := []*Store{s, another(t, s)}
	answers := together(stores, 10, func(s *Store, _ int) string {
		a, err := s.CheckPassword(ctx, app.PasswordCheck{Username: "olive", Password: app.NewSecret("wrong"), At: s.now()})
		if err != nil {
			return kindOf(err)
		}
		return string(a.Reason)
	})
	require.Equal(t, map[string]int{"wrong": app.MaxFailures, "locked": 20 - app.MaxFailures}, answers)
	a, err := s.CheckPassword(ctx, app.PasswordCheck{Username: "olive", Password: testPassword, At: s.now()})
	require.NoError(t, err)
	require.Equal(t, app.LockedOut, a.Reason, "the right one comes too late")
}

// While another process holds the lock, reading goes on, and a change waits
// and then says in a sentence who is in the way.
func TestABusyStore(t *testing.T) {
	ctx, s := context.Background(), newTestStore(t)
	other := another(t, s)
	held, err := other.write.begin(ctx, other)
	require.NoError(t, err)
	_, err = s.Users(ctx, app.Query{})
	require.NoError(t, err)
	stopped, stop := context.WithTimeout(ctx, 200*time.Millisecond)
	defer stop()
	err = s.Append(stopped, app.Event{Console: "test"})
	require.Equal(t, app.Unreachable, app.KindOf(err), "waiting ends with the context")
	err = s.Append(ctx, app.Event{Console: "test"})
	require.Equal(t, app.Conflict, app.KindOf(err))
	require.Equal(t, "Another console is writing to this store. Nothing was changed. Try again in a moment.", err.Error())
	held.rollback()
	require.NoError(t, s.Append(ctx, app.Event{Console: "test"}))
}

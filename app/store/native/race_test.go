package native

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// another opens a store as a second console does.
func another(t *testing.T, s *Store) *Store {
	t.Helper()
	if s.info.Kind == app.TeamStore {
		return anotherOnServer(t, s)
	}
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

func TestTwoConsolesLoseNoChange(t *testing.T) { onEachEngine(t, testTwoConsolesLoseNoChange) }

func testTwoConsolesLoseNoChange(t *testing.T, s *Store) {
	ctx := context.Background()
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
func TestOneOfManyChangesAUser(t *testing.T) { onEachEngine(t, testOneOfManyChangesAUser) }

func testOneOfManyChangesAUser(t *testing.T, s *Store) {
	ctx := context.Background()
	stores := []*Store{s, another(t, s)}
	u := add(t, s, "ann", "", app.Secret{})
	answers := together(stores, 10, func(s *Store, i int) string {
		_, err := s.SaveUser(ctx, app.UserChange{
			ID: u.ID, Version: u.Version, Username: "ann", Email: u.Email, FirstName: fmt.Sprint("Ann", i), Active: true,
		}, app.Event{Console: "test"})
		if err != nil {
			require.Regexp(t, `^Somebody else changed Ann\d+ meanwhile\. Look at the user again before you repeat it; nothing of yours was saved\.$`, err.Error())
		}
		return kindOf(err)
	})
	require.Equal(t, map[string]int{"done": 1, "conflict": 19}, answers)
}

// A code is accepted once, whoever asks.
func TestTwoConsolesAcceptACodeOnce(t *testing.T) { onEachEngine(t, testTwoConsolesAcceptACodeOnce) }

func testTwoConsolesAcceptACodeOnce(t *testing.T, s *Store) {
	ctx := context.Background()
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
func TestGuessesAtOnceLock(t *testing.T) { onEachEngine(t, testGuessesAtOnceLock) }

func testGuessesAtOnceLock(t *testing.T, s *Store) {
	ctx := context.Background()
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
func TestABusyStore(t *testing.T) { onEachEngine(t, testABusyStore) }

func testABusyStore(t *testing.T, s *Store) {
	ctx := context.Background()
	other := another(t, s)
	held, err := other.write.begin(ctx, other, hold{alone: true})
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

// Of two Administrators who take the role from each other at once, one stays.
func TestTheLastTwoAdministratorsAtOnce(t *testing.T) {
	onEachEngine(t, testTheLastTwoAdministratorsAtOnce)
}

func testTheLastTwoAdministratorsAtOnce(t *testing.T, s *Store) {
	ctx := context.Background()
	stores := []*Store{s, another(t, s)}
	for range 10 {
		admins := []app.User{}
		for _, name := range []string{"ann", "bob"} {
			u, err := s.FindUser(ctx, name)
			if err != nil {
				u = add(t, s, name, app.Administrators, app.NewSecret("a password of "+name))
			}
			require.NoError(t, setRole(t, s, u.ID, app.Administrators, true))
			admins = append(admins, u)
		}
		olive, err := s.FindUser(ctx, "olive")
		require.NoError(t, err)
		require.NoError(t, setRole(t, s, olive.ID, app.HelpDesk, true))
		answers := together(stores, 1, func(s *Store, i int) string {
			return kindOf(setRole(t, s, admins[i].ID, app.HelpDesk, true))
		})
		require.Equal(t, map[string]int{"done": 1, "denied": 1}, answers)
		for _, u := range admins {
			require.NoError(t, setRole(t, s, u.ID, app.Administrators, true))
		}
		require.NoError(t, setRole(t, s, olive.ID, app.Administrators, true))
	}
}

// Deeds of every kind at once, on few users and roles: none is lost, none fails
// for the sake of another, and what is kept of the whole fits its parts.
func TestDeedsOfEveryKindAtOnce(t *testing.T) { onEachEngine(t, testDeedsOfEveryKindAtOnce) }

func testDeedsOfEveryKindAtOnce(t *testing.T, s *Store) {
	ctx := context.Background()
	stores := []*Store{s, another(t, s), another(t, s)}
	e := app.Event{Console: "test", Action: app.DoSaveUser}
	role, err := s.SaveRole(ctx, app.Role{Name: "Night desk", Permissions: []app.Permission{app.SeeUsers}}, e)
	require.NoError(t, err)
	var ids []app.UserID
	for i := range 5 {
		ids = append(ids, add(t, s, fmt.Sprint("user", i), role.ID, app.NewSecret("a long password")).ID)
	}
	before, err := s.Head(ctx)
	require.NoError(t, err)
	deeds := []func(s *Store, i int) error{
		func(s *Store, i int) error {
			_, err := s.CheckPassword(ctx, app.PasswordCheck{Username: fmt.Sprint("user", i%5), Password: app.NewSecret("wrong"), At: s.now(), Event: e})
			return err
		},
		func(s *Store, i int) error { return s.Unlock(ctx, ids[i%5], 0, e) },
		func(s *Store, i int) error {
			return s.PutFactor(ctx, app.NewFactor{User: ids[i%5], At: s.now(), Factor: testFactor(testKey), Replace: true}, e)
		},
		func(s *Store, i int) error {
			return s.SetPassword(ctx, ids[i%5], app.NewSecret("another long password"), e)
		},
		func(s *Store, i int) error {
			_, err := s.SignedIn(ctx, app.SignIn{ID: ids[i%5], At: s.now(), Keep: true}, e)
			return err
		},
		func(s *Store, i int) error {
			_, err := s.AddUser(ctx, app.NewUser{Username: fmt.Sprint("new", i), Email: "n@example.com", Role: role.ID, Active: true}, e)
			return err
		},
		func(s *Store, i int) error {
			_, err := s.Import(ctx, app.Import{Rows: func(yield func(app.ImportRow, error) bool) {
				for n := range 5 {
					row := app.ImportRow{Line: n, HasLastName: true, NewUser: app.NewUser{
						Username: fmt.Sprint("user", (i+n)%5), Email: fmt.Sprintf("%d@example.com", i), LastName: fmt.Sprint(i),
					}}
					if !yield(row, nil) {
						return
					}
				}
			}}, app.Event{Console: "test", Action: app.DoImport})
			return err
		},
		func(s *Store, i int) error {
			roles, err := s.Roles(ctx)
			if err != nil {
				return err
			}
			r := roles[len(roles)-1]
			r.Name = fmt.Sprint("Night desk ", i)
			r.Permissions = []app.Permission{app.SeeUsers}
			if i%2 == 0 {
				r.Permissions = append(r.Permissions, app.CanVerify)
			}
			if _, err = s.SaveRole(ctx, r, e); app.KindOf(err) == app.Conflict && strings.Contains(err.Error(), "Somebody else") {
				return nil // that is an answer
			}
			return err
		},
	}
	answers := together(stores, 32, func(s *Store, i int) string {
		err := deeds[i%len(deeds)](s, i)
		if err != nil {
			t.Log(i%len(deeds), err, errors.Unwrap(err))
		}
		return kindOf(err)
	})
	require.Equal(t, map[string]int{"done": 96}, answers)
	requireCounts(t, s)
	after, err := s.Head(ctx)
	require.NoError(t, err)
	require.Greater(t, after.Seq, before.Seq+80)
	r, err := s.VerifyChain(ctx, nil)
	require.NoError(t, err)
	require.True(t, r.Whole, r.Problem)
	var stale int
	require.NoError(t, s.read.db.QueryRow("SELECT count(*) FROM users u JOIN roles r ON r.id = u.role_id WHERE u.role_key <> r.name_key").Scan(&stale))
	require.Zero(t, stale)
	require.NoError(t, s.read.db.QueryRow("SELECT count(*) FROM operators o JOIN users u ON u.id = o.user_id JOIN roles r ON r.id = u.role_id "+
		"WHERE (o.slot IS NOT NULL) <> (r.permissions LIKE '%verify%' OR r.administers)").Scan(&stale))
	require.Zero(t, stale)
}

// Package storetest is what every store must pass: the promises of app.Store,
// tried on a real one.
//
// A store's own test calls Run with a function that opens a new store whose
// first administrator is already there. What a promise says is in the comments
// of package app; where they leave a choice, the story here settles it:
//
//   - the attempt that causes a lock-out is still "wrong" and says until when;
//     attempts during a lock-out are "locked", count nothing and do not prolong
//     it; after it the count starts anew;
//   - wrong passwords, wrong recovery keys, wrong codes and replayed codes share
//     one count;
//   - an Administrator without a password does not keep a store from losing the
//     last one;
//   - a session has ended at the very moment of its end, and a lock-out, too.
//
// A store that belongs to an application keeps what the application keeps and as
// it does; Application says in what that may differ, and nothing else may. What
// a store is not able to do is no story that is passed over: there every deed
// that needs the ability must be refused, with what Able says, and do nothing.
package storetest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/otp"
)

// story is one test on a fresh store.
type story struct {
	name string
	tell func(*desk)
}

// Run tells every story, each on a store of its own.
func Run(t *testing.T, open Open) {
	for _, group := range []struct {
		name    string
		stories []story
	}{
		{"users", userStories},
		{"administrators", administratorStories},
		{"roles", roleStories},
		{"pages", pageStories},
		{"passwords", passwordStories},
		{"sessions", sessionStories},
		{"factors", factorStories},
		{"codes", codeStories},
		{"lending", lendStories},
		{"resyncing", resyncStories},
		{"observing", observeStories},
		{"import", importStories},
		{"journal", journalStories},
		{"stamps", stampStories},
		{"rotations", rotationStories},
		{"desks", deskStories},
		{"upkeep", upkeepStories},
		{"abilities", abilityStories},
		{"contexts", contextStories},
		{"persistence", persistenceStories},
	} {
		t.Run(group.name, func(t *testing.T) {
			for _, s := range group.stories {
				t.Run(s.name, func(t *testing.T) {
					d := sitDown(t, open)
					s.tell(d)
					d.chainIsWhole(t)
				})
			}
		})
	}
}

// start is when each story begins: ten seconds into a time step, where those
// who count seconds and those who count steps accept the same codes.
var start = time.Date(2026, 6, 9, 12, 8, 10, 0, time.UTC)

// clock is a time that stands until a story moves it.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = t
}

func (c *clock) move(d time.Duration) { c.set(c.now().Add(d)) }

// desk is a store with the first administrator before it.
type desk struct {
	t       *testing.T
	ctx     context.Context
	fixture Fixture
	store   app.Store
	clock   *clock
	admin   app.User
	lock    app.LockPolicy

	application *Application // nil: the store is one of our own
}

func sitDown(t *testing.T, open Open) *desk {
	t.Helper()
	c := &clock{at: start}
	f := open(t, c.now)
	d := &desk{
		t: t, ctx: context.Background(), fixture: f, store: f.Store, clock: c,
		lock: f.Store.Info().LockPolicy(), application: f.Application,
	}
	require.Greater(t, d.lock.Failures, 5, "the stories make five wrong attempts before one that may be right")
	u, err := f.Store.FindUser(d.ctx, f.Username)
	require.NoError(t, err)
	d.admin = u
	d.openKeys(t)
	return d
}

// checker is what both *testing.T and *rapid.T are.
type checker interface {
	require.TestingT
	Helper()
}

// openKeys checks the administrator's password, which opens the keys.
func (d *desk) openKeys(t checker) {
	t.Helper()
	a, err := d.store.CheckPassword(d.ctx, app.PasswordCheck{
		Username: d.fixture.Username, Password: d.fixture.Password, At: d.clock.now(),
		Event: d.event(app.DoPassword, app.User{}),
	})
	require.NoError(t, err)
	require.Equal(t, app.OK, a.Reason)
	require.NoError(t, d.store.Able(app.AbleOpenSecrets))
}

// event is what the Console fills in, of the administrator on a target.
func (d *desk) event(a app.Action, target app.User) app.Event {
	return app.Event{
		At: d.clock.now(), Console: "desk-test, Factordesk 1.0", Action: a,
		OperatorID: d.admin.ID, Operator: d.admin.Username,
		TargetID: target.ID, Target: target.Username,
		Reason: "a story", Details: []app.Detail{{Name: "ticket", Value: "4471"}, {Name: "empty"}},
	}
}

// add adds an active user without password and role.
func (d *desk) add(t checker, username string) app.User {
	t.Helper()
	return d.addAs(t, username, "", "")
}

// addAs adds an active user with a role, named as in our own stores, and a
// password; both may be empty.
func (d *desk) addAs(t checker, username string, role app.RoleID, password string) app.User {
	t.Helper()
	return d.addUser(t, app.NewUser{
		Username: username, Email: username + "@juniper.example", FirstName: "First", LastName: "Last",
		Role: role, Active: true, Password: app.NewSecret(password),
	})
}

// user reads a user again.
func (d *desk) user(t checker, id app.UserID) app.User {
	t.Helper()
	u, err := d.store.User(d.ctx, id)
	require.NoError(t, err)
	return u
}

// save is the change of a user that changes nothing yet.
func save(u app.User) app.UserChange {
	return app.UserChange{
		ID: u.ID, Version: u.Version, Username: u.Username, Email: u.Email,
		FirstName: u.FirstName, LastName: u.LastName, Role: u.Role.ID, Active: u.Active,
	}
}

// events requires that f writes n events, and returns them, oldest first.
// Intents, and what became of those that were not done, are not counted.
func (d *desk) events(t checker, n int, f func()) []app.Event {
	t.Helper()
	before, err := d.store.Head(d.ctx)
	require.NoError(t, err)
	f()
	after, err := d.store.Head(d.ctx)
	require.NoError(t, err)
	if d.application != nil && d.application.Intents {
		all := d.outcomes(t, before.Seq, after.Seq)
		require.Len(t, all, n, "the number of events")
		return all
	}
	require.EqualValues(t, n, after.Seq-before.Seq, "the number of events")
	if n == 0 {
		return nil
	}
	page, err := d.store.Events(d.ctx, app.EventQuery{After: before.Seq, Limit: n})
	require.NoError(t, err)
	require.Len(t, page.Events, n)
	slices.Reverse(page.Events)
	return page.Events
}

// done requires that f writes just one event, of a deed that was done.
func (d *desk) done(t checker, f func()) app.Event {
	t.Helper()
	e := d.events(t, 1, f)[0]
	require.Equal(t, app.Done, e.Outcome)
	return e
}

// refused requires that f writes just one event, of a refused attempt.
func (d *desk) refused(t checker, f func()) app.Event {
	t.Helper()
	e := d.events(t, 1, f)[0]
	require.Equal(t, app.Refused, e.Outcome)
	require.NotEmpty(t, e.Reason, "a refusal says why")
	return e
}

// fails requires that f fails with a kind and a sentence, changes nothing and
// writes no event.
func (d *desk) fails(t checker, k app.Kind, f func() error) {
	t.Helper()
	before := d.everything(t)
	d.events(t, 0, func() { isError(t, k, f()) })
	d.unchanged(t, before)
}

// isError requires an error that people can read.
func isError(t checker, k app.Kind, err error) {
	t.Helper()
	require.Error(t, err)
	require.Equal(t, k, app.KindOf(err), "the kind of %v", err)
	var e *app.Error
	require.ErrorAs(t, err, &e)
	require.NotEmpty(t, e.Message)
}

// state is all of a store but its audit.
type state struct {
	Users  []app.User
	Roles  []app.Role
	Counts app.Counts
}

// everything reads all of a store but its audit.
func (d *desk) everything(t checker) state {
	t.Helper()
	var s state
	q := app.Query{Sort: app.ByUsername, Limit: 500}
	for {
		p, err := d.store.Users(d.ctx, q)
		require.NoError(t, err)
		s.Users = append(s.Users, p.Users...)
		if p.Next == "" {
			break
		}
		q.After = p.Next
	}
	for _, u := range s.Users {
		timesAreUTC(t, u)
	}
	var err error
	s.Roles, err = d.store.Roles(d.ctx)
	require.NoError(t, err)
	s.Counts, err = d.store.Counts(d.ctx)
	require.NoError(t, err)
	return s
}

// unchanged requires that all but the audit is as it was before.
func (d *desk) unchanged(t checker, before state) {
	t.Helper()
	if diff := cmp.Diff(before, d.everything(t)); diff != "" {
		require.Fail(t, "something changed in the store", diff)
	}
}

func timesAreUTC(t checker, u app.User) {
	t.Helper()
	times := []time.Time{u.Created, u.LastSignIn, u.LockedUntil, u.PasswordSince}
	for _, f := range u.Factors {
		times = append(times, f.Since, f.LastUsed)
	}
	for _, at := range times {
		require.Equal(t, time.UTC, at.Location(), "a time of %s", u.Username)
		require.Equal(t, at.Truncate(time.Microsecond), at, "a time of %s", u.Username)
	}
}

// chainIsWhole checks the audit from its first event.
func (d *desk) chainIsWhole(t checker) {
	t.Helper()
	var calls, last, total int64
	r, err := d.store.VerifyChain(d.ctx, func(done, all int64) { calls, last, total = calls+1, done, all })
	require.NoError(t, err)
	d.noIntentIsOpen(t)
	require.True(t, r.Whole, r.Problem)
	require.Zero(t, r.BrokenAt)
	head, err := d.store.Head(d.ctx)
	require.NoError(t, err)
	require.Equal(t, head, r.Head)
	require.Equal(t, head.Seq, r.Events)
	if calls > 0 {
		require.Equal(t, total, last, "progress ends at the end")
	}
}

// secret returns the secret number n.
func secret(n int) []byte { return fmt.Appendf(nil, "secret %013d", n) }

// standard is what every authenticator app knows.
var standard = app.CodeParams{Kind: "totp", Algorithm: "SHA1", Digits: 6, Period: 30 * time.Second}

// factor is a new Google factor with the secret number n.
func factor(n int, p app.CodeParams) app.FactorSecret {
	key := otp.Encode(secret(n))
	return app.FactorSecret{
		Provider: app.Google, Params: p, Key: app.NewSecret(key),
		URI:    app.NewSecret("otpauth://totp/Desk:ann?secret=" + key),
		Issuer: "Desk", Account: "ann",
	}
}

func otpParams(p app.CodeParams) otp.Params {
	return otp.Params{Kind: otp.Kind(p.Kind), Algorithm: otp.Algorithm(p.Algorithm), Digits: p.Digits, Period: p.Period}
}

// code is the right code of the secret number n, steps from now.
func (d *desk) code(t checker, n int, p app.CodeParams, steps int) app.Secret {
	t.Helper()
	c, err := otp.CodeAt(secret(n), otpParams(p), d.clock.now().Add(time.Duration(steps)*p.Period))
	require.NoError(t, err)
	return app.NewSecret(c)
}

// wrongCode is a code of the secret number n for no step near now.
func (d *desk) wrongCode(t checker, n int) app.Secret {
	t.Helper()
	near := map[string]bool{}
	for step := -5; step <= 5; step++ {
		near[d.code(t, n, standard, step).Reveal()] = true
	}
	for i := 0; ; i++ {
		if c := fmt.Sprintf("%06d", i); !near[c] {
			return app.NewSecret(c)
		}
	}
}

// put enrolls a user with the secret number n; the factor is pending.
func (d *desk) put(t checker, id app.UserID, n int) {
	t.Helper()
	u := d.user(t, id)
	require.NoError(t, d.store.PutFactor(d.ctx, app.NewFactor{
		User: id, Version: u.Version, Factor: factor(n, standard), At: d.clock.now(),
	}, d.event(app.DoEnroll, u)))
}

// check is one attempt with a code, now.
func (d *desk) check(a app.Action, id app.UserID, code app.Secret) app.CodeCheck {
	e := d.event(a, app.User{ID: id, Username: "somebody"})
	e.Provider = app.Google
	return app.CodeCheck{User: id, Provider: app.Google, Code: code, At: d.clock.now(), Event: e}
}

func (d *desk) verify(t checker, id app.UserID, code app.Secret) app.Attempt {
	t.Helper()
	a, err := d.store.VerifyCode(d.ctx, d.check(app.DoVerify, id, code))
	require.NoError(t, err)
	return a
}

// enroll gives a user an active factor with the secret number n. The code of
// this step is used up by it.
func (d *desk) enroll(t checker, id app.UserID, n int) {
	t.Helper()
	d.put(t, id, n)
	a, err := d.store.ConfirmFactor(d.ctx, d.check(app.DoConfirm, id, d.code(t, n, standard, 0)))
	require.NoError(t, err)
	require.Equal(t, app.OK, a.Reason)
}

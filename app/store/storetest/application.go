package storetest

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// Application is what a store is like that belongs to an application: users
// and roles are changed there, and it keeps what the application keeps. The
// zero value of each field but the functions is what our own stores do, except
// where the field says otherwise.
//
// Three things need no field. Such a store need not record a sign-in at this
// desk as the user's last one, which is a fact about the application. When a
// factor came to be, was used last and by whom it was enrolled it need not know;
// what it says of that must be right. And PasswordSince need not be the very
// moment, but a later password has a later one, if a second lies between them.
type Application struct {
	// Add adds a user as the application would, created now, and returns the ID.
	// The role is one of the store's own.
	Add func(t *testing.T, n app.NewUser) app.UserID

	// Change sets all account fields of a user, whatever the version.
	Change func(t *testing.T, c app.UserChange)

	// SetPassword gives a user a password, now.
	SetPassword func(t *testing.T, id app.UserID, password app.Secret)

	// Remove forgets a user.
	Remove func(t *testing.T, id app.UserID)

	// SignIn records a sign-in to the application as the user's last one.
	SignIn func(t *testing.T, id app.UserID, at time.Time)

	// Roles are the roles that stand for app.Administrators, app.HelpDesk and
	// app.Auditor, with the permissions that the store must give them. The first
	// has all of them but what the store is not able to do, and the second
	// whatever enrolls, verifies, resets and unlocks; it may administer as well.
	// The third opens no secrets. Versions do not matter.
	Roles map[app.RoleID]app.Role

	// Intents says that store and audit are not one transaction, so that the deeds
	// that change the store write an intent first. Its outcome has a detail
	// "intent" with the number of it.
	Intents bool

	// Prolongs says that failed attempts lock as Magento counts them: the first
	// failure, and one that comes more than the length of a lock-out after the
	// first, starts the count anew. Each from the last allowed one on locks from
	// then on. A wrong password during a lock-out counts, and so prolongs it; a
	// right one and codes, which are not looked at then, do not.
	Prolongs bool

	// Forces says that who has no active Google factor must enroll, and nobody
	// else. Without it nobody must.
	Forces bool

	// KeysAtHand says that the keys come with the connection: they are open
	// whoever signs in, and stay so.
	KeysAtHand bool

	// StandardOnly says that the store takes a new factor only for Google, with
	// SHA-1, 6 digits and 30 seconds, and anything else is Invalid.
	StandardOnly bool

	// ThreeBytes says that the engine's UTF-8 ends with three bytes, so that it
	// keeps no emoji.
	ThreeBytes bool

	// Resolution is how exactly times of users are kept; 0: microseconds.
	Resolution time.Duration

	// Accepts says whether a code is in the window, steps from the step of a time;
	// nil: app.Window steps before and after.
	Accepts func(at time.Time, steps int) bool

	// Compare is the order of texts in lists, and Contains whether a search finds
	// a part in a text; nil: lower case, letter by letter.
	Compare  func(a, b string) int
	Contains func(text, part string) bool
}

// role returns the role that stands for one of our own: its ID here is the same
// where the store is one of ours.
func (d *desk) role(id app.RoleID) app.Role {
	if d.application != nil {
		if r, ok := d.application.Roles[id]; ok {
			return r
		}
	}
	for _, r := range app.BuiltInRoles() {
		if r.ID == id {
			return r
		}
	}
	return app.Role{ID: id}
}

// addUser adds a user with a role named as in our own stores.
func (d *desk) addUser(t checker, n app.NewUser) app.User {
	t.Helper()
	n.Role = d.role(n.Role).ID
	if d.application != nil {
		return d.user(t, d.application.Add(d.t, n))
	}
	u, err := d.store.AddUser(d.ctx, n, d.event(app.DoAddUser, app.User{}))
	require.NoError(t, err)
	return u
}

// addMany adds n users in one go, named row0000 and so on.
func (d *desk) addMany(t checker, n int) {
	t.Helper()
	if d.application != nil {
		for i := range n {
			d.application.Add(d.t, rowUser(i))
		}
		return
	}
	r, err := d.store.Import(d.ctx, app.Import{Rows: func(yield func(app.ImportRow, error) bool) {
		for i := range n {
			if !yield(app.ImportRow{Line: i + 2, NewUser: rowUser(i)}, nil) {
				return
			}
		}
	}}, d.event(app.DoImport, app.User{}))
	require.NoError(t, err)
	require.Equal(t, n, r.Added)
}

// change changes the account fields of a user.
func (d *desk) change(t checker, c app.UserChange) {
	t.Helper()
	if d.application != nil {
		d.application.Change(d.t, c)
		return
	}
	_, err := d.store.SaveUser(d.ctx, c, d.event(app.DoSaveUser, app.User{ID: c.ID, Username: c.Username}))
	require.NoError(t, err)
}

// turn switches an account on or off.
func (d *desk) turn(t checker, id app.UserID, on bool) {
	t.Helper()
	c := save(d.user(t, id))
	c.Active = on
	d.change(t, c)
}

// setPassword gives a user a password.
func (d *desk) setPassword(t checker, id app.UserID, password string) {
	t.Helper()
	if d.application != nil {
		d.application.SetPassword(d.t, id, app.NewSecret(password))
		return
	}
	require.NoError(t, d.store.SetPassword(d.ctx, id, app.NewSecret(password), d.event(app.DoSetPassword, app.User{ID: id})))
}

// remove removes a user.
func (d *desk) remove(t checker, id app.UserID) {
	t.Helper()
	if d.application != nil {
		d.application.Remove(d.t, id)
		return
	}
	u := d.user(t, id)
	require.NoError(t, d.store.RemoveUser(d.ctx, id, u.Version, d.event(app.DoRemoveUser, u)))
}

// signIn makes at the last sign-in of a user.
func (d *desk) signIn(t checker, u app.User, at time.Time) {
	t.Helper()
	if d.application != nil {
		d.application.SignIn(d.t, u.ID, at)
		return
	}
	_, err := d.store.SignedIn(d.ctx, app.SignIn{ID: u.ID, At: at}, d.event(app.DoSignIn, u))
	require.NoError(t, err)
}

// stored is a time of a user as the store keeps it.
func (d *desk) stored(at time.Time) time.Time {
	exact := time.Microsecond
	if d.application != nil {
		exact = max(exact, d.application.Resolution)
	}
	return at.UTC().Truncate(exact)
}

// mustEnroll requires that a user must enroll if own says so of a store of ours,
// and elsewhere if the application does.
func (d *desk) mustEnroll(t checker, u app.User, own bool) {
	t.Helper()
	if a := d.application; a != nil {
		own = a.Forces && u.Factor(app.Google).Status != app.StatusActive
	}
	require.Equal(t, own, u.MustEnroll, "%s must enroll", u.Username)
}

// remembers requires what a store remembers of a factor, and returns the factor
// without it.
func (d *desk) remembers(t checker, f app.Factor, since, used time.Time, by string) app.Factor {
	t.Helper()
	own := d.application == nil
	d.fact(t, since, f.Since)
	d.fact(t, used, f.LastUsed)
	if own || f.EnrolledBy != "" {
		require.Equal(t, by, f.EnrolledBy)
	}
	f.Since, f.LastUsed, f.EnrolledBy = time.Time{}, time.Time{}, ""
	return f
}

// fact requires a time that a store of an application need not know.
func (d *desk) fact(t checker, want, got time.Time) {
	t.Helper()
	if d.application == nil {
		require.Equal(t, want, got)
	} else if !got.IsZero() {
		require.Equal(t, d.stored(want), d.stored(got))
	}
}

// accepts reports whether a code is in the window, steps from now.
func (d *desk) accepts(steps int) bool {
	if a := d.application; a != nil && a.Accepts != nil {
		return a.Accepts(d.clock.now(), steps)
	}
	return -app.Window <= steps && steps <= app.Window
}

// compare is the order of texts in lists.
func (d *desk) compare(a, b string) int {
	if d.application != nil && d.application.Compare != nil {
		return d.application.Compare(a, b)
	}
	return strings.Compare(strings.ToLower(a), strings.ToLower(b))
}

// contains reports whether a search for part finds a text.
func (d *desk) contains(text, part string) bool {
	if d.application != nil && d.application.Contains != nil {
		return d.application.Contains(text, part)
	}
	return strings.Contains(strings.ToLower(text), strings.ToLower(part))
}

// changing are the deeds that change a store, and so need an intent where the
// audit is elsewhere. Others may have one.
var changing = map[app.Action]bool{
	app.DoEnroll: true, app.DoConfirm: true, app.DoReset: true, app.DoUnlock: true,
	app.DoEndSessions: true, app.DoRepair: true,
}

// outcomes returns the events after one and up to another, oldest first, without
// intents and without what failed after one. Each deed that was done must have
// its intent before it, and no intent may be open.
func (d *desk) outcomes(t checker, after, last int64) []app.Event {
	t.Helper()
	if last == after {
		return nil
	}
	page, err := d.store.Events(d.ctx, app.EventQuery{After: after, Limit: int(last - after), Intents: true})
	require.NoError(t, err)
	require.Len(t, page.Events, int(last-after))
	var all []app.Event
	open := map[string]app.Event{}
	for i := len(page.Events) - 1; i >= 0; i-- {
		e := page.Events[i]
		number := e.Detail("intent")
		switch {
		case e.Outcome == app.Intent:
			open[strconv.FormatInt(e.Seq, 10)] = e
			continue
		case number == "":
			require.False(t, changing[e.Action] && e.Outcome == app.Done, "event %d, %s, has no intent", e.Seq, e.Action)
		default:
			meant, ok := open[number]
			require.True(t, ok, "event %d is the outcome of event %s, which is no open intent", e.Seq, number)
			require.Equal(t, meant.Action, e.Action)
			require.Equal(t, meant.TargetID, e.TargetID)
			require.Equal(t, meant.Provider, e.Provider)
			delete(open, number)
			if e.Outcome == app.Failed {
				continue
			}
		}
		all = append(all, e)
	}
	require.Empty(t, open, "an intent is open")
	return all
}

// noIntentIsOpen requires that it is known of each intent how it ended.
func (d *desk) noIntentIsOpen(t checker) {
	t.Helper()
	page, err := d.store.Events(d.ctx, app.EventQuery{Outcome: app.Intent})
	require.NoError(t, err)
	require.Empty(t, page.Events, "an intent is open")
}

// tally is the model of the failed attempts of a user.
type tally struct {
	policy   app.LockPolicy
	prolongs bool
	failures int
	first    time.Time // the failure that began the count
	until    time.Time // of the last lock-out; zero: none
}

func (d *desk) tally() tally {
	return tally{policy: d.lock, prolongs: d.application != nil && d.application.Prolongs}
}

func (m *tally) locked(now time.Time) bool { return m.until.After(now) }

// left is how many attempts are left before the lock-out.
func (m *tally) left() int { return max(m.policy.Failures-m.failures, 0) }

// clear is what a right password or code does, and unlocking.
func (m *tally) clear() { m.failures, m.first, m.until = 0, time.Time{}, time.Time{} }

// fail counts a wrong attempt.
func (m *tally) fail(now time.Time) {
	switch {
	case m.prolongs && (m.failures == 0 || now.Sub(m.first) > m.policy.For):
		m.failures, m.first = 1, now
		return
	case m.prolongs:
	case m.locked(now):
		return
	case !m.until.IsZero(): // an old lock-out is over
		m.clear()
	}
	if m.failures++; m.failures >= m.policy.Failures {
		m.until = now.Add(m.policy.For)
	}
}

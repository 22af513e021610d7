//go:build full && linux

package main

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/audit"
	"github.com/factordesk/factordesk/app/store/native"
)

// ledger is what a store must hold according to its events alone. It begins
// with what is in the store, and from then on follows the events.
type ledger struct {
	t       *testing.T
	seq     int64 // the last event that it followed
	users   map[string]*person
	imports string          // the folder of the files that were imported
	each    func(app.Event) // told after each event; may be nil
}

// person is a user as far as events tell.
type person struct {
	Email, First, Role           string
	Active, Operator, MustEnroll bool
	Failures                     int
	LockedUntil, LastSignIn      int64
	Version                      int64 // one more for each change
	Factor                       held
}

// held is the Google factor of a person; zero when there is none.
type held struct {
	Status, By      string
	Since, LastUsed int64
}

// newLedger begins with a store as it is.
func newLedger(t *testing.T, db *sql.DB, imports string) *ledger {
	t.Helper()
	l := &ledger{t: t, users: rows(t, db), imports: imports}
	require.NoError(t, db.QueryRow("SELECT max(seq) FROM events").Scan(&l.seq))
	return l
}

// rows reads what is in a store.
func rows(t *testing.T, db *sql.DB) map[string]*person {
	t.Helper()
	r, err := db.Query(`SELECT username, email, first_name, coalesce(role_id, ''), active, operator, must_enroll, failures,
		locked_until, last_sign_in, version, coalesce(status, ''), coalesce(enrolled_by, ''), coalesce(since, 0),
		coalesce(last_used, 0) FROM users LEFT JOIN factors ON user_id = id`)
	require.NoError(t, err)
	defer r.Close()
	users := map[string]*person{}
	for r.Next() {
		var name string
		var p person
		require.NoError(t, r.Scan(&name, &p.Email, &p.First, &p.Role, &p.Active, &p.Operator, &p.MustEnroll, &p.Failures,
			&p.LockedUntil, &p.LastSignIn, &p.Version, &p.Factor.Status, &p.Factor.By, &p.Factor.Since, &p.Factor.LastUsed))
		users[name] = &p
	}
	require.NoError(t, r.Err())
	return users
}

// follow goes on to the newest event, and returns the events that it followed.
func (l *ledger) follow(db *sql.DB) []app.Event {
	l.t.Helper()
	r, err := db.Query("SELECT form FROM events WHERE seq > ? ORDER BY seq", l.seq)
	require.NoError(l.t, err)
	defer r.Close()
	var events []app.Event
	for r.Next() {
		var form []byte
		require.NoError(l.t, r.Scan(&form))
		e, err := audit.Decode(form)
		require.NoError(l.t, err)
		require.Equal(l.t, l.seq+1, e.Seq)
		require.NoError(l.t, l.apply(e), "event %d, %s", e.Seq, words(e))
		if l.each != nil {
			l.each(e)
		}
		l.seq = e.Seq
		events = append(events, e)
	}
	require.NoError(l.t, r.Err())
	return events
}

// agrees fails unless the store holds what its events say, no more and no less.
func (l *ledger) agrees(db *sql.DB) {
	l.t.Helper()
	is := rows(l.t, db)
	for name, p := range l.users {
		require.Equal(l.t, p, is[name], "%s: the events, then the row", name)
		delete(is, name)
	}
	require.Empty(l.t, is, "users without an event")
}

// apply changes the ledger as an event says.
func (l *ledger) apply(e app.Event) error {
	if e.Outcome == app.Refused {
		return l.refused(e)
	}
	if e.Outcome != app.Done {
		return fmt.Errorf("outcome %s", e.Outcome)
	}
	switch e.Action {
	case app.DoSignIn:
		p := l.users[e.Operator]
		p.LastSignIn, p.Failures, p.LockedUntil = e.At.UnixMicro(), 0, 0
		return nil
	case app.DoSignOut, app.DoExport:
		return nil
	case app.DoImport:
		return l.imported(e)
	case app.DoAddUser:
		if l.users[e.Target] != nil {
			return fmt.Errorf("%s is there", e.Target)
		}
		l.users[e.Target] = &person{Email: e.Target + "@example.com", Active: true, Version: 1}
		return nil
	}
	p := l.users[e.Target]
	if p == nil {
		return fmt.Errorf("%s is not there", e.Target)
	}
	return l.changed(p, e)
}

// changed is apply for the deeds on one user who is there.
func (l *ledger) changed(p *person, e app.Event) error {
	at := e.At.UnixMicro()
	switch e.Action {
	case app.DoSaveUser:
		return l.saved(p, e)
	case app.DoRemoveUser:
		delete(l.users, e.Target)
		return nil
	case app.DoEnroll:
		if p.Factor.Status == string(app.StatusActive) {
			return fmt.Errorf("the factor is active")
		}
		p.Factor = held{Status: string(app.StatusPending), By: e.Operator, Since: at}
	case app.DoConfirm:
		if p.Factor.Status != string(app.StatusPending) {
			return fmt.Errorf("the factor is %q", p.Factor.Status)
		}
		p.Factor.Status, p.Factor.Since, p.Factor.LastUsed, p.MustEnroll = string(app.StatusActive), at, at, false
	case app.DoVerify:
		if p.Factor.Status != string(app.StatusActive) {
			return fmt.Errorf("the factor is %q", p.Factor.Status)
		}
		p.Factor.LastUsed, p.Failures, p.LockedUntil, p.MustEnroll = at, 0, 0, false
		return nil // a sign-in is no change that a screen could overwrite
	case app.DoReset:
		if p.Factor == (held{}) {
			return fmt.Errorf("there is no factor")
		}
		p.Factor, p.MustEnroll = held{}, true
	case app.DoUnlock:
		p.Failures, p.LockedUntil = 0, 0
	default:
		return fmt.Errorf("nobody did %s", e.Action)
	}
	p.Version++
	return nil
}

// saved follows what a save says that it changed. A save that overwrote
// another one unseen does not fit.
func (l *ledger) saved(p *person, e app.Event) error {
	for _, d := range e.Details {
		from, to, ok := strings.Cut(d.Value, " → ")
		if !ok {
			continue
		}
		is := ""
		switch d.Name {
		case "first name":
			is, p.First = p.First, to
		case "email":
			is, p.Email = p.Email, to
		case "role":
			is, p.Role = p.Role, to
		case "active":
			is, p.Active = map[bool]string{true: "yes", false: "no"}[p.Active], to == "yes"
		default:
			return fmt.Errorf("it saved the %s", d.Name)
		}
		if is != from {
			return fmt.Errorf("%s was %q, not %q", d.Name, is, from)
		}
	}
	p.Version++
	return nil
}

// refused follows a refused attempt, which only counts.
func (l *ledger) refused(e app.Event) error {
	_, count, ok := strings.Cut(e.Reason, ", ")
	if !ok || e.Action != app.DoVerify {
		return nil
	}
	p := l.users[e.Target]
	if _, err := fmt.Sscanf(count, "%d of 6", &p.Failures); err != nil {
		return err
	}
	if p.Failures == app.MaxFailures {
		p.LockedUntil = e.At.Add(app.LockFor).UnixMicro()
	}
	return nil
}

// imported follows an import with the file that it was of, and compares the
// numbers.
func (l *ledger) imported(e app.Event) error {
	text, err := os.ReadFile(filepath.Join(l.imports, e.Reason))
	if err != nil {
		return err
	}
	added, updated, same := 0, 0, 0
	for line := range strings.Lines(string(text)) {
		f := strings.Split(strings.TrimSpace(line), ",") // username,email,first_name,active
		if !strings.Contains(f[1], "@") {
			continue // the head, or a bad line
		}
		p, ok := l.users[f[0]]
		if !ok {
			l.users[f[0]] = &person{Email: f[1], First: f[2], Active: f[3] == "1", Version: 1}
			added++
			continue
		}
		if p.Email == f[1] && p.First == f[2] && p.Active == (f[3] == "1") {
			same++
			continue
		}
		p.Email, p.First, p.Active = f[1], f[2], f[3] == "1"
		p.Version++
		updated++
	}
	for name, n := range map[string]int{"added": added, "updated": updated, "same": same} {
		if e.Detail(name) != strconv.Itoa(n) {
			return fmt.Errorf("%s %s in the event, %d in the file", name, e.Detail(name), n)
		}
	}
	return nil
}

// administrators counts those who can rule the store.
func (l *ledger) administrators() int {
	n := 0
	for _, p := range l.users {
		if p.Operator && p.Active && p.Role == string(app.Administrators) {
			n++
		}
	}
	return n
}

// words says an event as the worker says its deed.
func words(e app.Event) string {
	parts := []string{string(e.Action)}
	switch e.Action {
	case app.DoSignIn, app.DoSignOut:
		parts = append(parts, e.Operator)
	case app.DoImport:
		parts = append(parts, e.Reason)
	case app.DoSaveUser:
		_, mark, _ := strings.Cut(e.Detail("first name"), " → ")
		parts = append(parts, e.Target, mark)
	case app.DoEnroll, app.DoReset, app.DoUnlock, app.DoRemoveUser:
		parts = append(parts, e.Target, e.Reason)
	default:
		parts = append(parts, e.Target)
	}
	return strings.Join(append(parts, string(e.Outcome)), " ")
}

// opensWhole opens the default store as the programs do, and fails unless its
// chain and the seal of its end are whole.
func (h *home) opensWhole(operator string) app.AuditReport {
	h.t.Helper()
	ctx := context.Background()
	s, err := native.Open(ctx, h.dirs.DefaultStore(), native.Options{})
	require.NoError(h.t, err)
	a, err := s.CheckPassword(ctx, app.PasswordCheck{
		Username: operator, Password: app.NewSecret(everybodysPassword), At: time.Now().UTC(),
	})
	require.NoError(h.t, err)
	require.True(h.t, a.Accepted(), a.Reason)
	report, err := s.VerifyChain(ctx, nil)
	require.NoError(h.t, err)
	require.True(h.t, report.Whole, report.Problem)
	require.True(h.t, report.HeadChecked)
	require.NoError(h.t, s.Close())
	return report
}

// sound asks the engine itself whether the file is as it should be, and
// compares what is kept twice: the numbers of the chips and the search index.
func sound(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?_pragma=busy_timeout(5000)")
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	for _, pragma := range []string{"integrity_check", "foreign_key_check"} {
		r, err := db.Query("PRAGMA " + pragma)
		require.NoError(t, err)
		for r.Next() {
			var text string
			require.NoError(t, r.Scan(&text))
			require.Equal(t, "ok", text, pragma)
		}
		require.NoError(t, r.Err())
		require.NoError(t, r.Close())
	}
	var differ int
	require.NoError(t, db.QueryRow(`SELECT count(*) FROM store s WHERE
		s.users <> (SELECT count(*) FROM users) OR
		s.no_factor <> (SELECT count(*) FROM users u WHERE NOT EXISTS (SELECT 1 FROM factors f WHERE f.user_id = u.id)) OR
		s.pending <> (SELECT count(*) FROM factors WHERE status = 'pending') OR
		s.active <> (SELECT count(*) FROM factors WHERE status = 'active') OR
		s.inactive <> (SELECT count(*) FROM users WHERE NOT active)`).Scan(&differ))
	require.Zero(t, differ, "the numbers of the chips")
	// With 1 it is compared with the users' rows as well.
	_, err = db.Exec("INSERT INTO users_search (users_search, rank) VALUES ('integrity-check', 1)")
	require.NoError(t, err, "the search index")
}

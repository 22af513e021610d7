//go:build full && linux

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
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
	held
}

// held is the Google factor of a person; zero when there is none.
type held struct {
	Status, By      string
	Since, LastUsed int64
}

// view is what is in a store.
type view struct {
	Events []app.Event
	Users  map[string]*person
}

// look opens a store as the programs do, and returns what is in it, with the
// events after one. It fails unless the chain, the seal of its end and the
// engine's file are whole.
func (h *home) look(worker, store string, after int64) view {
	h.t.Helper()
	cmd := h.command(worker, []string{envStore + "=" + store}, "look", strconv.FormatInt(after, 10))
	r := h.finish(cmd)
	require.Zero(h.t, r.code, r.errs)
	var printed struct {
		Report app.AuditReport
		Events []app.Event
		Users  []struct {
			Username string
			person
		}
		Faults []string
	}
	require.NoError(h.t, json.Unmarshal([]byte(r.out), &printed))
	require.Empty(h.t, printed.Faults)
	require.True(h.t, printed.Report.Whole, printed.Report.Problem)
	require.True(h.t, printed.Report.HeadChecked)
	require.Equal(h.t, printed.Report.Events, after+int64(len(printed.Events)))
	v := view{Events: printed.Events, Users: map[string]*person{}}
	for i := range printed.Users {
		v.Users[printed.Users[i].Username] = &printed.Users[i].person
	}
	return v
}

// newLedger begins with a store as it is.
func newLedger(t *testing.T, v view, imports string) *ledger {
	t.Helper()
	return &ledger{t: t, users: v.Users, seq: int64(len(v.Events)), imports: imports}
}

// follow goes on with the events that came next.
func (l *ledger) follow(events []app.Event) {
	l.t.Helper()
	for _, e := range events {
		require.Equal(l.t, l.seq+1, e.Seq)
		require.NoError(l.t, l.apply(e), "event %d, %s", e.Seq, words(e))
		if l.each != nil {
			l.each(e)
		}
		l.seq = e.Seq
	}
}

// agrees fails unless a store holds what its events say, no more and no less.
func (l *ledger) agrees(users map[string]*person) {
	l.t.Helper()
	for name, p := range l.users {
		require.NotNil(l.t, users[name], "%s is not in the store", name)
		require.Equal(l.t, *p, *users[name], "%s: the events, then the row", name)
	}
	require.Len(l.t, users, len(l.users), "users without an event")
}

// apply changes the ledger as an event says.
func (l *ledger) apply(e app.Event) error {
	if e.Outcome == app.Refused {
		return l.refused(e)
	}
	if e.Outcome == app.Failed && e.Reason != "" {
		return nil // somebody else was faster, and nothing was changed
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
		if p.Status == string(app.StatusActive) {
			return fmt.Errorf("the factor is active")
		}
		p.held = held{Status: string(app.StatusPending), By: e.Operator, Since: at}
	case app.DoConfirm:
		if p.Status != string(app.StatusPending) {
			return fmt.Errorf("the factor is %q", p.Status)
		}
		p.Status, p.Since, p.LastUsed, p.MustEnroll = string(app.StatusActive), at, at, false
	case app.DoVerify:
		if p.Status != string(app.StatusActive) {
			return fmt.Errorf("the factor is %q", p.Status)
		}
		p.LastUsed, p.Failures, p.LockedUntil, p.MustEnroll = at, 0, 0, false
		return nil // a sign-in is no change that a screen could overwrite
	case app.DoReset:
		if p.held == (held{}) {
			return fmt.Errorf("there is no factor")
		}
		p.held, p.MustEnroll = held{}, true
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

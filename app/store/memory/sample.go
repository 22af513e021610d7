package memory

import (
	"slices"
	"strings"
	"time"

	"github.com/factordesk/factordesk/app"
)

// Who looks around in a sample store. There is nothing to protect in it, so
// that the program signs in by itself.
const (
	SampleOperator = "olive"
	SamplePassword = "look around freely"
)

// Sample returns a store with 25 made-up people who have every kind of
// trouble, and what happened to them. Times are relative to now at the call;
// the secrets are random.
func Sample(now func() time.Time) *Store {
	s := New(Options{Name: "Juniper Outfitters", Tag: app.TagSample, Kind: app.SampleStore, Now: now})
	for _, name := range []string{
		"Customer care", "Merchandising", "Catalog editors", "Warehouse", "Marketing", "Finance",
	} {
		s.PlaceRole(roleID(name), name)
	}
	at := now()
	for _, p := range samplePeople {
		s.Place(p.person(s, at))
	}
	s.remember(at)
	return s
}

func roleID(name string) app.RoleID {
	switch name {
	case "Administrators":
		return app.Administrators
	case "Help desk":
		return app.HelpDesk
	case "Auditor":
		return app.Auditor
	}
	return app.RoleID(strings.ReplaceAll(strings.ToLower(name), " ", "-"))
}

// sampleFactor is a factor of a sample person; times are before now.
type sampleFactor struct {
	provider app.ProviderCode
	status   app.Status
	since    time.Duration
	used     time.Duration // 0: never
	devices  int
	note     string
}

// samplePerson is one person; times are before now, 0 is never.
type samplePerson struct {
	name, username, role string
	signIn               time.Duration
	factors              []sampleFactor
	inactive             bool
	mustEnroll           bool
	operator             bool
	failures             int
	locked               time.Duration // how much longer
}

const day = 24 * time.Hour

func (p samplePerson) person(s *Store, now time.Time) Person {
	before := func(d time.Duration) time.Time {
		if d == 0 {
			return time.Time{}
		}
		return now.Add(-d)
	}
	first, last, _ := strings.Cut(p.name, " ")
	q := Person{User: app.User{
		Username: p.username, FirstName: first, LastName: last,
		Email:  strings.ToLower(plainLetters.Replace(first+"."+last)) + "@juniper.example",
		Active: !p.inactive, MustEnroll: p.mustEnroll, Created: before(156 * day),
		LastSignIn: before(p.signIn), Failures: p.failures,
	}}
	if p.role != "" {
		q.Role.ID = roleID(p.role)
	}
	if p.locked > 0 {
		q.LockedUntil = now.Add(p.locked)
	}
	for _, f := range p.factors {
		q.Factors = append(q.Factors, app.Factor{
			Provider: f.provider, Status: f.status, Since: before(f.since), LastUsed: before(f.used),
			EnrolledBy: enrolledBy(p, f), Devices: f.devices, Note: f.note,
		})
	}
	switch {
	case p.username == SampleOperator:
		q.Password = app.NewSecret(SamplePassword)
	case p.operator:
		q.Password = app.NewSecret(s.token(20)) // nobody knows it
	}
	return q
}

var plainLetters = strings.NewReplacer("ë", "e", "Ł", "L", "é", "e")

// enrolledBy: what was pending or came lately was enrolled at this desk.
func enrolledBy(p samplePerson, f sampleFactor) string {
	if f.status == app.StatusPending || f.since < 10*day {
		return "afjord"
	}
	return p.username
}

// sampleEvent is one thing that happened, ago before now.
type sampleEvent struct {
	ago      time.Duration
	operator string
	action   app.Action
	target   string
	provider app.ProviderCode
	outcome  app.Outcome
	reason   string
}

// remember writes what happened to the sample people, oldest first.
func (s *Store) remember(now time.Time) {
	events := slices.Clone(sampleEvents)
	for _, p := range samplePeople {
		events = append(events, sampleEvent{
			ago: 156*day - time.Hour, operator: SampleOperator, action: app.DoAddUser, target: p.username, outcome: app.Done,
		})
	}
	slices.SortStableFunc(events, func(a, b sampleEvent) int {
		return int(b.ago/time.Second) - int(a.ago/time.Second)
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, past := range events {
		e := app.Event{
			At: now.Add(-past.ago), Console: "desk-" + past.operator + ", Factordesk 1.0", Action: past.action,
			Provider: past.provider, Outcome: past.outcome, Reason: past.reason,
		}
		if p := s.find(past.operator); p != nil {
			e.OperatorID, e.Operator = p.user.ID, p.user.Username
		}
		if p := s.find(past.target); p != nil {
			e.TargetID, e.Target = p.user.ID, p.user.Username
		}
		if past.action == app.DoReset && past.outcome == app.Done {
			typed := e.At.Add(-22 * time.Second).UTC().Format(time.RFC3339)
			e.Details = []app.Detail{
				{Name: "password", Value: "re-typed " + typed + ", used once"},
				{Name: "before", Value: string(app.StatusActive)},
				{Name: "after", Value: string(app.StatusNotEnrolled)},
			}
		}
		s.write(e)
	}
}

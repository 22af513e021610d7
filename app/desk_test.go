package app_test

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/diagnosis"
	"github.com/factordesk/factordesk/app/otp"
	"github.com/factordesk/factordesk/app/provider"
	"github.com/factordesk/factordesk/app/store/memory"
)

// checker is what *testing.T, *testing.F and *rapid.T are.
type checker interface {
	require.TestingT
	Helper()
}

// start is when every test begins: the first second of a time step.
var start = time.Date(2026, 6, 9, 12, 8, 0, 0, time.UTC)

// desk is a console before a store in memory, with a clock that stands.
type desk struct {
	ctx     context.Context
	now     time.Time
	store   *memory.Store
	console *app.Console
	id      map[string]app.UserID // by username
	key     map[string][]byte     // secrets of factors
}

// newDesk furnishes a store:
//
//	olive, agnes    Administrators
//	helga           Help desk
//	audrey          Auditor
//	edda            Editors: may see and edit users, not operators
//	nora            an operator without a role
//	ann             a user with an active factor
//	ben             a user without one
//	lou             a user who is locked out
//	rita            an operator (Help desk) with an active factor
//	una             a user with a factor that no key opens
//
// Everybody who is an operator has the password of passwordOf.
func newDesk(t checker) *desk {
	t.Helper()
	d := &desk{ctx: context.Background(), now: start, id: map[string]app.UserID{}, key: map[string][]byte{}}
	d.store = memory.New(memory.Options{Name: "Desk", Now: d.clock, Shop: true})
	d.store.PlaceRole("editors", "Editors", app.SeeUsers, app.EditUsers)
	d.store.PlaceRole("spare", "Spare")
	for _, p := range []struct {
		name   string
		role   app.RoleID
		factor app.Status
	}{
		{"olive", app.Administrators, ""},
		{"agnes", app.Administrators, ""},
		{"helga", app.HelpDesk, ""},
		{"audrey", app.Auditor, ""},
		{"edda", "editors", ""},
		{"nora", "", ""},
		{"ann", "", app.StatusActive},
		{"ben", "", ""},
		{"lou", "", app.StatusActive},
		{"rita", app.HelpDesk, app.StatusActive},
		{"una", "", app.StatusUnreadable},
	} {
		person := memory.Person{User: app.User{
			Username: p.name, Email: p.name + "@juniper.example", FirstName: p.name, LastName: "Bellwether",
			Role: app.Role{ID: p.role}, Active: true,
		}}
		switch p.name {
		case "ann", "ben", "lou", "una":
		default:
			person.Password = passwordOf(p.name)
		}
		if p.factor != "" {
			d.key[p.name] = fmt.Appendf(nil, "%-20s", "secret of "+p.name)
			person.Factors = []app.Factor{{Provider: app.Google, Status: p.factor, Since: start.Add(-time.Hour)}}
			person.Keys = map[app.ProviderCode]app.Secret{app.Google: app.NewSecret(otp.Encode(d.key[p.name]))}
		}
		if p.name == "lou" {
			person.Failures, person.LockedUntil = app.MaxFailures, start.Add(18*time.Minute)
		}
		d.id[p.name] = d.store.Place(person).ID
	}
	d.console = d.another(d.store)
	return d
}

func passwordOf(name string) app.Secret { return app.NewSecret("the password of " + name) }

func (d *desk) clock() time.Time { return d.now }

// another puts one more console before a store.
func (d *desk) another(s app.Store) *app.Console {
	return app.NewConsole(app.Options{Store: s, Providers: provider.All(), Desk: "desk-test, Factordesk 1.0", Now: d.clock, Diagnose: diagnosis.Desk{}})
}

// signIn makes somebody the operator, with a code where there is a factor.
func (d *desk) signIn(t checker, name string) app.Welcome {
	t.Helper()
	w, err := d.console.SignIn(d.ctx, d.credentials(t, name))
	require.NoError(t, err)
	return w
}

func (d *desk) credentials(t checker, name string) app.Credentials {
	t.Helper()
	c := app.Credentials{Username: name, Password: passwordOf(name)}
	if d.key[name] != nil {
		c.Code = d.code(t, name, 0)
	}
	return c
}

// signedIn is a new desk with somebody signed in.
func signedIn(t checker, name string) *desk {
	t.Helper()
	d := newDesk(t)
	d.signIn(t, name)
	return d
}

// code is somebody's right code, steps from now.
func (d *desk) code(t checker, name string, steps int) app.Secret {
	t.Helper()
	return codeOf(t, d.key[name], d.now.Add(time.Duration(steps)*30*time.Second))
}

func codeOf(t checker, key []byte, at time.Time) app.Secret {
	t.Helper()
	c, err := otp.CodeAt(key, otp.Default(), at)
	require.NoError(t, err)
	return app.NewSecret(c)
}

// user reads somebody past every rule.
func (d *desk) user(t checker, name string) app.User {
	t.Helper()
	u, err := d.store.User(d.ctx, d.id[name])
	require.NoError(t, err)
	return u
}

// operatorName is who is signed in; "" is nobody.
func (d *desk) operatorName() string {
	o, _ := d.console.Operator()
	return o.User.Username
}

// grant re-types the operator's password for a deed.
func (d *desk) grant(t checker, deed app.Deed) *app.Grant {
	t.Helper()
	g, err := d.console.Reverify(d.ctx, passwordOf(d.operatorName()), deed)
	require.NoError(t, err)
	return g
}

// events returns what f writes, oldest first.
func (d *desk) events(t checker, f func()) []app.Event {
	t.Helper()
	before, err := d.store.Head(d.ctx)
	require.NoError(t, err)
	f()
	page, err := d.store.Events(d.ctx, app.EventQuery{After: before.Seq, Limit: 1000})
	require.NoError(t, err)
	slices.Reverse(page.Events)
	return page.Events
}

// refused requires that f fails with a kind, changes nothing, and writes just
// one event: that the operator's attempt was refused.
func (d *desk) refused(t checker, kind app.Kind, action app.Action, f func() error) app.Event {
	t.Helper()
	operator := d.operatorName()
	before := d.everything(t)
	var err error
	events := d.events(t, func() { err = f() })
	require.Equal(t, kind, app.KindOf(err), "%v", err)
	d.unchanged(t, before)
	require.Len(t, events, 1)
	e := events[0]
	require.Equal(t, app.Refused, e.Outcome)
	require.Equal(t, action, e.Action)
	require.Equal(t, operator, e.Operator)
	message, _ := app.Explain(err)
	require.NotEmpty(t, e.Reason)
	if e.Action != app.DoPassword && e.Action != app.DoReopen {
		require.Equal(t, message, e.Reason)
	}
	return e
}

// state is all of a store but its audit.
type state struct {
	Users []app.User
	Roles []app.Role
}

// everything reads the state past every rule.
func (d *desk) everything(t checker) state {
	t.Helper()
	p, err := d.store.Users(d.ctx, app.Query{Limit: 100_000})
	require.NoError(t, err)
	r, err := d.store.Roles(d.ctx)
	require.NoError(t, err)
	return state{p.Users, r}
}

// unchanged requires that the store is as it was before.
func (d *desk) unchanged(t checker, before state) {
	t.Helper()
	if diff := cmp.Diff(before, d.everything(t)); diff != "" {
		require.Fail(t, "something changed in the store", diff)
	}
}

// stranger is a user that no test knows of yet.
func stranger(name string) app.NewUser {
	return app.NewUser{Username: name, Email: name + "@juniper.example", FirstName: "Some", LastName: "Body", Active: true}
}

func save(u app.User) app.UserChange {
	return app.UserChange{
		ID: u.ID, Version: u.Version, Username: u.Username, Email: u.Email,
		FirstName: u.FirstName, LastName: u.LastName, Role: u.Role.ID, Active: u.Active,
	}
}

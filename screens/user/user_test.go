package user_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/provider"
	"github.com/factordesk/factordesk/app/store/memory"
	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/kit/kittest"
	"github.com/factordesk/factordesk/screens/user"
)

var _ user.Service = (*app.Console)(nil)

// Who has which password in the tests.
const (
	password     = memory.SamplePassword
	deskPassword = "the help desk one"
)

// desk is the screen of one user in the sample store.
type desk struct {
	*kittest.Desk
	console  *app.Console
	service  user.Service // nil: the console
	store    *memory.Store
	screen   *user.Screen
	backs    int
	enrolled []app.Enrollment
	rotates  int
}

// at opens the screen of a user for the sample's operator, an Administrator.
func at(t *testing.T, username string) *desk {
	t.Helper()
	d := furnish(t, nil)
	d.signIn(memory.SampleOperator, password)
	d.open(username)
	return d
}

func furnish(t *testing.T, runner kit.Runner) *desk {
	t.Helper()
	d := &desk{Desk: kittest.New(t, kittest.Wide, runner)}
	d.store = memory.Sample(d.Clock.Now)
	d.console = d.another()
	return d
}

// another is one more console before the same store.
func (d *desk) another() *app.Console {
	return app.NewConsole(app.Options{Store: d.store, Providers: provider.All(), Desk: "desk-test", Now: d.Clock.Now})
}

func (d *desk) signIn(username, password string) {
	d.T.Helper()
	_, err := d.console.SignIn(context.Background(), app.Credentials{Username: username, Password: app.NewSecret(password)})
	require.NoError(d.T, err)
}

// helpDesk signs in somebody with the role Help desk.
func (d *desk) helpDesk() {
	d.T.Helper()
	d.store.Place(memory.Person{User: app.User{
		Username: "hdesk", Email: "h@juniper.example", FirstName: "Hanna", LastName: "Desk",
		Role: app.Role{ID: app.HelpDesk}, Active: true,
	}, Password: app.NewSecret(deskPassword)})
	d.signIn("hdesk", deskPassword)
}

func (d *desk) open(username string) {
	d.T.Helper()
	u := d.user(username)
	var service user.Service = d.console
	if d.service != nil {
		service = d.service
	}
	d.screen = user.New(service, d.Kit, u.ID, user.Actions{
		Back:     func() { d.backs++ },
		Enrolled: func(e app.Enrollment) { d.enrolled = append(d.enrolled, e) },

		RotateKey: func() { d.rotates++ },
	})
	d.SetContent(framed(d.screen))
	d.Resize(kittest.Wide)
	if d.Link() == nil {
		d.Watch(d.console.Stamp)
	}
	d.screen.Show()
	d.T.Cleanup(d.screen.Close)
}

// user is a user as the store has it now.
func (d *desk) user(username string) app.User {
	d.T.Helper()
	u, err := d.store.FindUser(context.Background(), username)
	require.NoError(d.T, err)
	return u
}

// events are the newest events on a user.
func (d *desk) events(username string) []app.Event {
	d.T.Helper()
	p, err := d.store.Events(context.Background(), app.EventQuery{Target: d.user(username).ID})
	require.NoError(d.T, err)
	return p.Events
}

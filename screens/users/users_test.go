package users_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/provider"
	"github.com/factordesk/factordesk/app/store/memory"
	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/kit/kittest"
	"github.com/factordesk/factordesk/screens/users"
)

var _ users.Service = (*app.Console)(nil)

const password = "correct horse battery"

// page is the room of a screen in a window: rail and top bar take the rest.
func page(window fyne.Size) fyne.Size { return fyne.NewSize(window.Width-88, window.Height-56) }

// bench is a screen over a store in memory, with what went up from it.
type bench struct {
	*kittest.Desk
	clocks  int
	store   *memory.Store
	console *app.Console
	screen  *users.Screen
	service *spy
	link    *kit.Link

	opened, enrolled, tested []app.UserID
	testedConnection, other  int
}

// spy counts the questions, and may answer in another way.
type spy struct {
	*app.Console
	clock   func() app.ClockReading
	info    func(app.StoreInfo) app.StoreInfo
	pages   []app.Query
	counted int
	page    func(ctx context.Context, q app.Query) (app.Page, error)
	add     func() error
	bring   func(ctx context.Context, r app.ImportRequest)
}

func (s *spy) Store() app.StoreInfo {
	info := s.Console.Store()
	if s.info != nil {
		info = s.info(info)
	}
	return info
}

func (s *spy) Users(ctx context.Context, q app.Query) (app.Page, error) {
	s.pages = append(s.pages, q)
	if s.page != nil {
		return s.page(ctx, q)
	}
	return s.Console.Users(ctx, q)
}

func (s *spy) AddUser(ctx context.Context, g *app.Grant, n app.NewUser) (app.User, error) {
	if s.add != nil {
		return app.User{}, s.add()
	}
	return s.Console.AddUser(ctx, g, n)
}

func (s *spy) ImportUsers(ctx context.Context, g *app.Grant, r app.ImportRequest) (app.ImportResult, error) {
	if s.bring != nil {
		s.bring(ctx, r)
	}
	return s.Console.ImportUsers(ctx, g, r)
}

func (s *spy) ServerClock(ctx context.Context) (app.ClockReading, bool, error) {
	if s.clock != nil {
		return s.clock(), true, nil
	}
	return s.Console.ServerClock(ctx)
}

func (s *spy) Counts(ctx context.Context) (app.Counts, error) {
	s.counted++
	return s.Console.Counts(ctx)
}

type setup struct {
	size   fyne.Size
	runner kit.Runner
	store  func(now func() time.Time) *memory.Store
	hold   bool // do not Show yet
}

// start signs an operator in and shows the list.
func start(t testing.TB, o setup) *bench {
	t.Helper()
	if o.size == (fyne.Size{}) {
		o.size = kittest.Wide
	}
	b := &bench{Desk: kittest.New(t, page(o.size), o.runner)}
	username, pass := memory.SampleOperator, memory.SamplePassword
	if o.store == nil {
		o.store = memory.Sample
	} else {
		username, pass = "olive", password
	}
	b.store = o.store(b.Clock.Now)
	b.console = app.NewConsole(app.Options{
		Store: b.store, Providers: provider.All(), Desk: "test", Now: b.Clock.Now,
	})
	_, err := b.console.SignIn(context.Background(), app.Credentials{Username: username, Password: app.NewSecret(pass)})
	require.NoError(t, err)
	b.service = &spy{Console: b.console}
	b.screen = users.New(b.service, b.Kit, users.Actions{
		OpenUser:       func(id app.UserID) { b.opened = append(b.opened, id) },
		Enroll:         func(id app.UserID) { b.enrolled = append(b.enrolled, id) },
		TestCode:       func(id app.UserID) { b.tested = append(b.tested, id) },
		TestConnection: func() { b.testedConnection++ },
		OpenStore:      func() { b.other++ },
		ShowClocks:     func() { b.clocks++ },
	})
	t.Cleanup(b.screen.Close)
	b.link = b.Watch(b.console.Stamp)
	b.Show(kit.Stack(kit.Plate(kit.ColorBg), b.screen.Content()))
	if !o.hold {
		b.screen.Show()
	}
	return b
}

// with makes a store of an operator with a role and some people.
func with(role app.RoleID, people ...memory.Person) func(now func() time.Time) *memory.Store {
	return func(now func() time.Time) *memory.Store {
		s := memory.New(memory.Options{Name: "My Desk", Now: now})
		if role == "" {
			role = app.Administrators
		}
		s.Place(memory.Person{Password: app.NewSecret(password), User: app.User{
			Username: "olive", FirstName: "Olive", LastName: "Bellwether", Email: "olive@juniper.example",
			Active: true, Role: app.Role{ID: role},
		}})
		for _, p := range people {
			s.Place(p)
		}
		return s
	}
}

// crowd is n people, "Person 001" first.
func crowd(n int) []memory.Person {
	people := make([]memory.Person, n)
	for i := range people {
		people[i] = memory.Person{User: app.User{
			Username: fmt.Sprintf("person%03d", i+1), FirstName: "Person", LastName: fmt.Sprintf("%03d", i+1),
			Email: fmt.Sprintf("person%03d@juniper.example", i+1), Active: true,
		}}
	}
	return people
}

// shop makes the store look like one behind a network.
func shop(i app.StoreInfo) app.StoreInfo {
	i.Kind, i.Tag, i.Name = app.MagentoStore, app.TagProduction, "Juniper Outfitters"
	i.Engine, i.Location = "MariaDB, port 3306", "db1.juniper.example"
	return i
}

// file makes it look like one in a file.
func file(i app.StoreInfo) app.StoreInfo {
	i.Kind, i.Tag, i.Name = app.LocalStore, app.TagLocal, "My Desk"
	i.Engine, i.Location = "SQLite file", "/home/olive/.local/share/factordesk/desk.db"
	return i
}

// answer types the password into the dialog that asks for it.
func (b *bench) answer(pass string) {
	b.T.Helper()
	require.Contains(b.T, b.Text(), "Current User Identity Verification")
	b.Fill("Your Password", pass)
	b.Key(fyne.KeyReturn)
}

// current is the user whose row the keyboard stands on, as Enter tells.
func (b *bench) openCurrent() app.User {
	b.T.Helper()
	b.opened = nil
	b.Key(fyne.KeyReturn)
	require.Len(b.T, b.opened, 1)
	u, err := b.store.User(context.Background(), b.opened[0])
	require.NoError(b.T, err)
	return u
}

// row is the place of a user in the list, by name.
func (b *bench) row(name string) int {
	b.T.Helper()
	page, err := b.store.Users(context.Background(), b.service.pages[len(b.service.pages)-1])
	require.NoError(b.T, err)
	for i, u := range page.Users {
		if u.Name() == name {
			return i
		}
	}
	require.Fail(b.T, "not on the page", name)
	return -1
}

// tick ticks one row by keyboard and no other.
func (b *bench) tick(name string) {
	b.T.Helper()
	b.Ctrl(fyne.KeyF)
	b.Key(fyne.KeyDown)
	b.Ctrl(fyne.KeyA)
	if strings.Contains(b.Text(), "selected") {
		b.Ctrl(fyne.KeyA)
	}
	b.Key(fyne.KeyHome)
	for range b.row(name) {
		b.Key(fyne.KeyDown)
	}
	b.Key(fyne.KeySpace)
}

// choose picks a role in the select of the dialog, by keyboard.
func (b *bench) choose(role string) {
	b.T.Helper()
	s := kittest.Get[*kit.Select](b.Desk, "")
	b.Focus(s)
	b.Key(fyne.KeyReturn, fyne.KeyHome)
	for range 20 {
		if b.FocusLabel() == role {
			break
		}
		b.Key(fyne.KeyDown)
	}
	require.Equal(b.T, role, b.FocusLabel())
	b.Key(fyne.KeyReturn)
}

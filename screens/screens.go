// Package screens is the window's shell and THE list of its screens.
//
// The shell knows which screen is shown, and leads from one to the next: welcome
// or sign-in first, then the desk (left rail, top bar, a page), and over
// everything the lock. A screen gets the Console of the open store, a kit, and
// callbacks that go up to here; it knows no other screen.
//
// A new screen is one folder and one line in places.
package screens

import (
	"context"
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/activity"
	"github.com/factordesk/factordesk/screens/connections"
	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/settings"
	"github.com/factordesk/factordesk/screens/signin"
	"github.com/factordesk/factordesk/screens/troubleshoot"
	"github.com/factordesk/factordesk/screens/user"
	"github.com/factordesk/factordesk/screens/users"
)

// Screen is what the shell asks of every screen, on the UI goroutine. Some have
// more: Cover hides secrets at once, Wipe forgets a typed password when the screen
// locks, and Leave asks before something typed is lost.
type Screen interface {
	Content() fyne.CanvasObject
	Show()    // it has become visible: load, and put the focus where it belongs
	Refresh() // F5
	Close()   // it leaves for good: end work, wipe secrets
}

// place is a screen on the left rail.
type place struct {
	name string
	icon kit.IconName
	open func(*Shell) Screen
}

// places is THE list of screens on the left rail.
func places() []place {
	return []place{
		{"Users", kit.IconUsers, (*Shell).newUsers},
		{"Troubleshoot", kit.IconTroubleshoot, (*Shell).newTroubleshoot},
		{"Activity", kit.IconActivity, (*Shell).newActivity},
		{"Connections", kit.IconConnections, (*Shell).newConnections},
		{"Settings", kit.IconSettings, (*Shell).newSettings},
	}
}

// Backend is the program around the window: what is kept on this computer, and
// how stores are opened. Its methods run off the UI goroutine.
type Backend interface {
	settings.Service
	Version() string
	Saved() ([]signin.Saved, error) // in the person's order
	DefaultPath() string            // of a new local store
	// Open opens the store of a path, an address, or a saved connection's name. It
	// asks for what it needs to get in, and leaves nothing open when ctx ends.
	Open(ctx context.Context, target string, ask app.Asker) (*app.Console, error)
	Create(ctx context.Context, n NewStore, ask app.Asker) (*app.Console, app.Secret, error)
	Sample(ctx context.Context) (*app.Console, error)
	SignedIn(c *app.Console) error // note it, so that the store is offered first
	Ways
	Backups
	Picture(uri app.Secret) (kit.Matrix, error)
	Log(err error) // the cause of an error that a person was told about
}

// Ways are what connections.Service needs besides: the list of stores is changed,
// and the ways to them are gone. What is not known on the way is asked for.
type Ways interface {
	SaveConnection(ctx context.Context, was string, c connections.Saved) error
	RemoveConnection(ctx context.Context, name string) error
	MoveConnection(ctx context.Context, name string, to int) error // to a place in the order, 0 is the first
	ForgetPassword(ctx context.Context, c connections.Saved) error
	ReadEnv(ctx context.Context, a app.ShopAddress, ask app.Asker) (connections.Draft, error)
	TestConnection(ctx context.Context, c connections.Saved, ask app.Asker, report func([]app.Rung)) error
}

// NewStore is what a store is made of.
type NewStore struct {
	Name  string
	Path  string // of a file, or the name of a saved connection to a team's empty database
	First app.NewUser
}

// Shell is the window. Its methods belong to the UI goroutine.
type Shell struct {
	kit     *kit.Kit
	backend Backend
	values  settings.Values

	console *app.Console // of the open store; nil at first
	link    *kit.Link    // to it; nil: nobody has signed in
	lost    bool         // what the link said last
	stage   Screen       // fills the window: welcome, sign-in, enroll at sign-in

	rail []*kit.RailItem
	bar  *bar            // over the page, at the desk
	room *fyne.Container // where the page is, at the desk
	home *users.Screen   // kept while a user is open, so that search and place stay
	page Screen          // the page that shows
	wake func()          // lets the list's shortcuts go on

	gate    *gate
	curtain Screen // the lock, when it is closed
	behind  fyne.CanvasObject
	lead    func() // leads on from sign-in, until the person has heard what comes first
	focus   fyne.Focusable
	unhold  func()
	touched time.Time // when somebody was last at the window
	roll    attendance
}

// New makes the shell of a window.
func New(w fyne.Window, b Backend, v settings.Values, o kit.Options) *Shell {
	s := &Shell{backend: b, values: v}
	if o.Explain == nil {
		o.Explain = func(err error) (string, string) {
			b.Log(err)
			return app.Explain(err)
		}
	}
	if o.Runner == nil {
		o.Runner = kit.NewBackground(context.Background())
	}
	s.gate = &gate{Runner: o.Runner}
	o.Runner = s.gate
	s.kit = kit.New(w, o)
	s.touched = s.kit.Now()
	s.apply(v)
	s.kit.OnActivity(s.stirred)
	s.kit.OnLink(s.linked)
	s.kit.Every(time.Second, func() {
		s.tick()
		s.attend()
	})
	s.kit.ShortcutWhile(s.refreshable, "F5", "Refresh", s.refresh)
	s.kit.Shortcut("Ctrl+K", "Switch to another store", s.quickSwitch)
	s.kit.ShortcutWhile(s.lockable, "Ctrl+L", "Lock the screen", s.Lock)
	// The field itself takes this key; here it is for the list.
	s.kit.ShortcutWhile(s.attended, "F8", "Show or hide a password, in its field", func() {})
	s.kit.Shortcut("?", "This list", func() { s.kit.ShowShortcuts() })
	for i, p := range places() {
		s.kit.ShortcutWhile(s.atDesk, "Ctrl+"+string(rune('1'+i)), p.name, func() { s.goTo(i) })
	}
	return s
}

// apply makes settings count now.
func (s *Shell) apply(v settings.Values) {
	s.values = v
	s.kit.Clip.Life = v.ClearClipping
	fyne.CurrentApp().Settings().SetTheme(kit.NewTheme(v.Mode, float32(v.TextSize)/100))
	if s.bar != nil {
		s.bar.fit()
	}
}

// set shows a screen that fills the window, in place of whatever was there.
func (s *Shell) set(next Screen) {
	s.clearDesk()
	if s.stage != nil {
		s.stage.Close()
	}
	s.stage = next
	s.kit.SetContent(next.Content())
	next.Show()
}

func (s *Shell) atDesk() bool { return s.room != nil && s.curtain == nil }

// refreshable tells whether F5 has something to do.
func (s *Shell) refreshable() bool {
	_, asks := s.stage.(*signin.Screen)
	return s.curtain == nil && (s.page != nil || asks)
}

// attended tells whether somebody is the operator of an open store.
func (s *Shell) attended() bool {
	if s.console == nil {
		return false
	}
	_, ok := s.console.Operator()
	return ok
}

func (s *Shell) lockable() bool { return s.curtain == nil && s.attended() }

// refresh is F5, for whatever is shown.
func (s *Shell) refresh() {
	switch {
	case s.curtain != nil:
	case s.link.Lost():
		s.link.TryNow() // the page is read again when there is an answer
	case s.page != nil:
		s.page.Refresh()
	case s.stage != nil:
		s.stage.Refresh()
	}
}

// Cover hides secrets: the window has lost the focus.
func (s *Shell) Cover() {
	for _, screen := range []Screen{s.page, s.stage} {
		if c, ok := screen.(interface{ Cover() }); ok {
			c.Cover()
		}
	}
}

// Leave calls then, at once or after the person has decided to give up what is
// typed and not saved; for the window's close button.
func (s *Shell) Leave(then func()) {
	if l, ok := s.page.(interface{ Leave(then func()) }); ok && s.curtain == nil {
		l.Leave(then)
		return
	}
	then()
}

// Quit ends everything at the end of the program: secrets leave the clipboard
// and the memory, and the store is closed.
func (s *Shell) Quit() {
	s.kit.Clip.Clear()
	s.unwatch()
	if s.console != nil {
		if err := s.console.Close(); err != nil {
			s.backend.Log(err)
		}
		s.console = nil
	}
}

func (s *Shell) newUsers() Screen {
	if s.home == nil {
		s.home = users.New(s.console, s.kit, users.Actions{
			OpenUser: func(id app.UserID) { s.openUser(id, nil) },
			Enroll:   func(id app.UserID) { s.openUser(id, (*user.Screen).EnrollAtOnce) },
			TestCode: func(id app.UserID) { s.openUser(id, (*user.Screen).TestAtOnce) },

			TestConnection: s.testConnection,
			ShowClocks: func() {
				s.show(slices.IndexFunc(places(), func(p place) bool { return p.name == "Troubleshoot" }))
			},
			OpenStore: func() {
				s.Leave(func() { s.signOut() })
			},
		})
	}
	return s.home
}

func (s *Shell) newTroubleshoot() Screen {
	return troubleshoot.New(s.console, s.kit, troubleshoot.Actions{
		ShowUsers: s.showUsers, TestConnection: s.testConnection, Help: s.help,
	})
}

func (s *Shell) newActivity() Screen {
	return activity.New(s.console, s.kit, activity.Actions{
		OpenUser: func(id app.UserID) { s.openUser(id, nil) },
	})
}

func (s *Shell) newSettings() Screen {
	o, _ := s.console.Operator()
	about := settings.About{Version: s.backend.Version(), Operator: o.User, Store: s.console.Store(), Desk: s.console}
	return settings.New(s.backend, s.kit, about, s.values, settings.Actions{
		Changed:     s.apply,
		SetPassword: func() { s.openUser(o.User.ID, (*user.Screen).SetPasswordAtOnce) },
		BackUp:      s.backUp,
		SignOut:     s.signOut,
	})
}

// rotateKey shows the settings, and begins there to rotate the key.
func (s *Shell) rotateKey() {
	s.Leave(func() {
		s.show(slices.IndexFunc(places(), func(p place) bool { return p.name == "Settings" }))
		if page, ok := s.page.(*settings.Screen); ok {
			page.RotateAtOnce()
		}
	})
}

// Kit is the window's own kit, for tests that work the keyboard.
func (s *Shell) Kit() *kit.Kit { return s.kit }

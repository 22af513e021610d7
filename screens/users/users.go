package users

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// Service is what the list needs of the Console.
type Service interface {
	Store() app.StoreInfo
	Operator() (o app.Operator, ok bool)
	Able(app.Ability) error
	Permits(app.Permission) error
	PermitsOn(app.Permission, app.User) error
	Providers() []app.Provider

	Users(ctx context.Context, q app.Query) (app.Page, error)
	Counts(ctx context.Context) (app.Counts, error)
	ServerClock(ctx context.Context) (r app.ClockReading, ok bool, err error)
	Roles(ctx context.Context) ([]app.Role, error)

	Reverify(ctx context.Context, password app.Secret, d app.Deed) (*app.Grant, error)
	AddUser(ctx context.Context, g *app.Grant, n app.NewUser) (app.User, error)
	ImportUsers(ctx context.Context, g *app.Grant, r app.ImportRequest) (app.ImportResult, error)
	Unlock(ctx context.Context, g *app.Grant, r app.UnlockRequest) error
}

// Actions go up to the shell. TestConnection and OpenStore may be nil where
// there is nowhere to go; their buttons are left out then.
type Actions struct {
	OpenUser       func(id app.UserID)
	Enroll         func(id app.UserID) // open the user on the 2FA tab and enroll
	TestCode       func(id app.UserID) // open the user with the desk test of a code
	TestConnection func()
	OpenStore      func()
	ShowClocks     func() // beside one another; nil: there is no such page
}

// PageSize is how many users a page holds.
const PageSize = 25

const (
	typingPause   = 150 * time.Millisecond // between the last key and the search
	skeletonAfter = 300 * time.Millisecond // before gray bars show
	wordsEvery    = 30 * time.Second       // "Locked 18 min" goes on
)

// Screen is the list of users. Its methods belong to the UI goroutine.
type Screen struct {
	svc   Service
	k     *kit.Kit
	on    Actions
	short map[app.ProviderCode]string // names of providers for the pills

	query   app.Query
	first   int // how many users come before the page
	turned  int // 1 or -1 while a page is being turned
	page    app.Page
	counts  app.Counts
	state   state
	trouble error     // why there is no answer
	read    time.Time // when what shows was read
	fresh   *app.User // just added, and may be enrolled from the footer

	shows  app.Query  // the query of what shows
	wanted *app.Query // what could not be asked; nil: nothing
	missed bool       // something was changed while a question was on its way
	cut    bool       // what shows stays, since the store does not answer

	asking    *kit.Scope // the question that is on its way
	stopPause func()     // of the search field
	stopSlow  func()     // of the skeleton

	importing bool
	choosing  *choosing
	form      *addForm
	shown     bool
	entering  bool     // among the rows, as soon as those that were searched for show
	aside     bool     // another page stands in place of this one
	later     []func() // what to tell when the list is seen again

	view
}

// state is what stands in the table.
type state int

const (
	loading     state = iota
	full              // rows
	firstRun          // nobody but the operator
	nothing           // no user that the search or filter chooses
	denied            // the role does not allow to see users
	unreachable       // the store does not answer
	failed            // any other trouble
)

// New makes the list. Nothing is asked of the store before Show.
func New(s Service, k *kit.Kit, on Actions) *Screen {
	screen := &Screen{
		svc: s, k: k.Enter("Users"), on: on, short: map[app.ProviderCode]string{},
		query: app.Query{Sort: app.ByName, Limit: PageSize},
	}
	for _, p := range s.Providers() {
		screen.short[p.Code] = p.Short
	}
	screen.build()
	screen.k.OnLink(screen.linked)
	screen.k.OnChange(screen.changed)
	return screen
}

// Content is the page.
func (s *Screen) Content() fyne.CanvasObject { return s.content }

// Show loads the list. The first time the focus goes to the search; coming
// back, search, filter, page and ticks are as they were left.
func (s *Screen) Show() {
	s.aside = false
	s.k.Window.SetOnDropped(func(_ fyne.Position, files []fyne.URI) { s.Drop(files...) })
	if s.shown {
		s.Refresh()
		s.grid.FocusRows()
		return
	}
	s.shown = true
	s.k.Shortcut("Ctrl+F", "Search users", s.focusSearch)
	s.k.Every(wordsEvery, s.refreshWords)
	s.watchClock()
	s.focusSearch()
	s.load(withCounts)
}

// Hide is called when another page takes the place of the list, which is kept:
// until Show it takes no focus, opens no dialog and asks nobody by itself.
func (s *Screen) Hide() {
	s.aside = true
	s.k.Window.SetOnDropped(nil)
}

// Refresh asks the store again, for F5 and after the lock.
func (s *Screen) Refresh() {
	later := s.later
	s.later = nil
	s.again()
	for _, tell := range later {
		s.tell(tell)
	}
}

// covered tells whether another page or the lock hides the list.
func (s *Screen) covered() bool {
	o, ok := s.svc.Operator()
	return s.aside || !ok || o.Locked
}

// tell does what shows something over the page now, or when the page is seen
// again: the lock lets no name through.
func (s *Screen) tell(do func()) {
	if s.covered() {
		s.later = append(s.later, do)
		return
	}
	do()
}

// grab gives the focus to a widget of the page, where nothing is over the page.
func (s *Screen) grab(o fyne.Focusable) {
	if !s.covered() && !s.k.DialogOpen() {
		s.k.Focus(o)
	}
}

// Close ends work and timers, and wipes what was typed.
func (s *Screen) Close() {
	s.k.Window.SetOnDropped(nil)
	s.k.Leave()
	if s.form != nil {
		s.form.wipe()
	}
}

func (s *Screen) focusSearch() {
	if !s.search.Disabled() {
		s.search.Focus()
	}
}

// Drop opens the import for the first of the files that were dropped on the
// window.
func (s *Screen) Drop(files ...fyne.URI) {
	if len(files) == 0 || files[0].Scheme() != "file" {
		return
	}
	switch path := files[0].Path(); {
	case s.choosing != nil && !s.choosing.dialog.Closed():
		s.choosing.set(path)
	case !s.k.DialogOpen() && !s.covered():
		s.openImport(path, nil)
	}
}

// head is the band of a dialog that names the store.
func (s *Screen) head() kit.Store { return kit.StoreOf(s.svc.Store()) }

// askPassword asks for the operator's password, for one deed.
func (s *Screen) askPassword(action string, d app.Deed, done func(g *app.Grant)) {
	askFor(s, action, func(ctx context.Context, password app.Secret) (*app.Grant, error) {
		return s.svc.Reverify(ctx, password, d)
	}, done)
}

func askFor[G any](s *Screen, action string, check func(context.Context, app.Secret) (G, error), done func(G)) {
	o, _ := s.svc.Operator()
	kit.Password(s.k, kit.PasswordSpec[G]{
		Store: s.head(), Action: action, Operator: o.User.Name(),
		Check: func(ctx context.Context, password string) (G, error) { return check(ctx, app.NewSecret(password)) },
		Done:  done,
	})
}

// reason is the sentence of the first refusal, or empty.
func reason(errs ...error) string {
	for _, err := range errs {
		if err != nil {
			return sentences(app.Explain(err))
		}
	}
	return ""
}

// addReason says why nobody can be added or imported; empty: it can be done.
func (s *Screen) addReason() string {
	return reason(s.svc.Permits(app.EditUsers), s.svc.Able(app.AbleEditUsers), s.k.Link().Refusal())
}

// enrollReason says why nobody can be enrolled; empty: it can be done.
func (s *Screen) enrollReason() string {
	return reason(s.svc.Permits(app.CanEnroll), s.svc.Able(app.AbleOpenSecrets), s.k.Link().Refusal())
}

// added is called when a user is in.
func (s *Screen) added(u app.User, enroll bool) {
	s.k.Toast(kit.StatusOK, u.Name()+" was added.")
	if enroll && s.on.Enroll != nil {
		s.on.Enroll(u.ID)
		return
	}
	s.fresh = &u
	s.load(withCounts)
}

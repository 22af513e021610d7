package troubleshoot

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// Service is what the screen asks of the console.
type Service interface {
	Store() app.StoreInfo
	Permits(p app.Permission) error
	Examine(ctx context.Context) (app.Examination, error)
	Users(ctx context.Context, q app.Query) (app.Page, error)
	Diagnose(ctx context.Context, r app.DiagnosisRequest) (app.Diagnosis, error)
	WhoseCode(ctx context.Context, readings []app.CodeReading, progress func(tried int)) (app.Owners, error)
	ServerClock(ctx context.Context) (r app.ClockReading, ok bool, err error)
	NetworkTime(ctx context.Context, servers []string) (app.ClockReading, []app.NetworkAnswer, error)
}

// Actions go up to the shell. TestConnection may be nil where there is nowhere
// to go; its button is left out then.
type Actions struct {
	ShowUsers      func(f app.Filter) // the users whom a finding is about
	TestConnection func()
	Help           func(id app.UserID, p app.ProviderCode, h app.Help) // on the user's page, behind its grant
}

// view is one way to look for trouble.
type view interface {
	content() fyne.CanvasObject
	side() fyne.CanvasObject // what stands at the right of the page's title
	show()                   // it has become visible
	refresh()                // F5
}

// tab is a view with its name.
type tab struct {
	icon kit.IconName
	name string
	open func(*Screen) view
}

// tabs is THE list of views. From two on a control for choosing appears.
func tabs() []tab {
	return []tab{
		{kit.IconSearch, "Refused code", newRefused},
		{kit.IconDoctor, "Doctor", newDoctor},
	}
}

// Screen is the Troubleshoot screen. Its methods belong to the UI goroutine.
type Screen struct {
	service Service
	kit     *kit.Kit
	on      Actions

	content fyne.CanvasObject
	views   []view // as tabs
	chosen  int
	shown   bool
	side    *fyne.Container
	room    *fyne.Container
	outage  *kit.Outage
}

// New makes the screen. Nothing is asked of the store before Show.
func New(service Service, k *kit.Kit, on Actions) *Screen { return newScreen(service, k, on, tabs()) }

func newScreen(service Service, k *kit.Kit, on Actions, all []tab) *Screen {
	s := &Screen{service: service, kit: k.Enter("Troubleshoot"), on: on, side: kit.Stack(), room: kit.Stack()}
	for _, t := range all {
		s.views = append(s.views, t.open(s))
	}
	s.outage = kit.NewOutage(s.kit, 0, kit.OutageSpec{
		Store: func() app.StoreInfo { return s.service.Store() }, Changed: s.relay, Needless: s.saysItself, Test: on.TestConnection,
	})
	title := kit.AtLeast(0, kit.Scaled(kit.HeightTitleRow),
		kit.Row(kit.Space16, kit.Title("Troubleshoot"), s.chooser(all), kit.Spacer(), s.side))
	s.content = kit.Pad(kit.Space18, kit.Space24, kit.Space18, kit.Space24,
		kit.Column(kit.Space14, title, s.outage.Content, kit.Grow(s.room)))
	s.kit.OnLink(s.linked)
	s.choose(0)
	return s
}

// relay lays the page out again.
func (s *Screen) relay() {
	if s.content != nil {
		s.content.Refresh()
	}
}

// saysItself tells whether the view that shows says by itself that the store does
// not answer.
func (s *Screen) saysItself() bool {
	v, ok := s.views[s.chosen].(interface{ empty() bool })
	return ok && v.empty()
}

// linked tells the views whether the store answers, those that care.
func (s *Screen) linked() {
	for _, v := range s.views {
		if v, ok := v.(interface{ linked(lost bool) }); ok {
			v.linked(s.kit.Link().Lost())
		}
	}
}

// chooser leads from view to view. A single one is named, because there is
// nothing to choose.
func (s *Screen) chooser(all []tab) fyne.CanvasObject {
	if len(all) == 1 {
		return kit.Row(kit.Space16, kit.Sized(1, 24, kit.Plate(kit.ColorLine)),
			kit.Row(7, kit.Icon(all[0].icon, kit.ColorInk2, 16), kit.NewText(all[0].name).Strong()))
	}
	segments := make([]kit.Segment, len(all))
	for i, t := range all {
		segments[i] = kit.Segment{Icon: t.icon, Text: t.name}
	}
	return kit.NewSegmented(s.choose, segments...)
}

// key gives a key a meaning while a view is the one that shows.
func (s *Screen) key(v view, keys, does string, do func()) {
	s.kit.Shortcut(keys, does, func() {
		if s.views[s.chosen] == v {
			do()
		}
	})
}

func (s *Screen) choose(i int) {
	s.chosen = i
	v := s.views[i]
	s.side.Objects = []fyne.CanvasObject{v.side()}
	s.room.Objects = []fyne.CanvasObject{v.content()}
	s.content.Refresh()
	if s.shown {
		v.show()
	}
}

// Content implements the shell's Screen.
func (s *Screen) Content() fyne.CanvasObject { return s.content }

// Show implements the shell's Screen.
func (s *Screen) Show() {
	s.shown = true
	s.views[s.chosen].show()
}

// Diagnose puts a user before the question why a code is refused.
func (s *Screen) Diagnose(u app.User) {
	for i, v := range s.views {
		if r, ok := v.(*refused); ok {
			r.who.set(&u)
			s.choose(i)
		}
	}
}

// Wipe forgets the codes that were typed, for the lock: they are good for a
// while.
func (s *Screen) Wipe() {
	for _, v := range s.views {
		if r, ok := v.(*refused); ok {
			r.wipe()
		}
	}
}

// Refresh implements the shell's Screen, for F5.
func (s *Screen) Refresh() { s.views[s.chosen].refresh() }

// Close ends the screen.
func (s *Screen) Close() {
	s.Wipe()
	s.kit.Leave()
}

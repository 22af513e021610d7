package screens

import (
	"slices"

	"fyne.io/fyne/v2/container"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/enroll"
	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/troubleshoot"
	"github.com/factordesk/factordesk/screens/user"
)

// openDesk shows rail and bar, with the list of users.
func (s *Shell) openDesk() {
	if s.stage != nil {
		s.stage.Close()
		s.stage = nil
	}
	s.clearDesk()
	s.watch()
	o, _ := s.console.Operator()
	s.rail = nil
	for i, p := range places() {
		s.rail = append(s.rail, kit.NewRailItem(p.icon, p.name, func() { s.goTo(i) }))
	}
	help := kit.NewRailItem(kit.IconHelp, "Shortcuts", func() { s.kit.ShowShortcuts() })
	s.room = kit.Stack()
	s.bar = newBar(s.console.Store(), o.User, s.Lock)
	body := container.NewBorder(s.bar.content, nil, nil, nil, container.NewStack(kit.Plate(kit.ColorBg), s.room))
	s.linked()
	s.kit.SetContent(container.NewBorder(nil, nil, kit.Rail(append(append([]*kit.RailItem{}, s.rail...), help)...), nil, body))
	s.show(0)
}

// clearDesk ends the pages of the desk.
func (s *Shell) clearDesk() {
	if s.page != nil && s.page != Screen(s.home) {
		s.page.Close()
	}
	if s.home != nil {
		s.home.Close()
	}
	s.page, s.home, s.room, s.wake = nil, nil, nil, nil
}

// goTo shows a place of the rail, after asking where something typed would be
// lost.
func (s *Shell) goTo(place int) { s.Leave(func() { s.show(place) }) }

func (s *Shell) show(place int) {
	s.markRail(place)
	if place != 0 {
		s.setAside()
	}
	s.setPage(places()[place].open(s))
}

// showUsers shows the list of the users of a filter.
func (s *Shell) showUsers(f app.Filter) {
	s.newUsers()
	s.home.Choose(f)
	s.show(0)
}

// setPage shows a page at the desk. The list of users is kept behind the page of
// a user; everything else ends when it leaves.
func (s *Shell) setPage(next Screen) {
	if s.page != nil && s.page != next && s.page != Screen(s.home) {
		s.page.Close()
	}
	s.page = next
	if next == Screen(s.home) && s.wake != nil {
		s.wake()
		s.wake = nil
	}
	s.kit.Window.Canvas().Unfocus()
	s.room.RemoveAll()
	s.room.Add(next.Content())
	next.Show()
}

// setAside lets the list of users sleep while something else is shown.
func (s *Shell) setAside() {
	if s.home != nil && s.page == Screen(s.home) && s.wake == nil {
		s.wake = s.kit.Hold()
		s.home.Hide()
	}
}

// openUser shows the page of a user, and begins something there.
func (s *Shell) openUser(id app.UserID, begin func(*user.Screen)) {
	s.setAside()
	u := user.New(s.console, s.kit, id, user.Actions{
		Back:      func() { s.show(0) },
		Enrolled:  func(e app.Enrollment) { s.openEnroll(e) },
		RotateKey: s.rotateKey,
		Diagnose:  s.diagnose,
	})
	if begin != nil {
		begin(u)
	}
	s.markRail(0)
	s.setPage(u)
}

// help leads to a user's page and begins what helps against a refused code.
func (s *Shell) help(id app.UserID, p app.ProviderCode, h app.Help) {
	switch h {
	case app.HelpReset, app.HelpScanAgain:
		s.openUser(id, func(u *user.Screen) { u.ResetAtOnce(p) })
	case app.HelpResync:
		s.openUser(id, func(u *user.Screen) { u.ResyncAtOnce(p) })
	case app.HelpUnlock:
		s.openUser(id, (*user.Screen).UnlockAtOnce)
	default:
		s.openUser(id, nil)
	}
}

// diagnose shows Troubleshoot with a user before the question why a code is
// refused.
func (s *Shell) diagnose(u app.User) {
	s.show(slices.IndexFunc(places(), func(p place) bool { return p.name == "Troubleshoot" }))
	if t, ok := s.page.(*troubleshoot.Screen); ok {
		t.Diagnose(u)
	}
}

func (s *Shell) markRail(place int) {
	for i, item := range s.rail {
		item.SetChosen(i == place)
	}
}

// openEnroll shows a secret that was just made; afterwards the user again.
func (s *Shell) openEnroll(e app.Enrollment) {
	p, err := s.console.Provider(e.Factor.Provider)
	if err != nil {
		s.kit.Problem("The factor cannot be shown", err)
		return
	}
	back := func() { s.openUser(e.User.ID, nil) }
	s.setPage(enroll.New(s.console, s.kit, e, enroll.Options{
		Provider: p, Picture: s.backend.Picture, HideAfter: s.values.HideQR,
	}, enroll.Actions{Done: back, Leave: back, Users: func() { s.show(0) }}))
}

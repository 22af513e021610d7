package user

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// Tab is one of the tabs at the left.
type Tab int

// The tabs, in the order of the panel.
const (
	TabInfo Tab = iota
	TabRole
	TabTwoFactor
	TabActivity
)

// Screen shows one user.
type Screen struct {
	service Service
	kit     *kit.Kit
	window  *kit.Kit // whose dialogs stay when the screen is left
	on      Actions
	id      app.UserID

	page    *page // nil until it was read
	tab     Tab
	reading int // counts the reads, so that an older answer is dropped
	readAt  time.Time

	content *kit.ScrollView
	whole   *fyne.Container // the page, in the view that scrolls
	tabs    *kit.TabsPanel
	body    *fyne.Container
	stale   *fyne.Container // that what shows could not be read again, or is another by now
	outage  *kit.Outage
	cut     bool // the store does not answer
	tries   *kit.Text
	account *account
	history *history
	begin   func() // once, when the user was read
}

// New makes the screen of a user, with the tab 2FA before it. The kit is the
// window's; the screen takes a share of it and gives it back with Close.
func New(s Service, window *kit.Kit, id app.UserID, on Actions) *Screen {
	u := &Screen{service: s, kit: window.Enter("User"), window: window, on: on, id: id, tab: TabTwoFactor, body: kit.Stack(), stale: kit.Column(0)}
	u.tabs = kit.NewTabsPanel(func(i int) { u.choose(Tab(i)) },
		kit.Tab{Icon: kit.IconUser, Text: "User Info"},
		kit.Tab{Icon: kit.IconUsers, Text: "User Role"},
		kit.Tab{Icon: kit.IconShieldCheck, Text: "2FA"},
		kit.Tab{Icon: kit.IconActivity, Text: "Activity"},
	)
	u.tabs.Set(int(u.tab))
	u.whole = kit.Stack()
	u.content = kit.Scroll(u.whole)
	u.outage = kit.NewOutage(u.kit, kit.Space16, kit.OutageSpec{
		Store: s.Store, AsOf: func() time.Time { return u.readAt }, Changed: u.relayout,
		Needless: func() bool { return u.page == nil },
	})
	u.tries = kit.NewTries(u.kit)
	u.kit.OnLink(u.linked)
	u.kit.OnChange(u.changed)
	u.account = newAccount(u)
	u.history = newHistory(u)
	u.kit.Shortcut("Esc", "Back to the users", u.back)
	u.kit.Shortcut("Alt+Left", "Back to the users", u.back)
	return u
}

// Content is what the shell shows.
func (s *Screen) Content() fyne.CanvasObject { return s.content }

// Show reads the user. The focus is then on the tabs.
func (s *Screen) Show() { s.load() }

// Open shows a tab.
func (s *Screen) Open(t Tab) { s.choose(t) }

// Refresh reads the user again; what is typed stays. While the store does not
// answer it is tried: the user is read when it does.
func (s *Screen) Refresh() { s.tryAgain() }

// Close ends the screen for good.
func (s *Screen) Close() {
	s.account.password.Clear()
	s.kit.Leave()
}

// Wipe forgets a password that was typed and not used: the screen locks.
func (s *Screen) Wipe() { s.account.password.Clear() }

// Leave calls then, at once or after the person has decided to give up what is
// typed and not saved.
func (s *Screen) Leave(then func()) {
	if s.page == nil || !s.account.dirty() {
		then()
		return
	}
	changed := s.account.names(differing(fieldsOf(s.account.base), s.account.values()))
	stay := kit.Secondary("Stay", nil)
	var d *kit.Dialog
	leave := kit.Danger("Leave without saving", func() {
		d.Close()
		s.account.take(s.account.base)
		then()
	})
	d = s.kit.Dialog(kit.DialogSpec{
		Store: s.head(), Title: "Changes of " + s.page.user.Name() + " are not saved",
		Body:    kit.NewText("Changed: " + list(changed) + ".").In(kit.ColorInk2).Wrapped(),
		Hint:    "[Enter] or [Esc] stays",
		Buttons: []*kit.Button{stay, leave},
		Focus:   stay,
		OnEnter: stay.Press,
	})
}

func (s *Screen) back() { s.Leave(s.on.Back) }

// choose shows another tab.
func (s *Screen) choose(t Tab) {
	s.tab = t
	s.tabs.Set(int(t))
	s.fill()
}

// answer is a page that was just read.
type answer struct {
	page *page
	by   hand // who changed the user, if that matters to what is typed
}

// load reads the page. What shows stays until the answer is here; with nothing
// to show yet, gray bars come after 300 ms.
func (s *Screen) load() {
	stop := s.kit.After(300*time.Millisecond, func() {
		if s.page == nil {
			s.frame("", nil, skeleton())
		}
	})
	s.fetch(func(a answer, err error) {
		stop()
		if err != nil {
			s.lost(err)
			return
		}
		s.history.forget()
		s.show(a.page, a.by)
		s.beginOnce()
	})
}

// fetch reads the page; an answer that is older than another one is dropped.
func (s *Screen) fetch(done func(answer, error)) {
	s.reading++
	reading, version := s.reading, s.account.base.Version
	typed := s.account.dirty()
	kit.Go(s.kit, func(ctx context.Context) (answer, error) {
		p, err := read(ctx, s.service, s.id)
		if err != nil || !typed || p.user.Version == version {
			return answer{page: p}, err
		}
		return answer{page: p, by: lastSave(ctx, s.service, s.id)}, nil
	}, func(a answer, err error) {
		if reading == s.reading {
			done(a, err)
		}
	})
}

// show puts a page on the screen.
func (s *Screen) show(p *page, by hand) {
	s.readAt, s.stale.Objects = s.kit.Now(), nil
	s.take(p)
	s.account.arrive(p, by)
	s.draw()
}

// take makes a page the one that shows. While the store does not answer, nothing
// can be done on it.
func (s *Screen) take(p *page) {
	s.page, s.cut = p, s.kit.Link().Lost()
	p.may = rightsOn(s.service, p.user, p.operator)
	p.may.cut(s.kit.Link().Refusal())
}

// draw shows the page as it is now.
func (s *Screen) draw() {
	p := s.page
	s.frame(p.user.Name(), s.heading(p), kit.Column(0, s.outage.Content, s.stale, kit.Grow(kit.RowFill(kit.Space16,
		kit.Column(0, kit.Fix(kit.Scaled(176), 0, s.tabs)), kit.Grow(s.body)))))
	s.fill()
}

// frame is the page: the way here, the heading, and what is under it.
func (s *Screen) frame(name string, heading, under fyne.CanvasObject) {
	parts := []fyne.CanvasObject{s.crumbs(name)}
	if heading != nil {
		parts = append(parts, kit.Pad(2, 0, 0, 0, heading))
	}
	parts = append(parts, kit.Grow(kit.Pad(kit.Space16, 0, 0, 0, under)))
	s.whole.Objects = []fyne.CanvasObject{kit.PadXY(kit.Space24, kit.Space18, kit.Column(0, parts...))}
	s.relayout()
}

// fill shows the tab that is chosen.
func (s *Screen) fill() {
	if s.page == nil {
		return
	}
	var tab fyne.CanvasObject
	switch s.tab {
	case TabInfo:
		tab = s.info(s.page)
	case TabRole:
		tab = s.role(s.page)
	case TabTwoFactor:
		tab = s.twoFactor(s.page)
	case TabActivity:
		tab = s.activity(s.page)
	}
	s.body.Objects = []fyne.CanvasObject{tab}
	s.relayout()
	s.keepFocus()
}

// keepFocus gives the focus to the tabs when what had it is gone, so that the
// keyboard always goes on from somewhere.
func (s *Screen) keepFocus() {
	if s.kit.DialogOpen() || s.page == nil {
		return
	}
	if f := s.kit.Window.Canvas().Focused(); f == nil || s.kit.Gone(f) {
		s.kit.Focus(s.tabs)
	}
}

// relayout lays the page out again after a sentence came or went.
func (s *Screen) relayout() { s.content.Refresh() }

package user

import (
	"time"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// changed reads the page again, because somebody else has changed something or
// the store answers again. Tab, place and what is typed stay. What concerns the
// fields that are being typed in is not put under the person's hands: it is said,
// and shown when asked for.
func (s *Screen) changed() {
	switch {
	case s.covered():
		return
	case s.page == nil:
		s.load()
		return
	case s.kit.DialogOpen(): // what it is about stays under it until it is closed
		s.kit.After(time.Second, s.changed)
		return
	}
	s.fetch(func(a answer, err error) {
		switch {
		case err != nil:
			s.lost(err)
		case s.page != nil && s.page.same(a.page) && s.stale.Objects == nil:
			s.readAt = s.kit.Now()
			s.renewHistory()
		case s.account.dirty() && len(differing(fieldsOf(s.account.base), fieldsOf(a.page.user))) > 0:
			s.announce(a)
		default:
			if s.history.place == 0 {
				s.history.forget()
			}
			s.kit.KeepFocus(s.tabs, func() { s.show(a.page, a.by) })
		}
	})
}

// renewHistory reads the events again where they show, since there is another one
// somewhere, unless somebody looks at older ones.
func (s *Screen) renewHistory() {
	if s.history.place != 0 {
		return
	}
	s.history.forget()
	if s.tab == TabActivity && s.page.may.activity == nil {
		s.history.read = true
		s.history.ask(app.EventQuery{}, 0)
	}
}

// covered tells whether the lock hides the page; it is read again after it.
func (s *Screen) covered() bool {
	o, ok := s.service.Operator()
	return !ok || o.Locked
}

// announce says that somebody else changed what is being typed in.
func (s *Screen) announce(a answer) {
	show := kit.Secondary("Show", func() {
		s.history.forget()
		s.show(a.page, a.by)
	}).Small()
	s.stale.Objects = []fyne.CanvasObject{kit.Pad(0, 0, kit.Space16, 0,
		kit.NewNote(kit.StatusInfo, a.by.name+" changed this user"+a.by.ago(s.kit.Now()), "What you typed is kept.").Action(show))}
	s.relayout()
}

// linked shows whether the store answers. What was read stays on the screen.
func (s *Screen) linked() {
	if s.covered() || s.page == nil || s.cut == s.kit.Link().Lost() {
		return
	}
	typed := s.account.values()
	s.take(s.page)
	s.account.setRoles(s.page)
	s.account.allow(s.page)
	s.account.set(typed)
	s.kit.KeepFocus(s.tabs, s.draw)
	s.focusLater()
}

// focusLater looks for the focus again when the dialog is closed that has it: what
// it came from may be gone.
func (s *Screen) focusLater() {
	if s.kit.DialogOpen() {
		s.kit.After(time.Second, s.focusLater)
		return
	}
	s.keepFocus()
}

package activity

import "github.com/factordesk/factordesk/app"

// changed reads the page again, because something has happened or the store
// answers again. The place, and an event that is open, stay.
func (s *Screen) changed() {
	if !s.covered() && s.service.Permits(app.SeeActivity) == nil {
		s.load()
	}
}

// covered tells whether the lock hides the page; it is read again after it.
func (s *Screen) covered() bool {
	o, ok := s.service.Operator()
	return !ok || o.Locked
}

// again reads the page, or tries whether the store answers: then it is read by
// itself.
func (s *Screen) again() {
	if l := s.kit.Link(); l.Lost() {
		l.TryNow()
		return
	}
	s.load()
}

// kept tells whether what shows is what the filters choose, so that it can stay
// while the store does not answer.
func (s *Screen) kept(q app.EventQuery) bool {
	q.Before, q.After, q.Limit = 0, 0, 0
	return s.loaded && q == s.shows && s.kit.Link() != nil
}

// linked shows whether the store answers: what writes to it, or turns the page,
// is out of reach while it does not.
func (s *Screen) linked() {
	if s.covered() {
		return
	}
	lost := s.kit.Link().Lost()
	if lost == s.cut {
		return
	}
	s.cut = lost
	reason := ""
	if lost {
		reason = "The store does not answer."
	}
	s.export.DisableFor(reason)
	s.chain.button.DisableFor(reason)
	if s.loaded {
		s.foot.show()
	}
}

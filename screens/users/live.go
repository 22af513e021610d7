package users

import (
	"strings"

	"github.com/factordesk/factordesk/app"
)

// kept tells whether the list, as it was read, stays while the store does not
// answer.
func (s *Screen) kept() bool {
	return s.state == full || s.state == nothing || s.state == firstRun
}

// again asks for the page again, or tries whether the store answers: then
// everything is asked again by itself.
func (s *Screen) again() {
	if l := s.k.Link(); l.Lost() {
		s.linked()
		l.TryNow()
		return
	}
	s.load(withCounts)
}

// changed reads the page again, because somebody else has changed something or
// the store answers again. The place in the list, the ticks and what is typed
// stay.
func (s *Screen) changed() {
	switch {
	case !s.shown || s.covered() || s.state == denied:
	case !s.kept():
		s.load(withCounts)
	case s.asking != nil || s.stopPause != nil:
		s.missed = true
	default:
		s.resume()
		s.quietly()
	}
}

// quietly asks for the page without showing that it does.
func (s *Screen) quietly() { s.pose(withCounts, func() {}) }

// resume takes up what could not be asked while the store did not answer.
func (s *Screen) resume() {
	q := s.query
	if s.wanted != nil {
		q = *s.wanted
	}
	q.Search = strings.TrimSpace(s.search.Text())
	s.wanted = nil
	if sameList(q, s.query) {
		return
	}
	s.query = q
	s.query.After, s.query.Before, s.first, s.turned, s.fresh = "", "", 0, 0, nil
	s.grid.SetSort(string(q.Sort), q.Descending)
}

// sameList tells whether two queries are about the same list, in the same order.
func sameList(a, b app.Query) bool {
	a.After, a.Before, b.After, b.Before = "", "", "", ""
	return a == b
}

// lost keeps what shows, if anything does, where a question was not answered. What
// was asked for is asked when the store answers again.
func (s *Screen) lost(err error) {
	l := s.k.Link()
	if l == nil || !s.kept() {
		l.Failed(err)
		s.showUnreachable()
		return
	}
	if !sameList(s.query, s.shows) {
		q := s.query
		s.wanted = &q
	}
	s.query = s.shows
	s.grid.SetSort(string(s.query.Sort), s.query.Descending)
	switch s.state { // gray bars may stand in its place
	case full:
		s.grid.ShowRows()
	case nothing:
		s.grid.ShowEmpty(s.emptyResult())
	default:
		s.showFirstRun(s.state)
	}
	l.Failed(err)
	s.linked()
}

// linked shows whether the store answers.
func (s *Screen) linked() {
	switch {
	case !s.shown || s.covered():
		return
	case s.state == unreachable:
		s.countDown()
	}
	if cut := s.kept() && s.k.Link().Lost(); cut != s.cut {
		s.cut = cut
		s.showHeader()
		s.showFoot()
	}
}

package users

import "strings"

// down leads from the search into the rows. Where the rows do not fit what was
// typed yet, they are waited for: who presses Down and Enter quickly must not
// open somebody of the list before. It tells whether the key was of use.
func (s *Screen) down() bool {
	if s.stopPause != nil || strings.TrimSpace(s.search.Text()) != s.query.Search {
		s.searchNow()
	}
	switch {
	case s.grid.Showing() && (s.asking == nil || sameList(s.query, s.shows)):
		s.grid.FocusRows()
		return true
	case s.asking != nil:
		s.entering = true
		return true
	}
	return false
}

// enterRows is what down waited for, unless the person has gone elsewhere
// meanwhile.
func (s *Screen) enterRows() {
	if s.entering && !s.covered() && !s.k.DialogOpen() && s.k.Window.Canvas().Focused() == s.search.Input() {
		s.grid.FocusRows()
		s.grid.SetCurrent(0)
	}
}

// leaveRows takes the focus back to the search where there are no rows any more:
// a hidden list would take keys that nobody sees the effect of.
func (s *Screen) leaveRows() {
	if !s.covered() && !s.k.DialogOpen() && s.k.Window.Canvas().Focused() == s.grid.Input() {
		s.focusSearch()
	}
}

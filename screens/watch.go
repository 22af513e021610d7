package screens

import (
	"github.com/factordesk/factordesk/screens/kit"
)

// watch begins to watch the open store, for who has signed in to it: whether it
// answers, and whether another desk changes something.
func (s *Shell) watch() {
	if s.link != nil {
		return
	}
	s.link = kit.NewLink(s.kit, kit.LinkSpec{Stamp: s.console.Stamp, Listen: s.console.Listen})
}

// unwatch ends it.
func (s *Shell) unwatch() {
	if s.link != nil {
		s.link.Close()
	}
	s.link, s.lost = nil, false
}

// linked shows how the way to the store is now. An outage that is over is said
// once, where nobody has to look for it.
func (s *Shell) linked() {
	lost := s.link.Lost()
	s.showWay()
	if s.lost && !lost && s.curtain == nil {
		s.kit.Toast(kit.StatusOK, "The store answers again.")
	}
	s.lost = lost
}

// showWay shows on the bar how the store answers.
func (s *Shell) showWay() {
	if s.bar != nil && s.curtain == nil {
		s.bar.reached(!s.link.Lost(), s.link.Took())
	}
}

// Away is called when the window has lost the focus: secrets are hidden, and the
// store is asked less often.
func (s *Shell) Away() {
	s.Cover()
	s.link.SetAway(true)
}

// Back is called when the window has the focus again.
func (s *Shell) Back() { s.link.SetAway(false) }

package screens

import (
	"context"
	"time"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/signin"
)

// attendEvery is how often a window asks whether its operator still has business
// there.
const attendEvery = 5 * time.Second

// attendance is what the window knows of its operator's session.
type attendance struct {
	asking bool
	asked  time.Time
}

// attend asks now and then whether the session still lasts, locked or not: an
// account is switched off, demoted or removed at another desk, and this one closes
// within seconds.
func (s *Shell) attend() {
	console, now := s.console, s.kit.Now()
	atWork := s.room != nil || s.curtain != nil || s.attended()
	switch {
	case console == nil || !atWork || s.roll.asking:
		return
	case s.attended() && now.Sub(s.roll.asked) < attendEvery:
		return // a session that a deed has found ended is left at once
	}
	s.roll = attendance{asking: true, asked: now}
	// Not through the gate: the answer counts behind the lock as well.
	s.gate.Runner.Go(func(ctx context.Context) error { return console.Attend(ctx) }, func(err error) {
		s.roll.asking = false
		if s.console == console && app.KindOf(err) == app.Denied && err != nil {
			s.expel(err)
		}
	})
}

// expel leaves the desk of somebody whose session has ended, and says why over
// the sign-in: nothing that was shown stays on the screen.
func (s *Shell) expel(why error) {
	s.kit.CloseDialogs()
	s.leaveFor(func() {
		kit.Go(s.kit, func(context.Context) ([]signin.Saved, error) { return s.backend.Saved() },
			func(saved []signin.Saved, err error) {
				s.first(saved, err, "")
				s.kit.Problem("You are signed out", why)
			})
	})
}

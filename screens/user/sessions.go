package user

import (
	"context"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// endSessions signs the user out of the application everywhere: the operator's
// password, what will happen, then the deed.
func (s *Screen) endSessions() { s.endSessionsAgain(kit.Answer{}) }

func (s *Screen) endSessionsAgain(start kit.Answer) {
	p := s.page
	if p == nil {
		return
	}
	u := p.user
	s.ask("end the admin sessions of "+u.Name(), app.Deed{Action: app.DoEndSessions, Target: u.ID}, func(g *app.Grant) {
		p := s.latest(p)
		kit.Confirm(s.kit, kit.ConfirmSpec{
			Store:   s.head(),
			Title:   "End the admin sessions of " + u.Name() + "?",
			Effects: func([]bool) []kit.Effect { return sessionEffects(p) },
			Reason:  true,
			Start:   start,
			Until:   g.Expires(),
			Again:   s.endSessionsAgain,
			OK:      "OK, end sessions",
			Done:    func(a kit.Answer) { s.doEndSessions(p.user, g, a.Reason) },
		})
	})
}

func (s *Screen) doEndSessions(u app.User, g *app.Grant, reason string) {
	kit.Go(s.kit, func(ctx context.Context) (int, error) {
		return s.service.EndSessions(ctx, g, u.ID, reason)
	}, func(ended int, err error) {
		s.finish("The sessions of "+u.Short()+" were not ended", endedWords(u, ended), err)
	})
}

// endedWords says how many sessions there were to end.
func endedWords(u app.User, n int) string {
	if n == 0 {
		return "No session of " + u.Short() + " was open."
	}
	return kit.CountOf(n, "session", "sessions") + " of " + u.Short() + " ended."
}

// openSessions is how many sessions end, in a sentence of its own.
func openSessions(u app.User) string {
	switch u.Sessions {
	case 0:
		return "No admin session of " + u.Short() + " is open now; API tokens end."
	case 1:
		return "One open admin session and the API tokens of " + u.Short() + " end; unsaved work is lost."
	}
	return kit.Count(u.Sessions) + " open admin sessions and the API tokens of " + u.Short() + " end; unsaved work is lost."
}

// sessionEffects is exactly what ending the sessions does.
func sessionEffects(p *page) []kit.Effect {
	u := p.user
	return []kit.Effect{
		kit.Happens(kit.IconLogout, "", openSessions(u)),
		kit.Happens(kit.IconArrowRight, "", u.Short()+" can sign in again at once, with the password and the second factor."),
		kit.Happens(kit.IconCheck, kit.ColorOK, "The factors and the password stay as they are."),
		{Icon: kit.IconActivity, Runs: []kit.Run{
			kit.Plain("Activity records that you ended the sessions of "), kit.Strong(u.Username), kit.Plain(", when, and why."),
		}},
	}
}

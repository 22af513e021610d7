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

// openSessions is how many sessions end, and whether the tokens do, in a sentence
// of its own.
func openSessions(p *page) string {
	u, rest := p.user, " and the API tokens"
	if p.can.tokens != nil {
		rest = ""
	}
	switch {
	case u.Sessions == 0 && p.can.tokens != nil:
		return "No admin session of " + u.Short() + " is open now."
	case u.Sessions == 0:
		return "No admin session of " + u.Short() + " is open now; API tokens end."
	case u.Sessions == 1 && p.can.tokens != nil:
		return "One open admin session of " + u.Short() + " ends; unsaved work is lost."
	case u.Sessions == 1:
		return "One open admin session and the API tokens of " + u.Short() + " end; unsaved work is lost."
	}
	return kit.Count(u.Sessions) + " open admin sessions" + rest + " of " + u.Short() + " end; unsaved work is lost."
}

// endEffects is what ends, and what may stay.
func endEffects(p *page) []kit.Effect {
	effects := []kit.Effect{kit.Happens(kit.IconLogout, "", openSessions(p))}
	if p.can.tokens != nil {
		effects = append(effects, kit.Happens(kit.IconTriangle, kit.ColorWarn, tokensStay(p)))
	}
	return effects
}

// tokensStay says why not every token ends.
func tokensStay(p *page) string {
	message, _ := app.Explain(p.can.tokens)
	return "API tokens may stay: " + message + " Doctor says what to do."
}

// sessionEffects is exactly what ending the sessions does.
func sessionEffects(p *page) []kit.Effect {
	u := p.user
	return append(endEffects(p),
		kit.Happens(kit.IconArrowRight, "", u.Short()+" can sign in again at once, with the password and the second factor."),
		kit.Happens(kit.IconCheck, kit.ColorOK, "The factors and the password stay as they are."),
		kit.Effect{Icon: kit.IconActivity, Runs: []kit.Run{
			kit.Plain("Activity records that you ended the sessions of "), kit.Strong(u.Username), kit.Plain(", when, and why."),
		}})
}

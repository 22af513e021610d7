package user

import (
	"context"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// remove forgets the user: the operator's password, what will happen, then the
// deed and the way back to the list.
func (s *Screen) remove() { s.removeAgain(kit.Answer{}) }

func (s *Screen) removeAgain(start kit.Answer) {
	p := s.page
	if p == nil {
		return
	}
	u := p.user
	s.ask("remove "+u.Name(), app.Deed{Action: app.DoRemoveUser, Target: u.ID}, func(g *app.Grant) {
		p := s.latest(p)
		kit.Confirm(s.kit, kit.ConfirmSpec{
			Store:   s.head(),
			Title:   "Remove " + u.Name() + "?",
			Effects: func([]bool) []kit.Effect { return removeEffects(p) },
			Reason:  true,
			Start:   start,
			Until:   g.Expires(),
			Again:   s.removeAgain,
			OK:      "OK, remove",
			Done:    func(a kit.Answer) { s.doRemove(p.user, g, a.Reason) },
		})
	})
}

func (s *Screen) doRemove(u app.User, g *app.Grant, reason string) {
	s.kit.Go(func(ctx context.Context) error {
		return s.service.RemoveUser(ctx, g, u.ID, u.Version, reason)
	}, func(err error) {
		if err != nil {
			s.failed(u.Name()+" was not removed", err)
			return
		}
		s.kit.Toast(kit.StatusOK, u.Name()+" was removed.")
		s.on.Back()
		s.offerRotation(u)
	})
}

// removeEffects is exactly what removing a user does.
func removeEffects(p *page) []kit.Effect {
	u := p.user
	what := "The account of " + u.Short() + " is gone from this store "
	if n := len(u.Factors); n > 0 {
		what = "The account of " + u.Short() + " is gone from this store with " + kit.CountOf(n, "factor", "factors") + " "
	}
	effects := []kit.Effect{{Icon: kit.IconX, Ink: kit.ColorBad, Runs: []kit.Run{
		kit.Plain(what), kit.Strong("at once"), kit.Plain("."),
	}}}
	if u.Operator {
		effects = append(effects, kit.Happens(kit.IconLogout, "", u.Short()+" cannot sign in to this desk any more."))
	}
	return append(effects,
		kit.Happens(kit.IconArrowRight, "", "There is no way back: added again, "+u.Short()+" must enroll again."),
		kit.Effect{Icon: kit.IconActivity, Runs: []kit.Run{
			kit.Plain("Activity keeps what happened to "), kit.Strong(u.Username),
			kit.Plain(", and that you removed the user, when, and why."),
		}})
}

package user

import (
	"context"
	"slices"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// besides is something more that a reset can do, each a box that is off at
// first.
type besides string

const (
	endToo    besides = "sessions" // end those in the application
	unlockToo besides = "lock-out" // clear it
	enrollToo besides = "enroll"   // lead on to a new QR code
)

// wish is what was ticked and typed, for a dialog that comes again: the boxes
// may be others by then.
type wish struct {
	too    []besides
	reason string
}

func (w wish) has(b besides) bool { return slices.Contains(w.too, b) }

// wishOf is the answer to a dialog whose boxes were offered.
func wishOf(offered []besides, a kit.Answer) wish {
	return wish{too: ticked(offered, a.Boxes), reason: a.Reason}
}

// ticked are those of the offered boxes that are on.
func ticked(offered []besides, boxes []bool) []besides {
	var on []besides
	for i, b := range offered {
		if i < len(boxes) && boxes[i] {
			on = append(on, b)
		}
	}
	return on
}

// reset is the deed that everything else is for: the operator's password, then
// exactly what will happen with the safe answer first, then the reset.
func (s *Screen) reset(provider app.Provider) { s.resetAgain(provider, wish{}) }

// resetAgain begins with the password; start keeps what was ticked and typed
// where the two minutes were over before it was confirmed.
func (s *Screen) resetAgain(provider app.Provider, start wish) {
	p := s.page
	if p == nil {
		return
	}
	deed := app.Deed{Action: app.DoReset, Target: p.user.ID, Provider: provider.Code}
	s.ask("reset "+provider.Name+" for "+p.user.Name(), deed, func(g *app.Grant) {
		s.confirmReset(s.latest(p), provider, g, start)
	})
}

func (s *Screen) confirmReset(p *page, provider app.Provider, g *app.Grant, start wish) {
	offered, boxes := s.besidesReset(p, provider)
	first := kit.Answer{Reason: start.reason}
	for _, b := range offered {
		first.Boxes = append(first.Boxes, start.has(b))
	}
	kit.Confirm(s.kit, kit.ConfirmSpec{
		Store: s.head(),
		Title: "Reset " + provider.Name + " for " + p.user.Name() + "?",
		Effects: func(boxes []bool) []kit.Effect {
			return resetEffects(p, provider, wish{too: ticked(offered, boxes)})
		},
		Boxes:  boxes,
		Reason: true,
		Start:  first,
		Until:  g.Expires(),
		Again:  func(a kit.Answer) { s.resetAgain(provider, wishOf(offered, a)) },
		OK:     "OK, reset",
		Done:   func(a kit.Answer) { s.doReset(p.user, provider, g, wishOf(offered, a)) },
	})
}

// besidesReset is what can be done with this reset, and the boxes for it.
func (s *Screen) besidesReset(p *page, provider app.Provider) (offered []besides, boxes []kit.Choice) {
	who := p.user.Short()
	if p.can.sessions {
		offered = append(offered, endToo)
		open := "(none open)"
		if n := p.user.Sessions; n > 0 {
			open = "(" + kit.Count(n) + " open)"
		}
		rest := "API tokens end too."
		if p.can.tokens != nil {
			rest = tokensStay(p)
		}
		boxes = append(boxes, kit.Choice{
			Title: "End this user’s admin sessions too", Remark: open,
			Caption: "Without this, a browser that is signed in stays signed in. " + rest,
		})
	}
	if p.user.Locked(s.kit.Now()) && p.may.unlock == nil {
		offered = append(offered, unlockToo)
		boxes = append(boxes, kit.Choice{
			Title:   "Clear the lock-out too",
			Caption: "Without this, " + who + " stays locked until " + app.ClockWithUTC(p.user.LockedUntil) + ".",
		})
	}
	if s.cannotEnroll(p, provider) == nil {
		offered = append(offered, enrollToo)
		caption := "Shows the new QR code on this screen. It asks for your password once more."
		if p.shop() {
			caption = "Shows the QR code here, without a mail. It asks for your password once more."
		}
		boxes = append(boxes, kit.Choice{Title: "Enroll " + who + " here right after", Caption: caption})
	}
	return offered, boxes
}

func (s *Screen) doReset(u app.User, provider app.Provider, g *app.Grant, w wish) {
	s.kit.Go(func(ctx context.Context) error {
		return s.service.Reset(ctx, g, app.ResetRequest{
			User: u.ID, Version: u.Version, Provider: provider.Code,
			EndSessions: w.has(endToo), Unlock: w.has(unlockToo), Reason: w.reason,
		})
	}, func(err error) {
		s.finish(provider.Name+" was not reset", u.Short()+" must enroll again.", err)
		if err == nil && w.has(enrollToo) {
			s.enroll(provider)
		}
	})
}

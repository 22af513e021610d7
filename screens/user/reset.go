package user

import (
	"context"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// reset is the deed that everything else is for: the operator's password, then
// exactly what will happen with the safe answer first, then the reset.
func (s *Screen) reset(provider app.Provider) {
	s.resetAgain(provider, kit.Answer{Boxes: []bool{false}})
}

// resetAgain begins with the password; start keeps what was ticked and typed
// where the two minutes were over before it was confirmed.
func (s *Screen) resetAgain(provider app.Provider, start kit.Answer) {
	p := s.page
	if p == nil {
		return
	}
	deed := app.Deed{Action: app.DoReset, Target: p.user.ID, Provider: provider.Code}
	s.ask("reset "+provider.Name+" for "+p.user.Name(), deed, func(g *app.Grant) {
		s.confirmReset(s.latest(p), provider, g, start)
	})
}

func (s *Screen) confirmReset(p *page, provider app.Provider, g *app.Grant, start kit.Answer) {
	spec := kit.ConfirmSpec{
		Store: s.head(),
		Title: "Reset " + provider.Name + " for " + p.user.Name() + "?",
		Effects: func(boxes []bool) []kit.Effect {
			return resetEffects(p, provider, len(boxes) > 0 && boxes[0])
		},
		Reason: true,
		Start:  start,
		Until:  g.Expires(),
		Again:  func(a kit.Answer) { s.resetAgain(provider, a) },
		OK:     "OK, reset",
		Done:   func(a kit.Answer) { s.doReset(p.user, provider, g, a) },
	}
	if s.cannotEnroll(p, provider) == nil {
		spec.Boxes = []kit.Choice{{
			Title:   "Enroll " + p.user.Short() + " here right after",
			Caption: "Shows the new QR code on this screen. It asks for your password once more.",
		}}
	}
	kit.Confirm(s.kit, spec)
}

func (s *Screen) doReset(u app.User, provider app.Provider, g *app.Grant, a kit.Answer) {
	enroll := len(a.Boxes) > 0 && a.Boxes[0]
	s.kit.Go(func(ctx context.Context) error {
		return s.service.Reset(ctx, g, app.ResetRequest{
			User: u.ID, Version: u.Version, Provider: provider.Code, Reason: a.Reason,
		})
	}, func(err error) {
		s.finish(provider.Name+" was not reset", u.Short()+" must enroll again.", err)
		if err == nil && enroll {
			s.enroll(provider)
		}
	})
}

// resetEffects is exactly what a reset does, for this user in this store.
func resetEffects(p *page, provider app.Provider, enroll bool) []kit.Effect {
	effects := []kit.Effect{
		{Icon: kit.IconX, Ink: kit.ColorBad, Runs: forgotten(p.user, provider)},
		{Icon: kit.IconArrowRight, Runs: afterwards(p, provider, enroll)},
		{Icon: kit.IconCheck, Ink: kit.ColorOK, Runs: []kit.Run{kit.Plain(kept(p, provider))}},
	}
	return append(effects, kit.Effect{Icon: kit.IconActivity, Runs: []kit.Run{
		kit.Plain("Activity records that you reset "), kit.Strong(string(provider.Code)),
		kit.Plain(" for "), kit.Strong(p.user.Username), kit.Plain(", when, and why."),
	}})
}

// forgotten says what stops working.
func forgotten(u app.User, provider app.Provider) []kit.Run {
	f := u.Factor(provider.Code)
	atOnce := func(words string) []kit.Run {
		return []kit.Run{kit.Plain(words + " "), kit.Strong("at once"), kit.Plain(".")}
	}
	switch {
	case f.Status == app.StatusPending:
		return atOnce("The QR code that was made for " + u.Short() + " stops working")
	case f.Status == app.StatusUnreadable:
		return []kit.Run{kit.Plain("What is stored is forgotten. No key here opens it, so nothing that works is lost.")}
	case f.Devices == 1:
		return atOnce(of(u) + " security key stops working for this store")
	case f.Devices == 2:
		return atOnce("Both security keys of " + u.Short() + " stop working for this store")
	case f.Devices > 2:
		return atOnce("All " + kit.Count(f.Devices) + " security keys of " + u.Short() + " stop working for this store")
	case f.Params.Kind != "":
		return atOnce(of(u) + " authenticator app stops working for this store")
	}
	return atOnce(provider.Name + " stops working for " + u.Short() + " in this store")
}

// afterwards says how the person goes on. Only who has a password signs in to
// a store of our own, and is asked there for Google Authenticator alone.
func afterwards(p *page, provider app.Provider, enroll bool) []kit.Run {
	who := p.user.Short()
	own := p.store.Kind != app.MagentoStore
	switch {
	case enroll:
		return []kit.Run{kit.Plain("Right after it, you enroll " + who + " here with a new QR code.")}
	case own && !p.user.Operator:
		return []kit.Run{kit.Plain(who + " must enroll again. Without a password for this desk, " + who + " does so here.")}
	case own && provider.Code != app.Google && p.user.Factor(app.Google).Status == app.StatusActive:
		return []kit.Run{kit.Plain("At the next sign-in " + who + " proves it with Google Authenticator, as before.")}
	}
	return []kit.Run{kit.Plain("At the next sign-in " + who + " must enroll again.")}
}

// kept says what the reset leaves alone.
func kept(p *page, provider app.Provider) string {
	var stay []string
	for _, other := range p.providers {
		f := p.user.Factor(other.Code)
		if other.Code == provider.Code || f.Status == app.StatusNotEnrolled {
			continue
		}
		name := other.Name
		switch {
		case f.Devices == 1:
			name = other.Short + " with its key"
		case f.Devices == 2:
			name = other.Short + " with both keys"
		case f.Devices > 2:
			name = other.Short + " with all " + kit.Count(f.Devices) + " keys"
		}
		stay = append(stay, name)
	}
	if p.user.Operator {
		stay = append(stay, "the password")
	} else {
		stay = append(stay, "the account")
	}
	if len(stay) == 1 {
		return capital(stay[0]) + " stays as it is."
	}
	return capital(list(stay)) + " stay as they are."
}

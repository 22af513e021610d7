package user

import (
	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// resetEffects is exactly what a reset does, for this user in this store.
func resetEffects(p *page, provider app.Provider, w wish) []kit.Effect {
	effects := []kit.Effect{{Icon: kit.IconX, Ink: kit.ColorBad, Runs: forgotten(p.user, provider)}}
	if p.user.Factor(provider.Code).Whole {
		effects = append(effects, kit.Effect{Icon: kit.IconX, Ink: kit.ColorBad, Runs: []kit.Run{
			kit.Strong("Every factor"), kit.Plain(" of " + p.user.Short() + " is forgotten with it: the store cannot take them apart."),
		}})
	}
	effects = append(effects,
		kit.Effect{Icon: kit.IconArrowRight, Runs: afterwards(p, provider, w.has(enrollToo))},
		kit.Effect{Icon: kit.IconCheck, Ink: kit.ColorOK, Runs: []kit.Run{kit.Plain(kept(p, provider))}})
	if w.has(endToo) {
		effects = append(effects, endEffects(p)...)
	}
	if w.has(unlockToo) {
		effects = append(effects, kit.Happens(kit.IconUnlock, "", "The lock-out ends, and the failed attempts are forgotten."))
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
	case f.Status == app.StatusNotEnrolled:
		return []kit.Run{kit.Plain("What is left of an enrollment that never ended is forgotten. Nothing that works is lost.")}
	case f.Status == app.StatusPending:
		return atOnce("The QR code that was made for " + u.Short() + " stops working")
	case f.Status == app.StatusUnreadable:
		return []kit.Run{kit.Plain("What is stored is forgotten. No key here opens it.")}
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
	own := !p.shop()
	switch {
	case enroll:
		return []kit.Run{kit.Plain("Right after it, you enroll " + who + " here with a new QR code.")}
	case own && !p.user.Operator:
		return []kit.Run{kit.Plain(who + " must enroll again. Without a password for this desk, " + who + " does so here.")}
	case own && provider.Code != app.Google && p.user.Factor(app.Google).Status == app.StatusActive:
		return []kit.Run{kit.Plain("At the next sign-in " + who + " proves it with Google Authenticator, as before.")}
	}
	if !own {
		return []kit.Run{kit.Plain("At the next sign-in " + who + " gets a mail with a link and must enroll again.")}
	}
	return []kit.Run{kit.Plain("At the next sign-in " + who + " must enroll again.")}
}

// kept says what the reset leaves alone.
func kept(p *page, provider app.Provider) string {
	var stay []string
	for _, other := range p.providers {
		f := p.user.Factor(other.Code)
		if other.Code == provider.Code || f.Status == app.StatusNotEnrolled || f.Whole {
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

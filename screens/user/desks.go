package user

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// Desks is what the screen asks of the Console about the consoles of a store of
// our own: who is signed in there, and whether somebody had its keys.
type Desks interface {
	CanSeeDesks() error
	AtDesks(ctx context.Context) ([]app.DeskSession, error)
	CanEndSessions(u app.User) error
	EndingSessions() app.Permission
	HadKeys(was app.User) bool
}

// mayEndDesks returns nil, or why the sessions of the user at consoles are not
// ended here; shown is whether there is anything of the kind.
func (s *Screen) mayEndDesks(p *page) (shown bool, not error) {
	if p.shop() || p.own() || s.service.EndingSessions() != app.EditOperators || !p.user.Operator {
		return false, nil
	}
	return true, first(s.service.Permits(app.EditOperators), s.service.CanEndSessions(p.user), s.kit.Link().Refusal())
}

// signedIn is a row that says at which desks the user is signed in, for who may see
// that; it is read after the page is shown. Nil: there is nothing to say.
func (s *Screen) signedIn(p *page) fyne.CanvasObject {
	if !p.user.Operator || s.service.CanSeeDesks() != nil {
		return nil
	}
	text := kit.NewText("Reading…").At(kit.Size12).Wrapped()
	kit.Go(s.kit, s.service.AtDesks, func(all []app.DeskSession, err error) {
		if err != nil {
			what, _ := s.kit.Explain(err)
			text.SetText(what)
		} else {
			text.SetText(s.deskWords(p.user, all))
		}
		s.relayout()
	})
	return kit.RowTop(0, kit.Sized(110, 0, kit.Caption("Signed in now")), kit.Grow(text))
}

// deskWords say at which desks a user is signed in.
func (s *Screen) deskWords(u app.User, all []app.DeskSession) string {
	words := ""
	for _, a := range all {
		if a.Operator != u.ID {
			continue
		}
		if words != "" {
			words += "\n"
		}
		kind := "Window at "
		if a.Kept {
			kind = "Terminal at "
		}
		words += kind + a.Console + ", since " + kit.Within(kit.WhenUTC(a.Since, s.kit.Now()))
		if a.BreakGlass {
			words += ", by break-glass"
		}
	}
	if words == "" {
		return "Nowhere"
	}
	return words
}

// endDesks signs the operator out at every console: the own password, what will
// happen, then the deed.
func (s *Screen) endDesks() { s.endDesksAgain(kit.Answer{}) }

func (s *Screen) endDesksAgain(start kit.Answer) {
	p := s.page
	if p == nil {
		return
	}
	u := p.user
	s.ask("end the sessions of "+u.Name(), app.Deed{Action: app.DoEndSessions, Target: u.ID}, func(g *app.Grant) {
		kit.Confirm(s.kit, kit.ConfirmSpec{
			Store: s.head(), Title: "End the sessions of " + u.Name() + "?",
			Effects: func([]bool) []kit.Effect { return deskEffects(u) },
			Reason:  true,
			Start:   start,
			Until:   g.Expires(),
			Again:   s.endDesksAgain,
			OK:      "OK, end sessions",
			Done:    func(a kit.Answer) { s.doEndSessions(u, g, a.Reason) },
		})
	})
}

// deskEffects is exactly what ending the sessions at consoles does.
func deskEffects(u app.User) []kit.Effect {
	return []kit.Effect{
		kit.Happens(kit.IconLogout, "", "Every window of "+u.Short()+" closes within seconds; what is typed there and not saved is lost."),
		kit.Happens(kit.IconLogout, "", "Sessions that were kept in a terminal end."),
		kit.Happens(kit.IconArrowRight, "", u.Short()+" can sign in again at once, with the password and the second factor."),
		{Icon: kit.IconActivity, Runs: []kit.Run{
			kit.Plain("Activity records that you ended the sessions of "), kit.Strong(u.Username), kit.Plain(", when, and why."),
		}},
	}
}

// offerRotation says after a deed that somebody had the keys of the store, and
// leads to new ones.
func (s *Screen) offerRotation(was app.User) {
	if s.on.RotateKey == nil || !s.service.HadKeys(was) {
		return
	}
	var d *kit.Dialog
	rotate := kit.Primary("Rotate the key now…", func() {
		d.Close()
		s.on.RotateKey()
	}).Icon(kit.IconRefresh)
	d = s.window.Dialog(kit.DialogSpec{
		Store: s.head(), Title: was.Name() + " could open secrets", Width: 540,
		Body: kit.Pad(kit.Space8, 0, 0, 0, kit.Second("A copy of the key that "+was.Short()+" may have made opens what is written from now on as well, "+
			"until the key is rotated. Everybody else keeps the own password.").Wrapped()),
		Hint:    "[Esc] closes",
		Buttons: []*kit.Button{kit.Secondary("Later", nil), rotate},
		Focus:   rotate,
	})
}

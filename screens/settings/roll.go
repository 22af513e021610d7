package settings

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// roll is the card of who is signed in at which desk.
type roll struct {
	desk *desk
	card *kit.Card
}

func newRoll(p *desk) *roll {
	return &roll{desk: p, card: open("Signed in to "+p.desk.Store().Name, rows(row("Reading…", "", kit.Stack())))}
}

func (r *roll) load() {
	if err := r.desk.desk.CanSeeDesks(); err != nil {
		r.say(r.desk.screen.kit.Explain(err))
		return
	}
	kit.Go(r.desk.screen.kit, r.desk.desk.AtDesks, func(all []app.DeskSession, err error) {
		if err != nil {
			r.say(r.desk.screen.kit.Explain(err))
			return
		}
		r.show(all)
	})
}

// say shows a sentence in place of the list.
func (r *roll) say(what, then string) { r.set(row(what, then, kit.Stack())) }

func (r *roll) set(all ...fyne.CanvasObject) {
	r.card.SetBody(rows(all...))
	r.desk.screen.content.Refresh()
}

func (r *roll) show(all []app.DeskSession) {
	own, _ := r.desk.desk.Operator()
	ended := map[app.UserID]bool{}
	var lines []fyne.CanvasObject
	for _, s := range all {
		name, control := s.Name, fyne.CanvasObject(kit.Stack())
		switch {
		case s.Operator == own.User.ID:
			name += " (you)"
		case !ended[s.Operator]: // one button ends all of them
			ended[s.Operator] = true
			button := kit.Secondary("End sessions…", func() { r.end(s) }).Icon(kit.IconLogout)
			if why := r.desk.first(r.desk.desk.Permits(app.EditOperators)); why != "" {
				button.DisableFor(why)
			}
			control = button
		}
		lines = append(lines, row(name, r.where(s), control))
	}
	if len(lines) == 0 {
		r.say("Nobody has a session open.", "A command that signs in by itself is in Activity.")
		return
	}
	r.set(lines...)
}

// where says at which desk somebody is, and since when.
func (r *roll) where(s app.DeskSession) string {
	now := r.desk.screen.kit.Now()
	words := "Window"
	if s.Kept {
		words = "Terminal"
	}
	words += " at " + s.Console + " · since " + kit.Within(kit.When(s.Since, now))
	if s.BreakGlass {
		words += " · got in by break-glass"
	}
	return words
}

// end ends the sessions of somebody at every desk: the operator's password, what
// will happen, then the deed.
func (r *roll) end(s app.DeskSession) { r.endAgain(s, kit.Answer{}) }

func (r *roll) endAgain(s app.DeskSession, start kit.Answer) {
	p := r.desk
	p.ask("end the sessions of "+s.Name, app.Deed{Action: app.DoEndSessions, Target: s.Operator}, func(g *app.Grant) {
		kit.Confirm(p.screen.kit, kit.ConfirmSpec{
			Store: p.head(),
			Title: "End the sessions of " + s.Name + "?",
			Effects: func([]bool) []kit.Effect {
				return []kit.Effect{
					kit.Happens(kit.IconLogout, "", "Every window of "+s.Name+" closes within seconds; what is typed there and not saved is lost."),
					kit.Happens(kit.IconLogout, "", "Sessions that were kept in a terminal end."),
					kit.Happens(kit.IconArrowRight, "", s.Name+" can sign in again at once. Switch the account off to prevent that."),
				}
			},
			Reason: true,
			Start:  start,
			Until:  g.Expires(),
			Again:  func(a kit.Answer) { r.endAgain(s, a) },
			OK:     "OK, end sessions",
			Done:   func(a kit.Answer) { r.doEnd(s, g, a.Reason) },
		})
	})
}

func (r *roll) doEnd(s app.DeskSession, g *app.Grant, reason string) {
	k := r.desk.screen.kit
	kit.Go(k, func(ctx context.Context) (int, error) {
		return r.desk.desk.EndSessions(ctx, g, s.Operator, reason)
	}, func(n int, err error) {
		if err != nil {
			k.Problem("The sessions of "+s.Name+" were not ended", err)
			return
		}
		k.Toast(kit.StatusOK, kit.CountOf(n, "session", "sessions")+" of "+s.Name+" ended.")
		r.load()
	})
}

package troubleshoot

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// gutter keeps a bar that scrolls off the cards.
const gutter float32 = 10

// refused is the view that finds out why a code is refused.
type refused struct {
	screen *Screen
	who    *who
	codes  [2]*reading
	find   *kit.Button
	owner  *kit.Button // whose code is it
	trail  *kit.Text   // what it is doing
	clear  *kit.Button
	clocks *clocks

	room   *fyne.Container // at the right
	asking bool
	wiped  int    // counts the times: an answer to what was asked before shows nothing
	stop   func() // ends a search among all users; nil: none runs
}

func newRefused(s *Screen) view {
	r := &refused{screen: s, room: kit.Stack(), clocks: newClocks(s)}
	r.who = newWho(s, r.userChosen)
	r.codes[0] = newReading(s, "Code", r.submit)
	r.codes[1] = newReading(s, "Next code", r.submit)
	r.find = kit.Primary("Find out why", r.submit).Key("Enter")
	r.owner = kit.Secondary("Whose code is it?", r.whose).Icon(kit.IconPeople).
		Tip("Looks for the code among the factors of all users")
	r.trail = kit.Caption("").In(kit.ColorInk2).Wrapped()
	r.clear = kit.Secondary("Clear", r.reset)
	r.empty()
	s.key(r, "Esc", "Stop the search, or clear the page", func() {
		if r.stop != nil {
			r.whose()
			return
		}
		r.reset()
	})
	return r
}

// side implements view.
func (r *refused) side() fyne.CanvasObject { return r.clear }

// content implements view.
func (r *refused) content() fyne.CanvasObject {
	ask := kit.NewCard(kit.PadAll(kit.Space16, kit.Column(kit.Space12,
		r.who.content,
		kit.RowTop(kit.Space12, kit.GrowBy(1, r.codes[0].content), kit.GrowBy(1, r.codes[1].content)),
		kit.NewText("Ask for two codes in a row. The second is optional and narrows the answer.").At(kit.Size12).In(kit.ColorInk2).Wrapped(),
		r.find, r.ownerRow(),
		kit.RowTop(kit.Space8, kit.Icon(kit.IconShieldCheck, kit.ColorOK, 16),
			kit.Grow(kit.NewText("A desk test uses nothing up. The codes stay good for signing in.").At(kit.Size12).In(kit.ColorInk2).Wrapped())),
	))).Room(0)
	side := kit.Side{Wide: 304 + gutter, NarrowBelow: 900, Narrow: 280, StackBelow: 640}
	return kit.Beside(side, kit.Space16,
		kit.Scroll(kit.Pad(0, gutter, 0, 0, kit.Column(kit.Space16, ask, r.clocks.card))), r.room)
}

// ownerRow is the search among all users, for who may; for the others it is not
// there, since nothing on this screen needs it.
func (r *refused) ownerRow() fyne.CanvasObject {
	if r.screen.service.Permits(app.CanIdentify) != nil {
		return kit.Column(0)
	}
	return kit.Column(kit.Space4, r.owner, r.trail)
}

// show implements view.
func (r *refused) show() {
	r.clocks.show()
	if err := r.screen.service.Permits(app.CanVerify); err != nil {
		what, then := r.screen.kit.Explain(err)
		r.find.DisableFor(what)
		r.instead(kit.IconLock, kit.ColorInk2, "You may not look at codes", strings.TrimSpace(what+" "+then))
		return
	}
	if !r.screen.kit.DialogOpen() {
		if r.who.user == nil {
			r.who.field.Focus()
		} else {
			r.codes[0].field.Focus()
		}
	}
}

// refresh implements view.
func (r *refused) refresh() { r.clocks.refresh() }

// reset empties the fields and the answer.
func (r *refused) reset() {
	r.who.set(nil)
	r.wipe()
	r.who.field.Focus()
}

// wipe forgets the codes and what came of them: they are good for a while.
func (r *refused) wipe() {
	r.wiped++
	if r.stop != nil {
		r.stop() // the search among all users
		r.ended("")
	}
	for _, c := range r.codes {
		c.clear()
	}
	r.trail.SetText("")
	r.empty()
}

// userChosen leads on to the code.
func (r *refused) userChosen() {
	r.wipe()
	r.codes[0].field.Focus()
}

// readings are the codes that were typed, in the order in which the device
// showed them.
func (r *refused) readings() []app.CodeReading {
	var all []app.CodeReading
	for _, c := range r.codes {
		if text := c.text(); text != "" {
			all = append(all, app.CodeReading{Code: app.NewSecret(text), At: c.at})
		}
	}
	return all
}

// ready says what is missing under the field that misses it.
func (r *refused) ready(needsUser bool) bool {
	r.who.field.SetError("", "")
	r.codes[0].field.SetError("", "")
	switch {
	case needsUser && r.who.user == nil:
		r.who.field.SetError("Choose a user.", "Type a part of the name, then press Enter.")
		r.who.field.Focus()
		return false
	case r.codes[0].text() == "":
		r.codes[0].field.SetError("Type the code.", "")
		r.codes[0].field.Focus()
		return false
	}
	return true
}

// submit asks why the code is refused.
func (r *refused) submit() {
	s := r.screen
	if r.asking || s.service.Permits(app.CanVerify) != nil || !r.ready(true) {
		return
	}
	r.asking = true
	r.find.SetBusy(true, "Looking…")
	u := *r.who.user
	before := r.wiped
	request := app.DiagnosisRequest{User: u.ID, Provider: codeProvider(u), Readings: r.readings()}
	kit.Go(s.kit, func(ctx context.Context) (app.Diagnosis, error) {
		return s.service.Diagnose(ctx, request)
	}, func(d app.Diagnosis, err error) {
		r.asking = false
		r.find.SetBusy(false, "")
		if before != r.wiped {
			return
		}
		if err != nil {
			r.failed(err)
			return
		}
		r.set(r.answer(d, request.Readings))
		if d.Next {
			r.codes[1].field.Focus()
		}
	})
}

// codeProvider is the provider whose codes a user has, Google's where there is
// none.
func codeProvider(u app.User) app.ProviderCode {
	for _, f := range u.Factors {
		if f.Params.Kind != "" {
			return f.Provider
		}
	}
	return app.Google
}

// failed says why there is no answer. The codes stay.
func (r *refused) failed(err error) {
	what, then := r.screen.kit.Explain(err)
	icon, ink := kit.IconOctagon, kit.ColorBad
	switch app.KindOf(err) {
	case app.NotFound, app.Locked, app.Denied, app.Invalid:
		icon, ink = kit.IconInfo, kit.ColorInk2
	default:
	}
	r.instead(icon, ink, title(err), strings.TrimSpace(what+" "+then))
}

// title is what a failure is called.
func title(err error) string {
	switch app.KindOf(err) {
	case app.NotFound:
		return "There is no code to check"
	case app.Locked:
		return "Too many codes were looked at"
	case app.Unreadable:
		return "The factor cannot be read"
	case app.Unreachable:
		return "The store cannot be reached"
	default:
		return "The code could not be looked at"
	}
}

// set shows something at the right.
func (r *refused) set(o fyne.CanvasObject) {
	r.room.Objects = []fyne.CanvasObject{o}
	r.room.Refresh()
	r.screen.relay()
}

// empty says what the page is for.
func (r *refused) empty() {
	r.instead(kit.IconTroubleshoot, kit.ColorInk2, "Why is my code refused?",
		"Choose the user, type the code as it is read out, and the next one. The answer says what is wrong and what helps, gentlest first.")
}

// instead shows one sentence in place of an answer.
func (r *refused) instead(icon kit.IconName, ink fyne.ThemeColorName, title, sentence string) {
	well := kit.Center(0, kit.Well(icon, kit.ColorSunken, ink, 52))
	r.set(kit.NewCard(kit.Scroll(kit.PadAll(kit.Space24, kit.EmptyState(well, title, sentence)))).Room(0))
}

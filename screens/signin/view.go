package signin

import (
	"path/filepath"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// side is the room at the sides of the card, inside its 1 px edge.
const side = kit.Space32 - 1

// panel is the dark left side: whose program it is, the stores, and a way to
// add one.
func (s *Screen) panel() fyne.CanvasObject {
	caption := func(text string) *kit.Text { return kit.NewText(text).At(kit.Size12).In(kit.ColorRailInk) }
	saved := kit.CountOf(len(s.stores.Saved), "saved", "saved")
	return kit.Column(0,
		kit.Pad(39, kit.Space32, 0, 31, kit.Row(kit.Space12, kit.Logo(46), kit.Title("Factordesk").In(kit.ColorRailOn))),
		kit.Pad(26, kit.Space32, 10, kit.Space32, kit.Row(0, caption("Stores").Strong(), kit.Spacer(), caption(saved))),
		kit.Grow(kit.Scroll(kit.PadXY(kit.Space16, 0, s.list))),
		kit.Pad(0, kit.Space32, 0, kit.Space32, kit.Fix(0, 1, kit.Plate(kit.ColorRailSel))),
		kit.Pad(19, kit.Space32, 26, kit.Space32, kit.Row(0, s.add, kit.Spacer(), caption("Version "+s.stores.Version))),
	)
}

// show draws the right side again and puts the focus where it belongs.
func (s *Screen) show() {
	s.room.SetContent(s.page())
	s.focus()
}

// page is the right side: notes, the card, and what to know about it.
func (s *Screen) page() fyne.CanvasObject {
	if s.glass {
		s.switchTo.SetText("Sign in with a code")
	} else {
		s.switchTo.SetText("Your own factor is lost?")
	}
	parts := []fyne.CanvasObject{s.card()}
	if s.state == open || s.state == opening && !s.waiting() {
		parts = append(parts, s.remarks())
	}
	if s.state == open && !s.glass { // where a recovery key is typed, it needs the room
		parts = append([]fyne.CanvasObject{s.used}, parts...)
	}
	return kit.PadXY(kit.Space24, kit.Space24, kit.Center(416, kit.Column(kit.Space16, parts...)))
}

// card is the sign-in card of the chosen store.
func (s *Screen) card() fyne.CanvasObject {
	chosen := s.chosen()
	var body fyne.CanvasObject
	switch {
	case s.state == failed:
		body = s.broken()
	case s.state == stopped:
		body = s.given()
	case s.waiting():
		body = s.underWay()
	default:
		body = s.form()
	}
	card := kit.NewCard(kit.Pad(27, side, kit.Space32, side, body)).Room(0).Round().Raised()
	card.Foot(s.foot())
	return card.ForStore(kit.StoreOf(chosen.Info()))
}

// form is the fields, with the recovery key in place of the code in break-glass.
func (s *Screen) form() fyne.CanvasObject {
	title, words := "Sign in", kit.Second(whose(s.chosen().Kind)).Wrapped()
	var second fyne.CanvasObject = s.code
	if s.glass {
		title, second = "Break-glass sign-in", s.recovery
		words = kit.NewRich(glassWords(s.chosen().Kind)...).In(kit.ColorInk2).Wrapped()
	}
	if s.glass && s.chosen().Kind == app.MagentoStore {
		second = s.crypt
	}
	return kit.Column(0,
		kit.Column(kit.Space4, kit.Title(title), words),
		kit.Pad(kit.Space24, 0, 0, 0, kit.Column(kit.Space16, s.username, s.password, second)),
		kit.Pad(kit.Space24, 0, 0, 0, kit.Column(kit.Space16, s.trouble, s.signIn)),
	)
}

// broken stands in for the form while the store cannot be opened.
func (s *Screen) broken() fyne.CanvasObject {
	what, then := app.Explain(s.why)
	parts := []fyne.CanvasObject{
		kit.Title("The store cannot be opened").Wrapped(),
		kit.ErrorBox(what, then),
		kit.Second("Nothing was changed. Choose another store at the left, or try again.").Wrapped(),
		s.again,
	}
	return kit.Column(kit.Space16, append(parts, s.look()...)...)
}

// look leads to the way to a store on a server: it may have changed, and nobody can sign in to
// change it.
func (s *Screen) look() []fyne.CanvasObject {
	if s.chosen().Shop == nil && s.chosen().Kind != app.TeamStore || s.chosen().Unsaved || s.on.Look == nil {
		return nil
	}
	return []fyne.CanvasObject{kit.Secondary("Test or change the connection", func() { s.on.Look(s.stores.Chosen) }).
		Icon(kit.IconConnections).Tall()}
}

// underWay stands in for the form while a server is waited for.
func (s *Screen) underWay() fyne.CanvasObject {
	return kit.Column(kit.Space16,
		kit.Column(kit.Space4, kit.Title("Opening the store"), kit.Second(waits(s.chosen())).Wrapped()),
		kit.Second("You sign in when it is open. Choosing another store stops this one.").Wrapped(),
		s.cancel)
}

// given stands in for the form when the person has stopped the opening.
func (s *Screen) given() fyne.CanvasObject {
	parts := []fyne.CanvasObject{
		kit.Column(kit.Space4, kit.Title("Stopped"),
			kit.Second("The store was not opened, and nothing was changed.").Wrapped()),
		s.again,
	}
	return kit.Column(kit.Space16, append(parts, s.look()...)...)
}

// foot says how the store is reached, and which file it is.
func (s *Screen) foot() fyne.CanvasObject {
	chosen := s.chosen()
	icon, ink, words := kit.IconHourglass, kit.ColorInk2, "Opening the store…"
	switch s.state {
	case open:
		icon, ink, words = kit.IconCheck, kit.ColorOK, reach(s.service.Store())
	case failed:
		icon, ink, words = kit.IconOctagon, kit.ColorBad, "Not open"
	case stopped:
		icon, ink, words = kit.IconX, kit.ColorInk2, "Not open"
	case opening:
	}
	row := []fyne.CanvasObject{
		kit.Icon(icon, ink, 14), kit.NewText(words).At(kit.Size12).In(kit.ColorInk2), kit.Spacer(),
	}
	switch {
	case s.waiting():
		row[2] = kit.Grow(s.waited)
	case chosen.Kind == app.LocalStore:
		row[2] = kit.Grow(kit.Caption(filepath.Base(chosen.Location)).Trailing().Ellipsis())
	}
	return kit.AtLeast(0, kit.Scaled(41), kit.PadXY(side, 0, kit.Row(kit.Space8, row...)))
}

// remarks say where failures count and what to do without the own factor.
func (s *Screen) remarks() fyne.CanvasObject {
	line := func(icon kit.IconName, o fyne.CanvasObject) fyne.CanvasObject {
		return kit.RowTop(kit.Space8, kit.AtLeast(0, kit.Scaled(17), kit.Icon(icon, kit.ColorInk3, 14)), kit.Grow(o))
	}
	icon := kit.IconKey
	if s.glass {
		icon = kit.IconPhone
	}
	info := s.chosen().Info()
	if s.service != nil {
		info = s.service.Store()
	}
	rows := []fyne.CanvasObject{}
	if words := counts(info); words != "" {
		rows = append(rows, line(kit.IconInfo, kit.Caption(words).Wrapped()))
	}
	rows = append(rows, kit.Row(kit.Space8, kit.Icon(icon, kit.ColorInk3, 14), s.switchTo, kit.Spacer()))
	return kit.Pad(3, 4, 0, 4, kit.Column(kit.Space8, rows...))
}

// showUsed puts the red note over the card when break-glass was used.
func (s *Screen) showUsed(events []app.Event, err error) {
	switch {
	case err != nil:
		what, _ := app.Explain(err)
		s.used.Set(kit.StatusWarn, "Whether break-glass was used lately is not known.", what)
	case len(events) > 0:
		s.used.Set(kit.StatusBad, usedTitle, usedWords(s.service.Store(), events, lately, s.kit.Now()))
	default:
		return
	}
	s.used.Show()
	s.room.Refresh()
}

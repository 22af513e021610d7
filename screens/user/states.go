package user

import (
	"strings"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// lost says why the user cannot be read. What was read before stays on the
// screen, with the sentence above it; and so does what is typed of somebody who
// is gone.
func (s *Screen) lost(err error) {
	s.kit.Link().Failed(err)
	kind := app.KindOf(err)
	if s.page != nil && kind != app.Denied && (kind != app.NotFound || s.account.dirty()) {
		if !s.kit.Link().Lost() {
			s.say(err)
		}
		return
	}
	s.page = nil
	state, next := s.whyNot(err)
	s.frame("", nil, kit.NewCard(kit.AtLeast(0, 380, state)).Room(kit.Space24))
	if !s.kit.DialogOpen() {
		s.kit.Focus(next)
	}
}

// say puts the sentence of an error over the page, with the age of what shows.
func (s *Screen) say(err error) {
	what, then := s.kit.Explain(err)
	note := kit.NewNote(kit.StatusBad, strings.TrimSuffix(what, "."),
		strings.TrimSpace(then+" What you see was read at "+kit.ClockTime(s.readAt)+"."))
	if app.KindOf(err) != app.NotFound {
		note.Action(kit.Secondary("Try again", s.load).Small())
	}
	s.stale.Objects = []fyne.CanvasObject{kit.Pad(0, 0, kit.Space16, 0, note)}
	s.relayout()
}

// whyNot is the state in place of the page, and the button to go on with.
func (s *Screen) whyNot(err error) (state fyne.CanvasObject, next *kit.Button) {
	what, then := s.kit.Explain(err)
	sentence := strings.TrimSpace(what + " " + then)
	again := kit.Primary("Try again", s.tryAgain).Icon(kit.IconRefresh)
	back := kit.Primary("Back to the users", s.back)
	switch app.KindOf(err) {
	case app.Denied:
		return empty(kit.IconLock, kit.ColorSunken, kit.ColorInk2, "This user is not shown", sentence, back), back
	case app.NotFound:
		return empty(kit.IconUser, kit.ColorSunken, kit.ColorInk2, "This user is gone", sentence, back), back
	case app.Unreachable:
		return kit.EmptyState(way(s.service.Store()), what, then, again, s.tries), again
	}
	return empty(kit.IconOctagon, kit.ColorBadBg, kit.ColorBad, "The user could not be read", sentence, again), again
}

// tryAgain reads the user, or tries whether the store answers: then the user is
// read by itself.
func (s *Screen) tryAgain() {
	if l := s.kit.Link(); l.Lost() {
		l.TryNow()
		return
	}
	s.load()
}

func empty(icon kit.IconName, fill, ink fyne.ThemeColorName, title, sentence string, controls ...fyne.CanvasObject) fyne.CanvasObject {
	return kit.EmptyState(kit.Center(0, kit.Well(icon, fill, ink, 52)), title, sentence, controls...)
}

// way is the way to the store with the break in it.
func way(store app.StoreInfo) fyne.CanvasObject {
	end, word := kit.IconServer, store.Name
	if store.Kind == app.LocalStore {
		end = kit.IconFile
	}
	stop := func(icon kit.IconName, words string) fyne.CanvasObject {
		return kit.Column(6, kit.Center(0, kit.Well(icon, kit.ColorSunken, kit.ColorInk2, 52)),
			kit.Caption(words).In(kit.ColorInk2).Centered())
	}
	line := func() fyne.CanvasObject { return kit.Fix(44, 1, kit.Separator()) }
	return kit.Center(0, kit.Row(kit.Space12, stop(kit.IconMonitor, "This workstation"),
		line(), kit.Icon(kit.IconX, kit.ColorBad, 22), line(), stop(end, word)))
}

// skeleton stands for the tabs and the cards while they are read.
func skeleton() fyne.CanvasObject {
	card := func(rows int) fyne.CanvasObject { return kit.NewCard(kit.Skeleton(rows, 0.3, 0.5)) }
	return kit.RowTop(kit.Space16, kit.Fix(kit.Scaled(176), 0, kit.NewCard(kit.Skeleton(4, 0.8)).Room(kit.Space8)),
		kit.Grow(kit.Column(kit.Space16, kit.Tiles(760, kit.Space16, card(4), card(4), card(4), card(4)), card(2))))
}

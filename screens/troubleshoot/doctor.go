package troubleshoot

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

const (
	skeletonAfter = 300 * time.Millisecond // before gray bars show
	stackBelow    = 820                    // of room at scale 1, the cards stand one over the other
)

// doctor is the view that examines the store.
type doctor struct {
	screen  *Screen
	room    *fyne.Container
	checked *kit.Text
	again   *kit.Button

	list   *findings
	detail *detail
	page   *kit.ScrollView // around both cards, where they stand one over the other
	width  float32

	tries  *kit.Text
	asking bool
	loaded bool
	x      app.Examination
}

func newDoctor(s *Screen) view {
	d := &doctor{screen: s, room: kit.Stack(), checked: kit.Caption("").In(kit.ColorInk2)}
	d.again = kit.Secondary("Check again", d.refresh).Icon(kit.IconRefresh).Tip("F5")
	d.tries = kit.NewTries(s.kit)
	d.list = newFindings(d)
	d.detail = newDetail(d)
	s.key(d, "Esc", "Back to the findings", d.back)
	s.key(d, "PageDown", "Scroll the finding", func() { d.scroll(0.9) })
	s.key(d, "PageUp", "", func() { d.scroll(-0.9) })
	return d
}

func (d *doctor) content() fyne.CanvasObject { return d.room }

func (d *doctor) side() fyne.CanvasObject { return kit.Row(kit.Space16, d.checked, d.again) }

// show examines the store.
func (d *doctor) show() { d.refresh() }

func (d *doctor) scroll(share float32) {
	if d.page != nil {
		d.page.ScrollBy(share)
		return
	}
	d.detail.scroll.ScrollBy(share)
}

// refresh examines the store. What was found before stays until there is an
// answer.
func (d *doctor) refresh() {
	s := d.screen
	if err := s.service.Permits(app.SeeUsers); err != nil {
		d.denied(err)
		return
	}
	if d.asking {
		return
	}
	if l := s.kit.Link(); l.Lost() && d.loaded {
		l.TryNow() // F5; what was found stays
		return
	}
	d.asking = true
	d.again.DisableFor("")
	d.again.SetBusy(true, "Checking…")
	stop := s.kit.After(skeletonAfter, func() {
		if !d.loaded {
			d.loading()
		}
	})
	kit.Go(s.kit, s.service.Examine, func(x app.Examination, err error) {
		stop()
		d.asking = false
		d.again.SetBusy(false, "")
		if err != nil {
			d.failed(err)
			return
		}
		d.found(x)
	})
}

// found shows an examination, and the finding that was chosen before if it is
// still there.
func (d *doctor) found(x app.Examination) {
	first := !d.loaded
	d.x, d.loaded = x, true
	d.checked.SetText("Checked " + kit.Within(kit.WhenUTC(x.At, d.screen.kit.Now())) + ", " + kit.Took(x.Took))
	d.list.set(x)
	switch {
	case len(x.Findings) == 0 || d.detail.passed && !first:
		d.list.rows.Set(-1)
		d.detail.showPassed(x)
	default:
		i := slices.IndexFunc(x.Findings, func(f app.Finding) bool { return f.Code == d.detail.finding.Code })
		d.choose(max(i, 0))
	}
	d.arrange(d.width)
	d.focus(first)
}

// focus goes to the findings when they are seen first, and to the button where
// there are none.
func (d *doctor) focus(first bool) {
	k := d.screen.kit
	if focused := k.Window.Canvas().Focused(); k.DialogOpen() || !first && focused != nil {
		return
	}
	if len(d.x.Findings) == 0 {
		k.Focus(d.again)
		return
	}
	k.Focus(d.list.rows)
}

// choose shows a finding.
func (d *doctor) choose(i int) {
	d.list.rows.Set(i)
	d.detail.show(d.x.Findings[i])
	d.relay()
}

// relay lays the page out again for what its cards hold now.
func (d *doctor) relay() {
	if d.page != nil {
		d.page.Refresh()
	}
	d.screen.content.Refresh()
}

// passed shows what was in order, in place of a finding.
func (d *doctor) passed() {
	d.list.rows.Set(-1)
	d.detail.showPassed(d.x)
	d.relay()
	d.enter()
}

// enter gives the focus to the first thing that can be done about a finding.
func (d *doctor) enter() { d.screen.kit.Focus(d.detail.stops[0]) }

// back returns to the list from wherever the focus is.
func (d *doctor) back() {
	if !d.loaded || len(d.x.Findings) == 0 {
		return
	}
	if d.list.rows.Chosen() < 0 {
		i := slices.IndexFunc(d.x.Findings, func(f app.Finding) bool { return f.Code == d.detail.finding.Code })
		d.choose(max(i, 0))
	}
	d.screen.kit.Focus(d.list.rows)
}

// arrange puts the cards side by side where there is room for both, and one over
// the other where there is not; the page scrolls as a whole then.
func (d *doctor) arrange(width float32) {
	d.width = width
	if !d.loaded {
		return
	}
	d.page = nil
	if width > 0 && width < kit.Scaled(stackBelow) {
		d.list.fill(false)
		d.detail.fill(false)
		const gutter = 14 // for the bar that scrolls
		d.page = kit.Scroll(kit.Pad(0, gutter, 0, 0, kit.Column(kit.Space16, d.list.card, d.detail.card)))
		d.set(d.page)
		return
	}
	d.list.fill(true)
	d.detail.fill(true)
	d.set(kit.RowFill(kit.Space16, kit.GrowBy(53, d.list.card), kit.GrowBy(47, d.detail.card)))
}

// set shows something in the room, and arranges it again when the room changes.
func (d *doctor) set(o fyne.CanvasObject) {
	d.room.Objects = []fyne.CanvasObject{kit.OnWidth(o, func(width float32) {
		if width != d.width {
			d.arrange(width)
		}
	})}
	d.relay()
}

// loading shows gray bars in the shape of both cards.
func (d *doctor) loading() {
	d.set(kit.RowFill(kit.Space16,
		kit.GrowBy(53, kit.NewCard(kit.Column(0, kit.SkeletonOf(findingHeight, 7, 0.12, 0.55, 0.14), kit.Grow(kit.Spacer()))).Room(1)),
		kit.GrowBy(47, kit.NewCard(kit.Column(0, kit.Skeleton(5, 0.5, 0.3), kit.Grow(kit.Spacer()))).Room(1))))
}

// instead shows a state in place of both cards.
func (d *doctor) instead(icon kit.IconName, ink fyne.ThemeColorName, title, sentence string, controls ...fyne.CanvasObject) {
	d.loaded = false
	d.checked.SetText("")
	well := kit.Center(0, kit.Well(icon, kit.ColorSunken, ink, 52))
	d.room.Objects = []fyne.CanvasObject{kit.NewCard(kit.Scroll(kit.PadAll(kit.Space24,
		kit.EmptyState(well, title, sentence, controls...)))).Room(0)}
	d.page = nil
	d.relay()
}

// tryAgain examines the store, or tries whether it answers: then it is examined
// by itself, if it was not before.
func (d *doctor) tryAgain() {
	if l := d.screen.kit.Link(); l.Lost() {
		l.TryNow()
		return
	}
	d.refresh()
}

// empty tells whether there is nothing that was found.
func (d *doctor) empty() bool { return !d.loaded }

// linked keeps the examination out of reach while the store does not answer, and
// makes up for one that failed.
func (d *doctor) linked(lost bool) {
	switch {
	case lost:
		d.again.DisableFor("The store does not answer.")
	case !d.asking && d.screen.service.Permits(app.SeeUsers) == nil:
		d.again.DisableFor("")
		d.again.Tip("F5")
		if !d.loaded && d.screen.shown {
			d.refresh()
		}
	}
}

func (d *doctor) denied(err error) {
	what, then := d.screen.kit.Explain(err)
	d.again.DisableFor(what)
	d.instead(kit.IconLock, kit.ColorInk2, "You may not examine this store", strings.TrimSpace(what+" "+then))
}

func (d *doctor) failed(err error) {
	s := d.screen
	s.kit.Link().Failed(err)
	if s.kit.Link().Lost() && d.loaded {
		return // what was found stays, with its age
	}
	what, then := s.kit.Explain(err)
	try := kit.Primary("Try again", d.tryAgain).Icon(kit.IconRefresh)
	buttons := []fyne.CanvasObject{try}
	if app.KindOf(err) != app.Unreachable {
		d.instead(kit.IconOctagon, kit.ColorBad, "The store could not be examined", strings.TrimSpace(what+" "+then), try)
	} else {
		if s.on.TestConnection != nil && s.service.Store().Kind != app.LocalStore {
			buttons = append(buttons, kit.Secondary("Test the connection", s.on.TestConnection))
		}
		d.instead(kit.IconUnplugged, kit.ColorBad, "The store cannot be reached", unreachable(what, then), kit.Row(kit.Space8, buttons...), d.tries)
	}
	if !s.kit.DialogOpen() {
		s.kit.Focus(try)
	}
}

// unreachable are the words under the title, which are not said twice.
func unreachable(what, then string) string {
	if what == "The store cannot be reached." {
		what = ""
	}
	words := strings.TrimSpace(what + " " + then)
	if !strings.Contains(words, "Nothing was changed") {
		words = strings.TrimSpace(words + " Nothing was changed.")
	}
	return words
}

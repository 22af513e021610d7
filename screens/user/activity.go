package user

import (
	"context"
	"encoding/hex"
	"strconv"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// perPage is how many events one page shows.
const perPage = 25

// history is the tab Activity: what happened to this user, newest first.
type history struct {
	s      *Screen
	grid   *kit.Grid[app.Event]
	events app.EventPage
	read   bool
	asked  int // the newest question; older answers are dropped
	place  int // number of events before this page

	count        *kit.Text
	newer, older *kit.Button
}

func newHistory(s *Screen) *history {
	h := &history{s: s, count: kit.Caption("").In(kit.ColorInk2)}
	h.grid = kit.NewGrid(func(e app.Event) string { return strconv.FormatInt(e.Seq, 10) },
		kit.Col[app.Event]{Title: "Time", Min: 132, Cell: func(e app.Event) kit.Cell {
			return kit.Cell{Text: kit.When(e.At, s.kit.Now()), Ink: kit.ColorInk}
		}},
		kit.Col[app.Event]{Title: "Operator", Min: 104, Drop: 2, Cell: func(e app.Event) kit.Cell {
			return kit.Cell{Text: e.Operator, Tip: e.Operator}
		}},
		kit.Col[app.Event]{Title: "Action", Min: 208, Cell: func(e app.Event) kit.Cell {
			return kit.Cell{Text: e.Title(h.s.service.Providers()), Bold: true, Ink: kit.ColorInk}
		}},
		kit.Col[app.Event]{Title: "Reason", Min: 120, Grow: 1, Drop: 1, Cell: func(e app.Event) kit.Cell {
			return kit.Cell{Text: e.Reason}
		}},
		kit.Col[app.Event]{Title: "Result", Min: 108, Cell: func(e app.Event) kit.Cell {
			return kit.OutcomeCell(e.Outcome)
		}},
	).NoTicks()
	h.grid.Detail = h.detail
	h.newer = kit.IconButton(kit.IconLeft, "Newer", func() {
		h.ask(app.EventQuery{After: h.events.Events[0].Seq}, -1)
	}).Small()
	h.older = kit.IconButton(kit.IconRight, "Older", func() {
		h.ask(app.EventQuery{Before: h.events.Events[len(h.events.Events)-1].Seq}, 1)
	}).Small()
	h.grid.SetFoot(kit.PadXY(kit.Space16, 0, kit.Row(kit.Space8, kit.Caption("Enter or a click opens an event.").In(kit.ColorInk2),
		kit.Spacer(), h.count, h.newer, h.older)))
	return h
}

// forget makes the next look at the tab read the events again.
func (h *history) forget() { h.read = false }

// activity is the tab Activity.
func (s *Screen) activity(p *page) fyne.CanvasObject {
	if p.may.activity != nil {
		what, then := s.kit.Explain(p.may.activity)
		return kit.NewCard(kit.AtLeast(0, 220, kit.Center(460, kit.EmptyState(
			kit.Center(0, kit.Well(kit.IconLock, kit.ColorSunken, kit.ColorInk2, 52)), "Activity is not shown", what+" "+then)))).Room(kit.Space24)
	}
	if !s.history.read {
		s.history.read = true
		s.history.ask(app.EventQuery{}, 0)
	}
	return kit.AtLeast(0, 360, kit.Column(0, kit.Grow(s.history.grid)))
}

// ask reads a page of events; turned is 1 towards older ones, -1 towards newer
// ones, 0 to the newest.
func (h *history) ask(q app.EventQuery, turned int) {
	h.asked++
	asked := h.asked
	q.Target, q.Limit = h.s.id, perPage
	kit.Go(h.s.kit, func(ctx context.Context) (app.EventPage, error) {
		return h.s.service.Events(ctx, q)
	}, func(page app.EventPage, err error) {
		switch {
		case asked != h.asked:
		case err != nil:
			h.failed(err)
		default:
			h.show(page, turned)
		}
	})
}

func (h *history) failed(err error) {
	h.read = false
	h.s.kit.Link().Failed(err)
	if h.s.kit.Link().Lost() && len(h.events.Events) > 0 {
		return // what was read stays; the band over the page says how old it is
	}
	what, then := h.s.kit.Explain(err)
	h.grid.ShowInstead(empty(kit.IconOctagon, kit.ColorBadBg, kit.ColorBad,
		"The events could not be read", what+" "+then,
		kit.Secondary("Try again", func() { h.ask(app.EventQuery{}, 0) })))
}

func (h *history) show(page app.EventPage, turned int) {
	switch {
	case turned > 0:
		h.place += len(h.events.Events)
	case turned < 0:
		h.place = max(h.place-len(page.Events), 0)
	}
	if turned == 0 || !page.Newer {
		h.place = 0
	}
	h.events = page
	if turned != 0 {
		h.grid.OpenDetail("")
	}
	h.grid.SetRows(page.Events)
	if len(page.Events) == 0 {
		h.grid.ShowEmpty(empty(kit.IconActivity, kit.ColorSunken, kit.ColorInk2,
			"Nothing happened yet", "Everything that is done to "+h.s.page.user.Short()+" will be listed here, with who and why."))
		return
	}
	total := kit.Count(page.Total)
	if page.Total >= app.CountLimit {
		total += "+"
	}
	h.count.SetText(kit.Count(h.place+1) + "–" + kit.Count(h.place+len(page.Events)) + " of " + total)
	turn(h.newer, page.Newer, "Newer", "These are the newest.")
	turn(h.older, page.Older, "Older", "There are no older ones.")
	h.grid.Refresh()
}

// turn lets a button turn the page, or says why there is none.
func turn(b *kit.Button, can bool, way, reason string) {
	if can {
		b.DisableFor("").Tip(way)
	} else {
		b.DisableFor(reason)
	}
}

// detail is an event as it was written, with UTC beside the local time.
func (h *history) detail(e app.Event) fyne.CanvasObject {
	facts := []kit.Fact{
		{Label: "When", Value: kit.Day(e.At) + ", " + kit.ClockTime(e.At) + " (" + kit.ClockUTC(e.At) + ")"},
		{Label: "Operator", Value: e.Operator + ", at " + e.Console},
	}
	if e.Reason != "" {
		facts = append(facts, kit.Fact{Label: "Reason", Value: e.Reason})
	}
	for _, d := range e.Details {
		facts = append(facts, kit.Fact{Label: capital(d.Name), Value: d.Value})
	}
	facts = append(facts, kit.Fact{
		Label: "Event", Runs: []kit.Run{kit.Plain(kit.Count(int(e.Seq)) + " "), kit.Code(shortHash(e.Hash))},
	})
	parts := []fyne.CanvasObject{kit.KeyValues(96, facts...)}
	if e.Outcome == app.Intent {
		parts = append([]fyne.CanvasObject{kit.Unsettled()}, parts...)
	}
	return kit.PadXY(kit.Space16, kit.Space12, kit.Column(kit.Space14, parts...))
}

// shortHash is enough of a hash to compare two by eye.
func shortHash(hash []byte) string {
	if len(hash) < 8 {
		return ""
	}
	return hex.EncodeToString(hash[:8])
}

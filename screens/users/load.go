package users

import (
	"context"
	"strings"
	"time"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// Whether the numbers of the chips are asked for, too: a search does not change
// them.
const (
	withCounts    = true
	withoutCounts = false
)

// answer is one page with its rows, made off the UI goroutine.
type answer struct {
	page    app.Page
	rows    []row
	counts  app.Counts
	counted bool
	again   bool // the place in the list had gone; this is the first page
}

// fetch asks the store for a page. Where the page of a cursor has become empty,
// the first page is the answer.
func (s *Screen) fetch(ctx context.Context, q app.Query, counts bool, now time.Time) (answer, error) {
	var a answer
	var err error
	if a.page, err = s.svc.Users(ctx, q); err != nil {
		return a, err
	}
	if len(a.page.Users) == 0 && (q.After != "" || q.Before != "") {
		q.After, q.Before, a.again = "", "", true
		if a.page, err = s.svc.Users(ctx, q); err != nil {
			return a, err
		}
	}
	if counts {
		if a.counts, err = s.svc.Counts(ctx); err != nil {
			return a, err
		}
		a.counted = true
	}
	a.rows = makeRows(a.page.Users, s.short, now)
	return a, nil
}

// load asks for the page of the query. The question before is canceled and its
// answer dropped.
func (s *Screen) load(counts bool) {
	s.pose(counts, func() { s.stopSlow = s.k.After(skeletonAfter, s.showLoading) })
}

// pose is load; slow is what happens where the answer may take long.
func (s *Screen) pose(counts bool, slow func()) {
	s.stopAsking()
	counts, s.missed = counts || s.missed, false
	if err := s.svc.Permits(app.SeeUsers); err != nil {
		s.refused(err)
		return
	}
	if s.state == loading || s.state == unreachable || s.state == failed || s.state == denied {
		counts = withCounts
	}
	q, now := s.query, s.k.Now()
	scope := kit.NewScope(s.k)
	s.asking = scope
	if s.state == unreachable {
		s.showTrying()
	} else {
		slow()
	}
	kit.Go(scope, func(ctx context.Context) (answer, error) {
		return s.fetch(ctx, q, counts, now)
	}, s.loaded)
}

// stopAsking drops what is on its way, and a search that waits for the pause.
func (s *Screen) stopAsking() {
	if s.asking != nil {
		s.asking.Cancel()
		s.asking = nil
	}
	s.halt(&s.stopPause)
	s.halt(&s.stopSlow)
}

func (s *Screen) halt(stop *func()) {
	if *stop != nil {
		(*stop)()
		*stop = nil
	}
}

// loaded shows an answer.
func (s *Screen) loaded(a answer, err error) {
	s.asking = nil
	s.halt(&s.stopSlow)
	if err != nil {
		s.refused(err)
		return
	}
	s.place(a)
	s.page, s.read, s.trouble, s.shows = a.page, s.k.Now(), nil, s.query
	if a.counted {
		s.counts = a.counts
	}
	s.show(a.rows)
	if s.missed {
		s.quietly()
	}
}

// refused shows why there is no answer.
func (s *Screen) refused(err error) {
	if app.KindOf(err) == app.Denied && s.covered() {
		return // the screen is locked; the list is asked for again after it
	}
	s.trouble, s.turned = err, 0
	switch app.KindOf(err) {
	case app.Unreachable:
		s.lost(err)
	case app.Denied:
		s.showDenied()
	default:
		s.showFailed()
	}
}

// place counts how many users come before the page. The ends of the list put
// the count right again after somebody else has added or removed users.
func (s *Screen) place(a answer) {
	n := len(a.page.Users)
	switch {
	case s.turned > 0:
		s.first += len(s.page.Users)
	case s.turned < 0:
		s.first -= n
	}
	if a.again {
		s.query.After, s.query.Before = "", ""
	}
	exact := s.query.Search == "" || a.page.Total < app.CountLimit
	switch {
	case a.again || a.page.Previous == "":
		s.first = 0
	case a.page.Next == "" && exact:
		s.first = a.page.Total - n
	}
	s.first = max(s.first, 0)
}

// ask begins at the first page of another question.
func (s *Screen) ask() {
	s.query.After, s.query.Before, s.first, s.turned, s.fresh = "", "", 0, 0, nil
	s.load(withoutCounts)
}

// turn goes one page on (1) or back (-1), where there is one.
func (s *Screen) turn(by int) {
	to := s.page.Next
	if by < 0 {
		to = s.page.Previous
	}
	if to == "" || s.state != full || s.asking != nil || s.cut {
		return
	}
	s.query.After, s.query.Before = "", ""
	if by > 0 {
		s.query.After = to
	} else {
		s.query.Before = to
	}
	s.turned = by
	s.load(withoutCounts)
}

// typed searches when the person has stopped typing for a moment.
func (s *Screen) typed(string) {
	s.entering = false
	s.halt(&s.stopPause)
	s.stopPause = s.k.After(typingPause, s.searchNow)
}

// searchNow searches for what is in the field, unless that is what shows.
func (s *Screen) searchNow() {
	s.halt(&s.stopPause)
	text := strings.TrimSpace(s.search.Text())
	switch {
	case s.cut:
		return
	case text == s.query.Search && s.missed:
		s.quietly()
		return
	case text == s.query.Search:
		return
	}
	s.query.Search = text
	s.ask()
}

// choose applies a quick filter; choosing it again shows all.
func (s *Screen) choose(f app.Filter) {
	if s.cut {
		return
	}
	if s.query.Filter == f {
		f = app.All
	}
	s.query.Filter = f
	s.query.Search = strings.TrimSpace(s.search.Text())
	s.ask()
}

// Choose makes the list one of the users of a filter, without a search, for
// another page that leads here. Show loads it.
func (s *Screen) Choose(f app.Filter) {
	s.search.SetText("")
	s.query.Search, s.query.Filter = "", f
	s.query.After, s.query.Before, s.first, s.turned, s.fresh = "", "", 0, 0, nil
}

// clear takes search and filter away.
func (s *Screen) clear() {
	if s.cut {
		return
	}
	s.search.SetText("")
	s.query.Search, s.query.Filter = "", app.All
	s.ask()
	s.focusSearch()
}

// sort orders by a column.
func (s *Screen) sort(key string, descending bool) {
	if s.cut {
		s.grid.SetSort(string(s.query.Sort), s.query.Descending)
		return
	}
	s.query.Sort, s.query.Descending = app.Column(key), descending
	s.ask()
}

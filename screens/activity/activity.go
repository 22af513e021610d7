// Package activity is the screen of the audit: who did what to whom, and why;
// and whether the chain of events is whole, which stands first.
package activity

import (
	"context"
	"io"
	"time"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// Service is what the screen asks of the console.
type Service interface {
	Store() app.StoreInfo
	Providers() []app.Provider
	Operator() (app.Operator, bool)
	Permits(p app.Permission) error
	Events(ctx context.Context, q app.EventQuery) (app.EventPage, error)
	VerifyAudit(ctx context.Context, progress func(done, total int64)) (app.AuditReport, error)
	Reverify(ctx context.Context, password app.Secret, d app.Deed) (*app.Grant, error)
	AcceptHistory(ctx context.Context, g *app.Grant) error
	Export(ctx context.Context, w io.Writer, q app.EventQuery) (int, error)
}

// Actions go up to the shell.
type Actions struct {
	OpenUser func(id app.UserID)
}

// perPage is how many events one page shows.
const perPage = 50

// searchDelay is how long typing rests before a search begins.
const searchDelay = 150 * time.Millisecond

// Screen is the activity screen.
type Screen struct {
	service Service
	kit     *kit.Kit
	on      Actions

	content fyne.CanvasObject
	chain   *chain
	filters *filters
	grid    *kit.Grid[app.Event]
	foot    *foot
	export  *kit.Button

	query  app.EventQuery // filters and the place in the list
	asked  int            // the newest question; older answers are dropped
	loaded bool
	page   app.EventPage
	shows  app.EventQuery // the filters of the page
	read   time.Time      // when it was read
	cut    bool           // the store does not answer
	outage *kit.Outage
	tries  *kit.Text
	at     app.EventQuery // the place of the page
	from   int            // first, of the page that shows
	first  int            // number of events before this page, for "51–100 of 214"
}

// New makes the screen.
func New(service Service, k *kit.Kit, on Actions) *Screen {
	s := &Screen{service: service, kit: k.Enter("Activity"), on: on}
	s.chain = newChain(s)
	s.filters = newFilters(s)
	s.grid = newGrid(s)
	s.foot = newFoot(s)
	s.grid.SetFoot(s.foot.content)
	s.export = kit.Secondary("Export…", s.askExport).Icon(kit.IconExport)
	s.outage = kit.NewOutage(s.kit, 0, kit.OutageSpec{
		Store: service.Store, AsOf: func() time.Time { return s.read }, Changed: s.relay,
		Needless: func() bool { return !s.loaded },
	})
	s.tries = kit.NewTries(s.kit)
	s.kit.OnLink(s.linked)
	s.kit.OnChange(s.changed)
	head := kit.AtLeast(0, kit.Scaled(kit.HeightTitleRow), kit.Row(kit.Space12,
		kit.Title("Activity"), kit.Second("Every change, who made it and why"), kit.Spacer(), s.export))
	parts := []fyne.CanvasObject{head, s.chain.content}
	if service.Store().AuditHere {
		parts = append(parts, kit.Row(6, kit.Icon(kit.IconMonitor, kit.ColorInk3, 14),
			kit.Grow(kit.Caption("This activity is kept on this computer; what other desks do is not in it.").Wrapped())))
	}
	s.content = kit.Pad(kit.Space18, kit.Space24, kit.Space18, kit.Space24,
		kit.Column(kit.Space14, append(parts, s.filters.content, s.outage.Content, kit.Grow(s.grid))...))
	return s
}

// relay lays the page out again.
func (s *Screen) relay() {
	if s.content != nil {
		s.content.Refresh()
	}
}

// Content implements the shell's Screen.
func (s *Screen) Content() fyne.CanvasObject { return s.content }

// Show loads the newest events and checks the chain.
func (s *Screen) Show() {
	s.kit.Shortcut("Ctrl+F", "Search", s.filters.search.Focus)
	if err := s.service.Permits(app.SeeActivity); err != nil {
		s.refuse(err)
		return
	}
	s.filters.search.Focus()
	s.chain.verify()
	s.load()
}

// Refresh implements the shell's Screen, for F5.
func (s *Screen) Refresh() {
	if s.service.Permits(app.SeeActivity) == nil {
		s.again()
	}
}

// Close ends the screen.
func (s *Screen) Close() { s.kit.Leave() }

// refuse says in place of everything why there is nothing to see.
func (s *Screen) refuse(err error) {
	what, then := s.kit.Explain(err)
	s.export.DisableFor(what)
	s.chain.content.Hide()
	s.filters.content.Hide()
	s.grid.ShowInstead(kit.EmptyState(kit.Icon(kit.IconLock, kit.ColorInk3, 40), what, then))
}

// search begins at the newest event with the filters as they are.
func (s *Screen) search() {
	s.query.Before, s.query.After, s.first = 0, 0, 0
	s.load()
}

// load fetches the page of the query, and how many of its events were refused.
func (s *Screen) load() {
	s.asked++
	asked := s.asked
	q := s.filters.query(s.kit.Now())
	q.Before, q.After, q.Limit = s.query.Before, s.query.After, perPage
	type answer struct {
		page         app.EventPage
		all, refused int
	}
	s.kit.After(300*time.Millisecond, func() {
		if s.asked == asked && !s.loaded {
			s.grid.ShowLoading()
		}
	})
	kit.Go(s.kit, func(ctx context.Context) (answer, error) {
		var a answer
		count := func(outcome app.Outcome, n *int) func(context.Context) error {
			q := q
			q.Before, q.After, q.Limit, q.Outcome = 0, 0, 1, outcome
			return func(ctx context.Context) error {
				p, err := s.service.Events(ctx, q)
				*n = p.Total
				return err
			}
		}
		err := kit.AtOnce(ctx, func(ctx context.Context) (err error) {
			a.page, err = s.service.Events(ctx, q)
			return err
		}, count("", &a.all), count(app.Refused, &a.refused))
		if err != nil {
			return answer{}, err
		}
		return a, nil
	}, func(a answer, err error) {
		if asked != s.asked {
			return
		}
		if err != nil {
			s.failed(q, err)
			return
		}
		q.Before, q.After, q.Limit = 0, 0, 0
		s.loaded, s.page, s.shows, s.read = true, a.page, q, s.kit.Now()
		s.at, s.from = s.query, s.first
		if s.chain.doubtful {
			s.chain.verify()
		}
		s.filters.counts(a.all, a.refused)
		s.show()
	})
}

func (s *Screen) show() {
	if len(s.page.Events) == 0 {
		if s.query.Before != 0 || s.query.After != 0 {
			s.search()
			return
		}
		s.grid.SetRows(nil)
		s.grid.ShowEmpty(s.empty())
		return
	}
	s.kit.KeepFocus(s.grid.Input(), func() { s.grid.SetRows(s.page.Events) }) // an open event has buttons
	s.foot.show()
}

// empty says why no event is there.
func (s *Screen) empty() fyne.CanvasObject {
	icon := kit.Icon(kit.IconActivity, kit.ColorInk3, 40)
	if s.filters.none() {
		return kit.EmptyState(icon, "Nothing has happened yet", "Each change and each refused attempt will be listed here.")
	}
	return kit.EmptyState(icon, "No event fits", "Nothing in the activity has these words, this time and this action.",
		kit.Secondary("Clear the filters", s.filters.clear))
}

func (s *Screen) failed(q app.EventQuery, err error) {
	if app.KindOf(err) == app.Unreachable && s.kept(q) {
		s.kit.Link().Failed(err)
		s.query.Before, s.query.After, s.first = s.at.Before, s.at.After, s.from
		s.chain.doubt()
		return
	}
	what, then := s.kit.Explain(err)
	s.loaded = false
	s.kit.Link().Failed(err)
	again := kit.Primary("Try again", s.again).Icon(kit.IconRefresh)
	s.grid.ShowInstead(kit.EmptyState(kit.Icon(kit.IconUnplugged, kit.ColorBad, 40), what, then, again, s.tries))
	s.filters.counts(-1, -1)
	s.chain.doubt()
}

// older and newer turn the page.
func (s *Screen) older() {
	if n := len(s.page.Events); s.page.Older && n > 0 {
		s.first += n
		s.query.Before, s.query.After = s.page.Events[n-1].Seq, 0
		s.load()
	}
}

func (s *Screen) newer() {
	if n := len(s.page.Events); s.page.Newer && n > 0 {
		s.first = max(s.first-perPage, 0)
		s.query.Before, s.query.After = 0, s.page.Events[0].Seq
		s.load()
	}
}

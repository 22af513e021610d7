package users

import (
	"time"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// view is the widgets of the page.
type view struct {
	content fyne.CanvasObject
	bands   *fyne.Container // the line of search and chips, in one line or two

	subtitle *kit.Text
	why      *kit.Text // why adding is out of reach
	bring    *kit.Button
	add      *kit.Button
	search   *kit.Field
	chips    []*kit.Chip // as filters
	refresh  *kit.Button
	grid     *kit.Grid[row]
	foot     foot
	tries    tries
	outage   *kit.Outage
	clock    *fyne.Container // the warning that clocks do not agree
}

// build makes the page once; show and the states fill it.
func (s *Screen) build() {
	s.subtitle = kit.NewText("").In(kit.ColorInk3)
	s.why = kit.Caption("").Trailing().Wrapped()
	s.bring = kit.Secondary("Import CSV…", func() { s.openImport("", nil) }).Icon(kit.IconImport)
	s.add = kit.Primary("Add user", s.openAdd).Icon(kit.IconPlus)
	s.search = kit.NewField("").Placeholder("Search name, username or email").Icon(kit.IconSearch).Key("Ctrl+F")
	s.search.OnChange = s.typed
	s.search.OnSubmit = func(string) { s.searchNow() }
	s.search.OnCancel = func() {
		s.search.SetText("")
		s.searchNow()
	}
	s.search.OnKey = func(name fyne.KeyName) bool {
		return name == fyne.KeyDown && s.down()
	}
	for _, f := range filters {
		s.chips = append(s.chips, kit.NewChip(f.icon, f.text, func() { s.choose(f.filter) }))
	}
	s.refresh = kit.IconButton(kit.IconRefresh, "Refresh (F5)", s.Refresh)
	s.buildGrid()

	title := kit.AtLeast(0, kit.HeightTitleRow, kit.Row(kit.Space12,
		kit.Title("Users"), s.subtitle, kit.Grow(s.why), kit.Row(kit.Space8, s.bring, s.add)))
	s.bands = kit.Stack()
	s.clock = kit.Column(0)
	s.clock.Hide()
	s.outage = kit.NewOutage(s.k, 0, kit.OutageSpec{
		Store: s.svc.Store, AsOf: func() time.Time { return s.read }, Changed: s.relay,
		Test:     s.on.TestConnection,
		Needless: func() bool { return !s.kept() },
	})
	// 20 at the foot lets exactly fifteen rows stand in the window of the look.
	page := kit.Pad(kit.Space18, kit.Space24, 20, kit.Space24,
		kit.Column(kit.Space14, title, s.bands, s.outage.Content, s.clock, kit.Grow(s.grid)))
	s.content = kit.OnWidth(page, s.arrange)
	s.showHeader()
	s.showFoot()
}

func (s *Screen) buildGrid() {
	s.grid = kit.NewGrid(func(r row) string { return string(r.user.ID) }, columns()...)
	s.grid.SetSort(string(s.query.Sort), s.query.Descending)
	s.grid.OnSort = s.sort
	s.grid.OnOpen = func(r row) { s.on.OpenUser(r.user.ID) }
	s.grid.OnTicked = func([]row) { s.ticked() }
	s.grid.OnPast = s.turn
	s.grid.SetFoot(s.buildFoot())
	s.grid.ShowEmpty(kit.Spacer())
}

// Widths of the search field.
const (
	searchWidth float32 = 340
	searchLeast float32 = 220
)

// arrange puts search and chips in one line where there is room, and the chips
// under the search where there is none.
func (s *Screen) arrange(width float32) {
	width -= 2 * kit.Space24
	chips := make([]fyne.CanvasObject, len(s.chips))
	room := width - s.refresh.MinSize().Width - 20 - kit.Space4
	for i, chip := range s.chips {
		chips[i] = chip
		if chip.Visible() {
			room -= chip.MinSize().Width + kit.Space8
		}
	}
	if room >= kit.Scaled(searchLeast) {
		s.bands.Objects = []fyne.CanvasObject{kit.Row(0, kit.Fix(min(room, kit.Scaled(searchWidth)), 0, s.search),
			kit.Pad(0, 0, 0, 20, kit.Row(kit.Space8, chips...)), kit.Spacer(), s.refresh)}
	} else {
		s.bands.Objects = []fyne.CanvasObject{kit.Column(10,
			kit.Row(kit.Space12, kit.Grow(s.search), s.refresh), kit.Wrap(kit.Space8, kit.Space8, chips...))}
	}
}

// showHeader shows the numbers and what the header offers in this state.
func (s *Screen) showHeader() {
	known := s.state == full || s.state == nothing || s.state == firstRun || s.state == loading && s.counts.All > 0
	why := s.addReason()
	// The card of the first run holds the buttons, and who may not see users has
	// no use for them.
	without := s.state == firstRun || s.state == denied
	s.bring.Hidden, s.add.Hidden = without, without
	switch s.state {
	case unreachable, failed:
		s.subtitle.SetText("Not loaded")
	case denied:
		s.subtitle.SetText("")
	case loading:
		s.subtitle.SetText("Loading…")
	case full, nothing, firstRun:
		s.subtitle.SetText(headline(s.counts))
	}
	tip := why
	if s.cut { // the band over the list says it
		why = ""
	}
	if s.state == unreachable || s.state == failed {
		why, tip = "", "The list is not loaded."
	}
	if without {
		why = ""
	}
	s.why.SetText(why)
	s.add.DisableFor(tip)
	s.bring.DisableFor(tip)
	s.bring.SetBusy(s.importing, "Importing…")
	s.showChips(known)
	s.setSearch((known || s.state == loading) && !s.cut)
	s.relay()
}

// relay lays the page out again.
func (s *Screen) relay() {
	if s.content != nil {
		s.arrange(s.content.Size().Width)
		s.content.Refresh()
	}
}

func (s *Screen) setSearch(on bool) {
	switch {
	case on && s.search.Disabled():
		s.search.Enable()
	case !on && !s.search.Disabled():
		s.search.Disable()
	}
}

// showChips shows the counts; a dash stands for a number that is not known.
func (s *Screen) showChips(known bool) {
	for i, f := range filters {
		chip, n := s.chips[i], -1
		if known {
			n = f.count(s.counts)
		}
		chosen := known && s.query.Filter == f.filter
		chip.SetCount(n)
		chip.SetChosen(chosen)
		if known && !s.cut {
			chip.Enable()
		} else {
			chip.Disable()
		}
		chip.Hidden = f.filter == app.WithUnreadable && n <= 0 && !chosen
	}
}

// show shows a page of rows, or what stands in its place.
func (s *Screen) show(rows []row) {
	was := s.state
	plain := s.query.Search == "" && s.query.Filter == app.All
	switch {
	case len(rows) > 0 && plain && s.counts.All <= 1 && s.onlyMe(rows):
		s.state = firstRun
	case len(rows) == 0:
		s.state = nothing
	default:
		s.state = full
	}
	s.showHeader()
	turned := s.turned
	s.turned = 0
	switch s.state {
	case firstRun:
		s.showFirstRun(was)
	case nothing:
		s.grid.SetRows(nil)
		s.grid.ShowEmpty(s.emptyResult())
		s.leaveRows()
	default:
		s.grid.SetRows(rows)
		if turned != 0 {
			s.land(turned, len(rows))
		}
		s.enterRows()
	}
	s.entering = false
	if was == unreachable && s.state != firstRun && !s.covered() && s.k.Window.Canvas().Focused() == s.tries.again {
		s.focusSearch()
	}
	s.showFoot()
}

// land puts the current row at the end of the page that the person came from.
func (s *Screen) land(turned, n int) {
	if turned > 0 {
		s.grid.SetCurrent(0)
	} else {
		s.grid.SetCurrent(n - 1)
	}
}

func (s *Screen) onlyMe(rows []row) bool {
	o, ok := s.svc.Operator()
	return ok && len(rows) == 1 && rows[0].user.ID == o.User.ID
}

// refreshWords makes the rows again from the page at hand, so that "Today" and
// "Locked 18 min" stay true without asking the store.
func (s *Screen) refreshWords() {
	if s.state == full && s.asking == nil {
		s.grid.SetRows(makeRows(s.page.Users, s.short, s.k.Now()))
		s.showFoot()
	}
}

package activity

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// narrow is the width below which the row has no room for Operator, at scale 1.
const narrow = 1000

// span is one choice of When.
type span struct {
	words string
	days  int // 0: always
}

var spans = []span{{"Last 7 days", 7}, {"Last 30 days", 30}, {"Last year", 365}, {"Always", 0}}

// actionsOf are the choices of Action: what can happen in a store of that kind.
func actionsOf(k app.StoreKind) []app.Action {
	actions := []app.Action{
		"", app.DoReset, app.DoEnroll, app.DoConfirm, app.DoVerify, app.DoTestCode, app.DoUnlock, app.DoPassword,
		app.DoSignIn, app.DoBreakGlass, app.DoSignOut,
	}
	if k == app.MagentoStore {
		return append(actions, app.DoEndSessions, app.DoRepair, app.DoExport)
	}
	actions = append(actions, app.DoAddUser, app.DoSaveUser, app.DoRemoveUser, app.DoSetPassword,
		app.DoImport, app.DoSaveRole, app.DoRemoveRole, app.DoExport, app.DoCopyStore)
	if k == app.LocalStore {
		actions = append(actions, app.DoBackUp)
	}
	return actions
}

// filters is the row of search, selects and chips.
type filters struct {
	screen   *Screen
	content  fyne.CanvasObject
	search   *kit.Field
	when     *kit.Select
	operator *kit.Select
	action   *kit.Select
	actions  []app.Action
	all      *kit.Chip
	refused  *kit.Chip
	stop     func()
}

func newFilters(s *Screen) *filters {
	f := &filters{screen: s, actions: actionsOf(s.service.Store().Kind)}
	f.search = kit.NewField("").Placeholder("Search user, operator or reason").Icon(kit.IconSearch).Key("Ctrl+F")
	f.search.OnChange = func(string) { f.later() }
	f.search.OnSubmit = func(string) { s.search() }
	f.search.OnKey = func(name fyne.KeyName) bool {
		if name == fyne.KeyDown {
			s.grid.FocusRows()
		}
		return name == fyne.KeyDown
	}
	again := func(int) { s.search() }
	words := make([]string, len(spans))
	for i, sp := range spans {
		words[i] = sp.words
	}
	f.when = kit.NewSelect(kit.IconCalendar, "When", again, kit.Texts(words...)...)
	f.operator = kit.NewSelect(kit.IconUser, "Operator", again, kit.Texts("Anyone", "Only you")...)
	names := make([]string, len(f.actions))
	for i, a := range f.actions {
		names[i] = (app.Event{Action: a}).Title(nil)
	}
	names[0] = "All"
	f.action = kit.NewSelect(kit.IconActivity, "Action", again, kit.Texts(names...)...)
	f.all = kit.NewChip(kit.IconNone, "All", func() { f.choose(false) })
	f.refused = kit.NewChip(kit.IconX, "Refused", func() { f.choose(true) })
	f.all.SetChosen(true)
	row := kit.Row(kit.Space8, kit.Fix(kit.Scaled(300), 0, f.search), f.when, f.operator, f.action,
		kit.Spacer(), f.all, f.refused)
	f.content = kit.OnWidth(row, func(width float32) { f.operator.Hidden = width < kit.Scaled(narrow) })
	return f
}

// later searches when typing rests.
func (f *filters) later() {
	if f.stop != nil {
		f.stop()
	}
	f.stop = f.screen.kit.After(searchDelay, f.screen.search)
}

func (f *filters) choose(refused bool) {
	f.all.SetChosen(!refused)
	f.refused.SetChosen(refused)
	f.screen.search()
}

// counts shows how many events the filters choose; -1 is not known.
func (f *filters) counts(all, refused int) {
	f.all.SetCount(all)
	f.refused.SetCount(refused)
	f.content.Refresh()
}

// query is what the filters choose at now.
func (f *filters) query(now time.Time) app.EventQuery {
	q := app.EventQuery{Search: strings.TrimSpace(f.search.Text()), Action: f.actions[f.action.Chosen()]}
	if days := spans[f.when.Chosen()].days; days > 0 {
		local := now.Local()
		q.From = time.Date(local.Year(), local.Month(), local.Day()-days+1, 0, 0, 0, 0, local.Location()).UTC()
	}
	if o, ok := f.screen.service.Operator(); ok && f.operator.Chosen() == 1 {
		q.Operator = o.User.ID
	}
	if f.refused.Chosen() {
		q.Outcome = app.Refused
	}
	return q
}

// none tells whether no filter leaves anything out.
func (f *filters) none() bool {
	return f.search.Text() == "" && spans[f.when.Chosen()].days == 0 && f.operator.Chosen() == 0 &&
		f.action.Chosen() == 0 && !f.refused.Chosen()
}

// clear takes all filters off.
func (f *filters) clear() {
	f.search.SetText("")
	if f.stop != nil {
		f.stop()
	}
	f.when.Set(len(spans) - 1)
	f.operator.Set(0)
	f.action.Set(0)
	f.choose(false)
	f.search.Focus()
}

// like chooses events with the action of e.
func (f *filters) like(e app.Event) {
	for i, a := range f.actions {
		if a == e.Action {
			f.action.Set(i)
		}
	}
	f.screen.search()
}

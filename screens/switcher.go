package screens

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/connections"
	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/signin"
)

// Measures of the switcher.
const (
	switchRow   float32 = 50 // at scale 1
	switchRows          = 7  // that show at once
	switchWidth float32 = 560
)

// switcher is the quick way from one store to another, over whatever the window
// shows. It lists no more than the sign-in screen does, whoever looks: stores with
// their tags, and no name of a user, so that it opens over the lock as well.
//
// The store that is left is signed out of: a session that goes on behind would be
// an unlocked desk that nobody sees.
type switcher struct {
	shell  *Shell
	all    []signin.Saved // the one that was used last first, the open one last
	open   string         // the name of the open one; empty: none is
	dialog *kit.Dialog
	field  *kit.Field
	list   *kit.RowList
	said   *kit.Text
	body   *fyne.Container
	found  []signin.Saved // what fits the words that are typed
	first  int            // of those that show
}

// quickSwitch is Ctrl+K.
func (s *Shell) quickSwitch() {
	kit.Go(s.kit, func(context.Context) ([]signin.Saved, error) { return s.backend.Saved() },
		func(saved []signin.Saved, err error) {
			if s.kit.DialogOpen() {
				return // one was opened meanwhile
			}
			if err != nil {
				s.kit.Problem("The list of stores cannot be read", err)
				return
			}
			newSwitcher(s, saved).show()
		})
}

func newSwitcher(s *Shell, saved []signin.Saved) *switcher {
	w := &switcher{shell: s, all: slices.Clone(saved)}
	if !slices.ContainsFunc(w.all, func(c signin.Saved) bool { return c.Kind == app.SampleStore }) {
		w.all = append(w.all, signin.Saved{Name: "Sample data", Kind: app.SampleStore, Tag: app.TagSample})
	}
	if s.attended() {
		all := make([]connections.Saved, len(w.all))
		for i, c := range w.all {
			all[i] = connections.Saved(c)
		}
		w.open = connections.PresentIn(all, s.console.Store())
	}
	slices.SortStableFunc(w.all, func(a, b signin.Saved) int {
		switch {
		case a.Name == w.open:
			return 1
		case b.Name == w.open:
			return -1
		}
		return b.Opened.Compare(a.Opened)
	})
	return w
}

func (w *switcher) show() {
	w.field = kit.NewField("").Icon(kit.IconSearch).Placeholder("Name, kind or tag of a store")
	w.field.OnChange = func(string) { w.filter() }
	w.field.OnSubmit = func(string) { w.pick() }
	w.field.OnKey = w.key
	w.list = kit.NewRowList(switchRow, nil).Alone()
	w.list.OnOpen = func(int) { w.pick() }
	w.said = kit.Caption("").Ellipsis()
	w.body = kit.Column(kit.Space8)
	change := kit.Primary("Switch", w.pick).Key("Enter")
	w.filter()
	w.dialog = w.shell.kit.Dialog(kit.DialogSpec{
		Title: "Switch to a store", Width: switchWidth,
		Body:    kit.Pad(kit.Space8, 0, 0, 0, kit.Column(kit.Space12, w.field, w.body)),
		Hint:    "[↑] [↓] choose [Esc] closes",
		Buttons: []*kit.Button{kit.Secondary("Cancel", nil), change},
		Focus:   w.field.Input(), OnEnter: w.pick,
	})
}

// filter shows what fits the words that are typed.
func (w *switcher) filter() {
	words := strings.Fields(strings.ToLower(w.field.Text()))
	w.found, w.first = nil, 0
	for _, c := range w.all {
		text := strings.ToLower(strings.Join([]string{c.Name, kindOfSaved(c), tagOf(c).Word()}, " "))
		if !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(text, word) }) {
			w.found = append(w.found, c)
		}
	}
	w.draw(0)
}

// draw shows the stores around the one that is chosen.
func (w *switcher) draw(chosen int) {
	if chosen < w.first {
		w.first = chosen
	}
	if chosen >= w.first+switchRows {
		w.first = chosen - switchRows + 1
	}
	last := min(w.first+switchRows, len(w.found))
	rows := make([]kit.ListRow, 0, switchRows)
	for _, c := range w.found[w.first:last] {
		rows = append(rows, w.row(c))
	}
	w.list.SetRows(rows...)
	if len(rows) > 0 {
		w.list.Set(chosen - w.first)
	}
	w.body.Objects = []fyne.CanvasObject{w.room()}
	w.body.Refresh()
	if w.dialog != nil {
		w.dialog.Refresh()
	}
}

// room keeps its height while the list gets shorter, so that nothing jumps.
func (w *switcher) room() fyne.CanvasObject {
	words := ""
	if w.open != "" {
		words = "You are signed out of " + w.open + ", and sign in there."
	}
	switch hidden := len(w.found) - switchRows; {
	case len(w.found) == 0:
		words = "No saved store fits these words."
	case hidden > 0:
		words = kit.Count(len(w.found)) + " stores fit; type to see fewer, or go on with the arrows."
	}
	w.said.SetText(words)
	height := kit.Scaled(switchRow) * float32(min(len(w.all), switchRows))
	shown := fyne.CanvasObject(kit.NewCard(w.list).Room(0))
	if len(w.found) == 0 {
		shown = kit.Stack()
	}
	return kit.AtLeast(0, height+kit.Scaled(26), kit.Column(kit.Space8, shown, w.said))
}

func (w *switcher) row(c signin.Saved) kit.ListRow {
	tag := tagOf(c)
	name := []fyne.CanvasObject{kit.NewText(c.Name).Strong().AtMost(270)}
	words := kindOfSaved(c)
	if c.Kind != app.SampleStore {
		when := "never opened"
		if !c.Opened.IsZero() {
			when = "opened " + kit.Within(kit.When(c.Opened, w.shell.kit.Now()))
		}
		words += " · " + when
	}
	label := []string{c.Name, words, strings.ToLower(tag.Word())}
	if c.Name == w.open {
		name = append(name, kit.Row(3, kit.Icon(kit.IconCheck, kit.ColorOK, 12), kit.NewText("in use").At(kit.Size12).In(kit.ColorOK)))
		label = append(label, "in use")
	}
	text := kit.Column(1, kit.Row(kit.Space8, append(name, kit.Spacer())...), kit.NewText(words).At(kit.Size12).In(kit.ColorInk2).Ellipsis())
	dot := kit.Disc(tag.Band(), kit.ColorNone, kit.Scaled(10), kit.Stack())
	return kit.ListRow{
		Body:  kit.Pad(0, kit.Space12, 0, kit.Space12, kit.Row(kit.Space12, dot, kit.Grow(text), kit.NewTag(tag))),
		Label: strings.Join(label, ", "),
	}
}

// key takes the arrows, wherever the cursor is.
func (w *switcher) key(name fyne.KeyName) bool {
	switch name {
	case fyne.KeyUp:
		w.step(-1)
	case fyne.KeyDown:
		w.step(1)
	case fyne.KeyPageUp:
		w.step(1 - switchRows)
	case fyne.KeyPageDown:
		w.step(switchRows - 1)
	default:
		return false
	}
	return true
}

func (w *switcher) step(by int) {
	if len(w.found) > 0 {
		w.draw(min(max(w.first+w.list.Chosen()+by, 0), len(w.found)-1))
	}
}

// pick goes to the chosen store.
func (w *switcher) pick() {
	if len(w.found) == 0 || w.list.Chosen() < 0 {
		w.field.Focus()
		return
	}
	c := w.found[w.first+w.list.Chosen()]
	w.dialog.Close()
	if c.Name != w.open {
		w.shell.switchTo(c)
	}
}

// switchTo leads to the sign-in of another store. What is typed into a form is
// asked about first.
func (s *Shell) switchTo(c signin.Saved) {
	to := func() {
		if c.Kind == app.SampleStore {
			s.sample()
			return
		}
		s.againAt(targetOf(c))
	}
	if !s.attended() {
		to()
		return
	}
	s.Leave(func() { s.leaveFor(to) })
}

func tagOf(c signin.Saved) kit.StoreTag {
	return kit.TagOf(app.StoreInfo{Kind: c.Kind, Tag: c.Tag})
}

// kindOfSaved says what a store is.
func kindOfSaved(c signin.Saved) string {
	switch c.Kind {
	case app.TeamStore:
		return "Team, PostgreSQL"
	case app.MagentoStore:
		return "Magento"
	case app.SampleStore:
		return "In memory, forgotten on exit"
	case app.LocalStore:
	}
	return "SQLite file"
}

package connections

import (
	"context"
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// skeletonAfter is how long nothing shows before gray bars do.
const skeletonAfter = 300 * time.Millisecond

// Actions go up to the shell.
type Actions struct {
	Open    func(c Saved) // leave the present store, and sign in to this one
	Make    func(c Saved) // leave it, and make a store in the database of this connection
	Restore func()        // make a store of a backup
}

// Options are what the screen knows from the start.
type Options struct {
	Present app.StoreInfo // the store that is open
	Test    bool          // test the way to it at once
}

// Screen is the Connections screen. Its methods belong to the UI goroutine.
type Screen struct {
	service Service
	kit     *kit.Kit
	o       Options
	on      Actions

	content *fyne.Container
	counted *kit.Text
	restore *kit.Button // under the list
	list    *list
	detail  *detail
	probe   *probe
	page    fyne.CanvasObject
	scroll  *kit.ScrollView
	form    *form // over the page; nil when there is none

	loaded  bool
	reading int
	chosen  string // name of the store that was chosen last
	present string // name of the open store, as the list has it
	moving  bool   // a store is being moved
}

// New makes the screen. Nothing is read before Show.
func New(service Service, k *kit.Kit, o Options, on Actions) *Screen {
	s := &Screen{service: service, kit: k.Enter("Connections"), o: o, on: on, content: kit.Stack()}
	s.scroll = kit.Scroll(kit.Stack())
	s.counted = kit.Second("")
	s.restore = kit.Secondary("Restore a backup…", on.Restore).Icon(kit.IconImport).Small()
	s.list = newList(s)
	s.detail = newDetail(s)
	s.probe = newProbe(s.kit, service, s.relay, s.scroll.ScrollToBottom)
	s.probe.make = s.makeStore
	s.probe.card.Hide()
	s.page = s.build()
	s.content.Objects = []fyne.CanvasObject{s.page}
	return s
}

// build makes the page: the list with the chosen store beside it.
func (s *Screen) build() fyne.CanvasObject {
	bring := kit.Secondary("Import env.php…", s.importEnv).Icon(kit.IconImport)
	add := kit.Primary("Add connection", s.add).Icon(kit.IconPlus)
	title := kit.AtLeast(0, kit.Scaled(kit.HeightTitleRow), kit.Row(kit.Space12,
		kit.Title("Connections"), s.counted, kit.Spacer(), bring, add))
	side := kit.Side{Wide: kit.Scaled(412), NarrowBelow: kit.Scaled(1000), Narrow: kit.Scaled(320), StackBelow: kit.Scaled(760)}
	body := kit.Beside(side, kit.Space16, s.list.content, kit.Column(kit.Space16, s.detail.card, kit.Grow(s.probe.card)))
	s.scroll.SetContent(kit.Pad(0, kit.Space24, kit.Space18, kit.Space24, body))
	return kit.Column(kit.Space14, kit.Pad(kit.Space18, kit.Space24, 0, kit.Space24, title), kit.Grow(s.scroll))
}

// Content implements the shell's Screen.
func (s *Screen) Content() fyne.CanvasObject { return s.content }

// Show reads the list.
func (s *Screen) Show() {
	s.kit.Shortcut("Esc", "Stop the test, or leave the form", s.back)
	s.kit.ShortcutWhile(s.listed, "Alt+Up", "Move the store up", func() { s.move(-1) })
	s.kit.ShortcutWhile(s.listed, "Alt+Down", "Move the store down", func() { s.move(1) })
	s.kit.Shortcut("PageDown", "Scroll", func() { s.turn(0.9) })
	s.kit.Shortcut("PageUp", "", func() { s.turn(-0.9) })
	s.load()
}

// Refresh implements the shell's Screen, for F5. A form stays as it is.
func (s *Screen) Refresh() {
	if s.form == nil {
		s.load()
	}
}

// Close ends the screen, and a test that goes on.
func (s *Screen) Close() { s.kit.Leave() }

// Leave calls then, at once or after the person has given up what is typed into
// the form.
func (s *Screen) Leave(then func()) {
	if s.form == nil {
		then()
		return
	}
	s.form.leave(then)
}

// back is Esc.
func (s *Screen) back() {
	switch {
	case s.form != nil:
		s.form.back()
	case s.probe.running():
		s.probe.cancel()
	}
}

// turn scrolls the page, or the form over it.
func (s *Screen) turn(share float32) {
	if s.form != nil {
		s.form.scroll.ScrollBy(share)
		return
	}
	s.scroll.ScrollBy(share)
}

// relay lays the page out again.
func (s *Screen) relay() {
	s.scroll.Refresh()
	s.content.Refresh()
}

// load reads the list.
func (s *Screen) load() {
	s.reading++
	reading := s.reading
	stop := s.kit.After(skeletonAfter, func() {
		if !s.loaded {
			s.list.loading()
			s.relay()
		}
	})
	kit.Go(s.kit, s.service.Connections, func(all []Saved, err error) {
		stop()
		if reading != s.reading {
			return
		}
		if err != nil {
			s.failed(err)
			return
		}
		s.show(all)
	})
}

// show shows the list, and the store that was chosen before, or else the one
// that is open.
func (s *Screen) show(all []Saved) {
	first := !s.loaded
	s.loaded = true
	s.counted.SetText(kit.CountOf(len(all), "store", "stores") + " saved on this computer")
	if len(all) == 0 {
		s.counted.SetText("No store is saved on this computer yet")
	}
	if !slices.ContainsFunc(all, func(c Saved) bool { return c.Kind == app.SampleStore }) {
		all = append(slices.Clone(all), sample)
	}
	s.present = PresentIn(all, s.o.Present)
	s.list.set(all)
	at := slices.IndexFunc(all, func(c Saved) bool { return sameName(c.Name, s.chosen) })
	if at < 0 {
		at = slices.IndexFunc(all, s.inUse)
	}
	s.choose(max(at, 0))
	if first && s.form == nil {
		s.kit.Focus(s.list.rows)
		if s.o.Test && s.probe.can() {
			s.probe.start()
		}
	}
}

// failed says why there is no list.
func (s *Screen) failed(err error) {
	s.loaded = false
	s.counted.SetText("")
	try := kit.Secondary("Try again", s.load).Icon(kit.IconRefresh)
	s.list.failed(s.kit.Explain(err))
	s.list.box.Objects = append(s.list.box.Objects, kit.Row(0, try))
	s.detail.card.Hide()
	s.probe.card.Hide()
	s.relay()
}

// choose shows a store.
func (s *Screen) choose(i int) {
	c := s.list.all[i]
	if c.Name != s.chosen {
		s.probe.cancel()
	}
	s.chosen = c.Name
	s.list.mark(i)
	s.detail.show(c)
	s.probe.show(c)
	s.relay()
}

// inUse reports whether a store of the list is the open one.
func (s *Screen) inUse(c Saved) bool { return s.present != "" && sameName(c.Name, s.present) }

// PresentIn returns the name of the open store in a list, or nothing. Two of the
// list may be one, to look only and to work in: then the name tells.
func PresentIn(all []Saved, open app.StoreInfo) string {
	found := ""
	for _, c := range all {
		switch {
		case c.Kind != open.Kind:
		case c.Kind == app.SampleStore, c.Kind == app.MagentoStore && sameName(c.Name, open.Name):
			return c.Name
		case c.Kind != app.MagentoStore && c.Location == open.Location:
			if sameName(c.Name, open.Name) {
				return c.Name
			}
			found = c.Name
		case c.Shop != nil && open.Shop != nil && c.Shop.SamePlace(*open.Shop) && c.Shop.ReadOnly == open.Shop.ReadOnly:
			found = c.Name
		}
	}
	return found
}

// importEnv lets the person choose an env.php, and begins the form with it.
func (s *Screen) importEnv() {
	s.kit.ChooseFile("", []string{".php"}, func(path string) {
		s.edit(Saved{Kind: app.MagentoStore, Tag: app.TagProduction, Shop: &app.ShopAddress{EnvPHP: path}}, (*form).read)
	})
}

// edit shows the form, and begins something in it.
func (s *Screen) edit(c Saved, begin func(*form)) {
	s.probe.cancel()
	s.form = newForm(s.kit, s.service, c, formActions{
		Saved: func(saved Saved, then after) {
			s.chosen = saved.Name
			s.closeForm()
			s.load()
			switch then {
			case openIt:
				s.open(saved)
			case makeHere:
				s.makeStore(saved)
			case stay:
			}
		},
		Back: s.closeForm,
	})
	if c.Name != "" && s.inUse(c) {
		s.form.tell("This store is open. What you change counts when it is opened the next time.")
	}
	s.content.Objects = []fyne.CanvasObject{s.form.content}
	s.content.Refresh()
	s.form.show()
	if begin != nil {
		begin(s.form)
	}
}

// closeForm shows the list again.
func (s *Screen) closeForm() {
	s.form.close()
	s.form = nil
	s.content.Objects = []fyne.CanvasObject{s.page}
	s.relay()
	s.kit.Focus(s.list.rows)
}

// open leads to a store, after asking: the present one is left for it.
func (s *Screen) open(c Saved) {
	if s.inUse(c) {
		return
	}
	words := "You are signed out of " + s.o.Present.Name + ", and sign in to " + c.Name + " next."
	if c.Kind == app.SampleStore {
		words = "You are signed out of " + s.o.Present.Name + ". The sample data needs no password."
	}
	s.leave(c, "Open "+short(c.Name), words, s.on.Open)
}

// makeStore leads to the making of a store in an empty database, after asking.
func (s *Screen) makeStore(c Saved) {
	s.leave(c, "Make a team store", "You are signed out of "+s.o.Present.Name+", and make a store for your team next.", s.on.Make)
}

// leave asks before the present store is left for another one.
func (s *Screen) leave(c Saved, button, words string, then func(Saved)) {
	remain := kit.Secondary("Stay", nil)
	var d *kit.Dialog
	leave := kit.Primary(button, func() {
		d.Close()
		then(c)
	})
	d = s.kit.Dialog(kit.DialogSpec{
		Store: kit.Store{Name: c.Name, Tag: tagOf(c)}, Title: "Leave " + s.o.Present.Name + "?",
		Body:    kit.Second(words).Wrapped(),
		Hint:    "[Esc] stays",
		Buttons: []*kit.Button{remain, leave},
		Focus:   leave,
	})
}

// remove forgets a connection, after asking.
func (s *Screen) remove(c Saved) {
	keep := kit.Secondary("Cancel", nil)
	remove := kit.DangerSolid("OK, remove", nil)
	trouble := kit.Column(0)
	var d *kit.Dialog
	remove.OnTapped = func() {
		remove.SetBusy(true, "Removing…")
		d.Runner().Go(func(ctx context.Context) error { return s.service.RemoveConnection(ctx, c.Name) }, func(err error) {
			remove.SetBusy(false, "")
			if err != nil {
				trouble.Objects = []fyne.CanvasObject{kit.ErrorBox(s.kit.Explain(err))}
				d.Refresh()
				return
			}
			d.Close()
			s.kit.Toast(kit.StatusOK, c.Name+" is off the list. The store itself is as it was.")
			s.kit.Focus(s.list.rows)
			s.load()
		})
	}
	d = s.kit.Dialog(kit.DialogSpec{
		Store: kit.Store{Name: c.Name, Tag: tagOf(c)}, Title: "Remove " + short(c.Name) + " from the list?", Width: 540,
		Body:    kit.Column(kit.Space12, effects(c), trouble),
		Hint:    "[Enter] or [Esc] cancels",
		Buttons: []*kit.Button{keep, remove}, Focus: keep, OnEnter: keep.Press,
	})
}

// effects says what removing does, and what it does not.
func effects(c Saved) fyne.CanvasObject {
	line := func(icon kit.IconName, ink fyne.ThemeColorName, words string) fyne.CanvasObject {
		return kit.RowTop(10, kit.Sized(16, 18, kit.Icon(icon, ink, 16)), kit.Grow(kit.NewText(words).Wrapped()))
	}
	stays := "The store stays as it is: no user and no factor changes."
	rows := []fyne.CanvasObject{line(kit.IconX, kit.ColorBad, "Only this entry of the list on this computer goes.")}
	switch c.Kind {
	case app.MagentoStore:
		stays = "The shop stays as it is: no user and no factor changes."
		rows = append(rows, line(kit.IconCheck, kit.ColorOK, stays),
			line(kit.IconActivity, kit.ColorInk2, "Its activity stays on this computer, and is there again when you connect the shop again."))
	case app.LocalStore:
		rows = append(rows, line(kit.IconCheck, kit.ColorOK, stays+" Its file stays, too."))
	case app.TeamStore, app.SampleStore:
		rows = append(rows, line(kit.IconCheck, kit.ColorOK, stays))
	}
	return kit.Pad(kit.Space8, 0, 0, 0, kit.Column(10, rows...))
}

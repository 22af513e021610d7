package connections

import (
	"context"
	"reflect"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// formActions are what leads away from the form.
type formActions struct {
	Saved func(c Saved, then after)
	Back  func()
}

// after is what comes when a connection was saved.
type after int

const (
	stay     after = iota
	openIt         // sign in to the store
	makeHere       // make a store there, which has none yet
)

// form is the form of a shop or a team's store: where its env.php or its database
// is, and what it is called here.
type form struct {
	kit     *kit.Kit
	service Service
	on      formActions
	was     string // name of the connection that is edited; empty: a new one
	base    Saved  // as it was when the form was opened, as the fields say it

	content *fyne.Container
	scroll  *kit.ScrollView
	where   *where    // of a shop, with data; nil for a team's store
	data    *database //
	team    *team     // of a team's store; nil for a shop
	own     *own
	secrets *passwords
	probe   *probe
	note    *kit.Note // something to know about the whole
	trouble *kit.Note

	leaves, test, save, open *kit.Button
	working                  bool
}

// newForm makes the form of a connection: of a new one if it has no name.
func newForm(k *kit.Kit, service Service, c Saved, on formActions) *form {
	f := &form{kit: k.Enter(newTitle(c.Kind)), service: service, on: on, was: c.Name}
	if c.Shop == nil && c.Kind == app.MagentoStore {
		c.Shop = &app.ShopAddress{}
	}
	f.trouble = kit.NewNote(kit.StatusBad, "Not saved", "")
	f.trouble.Hide()
	f.note = kit.NewNote(kit.StatusInfo, "", "-")
	f.note.Hide()
	f.scroll = kit.Scroll(kit.Stack())
	if c.Kind == app.TeamStore {
		f.team = newTeam(f, c.Location)
	} else {
		f.where = newWhere(f, *c.Shop)
		f.data = newDatabase(f, *c.Shop)
	}
	f.own = newOwn(f, c)
	f.secrets = newPasswords(f, c.Passwords)
	f.probe = newProbe(f.kit, service, f.relay, f.scroll.ScrollToBottom)
	f.probe.target = f.target
	f.probe.make = func(Saved) { f.submit(makeHere) }
	f.leaves = kit.Secondary("Back", f.back)
	f.test = kit.Secondary("Test connection", f.testNow).Icon(kit.IconPlay).Tip("Ctrl+T")
	f.save = kit.Secondary("Save", func() { f.submit(stay) }).Tip("Ctrl+S")
	f.open = kit.Primary("Save and open", func() { f.submit(openIt) })
	f.probe.button.Hide() // the one in the foot is always in sight
	f.scroll.SetContent(f.cards())
	f.content = kit.Stack(f.page(f.heading(c)))
	f.base = f.saved(c)
	f.update()
	return f
}

// newTitle is the title of the form of a new connection.
func newTitle(kind app.StoreKind) string {
	if kind == app.TeamStore {
		return "Connect a team’s store"
	}
	return "Connect a shop"
}

// title says what the form is for.
func (f *form) title() string {
	switch {
	case f.was != "":
		return "Edit " + short(f.was)
	case f.team != nil:
		return newTitle(app.TeamStore)
	}
	return newTitle(app.MagentoStore)
}

func (f *form) heading(Saved) fyne.CanvasObject {
	return kit.Column(2, kit.Breadcrumb(kit.Crumb{Text: "Connections", Go: f.back}, kit.Crumb{Text: f.title()}),
		kit.AtLeast(0, kit.Scaled(36), kit.Row(kit.Space12, kit.Title(f.title()), kit.Spacer())))
}

// cards are the parts of the form.
func (f *form) cards() fyne.CanvasObject {
	var way fyne.CanvasObject
	if f.team != nil {
		way = kit.Tiles(kit.Scaled(760), kit.Space16, f.team.place, f.team.cipher)
	} else {
		way = kit.Tiles(kit.Scaled(760), kit.Space16, f.where.card, f.data.card)
	}
	return kit.Pad(0, kit.Space24, kit.Space18, kit.Space24, kit.Column(kit.Space16,
		f.note, way, f.own.card, f.secrets.card, f.trouble, f.probe.card))
}

// page is the heading, the cards, and what can be done, which never scrolls.
func (f *form) page(heading fyne.CanvasObject) fyne.CanvasObject {
	foot := kit.Row(kit.Space8, kit.Keys("[Esc] goes back"), kit.Spacer(), f.leaves, f.test, f.save, f.open)
	return kit.Between(kit.Pad(kit.Space14, kit.Space24, kit.Space14, kit.Space24, heading), f.scroll,
		kit.Column(0, kit.Separator(), kit.PadXY(kit.Space24, kit.Space12, foot)))
}

// tell says something about the whole, over the cards.
func (f *form) tell(words string) {
	f.note.Set(kit.StatusInfo, "", words)
	f.note.Show()
}

// show gives the focus to where the person begins.
func (f *form) show() {
	f.kit.Shortcut("Ctrl+T", "Test the connection", f.testNow)
	f.kit.Shortcut("Ctrl+S", "Save", func() {
		if f.save.Hidden {
			f.submit(openIt)
			return
		}
		f.submit(stay)
	})
	if f.team != nil {
		f.team.server.Focus()
		return
	}
	f.kit.Focus(f.where.source)
}

// close ends what goes on.
func (f *form) close() { f.kit.Leave() }

// relay lays the form out again: fields have sentences under them now, or none.
func (f *form) relay() {
	if f.content == nil {
		return // it is being made
	}
	words, icon := "Test connection", kit.IconPlay
	if f.probe.running() {
		words, icon = "Stop the test", kit.IconX
	}
	f.test.SetText(words)
	f.test.SetIcon(icon)
	bodies := []*fyne.Container{f.own.body, f.secrets.body}
	if f.team != nil {
		bodies = append(bodies, f.team.bodies...)
	} else {
		bodies = append(bodies, f.where.body, f.data.body)
	}
	for _, body := range bodies {
		body.Refresh()
	}
	f.scroll.Refresh()
	f.content.Refresh()
}

// update shows what applies to the choices as they are.
func (f *form) update() {
	if f.content == nil {
		return // it is being made
	}
	if f.team != nil {
		f.team.update()
	} else {
		f.where.update()
		f.data.update()
	}
	f.own.update()
	f.secrets.update()
	f.relay()
}

// next is Enter in a field that has nothing else to do with it.
func (f *form) next(string) { f.kit.Window.Canvas().FocusNext() }

// address is what the fields say of the way to the shop. What env.php gives
// anyway is not in it, so that a change there counts here as well.
func (f *form) address() app.ShopAddress {
	a := f.where.address()
	f.data.into(&a)
	a.ReadOnly = f.own.readOnly.On()
	return a
}

// saved is the connection that the fields describe; c gives what they have no
// place for.
func (f *form) saved(c Saved) Saved {
	if f.team != nil {
		c.Kind, c.Shop, c.Location = app.TeamStore, nil, f.team.address().String()
		c.ReadOnly = f.own.readOnly.On()
	} else {
		a := f.address()
		c.Kind, c.Shop, c.Location = app.MagentoStore, &a, ""
	}
	c.Name, c.Tag = strings.TrimSpace(f.own.name.Text()), chosenTag(f.own.tag, c.Tag)
	c.Passwords = f.secrets.settings()
	return c
}

func (f *form) dirty() bool { return !reflect.DeepEqual(f.saved(f.base), f.base) }

// back is Esc: it stops a test, or leaves the form.
func (f *form) back() {
	if f.probe.running() {
		f.probe.cancel()
		return
	}
	f.leave(f.on.Back)
}

// leave calls then, at once or after the person has given up what is typed.
func (f *form) leave(then func()) {
	if !f.dirty() {
		then()
		return
	}
	remain := kit.Secondary("Stay", nil)
	var d *kit.Dialog
	leave := kit.Danger("Leave without saving", func() {
		d.Close()
		then()
	})
	d = f.kit.Dialog(kit.DialogSpec{
		Title:   "The connection is not saved",
		Body:    kit.Second("What is typed into the form would be lost.").Wrapped(),
		Hint:    "[Enter] or [Esc] stays",
		Buttons: []*kit.Button{remain, leave}, Focus: remain, OnEnter: remain.Press,
	})
}

// read reads env.php and shows what it says.
func (f *form) read() {
	if f.working || !f.mark(f.where.checks()) {
		return
	}
	a := f.address()
	f.busy(true)
	f.where.reading()
	kit.Go(f.kit, func(ctx context.Context) (Draft, error) { return f.service.ReadEnv(ctx, a) }, func(d Draft, err error) {
		f.busy(false)
		if err != nil {
			f.where.refused(err)
			f.update()
			return
		}
		f.where.took(d)
		f.data.take(d)
		f.own.suggest(d)
		f.update() // what was read shows beside; the focus stays where it is
	})
}

// busy keeps the buttons still while something goes on.
func (f *form) busy(on bool) {
	f.working = on
	for _, b := range []*kit.Button{f.test, f.save, f.open} {
		if on {
			b.Disable()
		} else {
			b.Enable()
		}
	}
}

// target is what the test goes to: the connection as the fields say it.
func (f *form) target() (Saved, bool) {
	ok := f.check(false)
	return f.saved(f.base), ok
}

// testNow tests the way as the fields say it, or stops the test.
func (f *form) testNow() {
	if f.working {
		return
	}
	f.probe.press()
	if f.probe.now != nil {
		f.scroll.ScrollToBottom()
	}
}

// submit saves the connection, and goes on as was asked for.
func (f *form) submit(then after) {
	f.trouble.Hide()
	f.nameTeam()
	if f.working || !f.check(true) {
		return
	}
	f.probe.cancel()
	c := f.saved(f.base)
	button := f.save
	if then != stay {
		button = f.open
	}
	f.working = true
	button.SetBusy(true, "Saving…")
	f.kit.Go(func(ctx context.Context) error { return f.service.SaveConnection(ctx, f.was, c) }, func(err error) {
		f.working = false
		button.SetBusy(false, "")
		if err != nil {
			f.failed(err)
			return
		}
		f.on.Saved(c, then)
	})
}

// nameTeam names a team's store that has no name yet after its database.
func (f *form) nameTeam() {
	if f.team != nil && strings.TrimSpace(f.own.name.Text()) == "" {
		f.own.name.SetText(f.team.suggested())
	}
}

// failed says why it is not saved. A name that is taken belongs to its field.
func (f *form) failed(err error) {
	what, then := f.kit.Explain(err)
	if app.KindOf(err) == app.Conflict {
		f.own.name.SetError(what, then)
		f.relay()
		f.own.name.Focus()
		return
	}
	f.trouble.Set(kit.StatusBad, what, then)
	f.trouble.Show()
	f.relay()
}

package welcome

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// form asks for what a store is made of.
type form struct {
	screen  *Screen
	content fyne.CanvasObject

	name, path, first, last *kit.Field
	username, email         *kit.Field
	password, again         *kit.Field
	order                   []*kit.Field // as they are read
	trouble                 *kit.Note
	make, cancel            *kit.Button
	working, hint           fyne.CanvasObject
	foot                    *fyne.Container
}

func newForm(w *Screen) *form {
	f := &form{screen: w}
	f.name = kit.NewField("Name of the store").Caption("authenticator apps show it").MaxLen(app.MaxName)
	f.path = kit.NewField("File").Icon(kit.IconFile).Caption("new; its folder is made as well")
	f.first = kit.NewField("First name").MaxLen(app.MaxName)
	f.last = kit.NewField("Last name").MaxLen(app.MaxName)
	f.username = kit.NewField("Username").Icon(kit.IconUser).MaxLen(app.MaxUsername)
	f.email = kit.NewField("Email").Icon(kit.IconMail).MaxLen(app.MaxEmail)
	f.password = kit.NewPassword("Password").Help("At least " + kit.Count(app.MinPassword) + " characters.")
	f.again = kit.NewPassword("Password again")
	f.name.SetText(w.o.Name)
	f.path.SetText(w.o.Path)
	f.order = []*kit.Field{f.name, f.path, f.first, f.last, f.username, f.email, f.password, f.again}
	if w.o.Team != "" { // its name and its place are those of the connection
		f.order = f.order[2:]
	}
	for i, field := range f.order {
		field.OnSubmit = func(string) { f.next(i) }
		field.OnChange = func(string) { f.forgive(field) }
	}
	f.trouble = kit.NewNote(kit.StatusBad, "Not made", "")
	f.trouble.Hide()
	f.make = kit.Primary("Make the store", f.submit).Key("Enter")
	f.cancel = kit.Secondary("Back", w.back)
	f.content = f.layout()
	return f
}

func (f *form) layout() fyne.CanvasObject {
	pair := func(a, b fyne.CanvasObject) fyne.CanvasObject {
		return kit.RowTop(kit.Space16, kit.Grow(a), kit.Grow(b))
	}
	working := kit.Row(kit.Space8, kit.Icon(kit.IconHourglass, kit.ColorInk2, 14),
		kit.Caption("Sealing the keys. This takes a moment.").In(kit.ColorInk2))
	working.Hide()
	f.working, f.hint = working, kit.Keys("[Esc] goes back")
	parts := []fyne.CanvasObject{pair(f.first, f.last), pair(f.username, f.email), pair(f.password, f.again), f.trouble}
	title, words := "Make a local store", "One file on this computer, and you as its first administrator."
	if team := f.screen.o.Team; team != "" {
		title, words = "Make a team store", "In the empty database "+team+", and you as its first administrator."
	} else {
		parts = append([]fyne.CanvasObject{f.name, f.path, kit.Separator()}, parts...)
	}
	card := kit.NewCard(kit.Column(kit.Space16, parts...)).Room(kit.Space24)
	f.foot = kit.Row(kit.Space8, f.hint, f.working, kit.Spacer(), f.cancel, f.make)
	card.Foot(kit.PadXY(kit.Space24, kit.Space12, f.foot))
	return kit.Column(0,
		kit.NewText(title).At(kit.Size28).Strong(),
		kit.Pad(5, 0, kit.Space24, 0, kit.NewText(words).
			At(kit.Size14).In(kit.ColorInk2).Wrapped()),
		card)
}

// next is Enter in a field: on to the next one, and after the last one at work.
func (f *form) next(i int) {
	if i+1 < len(f.order) {
		f.order[i+1].Focus()
		return
	}
	f.submit()
}

// focus puts the cursor where the person begins: name and file are filled in.
func (f *form) focus() {
	for _, field := range f.order {
		if field.Text() == "" {
			field.Focus()
			return
		}
	}
	f.order[0].Focus()
}

func (f *form) busy() bool { return f.make.Busy() }

// wipe forgets the passwords.
func (f *form) wipe() {
	f.password.Clear()
	f.again.Clear()
}

// request is what the fields say, without blanks around.
func (f *form) request() MakeRequest {
	text := func(field *kit.Field) string { return strings.TrimSpace(field.Text()) }
	path := kit.FullPath(text(f.path))
	if f.screen.o.Team != "" {
		path = f.screen.o.Path
	}
	return MakeRequest{
		Name: text(f.name), Path: path,
		First: app.NewUser{
			Username: text(f.username), Email: text(f.email), FirstName: text(f.first), LastName: text(f.last),
			Active: true, Password: app.NewSecret(f.password.Text()),
		},
	}
}

// forgive takes the mark off a field that is typed in: what it said is about
// another text, and the next press of the button looks again.
func (f *form) forgive(field *kit.Field) {
	if field.Trouble() != "" {
		field.SetError("", "")
		f.screen.room.Refresh()
	}
}

// check marks the first field that cannot be used, and tells whether all can.
func (f *form) check(r MakeRequest) bool {
	checks := []struct {
		field *kit.Field
		err   error
	}{
		{f.name, f.ofFile(app.CheckStoreName(r.Name))},
		{f.path, f.ofFile(kit.CheckPath(r.Path))},
		{f.first, app.CheckName("first name", r.First.FirstName)},
		{f.last, app.CheckName("last name", r.First.LastName)},
		{f.username, app.CheckUsername(r.First.Username)},
		{f.email, app.CheckEmail(r.First.Email)},
		{f.password, app.CheckPassword(r.First.Password)},
		{f.again, f.sameAgain()},
	}
	for _, c := range checks {
		c.field.SetError("", "")
	}
	for _, c := range checks {
		if c.err != nil {
			c.field.SetError(app.Explain(c.err))
			f.screen.room.Refresh()
			c.field.Focus()
			return false
		}
	}
	return true
}

// ofFile is what is wrong with a field that only a store in a file has.
func (f *form) ofFile(err error) error {
	if f.screen.o.Team != "" {
		return nil
	}
	return err
}

func (f *form) sameAgain() error {
	if f.again.Text() != f.password.Text() {
		return app.Errorf(app.Invalid, "The two passwords are not the same.")
	}
	return nil
}

// submit makes the store.
func (f *form) submit() {
	if f.busy() {
		return
	}
	r := f.request()
	f.trouble.Hide()
	if !f.check(r) {
		return
	}
	f.setBusy(true)
	w := f.screen
	kit.Go(w.kit, func(ctx context.Context) (app.Secret, error) { return w.service.Create(ctx, r) },
		func(key app.Secret, err error) {
			f.setBusy(false)
			if err != nil {
				f.failed(err)
				return
			}
			w.made(r, key)
		})
}

func (f *form) setBusy(on bool) {
	f.make.SetBusy(on, "Making the store…")
	if on {
		f.cancel.DisableFor("The store is being made.")
		f.working.Show()
		f.hint.Hide()
	} else {
		f.cancel.DisableFor("")
		f.working.Hide()
		f.hint.Show()
	}
	f.foot.Refresh()
	f.screen.room.Refresh()
}

// failed says why there is no store. What stands at the path belongs to its
// field; anything else is about the whole.
func (f *form) failed(err error) {
	what, then := app.Explain(err)
	if app.KindOf(err) == app.Conflict && f.screen.o.Team == "" {
		f.path.SetError(what, then)
		f.path.Focus()
	} else {
		f.trouble.Set(kit.StatusBad, what, then)
		f.trouble.Show()
		f.again.Focus()
	}
	f.screen.room.Refresh()
}

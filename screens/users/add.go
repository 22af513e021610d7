package users

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// addForm is the dialog that adds a user. It stays open under the password
// dialog and closes when the user is in, so nothing typed is lost on the way.
type addForm struct {
	s      *Screen
	dialog *kit.Dialog
	roles  []app.Role // as in the select, whose first option is no role

	username, email, first, last *kit.Field
	role                         *kit.Select
	roleNote                     *kit.Text
	active, enroll               *kit.Checkbox
	signIn                       *kit.Checkbox
	password, again              *kit.Field
	operator                     *fyne.Container // the part about signing in
	passwords                    *fyne.Container
	trouble                      *fyne.Container
	add                          *kit.Button
}

// openAdd opens the dialog and fetches the roles for it.
func (s *Screen) openAdd() {
	if s.addReason() != "" {
		return
	}
	f := newAddForm(s)
	f.dialog = s.k.Dialog(kit.DialogSpec{
		Store: s.head(), Title: "Add user", Width: 560,
		Body:     f.body(),
		Hint:     "[Esc] cancels",
		Buttons:  []*kit.Button{kit.Secondary("Cancel", nil), f.add},
		Focus:    f.username.Input(),
		OnEnter:  f.submit,
		OnCancel: f.wipe,
	})
	s.form = f
	kit.Go(f.dialog.Runner(), s.svc.Roles, f.gotRoles)
}

func newAddForm(s *Screen) *addForm {
	f := &addForm{
		s:        s,
		username: kit.NewField("Username").MaxLen(app.MaxUsername),
		email:    kit.NewField("Email").MaxLen(app.MaxEmail),
		first:    kit.NewField("First name").Caption("Optional").MaxLen(app.MaxName),
		last:     kit.NewField("Last name").Caption("Optional").MaxLen(app.MaxName),
		roleNote: kit.Caption("").Wrapped(),
		active:   kit.NewCheckbox("Active", "", "An inactive account is kept and cannot sign in.").Set(true),
		signIn:   kit.NewCheckbox("Can sign in to this console", "with a password", ""),
		password: kit.NewPassword("Password"),
		again:    kit.NewPassword("The same password again"),
		add:      kit.Primary("Add user", nil).Icon(kit.IconPlus),
		trouble:  kit.Column(0),
	}
	f.enroll = kit.NewCheckbox("Enroll right after", "", "Shows the QR code as soon as the account is there.")
	f.role = kit.NewSelect(kit.IconNone, "", func(int) { f.update() }, kit.Option{Text: "No role"})
	f.password.Help("At least " + kit.Count(app.MinPassword) + " characters.")
	f.signIn.OnChange = func(bool) { f.update() }
	f.add.OnTapped = f.submit
	if reason := s.enrollReason(); reason != "" {
		f.enroll.Disable()
	}
	return f
}

func (f *addForm) body() fyne.CanvasObject {
	f.passwords = kit.RowTop(kit.Space16, kit.Grow(f.password), kit.Grow(f.again))
	f.operator = kit.Column(kit.Space12, kit.Separator(), f.signIn, f.passwords)
	role := kit.Column(6, kit.Label("Role"), f.role, f.roleNote)
	form := kit.Column(kit.Space16,
		kit.RowTop(kit.Space16, kit.Grow(f.username), kit.Grow(f.email)),
		kit.RowTop(kit.Space16, kit.Grow(f.first), kit.Grow(f.last)),
		role,
		kit.RowTop(kit.Space16, kit.Grow(f.active), kit.Grow(f.enroll)),
		f.operator,
		f.trouble,
	)
	f.update()
	return kit.Pad(kit.Space8, 0, 0, 0, form)
}

// gotRoles fills the select. Roles that permit something are offered only to
// who may appoint operators.
func (f *addForm) gotRoles(roles []app.Role, err error) {
	if err != nil {
		f.refuse(err)
		return
	}
	appoint := f.s.svc.Permits(app.EditOperators)
	options := []kit.Option{{Text: "No role"}}
	f.roles = nil
	for _, r := range roles {
		if len(r.Permissions) > 0 && appoint != nil {
			continue
		}
		f.roles = append(f.roles, r)
		options = append(options, kit.Option{Text: r.Name})
	}
	f.role.SetOptions(options...)
	if appoint != nil {
		f.roleNote.SetText(sentences(app.Explain(appoint)))
	}
	f.update()
}

// chosen is the role of the select; the zero role is none.
func (f *addForm) chosen() app.Role {
	if i := f.role.Chosen(); i > 0 && i <= len(f.roles) {
		return f.roles[i-1]
	}
	return app.Role{}
}

// update shows what applies to the choices as they are.
func (f *addForm) update() {
	f.operator.Hidden = len(f.chosen().Permissions) == 0
	f.passwords.Hidden = !f.signIn.On()
	f.roleNote.Hidden = f.roleNote.String() == ""
	f.trouble.Hidden = len(f.trouble.Objects) == 0
	if f.dialog != nil {
		f.dialog.Refresh()
	}
}

// user is what the form says.
func (f *addForm) user() app.NewUser {
	n := app.NewUser{
		Username: strings.TrimSpace(f.username.Text()), Email: strings.TrimSpace(f.email.Text()),
		FirstName: strings.TrimSpace(f.first.Text()), LastName: strings.TrimSpace(f.last.Text()),
		Role: f.chosen().ID, Active: f.active.On(),
	}
	if f.asksPassword() {
		n.Password = app.NewSecret(f.password.Text())
	}
	return n
}

func (f *addForm) asksPassword() bool { return len(f.chosen().Permissions) > 0 && f.signIn.On() }

// check marks every field that cannot be used as it is, and tells whether all
// can. The first bad one gets the focus.
func (f *addForm) check(n app.NewUser) bool {
	checks := []struct {
		field *kit.Field
		err   error
	}{
		{f.username, app.CheckUsername(n.Username)},
		{f.email, app.CheckEmail(n.Email)},
		{f.first, app.CheckName("first name", n.FirstName)},
		{f.last, app.CheckName("last name", n.LastName)},
		{f.password, nil},
		{f.again, nil},
	}
	if f.asksPassword() {
		checks[4].err = app.CheckPassword(n.Password)
		if f.password.Text() != f.again.Text() {
			checks[5].err = app.Errorf(app.Invalid, "The two passwords are not the same.")
		}
	}
	var bad *kit.Field
	for _, c := range checks {
		if c.err == nil {
			c.field.SetError("", "")
			continue
		}
		c.field.SetError(app.Explain(c.err))
		if bad == nil {
			bad = c.field
		}
	}
	f.trouble.Objects = nil
	f.update()
	if bad != nil {
		bad.Focus()
	}
	return bad == nil
}

// submit checks the form and asks for the operator's password.
func (f *addForm) submit() {
	if f.add.Busy() {
		return
	}
	n := f.user()
	if !f.check(n) {
		return
	}
	name := app.User{Username: n.Username, FirstName: n.FirstName, LastName: n.LastName}.Name()
	f.s.askPassword("add "+name, app.Deed{Action: app.DoAddUser}, func(g *app.Grant) { f.send(g, n) })
}

func (f *addForm) send(g *app.Grant, n app.NewUser) {
	f.add.SetBusy(true, "Adding…")
	kit.Go(f.dialog.Runner(), func(ctx context.Context) (app.User, error) {
		return f.s.svc.AddUser(ctx, g, n)
	}, func(u app.User, err error) {
		f.add.SetBusy(false, "")
		if err != nil {
			f.refuse(err)
			return
		}
		enroll := f.enroll.On()
		f.wipe()
		f.dialog.Close()
		f.s.added(u, enroll)
	})
}

// refuse says why the store did not take the user: under the username where it
// is taken, else under the form.
func (f *addForm) refuse(err error) {
	what, then := app.Explain(err)
	if app.KindOf(err) == app.Conflict {
		f.username.SetError(what, then)
		f.update()
		f.username.Focus()
		return
	}
	f.trouble.Objects = []fyne.CanvasObject{kit.ErrorBox(what, then)}
	f.update()
}

// wipe takes the passwords out of the fields.
func (f *addForm) wipe() {
	f.password.Clear()
	f.again.Clear()
}

// sentences joins what is so and what follows.
func sentences(what, then string) string {
	if then == "" {
		return what
	}
	return what + " " + then
}

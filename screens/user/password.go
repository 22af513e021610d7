package user

import (
	"context"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// setPassword asks for the new password twice, then for the operator's own.
func (s *Screen) setPassword() {
	u := s.page.user
	f := &passwordForm{
		s: s, user: u,
		once:  kit.NewPassword("New password").Help("At least " + kit.Count(app.MinPassword) + " characters."),
		twice: kit.NewPassword("New password, once more"),
	}
	next := kit.Primary("Continue", f.submit).Key("Enter")
	f.once.OnSubmit = func(string) { f.twice.Focus() }
	f.twice.OnSubmit = func(string) { f.submit() }
	f.dialog = s.kit.Dialog(kit.DialogSpec{
		Store: s.head(), Title: "Set the password of " + u.Name(),
		Body: kit.Column(0,
			kit.NewText(passwordLead(s.page)).In(kit.ColorInk2).Wrapped(),
			kit.Pad(20, 0, 0, 0, f.once), kit.Pad(kit.Space16, 0, 0, 0, f.twice)),
		Hint:     "[Esc] cancels",
		Buttons:  []*kit.Button{kit.Secondary("Cancel", nil), next},
		Focus:    f.once.Input(),
		OnEnter:  f.submit,
		OnCancel: f.wipe,
	})
}

// passwordLead says what a new password does to this user.
func passwordLead(p *page) string {
	who := p.user.Short()
	switch {
	case p.own():
		return "It is your own password for this store. Sessions that you kept in a terminal end."
	case p.user.Operator:
		return "The password that " + who + " has now stops working, and sessions that " + who + " kept in a terminal end."
	case len(p.user.Role.Permissions) == 0:
		return who + " has no password yet. With one, " + who + " is an operator as soon as a role permits something."
	}
	return who + " has no password yet. With one, " + who + " can sign in to this desk as " + p.user.Role.Name + "."
}

// passwordForm is the dialog for a new password.
type passwordForm struct {
	s           *Screen
	user        app.User
	dialog      *kit.Dialog
	once, twice *kit.Field
}

func (f *passwordForm) wipe() {
	f.once.Clear()
	f.twice.Clear()
}

// submit checks the two and goes on to the operator's own password.
func (f *passwordForm) submit() {
	f.once.SetError("", "")
	f.twice.SetError("", "")
	password := app.NewSecret(f.once.Text())
	if err := app.CheckPassword(password); err != nil {
		f.once.SetError(f.s.kit.Explain(err))
		f.once.Focus()
		f.dialog.Refresh()
		return
	}
	if f.once.Text() != f.twice.Text() {
		f.twice.SetError("The two passwords differ.", "Type the same one twice.")
		f.twice.Clear()
		f.twice.Focus()
		f.dialog.Refresh()
		return
	}
	f.wipe()
	f.dialog.Close()
	s, u := f.s, f.user
	s.ask("set the password of "+u.Name(), app.Deed{Action: app.DoSetPassword, Target: u.ID}, func(g *app.Grant) {
		s.kit.Go(func(ctx context.Context) error {
			return s.service.SetPassword(ctx, g, u.ID, password)
		}, func(err error) {
			s.finish("The password was not set", of(u)+" password is set.", err)
		})
	})
}

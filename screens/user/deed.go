package user

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// ask opens Current User Identity Verification for one deed on the user, in
// the words of action, and goes on with the grant.
func (s *Screen) ask(action string, d app.Deed, done func(g *app.Grant)) {
	s.askWith(nil, action, d, done)
}

// askWith is ask with something more to decide, over the password.
func (s *Screen) askWith(more fyne.CanvasObject, action string, d app.Deed, done func(g *app.Grant)) {
	operator, _ := s.service.Operator()
	kit.Password(s.kit, kit.PasswordSpec[*app.Grant]{
		Store: s.head(), Action: action, Operator: operator.User.Name(),
		Check: func(ctx context.Context, password string) (*app.Grant, error) {
			return s.service.Reverify(ctx, app.NewSecret(password), d)
		},
		Done: done, More: more,
	})
}

// latest is the page as it was read last; p where it cannot be read any more.
func (s *Screen) latest(p *page) *page {
	if s.page != nil {
		return s.page
	}
	return p
}

// head is what the dialogs say about the store.
func (s *Screen) head() kit.Store { return kit.StoreOf(s.service.Store()) }

// finish ends a deed: a toast and the page as it is now, or why not.
func (s *Screen) finish(failed, done string, err error) {
	if err != nil {
		s.failed(failed, err)
		return
	}
	s.kit.Toast(kit.StatusOK, done)
	s.load()
}

// failed says why a deed was not done. What somebody else changed, or took
// away, is to be looked at again first.
func (s *Screen) failed(title string, err error) {
	s.kit.Link().Doubt(err)
	switch app.KindOf(err) {
	case app.Conflict:
		kit.Go(s.kit, func(ctx context.Context) (hand, error) { return lastHand(ctx, s.service, s.id), nil },
			func(by hand, _ error) { s.overtaken(title, err, by) })
	case app.NotFound:
		s.overtaken(title, err, hand{})
	default:
		s.kit.Problem(title, err)
	}
}

// overtaken says that somebody else was faster, and who, and offers to look again.
func (s *Screen) overtaken(title string, err error, by hand) {
	what, then := s.kit.Explain(err)
	if !by.at.IsZero() {
		then = strings.TrimSpace("The last change was made by " + by.said(s.kit.Now()) + ". " + then)
	}
	var d *kit.Dialog
	reload := kit.Primary("Reload", func() {
		d.Close()
		s.load()
	}).Key("Enter")
	d = s.kit.Dialog(kit.DialogSpec{
		Store: s.head(), Title: title,
		Body:    kit.Pad(kit.Space8, 0, 0, 0, kit.ErrorBox(what, then)),
		Hint:    "[Esc] closes",
		Buttons: []*kit.Button{kit.Secondary("Close", nil), reload},
		Focus:   reload,
	})
}

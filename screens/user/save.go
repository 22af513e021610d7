package user

import (
	"context"
	"errors"
	"fmt"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// saved is what came of Save User.
type saved struct {
	user    app.User
	changed *page // somebody else changed the user first
	by      hand
}

// notProved is the error of the operator's own password.
type notProved struct{ error }

// Unwrap returns the refusal, for its words.
func (e notProved) Unwrap() error { return e.error }

// submit is Save User: the fields are checked here, then the operator's
// password, then the store takes them.
func (a *account) submit() {
	if a.save.Busy() || a.save.Disabled() {
		return
	}
	if err := a.s.kit.Link().Refusal(); err != nil {
		a.password.SetError(a.s.kit.Explain(err))
		a.s.relayout()
		return
	}
	v := a.values()
	if !a.check(v) {
		return
	}
	if a.password.Text() == "" {
		a.password.SetError("Your password is missing.", "Saving a user needs it.")
		a.password.Focus()
		a.s.relayout()
		return
	}
	a.password.SetError("", "")
	password := app.NewSecret(a.password.Text())
	change := app.UserChange{
		ID: a.base.ID, Version: a.base.Version,
		FirstName: v[firstName], LastName: v[lastName], Username: v[username], Email: v[email],
		Active: v[active] == "Active", Role: app.RoleID(v[role]),
	}
	a.save.SetBusy(true, "Saving…")
	kit.Go(a.s.kit, func(ctx context.Context) (saved, error) {
		return save(ctx, a.s.service, password, change)
	}, a.ended)
}

// save runs off the UI goroutine. A conflict comes with the user as it is now.
func save(ctx context.Context, s Service, password app.Secret, c app.UserChange) (saved, error) {
	g, err := s.Reverify(ctx, password, app.Deed{Action: app.DoSaveUser, Target: c.ID})
	if err != nil {
		return saved{}, notProved{err}
	}
	u, err := s.SaveUser(ctx, g, c)
	if app.KindOf(err) != app.Conflict {
		return saved{user: u}, err
	}
	now, rerr := read(ctx, s, c.ID)
	if rerr != nil {
		return saved{}, fmt.Errorf("read user %s after a conflict: %w", c.ID, rerr)
	}
	if now.user.Version == c.Version {
		return saved{}, err // not the version: the username is taken
	}
	return saved{changed: now, by: lastSave(ctx, s, c.ID)}, nil
}

func (a *account) ended(r saved, err error) {
	a.save.SetBusy(false, "")
	a.password.Clear()
	a.s.kit.Link().Doubt(err)
	var refused notProved
	switch {
	case errors.As(err, &refused):
		a.password.SetError(a.s.kit.Explain(err))
		a.password.Focus()
		a.s.relayout()
	case r.changed != nil:
		a.s.show(r.changed, r.by)
	case app.KindOf(err) == app.Conflict && err != nil:
		a.s.choose(TabInfo)
		a.texts[username].SetError(a.s.kit.Explain(err))
		a.texts[username].Focus()
		a.s.relayout()
	case err != nil:
		what, then := a.s.kit.Explain(err)
		a.show(kit.ErrorBox(what, then))
	default:
		was := a.base
		a.take(r.user)
		a.s.kit.Toast(kit.StatusOK, r.user.Name()+" is saved.")
		a.s.load()
		if !app.OpensSecrets(r.user) {
			a.s.offerRotation(was)
		}
	}
}

// check marks the fields that cannot be saved as they are, and puts the cursor
// into the first of them.
func (a *account) check(v fields) bool {
	wrong := -1
	for i, err := range [...]error{
		app.CheckName("first name", v[firstName]), app.CheckName("last name", v[lastName]),
		app.CheckUsername(v[username]), app.CheckEmail(v[email]),
	} {
		if err == nil {
			a.texts[i].SetError("", "")
			continue
		}
		a.texts[i].SetError(a.s.kit.Explain(err))
		if wrong < 0 {
			wrong = i
		}
	}
	if wrong >= 0 {
		a.s.choose(TabInfo)
		a.texts[wrong].Focus()
		a.s.relayout()
	}
	return wrong < 0
}

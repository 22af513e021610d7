package users

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// foot is the table's footer: what can be done with the ticked rows, and the
// pages.
type foot struct {
	chosen   *kit.Text
	open     *kit.Button
	test     *kit.Button
	unlock   *kit.Button
	enroll   *kit.Button
	span     *kit.Text
	previous *kit.Button
	next     *kit.Button
	row      *fyne.Container
}

func (s *Screen) buildFoot() fyne.CanvasObject {
	f := &s.foot
	f.chosen = kit.NewText("").Strong()
	f.open = kit.Secondary("Open", func() {
		if rows := s.grid.Ticked(); len(rows) == 1 {
			s.on.OpenUser(rows[0].user.ID)
		}
	}).Small()
	f.test = kit.Secondary("Test a code", func() {
		if rows := s.grid.Ticked(); len(rows) == 1 {
			s.on.TestCode(rows[0].user.ID)
		}
	}).Small()
	f.unlock = kit.Secondary("Unlock", s.askUnlock).Small().Icon(kit.IconUnlock)
	f.enroll = kit.Secondary("Enroll now", func() {
		if u := s.fresh; u != nil {
			s.fresh = nil
			s.on.Enroll(u.ID)
		}
	}).Small()
	f.span = kit.Second("")
	f.previous = kit.IconButton(kit.IconLeft, "Previous page", func() { s.turn(-1) }).Small()
	f.next = kit.IconButton(kit.IconRight, "Next page", func() { s.turn(1) }).Small()
	f.row = kit.Row(kit.Space8, f.chosen, kit.Fix(kit.Space4, 0, kit.Spacer()), f.open, f.test, f.unlock, f.enroll,
		kit.Spacer(), f.span, kit.Fix(kit.Space4, 0, kit.Spacer()), f.previous, f.next)
	return kit.PadXY(14, 0, f.row)
}

// ticked follows the boxes.
func (s *Screen) ticked() {
	s.fresh = nil
	s.showFoot()
}

// showFoot shows what can be done with the ticked rows, and where the page is.
func (s *Screen) showFoot() {
	f, rows := &s.foot, s.grid.Ticked()
	one, lock := len(rows) == 1, s.lockedOf(rows)
	f.chosen.SetText("")
	switch {
	case len(rows) > 0:
		f.chosen.SetText(kit.Count(len(rows)) + " selected")
	case s.fresh != nil:
		f.chosen.SetText(s.fresh.Name() + " was added")
	}
	f.open.Hidden, f.test.Hidden, f.unlock.Hidden = !one, !one, len(lock) == 0
	f.enroll.Hidden = s.fresh == nil || len(rows) > 0
	if one {
		f.test.DisableFor(s.testReason(rows[0].user))
	}
	if len(lock) > 0 {
		f.unlock.DisableFor(s.unlockReason(lock))
	}
	f.enroll.DisableFor(s.enrollReason())
	f.span.SetText(span(s.first, len(s.page.Users), s.page.Total, s.query.Search != ""))
	first, last := "This is the first page.", "This is the last page."
	if s.cut {
		first, last = "The store does not answer.", "The store does not answer."
	}
	offer(f.previous, s.page.Previous != "" && !s.cut, "Previous page", first)
	offer(f.next, s.page.Next != "" && !s.cut, "Next page", last)
	f.row.Refresh()
}

// offer enables an icon button with what it does as tooltip, or disables it with
// the reason.
func offer(b *kit.Button, on bool, does, why string) {
	if on {
		b.Tip(does).Enable()
		return
	}
	b.DisableFor(why)
}

// testReason says why a code of the user cannot be tested; empty: it can be.
func (s *Screen) testReason(u app.User) string {
	if why := reason(s.svc.PermitsOn(app.CanVerify, u), s.svc.Able(app.AbleOpenSecrets), s.k.Link().Refusal()); why != "" {
		return why
	}
	switch u.Factor(app.Google).Status {
	case app.StatusNotEnrolled:
		return u.Short() + " has no Google Authenticator to test."
	case app.StatusUnreadable:
		return u.Short() + "’s Google Authenticator cannot be read."
	case app.StatusPending, app.StatusActive:
	}
	return ""
}

// lockedOf are the users of rows that are locked out now.
func (s *Screen) lockedOf(rows []row) []app.User {
	var locked []app.User
	for _, r := range rows {
		if r.user.Active && r.user.Locked(s.k.Now()) {
			locked = append(locked, r.user)
		}
	}
	return locked
}

func (s *Screen) unlockReason(users []app.User) string {
	refusals := []error{s.svc.Able(app.AbleChange)}
	for _, u := range users {
		refusals = append(refusals, s.svc.PermitsOn(app.CanUnlock, u))
	}
	refusals = append(refusals, s.k.Link().Refusal())
	return reason(refusals...)
}

// askUnlock asks for the password and lets the locked ones of the ticked users
// in again. Each of them gets a grant of its own.
func (s *Screen) askUnlock() {
	users := s.lockedOf(s.grid.Ticked())
	if len(users) == 0 || s.unlockReason(users) != "" {
		return
	}
	action := "unlock " + users[0].Name()
	if len(users) > 1 {
		action = "unlock " + kit.CountOf(len(users), "user", "users")
	}
	askFor(s, action, func(ctx context.Context, password app.Secret) ([]*app.Grant, error) {
		grants := make([]*app.Grant, len(users))
		for i, u := range users {
			var err error
			if grants[i], err = s.svc.Reverify(ctx, password, app.Deed{Action: app.DoUnlock, Target: u.ID}); err != nil {
				return nil, err
			}
		}
		return grants, nil
	}, func(grants []*app.Grant) { s.unlock(users, grants) })
}

func (s *Screen) unlock(users []app.User, grants []*app.Grant) {
	kit.Go(s.k, func(ctx context.Context) (int, error) {
		for i, u := range users {
			if err := s.svc.Unlock(ctx, grants[i], app.UnlockRequest{User: u.ID, Version: u.Version}); err != nil {
				return i, err
			}
		}
		return len(users), nil
	}, func(done int, err error) {
		s.load(withCounts)
		s.tell(func() { s.unlocked(users, done, err) })
	})
}

// unlocked says how an unlock ended.
func (s *Screen) unlocked(users []app.User, done int, err error) {
	switch {
	case err != nil && len(users) > 1:
		s.k.Problem(kit.Count(done)+" of "+kit.Count(len(users))+" users were unlocked", err)
	case err != nil:
		s.k.Problem(users[0].Name()+" was not unlocked", err)
	case len(users) > 1:
		s.k.Toast(kit.StatusOK, kit.CountOf(len(users), "user", "users")+" can sign in again.")
	default:
		s.k.Toast(kit.StatusOK, users[0].Name()+" can sign in again.")
	}
}

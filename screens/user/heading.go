package user

import (
	"time"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// crumbs is the way to this page.
func (s *Screen) crumbs(name string) fyne.CanvasObject {
	users := kit.Crumb{Text: "Users", Go: s.back}
	if name == "" {
		return kit.Breadcrumb(users, kit.Crumb{Text: "…"})
	}
	return kit.Breadcrumb(users, kit.Crumb{Text: name})
}

// heading is who the page is about, and what concerns the account as a whole.
func (s *Screen) heading(p *page) fyne.CanvasObject {
	now := s.kit.Now()
	name := kit.Title(p.user.Name()).Ellipsis()
	if !p.user.Active {
		name.In(kit.ColorInk3)
	}
	parts := []fyne.CanvasObject{
		kit.Fix(min(name.NaturalWidth()+1, kit.Scaled(300)), 0, name), kit.BadgePill(state(p.user, now)),
	}
	words := kit.NewText(facts(p.user, now)).At(kit.Size12).In(kit.ColorInk2).Wrapped()
	locked := p.user.Locked(now) || p.user.Failures > 0
	under := locked && p.can.sessions // two buttons leave the words no room
	if under {
		parts = append(parts, kit.Spacer())
	} else {
		parts = append(parts, kit.Grow(words))
	}
	if locked {
		parts = append(parts, kit.Secondary("Unlock…", s.unlock).Icon(kit.IconUnlock).DisableFor(why(p.may.unlock)))
	}
	if p.can.sessions {
		parts = append(parts, kit.Secondary("End sessions…", s.endSessions).DisableFor(why(p.may.sessions)))
	}
	more := kit.IconButton(kit.IconMore, "More to do with this account", nil)
	more.OnTapped = func() { kit.ShowMenu(more, s.more(p)...) }
	row := kit.AtLeast(0, kit.Scaled(kit.HeightTitleRow), kit.Row(kit.Space16, append(parts, more)...))
	if under {
		return kit.Column(kit.Space4, row, words)
	}
	return row
}

// state is the pill beside the name; a lock shows both clock times.
func state(u app.User, now time.Time) kit.Badge {
	switch {
	case !u.Active:
		return kit.Badge{Status: kit.StatusMute, Text: "Inactive", Icon: kit.IconStruck}
	case u.Locked(now):
		return kit.Badge{Status: kit.StatusBad, Text: "Locked until " + app.ClockWithUTC(u.LockedUntil), Icon: kit.IconLock}
	}
	return kit.Badge{Status: kit.StatusOK, Text: "Active"}
}

// facts is the line after the name.
func facts(u app.User, now time.Time) string {
	const dot = "  ·  "
	words := u.Username + dot + u.Email + dot + roleName(u.Role) + dot + lastSignIn(u.LastSignIn, now)
	if u.Failures > 0 && !u.Locked(now) {
		words += dot + kit.CountOf(u.Failures, "failed attempt", "failed attempts")
	}
	return words
}

// more is what the menu at the right offers, with the reason where something
// cannot be done.
func (s *Screen) more(p *page) []kit.MenuItem {
	item := func(icon kit.IconName, text string, not error, do func()) kit.MenuItem {
		m := kit.MenuItem{Icon: icon, Text: text, Do: do, Disabled: not != nil}
		if not != nil {
			m.Caption, _ = app.Explain(not)
		}
		return m
	}
	remove := item(kit.IconTrash, "Remove user…", p.may.remove, s.remove)
	remove.Danger = true
	items := []kit.MenuItem{item(kit.IconKey, "Set password…", p.may.password, s.setPassword)}
	if shown, not := s.mayEndDesks(p); shown {
		items = append(items, item(kit.IconLogout, "End sessions…", not, s.endDesks))
	}
	return append(items, remove)
}

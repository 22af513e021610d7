package connections

import (
	"context"
	"slices"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// listed tells whether the list has the keys, and not a form.
func (s *Screen) listed() bool { return s.form == nil && s.loaded }

// move moves the chosen store one place up or down in the list. The made-up people
// always come last.
func (s *Screen) move(by int) {
	at := slices.IndexFunc(s.list.all, func(c Saved) bool { return sameName(c.Name, s.chosen) })
	last := len(s.list.all) - 1
	if last >= 0 && s.list.all[last].Kind == app.SampleStore {
		last--
	}
	to := at + by
	if s.moving || at < 0 || at > last || to < 0 || to > last {
		return
	}
	name := s.list.all[at].Name
	s.moving = true
	s.kit.Go(func(ctx context.Context) error { return s.service.MoveConnection(ctx, name, to) }, func(err error) {
		s.moving = false
		if err != nil {
			s.kit.Problem("The store cannot be moved", err)
			return
		}
		s.load()
	})
}

// duplicate begins a second connection to a store, to be changed: to look only,
// say, or as another account.
func (s *Screen) duplicate(c Saved) {
	if c.Shop == nil && c.Kind != app.TeamStore {
		s.rename(fresh(c), true)
		return
	}
	copied := fresh(c)
	copied.Name = ""
	s.edit(copied, func(f *form) {
		f.own.name.SetText(c.Name + " copy")
		f.tell("A second connection to the same store. Change what is to be different, and its name.")
		f.own.name.Focus()
	})
}

// fresh is a connection without what has happened over it.
func fresh(c Saved) Saved {
	return Saved{
		Name: c.Name, Kind: c.Kind, Tag: c.Tag, Location: c.Location, Shop: c.Shop, ReadOnly: c.ReadOnly, Passwords: c.Passwords,
	}
}

// forget removes what is kept of a store's passwords.
func (s *Screen) forget(c Saved) {
	s.kit.Go(func(ctx context.Context) error { return s.service.ForgetPassword(ctx, c) }, func(err error) {
		if err != nil {
			s.kit.Problem("The password cannot be forgotten", err)
			return
		}
		s.kit.Toast(kit.StatusOK, "The password of "+short(c.Name)+" is forgotten.")
		s.kit.Focus(s.list.rows)
		s.load()
	})
}

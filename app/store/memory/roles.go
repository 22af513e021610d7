package memory

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/factordesk/factordesk/app"
)

// Roles returns all roles, built-in ones first, the others by name.
func (s *Store) Roles(ctx context.Context) ([]app.Role, error) {
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	roles := make([]app.Role, len(s.roles))
	for i, r := range s.roles {
		roles[i] = s.role(r.ID)
	}
	slices.SortStableFunc(roles, func(a, b app.Role) int {
		switch {
		case a.BuiltIn && b.BuiltIn:
			return 0
		case a.BuiltIn:
			return -1
		case b.BuiltIn:
			return 1
		}
		return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	})
	return roles, nil
}

// SaveRole adds a role (empty ID) or changes one.
func (s *Store) SaveRole(ctx context.Context, r app.Role, e app.Event) (app.Role, error) {
	if err := s.change(ctx, app.AbleRoles); err != nil {
		return app.Role{}, err
	}
	defer s.mu.Unlock()
	for _, other := range s.roles {
		if other.ID != r.ID && strings.EqualFold(other.Name, r.Name) {
			return app.Role{}, app.Errorf(app.Conflict, "There is a role named %q already.", other.Name)
		}
	}
	r.Permissions, r.BuiltIn = slices.Clone(r.Permissions), false
	if r.ID == "" {
		s.lastRole++
		r.ID, r.Version = app.RoleID(fmt.Sprintf("role-%d", s.lastRole)), 1
		s.roles = append(s.roles, r)
		s.done(e)
		return s.role(r.ID), nil
	}
	i, err := s.ownRole(r.ID, r.Version)
	if err != nil {
		return app.Role{}, err
	}
	was := s.roles[i]
	ruler := s.anyAdministrator()
	s.roles[i] = r
	if ruler != nil && s.anyAdministrator() == nil {
		s.roles[i] = was
		return app.Role{}, lastAdministrator(ruler.user)
	}
	s.roles[i].Version++
	s.done(e)
	return s.role(r.ID), nil
}

// RemoveRole forgets a custom role that nobody has.
func (s *Store) RemoveRole(ctx context.Context, id app.RoleID, version int64, e app.Event) error {
	if err := s.change(ctx, app.AbleRoles); err != nil {
		return err
	}
	defer s.mu.Unlock()
	i, err := s.ownRole(id, version)
	if err != nil {
		return err
	}
	for _, p := range s.people {
		if p.role == id {
			return app.Errorf(app.Conflict, "%s has the role %q.", p.user.Name(), s.roles[i].Name).
				WithHint("Give everybody who has it another role first.")
		}
	}
	s.roles = slices.Delete(slices.Clone(s.roles), i, i+1)
	s.done(e)
	return nil
}

// ownRole returns the index of a custom role of that version.
func (s *Store) ownRole(id app.RoleID, version int64) (int, error) {
	i := slices.IndexFunc(s.roles, func(r app.Role) bool { return r.ID == id })
	switch {
	case i < 0:
		return 0, app.Errorf(app.NotFound, "There is no such role.")
	case s.roles[i].BuiltIn:
		return 0, app.Errorf(app.Denied, "The role %q is built in and stays as it is.", s.roles[i].Name)
	case s.roles[i].Version != version:
		return 0, app.Errorf(app.Conflict, "Somebody else has changed the role %q meanwhile.", s.roles[i].Name)
	}
	return i, nil
}

// anyAdministrator returns somebody who rules the store, or nil.
func (s *Store) anyAdministrator() *person {
	for _, p := range s.people {
		if s.administers(p) {
			return p
		}
	}
	return nil
}

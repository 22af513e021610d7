package memory

import (
	"context"
	"strings"

	"github.com/factordesk/factordesk/app"
)

// User returns one user, or NotFound.
func (s *Store) User(ctx context.Context, id app.UserID) (app.User, error) {
	if err := s.begin(ctx); err != nil {
		return app.User{}, err
	}
	defer s.mu.Unlock()
	p, err := s.get(id)
	if err != nil {
		return app.User{}, err
	}
	return s.read(p), nil
}

// FindUser returns the user of a username, or NotFound.
func (s *Store) FindUser(ctx context.Context, username string) (app.User, error) {
	if err := s.begin(ctx); err != nil {
		return app.User{}, err
	}
	defer s.mu.Unlock()
	if p := s.find(username); p != nil {
		return s.read(p), nil
	}
	return app.User{}, app.Errorf(app.NotFound, "There is no user %q.", username)
}

// AddUser adds a user.
func (s *Store) AddUser(ctx context.Context, n app.NewUser, e app.Event) (app.User, error) {
	if err := s.change(ctx, app.AbleEditUsers); err != nil {
		return app.User{}, err
	}
	defer s.mu.Unlock()
	if s.find(n.Username) != nil {
		return app.User{}, taken(n.Username)
	}
	if err := s.checkRole(n.Role); err != nil {
		return app.User{}, err
	}
	if !n.Password.Empty() {
		if err := s.able(app.AbleOpenSecrets); err != nil {
			return app.User{}, err
		}
	}
	p := s.newPerson(n)
	s.people[p.user.ID] = p
	e.TargetID, e.Target = p.user.ID, p.user.Username
	s.done(e)
	return s.read(p), nil
}

func (s *Store) newPerson(n app.NewUser) *person {
	p := &person{role: n.Role, keys: map[app.ProviderCode]*key{}, user: app.User{
		ID: s.nextUser(), Username: n.Username, Email: n.Email,
		FirstName: n.FirstName, LastName: n.LastName, Active: n.Active,
		Created: stamp(s.now()), Version: 1,
	}}
	if !n.Password.Empty() {
		s.setPassword(p, n.Password)
	}
	return p
}

// SaveUser changes the account fields of a user.
func (s *Store) SaveUser(ctx context.Context, c app.UserChange, e app.Event) (app.User, error) {
	if err := s.change(ctx, app.AbleEditUsers); err != nil {
		return app.User{}, err
	}
	defer s.mu.Unlock()
	p, err := s.at(c.ID, c.Version)
	if err != nil {
		return app.User{}, err
	}
	if other := s.find(c.Username); other != nil && other != p {
		return app.User{}, taken(c.Username)
	}
	if err := s.checkRole(c.Role); err != nil {
		return app.User{}, err
	}
	q := *p
	q.role = c.Role
	q.user.Username, q.user.Email, q.user.Active = c.Username, c.Email, c.Active
	q.user.FirstName, q.user.LastName = c.FirstName, c.LastName
	q.user.Version++
	if err := s.keepsAdministrator(p, &q); err != nil {
		return app.User{}, err
	}
	if len(p.hash) > 0 && (!c.Active || s.role(p.role).Exceeds(s.role(c.Role))) {
		s.endDesks(&q)
	}
	*p = q
	s.done(e)
	return s.read(p), nil
}

// RemoveUser forgets a user.
func (s *Store) RemoveUser(ctx context.Context, id app.UserID, version int64, e app.Event) error {
	if err := s.change(ctx, app.AbleEditUsers); err != nil {
		return err
	}
	defer s.mu.Unlock()
	p, err := s.at(id, version)
	if err != nil {
		return err
	}
	if err := s.keepsAdministrator(p, nil); err != nil {
		return err
	}
	delete(s.people, id)
	s.endSessions(id)
	s.done(e)
	return nil
}

func taken(username string) error {
	return app.Errorf(app.Conflict, "The username %q is taken.", username).
		WithHint("Letter case makes no difference.")
}

// administers reports whether a person can sign in and rule the store now.
// An Administrator without a password cannot, so it does not count.
func (s *Store) administers(p *person) bool {
	return p != nil && p.user.Active && len(p.hash) > 0 && s.role(p.role).Administers()
}

// keepsAdministrator returns an error when before is the last active
// Administrator and after (nil: removed) would be none.
func (s *Store) keepsAdministrator(before, after *person) error {
	if !s.administers(before) || s.administers(after) {
		return nil
	}
	for _, p := range s.people {
		if p != before && s.administers(p) {
			return nil
		}
	}
	return lastAdministrator(before.user)
}

func lastAdministrator(u app.User) error {
	return app.Errorf(app.Denied, "%s is the last active Administrator.", u.Name()).
		WithHint("Give another active operator the role Administrators first.")
}

// Counts returns the numbers of the filter chips.
func (s *Store) Counts(ctx context.Context) (app.Counts, error) {
	if err := s.begin(ctx); err != nil {
		return app.Counts{}, err
	}
	defer s.mu.Unlock()
	var c app.Counts
	now := s.now()
	for _, p := range s.people {
		for filter, n := range map[app.Filter]*int{
			app.All: &c.All, app.NoTwoFactor: &c.NoTwoFactor, app.WithPending: &c.Pending,
			app.WithActive: &c.Active, app.WithLock: &c.Locked, app.Inactive: &c.Inactive,
			app.WithUnreadable: &c.Unreadable,
		} {
			if matches(p.user, filter, now) {
				*n++
			}
		}
	}
	return c, nil
}

// role returns a role by its ID; the zero Role for none.
func (s *Store) role(id app.RoleID) app.Role {
	for _, r := range s.roles {
		if r.ID == id {
			r.Permissions = append([]app.Permission(nil), r.Permissions...)
			return r
		}
	}
	return app.Role{}
}

func (s *Store) checkRole(id app.RoleID) error {
	if id == "" || s.role(id).ID != "" {
		return nil
	}
	return app.Errorf(app.NotFound, "There is no role %q.", strings.TrimSpace(string(id)))
}

package native

import (
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/factordesk/factordesk/app"
)

// querier is a transaction or the reading pool.
type querier interface {
	rows(ctx context.Context, text string, args ...any) (*sql.Rows, error)
	one(ctx context.Context, text string, args []any, dest ...any) error
}

func (t *tx) rows(_ context.Context, text string, args ...any) (*sql.Rows, error) {
	return t.query(text, args...)
}

func (t *tx) one(_ context.Context, text string, args []any, dest ...any) error {
	return t.row(text, args, dest...)
}

func (r *reader) rows(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	return r.query(ctx, text, args...)
}

func (r *reader) one(ctx context.Context, text string, args []any, dest ...any) error {
	return r.row(ctx, text, args, dest...)
}

// Roles returns all roles, built-in ones first, the others by name.
func (s *Store) Roles(ctx context.Context) ([]app.Role, error) {
	roles, err := readRoles(ctx, s.read)
	return roles, explain("read roles", err)
}

func readRoles(ctx context.Context, q querier) ([]app.Role, error) {
	rows, err := q.rows(ctx, "SELECT id, name, permissions, built_in, version FROM roles ORDER BY name_key")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var roles []app.Role
	for rows.Next() {
		var r app.Role
		var permissions string
		if err := rows.Scan(&r.ID, &r.Name, &permissions, &r.BuiltIn, &r.Version); err != nil {
			return nil, err
		}
		for _, p := range strings.Fields(permissions) {
			r.Permissions = append(r.Permissions, app.Permission(p))
		}
		roles = append(roles, r)
	}
	order := app.BuiltInRoles()
	rank := func(r app.Role) int {
		if i := slices.IndexFunc(order, func(b app.Role) bool { return b.ID == r.ID }); i >= 0 {
			return i
		}
		return len(order)
	}
	slices.SortStableFunc(roles, func(a, b app.Role) int { return rank(a) - rank(b) })
	return roles, rows.Err()
}

// roleMap returns all roles by ID. They are kept until a role changes.
func (s *Store) roleMap(ctx context.Context, q querier) (map[app.RoleID]app.Role, error) {
	var version int64
	if err := q.one(ctx, rolesVersion, nil, &version); err != nil {
		return nil, err
	}
	return s.rolesAt(ctx, q, version)
}

// rolesAt is roleMap with the version known.
func (s *Store) rolesAt(ctx context.Context, q querier, version int64) (map[app.RoleID]app.Role, error) {
	s.mu.RLock()
	kept, keptV := s.roles, s.rolesV
	s.mu.RUnlock()
	if keptV == version {
		return kept, nil
	}
	roles, err := readRoles(ctx, q)
	if err != nil {
		return nil, err
	}
	m := byID(roles)
	if _, changing := q.(*tx); !changing {
		// What a transaction sees may yet be taken back.
		s.mu.Lock()
		s.roles, s.rolesV = m, version
		s.mu.Unlock()
	}
	return m, nil
}

// roleMap is Store.roleMap as the transaction sees it.
func (t *tx) roleMap() (map[app.RoleID]app.Role, error) {
	if t.roles != nil {
		return t.roles, nil
	}
	if t.counts.roles == 0 {
		var err error
		if t.at.roles >= 0 {
			t.roles, err = t.s.rolesAt(t.ctx, t, t.at.roles)
		} else {
			t.roles, err = t.s.roleMap(t.ctx, t)
		}
		return t.roles, err
	}
	// The transaction itself has changed roles: what is kept is old.
	roles, err := readRoles(t.ctx, t)
	if err == nil {
		t.roles = byID(roles)
	}
	return t.roles, err
}

func byID(roles []app.Role) map[app.RoleID]app.Role {
	m := make(map[app.RoleID]app.Role, len(roles))
	for _, r := range roles {
		m[r.ID] = r
	}
	return m
}

func (t *tx) checkRole(id app.RoleID) error {
	if id == "" {
		return nil
	}
	roles, err := t.roleMap()
	if err != nil {
		return err
	}
	if _, ok := roles[id]; !ok {
		return app.Errorf(app.NotFound, "There is no role %q.", string(id))
	}
	return nil
}

func permissionText(r app.Role) string {
	words := make([]string, len(r.Permissions))
	for i, p := range r.Permissions {
		words[i] = string(p)
	}
	return strings.Join(words, " ")
}

func (t *tx) insertRole(r app.Role) error {
	t.roles = nil
	t.counts.roles++
	_, err := t.exec("INSERT INTO roles (id, name, name_key, permissions, administers, built_in, version) "+
		"VALUES ($1, $2, $3, $4, $5, $6, $7)",
		string(r.ID), r.Name, strings.ToLower(r.Name), permissionText(r), r.Administers(), r.BuiltIn, r.Version)
	if faultOf(err) == taken {
		return app.Errorf(app.Conflict, "There is a role named %q already.", r.Name)
	}
	return err
}

// SaveRole adds a role (empty ID) or changes one.
func (s *Store) SaveRole(ctx context.Context, r app.Role, e app.Event) (app.Role, error) {
	r.BuiltIn = false
	add := r.ID == ""
	if add {
		id := make([]byte, 8)
		if _, err := io.ReadFull(s.random, id); err != nil {
			return app.Role{}, explain("save role", fmt.Errorf("make role ID: %w", err))
		}
		r.ID, r.Version = app.RoleID("role-"+hex.EncodeToString(id)), 1
	}
	var saved app.Role
	err := s.change(ctx, "save role", hold{alone: !add}, func(t *tx) error {
		saved = r
		if add {
			if err := t.insertRole(saved); err != nil {
				return err
			}
		} else if err := t.updateRole(&saved); err != nil {
			return err
		}
		return t.done(e)
	})
	if err != nil {
		return app.Role{}, err
	}
	return saved, nil
}

func (t *tx) updateRole(r *app.Role) error {
	old, err := t.ownRole(r.ID, r.Version)
	if err != nil {
		return err
	}
	ruled, err := t.anyAdministrator()
	if err != nil {
		return err
	}
	r.Version, t.roles = old.Version+1, nil
	t.counts.roles++
	err = affected(t.exec("UPDATE roles SET name = $1, name_key = $2, permissions = $3, administers = $4, version = $5 WHERE id = $6",
		r.Name, strings.ToLower(r.Name), permissionText(*r), r.Administers(), r.Version, string(r.ID)))
	if faultOf(err) == taken {
		return app.Errorf(app.Conflict, "There is a role named %q already.", r.Name)
	}
	if err != nil {
		return err
	}
	if key := strings.ToLower(r.Name); key != strings.ToLower(old.Name) {
		if _, err := t.exec("UPDATE users SET role_key = $1 WHERE role_key = $2 AND role_id = $3",
			key, strings.ToLower(old.Name), string(r.ID)); err != nil {
			return err
		}
	}
	if left, err := t.anyAdministrator(); err != nil || (ruled && !left) {
		if err == nil {
			err = app.Errorf(app.Denied, "Nobody would be left who is an Administrator.").
				WithHint("Give an active operator the role Administrators first.")
		}
		return err
	}
	if r.OpensSecrets() == old.OpensSecrets() {
		return nil
	}
	return t.syncSlots(r.ID)
}

// RemoveRole forgets a custom role; Conflict while a user has it.
func (s *Store) RemoveRole(ctx context.Context, id app.RoleID, version int64, e app.Event) error {
	return s.change(ctx, "remove role", hold{alone: true}, func(t *tx) error {
		r, err := t.ownRole(id, version)
		if err != nil {
			return err
		}
		u, err := t.anyWithRole(r)
		if err == nil {
			return app.Errorf(app.Conflict, "%s has the role %q.", u.Name(), r.Name).
				WithHint("Give everybody who has it another role first.")
		}
		if app.KindOf(err) != app.NotFound {
			return err
		}
		t.counts.roles++
		if err := affected(t.exec("DELETE FROM roles WHERE id = $1", string(id))); err != nil {
			return err
		}
		return t.done(e)
	})
}

// anyWithRole returns somebody who has the role, or NotFound. The role's name
// leads to the index.
func (t *tx) anyWithRole(r app.Role) (app.User, error) {
	var id int64
	err := t.row("SELECT id FROM users WHERE role_key = $1 AND role_id = $2 LIMIT 1",
		[]any{strings.ToLower(r.Name), string(r.ID)}, &id)
	if none(err) {
		return app.User{}, errNoUser()
	}
	if err != nil {
		return app.User{}, err
	}
	p, err := t.person(userID(id))
	if err != nil {
		return app.User{}, err
	}
	return p.user, nil
}

// ownRole returns a custom role of that version.
func (t *tx) ownRole(id app.RoleID, version int64) (app.Role, error) {
	roles, err := t.roleMap()
	if err != nil {
		return app.Role{}, err
	}
	r, ok := roles[id]
	switch {
	case !ok:
		return app.Role{}, app.Errorf(app.NotFound, "There is no such role.").
			WithHint("Somebody may have removed it meanwhile.")
	case r.BuiltIn:
		return app.Role{}, app.Errorf(app.Denied, "The role %q is built in and stays as it is.", r.Name)
	case r.Version != version:
		return app.Role{}, app.Errorf(app.Conflict, "Somebody else changed the role %q meanwhile.", r.Name).
			WithHint("Look at the role again before you repeat it; nothing of yours was saved.")
	}
	return r, nil
}

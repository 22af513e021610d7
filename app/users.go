package app

import (
	"context"
	"strings"
	"time"
	"unicode"
)

// Users returns one page of users.
func (c *Console) Users(ctx context.Context, q Query) (page Page, err error) {
	operator, refusal, err := c.whilePermitted(ctx, SeeUsers, func(ctx context.Context) (err error) {
		page, err = c.store.Users(ctx, q)
		return err
	})
	if refusal != nil {
		return Page{}, c.refuse(ctx, operator, c.event(DoSeeUsers, operator, User{}), refusal)
	}
	return page, err
}

// Counts returns the numbers of the filter chips. They and the roles are read
// along with users, so that their refusal is no event of its own.
func (c *Console) Counts(ctx context.Context) (counts Counts, err error) {
	_, refusal, err := c.whilePermitted(ctx, SeeUsers, func(ctx context.Context) (err error) {
		counts, err = c.store.Counts(ctx)
		return err
	})
	if refusal != nil {
		return Counts{}, refusal
	}
	return counts, err
}

// User returns one user.
func (c *Console) User(ctx context.Context, id UserID) (u User, err error) {
	operator, refusal, err := c.whilePermitted(ctx, SeeUsers, func(ctx context.Context) (err error) {
		u, err = c.store.User(ctx, id)
		return err
	})
	if refusal != nil {
		if operator.ID != "" && (err != nil || u.ID == "") {
			u, _ = c.store.User(ctx, id) // for the event's words only
		}
		return User{}, c.refuse(ctx, operator, c.event(DoSeeUsers, operator, u), refusal)
	}
	return u, err
}

// FindUser returns the user of a username.
func (c *Console) FindUser(ctx context.Context, username string) (u User, err error) {
	operator, refusal, err := c.whilePermitted(ctx, SeeUsers, func(ctx context.Context) (err error) {
		u, err = c.store.FindUser(ctx, username)
		return err
	})
	if refusal != nil {
		return User{}, c.refuse(ctx, operator, c.event(DoSeeUsers, operator, User{}), refusal)
	}
	return u, err
}

// Roles returns all roles.
func (c *Console) Roles(ctx context.Context) (roles []Role, err error) {
	_, refusal, err := c.whilePermitted(ctx, SeeUsers, func(ctx context.Context) (err error) {
		roles, err = c.store.Roles(ctx)
		return err
	})
	if refusal != nil {
		return nil, refusal
	}
	return roles, err
}

// AddUser adds a user. A password or a role with permissions makes an
// operator, which needs EditOperators as well.
func (c *Console) AddUser(ctx context.Context, g *Grant, n NewUser) (User, error) {
	operator, err := c.operator(ctx, EditUsers)
	e := c.event(DoAddUser, operator, User{})
	e.Target = cleanReason(n.Username)
	if err == nil {
		err = c.mayAppoint(ctx, operator, n.Role, !n.Password.Empty())
	}
	if err == nil {
		err = c.spend(g, Deed{Action: DoAddUser}, &e)
	}
	if err != nil {
		return User{}, c.refuse(ctx, operator, e, err)
	}
	if err := n.check(); err != nil {
		return User{}, err
	}
	if err := c.store.Able(AbleEditUsers); err != nil {
		return User{}, err
	}
	u, err := c.store.AddUser(ctx, n, e)
	return u, c.answered(ctx, operator, e, err)
}

// SaveUser saves the account fields of a user. Changing an operator, or what
// a role permits, needs EditOperators as well.
func (c *Console) SaveUser(ctx context.Context, g *Grant, ch UserChange) (User, error) {
	e := c.event(DoSaveUser, User{}, User{})
	operator, target, err := c.target(ctx, EditUsers, ch.ID, e)
	if err != nil {
		return User{}, err
	}
	e = c.event(DoSaveUser, operator, target)
	if target.Operator {
		err = permits(operator, EditOperators)
	}
	if err == nil && ch.Role != target.Role.ID {
		err = c.mayAppoint(ctx, operator, ch.Role, len(target.Role.Permissions) > 0)
	}
	if err == nil && operator.ID == target.ID && !ch.Active {
		err = Errorf(Denied, "You cannot switch off the account that you are signed in with.")
	}
	if err == nil {
		err = c.spend(g, Deed{Action: DoSaveUser, Target: ch.ID}, &e)
	}
	if err != nil {
		return User{}, c.refuse(ctx, operator, e, err)
	}
	n := NewUser{Username: ch.Username, Email: ch.Email, FirstName: ch.FirstName, LastName: ch.LastName}
	if err := n.check(); err != nil {
		return User{}, err
	}
	ch.Username, ch.Email, ch.FirstName, ch.LastName = n.Username, n.Email, n.FirstName, n.LastName
	if err := c.store.Able(AbleEditUsers); err != nil {
		return User{}, err
	}
	e.Details = append(e.Details, changes(target, ch)...)
	u, err := c.store.SaveUser(ctx, ch, e)
	return u, c.answered(ctx, operator, e, err)
}

// changes lists what a save changes, for the audit.
func changes(u User, ch UserChange) []Detail {
	var d []Detail
	for _, f := range []struct{ name, from, to string }{
		{"username", u.Username, ch.Username},
		{"email", u.Email, ch.Email},
		{"first name", u.FirstName, ch.FirstName},
		{"last name", u.LastName, ch.LastName},
		{"role", string(u.Role.ID), string(ch.Role)},
		{"active", yesNo(u.Active), yesNo(ch.Active)},
	} {
		if f.from != f.to {
			d = append(d, Detail{f.name, f.from + " → " + f.to})
		}
	}
	return d
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// mayAppoint returns nil if the operator may give a role to somebody. Giving
// or taking permissions needs EditOperators.
func (c *Console) mayAppoint(ctx context.Context, operator User, id RoleID, touchesOperator bool) error {
	if id != "" {
		r, err := c.role(ctx, id)
		if err != nil {
			return err
		}
		touchesOperator = touchesOperator || len(r.Permissions) > 0
	}
	if touchesOperator {
		return permits(operator, EditOperators)
	}
	return nil
}

func (c *Console) role(ctx context.Context, id RoleID) (Role, error) {
	roles, err := c.store.Roles(ctx)
	if err != nil {
		return Role{}, err
	}
	for _, r := range roles {
		if r.ID == id {
			return r, nil
		}
	}
	return Role{}, Errorf(NotFound, "There is no such role any more.").WithHint("Choose another one.")
}

// RemoveUser forgets a user with all factors.
func (c *Console) RemoveUser(ctx context.Context, g *Grant, id UserID, version int64, reason string) error {
	operator, target, err := c.target(ctx, EditUsers, id, c.event(DoRemoveUser, User{}, User{}))
	if err != nil {
		return err
	}
	e := c.event(DoRemoveUser, operator, target)
	e.Reason = cleanReason(reason)
	if target.Operator {
		err = permits(operator, EditOperators)
	}
	if err == nil && operator.ID == target.ID {
		err = Errorf(Denied, "You cannot remove the account that you are signed in with.")
	}
	if err == nil {
		err = c.spend(g, Deed{Action: DoRemoveUser, Target: id}, &e)
	}
	if err != nil {
		return c.refuse(ctx, operator, e, err)
	}
	if err := c.store.Able(AbleEditUsers); err != nil {
		return err
	}
	return c.answered(ctx, operator, e, c.store.RemoveUser(ctx, id, version, e))
}

// SetPassword gives a user a new password. One's own needs only the grant; any
// other needs EditOperators and makes that user an operator. It ends what is
// open with the old password at any other console, but not the session here.
func (c *Console) SetPassword(ctx context.Context, g *Grant, id UserID, password Secret) error {
	operator, err := c.signedIn(ctx)
	if err != nil {
		return c.refuse(ctx, operator, c.event(DoSetPassword, operator, User{}), err)
	}
	target, err := c.store.User(ctx, id)
	if err != nil {
		return err
	}
	e := c.event(DoSetPassword, operator, target)
	if operator.ID != id {
		err = permits(operator, EditOperators)
	}
	if err == nil {
		err = c.spend(g, Deed{Action: DoSetPassword, Target: id}, &e)
	}
	if err != nil {
		return c.refuse(ctx, operator, e, err)
	}
	if err := CheckPassword(password); err != nil {
		return err
	}
	if err := c.store.Able(AbleEditUsers); err != nil {
		return err
	}
	if operator.ID != id {
		return c.answered(ctx, operator, e, c.store.SetPassword(ctx, id, password, e))
	}
	return c.answered(ctx, operator, e, c.setOwnPassword(ctx, id, password, e))
}

// setOwnPassword lets the session of this console go on with the new password.
func (c *Console) setOwnPassword(ctx context.Context, id UserID, password Secret, e Event) error {
	c.mu.Lock()
	s := c.session
	if s == nil || s.user.ID != id {
		c.mu.Unlock()
		return errNobody()
	}
	s.setting = true
	c.mu.Unlock()
	err := c.store.SetPassword(ctx, id, password, e)
	since := time.Time{}
	if err == nil {
		// The password is set. Where this fails the operator signs in again.
		if u, uerr := c.store.User(ctx, id); uerr == nil {
			since = u.PasswordSince
		}
	}
	c.mu.Lock()
	s.setting = false
	if since.After(s.user.PasswordSince) {
		s.user.PasswordSince = since
	}
	c.mu.Unlock()
	return err
}

// SaveRole adds a custom role (empty ID) or changes one.
func (c *Console) SaveRole(ctx context.Context, g *Grant, r Role) (Role, error) {
	operator, err := c.operator(ctx, EditOperators)
	e := c.event(DoSaveRole, operator, User{})
	e.Details = []Detail{{"role", cleanReason(r.Name)}, {"permissions", joinPermissions(r.Permissions)}}
	if err == nil && r.ID != "" {
		var old Role
		if old, err = c.role(ctx, r.ID); err == nil && old.BuiltIn {
			err = Errorf(Denied, "%s is built in and stays as it is.", old.Name).WithHint("Make a role of your own.")
		}
	}
	if err == nil {
		err = c.spend(g, Deed{Action: DoSaveRole}, &e)
	}
	if err != nil {
		return Role{}, c.refuse(ctx, operator, e, err)
	}
	if err := r.check(); err != nil {
		return Role{}, err
	}
	if err := c.store.Able(AbleRoles); err != nil {
		return Role{}, err
	}
	saved, err := c.store.SaveRole(ctx, r, e)
	return saved, c.answered(ctx, operator, e, err)
}

// RemoveRole forgets a custom role that nobody has.
func (c *Console) RemoveRole(ctx context.Context, g *Grant, id RoleID, version int64) error {
	operator, err := c.operator(ctx, EditOperators)
	e := c.event(DoRemoveRole, operator, User{})
	var old Role
	if err == nil {
		old, err = c.role(ctx, id)
		e.Details = []Detail{{"role", old.Name}}
	}
	if err == nil && old.BuiltIn {
		err = Errorf(Denied, "%s is built in and stays.", old.Name)
	}
	if err == nil {
		err = c.spend(g, Deed{Action: DoRemoveRole}, &e)
	}
	if err != nil {
		return c.refuse(ctx, operator, e, err)
	}
	if err := c.store.Able(AbleRoles); err != nil {
		return err
	}
	return c.answered(ctx, operator, e, c.store.RemoveRole(ctx, id, version, e))
}

func joinPermissions(ps []Permission) string {
	words := make([]string, len(ps))
	for i, p := range ps {
		words[i] = string(p)
	}
	return strings.Join(words, " ")
}

// cleanReason makes the operator's words fit one line of the audit, and
// harmless on a terminal.
func cleanReason(s string) string {
	s = strings.Map(func(r rune) rune {
		if disorders(r) && !unicode.IsSpace(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 200 {
		s = string(r[:200])
	}
	return s
}

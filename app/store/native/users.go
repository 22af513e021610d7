package native

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
	"time"

	"github.com/factordesk/factordesk/app"
)

// userColumns are those that readUser reads, of a users u; numUser is how many.
const userColumns = "u.id, u.username, u.email, u.first_name, u.last_name, u.role_id, u.active, u.operator, " +
	"u.must_enroll, u.created, u.last_sign_in, u.failures, u.locked_until, u.version, " +
	"CASE WHEN u.operator THEN (SELECT o.password_since FROM operators o WHERE o.user_id = u.id) END, " +
	"CASE WHEN u.operator THEN (SELECT o.ended FROM operators o WHERE o.user_id = u.id) END"

const numUser = 16

// roleAt is where the ID of the role stands among userColumns.
const roleAt = 5

// readUser reads userColumns from the beginning of a row.
func readUser(c *cells, roles map[app.RoleID]app.Role) app.User {
	return app.User{
		ID: userID(c.number(0)), Username: c.text(1), Email: c.text(2), FirstName: c.text(3), LastName: c.text(4),
		Role: roles[app.RoleID(c.text(roleAt))], Active: c.flag(6), Operator: c.flag(7), MustEnroll: c.flag(8),
		Created: fromMicro(c.number(9)), LastSignIn: fromMicro(c.number(10)), Failures: int(c.number(11)),
		LockedUntil: fromMicro(c.number(12)), Version: c.number(13), PasswordSince: fromMicro(c.number(14)),
		SessionsEnded: fromMicro(c.number(15)),
	}
}

func userID(n int64) app.UserID { return app.UserID(strconv.FormatInt(n, 10)) }

// number reads a user's ID; what is no number is nobody's.
func number(id app.UserID) (int64, bool) {
	n, err := strconv.ParseInt(string(id), 10, 64)
	return n, err == nil && userID(n) == id
}

// keyed is a user's text columns with those that they are compared by.
type keyed struct {
	username, email, first, last string
}

func (k keyed) name() string {
	return app.User{Username: k.username, FirstName: k.first, LastName: k.last}.Name()
}

func (k keyed) usernameKey() string { return app.FoldUsername(k.username) }
func (k keyed) emailKey() string    { return strings.ToLower(k.email) }
func (k keyed) nameKey() string     { return strings.ToLower(k.name()) }

// search is the text that a search looks at.
func (k keyed) search() string {
	return strings.ToLower(k.first + " " + k.last + "\n" + k.username + "\n" + k.email)
}

// User returns one user with factors, or NotFound.
func (s *Store) User(ctx context.Context, id app.UserID) (app.User, error) {
	n, ok := number(id)
	if !ok {
		return app.User{}, errNoUser()
	}
	users, err := s.list(ctx, "SELECT "+s.listColumns()+" FROM users u LEFT JOIN factors f ON f.user_id = u.id "+
		"WHERE u.id = $1", n)
	if err != nil {
		return app.User{}, explain("read user", err)
	}
	if len(users) == 0 {
		return app.User{}, errNoUser()
	}
	return users[0], nil
}

const findFrom = " FROM users u LEFT JOIN factors f ON f.user_id = u.id WHERE u.username_key = $1"

// FindUser returns the user of a username, letter case ignored, or NotFound.
func (s *Store) FindUser(ctx context.Context, username string) (app.User, error) {
	if !s.dialect.keeps(username) {
		return app.User{}, errNoUsername(username)
	}
	users, err := s.list(ctx, "SELECT "+s.listColumns()+findFrom, app.FoldUsername(username))
	if err != nil {
		return app.User{}, explain("find user", err)
	}
	if len(users) == 0 {
		return app.User{}, errNoUsername(username)
	}
	return users[0], nil
}

func errNoUsername(username string) *app.Error {
	return app.Errorf(app.NotFound, "There is no user %q.", username)
}

// mustNumber is number for an ID that was read from the store.
func mustNumber(id app.UserID) int64 {
	n, _ := number(id)
	return n
}

// AddUser returns the new user; Conflict when the username is taken.
func (s *Store) AddUser(ctx context.Context, n app.NewUser, e app.Event) (app.User, error) {
	var operator *operatorRow
	if !n.Password.Empty() {
		o, err := s.newPassword(ctx, n.Password)
		if err != nil {
			return app.User{}, explain("add user", err)
		}
		operator = &o
	}
	var u app.User
	err := s.change(ctx, "add user", hold{}, func(t *tx) (err error) {
		if err := t.checkRole(n.Role); err != nil {
			return err
		}
		if u, err = t.insertUser(n); err != nil {
			return err
		}
		if operator != nil {
			if err := t.putOperator(u, *operator); err != nil {
				return err
			}
		}
		e.TargetID, e.Target = u.ID, u.Username
		if u, err = t.result(u.ID); err != nil {
			return err
		}
		return t.done(e)
	})
	if err != nil {
		return app.User{}, err
	}
	return u, nil
}

// result is a user as a deed leaves it. It is read before the deed is done: a
// connection that ends afterwards must not make it look as if it were not.
func (t *tx) result(id app.UserID) (app.User, error) {
	p, err := t.tried(t.person(id))
	if err != nil {
		return app.User{}, err
	}
	return p.user, nil
}

const insertUser = `INSERT INTO users (username, username_key, email, email_key, first_name, last_name, name_key,
	role_id, role_key, active, created, search) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`

// insertUser adds a user without a password.
func (t *tx) insertUser(n app.NewUser) (app.User, error) {
	roles, err := t.roleMap()
	if err != nil {
		return app.User{}, err
	}
	k := keyed{n.Username, n.Email, n.FirstName, n.LastName}
	created := t.s.now().UTC().Truncate(time.Microsecond)
	id, err := t.insert(insertUser,
		k.username, k.usernameKey(), k.email, k.emailKey(), k.first, k.last, k.nameKey(),
		nullText(string(n.Role)), strings.ToLower(roles[n.Role].Name), n.Active, micro(created), k.search())
	if faultOf(err) == taken {
		return app.User{}, errTaken(n.Username)
	}
	if err == nil {
		err = t.w.link.addSearch(t.ctx, id, k.search())
	}
	if err != nil {
		return app.User{}, err
	}
	t.counts.count(n.Active, flags{none: true}, 1)
	return app.User{
		ID: userID(id), Username: n.Username, Email: n.Email, FirstName: n.FirstName, LastName: n.LastName,
		Role: roles[n.Role], Active: n.Active, Created: created, Version: 1,
	}, nil
}

// SaveUser returns the user as saved; see app.Directory for its refusals.
func (s *Store) SaveUser(ctx context.Context, c app.UserChange, e app.Event) (app.User, error) {
	var saved app.User
	err := s.change(ctx, "save user", holdUser(c.ID), func(t *tx) error {
		p, err := t.personAt(c.ID, c.Version)
		if err != nil {
			return err
		}
		if err := t.checkRole(c.Role); err != nil {
			return err
		}
		if err := t.updateUser(p.user, c); err != nil {
			return err
		}
		if saved, err = t.result(c.ID); err != nil {
			return err
		}
		return t.done(e)
	})
	if err != nil {
		return app.User{}, err
	}
	return saved, nil
}

// updateUser changes the account fields of u, with all that follows from them:
// the last Administrator stays, sessions of who is off end, and who gets or
// loses a role that opens secrets gets or loses the slot.
func (t *tx) updateUser(u app.User, c app.UserChange) error {
	err := t.updateAccount(u, c)
	if err == nil && app.FoldUsername(u.Username) != app.FoldUsername(c.Username) {
		err = t.w.link.flush(t.ctx)
	}
	if faultOf(err) == taken {
		return errTaken(c.Username)
	}
	if err != nil || !u.Operator {
		return err
	}
	if err := t.keepAdministrator(u); err != nil {
		return err
	}
	roles, err := t.roleMap()
	if err != nil {
		return err
	}
	if !c.Active || u.Role.Exceeds(roles[c.Role]) {
		if err := t.endDesks(u.ID); err != nil {
			return err
		}
	}
	return t.syncSlot(u.ID)
}

// updateAccount writes the columns that differ: each one that is written costs
// its indexes, whether or not its value is another.
func (t *tx) updateAccount(u app.User, c app.UserChange) error {
	roles, err := t.roleMap()
	if err != nil {
		return err
	}
	set := assignments{}
	was, is := keyed{u.Username, u.Email, u.FirstName, u.LastName}, keyed{c.Username, c.Email, c.FirstName, c.LastName}
	set.text("username", was.username, is.username)
	set.text("username_key", was.usernameKey(), is.usernameKey())
	set.text("email", was.email, is.email)
	set.text("email_key", was.emailKey(), is.emailKey())
	set.text("first_name", was.first, is.first)
	set.text("last_name", was.last, is.last)
	set.text("name_key", was.nameKey(), is.nameKey())
	set.text("search", was.search(), is.search())
	if u.Role.ID != c.Role {
		set.add("role_id", nullText(string(c.Role)))
		set.text("role_key", strings.ToLower(u.Role.Name), strings.ToLower(roles[c.Role].Name))
	}
	if u.Active != c.Active {
		set.add("active", c.Active)
		t.counts.inactive += number01(u.Active) - number01(c.Active)
	}
	if err := t.update(u.ID, set); err != nil || was.search() == is.search() {
		return err
	}
	if err := t.w.link.removeSearch(t.ctx, mustNumber(u.ID), was.search()); err != nil {
		return err
	}
	return t.w.link.addSearch(t.ctx, mustNumber(u.ID), is.search())
}

// RemoveUser forgets a user with all factors.
func (s *Store) RemoveUser(ctx context.Context, id app.UserID, version int64, e app.Event) error {
	return s.change(ctx, "remove user", holdUser(id), func(t *tx) error {
		p, err := t.person(id)
		if err != nil {
			return err
		}
		u := p.user
		if u.Version != version {
			return errChanged(u)
		}
		if err := t.put("DELETE FROM users WHERE id = $1", p.id); err != nil {
			return err
		}
		if err := t.w.link.removeSearch(t.ctx, p.id, keyed{u.Username, u.Email, u.FirstName, u.LastName}.search()); err != nil {
			return err
		}
		t.counts.count(u.Active, p.flags, -1)
		if err := t.keepAdministrator(u); err != nil {
			return err
		}
		return t.done(e)
	})
}

// keepAdministrator fails if u was an active Administrator before this
// transaction and no one is left now.
func (t *tx) keepAdministrator(before app.User) error {
	if !before.Operator || !before.Active || !before.Role.Administers() {
		return nil
	}
	if err := t.w.link.guard(t.ctx); err != nil {
		return err
	}
	if left, err := t.anyAdministrator(); err != nil || left {
		return err
	}
	return errLastAdministrator(before)
}

// anyAdministrator reports whether somebody can sign in and rule the store.
func (t *tx) anyAdministrator() (bool, error) {
	var there bool
	err := t.row("SELECT EXISTS (SELECT 1 FROM users u JOIN roles r ON r.id = u.role_id "+
		"WHERE u.operator AND u.active AND r.administers)", nil, &there)
	return there, err
}

func nullText(s string) sql.NullString { return sql.NullString{String: s, Valid: s != ""} }

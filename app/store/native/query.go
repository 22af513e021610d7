package native

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/factordesk/factordesk/app"
)

// sortKeys are the columns behind app.Column. Each has an index, and one for
// each filter.
var sortKeys = map[app.Column]string{
	app.ByName: "u.name_key", app.ByUsername: "u.username_key", app.ByEmail: "u.email_key",
	app.ByRole: "u.role_key", app.ByLastSignIn: "u.last_sign_in",
}

// filters are the conditions behind app.Filter, in the words of the partial
// indexes.
var filters = map[app.Filter]string{
	app.NoTwoFactor: "u.no_factor", app.WithPending: "u.has_pending", app.WithActive: "u.has_active",
	app.WithUnreadable: "u.has_unreadable", app.Inactive: "NOT u.active", app.WithLock: "u.locked_until > 0",
}

// mark is a place in a sorted list; a Cursor is its JSON in base64. Exactly
// one of the keys is set, as the column is text or a time.
type mark struct {
	Text *string `json:"t,omitempty"`
	Time *int64  `json:"n,omitempty"`
	ID   int64   `json:"i"`
}

func (m mark) key() any {
	if m.Time != nil {
		return *m.Time
	}
	return *m.Text
}

func cursorAt(u app.User, c app.Column) app.Cursor {
	k := keyed{u.Username, u.Email, u.FirstName, u.LastName}
	m := mark{ID: mustNumber(u.ID)}
	var text string
	switch c {
	case app.ByLastSignIn:
		n := micro(u.LastSignIn)
		m.Time = &n
	case app.ByUsername:
		text = k.usernameKey()
	case app.ByEmail:
		text = k.emailKey()
	case app.ByRole:
		text = strings.ToLower(u.Role.Name)
	default:
		text = k.nameKey()
	}
	if m.Time == nil {
		m.Text = &text
	}
	b, err := json.Marshal(m)
	if err != nil {
		panic(err) // text and numbers always encode
	}
	return app.Cursor(base64.RawURLEncoding.EncodeToString(b))
}

func readCursor(c app.Cursor, column app.Column) (m mark, err error) {
	b, err := base64.RawURLEncoding.DecodeString(string(c))
	if err == nil {
		err = json.Unmarshal(b, &m)
	}
	if err != nil || (m.Time != nil) != (column == app.ByLastSignIn) || (m.Text != nil) == (m.Time != nil) {
		return m, app.Errorf(app.Invalid, "This place in the list is not known.").
			WithHint("Go to the first page.").Because(err)
	}
	return m, nil
}

// list is the SQL of one page on its way together.
type list struct {
	with  string // what goes before the statement; empty: nothing
	from  string // what to select from; it has users u
	key   string // the column that sorts
	where []string
	args  []any
	near  []string // conditions that are asked of the next walkFirst users only; nil: of all
}

// arg adds a value and returns its placeholder.
func (l *list) arg(v any) string {
	l.args = append(l.args, v)
	return "$" + strconv.Itoa(len(l.args))
}

// listColumns are what list reads. The sealed secrets come only where a key is
// open to try them.
func (s *Store) listColumns() string {
	if keys, _ := s.openKeys(); keys != nil {
		return userColumns + ", " + factorColumns + ", f.sealed"
	}
	return userColumns + ", " + factorColumns + ", NULL"
}

// list runs an SQL text that selects listColumns of users and their factors,
// the factors of a user one after the other.
func (s *Store) list(ctx context.Context, text string, args ...any) ([]app.User, error) {
	var version int64
	l := listing{about: 1}
	err := s.askLists(ctx, &l, askOne(rolesVersion, nil, &version), s.askList(&l, true, text, args...))
	if err != nil {
		return nil, err
	}
	return s.withRoles(ctx, version, l)
}

// listing is users on their way out of the store. All factors lie in one array:
// a list is read often, and what it allocates is what it costs.
type listing struct {
	about int // how many users there may be
	users []app.User
	roles []app.RoleID // of each user

	strange bool // some factor was sealed with keys that this console does not know
}

// askLists asks what fills a listing, with what else is asked. Where a factor was
// sealed with keys that this console does not know, they may have been rotated
// meanwhile, and all of it is read again with those of now.
func (s *Store) askLists(ctx context.Context, l *listing, asks ...question) error {
	err := s.read.ask(ctx, asks...)
	if err != nil || !l.strange {
		return err
	}
	moved, err := s.refresh(ctx)
	if moved && err == nil {
		err = s.read.ask(ctx, asks...)
	}
	return err
}

// askList is the question for an SQL text that selects listColumns. The roles
// are still missing in the answer: which ones there are may be asked together
// with it.
func (s *Store) askList(l *listing, often bool, text string, args ...any) question {
	return question{text: text, args: args, often: often, read: func(a answer) error { return s.readList(a, l) }}
}

func (s *Store) readList(a answer, l *listing) error {
	known := s.generation()
	strange := false
	keys, _ := s.openKeys()
	c := newCells(numUser + numFactor + 1)
	users := make([]app.User, 0, min(l.about, 500))
	roles := make([]app.RoleID, 0, cap(users))
	factors := make([]app.Factor, 0, min(2*l.about, 1000))
	ends := make([]int, 0, cap(users)) // of each user's factors
	var last int64
	for a.Next() {
		if err := c.scan(a); err != nil {
			return err
		}
		if id := c.number(0); len(users) == 0 || id != last {
			users, ends, last = append(users, readUser(c, nil)), append(ends, len(factors)), id
			roles = append(roles, app.RoleID(c.text(roleAt)))
		}
		if f, ok := readFactor(c, numUser); ok {
			f.sealed = c.bytes(numUser + numFactor)
			strange = strange || !known.knows(f.keyID)
			s.judge(keys, users[len(users)-1].ID, &f)
			factors = append(factors, f.Factor)
			ends[len(ends)-1] = len(factors)
		}
	}
	if err := errors.Join(c.err(), a.Err()); err != nil {
		return err
	}
	begin := 0
	for i, end := range ends {
		if end > begin {
			users[i].Factors = slices.Clip(factors[begin:end])
			slices.SortFunc(users[i].Factors, func(a, b app.Factor) int {
				return strings.Compare(string(a.Provider), string(b.Provider))
			})
		}
		begin = end
	}
	l.users, l.roles, l.strange = users, roles, strange
	return nil
}

// withRoles returns the users with their roles, which are at a version.
func (s *Store) withRoles(ctx context.Context, version int64, l listing) ([]app.User, error) {
	roles, err := s.rolesAt(ctx, s.read, version)
	if err != nil {
		return nil, err
	}
	for i := range l.users {
		l.users[i].Role = roles[l.roles[i]]
	}
	return l.users, nil
}

// Users returns one page.
func (s *Store) Users(ctx context.Context, q app.Query) (app.Page, error) {
	if q.Limit <= 0 {
		q.Limit = 25
	}
	if q.Sort == "" {
		q.Sort = app.ByName
	}
	if sortKeys[q.Sort] == "" {
		return app.Page{}, app.Errorf(app.Invalid, "There is no column %q to sort by.", string(q.Sort))
	}
	if q.Filter != app.All && filters[q.Filter] == "" {
		return app.Page{}, app.Errorf(app.Invalid, "There is no filter %q.", string(q.Filter))
	}
	p, err := s.page(ctx, q)
	return p, explain("list users", err)
}

func (s *Store) page(ctx context.Context, q app.Query) (app.Page, error) {
	if q.Search != "" {
		return s.search(ctx, q)
	}
	var n numbers
	var l listing
	ask, backwards, err := s.pick(&list{from: "users u"}, &l, q, true)
	if err != nil {
		return app.Page{}, err
	}
	if err := s.count(ctx, &l, &n, q.Filter == app.WithLock, ask); err != nil {
		return app.Page{}, err
	}
	users, err := s.withRoles(ctx, n.rolesVersion, l)
	if err != nil {
		return app.Page{}, err
	}
	return pageOf(users, numberOf(n.Counts, q.Filter), q, backwards), nil
}

// pick is the question for the users of one page of what c selects from, and the
// one after them.
func (s *Store) pick(c *list, l *listing, q app.Query, often bool) (ask question, backwards bool, err error) {
	c.key = sortKeys[q.Sort]
	c.filter(q.Filter, micro(s.now()))
	if backwards, err = c.start(q); err != nil {
		return question{}, false, err
	}
	l.about = q.Limit + 1
	// How far an offset leads decides how its page is best found.
	return s.askList(l, often && q.Offset == 0, c.sql(s, q, backwards), c.args...), backwards, nil
}

// filter adds the condition of a filter.
func (l *list) filter(f app.Filter, now int64) {
	if f == app.All {
		return
	}
	l.where = append(l.where, filters[f])
	if f == app.WithLock {
		l.where = append(l.where, "u.locked_until > "+l.arg(now))
	}
}

// start adds the condition of a cursor. A page before a cursor is read
// backwards.
func (l *list) start(q app.Query) (backwards bool, err error) {
	c := q.After
	if c == "" {
		c, backwards = q.Before, q.Before != ""
	}
	if c == "" {
		return false, nil
	}
	m, err := readCursor(c, q.Sort)
	if err != nil {
		return false, err
	}
	comparison := ">"
	if backwards != q.Descending {
		comparison = "<"
	}
	l.where = append(l.where, "("+l.key+", u.id) "+comparison+" ("+l.arg(m.key())+", "+l.arg(m.ID)+")")
	return backwards, nil
}

// sql puts the statement together: one more user than the page has tells if
// there is another page.
func (l *list) sql(s *Store, q app.Query, backwards bool) string {
	direction := ""
	if backwards != q.Descending {
		direction = " DESC"
	}
	order := " ORDER BY " + l.key + direction + ", u.id" + direction
	inner := "SELECT u.* FROM " + l.from
	if len(l.where) > 0 {
		inner += " WHERE " + strings.Join(l.where, " AND ")
	}
	if l.near != nil {
		inner = "SELECT u.* FROM (" + inner + order + " LIMIT " + strconv.Itoa(walkFirst) + ") u WHERE " + strings.Join(l.near, " AND ")
	}
	// A plan that is kept should know how few are wanted.
	limit := strconv.Itoa(q.Limit + 1)
	if s.read.prepares {
		limit = l.arg(q.Limit + 1)
	}
	inner += order + " LIMIT " + limit
	if q.Offset > 0 && q.After == "" && q.Before == "" {
		inner += " OFFSET " + l.arg(q.Offset)
	}
	return l.with + "SELECT " + s.listColumns() + " FROM (" + inner + ") u LEFT JOIN factors f ON f.user_id = u.id" + order
}

// pageOf cuts the one user too many off and marks where the page lies.
func pageOf(users []app.User, total int, q app.Query, backwards bool) app.Page {
	more := len(users) > q.Limit
	if more {
		users = users[:q.Limit]
	}
	if backwards {
		slices.Reverse(users)
	}
	p := app.Page{Users: users, Total: total}
	if len(users) == 0 {
		return p
	}
	first, last := cursorAt(users[0], q.Sort), cursorAt(users[len(users)-1], q.Sort)
	if more || backwards {
		p.Next = last
	}
	if (more && backwards) || (!backwards && (q.After != "" || q.Offset > 0)) {
		p.Previous = first
	}
	if backwards && !more {
		p.Previous = ""
	}
	return p
}

// Counts returns the numbers of the filter chips.
func (s *Store) Counts(ctx context.Context) (app.Counts, error) {
	var n numbers
	err := s.count(ctx, &listing{}, &n, true)
	return n.Counts, explain("count users", err)
}

// numbers are those that the store keeps of its users, and the version of the
// roles.
type numbers struct {
	app.Counts
	rolesVersion int64
	newest       int64 // event
}

const (
	countQuery = "SELECT users, no_factor, pending, active, inactive, unreadable, roles_version, " +
		"(SELECT COALESCE(max(seq), 0) FROM events) FROM store WHERE id = 1"
	rolesVersion = "SELECT roles_version FROM store WHERE id = 1"
)

// count reads the numbers, how many users are locked now, if that is asked for,
// and what else is asked, which may fill a listing.
func (s *Store) count(ctx context.Context, of *listing, n *numbers, locked bool, more ...question) error {
	asks := append([]question{askOne(countQuery, nil,
		&n.All, &n.NoTwoFactor, &n.Pending, &n.Active, &n.Inactive, &n.Unreadable, &n.rolesVersion, &n.newest)}, more...)
	now := micro(s.now())
	var l lockCount
	if locked && !s.read.prepares { // far away, where to ask costs more than to count
		asks = append(asks, l.ask(now))
	}
	if err := s.askLists(ctx, of, asks...); err != nil {
		return err
	}
	s.known.Store(int64(n.All))
	if !locked {
		return nil
	}
	var err error
	if n.Locked = l.users; s.read.prepares {
		n.Locked, err = s.countLocked(ctx, n.newest, now)
	}
	return err
}

// lockCount is a number of locked users that holds while no event is written
// and no lock-out ends.
type lockCount struct {
	users        int
	newest       int64 // event
	since, until int64 // microseconds
}

func (s *Store) countLocked(ctx context.Context, newest, now int64) (int, error) {
	s.mu.RLock()
	l := s.locked
	s.mu.RUnlock()
	if l.newest == newest && l.since <= now && now < l.until {
		return l.users, nil
	}
	l = lockCount{newest: newest, since: now}
	err := s.read.ask(ctx, l.ask(now))
	if err == nil {
		s.mu.Lock()
		s.locked = l
		s.mu.Unlock()
	}
	return l.users, err
}

// ask is the question who is locked at a time, and until when at least.
func (l *lockCount) ask(now int64) question {
	return askOne("SELECT count(*), COALESCE(min(locked_until), $2) FROM users WHERE locked_until > 0 AND locked_until > $1",
		[]any{now, int64(math.MaxInt64)}, &l.users, &l.until)
}

func numberOf(c app.Counts, f app.Filter) int {
	return map[app.Filter]int{
		app.All: c.All, app.NoTwoFactor: c.NoTwoFactor, app.WithPending: c.Pending, app.WithActive: c.Active,
		app.WithLock: c.Locked, app.Inactive: c.Inactive, app.WithUnreadable: c.Unreadable,
	}[f]
}

package magento

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/factordesk/factordesk/app"
)

// sortKey is the SQL of what a column sorts by, of users u and, for the role,
// of roles g.
type sortKey struct {
	sql     string
	indexed bool // it is a column with an index of its own
	moment  bool // it is a number of seconds, not a text
}

const fullName = "TRIM(CONCAT_WS(' ', u.firstname, u.lastname))"

var sortKeys = map[app.Column]sortKey{
	app.ByName:       {sql: "COALESCE(NULLIF(" + fullName + ", ''), u.username, '')"},
	app.ByUsername:   {sql: "u.username", indexed: true},
	app.ByEmail:      {sql: "IFNULL(u.email, '')"},
	app.ByRole:       {sql: "IFNULL(g.role_name, '')"},
	app.ByLastSignIn: {sql: "IFNULL(UNIX_TIMESTAMP(u.logdate), 0)", moment: true},
}

// filters are the conditions behind those filters that the database can be
// asked for. The others are about what only the keys tell; the index has them.
var filters = map[app.Filter]func(l *list, now time.Time){
	app.All: func(*list, time.Time) {},
	app.WithLock: func(l *list, now time.Time) {
		l.where("u.lock_expires > ?", now)
	},
	app.Inactive: func(l *list, now time.Time) {
		if l.expires {
			l.where("(u.is_active <> 1 OR EXISTS (SELECT 1 FROM {admin_user_expiration} x WHERE x.user_id = u.user_id AND x.expires_at <= ?))", now)
			return
		}
		l.where("u.is_active <> 1")
	},
	app.NoTwoFactor:    nil,
	app.WithPending:    nil,
	app.WithActive:     nil,
	app.WithUnreadable: nil,
}

// list is the SQL of one page on its way together.
type list struct {
	expires    bool // the shop's accounts may have an end
	key        sortKey
	byRole     bool
	conditions []string
	args       []any
}

func (l *list) where(condition string, args ...any) {
	l.conditions = append(l.conditions, condition)
	l.args = append(l.args, args...)
}

// from is what the list selects from.
func (l *list) from() string {
	text := "{admin_user} u"
	if l.byRole {
		const roles = "{authorization_role}"
		text += " LEFT JOIN (SELECT user_id, MIN(role_id) AS role_id FROM " + roles +
			" WHERE role_type = 'U' AND user_type = '2' GROUP BY user_id) f ON f.user_id = u.user_id" +
			" LEFT JOIN " + roles + " m ON m.role_id = f.role_id" +
			" LEFT JOIN " + roles + " g ON g.role_id = m.parent_id AND g.role_type = 'G'"
	}
	return text
}

func (l *list) chosen() string {
	if len(l.conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(l.conditions, " AND ")
}

// search adds the condition that a part occurs in name, username or email.
func (l *list) search(part string) {
	if part == "" {
		return
	}
	pattern := "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(part) + "%"
	like := func(text string) string { return text + " LIKE ?" }
	if strings.ContainsFunc(part, func(r rune) bool { return r > 0xFFFF }) {
		// Columns of three bytes a character are not compared with more of them.
		like = func(text string) string { return "CONVERT(" + text + " USING utf8mb4) LIKE ?" }
	}
	l.where("("+like(fullName)+" OR "+like("u.username")+" OR "+like("u.email")+")", pattern, pattern, pattern)
}

// among adds the condition that the user is one of the given, or with except
// none of them.
func (l *list) among(ids []int64, except bool) {
	if len(ids) == 0 {
		if !except {
			l.where("1 = 0")
		}
		return
	}
	var b strings.Builder
	b.WriteString("u.user_id ")
	if except {
		b.WriteString("NOT ")
	}
	b.WriteString("IN (")
	for i, id := range ids {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.FormatInt(id, 10))
	}
	b.WriteByte(')')
	l.where(b.String())
}

// mark is a place in a sorted list; a Cursor is its JSON in base64. A username
// may be NULL, which is neither text nor time.
type mark struct {
	Text *string `json:"t,omitempty"`
	Time *int64  `json:"n,omitempty"`
	ID   int64   `json:"i"`
}

func cursorAt(p placed, c app.Column) app.Cursor {
	m := mark{ID: p.id}
	switch {
	case sortKeys[c].moment:
		n, _ := strconv.ParseInt(p.key.String, 10, 64) // of a number that the database has made
		m.Time = &n
	case p.key.Valid:
		m.Text = &p.key.String
	}
	b, err := json.Marshal(m)
	if err != nil {
		panic(err) // text and numbers always encode
	}
	return app.Cursor(base64.RawURLEncoding.EncodeToString(b))
}

func readCursor(c app.Cursor, k sortKey) (m mark, err error) {
	b, err := base64.RawURLEncoding.DecodeString(string(c))
	if err == nil {
		err = json.Unmarshal(b, &m)
	}
	if err != nil || (m.Time != nil) != k.moment || (m.Text != nil) && k.moment || (m.Text == nil && m.Time == nil && !k.indexed) {
		return m, app.Errorf(app.Invalid, "This place in the list is not known.").
			WithHint("Go to the first page.").Because(err)
	}
	return m, nil
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
	m, err := readCursor(c, l.key)
	if err != nil {
		return false, err
	}
	comparison := ">"
	if backwards != q.Descending {
		comparison = "<"
	}
	key := l.key.sql
	switch {
	case m.Time != nil:
		l.where("("+key+" "+comparison+" ? OR ("+key+" = ? AND u.user_id "+comparison+" ?))", *m.Time, *m.Time, m.ID)
	case m.Text != nil:
		before := ""
		if comparison == "<" && l.key.indexed {
			before = " OR " + key + " IS NULL" // NULL comes first
		}
		l.where("("+key+" "+comparison+" ? OR ("+key+" = ? AND u.user_id "+comparison+" ?)"+before+")", *m.Text, *m.Text, m.ID)
	case comparison == ">":
		l.where("("+key+" IS NOT NULL OR u.user_id > ?)", m.ID)
	default:
		l.where("("+key+" IS NULL AND u.user_id < ?)", m.ID)
	}
	return backwards, nil
}

// sql selects the user_id and the key k of one more user than the page has,
// which tells if there is another page.
func (l *list) sql(q app.Query, backwards bool) string {
	direction := ""
	if backwards != q.Descending {
		direction = " DESC"
	}
	order := " ORDER BY k" + direction + ", u.user_id" + direction
	if l.key.indexed { // usernames are unique, and the index has no other order
		order = " ORDER BY " + l.key.sql + direction
	}
	text := "SELECT u.user_id, " + l.key.sql + " AS k FROM " + l.from() + l.chosen() + order + " LIMIT " + strconv.Itoa(q.Limit+1)
	if q.Offset > 0 && q.After == "" && q.Before == "" {
		text += " OFFSET " + strconv.Itoa(q.Offset)
	}
	return text
}

// Users returns one page.
func (s *Store) Users(ctx context.Context, q app.Query) (app.Page, error) {
	if q.Limit <= 0 {
		q.Limit = 25
	}
	if q.Sort == "" {
		q.Sort = app.ByName
	}
	if sortKeys[q.Sort].sql == "" {
		return app.Page{}, app.Errorf(app.Invalid, "There is no column %q to sort by.", string(q.Sort))
	}
	if _, ok := filters[q.Filter]; !ok {
		return app.Page{}, app.Errorf(app.Invalid, "There is no filter %q.", string(q.Filter))
	}
	p, err := s.page(ctx, q)
	return p, explain("list users", err)
}

func (s *Store) page(ctx context.Context, q app.Query) (app.Page, error) {
	l := &list{expires: s.shop.has(expiryTable), key: sortKeys[q.Sort], byRole: q.Sort == app.ByRole}
	if add := filters[q.Filter]; add != nil {
		add(l, s.now())
	} else {
		x, err := s.factorIndex(ctx)
		if err != nil {
			return app.Page{}, err
		}
		x.choose(l, q.Filter)
	}
	l.search(q.Search)
	total, err := s.total(ctx, l, q.Search != "")
	if err != nil {
		return app.Page{}, err
	}
	backwards, err := l.start(q)
	if err != nil {
		return app.Page{}, err
	}
	law, err := s.readLaw(ctx, s.base)
	if err != nil {
		return app.Page{}, err
	}
	places, err := s.places(ctx, l.sql(q, backwards), l.args)
	if err != nil {
		return app.Page{}, err
	}
	more := len(places) > q.Limit
	if more {
		places = places[:q.Limit]
	}
	if backwards {
		slices.Reverse(places)
	}
	users, err := s.users(ctx, law, places)
	if err != nil {
		return app.Page{}, err
	}
	p := app.Page{Users: users, Total: total}
	markPage(&p, places, q, backwards, more)
	return p, nil
}

// placed is a user's place in a list.
type placed struct {
	id  int64
	key sql.NullString
}

func (s *Store) places(ctx context.Context, text string, args []any) ([]placed, error) {
	rows, err := s.base.query(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []placed
	for rows.Next() {
		var p placed
		if err := rows.Scan(&p.id, &p.key); err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, rows.Err()
}

// users is known for those at some places, in their order. Who was removed
// meanwhile is left out.
func (s *Store) users(ctx context.Context, l *law, places []placed) ([]app.User, error) {
	if len(places) == 0 {
		return nil, nil
	}
	ids, names := make([]app.UserID, len(places)), make([]string, len(places))
	for i, p := range places {
		ids[i], names[i] = userID(p.id), strconv.FormatInt(p.id, 10)
	}
	found, err := s.accounts(ctx, s.base, "u.user_id IN ("+strings.Join(names, ",")+")")
	if err != nil {
		return nil, err
	}
	facts, err := s.book.Facts(ctx, ids...)
	if err != nil {
		return nil, err
	}
	users := make([]app.User, 0, len(places))
	for _, p := range places {
		a := found[p.id]
		if a == nil {
			continue
		}
		documents := s.documents(*a)
		u := s.user(l, *a, documents)
		if err := s.recall(&u, documents, facts[u.ID]); err != nil {
			return nil, err
		}
		users = append(users, u)
	}
	return users, nil
}

// total counts what a list chooses; with a search, up to the limit.
func (s *Store) total(ctx context.Context, l *list, search bool) (n int, err error) {
	text := "SELECT COUNT(*) FROM {admin_user} u" + l.chosen()
	if search {
		text = "SELECT COUNT(*) FROM (SELECT 1 FROM {admin_user} u" + l.chosen() +
			" LIMIT " + strconv.Itoa(app.CountLimit) + ") AS found"
	}
	err = s.base.row(ctx, text, l.args...).Scan(&n)
	return n, err
}

// markPage says where a page lies in its list.
func markPage(p *app.Page, places []placed, q app.Query, backwards, more bool) {
	if len(places) == 0 {
		return
	}
	if more || backwards {
		p.Next = cursorAt(places[len(places)-1], q.Sort)
	}
	if (more && backwards) || (!backwards && (q.After != "" || q.Offset > 0)) {
		p.Previous = cursorAt(places[0], q.Sort)
	}
}

package magento

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

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
var filters = map[app.Filter]func(l *list){
	app.All: func(*list) {},
	app.WithLock: func(l *list) {
		l.where("u.lock_expires > {now}")
	},
	app.Inactive: func(l *list) {
		if l.expires {
			l.where("(u.is_active <> 1 OR EXISTS (SELECT 1 FROM {admin_user_expiration} x WHERE x.user_id = u.user_id AND x.expires_at <= {now}))")
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
	only       *chosen // nil: all
	unique     bool    // no two of the users have the same key
	conditions []string
	args       []any
}

// where adds a condition. Lists that were copied before do not share it.
func (l *list) where(condition string, args ...any) {
	l.conditions = append(slices.Clip(l.conditions), condition)
	l.args = append(slices.Clip(l.args), args...)
}

// from is what the list selects from. Of several memberships the one with the
// lowest ID counts, as in Magento: it stands in the upper half of a number whose
// lower half is the role, so that one walk finds both.
func (l *list) from() string {
	text := "{admin_user} u"
	if l.byRole {
		text += " LEFT JOIN (SELECT user_id, MIN(role_id << 32 | parent_id) & 4294967295 AS role_id FROM {authorization_role}" +
			" WHERE role_type = 'U' AND user_type = '2' GROUP BY user_id) m ON m.user_id = u.user_id" +
			" LEFT JOIN {authorization_role} g ON g.role_id = m.role_id AND g.role_type = 'G'"
	}
	return text
}

func (l *list) condition() string {
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

// chosen are users whom the database cannot choose by itself: those of a sorted
// list, or all others.
type chosen struct {
	ids    []int64
	except bool
	all    int // users of the shop
}

func (c chosen) has(id int64) bool {
	_, found := slices.BinarySearch(c.ids, id)
	return found != c.except
}

func (c chosen) size() int {
	if c.except {
		return max(c.all-len(c.ids), 0)
	}
	return len(c.ids)
}

// among adds the condition that the user is one of the chosen.
func (l *list) among(c chosen) {
	switch {
	case len(c.ids) > 0 && c.except:
		l.where("u.user_id NOT IN (" + numbers(c.ids) + ")")
	case len(c.ids) > 0:
		l.where("u.user_id IN (" + numbers(c.ids) + ")")
	case !c.except:
		l.where("1 = 0")
	}
}

// mark is a place in a sorted list; a Cursor is its JSON in base64. A username
// may be NULL, which is neither text nor time.
type mark struct {
	Text *string `json:"t,omitempty"`
	Time *int64  `json:"n,omitempty"`
	ID   int64   `json:"i"`
}

func markOf(p placed, k sortKey) mark {
	m := mark{ID: p.id}
	switch {
	case k.moment:
		n := numberIn(p.key.String)
		m.Time = &n
	case p.key.Valid:
		m.Text = &p.key.String
	}
	return m
}

func cursorAt(p placed, k sortKey) app.Cursor {
	b, err := json.Marshal(markOf(p, k))
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
	l.after(m, backwards != q.Descending)
	return backwards, nil
}

// after adds the condition that a user comes after a place.
func (l *list) after(m mark, descending bool) {
	comparison := ">"
	if descending {
		comparison = "<"
	}
	key := l.key.sql
	switch {
	case m.Time != nil:
		l.where("("+key+", u.user_id) "+comparison+" (?, ?)", *m.Time, m.ID)
	case m.Text != nil && !l.key.indexed:
		l.where("("+key+", u.user_id) "+comparison+" (?, ?)", *m.Text, m.ID)
	case m.Text != nil: // spelled out, for the index
		l.unique = !descending // a username is, but for NULL, which comes first
		before := ""
		if descending {
			before = " OR " + key + " IS NULL" // NULL comes first
		}
		l.where("("+key+" "+comparison+" ? OR ("+key+" = ? AND u.user_id "+comparison+" ?)"+before+")", *m.Text, *m.Text, m.ID)
	case descending:
		l.where("("+key+" IS NULL AND u.user_id < ?)", m.ID)
	default:
		l.where("("+key+" IS NOT NULL OR u.user_id > ?)", m.ID)
	}
}

// sql selects the user_id and the key k of some users, from an offset on.
func (l *list) sql(descending bool, limit, offset int) string {
	direction := ""
	if descending {
		direction = " DESC"
	}
	order := " ORDER BY k" + direction + ", u.user_id" + direction
	if l.unique { // the index has no other order
		order = " ORDER BY " + l.key.sql
	}
	text := "SELECT u.user_id, " + l.key.sql + " AS k FROM " + l.from() + l.condition() + order + " LIMIT " + strconv.Itoa(limit)
	if offset > 0 {
		text += " OFFSET " + strconv.Itoa(offset)
	}
	return text
}

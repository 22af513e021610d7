package magento

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"hash"
	"slices"
	"strconv"
	"time"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/magento/crypt"
)

// account is one administrator of the shop as its tables have it.
type account struct {
	id       int64
	user     app.User // what needs no law: without role, factors and version
	password string   // the hash
	tally    tally
	expires  time.Time // zero: never
	at       time.Time // the database's time when this was read
	rows     []row     // of tfa_user_config, the one that Magento reads first
}

// row is a row of tfa_user_config.
type row struct {
	id   int64
	text string // encoded_config; empty where it is NULL, or too long to be read
	null bool
	long int // its length, where it is too long to be read
}

// numberOf reads a user's ID; what is no number is nobody's.
func numberOf(id app.UserID) (int64, bool) {
	n, err := strconv.ParseInt(string(id), 10, 64)
	return n, err == nil && userID(n) == id
}

// mustNumber is numberOf for an ID that was read from the shop.
func mustNumber(id app.UserID) int64 {
	n, _ := numberOf(id)
	return n
}

func userID(n int64) app.UserID { return app.UserID(strconv.FormatInt(n, 10)) }

// accountSQL is the SELECT of accounts up to the condition that chooses some
// users u. A user has a line for each row of tfa_user_config, in any order:
// MariaDB 10.11.19 sorts lines with a long text by way of a temporary table, on
// which its server sometimes crashes. Who has which role is asked with the law,
// since the shop has no index for it: joined, each of a page's users would cost
// a walk through all memberships.
func accountSQL(s *shop) string {
	columns := "u.user_id, u.username, u.email, u.firstname, u.lastname, u.password, u.created, u.logdate, u.is_active, " +
		"u.failures_num, u.first_failure, u.lock_expires, {now}"
	from := "{admin_user} u"
	expires, sessions, since := "NULL", "0", "NULL"
	if s.has(expiryTable) {
		expires = "x.expires_at"
		from += " LEFT JOIN {admin_user_expiration} x ON x.user_id = u.user_id"
	}
	if s.has(sessionTable) {
		sessions = "(SELECT COUNT(*) FROM {admin_user_session} s WHERE s.user_id = u.user_id AND s.status = 1)"
	}
	if s.has(passwordTable) {
		since = "(SELECT MAX(w.last_updated) FROM {admin_passwords} w WHERE w.user_id = u.user_id)"
	}
	return "SELECT " + columns + ", " + expires + ", " + sessions + ", " + since + ", " + rowColumns +
		" FROM " + from +
		" LEFT JOIN {tfa_user_config} c ON c.user_id = u.user_id WHERE "
}

// rowColumns are those of a row c. A text that is longer than any shop's is
// left where it is: reading it could take all of this computer's memory.
var rowColumns = "c.config_id, LENGTH(c.encoded_config), " +
	"IF(LENGTH(c.encoded_config) > " + strconv.Itoa(crypt.MaxValue) + ", NULL, c.encoded_config)"

// readAccounts reads what accountSQL selects.
func readAccounts(rows *sql.Rows) (found map[int64]*account, err error) {
	defer func() { err = errors.Join(err, rows.Close()) }()
	found = map[int64]*account{}
	for rows.Next() {
		var a account
		var l line
		if err := rows.Scan(l.into(&a)...); err != nil {
			return nil, err
		}
		if found[a.id] == nil {
			l.fill(&a)
			found[a.id] = &a
		}
		found[a.id].addRow(l.row)
	}
	return found, rows.Err()
}

// line is one line of accountSQL, with what may be NULL.
type line struct {
	username, email, first, last              sql.NullString
	created, signedIn, failed, until, expires sql.NullTime
	now                                       time.Time
	failures, sessions, set                   sql.NullInt64
	active                                    int
	row                                       nullRow
}

// into returns where the columns go.
func (l *line) into(a *account) []any {
	return []any{
		&a.id, &l.username, &l.email, &l.first, &l.last, &a.password, &l.created, &l.signedIn, &l.active,
		&l.failures, &l.failed, &l.until, &l.now, &l.expires, &l.sessions, &l.set, &l.row.id, &l.row.length, &l.row.text,
	}
}

// fill puts a line into the account that it is the first of.
func (l *line) fill(a *account) {
	a.user = app.User{
		ID: userID(a.id), Username: l.username.String, Email: l.email.String, FirstName: l.first.String, LastName: l.last.String,
		Active: l.active == 1, Operator: a.password != "", Created: l.created.Time, LastSignIn: l.signedIn.Time,
		Failures: int(l.failures.Int64), Sessions: int(l.sessions.Int64),
		PasswordSince: passwordSince(a.password, l.created.Time, l.set),
	}
	a.tally = tally{failures: int(l.failures.Int64), first: l.failed.Time, until: l.until.Time}
	a.expires, a.at = l.expires.Time, l.now
}

// nullRow is a row on its way out of the database: its ID is NULL for a user
// who has none.
type nullRow struct {
	id, length sql.NullInt64
	text       sql.NullString
}

// addRow adds a row of tfa_user_config in its place.
func (a *account) addRow(r nullRow) {
	if !r.id.Valid {
		return
	}
	made := row{id: r.id.Int64, text: r.text.String, null: !r.length.Valid}
	if r.length.Valid && !r.text.Valid {
		made.long = int(r.length.Int64)
	}
	at, _ := slices.BinarySearchFunc(a.rows, made, func(a, b row) int { return cmp.Compare(a.id, b.id) })
	a.rows = slices.Insert(a.rows, at, made)
}

// passwordSince tells one password from the next. Magento keeps the second in
// which one was set; below it stands a number made of the hash, so that a
// password that was set past Magento, or within the same second, is another one.
func passwordSince(hash string, created time.Time, set sql.NullInt64) time.Time {
	if hash == "" {
		return time.Time{}
	}
	since := created
	if set.Valid && set.Int64 > 0 {
		since = time.Unix(set.Int64, 0).UTC()
	}
	sum := sha256.Sum256([]byte(hash))
	return since.Truncate(time.Second).Add(time.Duration(binary.BigEndian.Uint32(sum[:])%1_000_000) * time.Microsecond)
}

// expired reports whether the account has ended by itself. The shop switches it
// off at its next sign-in. Like a lock-out it is judged by the database's clock,
// which is as right as the shop's; a workstation's may be anything.
func (a account) expired() bool { return !a.expires.IsZero() && !a.expires.After(a.at) }

// locked reports whether the account is locked out.
func (a account) locked() bool { return a.tally.locked(a.at) }

// here returns when a time of the database's is by this computer's clock, which
// whoever sits at it goes by. A difference that no clock is free of is left out.
func (s *Store) here(t, at time.Time) time.Time {
	off := at.Sub(s.now())
	if t.IsZero() || off.Abs() <= clockLimit {
		return t
	}
	return t.Add(-off).Round(time.Second)
}

// version makes a number of all that a screen shows of a user and could change
// meanwhile. Of two that differ only the numbers differ; which is later nobody
// can say.
func (a account) version(role int64, documents []string) int64 {
	h := sha256.New()
	u := a.user
	for _, text := range []string{
		u.Username, u.Email, u.FirstName, u.LastName, strconv.FormatBool(u.Active),
		strconv.FormatInt(a.expires.Unix(), 10), strconv.FormatInt(role, 10),
	} {
		part(h, text)
	}
	for _, text := range documents {
		part(h, text)
	}
	n := int64(binary.BigEndian.Uint64(h.Sum(nil)) >> 1)
	return max(n, 1)
}

// part adds a text to a hash in a way that two texts are not one.
func part(h hash.Hash, text string) {
	var size [8]byte
	binary.BigEndian.PutUint64(size[:], uint64(len(text)))
	_, _ = h.Write(size[:])
	_, _ = h.Write([]byte(text))
}

// accounts reads those that a condition on users u chooses.
func (s *Store) accounts(ctx context.Context, base conn, condition string, args ...any) (map[int64]*account, error) {
	rows, err := base.query(ctx, s.accountText+condition, args...)
	if err != nil {
		return nil, err
	}
	return readAccounts(rows)
}

// account reads one; found is false when there is none.
func (s *Store) account(ctx context.Context, base conn, id app.UserID) (a account, found bool, err error) {
	n, ok := numberOf(id)
	if !ok {
		return a, false, nil
	}
	all, err := s.accounts(ctx, base, "u.user_id = ?", n)
	if err != nil || all[n] == nil {
		return a, false, err
	}
	return *all[n], true, nil
}

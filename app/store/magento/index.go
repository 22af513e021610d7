package magento

import (
	"context"
	"database/sql"
	"hash/crc32"
	"slices"
	"strconv"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/magento/factors"
)

// index knows how far the factors of all users are, which the database cannot
// be asked: it takes the keys to tell. It is brought up to date before each
// use by one question to the database, and only rows that are others by then
// are judged again.
type index struct {
	turn  chan struct{} // holds a value while somebody brings it up to date
	print fingerprint
	sums  map[int64]indexed // by user: the row that Magento reads
	sets  map[app.Status][]int64
	any   []int64 // users with a factor of any status but not enrolled
}

func newIndex() *index { return &index{turn: make(chan struct{}, 1)} }

// fingerprint tells one state of the table from another, by a checksum of each
// row. Two states with the same one differ in many rows that happen to make up
// for each other.
type fingerprint struct {
	rows int64
	sum  uint64
	xor  uint32
}

// indexed is one row as it was judged.
type indexed struct {
	row int64
	sum string // MD5 of encoded_config; empty: NULL
	has flags
}

// flags say which statuses a user's factors have.
type flags struct{ pending, active, unreadable bool }

// flagsOf says which statuses the factors in some documents have.
func (s *Store) flagsOf(documents []factors.Document) flags {
	var has flags
	for _, f := range s.factorsOf(documents, nil) {
		has.pending = has.pending || f.Status == app.StatusPending
		has.active = has.active || f.Status == app.StatusActive
		has.unreadable = has.unreadable || f.Status == app.StatusUnreadable
	}
	return has
}

// rowText is the SQL of what a row's checksum is made of.
const rowText = "CONCAT_WS(':', config_id, user_id, CRC32(encoded_config))"

// bulk is how many rows are read and judged at a time.
const bulk = 1000

// statuses is a snapshot of the index.
type statuses struct {
	all  int // users
	sets map[app.Status][]int64
	any  []int64
}

// factorIndex returns the statuses as they are now.
func (s *Store) factorIndex(ctx context.Context) (statuses, error) {
	x := s.index
	select {
	case x.turn <- struct{}{}:
		defer func() { <-x.turn }()
	case <-ctx.Done():
		return statuses{}, ctx.Err()
	}
	var now fingerprint
	var all int
	err := s.base.row(ctx, "SELECT COUNT(*), IFNULL(SUM(CRC32("+rowText+")), 0), BIT_XOR(CRC32("+rowText+")), "+
		"(SELECT COUNT(*) FROM {admin_user}) FROM {tfa_user_config}").Scan(&now.rows, &now.sum, &now.xor, &all)
	if err != nil {
		return statuses{}, err
	}
	if x.sets == nil || now != x.print {
		if err := s.refresh(ctx); err != nil {
			return statuses{}, err
		}
	}
	return statuses{all, x.sets, x.any}, nil
}

// refresh judges the rows that are others than they were.
func (s *Store) refresh(ctx context.Context) error {
	rows, err := s.base.query(ctx, "SELECT config_id, user_id, CRC32(encoded_config), MD5(encoded_config) FROM {tfa_user_config} ORDER BY config_id")
	if err != nil {
		return err
	}
	defer rows.Close()
	x := s.index
	var seen fingerprint
	sums := make(map[int64]indexed, len(x.sums))
	var changed []int64 // rows
	for rows.Next() {
		var id, user int64
		var check, sum sql.NullString
		if err := rows.Scan(&id, &user, &check, &sum); err != nil {
			return err
		}
		seen.add(id, user, check)
		if _, has := sums[user]; has {
			continue // Magento reads the first row only
		}
		row := indexed{row: id, sum: sum.String}
		if old, has := x.sums[user]; has && old.row == id && old.sum == sum.String {
			row.has = old.has
		} else {
			changed = append(changed, id)
		}
		sums[user] = row
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for some := range slices.Chunk(changed, bulk) {
		if err := s.judgeRows(ctx, some, sums); err != nil {
			return err
		}
	}
	x.sums, x.print = sums, seen
	x.sort()
	return nil
}

// add takes a row into the fingerprint, as the database does.
func (f *fingerprint) add(id, user int64, check sql.NullString) {
	text := strconv.FormatInt(id, 10) + ":" + strconv.FormatInt(user, 10)
	if check.Valid { // CONCAT_WS leaves out what is NULL
		text += ":" + check.String
	}
	c := crc32.ChecksumIEEE([]byte(text))
	f.rows, f.sum, f.xor = f.rows+1, f.sum+uint64(c), f.xor^c
}

// judgeRows reads some rows and writes down what is in them.
func (s *Store) judgeRows(ctx context.Context, ids []int64, sums map[int64]indexed) error {
	rows, err := s.base.query(ctx, "SELECT c.user_id, "+rowColumns+" FROM {tfa_user_config} c WHERE c.config_id IN ("+numbers(ids)+")")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var user int64
		var r nullRow
		if err := rows.Scan(&user, &r.id, &r.length, &r.text); err != nil {
			return err
		}
		var a account
		a.addRow(r)
		row := sums[user]
		row.has = s.flagsOf(s.documents(a))
		sums[user] = row
	}
	return rows.Err()
}

// sort makes the sets of users.
func (x *index) sort() {
	x.sets, x.any = map[app.Status][]int64{}, nil
	for user, row := range x.sums {
		for status, has := range map[app.Status]bool{
			app.StatusPending: row.has.pending, app.StatusActive: row.has.active, app.StatusUnreadable: row.has.unreadable,
		} {
			if has {
				x.sets[status] = append(x.sets[status], user)
			}
		}
		if row.has != (flags{}) {
			x.any = append(x.any, user)
		}
	}
	slices.Sort(x.any)
	for _, users := range x.sets {
		slices.Sort(users)
	}
}

// choose returns the users of a filter that is about factors.
func (s statuses) choose(f app.Filter) *chosen {
	switch f {
	case app.WithPending:
		return &chosen{all: s.all, ids: s.sets[app.StatusPending]}
	case app.WithActive:
		return &chosen{all: s.all, ids: s.sets[app.StatusActive]}
	case app.WithUnreadable:
		return &chosen{all: s.all, ids: s.sets[app.StatusUnreadable]}
	}
	return &chosen{all: s.all, ids: s.any, except: true}
}

// Counts returns the numbers of the filter chips.
func (s *Store) Counts(ctx context.Context) (app.Counts, error) {
	c, err := again(ctx, func() (app.Counts, error) { return s.counts(ctx) })
	return c, explain("count users", err)
}

func (s *Store) counts(ctx context.Context) (c app.Counts, err error) {
	x, err := s.factorIndex(ctx)
	if err != nil {
		return c, err
	}
	l := &list{expires: s.shop.has(expiryTable)}
	filters[app.Inactive](l)
	err = s.base.row(ctx, "SELECT COUNT(*), IFNULL(SUM("+l.conditions[0]+"), 0), IFNULL(SUM(u.lock_expires > {now}), 0) FROM {admin_user} u").Scan(&c.All, &c.Inactive, &c.Locked)
	c.NoTwoFactor = c.All - len(x.any)
	c.Pending, c.Active, c.Unreadable = len(x.sets[app.StatusPending]), len(x.sets[app.StatusActive]), len(x.sets[app.StatusUnreadable])
	return c, err
}

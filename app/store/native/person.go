package native

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/factordesk/factordesk/app"
)

// flags are what a user's factors come to, for the filters. They are stored
// beside the user, each with its indexes.
type flags struct{ none, pending, active, unreadable bool }

// flagsOf sums up factors as they are stored. Whether a key really opens them
// is not asked.
func (g generation) flagsOf(factors []factorRow) flags {
	f := flags{none: len(factors) == 0}
	for _, row := range factors {
		switch {
		case !g.knows(row.keyID):
			f.unreadable = true
		case row.stored == app.StatusPending:
			f.pending = true
		case row.stored == app.StatusActive:
			f.active = true
		}
	}
	return f
}

// tally is by how much a transaction changes the numbers of the chips, and
// whether it changes roles.
type tally struct{ users, none, pending, active, inactive, unreadable, roles int }

// count counts a user in (1) or out (-1).
func (c *tally) count(active bool, f flags, by int) {
	c.users += by
	c.inactive += by * (1 - number01(active))
	c.countFlags(f, by)
}

func (c *tally) countFlags(f flags, by int) {
	c.none += by * number01(f.none)
	c.pending += by * number01(f.pending)
	c.active += by * number01(f.active)
	c.unreadable += by * number01(f.unreadable)
}

func number01(b bool) int {
	if b {
		return 1
	}
	return 0
}

// assignments are columns to be changed, with their values.
type assignments struct {
	columns []string
	values  []any
}

func (a *assignments) add(column string, value any) {
	a.columns, a.values = append(a.columns, column), append(a.values, value)
}

// text adds a column if its text changes.
func (a *assignments) text(column, was, is string) {
	if was != is {
		a.add(column, is)
	}
}

// flag adds a column if its flag changes.
func (a *assignments) flag(column string, was, is bool) {
	if was != is {
		a.add(column, is)
	}
}

// update changes columns of a user and moves the version on.
func (t *tx) update(id app.UserID, a assignments) error {
	var text strings.Builder
	text.WriteString("UPDATE users SET version = version + 1")
	for i, column := range a.columns {
		text.WriteString(", " + column + " = $" + strconv.Itoa(i+1))
	}
	text.WriteString(" WHERE id = $" + strconv.Itoa(len(a.columns)+1))
	return t.put(text.String(), append(slices.Clone(a.values), mustNumber(id))...)
}

// person is a user in a transaction, with the factors as they are stored.
type person struct {
	id      int64
	user    app.User // with the factors as people see them
	factors []factorRow
	flags   flags
}

// factor returns the factor of a provider, or nil.
func (p *person) factor(provider app.ProviderCode) *factorRow {
	for i := range p.factors {
		if p.factors[i].Provider == provider {
			return &p.factors[i]
		}
	}
	return nil
}

const (
	personColumns = userColumns + ", u.no_factor, u.has_pending, u.has_active, u.has_unreadable, " +
		factorColumns + ", f.sealed, f.own_sealed, f.last_step, f.clock_offset, f.clock_seen"
	personFrom  = " FROM users u LEFT JOIN factors f ON f.user_id = u.id WHERE u.id = $1"
	personQuery = "SELECT " + personColumns + personFrom
)

// person reads a user, or NotFound. Only the IDs of keys tell here which
// factors are unreadable.
func (t *tx) person(id app.UserID) (*person, error) {
	n, ok := number(id)
	if !ok {
		return nil, errNoUser()
	}
	roles, err := t.roleMap()
	if err != nil {
		return nil, err
	}
	// What came with the beginning of the transaction is true until the deed writes
	// something.
	var rows closingAnswer = &keptRows{rows: t.user, at: -1}
	if t.held != n || n == 0 {
		if rows, err = t.query(personQuery, n); err != nil {
			return nil, err
		}
	}
	defer rows.Close()
	const factorAt = numUser + 4 // behind the flags
	c := newCells(factorAt + numFactor + 5)
	var p *person
	for rows.Next() {
		if err := c.scan(rows); err != nil {
			return nil, err
		}
		if p == nil {
			p = &person{id: n, user: readUser(c, roles), flags: flags{
				c.flag(numUser), c.flag(numUser + 1), c.flag(numUser + 2), c.flag(numUser + 3),
			}}
		}
		if row, ok := readFactor(c, factorAt); ok {
			const more = factorAt + numFactor
			row.sealed, row.own, row.lastStep = c.bytes(more), c.bytes(more+1), c.number(more+2)
			row.offset, row.seen = time.Duration(c.number(more+3))*time.Second, c.text(more+4)
			t.s.judge(nil, id, &row)
			p.factors = append(p.factors, row)
		}
	}
	if err := errors.Join(c.err(), rows.Err()); err != nil {
		return nil, err
	}
	if p == nil {
		return nil, errNoUser()
	}
	slices.SortFunc(p.factors, func(a, b factorRow) int { return strings.Compare(string(a.Provider), string(b.Provider)) })
	p.show()
	return p, nil
}

// tried is person with the open keys tried on each factor.
func (t *tx) tried(p *person, err error) (*person, error) {
	if err != nil {
		return nil, err
	}
	keys, _ := t.s.openKeys()
	for i := range p.factors {
		t.s.judge(keys, p.user.ID, &p.factors[i])
	}
	p.show()
	return p, nil
}

// show puts the factors where people see them.
func (p *person) show() {
	p.user.Factors = nil
	for _, f := range p.factors {
		p.user.Factors = append(p.user.Factors, f.Factor)
	}
}

// personAt is person, with a Conflict when the version is another by now.
func (t *tx) personAt(id app.UserID, version int64) (*person, error) {
	p, err := t.person(id)
	if err == nil && p.user.Version != version {
		return nil, errChanged(p.user)
	}
	return p, err
}

// personAtAny is personAt, with version 0 for any.
func (t *tx) personAtAny(id app.UserID, version int64) (*person, error) {
	if version == 0 {
		return t.person(id)
	}
	return t.personAt(id, version)
}

// saveFactors stores what the factors of a person come to now, together with
// the need to enroll, and moves the version on.
func (t *tx) saveFactors(p *person, mustEnroll bool) error {
	var set assignments
	set.flag("must_enroll", p.user.MustEnroll, mustEnroll)
	return t.saveFlags(p, t.s.generation().flagsOf(p.factors), set)
}

// saveFlags stores what the factors of a person come to now, with what else
// changes of the user.
func (t *tx) saveFlags(p *person, after flags, set assignments) error {
	set.flag("no_factor", p.flags.none, after.none)
	set.flag("has_pending", p.flags.pending, after.pending)
	set.flag("has_active", p.flags.active, after.active)
	set.flag("has_unreadable", p.flags.unreadable, after.unreadable)
	t.counts.countFlags(p.flags, -1)
	t.counts.countFlags(after, 1)
	return t.update(p.user.ID, set)
}

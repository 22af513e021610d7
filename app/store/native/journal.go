package native

import (
	"bytes"
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/audit"
)

// done writes the event of a deed that is done, in its transaction.
func (t *tx) done(e app.Event) error {
	e.Outcome = app.Done
	return t.log(e)
}

// refused writes the event of a refused attempt, with why.
func (t *tx) refused(e app.Event, reason string) error {
	e.Outcome, e.Reason = app.Refused, reason
	return t.log(e)
}

// log puts an event at the end of the chain. With open keys it also seals the
// new end, and with it all events before that no key holder has sealed yet,
// unless the seal that is there does not fit.
func (t *tx) log(e app.Event) error {
	if e.At.IsZero() {
		e.At = t.s.now()
	}
	var head app.Head
	err := t.row("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1", nil, &head.Seq, &head.Hash)
	if err != nil && !none(err) {
		return err
	}
	e, form := audit.Chain(e, head)
	if _, err := t.exec(insertEvent, e.Seq, form, e.Hash, e.At.UnixMicro(),
		nullNumber(e.OperatorID), nullNumber(e.TargetID)); err != nil {
		return err
	}
	return t.settle(e, head)
}

// settle writes what goes with each event into the store's one row: the seal,
// if a key is open, and the numbers that the transaction has changed. last is
// the event before.
func (t *tx) settle(e app.Event, last app.Head) error {
	text, args := "UPDATE store SET ", []any{}
	keys, _ := t.s.openKeys()
	fits := keys != nil
	if fits {
		var err error
		if fits, err = t.sealed(keys, last); err != nil {
			return err
		}
	}
	if fits {
		mac, err := t.s.sealEnd(keys, app.Head{Seq: e.Seq, Hash: e.Hash})
		if err != nil {
			return err
		}
		text, args = text+"head_seq = $1, head_hash = $2, head_mac = $3", append(args, e.Seq, e.Hash, mac)
	}
	c := t.counts
	if c != (tally{}) {
		if len(args) > 0 {
			text += ", "
		}
		for i, column := range []string{"users", "no_factor", "pending", "active", "inactive", "unreadable", "roles_version"} {
			if i > 0 {
				text += ", "
			}
			text += column + " = " + column + " + $" + strconv.Itoa(len(args)+1+i)
		}
		args = append(args, c.users, c.none, c.pending, c.active, c.inactive, c.unreadable, c.roles)
	}
	if len(args) == 0 {
		return nil
	}
	t.counts = tally{}
	return affected(t.exec(text+" WHERE id = 1", args...))
}

const insertEvent = "INSERT INTO events (seq, form, hash, at, operator_id, target_id) VALUES ($1, $2, $3, $4, $5, $6)"

func nullNumber(id app.UserID) sql.NullInt64 {
	n, ok := number(id)
	return sql.NullInt64{Int64: n, Valid: ok}
}

// Append writes one event on its own.
func (s *Store) Append(ctx context.Context, e app.Event) error {
	return s.change(ctx, "append event", func(t *tx) error { return t.log(e) })
}

// Head returns the newest event's number and hash; zero when there is none.
func (s *Store) Head(ctx context.Context) (app.Head, error) {
	var h app.Head
	err := s.read.row(ctx, "SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1", nil, &h.Seq, &h.Hash)
	if none(err) {
		return app.Head{}, nil
	}
	return h, explain("read head", err)
}

// HashAt returns the hash of one event, or NotFound.
func (s *Store) HashAt(ctx context.Context, seq int64) ([]byte, error) {
	var h []byte
	err := s.read.row(ctx, "SELECT hash FROM events WHERE seq = $1", []any{seq}, &h)
	if none(err) {
		return nil, app.Errorf(app.NotFound, "There is no event %d.", seq)
	}
	return h, explain("read event", err)
}

// eventChoice is an EventQuery without Before and After: the conditions that
// have a column, in SQL, and those that are asked of the form. What is in the
// form only cannot be changed without breaking the chain.
type eventChoice struct {
	where []string
	args  []any

	action, outcome, search []byte // search in lower case; empty: any
}

// ofForm reports whether the form must be asked.
func (c eventChoice) ofForm() bool { return len(c.action)+len(c.outcome)+len(c.search) > 0 }

// chooses reports whether the form has what is asked of it.
func (c eventChoice) chooses(v audit.View) bool {
	switch {
	case len(c.action) > 0 && !bytes.Equal(v.Action, c.action), len(c.outcome) > 0 && !bytes.Equal(v.Outcome, c.outcome):
		return false
	case len(c.search) == 0:
		return true
	}
	for _, text := range [][]byte{v.Operator, v.Target, v.Reason} {
		if bytes.Contains(bytes.ToLower(text), c.search) {
			return true
		}
	}
	return false
}

func (c *eventChoice) add(condition string, value any) {
	c.args = append(c.args, value)
	c.where = append(c.where, strings.ReplaceAll(condition, "$", "$"+strconv.Itoa(len(c.args))))
}

func (c eventChoice) sql(columns, order string) string {
	text := "SELECT " + columns + " FROM events"
	if len(c.where) > 0 {
		text += " WHERE " + strings.Join(c.where, " AND ")
	}
	return text + order
}

func (c eventChoice) with(condition string, value any) eventChoice {
	c.where, c.args = slices.Clone(c.where), slices.Clone(c.args)
	c.add(condition, value)
	return c
}

func chooseEvents(q app.EventQuery) eventChoice {
	c := eventChoice{action: []byte(q.Action), outcome: []byte(q.Outcome), search: []byte(strings.ToLower(q.Search))}
	if q.Target != "" {
		c.add("target_id = $", nullNumber(q.Target))
	}
	if q.Operator != "" {
		c.add("operator_id = $", nullNumber(q.Operator))
	}
	if !q.From.IsZero() {
		c.add("at >= $", q.From.UnixMicro())
	}
	if !q.Until.IsZero() {
		c.add("at < $", q.Until.UnixMicro())
	}
	return c
}

// Events returns one page, newest first.
func (s *Store) Events(ctx context.Context, q app.EventQuery) (app.EventPage, error) {
	p, err := s.events(ctx, q)
	return p, explain("read events", err)
}

func (s *Store) events(ctx context.Context, q app.EventQuery) (page app.EventPage, err error) {
	if q.Limit <= 0 {
		q.Limit = 50
	}
	all := chooseEvents(q)
	if page.Total, err = s.someEvents(ctx, all, " ORDER BY seq DESC", app.CountLimit, nil); err != nil {
		return page, err
	}
	choice, order := all, " ORDER BY seq DESC"
	switch {
	case q.After > 0:
		choice, order = all.with("seq > $", q.After), " ORDER BY seq"
	case q.Before > 0:
		choice = all.with("seq < $", q.Before)
	}
	_, err = s.someEvents(ctx, choice, order, q.Limit, func(e app.Event) { page.Events = append(page.Events, e) })
	if err != nil || len(page.Events) == 0 {
		return page, err
	}
	if q.After > 0 {
		slices.Reverse(page.Events)
	}
	newest, oldest := page.Events[0].Seq, page.Events[len(page.Events)-1].Seq
	newer, err := s.someEvents(ctx, all.with("seq > $", newest), " ORDER BY seq", 1, nil)
	if err != nil {
		return page, err
	}
	older, err := s.someEvents(ctx, all.with("seq < $", oldest), " ORDER BY seq DESC", 1, nil)
	page.Newer, page.Older = newer > 0, older > 0
	return page, err
}

// someEvents returns how many events a choice finds, up to a limit, and gives
// them to each, unless that is nil.
func (s *Store) someEvents(ctx context.Context, c eventChoice, order string, limit int, each func(app.Event)) (n int, err error) {
	if !c.ofForm() {
		c.args = append(slices.Clone(c.args), limit)
		order += " LIMIT $" + strconv.Itoa(len(c.args))
		if each == nil {
			err := s.read.row(ctx, "SELECT count(*) FROM ("+c.sql("1", order)+") AS some", c.args, &n)
			return n, err
		}
	}
	rows, err := s.read.query(ctx, c.sql("form", order), c.args...)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for n < limit && rows.Next() {
		var form sql.RawBytes
		if err := rows.Scan(&form); err != nil {
			return n, err
		}
		v, err := audit.Parse(form)
		if err != nil {
			return n, errEvent(err)
		}
		if !c.chooses(v) {
			continue
		}
		n++
		if each == nil {
			continue
		}
		e, err := audit.Decode(form)
		if err != nil {
			return n, errEvent(err)
		}
		each(e)
	}
	return n, rows.Err()
}

func errEvent(err error) error {
	return app.Errorf(app.Unreadable, "An event cannot be read: it was changed after it was written.").
		WithHint("Verify the activity to learn which one.").Because(err)
}

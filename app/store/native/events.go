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

// firstFrom and lastUntil are the SQL of the numbers between which the events
// of some time lie. The plus makes the index of times be read, not the events.
const (
	firstFrom = "SELECT COALESCE(min(+seq), 0) FROM events WHERE at >= $1"
	lastUntil = "SELECT COALESCE(max(+seq), 0) FROM events WHERE at < $1"
)

// chooseEvents puts a query's conditions together. A time becomes the numbers
// of the first and last event that can be meant, so that the walk ends there.
// Clocks are set back, so they are not simply where the times begin and end.
func (s *Store) chooseEvents(ctx context.Context, q app.EventQuery) (eventChoice, error) {
	c := eventChoice{action: []byte(q.Action), outcome: []byte(q.Outcome), search: []byte(strings.ToLower(q.Search))}
	if q.Target != "" {
		c.add("target_id = $", nullNumber(q.Target))
	}
	if q.Operator != "" {
		c.add("operator_id = $", nullNumber(q.Operator))
	}
	// The plus keeps the index of times from being used to find the events
	// themselves: they would have to be sorted then.
	if !q.From.IsZero() {
		var first int64
		from := q.From.UnixMicro()
		if err := s.read.row(ctx, firstFrom, []any{from}, &first); err != nil {
			return c, err
		}
		c.add("seq >= $", first)
		c.add("+at >= $", from)
	}
	if !q.Until.IsZero() {
		var last int64
		until := q.Until.UnixMicro()
		if err := s.read.row(ctx, lastUntil, []any{until}, &last); err != nil {
			return c, err
		}
		c.add("seq <= $", last)
		c.add("+at < $", until)
	}
	return c, nil
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
	all, err := s.chooseEvents(ctx, q)
	if err != nil {
		return page, err
	}
	if all.ofForm() && q.Before <= 0 && q.After <= 0 {
		return s.newestEvents(ctx, all, q.Limit)
	}
	if page.Total, err = s.someEvents(ctx, all, newestFirst, app.CountLimit, nil); err != nil {
		return page, err
	}
	choice, order := all, newestFirst
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
	older, err := s.someEvents(ctx, all.with("seq < $", oldest), newestFirst, 1, nil)
	page.Newer, page.Older = newer > 0, older > 0
	return page, err
}

const newestFirst = " ORDER BY seq DESC"

// newestEvents reads the first page and its total in one walk, for choices that
// ask each form.
func (s *Store) newestEvents(ctx context.Context, c eventChoice, limit int) (page app.EventPage, err error) {
	n, err := s.someEvents(ctx, c, newestFirst, max(app.CountLimit, limit+1), func(e app.Event) {
		if len(page.Events) < limit {
			page.Events = append(page.Events, e)
		}
	})
	page.Total, page.Older = min(n, app.CountLimit), n > len(page.Events)
	return page, err
}

// someEvents returns how many events a choice finds, up to a limit, and gives
// them to each, unless that is nil.
func (s *Store) someEvents(ctx context.Context, c eventChoice, order string, limit int, each func(app.Event)) (n int, err error) {
	if !c.ofForm() {
		c.args = append(slices.Clone(c.args), limit)
		order += " LIMIT $" + strconv.Itoa(len(c.args))
		if each == nil {
			err := s.read.row(ctx, "SELECT count(*) FROM ("+c.sql("1", order)+") AS found", c.args, &n)
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

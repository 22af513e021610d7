package logbook

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

// choice is an EventQuery without Before and After: the conditions that have a
// column, in SQL, and those that are asked of the form. What is in the form only
// cannot be changed without breaking the chain.
type choice struct {
	where []string
	args  []any

	action, outcome, search []byte // search in lower case; empty: any
}

func newChoice(q app.EventQuery) choice {
	c := choice{action: []byte(q.Action), outcome: []byte(q.Outcome), search: []byte(strings.ToLower(q.Search))}
	if q.Target != "" {
		c.add("target_id = $", string(q.Target))
	}
	if q.Operator != "" {
		c.add("operator_id = $", string(q.Operator))
	}
	if !q.From.IsZero() {
		c.add("at >= $", q.From.UnixMicro())
	}
	if !q.Until.IsZero() {
		c.add("at < $", q.Until.UnixMicro())
	}
	if !q.Intents {
		c.where = append(c.where, "(settled IS NULL OR settled = 0)")
	}
	return c
}

func (c *choice) add(condition string, value any) {
	c.args = append(c.args, value)
	c.where = append(c.where, condition+strconv.Itoa(len(c.args)))
}

func (c choice) with(condition string, value any) choice {
	c.where, c.args = slices.Clone(c.where), slices.Clone(c.args)
	c.add(condition, value)
	return c
}

func (c choice) sql(order string) string {
	text := "SELECT form FROM events"
	if len(c.where) > 0 {
		text += " WHERE " + strings.Join(c.where, " AND ")
	}
	return text + order
}

// chooses reports whether the form has what is asked of it.
func (c choice) chooses(v audit.View) bool {
	switch {
	case len(c.action) > 0 && !bytes.Equal(v.Action, c.action), len(c.outcome) > 0 && !bytes.Equal(v.Outcome, c.outcome):
		return false
	case len(c.search) == 0:
		return true
	}
	return slices.ContainsFunc([][]byte{v.Operator, v.Target, v.Reason}, func(text []byte) bool {
		return bytes.Contains(bytes.ToLower(text), c.search)
	})
}

// Events returns one page, newest first.
func (b *Book) Events(ctx context.Context, q app.EventQuery) (app.EventPage, error) {
	p, err := b.events(ctx, q)
	if err != nil {
		return app.EventPage{}, explain("read events", err)
	}
	return p, nil
}

const newestFirst = " ORDER BY seq DESC"

func (b *Book) events(ctx context.Context, q app.EventQuery) (page app.EventPage, err error) {
	if q.Limit <= 0 {
		q.Limit = 50
	}
	all := newChoice(q)
	if page.Total, err = b.some(ctx, all, newestFirst, app.CountLimit, nil); err != nil {
		return page, err
	}
	part, order := all, newestFirst
	switch {
	case q.After > 0:
		part, order = all.with("seq > $", q.After), " ORDER BY seq"
	case q.Before > 0:
		part = all.with("seq < $", q.Before)
	}
	_, err = b.some(ctx, part, order, q.Limit, func(e app.Event) { page.Events = append(page.Events, e) })
	if err != nil || len(page.Events) == 0 {
		return page, err
	}
	if q.After > 0 {
		slices.Reverse(page.Events)
	}
	newer, err := b.some(ctx, all.with("seq > $", page.Events[0].Seq), " ORDER BY seq", 1, nil)
	if err != nil {
		return page, err
	}
	older, err := b.some(ctx, all.with("seq < $", page.Events[len(page.Events)-1].Seq), newestFirst, 1, nil)
	page.Newer, page.Older = newer > 0, older > 0
	return page, err
}

// some returns how many events a choice finds, up to a limit (0: none), and
// gives them to each, unless that is nil.
func (b *Book) some(ctx context.Context, c choice, order string, limit int, each func(app.Event)) (n int, err error) {
	rows, err := b.read.QueryContext(ctx, c.sql(order), c.args...)
	if err != nil {
		return 0, err
	}
	defer func() { _ = rows.Close() }()
	for (limit == 0 || n < limit) && rows.Next() {
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

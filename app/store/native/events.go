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
		from := q.From.UnixMicro()
		if err := s.bound(ctx, &c, "seq >= ", firstFrom, from); err != nil {
			return c, err
		}
		c.add("+at >= $", from)
	}
	if !q.Until.IsZero() {
		until := q.Until.UnixMicro()
		if err := s.bound(ctx, &c, "seq <= ", lastUntil, until); err != nil {
			return c, err
		}
		c.add("+at < $", until)
	}
	return c, nil
}

// bound adds a condition on the number that an SQL text selects for a time. A
// server, to which each question is a way, finds the number itself.
func (s *Store) bound(ctx context.Context, c *eventChoice, condition, text string, at int64) error {
	if !s.read.prepares {
		c.add(condition+"("+strings.ReplaceAll(text, "$1", "$")+")", at)
		return nil
	}
	var seq int64
	if err := s.read.row(ctx, text, []any{at}, &seq); err != nil {
		return err
	}
	c.add(condition+"$", seq)
	return nil
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
	// The page's neighbors are known by its beginning: what comes before it is there
	// if the event is that it goes on from.
	choice, order, behind := all, newestFirst, eventChoice{}
	switch {
	case q.After > 0:
		choice, order, behind = all.with("seq > $", q.After), " ORDER BY seq", all.with("seq <= $", q.After)
	case q.Before > 0:
		choice, behind = all.with("seq < $", q.Before), all.with("seq >= $", q.Before)
	}
	var found, before int
	asks := []question{
		all.ask(newestFirst, app.CountLimit, &page.Total, nil, 0),
		choice.ask(order, q.Limit+1, &found, &page.Events, q.Limit+1),
	}
	if behind.where != nil {
		asks = append(asks, behind.ask(newestFirst, 1, &before, nil, 0))
	}
	if err := s.read.ask(ctx, asks...); err != nil || len(page.Events) == 0 {
		return page, err
	}
	further := len(page.Events) > q.Limit
	page.Events = page.Events[:min(q.Limit, len(page.Events))]
	page.Newer, page.Older = before > 0, further
	if q.After > 0 {
		slices.Reverse(page.Events)
		page.Newer, page.Older = further, before > 0
	}
	return page, nil
}

const newestFirst = " ORDER BY seq DESC"

// newestEvents reads the first page and its total in one walk, for choices that
// ask each form.
func (s *Store) newestEvents(ctx context.Context, c eventChoice, limit int) (page app.EventPage, err error) {
	var n int
	err = s.read.ask(ctx, c.ask(newestFirst, max(app.CountLimit, limit+1), &n, &page.Events, limit))
	page.Total, page.Older = min(n, app.CountLimit), n > len(page.Events)
	return page, err
}

// ask is the question how many events a choice finds, up to a limit. The first
// ones, up to most, go to events, unless that is nil.
func (c eventChoice) ask(order string, limit int, n *int, events *[]app.Event, most int) question {
	text := c.sql("form", order)
	if !c.ofForm() {
		order += " LIMIT " + strconv.Itoa(limit)
		if events == nil {
			return askOne("SELECT count(*) FROM ("+c.sql("1", order)+") AS found", c.args, n)
		}
		text = c.sql("form", order)
	}
	return question{text: text, args: c.args, often: !c.ofForm(), read: func(a answer) error {
		*n = 0
		if events != nil {
			*events = nil
		}
		for *n < limit && a.Next() {
			var form sql.RawBytes
			if err := a.Scan(&form); err != nil {
				return err
			}
			v, err := audit.Parse(form)
			if err != nil {
				return errEvent(err)
			}
			if !c.chooses(v) {
				continue
			}
			*n++
			if events == nil || len(*events) == most {
				continue
			}
			e, err := audit.Decode(form)
			if err != nil {
				return errEvent(err)
			}
			*events = append(*events, e)
		}
		return a.Err()
	}}
}

func errEvent(err error) error {
	return app.Errorf(app.Unreadable, "An event cannot be read: it was changed after it was written.").
		WithHint("Verify the activity to learn which one.").Because(err)
}

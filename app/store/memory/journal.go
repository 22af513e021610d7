package memory

import (
	"context"
	"slices"
	"strings"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/audit"
)

// done writes the event of a deed that is done.
func (s *Store) done(e app.Event) {
	e.Outcome = app.Done
	s.write(e)
}

// refused writes the event of a refused attempt, with why.
func (s *Store) refused(e app.Event, reason string) {
	e.Outcome, e.Reason = app.Refused, reason
	s.write(e)
}

// write puts an event at the end of the chain.
func (s *Store) write(e app.Event) {
	if e.At.IsZero() {
		e.At = s.now()
	}
	e.At = stamp(e.At)
	e.Details = slices.Clone(e.Details)
	e, _ = audit.Chain(e, s.head())
	s.events = append(s.events, e)
}

func (s *Store) head() app.Head {
	if len(s.events) == 0 {
		return app.Head{}
	}
	e := s.events[len(s.events)-1]
	return app.Head{Seq: e.Seq, Hash: e.Hash}
}

// Append writes one event on its own.
func (s *Store) Append(ctx context.Context, e app.Event) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	s.write(e)
	return nil
}

// Head returns the newest event's number and hash.
func (s *Store) Head(ctx context.Context) (app.Head, error) {
	if err := s.begin(ctx); err != nil {
		return app.Head{}, err
	}
	defer s.mu.Unlock()
	h := s.head()
	h.Hash = slices.Clone(h.Hash)
	return h, nil
}

// HashAt returns the hash of one event, or NotFound.
func (s *Store) HashAt(ctx context.Context, seq int64) ([]byte, error) {
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	for _, e := range s.events {
		if e.Seq == seq {
			return slices.Clone(e.Hash), nil
		}
	}
	return nil, app.Errorf(app.NotFound, "There is no event %d.", seq)
}

// Events returns one page, newest first.
func (s *Store) Events(ctx context.Context, q app.EventQuery) (app.EventPage, error) {
	if err := s.begin(ctx); err != nil {
		return app.EventPage{}, err
	}
	defer s.mu.Unlock()
	if q.Limit <= 0 {
		q.Limit = 50
	}
	q.Search = strings.ToLower(q.Search)
	var all []app.Event // oldest first
	for _, e := range s.events {
		if chosen(e, q) {
			e.Details = slices.Clone(e.Details)
			e.Prev, e.Hash = slices.Clone(e.Prev), slices.Clone(e.Hash)
			all = append(all, e)
		}
	}
	from, until := 0, len(all)
	for until > 0 && q.Before > 0 && all[until-1].Seq >= q.Before {
		until--
	}
	for from < until && all[from].Seq <= q.After {
		from++
	}
	if q.After > 0 {
		until = min(until, from+q.Limit)
	} else {
		from = max(from, until-q.Limit)
	}
	page := app.EventPage{
		Events: slices.Clone(all[from:until]), Total: min(len(all), app.CountLimit),
		Older: from > 0, Newer: until < len(all),
	}
	slices.Reverse(page.Events)
	return page, nil
}

// chosen reports whether a query, its search in lower case, chooses an event.
func chosen(e app.Event, q app.EventQuery) bool {
	switch {
	case q.Target != "" && e.TargetID != q.Target,
		q.Operator != "" && e.OperatorID != q.Operator,
		q.Action != "" && e.Action != q.Action,
		q.Outcome != "" && e.Outcome != q.Outcome,
		!q.From.IsZero() && e.At.Before(q.From),
		!q.Until.IsZero() && !e.At.Before(q.Until):
		return false
	}
	return slices.ContainsFunc([]string{e.Operator, e.Target, e.Reason}, func(text string) bool {
		return strings.Contains(strings.ToLower(text), q.Search)
	})
}

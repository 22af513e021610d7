package magento

import (
	"context"

	"github.com/factordesk/factordesk/app"
)

// The audit is the logbook on this computer. What follows implements
// app.Journal with it.

// Append writes one event on its own.
func (s *Store) Append(ctx context.Context, e app.Event) error {
	_, err := s.book.Append(ctx, e)
	return err
}

// Events returns one page, newest first.
func (s *Store) Events(ctx context.Context, q app.EventQuery) (app.EventPage, error) {
	return s.book.Events(ctx, q)
}

// Head returns the newest event's number and hash; zero when there is none.
func (s *Store) Head(ctx context.Context) (app.Head, error) { return s.book.Head(ctx) }

// HashAt returns the hash of one event, or NotFound.
func (s *Store) HashAt(ctx context.Context, seq int64) ([]byte, error) {
	return s.book.HashAt(ctx, seq)
}

// VerifyChain recomputes the whole chain. progress may be nil.
func (s *Store) VerifyChain(ctx context.Context, progress func(done, total int64)) (app.AuditReport, error) {
	return s.book.VerifyChain(ctx, progress)
}

// refused writes the event of a refused attempt, with why. Through a read-only
// connection nothing is put down: nothing can be done through it either.
func (s *Store) refused(ctx context.Context, e app.Event, reason string) error {
	if s.config.ReadOnly {
		return nil
	}
	e.Outcome, e.Reason = app.Refused, reason
	return s.Append(context.WithoutCancel(ctx), e)
}

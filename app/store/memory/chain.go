package memory

import (
	"context"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/audit"
)

// verifyEvery is how many events lie between two calls of progress.
const verifyEvery = 1000

// VerifyChain recomputes the whole chain. There is no sealed record beside it:
// what is in memory cannot be set back.
func (s *Store) VerifyChain(ctx context.Context, progress func(done, total int64)) (app.AuditReport, error) {
	if err := s.begin(ctx); err != nil {
		return app.AuditReport{}, err
	}
	defer s.mu.Unlock()
	head := s.head()
	v := audit.NewVerifier(audit.Seal{Seq: head.Seq, Hash: head.Hash})
	total := int64(len(s.events))
	for i, e := range s.events {
		if err := ended(ctx); err != nil {
			return app.AuditReport{}, err
		}
		if !v.Add(e.Seq, audit.Append(nil, e), e.Hash) {
			break
		}
		if progress != nil && i%verifyEvery == 0 {
			progress(int64(i), total)
		}
	}
	if progress != nil {
		progress(total, total)
	}
	r := v.Finish(audit.SealRight)
	r.Checked = stamp(s.now())
	return r, nil
}

// Tamper changes the reason of an event behind the chain's back, as somebody
// with an editor would. It reports whether there is such an event.
func (s *Store) Tamper(seq int64, reason string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if seq < 1 || seq > int64(len(s.events)) {
		return false
	}
	s.events[seq-1].Reason = reason
	return true
}

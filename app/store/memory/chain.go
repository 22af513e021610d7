package memory

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/factordesk/factordesk/app"
)

// link returns the event as it follows the head.
func link(h app.Head, e app.Event) app.Event {
	e.Seq, e.Prev = h.Seq+1, h.Hash
	if e.Prev == nil {
		e.Prev = make([]byte, sha256.Size)
	}
	e.Hash = sum(e)
	return e
}

func sum(e app.Event) []byte {
	h := sha256.New()
	for _, text := range append([]string{
		fmt.Sprint(e.Seq), e.At.Format(time.RFC3339Nano), e.Console, string(e.OperatorID), e.Operator,
		string(e.Action), string(e.TargetID), e.Target, string(e.Provider), string(e.Outcome), e.Reason,
		string(e.Prev),
	}, flat(e.Details)...) {
		_, _ = fmt.Fprintf(h, "%d:%s", len(text), text)
	}
	return h.Sum(nil)
}

func flat(details []app.Detail) []string {
	var all []string
	for _, d := range details {
		all = append(all, d.Name, d.Value)
	}
	return all
}

// VerifyChain recomputes the whole chain.
func (s *Store) VerifyChain(ctx context.Context, progress func(done, total int64)) (app.AuditReport, error) {
	if err := s.begin(ctx); err != nil {
		return app.AuditReport{}, err
	}
	defer s.mu.Unlock()
	r := app.AuditReport{Events: int64(len(s.events)), Whole: true, Checked: stamp(s.now()), Head: s.head()}
	before := app.Head{}
	for _, e := range s.events {
		want := link(before, e)
		if want.Seq != e.Seq || !bytes.Equal(want.Hash, e.Hash) {
			r.Whole, r.BrokenAt, r.Problem = false, e.Seq, fmt.Sprintf("Event %d was changed.", e.Seq)
			break
		}
		before = app.Head{Seq: e.Seq, Hash: e.Hash}
	}
	if n := len(s.events); n > 0 {
		r.First, r.Last = s.events[0].At, s.events[n-1].At
	}
	if progress != nil {
		progress(r.Events, r.Events)
	}
	return r, nil
}

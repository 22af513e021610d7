package app

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"io"
	"time"
)

// Events returns one page of the audit, newest first.
func (c *Console) Events(ctx context.Context, q EventQuery) (page EventPage, err error) {
	operator, refusal, err := c.whilePermitted(ctx, SeeActivity, func(ctx context.Context) (err error) {
		page, err = c.store.Events(ctx, q)
		return err
	})
	if refusal != nil {
		return EventPage{}, c.refuse(ctx, operator, c.event(DoSeeActivity, operator, User{}), refusal)
	}
	return page, err
}

// VerifyAudit recomputes the whole chain, and compares it with what this
// console remembers. progress may be nil.
func (c *Console) VerifyAudit(ctx context.Context, progress func(done, total int64)) (AuditReport, error) {
	if operator, err := c.operator(ctx, SeeActivity); err != nil {
		return AuditReport{}, c.refuse(ctx, operator, c.event(DoVerifyChain, operator, User{}), err)
	}
	r, err := c.store.VerifyChain(ctx, progress)
	if err != nil {
		return AuditReport{}, err
	}
	r.Checked = c.Now()
	if warning := c.checkHead(ctx); warning != "" && r.Whole {
		r.Whole, r.Problem = false, warning
	}
	if r.Whole {
		c.rememberHead(ctx)
	}
	return r, nil
}

// Export writes the events that q chooses to w, newest first, as one JSON
// object a line (see EventJSON), and records that it was done.
func (c *Console) Export(ctx context.Context, w io.Writer, q EventQuery) (n int, err error) {
	operator, err := c.operator(ctx, SeeActivity)
	e := c.event(DoExport, operator, User{})
	if err != nil {
		return 0, c.refuse(ctx, operator, e, err)
	}
	e.Outcome = Done
	if err := c.store.Append(ctx, e); err != nil {
		return 0, err
	}
	head, err := c.store.Head(ctx)
	if err != nil {
		return 0, err
	}
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	q.Limit, q.After, q.Before, q.Intents = 500, 0, head.Seq+1, true
	for {
		page, err := c.store.Events(ctx, q)
		if err != nil {
			return n, err
		}
		for _, e := range page.Events {
			if err := out.Encode(EventToJSON(e)); err != nil {
				return n, Errorf(Unreachable, "The file could not be written.").Because(err)
			}
			n++
			q.Before = e.Seq
		}
		if !page.Older || len(page.Events) == 0 {
			return n, nil
		}
	}
}

// EventJSON is the stable form of an event in exports and in "audit list
// --json". Times are RFC 3339 in UTC, hashes hexadecimal.
type EventJSON struct {
	Seq      int64             `json:"seq"`
	At       string            `json:"at"`
	Console  string            `json:"console"`
	Operator string            `json:"operator"`
	Action   Action            `json:"action"`
	Target   string            `json:"target"`
	Provider ProviderCode      `json:"provider"`
	Outcome  Outcome           `json:"outcome"`
	Reason   string            `json:"reason"`
	Details  map[string]string `json:"details"`
	Prev     string            `json:"prev"`
	Hash     string            `json:"hash"`
}

// EventToJSON puts an event into its stable form.
func EventToJSON(e Event) EventJSON {
	details := make(map[string]string, len(e.Details))
	for _, d := range e.Details {
		details[d.Name] = d.Value
	}
	return EventJSON{
		Seq: e.Seq, At: e.At.UTC().Format(time.RFC3339Nano), Console: e.Console, Operator: e.Operator,
		Action: e.Action, Target: e.Target, Provider: e.Provider, Outcome: e.Outcome, Reason: e.Reason,
		Details: details, Prev: hex.EncodeToString(e.Prev), Hash: hex.EncodeToString(e.Hash),
	}
}

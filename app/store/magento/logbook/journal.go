package logbook

import (
	"context"
	"encoding/hex"
	"slices"
	"strconv"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/audit"
)

// The details that the logbook adds itself.
const (
	// IntentDetail is what an outcome names its intent by: the number of it.
	IntentDetail = "intent"

	// WritesDetail is what an intent names by what will be written: hexadecimal.
	WritesDetail = "writes"
)

// Append writes one event, and returns it with its number and hashes. Intents
// and their outcomes have methods of their own.
func (t *Tx) Append(e app.Event) (app.Event, error) {
	if e.Outcome == app.Intent {
		return app.Event{}, app.Errorf(app.Internal, "An intent is no event of its own.")
	}
	if err := free(e); err != nil {
		return app.Event{}, err
	}
	return t.log(e, nil)
}

// free returns an error for an event that names an intent already.
func free(e app.Event) error {
	if slices.ContainsFunc(e.Details, func(d app.Detail) bool { return d.Name == IntentDetail }) {
		return app.Errorf(app.Internal, "The detail %q belongs to the logbook.", IntentDetail)
	}
	return nil
}

// Intend writes that something is about to be changed, and returns the number
// to settle it by. writes is what the store can be recognized by afterwards, for
// example a hash of the new row; empty: it cannot.
func (t *Tx) Intend(e app.Event, writes []byte) (seq int64, err error) {
	if err := free(e); err != nil {
		return 0, err
	}
	e.Outcome = app.Intent
	e.Details = slices.Clone(e.Details)
	if len(writes) > 0 {
		e.Details = append(e.Details, app.Detail{Name: WritesDetail, Value: hex.EncodeToString(writes)})
	}
	e, err = t.log(e, int64(0))
	return e.Seq, err
}

// Settle writes how an intent ended: e with its Outcome. NotFound when there is
// no such intent, Conflict when it is settled already.
func (t *Tx) Settle(seq int64, e app.Event) error {
	switch e.Outcome {
	case app.Done, app.Refused, app.Failed:
	default:
		return app.Errorf(app.Internal, "An intent ends done, refused or failed, not %q.", string(e.Outcome))
	}
	if err := free(e); err != nil {
		return err
	}
	e.Details = append(slices.Clone(e.Details), app.Detail{Name: IntentDetail, Value: strconv.FormatInt(seq, 10)})
	e, err := t.log(e, nil)
	if err != nil {
		return err
	}
	n, err := t.exec("UPDATE events SET settled = $1 WHERE seq = $2 AND settled = 0", e.Seq, seq)
	if err != nil || n == 1 {
		return err
	}
	var settled *int64
	err = t.row("SELECT settled FROM events WHERE seq = $1", []any{seq}, &settled)
	if none(err) || err == nil && settled == nil {
		return app.Errorf(app.NotFound, "Event %d is no intent.", seq)
	}
	if err != nil {
		return err
	}
	return app.Errorf(app.Conflict, "It is known already how the intent of event %d ended.", seq)
}

// log puts an event at the end of the chain, and seals the new end. settled is
// nil for all but intents.
func (t *Tx) log(e app.Event, settled any) (app.Event, error) {
	if e.At.IsZero() {
		e.At = t.b.now()
	}
	var last app.Head
	err := t.row("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1", nil, &last.Seq, &last.Hash)
	if err != nil && !none(err) {
		return app.Event{}, err
	}
	e, form := audit.Chain(e, last)
	err = one(t.exec("INSERT INTO events (seq, form, hash, at, operator_id, target_id, settled) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		e.Seq, form, e.Hash, e.At.UnixMicro(), string(e.OperatorID), string(e.TargetID), settled))
	if err != nil {
		return app.Event{}, err
	}
	return e, t.sealEnd(last, e)
}

// Writes returns what an intent was given to recognize its outcome by, or nil.
func Writes(e app.Event) []byte {
	b, err := hex.DecodeString(e.Detail(WritesDetail))
	if err != nil || len(b) == 0 {
		return nil
	}
	return b
}

// Append is Tx.Append in a transaction of its own.
func (b *Book) Append(ctx context.Context, e app.Event) (app.Event, error) {
	err := b.Write(ctx, func(t *Tx) (err error) {
		e, err = t.Append(e)
		return err
	})
	if err != nil {
		return app.Event{}, err
	}
	return e, nil
}

// Intend is Tx.Intend in a transaction of its own.
func (b *Book) Intend(ctx context.Context, e app.Event, writes []byte) (seq int64, err error) {
	err = b.Write(ctx, func(t *Tx) (err error) {
		seq, err = t.Intend(e, writes)
		return err
	})
	return seq, err
}

// Settle is Tx.Settle in a transaction of its own.
func (b *Book) Settle(ctx context.Context, seq int64, e app.Event) error {
	return b.Write(ctx, func(t *Tx) error { return t.Settle(seq, e) })
}

// OpenIntents returns the intents of which nobody knows how they ended, oldest
// first. One that another process has just written may be on its way: who locks
// in the store what it is about sees the outcome.
func (b *Book) OpenIntents(ctx context.Context) ([]app.Event, error) {
	var open []app.Event
	_, err := b.some(ctx, choice{where: []string{"settled = 0"}}, " ORDER BY seq", 0, func(e app.Event) { open = append(open, e) })
	if err != nil {
		return nil, explain("read intents", err)
	}
	return open, nil
}

// Head returns the newest event's number and hash; zero when there is none.
func (b *Book) Head(ctx context.Context) (app.Head, error) {
	var h app.Head
	err := b.read.QueryRowContext(ctx, "SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1").Scan(&h.Seq, &h.Hash)
	if none(err) {
		return app.Head{}, nil
	}
	return h, explain("read head", err)
}

// HashAt returns the hash of one event, or NotFound.
func (b *Book) HashAt(ctx context.Context, seq int64) ([]byte, error) {
	var h []byte
	err := b.read.QueryRowContext(ctx, "SELECT hash FROM events WHERE seq = $1", seq).Scan(&h)
	if none(err) {
		return nil, app.Errorf(app.NotFound, "There is no event %d.", seq)
	}
	return h, explain("read event", err)
}

package native

import (
	"context"
	"database/sql"
	"strconv"

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
	end, err := t.w.link.newest(t.ctx)
	if err != nil {
		return err
	}
	e, form := audit.Chain(e, end.last)
	if err := t.put(insertEvent, e.Seq, form, e.Hash, e.At.UnixMicro(),
		nullNumber(e.OperatorID), nullNumber(e.TargetID)); err != nil {
		return err
	}
	t.head = app.Head{Seq: e.Seq, Hash: e.Hash}
	return t.settle(e, end)
}

// settle writes what goes with each event into the store's one row: the seal,
// if a key is open, and the numbers that the transaction has changed. end is
// the one before.
func (t *tx) settle(e app.Event, end chainEnd) error {
	text, args := "UPDATE store SET ", []any{}
	keys, _ := t.s.openKeys()
	fits := keys != nil
	if fits {
		var err error
		if fits, err = t.sealed(keys, end); err != nil {
			return err
		}
	}
	if fits {
		if t.next != nil { // the keys follow others with this deed
			keys = t.next
		}
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
	return t.put(text+" WHERE id = 1", args...)
}

const insertEvent = "INSERT INTO events (seq, form, hash, at, operator_id, target_id) VALUES ($1, $2, $3, $4, $5, $6)"

func nullNumber(id app.UserID) sql.NullInt64 {
	n, ok := number(id)
	return sql.NullInt64{Int64: n, Valid: ok}
}

// Append writes one event on its own.
func (s *Store) Append(ctx context.Context, e app.Event) error {
	return s.change(ctx, "append event", hold{}, func(t *tx) error { return t.log(e) })
}

// Head returns the newest event's number and hash; zero when there is none.
func (s *Store) Head(ctx context.Context) (app.Head, error) {
	var h app.Head
	err := s.read.row(ctx, newestEvent, nil, &h.Seq, &h.Hash)
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

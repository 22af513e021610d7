package magento

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/magento/logbook"
)

// overDetail is what an intent names what it will replace by: a digest of the
// rows as they were.
const overDetail = "over"

func hexOf(b []byte) string { return hex.EncodeToString(b) }

// clarifyPause is how long a deed waits before it looks again how it ended.
const clarifyPause = 500 * time.Millisecond

// state says how an intent ended.
type state int

const (
	unknown state = iota // somebody has changed it since, or it leaves no trace
	landed
	lost
)

// clarify finds out whether a deed was done whose commit was not answered. It
// fails when that cannot be found out: the intent stays open then.
func (s *Store) clarify(e app.Event, intent int64, cause error) (done bool, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), s.config.patience)
	defer cancel()
	meant, err := s.intent(ctx, intent)
	for err == nil {
		found, lerr := s.look(ctx, meant)
		if lerr == nil && found != unknown {
			return found == landed, nil
		}
		if lerr == nil {
			err = cause
		} else {
			err = pauseFor(ctx, clarifyPause)
		}
	}
	return false, app.Errorf(app.Unreachable, "It is not known whether this was done: the connection to the shop's database was cut at that very moment.").
		WithHint("Check before you repeat it.").Because(errors.Join(cause, err, fmt.Errorf("intent %d to %s", intent, e.Action)))
}

// pauseFor waits, or until ctx ends.
func pauseFor(ctx context.Context, d time.Duration) error {
	wait := time.NewTimer(d)
	defer wait.Stop()
	select {
	case <-wait.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// intent reads an intent from the logbook.
func (s *Store) intent(ctx context.Context, seq int64) (app.Event, error) {
	open, err := s.book.OpenIntents(ctx)
	if err != nil {
		return app.Event{}, err
	}
	i := slices.IndexFunc(open, func(e app.Event) bool { return e.Seq == seq })
	if i < 0 {
		return app.Event{}, app.Errorf(app.NotFound, "There is no open intent %d.", seq)
	}
	return open[i], nil
}

// look says how an intent ended, by what the shop has now. It locks the rows
// that it looks at: a transaction that is still on its way holds them, and is
// waited for.
func (s *Store) look(ctx context.Context, meant app.Event) (state, error) {
	id, ok := numberOf(meant.TargetID)
	if !ok {
		return unknown, nil
	}
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return unknown, err
	}
	defer func() { _ = tx.Rollback() }() // it changes nothing
	base := conn{tx, s.base.names}
	a, err := lock(ctx, base, id)
	if app.KindOf(err) == app.NotFound {
		return unknown, nil
	}
	if err != nil {
		return unknown, err
	}
	if after := logbook.Writes(meant); after != nil {
		now := digest(a.rows)
		switch {
		case bytes.Equal(now, after):
			return landed, nil
		case hexOf(now) == meant.Detail(overDetail):
			return lost, nil
		}
		return unknown, nil
	}
	switch meant.Action {
	case app.DoUnlock:
		return is(a.user.Failures == 0 && a.tally.until.IsZero()), nil
	case app.DoEndSessions:
		n, err := s.openSessions(ctx, base, id)
		return is(n == 0), err
	}
	return unknown, nil
}

// is says how a deed ended that leaves no mark, but can be repeated without
// harm: whether it is so now.
func is(so bool) state {
	if so {
		return landed
	}
	return lost
}

// settle writes the outcome of intents that an earlier run has left open, as
// far as the shop can tell it.
func (s *Store) settle(ctx context.Context) error {
	open, err := s.book.OpenIntents(ctx)
	if err != nil {
		return err
	}
	for _, meant := range open {
		found, err := s.look(ctx, meant)
		if busy(err) {
			continue // another console is about it
		}
		if err != nil {
			return err
		}
		if found == unknown {
			continue
		}
		e := s.outcome(meant, found)
		if err := s.book.Settle(ctx, meant.Seq, e); err != nil && app.KindOf(err) != app.Conflict {
			return err
		}
	}
	return nil
}

// outcome is the event that settles an intent which was found open.
func (s *Store) outcome(meant app.Event, found state) app.Event {
	e := meant
	e.At, e.Outcome = s.now(), app.Done
	e.Details = slices.DeleteFunc(slices.Clone(meant.Details), func(d app.Detail) bool {
		return d.Name == logbook.WritesDetail || d.Name == overDetail
	})
	if found == landed {
		e.Details = append(e.Details, app.Detail{Name: "found", Value: "done, when the shop was opened again"})
		return e
	}
	e.Outcome, e.Reason = app.Failed, "Nothing was changed, as was found when the shop was opened again"
	if meant.Reason != "" {
		e.Details = append(e.Details, app.Detail{Name: "reason", Value: meant.Reason})
	}
	return e
}

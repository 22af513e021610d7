package magento

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"time"

	"github.com/factordesk/factordesk/app"
)

// wrongAttempt is an attempt that failed.
type wrongAttempt struct {
	reason   app.Reason
	words    string // for the audit
	event    app.Event
	prolongs bool // it counts during a lock-out, too: passwords do, codes are not looked at then
}

// wrong counts a failed attempt in the shop's own columns, and writes it down.
// Where the shop has switched lock-outs off, or through a read-only connection,
// nothing is counted.
func (s *Store) wrong(ctx context.Context, l *law, u app.User, w wrongAttempt) (app.Attempt, error) {
	policy := l.settings.lock()
	s.setLock(policy)
	if policy.Failures == 0 || s.config.ReadOnly {
		a := app.Attempt{Reason: w.reason, User: u, Left: left(policy, u.Failures)}
		if u.Locked(s.now()) {
			a.LockedUntil = u.LockedUntil
		}
		return a, s.refused(ctx, w.event, w.words)
	}
	var was account
	var is tally
	err := s.retry(ctx, func() (err error) {
		was, is, err = s.count(ctx, u.ID, policy, w)
		return err
	})
	if err != nil {
		return app.Attempt{}, err
	}
	u.Failures, u.LockedUntil = is.failures, s.here(is.until, was.at)
	if was.locked() {
		return lockedOut(u), s.refused(ctx, w.event, "The account is locked")
	}
	a := app.Attempt{Reason: w.reason, User: u, Left: left(policy, is.failures)}
	if is.locked(was.at) {
		a.LockedUntil = u.LockedUntil
	}
	return a, s.refused(ctx, w.event, fmt.Sprintf("%s, %d of %d", w.words, is.failures, policy.Failures))
}

// tally is the count of failed attempts of an account, in Magento's columns.
type tally struct {
	failures int
	first    time.Time // first_failure
	until    time.Time // lock_expires
}

func (t tally) locked(at time.Time) bool { return t.until.After(at) }

// fail returns the tally after one more failed attempt, as Magento counts: the
// first one, and one that comes more than the length of a lock-out after it,
// starts the count anew; the last one that is allowed locks the account from
// then on, and so does each one after it. The columns keep seconds.
func (t tally) fail(at time.Time, p app.LockPolicy) tally {
	at = at.UTC().Truncate(time.Second)
	if t.failures <= 0 || t.first.IsZero() || at.Sub(t.first) > p.For {
		t.failures, t.first = 1, at
		return t
	}
	t.failures = min(t.failures+1, math.MaxInt16)
	if t.failures >= p.Failures {
		t.until = at.Add(p.For)
	}
	return t
}

// count adds a failed attempt to an account, in a transaction of its own, so
// that no attempt at the same time is lost. The time is the database's.
func (s *Store) count(ctx context.Context, id app.UserID, p app.LockPolicy, w wrongAttempt) (was account, is tally, err error) {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return was, is, err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	base := conn{tx, s.base.names}
	if was, err = lock(ctx, base, mustNumber(id)); err != nil {
		return was, is, err
	}
	if was.locked() && !w.prolongs {
		return was, was.tally, nil
	}
	is = was.tally.fail(was.at, p)
	if err := setTally(ctx, base, was.id, is); err != nil {
		return was, is, err
	}
	return was, is, tx.Commit()
}

func setTally(ctx context.Context, base conn, id int64, t tally) error {
	_, err := base.exec(ctx, "UPDATE {admin_user} SET failures_num = ?, first_failure = ?, lock_expires = ? WHERE user_id = ?",
		t.failures, nullTime(t.first), nullTime(t.until), id)
	return err
}

func nullTime(t time.Time) sql.NullTime { return sql.NullTime{Time: t, Valid: !t.IsZero()} }

// clear ends the count of failed attempts after a right one, as Magento does,
// and in u. Where there is nothing to clear nothing is written.
func (s *Store) clear(ctx context.Context, u *app.User) error {
	if u.Failures == 0 && u.LockedUntil.IsZero() {
		return nil
	}
	err := s.retry(ctx, func() error {
		_, err := s.base.exec(ctx, "UPDATE {admin_user} SET failures_num = 0, first_failure = NULL, lock_expires = NULL WHERE user_id = ?", mustNumber(u.ID))
		return err
	})
	if err == nil {
		u.Failures, u.LockedUntil = 0, time.Time{}
	}
	return err
}

// retry makes way for other transactions a few times.
func (s *Store) retry(ctx context.Context, do func() error) (err error) {
	for try := range maxTries {
		if err = pause(ctx, try); err == nil {
			err = do()
		}
		if !busy(err) {
			break
		}
	}
	return err
}

// setLock keeps what the shop says about lock-outs for Info.
func (s *Store) setLock(p app.LockPolicy) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.info.Lock = p
}

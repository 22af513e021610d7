package logbook

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
)

// Tx is some entries that are made together or not at all.
type Tx struct {
	b    *Book
	ctx  context.Context
	conn *sql.Conn
}

// Write makes what do writes one transaction. When do fails, nothing of it is in
// the logbook. A context that ends stops the wait for other writers, and nothing
// that has begun.
func (b *Book) Write(ctx context.Context, do func(*Tx) error) error {
	return b.transact(ctx, true, do)
}

// WriteSoon is Write without the wait for the disk. What it writes is there for
// every process at once, and outlives a crash of the program. After a failure of
// the machine the newest of it may be missing, unless Write has written since.
// It is for the outcome of an intent, which can be found out again.
func (b *Book) WriteSoon(ctx context.Context, do func(*Tx) error) error {
	return b.transact(ctx, false, do)
}

func (b *Book) transact(ctx context.Context, wait bool, do func(*Tx) error) error {
	if err := ctx.Err(); err != nil {
		return explain("write", err)
	}
	conn, err := b.write.Conn(ctx)
	if err != nil {
		return explain("write", err)
	}
	t := &Tx{b: b, ctx: context.WithoutCancel(ctx), conn: conn}
	defer func() { _ = conn.Close() }() // it goes back to the pool
	if !wait {
		if err := t.hurry(); err != nil {
			return explain("write", err)
		}
		defer t.calm()
	}
	if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		t.rollback() // a wait that was stopped may have got the lock all the same
		if stopped := ctx.Err(); stopped != nil {
			err = stopped
		}
		return explain("write", err)
	}
	done := false
	defer func() {
		if !done {
			t.rollback()
		}
	}()
	if err := do(t); err != nil {
		return explain("write", err)
	}
	if _, err := t.exec("COMMIT"); err != nil {
		return explain("write", err)
	}
	done = true
	return nil
}

// hurry makes the connection not wait for the disk, and calm wait again. Where
// that fails the connection is thrown away: a new one waits.
func (t *Tx) hurry() error {
	_, err := t.exec("PRAGMA synchronous = NORMAL")
	return err
}

func (t *Tx) calm() {
	if _, err := t.exec("PRAGMA synchronous = FULL"); err != nil {
		_ = t.conn.Raw(func(any) error { return driver.ErrBadConn })
	}
}

// rollback ends the transaction. Where it cannot, it throws the connection away,
// which takes everything back as well.
func (t *Tx) rollback() {
	_ = t.conn.Raw(func(c any) error {
		// After a fault that has ended the transaction already this fails, since none
		// is active; that the connection is made anew then costs nothing.
		if _, err := c.(driver.ExecerContext).ExecContext(t.ctx, "ROLLBACK", nil); err != nil {
			return driver.ErrBadConn
		}
		return nil
	})
}

func (t *Tx) exec(text string, args ...any) (int64, error) {
	r, err := t.conn.ExecContext(t.ctx, text, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// row runs an SQL text and scans its only row into dest.
func (t *Tx) row(text string, args []any, dest ...any) error {
	return t.conn.QueryRowContext(t.ctx, text, args...).Scan(dest...)
}

// none reports whether a query found no row.
func none(err error) bool { return errors.Is(err, sql.ErrNoRows) }

// one returns an error unless exactly one row was changed.
func one(n int64, err error) error {
	if err == nil && n != 1 {
		err = fmt.Errorf("%d rows instead of one", n)
	}
	return err
}

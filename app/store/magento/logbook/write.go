package logbook

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
)

// writer is the one connection that writes. Holding it, rather than taking it
// from a pool each time, keeps its statements prepared.
type writer struct {
	db    *sql.DB
	turn  chan struct{} // holds a value while a transaction runs
	conn  *sql.Conn     // nil until the first transaction, and after a fault
	stmts map[string]*sql.Stmt
}

// drop throws the connection away, and with it whatever is on its way.
func (w *writer) drop() {
	for _, s := range w.stmts {
		_ = s.Close()
	}
	if w.conn != nil {
		_ = w.conn.Raw(func(any) error { return driver.ErrBadConn })
		_ = w.conn.Close()
	}
	w.conn, w.stmts = nil, nil
}

// close waits for a running transaction and closes the connection.
func (w *writer) close() error {
	w.turn <- struct{}{}
	w.drop()
	<-w.turn
	return w.db.Close()
}

// Tx is some entries that are made together or not at all.
type Tx struct {
	b   *Book
	w   *writer
	ctx context.Context
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
	t, err := b.begin(ctx, wait)
	if err != nil {
		return explain("write", err)
	}
	defer func() { <-t.w.turn }()
	if !wait {
		defer t.calm()
	}
	done := false
	defer func() {
		if !done { // an error, or a panic
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

// begin waits for its turn in this process and for the lock of the file.
func (b *Book) begin(ctx context.Context, wait bool) (*Tx, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	w := b.write
	select {
	case w.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	t := &Tx{b: b, w: w, ctx: context.WithoutCancel(ctx)}
	err := t.start(ctx, wait)
	if err == nil {
		return t, nil
	}
	// A wait that was stopped may have got the lock all the same.
	w.drop()
	<-w.turn
	if stopped := ctx.Err(); stopped != nil {
		err = stopped
	}
	return nil, err
}

// start begins a transaction on the connection, which it makes if need be.
func (t *Tx) start(ctx context.Context, wait bool) error {
	if t.w.conn == nil {
		c, err := t.w.db.Conn(ctx)
		if err != nil {
			return err
		}
		t.w.conn, t.w.stmts = c, map[string]*sql.Stmt{}
	}
	if !wait {
		if _, err := t.exec("PRAGMA synchronous = NORMAL"); err != nil {
			return err
		}
	}
	begin, err := t.stmt("BEGIN IMMEDIATE")
	if err == nil {
		_, err = begin.ExecContext(ctx)
	}
	return err
}

// calm makes the connection wait for the disk again. Where that fails it is
// thrown away: a new one waits.
func (t *Tx) calm() {
	if t.w.conn == nil {
		return
	}
	if _, err := t.exec("PRAGMA synchronous = FULL"); err != nil {
		t.w.drop()
	}
}

// rollback ends the transaction. Where it cannot, it throws the connection away,
// which takes everything back as well.
func (t *Tx) rollback() {
	err := t.w.conn.Raw(func(c any) error {
		_, err := c.(driver.ExecerContext).ExecContext(t.ctx, "ROLLBACK", nil)
		return err
	})
	if err != nil { // also after a fault that has ended the transaction already
		t.w.drop()
	}
}

// stmt returns the prepared statement of an SQL text. The texts are few: none
// holds a value.
func (t *Tx) stmt(text string) (*sql.Stmt, error) {
	if s := t.w.stmts[text]; s != nil {
		return s, nil
	}
	s, err := t.w.conn.PrepareContext(t.ctx, text)
	if err != nil {
		return nil, err
	}
	t.w.stmts[text] = s
	return s, nil
}

func (t *Tx) exec(text string, args ...any) (int64, error) {
	s, err := t.stmt(text)
	if err != nil {
		return 0, err
	}
	r, err := s.ExecContext(t.ctx, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// row runs an SQL text and scans its only row into dest.
func (t *Tx) row(text string, args []any, dest ...any) error {
	s, err := t.stmt(text)
	if err != nil {
		return err
	}
	return s.QueryRowContext(t.ctx, args...).Scan(dest...)
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

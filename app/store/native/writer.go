package native

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync"

	"github.com/factordesk/factordesk/app"
)

// reader is the pool that looks at the store. Its statements are prepared once
// and for each connection.
type reader struct {
	db    *sql.DB
	mu    sync.Mutex
	stmts map[string]*sql.Stmt
}

// stmt returns the prepared statement of an SQL text. The texts are few: none
// holds a value.
func (r *reader) stmt(ctx context.Context, text string) (*sql.Stmt, error) {
	r.mu.Lock()
	s := r.stmts[text]
	r.mu.Unlock()
	if s != nil {
		return s, nil
	}
	s, err := r.db.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if other := r.stmts[text]; other != nil {
		_ = s.Close()
		return other, nil
	}
	if r.stmts == nil {
		r.stmts = map[string]*sql.Stmt{}
	}
	r.stmts[text] = s
	return s, nil
}

// query runs an SQL text.
func (r *reader) query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	s, err := r.stmt(ctx, text)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

// row runs an SQL text and scans its only row into dest.
func (r *reader) row(ctx context.Context, text string, args []any, dest ...any) error {
	s, err := r.stmt(ctx, text)
	if err != nil {
		return err
	}
	return s.QueryRowContext(ctx, args...).Scan(dest...)
}

// writer is the one connection that changes the store. Holding it, rather than
// taking one from a pool, keeps its statements prepared across transactions.
type writer struct {
	db    *sql.DB
	turn  chan struct{} // holds a value while a transaction runs
	conn  *sql.Conn     // nil until the first transaction, and after a fault
	stmts map[string]*sql.Stmt
}

// tx is a transaction. All of its statements run even if the caller's context
// ends meanwhile: they take less time than stopping them would.
type tx struct {
	s     *Store
	w     *writer
	ctx   context.Context
	roles map[app.RoleID]app.Role // nil: not read yet, or changed

	counts tally // not written yet
}

// begin waits for its turn in this process and for the lock of the database.
func (w *writer) begin(ctx context.Context, s *Store) (*tx, error) {
	select {
	case w.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	t := &tx{s: s, w: w, ctx: context.WithoutCancel(ctx)}
	if w.conn == nil {
		c, err := w.db.Conn(ctx)
		if err != nil {
			<-w.turn
			return nil, err
		}
		w.conn, w.stmts = c, map[string]*sql.Stmt{}
	}
	begin, err := t.stmt("BEGIN IMMEDIATE")
	if err == nil {
		_, err = begin.ExecContext(ctx)
	}
	if err != nil {
		// A wait that was stopped may have got the lock all the same.
		t.rollback()
		return nil, err
	}
	return t, nil
}

// commit ends the transaction and the turn. When it fails nothing is changed.
func (t *tx) commit() error {
	if _, err := t.exec("COMMIT"); err != nil {
		t.rollback()
		return err
	}
	<-t.w.turn
	return nil
}

// rollback ends the transaction and the turn. Where it cannot, it closes the
// connection, which takes everything back as well.
func (t *tx) rollback() {
	err := t.w.conn.Raw(func(c any) error {
		// The driver's statement says "no transaction is active" after a fault
		// that has ended it already, so its error tells nothing.
		_, _ = c.(driver.ExecerContext).ExecContext(t.ctx, "ROLLBACK", nil)
		return nil
	})
	if err != nil {
		t.w.drop()
	}
	<-t.w.turn
}

func (w *writer) drop() {
	for _, s := range w.stmts {
		_ = s.Close()
	}
	if w.conn != nil {
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

func (t *tx) stmt(text string) (*sql.Stmt, error) {
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

// exec runs an SQL text and returns how many rows it changed.
func (t *tx) exec(text string, args ...any) (int64, error) {
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

func (t *tx) query(text string, args ...any) (*sql.Rows, error) {
	s, err := t.stmt(text)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(t.ctx, args...)
}

// row runs an SQL text and scans its only row into dest.
func (t *tx) row(text string, args []any, dest ...any) error {
	s, err := t.stmt(text)
	if err != nil {
		return err
	}
	return s.QueryRowContext(t.ctx, args...).Scan(dest...)
}

// change runs a deed as one transaction. When the deed fails, nothing of it is
// in the store, its events neither.
func (s *Store) change(ctx context.Context, deed string, do func(*tx) error) error {
	if s.protected {
		return errReadOnly()
	}
	if err := ctx.Err(); err != nil {
		return explain(deed, err)
	}
	t, err := s.write.begin(ctx, s)
	if err != nil {
		return explain(deed, err)
	}
	done := false
	defer func() {
		if !done { // a panic in the deed
			t.rollback()
		}
	}()
	err = do(t)
	done = true
	if err != nil {
		t.rollback()
		return explain(deed, err)
	}
	return explain(deed, t.commit())
}

// none reports whether a query found no row.
func none(err error) bool { return errors.Is(err, sql.ErrNoRows) }

// affected returns an error unless exactly one row was changed.
func affected(n int64, err error) error {
	if err == nil && n != 1 {
		err = fmt.Errorf("%d rows instead of one", n)
	}
	return err
}

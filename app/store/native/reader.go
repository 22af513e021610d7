package native

import (
	"context"
	"database/sql"
	"sync"
)

// reader is the pool that looks at the store. Where the engine is at home with
// it, its statements are prepared once and for each connection. Elsewhere none is:
// a pooler before the server may give each statement to another connection.
type reader struct {
	db       *sql.DB
	prepares bool
	mu       sync.Mutex
	stmts    map[string]*sql.Stmt
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
	if !r.prepares {
		rows, err := r.db.QueryContext(ctx, text, args...)
		if again(ctx, err) {
			rows, err = r.db.QueryContext(ctx, text, args...)
		}
		return rows, err
	}
	s, err := r.stmt(ctx, text)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

// row runs an SQL text and scans its only row into dest.
func (r *reader) row(ctx context.Context, text string, args []any, dest ...any) error {
	if !r.prepares {
		err := r.db.QueryRowContext(ctx, text, args...).Scan(dest...)
		if again(ctx, err) {
			err = r.db.QueryRowContext(ctx, text, args...).Scan(dest...)
		}
		return err
	}
	s, err := r.stmt(ctx, text)
	if err != nil {
		return err
	}
	return s.QueryRowContext(ctx, args...).Scan(dest...)
}

// again reports whether to ask once more: a connection that was kept may have
// ended long ago, and reading twice does no harm.
func again(ctx context.Context, err error) bool {
	return err != nil && ctx.Err() == nil && faultOf(err) == lost
}

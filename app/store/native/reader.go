package native

import (
	"context"
	"database/sql"
	"errors"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// reader is the pool that looks at the store. Where the engine is at home with
// it, its statements are prepared once and for each connection. Elsewhere none is:
// a pooler before the server may give each statement to another connection.
type reader struct {
	db       *sql.DB
	prepares bool
	here     func() error // says why the store must not be read now; nil: it always may
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

func (r *reader) may() error {
	if r.here == nil {
		return nil
	}
	return r.here()
}

// query runs an SQL text.
func (r *reader) query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	if err := r.may(); err != nil {
		return nil, err
	}
	if !r.prepares {
		return untilAlive(ctx, func() (*sql.Rows, error) { return r.db.QueryContext(ctx, text, args...) })
	}
	s, err := r.stmt(ctx, text)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

// row runs an SQL text and scans its only row into dest.
func (r *reader) row(ctx context.Context, text string, args []any, dest ...any) error {
	if err := r.may(); err != nil {
		return err
	}
	if !r.prepares {
		_, err := untilAlive(ctx, func() (struct{}, error) {
			return struct{}{}, r.db.QueryRowContext(ctx, text, args...).Scan(dest...)
		})
		return err
	}
	s, err := r.stmt(ctx, text)
	if err != nil {
		return err
	}
	return s.QueryRowContext(ctx, args...).Scan(dest...)
}

// answer is what an SQL text selects, row by row.
type answer interface {
	Next() bool
	Scan(dest ...any) error
	Err() error
}

// question is an SQL text that reads. Its answer is read from the beginning each
// time that it is given to read, which must not ask anything else meanwhile.
type question struct {
	text  string
	args  []any
	often bool // the same text is asked again and again, and one plan is good for all values
	read  func(answer) error
}

// askOne is a question whose answer is one row.
func askOne(text string, args []any, dest ...any) question {
	return question{text: text, args: args, often: true, read: func(a answer) error {
		if a.Next() {
			return a.Scan(dest...)
		}
		if err := a.Err(); err != nil {
			return err
		}
		return sql.ErrNoRows
	}}
}

// ask asks questions that do not need each other's answers, and gives the answers
// on in their order. To a server all of them go in one round trip.
func (r *reader) ask(ctx context.Context, questions ...question) error {
	if err := r.may(); err != nil {
		return err
	}
	if !r.prepares {
		_, err := untilAlive(ctx, func() (struct{}, error) { return struct{}{}, r.askAtOnce(ctx, questions) })
		return err
	}
	for _, q := range questions {
		if err := r.askOf(ctx, q); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) askOf(ctx context.Context, q question) error {
	rows, err := r.query(ctx, q.text, q.args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	if err := q.read(rows); err != nil {
		return err
	}
	return rows.Err()
}

// askAtOnce sends all questions before it reads the first answer.
func (r *reader) askAtOnce(ctx context.Context, questions []question) error {
	conn, err := r.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(c any) error { return askOn(ctx, c.(*stdlib.Conn).Conn(), questions) })
}

func askOn(ctx context.Context, c *pgx.Conn, questions []question) error {
	b := &pgx.Batch{}
	for _, q := range questions {
		if q.often {
			if err := prepare(ctx, c, q.text); err != nil {
				return err
			}
		}
		b.Queue(q.text, q.args...).Query(func(rows pgx.Rows) error { return q.read(rows) })
	}
	return c.SendBatch(ctx, b).Close()
}

// mostReaders is how many connections to a server are kept for reading.
const mostReaders = 4

// untilAlive reads again where the connection has ended: each of those that were
// kept may have ended long ago, and reading twice does no harm. Where no new one
// can be made, that is the answer.
func untilAlive[T any](ctx context.Context, read func() (T, error)) (found T, err error) {
	for range mostReaders + 1 {
		var connect *pgconn.ConnectError
		if found, err = read(); err == nil || ctx.Err() != nil || faultOf(err) != lost || errors.As(err, &connect) {
			break
		}
	}
	return found, err
}

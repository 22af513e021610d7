package native

import (
	"context"
	"database/sql"
	"database/sql/driver"

	"github.com/factordesk/factordesk/app"
)

// sqliteLink is the one connection that changes a file. Holding it, rather than
// taking one from a pool, keeps its statements prepared across transactions.
type sqliteLink struct {
	db    *sql.DB
	conn  *sql.Conn // nil until the first transaction, and after a fault
	stmts map[string]*sql.Stmt
}

// begin waits for the lock of the database, which keeps every other deed out.
func (l *sqliteLink) begin(ctx context.Context, _ hold) (opening, error) {
	if l.conn == nil {
		c, err := l.db.Conn(ctx)
		if err != nil {
			return opening{}, err
		}
		l.conn, l.stmts = c, map[string]*sql.Stmt{}
	}
	begin, err := l.stmt(context.WithoutCancel(ctx), "BEGIN IMMEDIATE")
	if err == nil {
		_, err = begin.ExecContext(ctx)
	}
	at := unknown
	if err == nil {
		if err = l.row(context.WithoutCancel(ctx), versionsQuery, nil, &at.roles, &at.keys); none(err) {
			err = nil // a new store has no row yet
		}
	}
	if err != nil {
		// A wait that was stopped may have got the lock all the same.
		l.rollback()
	}
	return opening{at: at}, err
}

// deedContext lets all statements run even if the caller's context ends
// meanwhile: they take less time than stopping them would.
func (l *sqliteLink) deedContext(ctx context.Context) context.Context {
	return context.WithoutCancel(ctx)
}

func (l *sqliteLink) commit(ctx context.Context, _ app.Head) error {
	if _, err := l.exec(ctx, "COMMIT"); err != nil {
		l.rollback()
		return err
	}
	return nil
}

// rollback ends the transaction. Where it cannot, it closes the connection, which
// takes everything back as well.
func (l *sqliteLink) rollback() {
	err := l.conn.Raw(func(c any) error {
		// The driver's statement says "no transaction is active" after a fault
		// that has ended it already, so its error tells nothing.
		_, _ = c.(driver.ExecerContext).ExecContext(context.Background(), "ROLLBACK", nil)
		return nil
	})
	if err != nil {
		l.drop()
	}
}

func (l *sqliteLink) drop() {
	for _, s := range l.stmts {
		_ = s.Close()
	}
	if l.conn != nil {
		_ = l.conn.Close()
	}
	l.conn, l.stmts = nil, nil
}

func (l *sqliteLink) close() error {
	l.drop()
	return l.db.Close()
}

func (l *sqliteLink) stmt(ctx context.Context, text string) (*sql.Stmt, error) {
	if s := l.stmts[text]; s != nil {
		return s, nil
	}
	s, err := l.conn.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	l.stmts[text] = s
	return s, nil
}

func (l *sqliteLink) exec(ctx context.Context, text string, args ...any) (int64, error) {
	s, err := l.stmt(ctx, text)
	if err != nil {
		return 0, err
	}
	r, err := s.ExecContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// put does at once what it is told: no answer is far away.
func (l *sqliteLink) put(ctx context.Context, text string, args ...any) error {
	return affected(l.exec(ctx, text, args...))
}

func (l *sqliteLink) also(ctx context.Context, text string, args ...any) error {
	_, err := l.exec(ctx, text, args...)
	return err
}

func (l *sqliteLink) flush(context.Context) error { return nil }

// insert adds a row and returns its ID. SQLite knows RETURNING as well, but
// then keeps a journal for the statement, which doubles its cost.
func (l *sqliteLink) insert(ctx context.Context, text string, args ...any) (int64, error) {
	s, err := l.stmt(ctx, text)
	if err != nil {
		return 0, err
	}
	r, err := s.ExecContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	return r.LastInsertId()
}

func (l *sqliteLink) query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	s, err := l.stmt(ctx, text)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

func (l *sqliteLink) row(ctx context.Context, text string, args []any, dest ...any) error {
	s, err := l.stmt(ctx, text)
	if err != nil {
		return err
	}
	return s.QueryRowContext(ctx, args...).Scan(dest...)
}

// undo takes back what was done since a savepoint.
func (l *sqliteLink) undo(ctx context.Context, savepoint string) error {
	_, err := l.exec(ctx, "ROLLBACK TO "+savepoint)
	return err
}

// guard has nothing to do: no other deed runs.
func (l *sqliteLink) guard(context.Context) error { return nil }

// newest reads the end of the chain.
func (l *sqliteLink) newest(ctx context.Context) (e chainEnd, err error) {
	err = l.row(ctx, newestEvent, nil, &e.last.Seq, &e.last.Hash)
	if none(err) {
		return chainEnd{}, nil
	}
	return e, err
}

// addSearch makes a user's text known to the trigram index, and removeSearch
// forgets it; the index keeps no text, so it must be told the old one.
func (l *sqliteLink) addSearch(ctx context.Context, id int64, text string) error {
	_, err := l.exec(ctx, "INSERT INTO users_search (rowid, search) VALUES ($1, $2)", id, text)
	return err
}

func (l *sqliteLink) removeSearch(ctx context.Context, id int64, text string) error {
	_, err := l.exec(ctx, "INSERT INTO users_search (users_search, rowid, search) VALUES ('delete', $1, $2)", id, text)
	return err
}

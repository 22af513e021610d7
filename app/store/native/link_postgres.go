package native

import (
	"bytes"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/factordesk/factordesk/app"
)

// postgresLink changes a store on a server. It keeps one connection, and nothing
// in its session: a pooler before the server may give each transaction to
// another one.
//
// What a deed only writes waits, and goes to the server together with the next
// thing that needs an answer. So most deeds take four round trips.
type postgresLink struct {
	db      *sql.DB
	conn    *sql.Conn // nil until the first transaction, and after a fault
	waiting *pgx.Batch

	patience time.Duration // commitPatience; tests have less
}

// beginText is the beginning of each transaction. Who waits for a lock gives up
// as soon as a local store would. A console that has died without a word keeps
// its locks no longer than a minute. The level is what the rules about locks
// rely on, whatever the server's own is. That the commit does not wait for the
// disk is made up for by durable.
//
// A deed on some user may run beside others, but not beside one that is about
// all of them.
const beginText = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SELECT set_config('lock_timeout', '5000', TRUE), " +
	"set_config('idle_in_transaction_session_timeout', '60000', TRUE), set_config('statement_timeout', '0', TRUE), " +
	"set_config('synchronous_commit', 'off', TRUE); LOCK TABLE users IN "

// durable is a transaction that ends when all before it is on the disk, and on
// the copies that the server waits for. It goes with the commit of a deed. While
// one deed waits like that, the next one has the end of the chain already, and
// the disk is waited for once for all of them.
const durable = "SELECT set_config('synchronous_commit', 'on', TRUE), pg_logical_emit_message(TRUE, 'factordesk', '')"

func (h hold) text() string {
	text := beginText + "ROW SHARE MODE"
	if h.alone {
		text = beginText + "EXCLUSIVE MODE"
	}
	if h.user != 0 && !h.alone {
		text += "; SELECT id FROM users WHERE id = " + strconv.FormatInt(h.user, 10) + " FOR UPDATE"
	}
	return text + "; SELECT roles_version, keys_version FROM store WHERE id = 1"
}

// begin starts a transaction, and takes the locks on users, in one round trip. A
// connection that was kept may have ended long ago, so it is made anew once.
func (l *postgresLink) begin(ctx context.Context, h hold) (at stamp, err error) {
	kept := l.conn != nil
	at, err = l.tryBegin(ctx, h)
	if kept && ctx.Err() == nil && faultOf(err) == lost {
		at, err = l.tryBegin(ctx, h)
	}
	return at, err
}

func (l *postgresLink) tryBegin(ctx context.Context, h hold) (at stamp, err error) {
	l.waiting = nil
	if l.conn == nil {
		if l.conn, err = l.db.Conn(ctx); err != nil {
			l.conn = nil
			return unknown, err
		}
	}
	at = unknown
	err = l.raw(func(c *pgx.Conn) error {
		answers, err := c.PgConn().Exec(ctx, h.text()).ReadAll()
		if err != nil {
			return err
		}
		// A new store has no row yet.
		if last := answers[len(answers)-1]; len(last.Rows) > 0 {
			if at.roles, err = strconv.ParseInt(string(last.Rows[0][0]), 10, 64); err == nil {
				at.keys, err = strconv.ParseInt(string(last.Rows[0][1]), 10, 64)
			}
		}
		return err
	})
	if err != nil {
		l.rollback()
	}
	return at, err
}

// deedContext lets the caller stop a deed that waits for the network or for
// others. Then nothing of it is done.
func (l *postgresLink) deedContext(ctx context.Context) context.Context { return ctx }

// raw gives the driver's own connection to f.
func (l *postgresLink) raw(f func(c *pgx.Conn) error) error {
	if l.conn == nil {
		return driver.ErrBadConn
	}
	return l.conn.Raw(func(c any) error { return f(c.(*stdlib.Conn).Conn()) })
}

// send sends what waits.
func (l *postgresLink) send(ctx context.Context) error {
	b := l.waiting
	if b == nil {
		return nil
	}
	l.waiting = nil
	return l.raw(func(c *pgx.Conn) error { return c.SendBatch(ctx, b).Close() })
}

// put lets a statement wait that must change one row.
func (l *postgresLink) put(_ context.Context, text string, args ...any) error {
	if l.waiting == nil {
		l.waiting = &pgx.Batch{}
	}
	l.waiting.Queue(text, args...).Exec(func(tag pgconn.CommandTag) error { return affected(tag.RowsAffected(), nil) })
	return nil
}

func (l *postgresLink) flush(ctx context.Context) error { return l.send(ctx) }

func (l *postgresLink) exec(ctx context.Context, text string, args ...any) (int64, error) {
	if err := l.send(ctx); err != nil {
		return 0, err
	}
	r, err := l.conn.ExecContext(ctx, text, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

func (l *postgresLink) insert(ctx context.Context, text string, args ...any) (id int64, err error) {
	err = l.row(ctx, text+" RETURNING id", args, &id)
	return id, err
}

func (l *postgresLink) query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	if err := l.send(ctx); err != nil {
		return nil, err
	}
	return l.conn.QueryContext(ctx, text, args...)
}

func (l *postgresLink) row(ctx context.Context, text string, args []any, dest ...any) error {
	if err := l.send(ctx); err != nil {
		return err
	}
	return l.conn.QueryRowContext(ctx, text, args...).Scan(dest...)
}

// undo forgets what waits, and takes back the rest.
func (l *postgresLink) undo(ctx context.Context, savepoint string) error {
	l.waiting = nil
	_, err := l.exec(ctx, "ROLLBACK TO "+savepoint)
	return err
}

// administratorsLock is the advisory lock of who counts the Administrators: "FDSK".
const administratorsLock = 0x4644534B

func (l *postgresLink) guard(ctx context.Context) error {
	_, err := l.exec(ctx, "SELECT pg_advisory_xact_lock($1)", int64(administratorsLock))
	return err
}

// newest locks the one row of store, which each writer of events does before,
// and reads the end of the chain. It is a statement of its own: what another
// deed has written meanwhile is seen only by one that begins after the wait.
func (l *postgresLink) newest(ctx context.Context) (e chainEnd, err error) {
	b := l.waiting
	if b == nil {
		b = &pgx.Batch{}
	}
	l.waiting = nil
	b.Queue("SELECT id FROM store WHERE id = 1 FOR UPDATE")
	read := func(dest ...any) func(row pgx.Row) error {
		return func(row pgx.Row) error {
			if err := row.Scan(dest...); !errors.Is(err, pgx.ErrNoRows) {
				return err
			}
			return nil
		}
	}
	e.seal = &endSeal{}
	b.Queue(newestEvent).QueryRow(read(&e.last.Seq, &e.last.Hash))
	b.Queue(endSealQuery).QueryRow(read(&e.seal.Seq, &e.seal.Hash, &e.seal.mac))
	err = l.raw(func(c *pgx.Conn) error { return c.SendBatch(ctx, b).Close() })
	return e, err
}

// commit sends what waits together with COMMIT. When the connection ends before
// the answer is there, the store is asked again.
func (l *postgresLink) commit(ctx context.Context, head app.Head) error {
	if err := ctx.Err(); err != nil {
		l.rollback()
		return err
	}
	b := l.waiting
	if b == nil {
		b = &pgx.Batch{}
	}
	l.waiting = nil
	committed := false
	announce(b, head)
	b.Queue("COMMIT").Exec(func(tag pgconn.CommandTag) error {
		if tag.String() != "COMMIT" {
			return fmt.Errorf("commit: %s", tag)
		}
		committed = true
		return nil
	})
	b.Queue(durable)
	// Stopping now would leave open what has happened.
	sure, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.patience)
	defer cancel()
	alive := false
	err := l.raw(func(c *pgx.Conn) error {
		err := c.SendBatch(sure, b).Close()
		alive = !c.IsClosed()
		return err
	})
	switch {
	case committed && err == nil:
		return nil
	case alive && !committed: // the server has said no
		l.rollback()
		return err
	}
	l.drop()
	return l.settle(ctx, head, err)
}

// commitPatience is how long the answer to a commit is waited for, and how long
// it is tried then to find out what has happened.
const commitPatience = 15 * time.Second

// settle finds out whether a deed is done whose answer got lost, by its last
// event. cause is how it got lost.
func (l *postgresLink) settle(ctx context.Context, head app.Head, cause error) error {
	if head.Seq == 0 {
		return errUnknown(cause)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.patience)
	defer cancel()
	for {
		done, err := l.isDone(ctx, head)
		switch {
		case err == nil && done:
			return nil
		case err == nil:
			return errNotDone(cause)
		case ctx.Err() != nil || (faultOf(err) != lost && faultOf(err) != busy):
			return errUnknown(errors.Join(cause, err))
		}
		select {
		case <-ctx.Done():
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// isDone looks for an event. It waits for the end of the chain as a writer does:
// the server may still be about the transaction whose answer got lost.
func (l *postgresLink) isDone(ctx context.Context, head app.Head) (bool, error) {
	if _, err := l.begin(ctx, hold{}); err != nil {
		return false, err
	}
	defer l.rollback()
	if _, err := l.newest(ctx); err != nil {
		return false, err
	}
	var hash []byte
	err := l.row(ctx, "SELECT hash FROM events WHERE seq = $1", []any{head.Seq}, &hash)
	if none(err) {
		return false, nil
	}
	if err != nil || !bytes.Equal(hash, head.Hash) {
		return false, err
	}
	// It is there; this makes sure that it is on the disk as well.
	if _, err = l.exec(ctx, "COMMIT"); err == nil {
		_, err = l.exec(ctx, durable)
	}
	return err == nil, err
}

// rollback ends the transaction. Where it cannot, it closes the connection, which
// takes everything back as well.
func (l *postgresLink) rollback() {
	l.waiting = nil
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	err := l.raw(func(c *pgx.Conn) error {
		if c.IsClosed() {
			return driver.ErrBadConn
		}
		_, err := c.Exec(ctx, "ROLLBACK")
		return err
	})
	if err != nil {
		l.drop()
	}
}

// drop closes the connection itself, and does not give it back.
func (l *postgresLink) drop() {
	if l.conn == nil {
		return
	}
	_ = l.conn.Raw(func(any) error { return driver.ErrBadConn })
	_ = l.conn.Close()
	l.conn = nil
}

func (l *postgresLink) close() error {
	l.drop()
	return l.db.Close()
}

// The trigram index of PostgreSQL follows the table by itself.
func (l *postgresLink) addSearch(context.Context, int64, string) error    { return nil }
func (l *postgresLink) removeSearch(context.Context, int64, string) error { return nil }

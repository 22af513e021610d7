package native

import (
	"bytes"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
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
// thing that needs an answer. So a deed on one user takes two round trips, while
// nobody else writes: one that locks and reads the user, and one that changes
// the user, writes the event and commits.
//
// While desks work as people do, they are calm: the end of the chain is the one
// that was there when the deed began. Where many consoles write all the time,
// they queue for it, and a deed takes three round trips.
type postgresLink struct {
	db      *sql.DB
	conn    *sql.Conn // nil until the first transaction, and after a fault
	waiting *sending

	expected *chainEnd // calm: the end of the chain when the transaction began, until it was used
	crowded  int       // for how many deeds, at least, the end is locked before it is read; 0: calm
	last     app.Head  // which this console has written last
	hurried  bool      // the commit of this transaction does not wait for the disk

	patience time.Duration // commitPatience; tests have less
}

// sending is what waits to go to the server.
type sending struct {
	b     pgx.Batch
	done  int // how many of them have been answered
	event int // which of them puts an event behind the expected one; -1: none
}

// errAhead says that another console has put its event where this one wanted to.
type errAhead struct{ error }

func (e errAhead) Unwrap() error { return e.error }

// beginText is the beginning of each transaction. The level is what the rules
// about locks rely on, whatever the server's own is.
const beginText = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"

// settings are the calls that say how transactions work: this one (TRUE), or all
// of the session. Who waits for a lock gives up as soon as a local store would. A
// console that has died without a word keeps its locks no longer than a minute. A
// commit waits for the disk, whatever the server's own custom is.
func settings(local string) string {
	return "set_config('lock_timeout', '5000', " + local + "), set_config('idle_in_transaction_session_timeout', '60000', " + local +
		"), set_config('statement_timeout', '0', " + local + "), set_config('synchronous_commit', 'on', " + local + ")"
}

var settingsText = "SELECT " + settings("TRUE")

const hurry = "SELECT set_config('synchronous_commit', 'off', TRUE)"

// durable is a transaction that ends when all before it is on the disk, and on
// the copies that the server waits for. It goes with the commit of a deed where
// others queue for the end of the chain: while one waits like that, the next one
// has the end already, and the disk is waited for once for all of them.
const durable = "SELECT set_config('synchronous_commit', 'on', TRUE), pg_logical_emit_message(TRUE, 'factordesk', '')"

// What a deed holds. One on some user may run beside others, but not beside one
// that is about all of them; to lock a user is to say so as well.
const (
	holdOneText    = "SELECT id FROM users WHERE id = $1 FOR UPDATE"
	holdOneHurried = "SELECT id, set_config('synchronous_commit', 'off', TRUE) FROM users WHERE id = $1 FOR UPDATE"
	holdSomeText   = "LOCK TABLE users IN ROW SHARE MODE"
	holdAloneText  = "LOCK TABLE users IN EXCLUSIVE MODE"
)

// endQuery is the end of the chain, and what the store says of it, of the roles and
// of the keys. heldQuery is personQuery with what the store says of the last two.
const (
	endQuery = "SELECT s.roles_version, s.keys_version, s.head_seq, s.head_hash, s.head_mac, e.seq, e.hash FROM store s " +
		"LEFT JOIN LATERAL (SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1) e ON TRUE WHERE s.id = 1"
	heldQuery = "SELECT " + personColumns + ", s.roles_version, s.keys_version FROM users u " +
		"LEFT JOIN factors f ON f.user_id = u.id LEFT JOIN store s ON s.id = 1 WHERE u.id = $1"
)

// begin starts a transaction, takes the locks on users, and reads what most deeds
// begin with, in one round trip. A connection that was kept may have ended long
// ago, so it is made anew once.
func (l *postgresLink) begin(ctx context.Context, h hold) (o opening, err error) {
	kept := l.conn != nil
	o, err = l.tryBegin(ctx, h)
	if kept && ctx.Err() == nil && faultOf(err) == lost {
		o, err = l.tryBegin(ctx, h)
	}
	return o, err
}

func (l *postgresLink) tryBegin(ctx context.Context, h hold) (o opening, err error) {
	l.waiting, l.expected = nil, nil
	if l.conn == nil {
		if l.conn, err = l.db.Conn(ctx); err != nil {
			l.conn = nil
			return opening{}, err
		}
	}
	o.at = unknown
	l.hurried = l.crowded > 0
	var end *chainEnd
	err = l.raw(func(c *pgx.Conn) error {
		w := &sending{event: -1}
		w.exec(beginText)
		if !settled(c) {
			w.rows(settingsText, nil, nil)
		}
		w.hold(h, l.hurried, &o)
		switch {
		case !l.hurried && !h.once:
			w.rows(endQuery, nil, func(rows pgx.Rows) (err error) {
				end, err = readEnd(rows, &o.at)
				return err
			})
		case h.user == 0 || h.alone:
			w.rows(versionsQuery, nil, func(rows pgx.Rows) error {
				if !rows.Next() { // a new store has no row yet
					return rows.Err()
				}
				return rows.Scan(&o.at.roles, &o.at.keys)
			})
		}
		return w.send(ctx, c)
	})
	if err != nil {
		l.rollback()
		return opening{}, err
	}
	l.expected = end
	return o, nil
}

// hold locks what a deed holds, and reads the user. One that is in a hurry does not
// wait for the disk with its commit, which is made up for by durable.
func (w *sending) hold(h hold, hurried bool, o *opening) {
	text := holdOneText
	if one := h.user != 0 && !h.alone; hurried && one {
		text = holdOneHurried
	} else if hurried {
		w.rows(hurry, nil, nil)
	}
	switch {
	case h.alone:
		w.exec(holdAloneText)
	case h.user == 0:
		w.exec(holdSomeText)
	default:
		w.rows(text, []any{h.user}, nil)
		w.rows(heldQuery, []any{h.user}, func(rows pgx.Rows) (err error) {
			if o.user, err = wholeRows(rows); err == nil && len(o.user) > 0 {
				c := &cells{values: o.user[0]}
				o.at = stamp{c.number(len(c.values) - 2), c.number(len(c.values) - 1)}
				err = c.err()
			}
			return err
		})
	}
}

// readEnd reads what endQuery selects; nil for a new store, which has no row yet.
func readEnd(rows pgx.Rows, at *stamp) (*chainEnd, error) {
	if !rows.Next() {
		return nil, rows.Err()
	}
	e := &chainEnd{seal: &endSeal{}}
	var seq sql.NullInt64
	err := rows.Scan(&at.roles, &at.keys, &e.seal.Seq, &e.seal.Hash, &e.seal.mac, &seq, &e.last.Hash)
	e.last.Seq = seq.Int64
	return e, err
}

// wholeRows keeps rows as the driver gives them.
func wholeRows(rows pgx.Rows) (all [][]any, err error) {
	for rows.Next() {
		values, err := rows.Values()
		if err != nil {
			return nil, err
		}
		all = append(all, values)
	}
	return all, rows.Err()
}

// exec, change and rows let a statement wait: one of which no answer matters, one
// that must change one row, and one whose answer goes to read, unless that is nil.
func (w *sending) exec(text string, args ...any) {
	w.b.Queue(text, args...).Exec(func(pgconn.CommandTag) error { w.done++; return nil })
}

func (w *sending) change(text string, args ...any) {
	w.b.Queue(text, args...).Exec(func(tag pgconn.CommandTag) error {
		w.done++
		return affected(tag.RowsAffected(), nil)
	})
}

func (w *sending) rows(text string, args []any, read func(pgx.Rows) error) {
	w.b.Queue(text, args...).Query(func(rows pgx.Rows) error {
		var err error
		if read != nil {
			err = read(rows)
		}
		rows.Close()
		if err == nil {
			err = rows.Err()
		}
		if err == nil {
			w.done++
		}
		return err
	})
}

// send sends what waits, and reads the answers.
func (w *sending) send(ctx context.Context, c *pgx.Conn) error {
	for _, q := range w.b.QueuedQueries {
		if err := prepare(ctx, c, q.SQL); err != nil {
			return err
		}
	}
	err := c.SendBatch(ctx, &w.b).Close()
	var refusal *pgconn.PgError
	if w.event >= 0 && w.done == w.event && errors.As(err, &refusal) && (refusal.Code == "23505" || refusal.Code == "42501") {
		return errAhead{err}
	}
	return err
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

// queue returns what waits, to be added to.
func (l *postgresLink) queue() *sending {
	if l.waiting == nil {
		l.waiting = &sending{event: -1}
	}
	return l.waiting
}

// send sends what waits.
func (l *postgresLink) send(ctx context.Context) error {
	w := l.waiting
	if w == nil {
		return nil
	}
	l.waiting = nil
	return l.raw(func(c *pgx.Conn) error { return l.judge(w.send(ctx, c)) })
}

// judge notes that somebody was faster.
func (l *postgresLink) judge(err error) error {
	var ahead errAhead
	if errors.As(err, &ahead) {
		l.crowded = calmAfter
	}
	return err
}

// put lets a statement wait that must change one row.
func (l *postgresLink) put(_ context.Context, text string, args ...any) error {
	w := l.queue()
	if text == insertEvent && l.expected != nil {
		w.event, l.expected = w.b.Len(), nil
	}
	w.change(text, args...)
	return nil
}

func (l *postgresLink) also(_ context.Context, text string, args ...any) error {
	l.queue().exec(text, args...)
	return nil
}

func (l *postgresLink) flush(ctx context.Context) error { return l.send(ctx) }

// ready sends what waits, and makes the statement known that comes next.
func (l *postgresLink) ready(ctx context.Context, text string) error {
	if err := l.send(ctx); err != nil {
		return err
	}
	return l.raw(func(c *pgx.Conn) error { return prepare(ctx, c, text) })
}

func (l *postgresLink) exec(ctx context.Context, text string, args ...any) (int64, error) {
	if err := l.ready(ctx, text); err != nil {
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
	if err := l.ready(ctx, text); err != nil {
		return nil, err
	}
	return l.conn.QueryContext(ctx, text, args...)
}

func (l *postgresLink) row(ctx context.Context, text string, args []any, dest ...any) error {
	if err := l.ready(ctx, text); err != nil {
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

// calmAfter is how many deeds in a row must have found the end of the chain where
// this console had left it, until it is calm again.
const calmAfter = 3

// lockEnd waits for the advisory lock of who writes to the chain: "FDSE".
const lockEnd = "SELECT pg_advisory_xact_lock(1178882885)"

// newest returns the end of the chain, and keeps others from writing to it.
//
// Where it is calm, the end is the one that was there when the transaction began:
// then the lock waits, too, and goes with the event itself. The server takes no
// event that does not go on from the last one; where another console was faster,
// the deed is done again. That would not end in a crowd: there the end is locked
// first, and read after. That is a statement of its own: what another deed has
// written meanwhile is seen only by one that begins after the wait.
func (l *postgresLink) newest(ctx context.Context) (chainEnd, error) {
	w := l.queue()
	w.rows(lockEnd, nil, nil)
	if l.expected != nil {
		return *l.expected, nil
	}
	l.waiting = nil
	end := &chainEnd{}
	w.rows(endQuery, nil, func(rows pgx.Rows) error {
		var at stamp
		e, err := readEnd(rows, &at)
		if e != nil {
			end = e
		}
		return err
	})
	err := l.raw(func(c *pgx.Conn) error { return l.judge(w.send(ctx, c)) })
	if err == nil && l.hurried {
		if l.crowded = max(l.crowded-1, 0); end.last.Seq != l.last.Seq || !bytes.Equal(end.last.Hash, l.last.Hash) {
			l.crowded = calmAfter
		}
	}
	return *end, err
}

// commit sends what waits together with COMMIT. When the connection ends before
// the answer is there, the store is asked again.
func (l *postgresLink) commit(ctx context.Context, head app.Head) error {
	if err := ctx.Err(); err != nil {
		l.rollback()
		return err
	}
	w := l.queue()
	l.waiting = nil
	committed := false
	announce(&w.b, head)
	w.b.Queue("COMMIT").Exec(func(tag pgconn.CommandTag) error {
		if tag.String() != "COMMIT" {
			return fmt.Errorf("commit: %s", tag)
		}
		w.done++
		committed = true
		return nil
	})
	if l.hurried {
		w.rows(durable, nil, nil)
	}
	// Stopping now would leave open what has happened.
	sure, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.patience)
	defer cancel()
	alive := false
	err := l.raw(func(c *pgx.Conn) error {
		err := w.send(sure, c)
		alive = !c.IsClosed()
		return l.judge(err)
	})
	switch {
	case committed && err == nil:
		l.last = head
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
	if _, err := l.begin(ctx, hold{once: true}); err != nil {
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

package native

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/audit"
	"github.com/factordesk/factordesk/app/seal"
)

var _ app.Mover = (*Store)(nil)

// ToFile is the file of a local store that is to be copied to.
type ToFile struct{ Path string }

// Location implements app.Destination.
func (f ToFile) Location() string { return f.Path }

// ToServer is the database of a team's store that is to be copied to. Where is
// its place in words, without the account's password.
type ToServer struct {
	Server Server
	Where  string
}

// Location implements app.Destination.
func (s ToServer) Location() string { return s.Where }

// target is an empty place on its way to become a store. Until publish it is
// marked as unfinished, and nobody opens it.
type target interface {
	// conn is the one connection to it, and engine its dialect.
	conn() *sql.Conn
	engine() *dialect

	// load writes all rows of a stream.
	load(ctx context.Context, s *stream) error

	// finish makes what is quicker to make for all rows at once: indexes, and what
	// the next IDs are.
	finish(ctx context.Context, last map[string]int64) error

	// own writes what only this engine keeps.
	own(ctx context.Context, proof []byte) error

	publish(ctx context.Context) error // takes the mark away, in the end
	close() error
}

// opener prepares a destination: it makes the schema and the mark, keeps others
// from copying to it, and fails with Conflict where there is a store.
type opener interface {
	open(ctx context.Context) (target, error)
}

// CopyTo implements app.Mover. All rows of one snapshot go to the target as they
// are, the sealed ones sealed: the store's ID, which they are bound to, goes with
// them. What has arrived is read again and compared before the copy is a store.
func (s *Store) CopyTo(ctx context.Context, to app.Destination, e app.Event, report func(app.MoveProgress)) (app.Contents, error) {
	if report == nil {
		report = func(app.MoveProgress) {}
	}
	made, err := s.copyTo(ctx, to, e, report)
	if err != nil && errors.Is(ctx.Err(), context.Canceled) {
		err = app.Errorf(app.Canceled, "Stopped. The copy is not finished, and nobody can open it.").
			WithHint("Copy again to finish it, or remove it.").Because(err)
	}
	return made, explain("copy", err)
}

func (s *Store) copyTo(
	ctx context.Context, to app.Destination, e app.Event, report func(app.MoveProgress),
) (made app.Contents, err error) {
	place, ok := to.(opener)
	if !ok {
		return made, app.Errorf(app.Invalid, "A store of this kind cannot be copied to %s.", to.Location())
	}
	keys, _ := s.openKeys()
	if keys == nil {
		return made, errNoKeys() // the end of the copy's chain has to be sealed
	}
	if r, err := s.VerifyChain(ctx, nil); err != nil || !r.Whole {
		return made, errors.Join(err, errChainHere(r))
	}
	t, err := place.open(ctx)
	if err != nil {
		return made, err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	c := copying{Store: s, keys: keys, target: t, report: report}
	if err := c.transfer(ctx); err != nil {
		return made, err
	}
	if err := c.compare(ctx); err != nil {
		return made, err
	}
	if made, err = c.end(ctx, e); err != nil {
		return made, err
	}
	return made, t.publish(ctx)
}

// errChainHere is why a store is not copied: the seal under the copy's chain would
// hide what is wrong here.
func errChainHere(r app.AuditReport) error {
	if r.Whole {
		return nil
	}
	return app.Errorf(app.Unreadable, "The activity of the store is not whole, so it is not copied. %s", r.Problem).
		WithHint(`"factorctl audit verify" says more.`)
}

// copying is one copy on its way.
type copying struct {
	*Store
	keys   *seal.Keyset
	target target
	report func(app.MoveProgress)

	tables      []table
	sums        [][]byte // of the tables here
	total, done int64
}

// reportEvery is how many rows lie between two reports.
const reportEvery = 1000

// each counts a row.
func (c *copying) each(ctx context.Context, stage app.MoveStage) func() error {
	return func() error {
		if c.done++; c.done%reportEvery != 0 {
			return nil
		}
		c.report(app.MoveProgress{Stage: stage, Done: c.done, Total: c.total})
		return ctx.Err()
	}
}

// transfer copies one snapshot of all tables.
func (c *copying) transfer(ctx context.Context) (err error) {
	conn, err := c.read.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	snapshot, err := conn.BeginTx(ctx, &c.dialect.snapshot)
	if err != nil {
		return err
	}
	defer func() { _ = snapshot.Rollback() }() // it only reads
	if err := c.plan(ctx, conn); err != nil {
		return err
	}
	last, err := c.dialect.lastIDs(ctx, conn)
	if err != nil {
		return err
	}
	for _, t := range c.tables {
		sum, err := t.read(ctx, conn, c.dialect, c.each(ctx, app.MoveRows), func(s *stream) error {
			if err := c.target.load(ctx, s); s.err == nil {
				return err
			}
			return s.err
		})
		if err != nil {
			return err
		}
		c.sums = append(c.sums, sum)
	}
	c.report(app.MoveProgress{Stage: app.MoveIndexes})
	return c.target.finish(ctx, last)
}

// plan compares the tables here and there, and counts what is to be copied.
func (c *copying) plan(ctx context.Context, conn *sql.Conn) (err error) {
	if c.tables, err = c.dialect.tablesOf(ctx, conn); err != nil {
		return err
	}
	there, err := c.target.engine().tablesOf(ctx, c.target.conn())
	if err != nil {
		return err
	}
	if !slices.EqualFunc(c.tables, there, sameTable) {
		return fmt.Errorf("copy: the tables differ: %v here, %v there", c.tables, there)
	}
	for _, t := range c.tables {
		var n int64
		if err := conn.QueryRowContext(ctx, "SELECT count(*) FROM "+t.name).Scan(&n); err != nil {
			return err
		}
		c.total += n
	}
	return nil
}

// sameTable reports whether two tables take the same rows. Both engines list the
// columns by name.
func sameTable(a, b table) bool { return a.name == b.name && slices.Equal(a.columns, b.columns) }

// compare reads all that has arrived.
func (c *copying) compare(ctx context.Context) error {
	c.done = 0
	for i, t := range c.tables {
		sum, err := t.read(ctx, c.target.conn(), c.target.engine(), c.each(ctx, app.MoveCheck), func(s *stream) error {
			for s.next() {
			}
			return s.err
		})
		if err != nil {
			return err
		}
		if !bytes.Equal(sum, c.sums[i]) {
			return app.Errorf(app.Internal, "What has arrived is not what was sent: the table %s differs.", t.name).
				WithHint("The copy is not finished. Copy again.")
		}
	}
	return nil
}

// end puts the event behind the chain of the copy, seals the new end, and
// verifies all of it.
func (c *copying) end(ctx context.Context, e app.Event) (made app.Contents, err error) {
	conn := c.target.conn()
	if made, err = contents(ctx, conn); err != nil {
		return made, err
	}
	e, form := audit.Chain(withContents(e, made), made.Head)
	mac, err := c.sealEnd(c.keys, app.Head{Seq: e.Seq, Hash: e.Hash})
	if err != nil {
		return made, err
	}
	if _, err := conn.ExecContext(ctx, insertEvent, e.Seq, form, e.Hash, e.At.UnixMicro(),
		nullNumber(e.OperatorID), nullNumber(e.TargetID)); err != nil {
		return made, err
	}
	if err := affected(rowsOf(conn.ExecContext(ctx, "UPDATE store SET head_seq = $1, head_hash = $2, head_mac = $3 WHERE id = 1",
		e.Seq, e.Hash, mac))); err != nil {
		return made, err
	}
	proof, err := c.proof(c.keys)
	if err != nil {
		return made, err
	}
	if err := c.target.own(ctx, proof); err != nil {
		return made, err
	}
	r, err := c.verifyOn(ctx, conn, func(done, total int64) {
		c.report(app.MoveProgress{Stage: app.MoveCheck, Done: done, Total: total})
	})
	if err == nil && (!r.Whole || !r.HeadChecked) {
		err = fmt.Errorf("copy: the chain of the copy: %s", r.Problem)
	}
	made.Events, made.Head = r.Events, r.Head
	return made, err
}

// withContents adds to an event what has arrived.
func withContents(e app.Event, made app.Contents) app.Event {
	e.Details = append(slices.Clone(e.Details),
		app.Detail{Name: "users", Value: fmt.Sprint(made.Users)}, app.Detail{Name: "factors", Value: fmt.Sprint(made.Factors)})
	return e
}

func rowsOf(r sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// contents counts what a store holds.
func contents(ctx context.Context, conn *sql.Conn) (c app.Contents, err error) {
	err = conn.QueryRowContext(ctx, "SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM factors), "+
		"(SELECT count(*) FROM events), (SELECT max(version_id) FROM goose_db_version WHERE is_applied)").
		Scan(&c.Users, &c.Factors, &c.Events, &c.Schema)
	if err != nil {
		return c, err
	}
	if err = conn.QueryRowContext(ctx, newestEvent).Scan(&c.Head.Seq, &c.Head.Hash); none(err) {
		err = nil
	}
	return c, err
}

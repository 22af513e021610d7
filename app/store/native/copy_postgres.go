package native

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/factordesk/factordesk/app"
)

// unfinishedTable marks a database into which a store is being copied.
const unfinishedTable = "unfinished_copy"

// errUnfinished is the cause of the error about a database with that mark.
var errUnfinished = errors.New("unfinished copy")

func errUnfinishedDatabase(p Server) *app.Error {
	return app.Errorf(app.Unreadable, "The database %s holds an unfinished copy of a store.", p.Database).
		WithHint("Copy again to finish it.").Because(errUnfinished)
}

const postgresColumns = "SELECT t.relname::text, a.attname::text, format_type(a.atttypid, NULL), " +
	"COALESCE((SELECT k.place::int FROM pg_index i, unnest(i.indkey) WITH ORDINALITY k (number, place) " +
	"WHERE i.indrelid = t.oid AND i.indisprimary AND k.number = a.attnum), 0) " +
	"FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped " +
	`WHERE t.relnamespace = to_regnamespace(current_schema()) AND t.relkind IN ('r', 'p') ORDER BY t.relname COLLATE "C", a.attname COLLATE "C"`

// postgresLastIDs reads the last ID that each table has given. An account that may
// not look at that gets the greatest that is there.
func postgresLastIDs(ctx context.Context, conn *sql.Conn) (map[string]int64, error) {
	last, column := map[string]int64{}, map[string]string{}
	err := eachRow(ctx, conn, "SELECT t.relname::text, a.attname::text, "+
		"COALESCE(CASE WHEN has_sequence_privilege(s.oid, 'SELECT') THEN pg_sequence_last_value(s.oid) END, 0) "+
		"FROM pg_class s JOIN pg_depend d ON d.objid = s.oid AND d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass "+
		"AND d.deptype IN ('a', 'i') JOIN pg_class t ON t.oid = d.refobjid JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid "+
		"WHERE s.relkind = 'S' AND t.relnamespace = to_regnamespace(current_schema()) AND t.relname <> 'goose_db_version'",
		func(scan func(...any) error) error {
			var name, of string
			var id int64
			err := scan(&name, &of, &id)
			last[name], column[name] = id, of
			return err
		})
	if err != nil {
		return nil, err
	}
	for name, of := range column {
		var greatest int64
		if err := conn.QueryRowContext(ctx, "SELECT COALESCE(max("+of+"), 0) FROM "+name).Scan(&greatest); err != nil {
			return nil, err
		}
		last[name] = max(last[name], greatest)
	}
	return last, nil
}

// serverTarget is a database that is being copied into, in one transaction: when
// that ends early, the server takes it back as a whole.
type serverTarget struct {
	db    *sql.DB
	one   *sql.Conn
	again []string // makes anew what was taken away for the time of the copy
}

// copyBegin begins that transaction. A connection that works on a copy that was
// killed may hold the locks for some seconds.
const copyBegin = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SELECT set_config('lock_timeout', '30000', TRUE), " +
	"set_config('idle_in_transaction_session_timeout', '0', TRUE), set_config('statement_timeout', '0', TRUE), " +
	"set_config('maintenance_work_mem', '128MB', TRUE), set_config('synchronous_commit', 'on', TRUE), " +
	"pg_advisory_xact_lock(1178882883)" // "FDSC"

// open implements opener.
func (s ToServer) open(ctx context.Context) (target, error) {
	p := s.Server
	if err := p.prepare(ctx); err != nil {
		return nil, err
	}
	db, err := p.open(1)
	if err != nil {
		return nil, err
	}
	t := &serverTarget{db: db}
	if t.one, err = db.Conn(ctx); err != nil {
		return nil, errors.Join(p.explain(err), t.close())
	}
	err = t.raw(func(c *pgx.Conn) error { return c.PgConn().Exec(ctx, copyBegin).Close() })
	if err == nil {
		err = t.empty(ctx)
	}
	switch {
	case err == nil:
		return t, nil
	case faultOf(err) == busy:
		err = app.Errorf(app.Conflict, "Another copy is being written to the database %s.", p.Database).
			WithHint("Wait until it has ended.").Because(err)
	case faultOf(err) == refused:
		err = app.Errorf(app.Denied, "The database account %s does not own the tables of the database %s.", p.Username, p.Database).
			WithHint("Copy with the account that owns the database.").Because(err)
	}
	return nil, errors.Join(err, t.close())
}

// prepare makes the mark and the schema, unless there is a store.
func (p Server) prepare(ctx context.Context) (err error) {
	s, err := p.newStore(Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return p.alone(ctx, func(db *sql.DB) error {
		if err := s.vacant(ctx, p); err != nil && !errors.Is(err, errUnfinished) {
			return err
		}
		if _, err := db.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS "+unfinishedTable+" ()"); err != nil {
			return p.noSchema(err)
		}
		return p.noSchema(migrate(ctx, db, s.dialect.goose, s.dialect.files()))
	})
}

// raw gives the driver's own connection to f.
func (t *serverTarget) raw(f func(c *pgx.Conn) error) error {
	return t.one.Raw(func(c any) error { return f(c.(*stdlib.Conn).Conn()) })
}

// empty makes sure that this copy alone fills the database, and takes away what is
// quicker to make, or to check, for all rows at once.
func (t *serverTarget) empty(ctx context.Context) error {
	var marked bool
	if err := t.one.QueryRowContext(ctx, "SELECT to_regclass('"+unfinishedTable+"') IS NOT NULL").Scan(&marked); err != nil {
		return err
	}
	if !marked {
		return app.Errorf(app.Conflict, "Another copy has just made a store there.").WithHint("Open it.")
	}
	tables, err := inPostgres.tablesOf(ctx, t.one)
	if err != nil {
		return err
	}
	var names, texts []string
	for _, table := range tables {
		names = append(names, table.name)
		texts = append(texts, "ALTER TABLE "+table.name+" DISABLE TRIGGER USER")
		t.again = append(t.again, "ALTER TABLE "+table.name+" ENABLE TRIGGER USER")
	}
	for _, made := range []string{
		"SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname), " +
			"format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) " +
			"FROM pg_constraint WHERE connamespace = to_regnamespace(current_schema()) AND contype = 'f'",
		"SELECT format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid) FROM pg_index i " +
			"JOIN pg_class t ON t.oid = i.indrelid WHERE t.relnamespace = to_regnamespace(current_schema()) AND t.relkind = 'r' " +
			"AND NOT i.indisunique",
	} {
		if err := eachRow(ctx, t.one, made, func(scan func(...any) error) error {
			var drop, make string
			err := scan(&drop, &make)
			texts, t.again = append(texts, drop), append(t.again, make)
			return err
		}); err != nil {
			return err
		}
	}
	return t.run(ctx, append(texts, "TRUNCATE sessions, "+strings.Join(names, ", "))...)
}

// run runs statements, one after the other.
func (t *serverTarget) run(ctx context.Context, texts ...string) error {
	for _, text := range texts {
		if _, err := t.one.ExecContext(ctx, text); err != nil {
			return fmt.Errorf("%.60s: %w", text, err)
		}
	}
	return nil
}

func (t *serverTarget) conn() *sql.Conn { return t.one }

func (t *serverTarget) engine() *dialect { return inPostgres }

// load implements target.
func (t *serverTarget) load(ctx context.Context, s *stream) error {
	return t.raw(func(c *pgx.Conn) error {
		_, err := c.CopyFrom(ctx, pgx.Identifier{s.table.name}, s.table.columnNames(), &copySource{stream: s, row: make([]any, len(s.values))})
		return err
	})
}

// copySource is a stream for the driver.
type copySource struct {
	*stream
	row []any
}

// Next implements pgx.CopyFromSource.
func (c *copySource) Next() bool { return c.next() }

// Values implements pgx.CopyFromSource.
func (c *copySource) Values() ([]any, error) {
	if err := c.checkTexts(inPostgres.keeps); err != nil {
		c.err = err
		return nil, err
	}
	for i, v := range c.values {
		c.row[i] = v
	}
	return c.row, nil
}

// Err implements pgx.CopyFromSource.
func (c *copySource) Err() error { return c.err }

// finish implements target.
func (t *serverTarget) finish(ctx context.Context, last map[string]int64) error {
	if err := t.run(ctx, t.again...); err != nil {
		return err
	}
	for name, id := range last {
		if err := t.run(ctx, fmt.Sprintf("SELECT setval(pg_get_serial_sequence('%s', 'id'), greatest(%d, 1), %t)", name, id, id > 0)); err != nil {
			return err
		}
	}
	return t.run(ctx, "ANALYZE users, factors, events")
}

// own implements target: the server asks for the proof of who writes an
// operator's keys.
func (t *serverTarget) own(ctx context.Context, proof []byte) error {
	sum := sha256.Sum256(proof)
	return affected(rowsOf(t.one.ExecContext(ctx, "UPDATE store SET keys_proof = $1 WHERE id = 1", sum[:])))
}

// publish implements target.
func (t *serverTarget) publish(ctx context.Context) error {
	if err := t.run(ctx, "DROP TABLE "+unfinishedTable); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	// Stopping now would leave open what has happened.
	sure, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitPatience)
	defer cancel()
	_, err := t.one.ExecContext(sure, "COMMIT")
	if f := faultOf(err); f == lost || errors.Is(err, context.DeadlineExceeded) {
		return app.Errorf(app.Unreachable, "It is not known whether the copy was finished: the connection was cut at that very moment.").
			WithHint("Open the store there; if it is unfinished, copy again.").Because(err)
	}
	return err
}

// close ends the connection, which takes back what is not published.
func (t *serverTarget) close() error {
	if t.one != nil {
		_ = t.one.Raw(func(any) error { return driver.ErrBadConn })
		_ = t.one.Close()
	}
	return t.db.Close()
}

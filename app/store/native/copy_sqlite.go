package native

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/factordesk/factordesk/app"
)

// unfinishedID stands in the header of a file in place of applicationID while a
// store is being copied into it: "FDSC".
const unfinishedID = 0x46445343

// errUnfinishedFile is why an unfinished copy is not opened.
func errUnfinishedFile(name string) *app.Error {
	return app.Errorf(app.Unreadable, "%s is an unfinished copy of a store.", name).
		WithHint("Copy again to finish it, or remove the file.")
}

const sqliteColumns = "SELECT t.name, c.name, c.type, c.pk FROM pragma_table_list t JOIN pragma_table_info(t.name) c " +
	"WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY t.name, c.name"

// sqliteLastIDs reads the last ID that each table has given, even if that row is
// gone.
func sqliteLastIDs(ctx context.Context, conn *sql.Conn) (map[string]int64, error) {
	rows, err := conn.QueryContext(ctx, "SELECT name, seq FROM sqlite_sequence WHERE name <> 'goose_db_version'")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	last := map[string]int64{}
	for rows.Next() {
		var name string
		var id int64
		if err := rows.Scan(&name, &id); err != nil {
			return nil, err
		}
		last[name] = id
	}
	return last, rows.Err()
}

// fileTarget is a file that is being copied into.
type fileTarget struct {
	path    string
	db      *sql.DB
	one     *sql.Conn
	schema  schema
	endless context.Context // of what must not stop half-way
}

// open implements opener. The file is there with its mark before anything else is
// in it, and the engine's own lock keeps a second copy out until the end.
func (f ToFile) open(ctx context.Context) (target, error) {
	s, err := newestSchema(ctx)
	if err != nil {
		return nil, err
	}
	if err := f.mark(ctx); err != nil {
		return nil, err
	}
	t := &fileTarget{path: f.Path, schema: s, endless: context.WithoutCancel(ctx)}
	// The journal is for a copy that is killed; a computer that crashes leaves a
	// file that the next copy may have to be told to remove.
	if t.db, err = sql.Open("sqlite", fileURI(f.Path)+"?_busy_timeout=500&_dqs=0&_error_rc=1&_pragma=locking_mode(EXCLUSIVE)"+
		"&_pragma=journal_mode(DELETE)&_pragma=synchronous(OFF)&_pragma=foreign_keys(OFF)&_pragma=cache_size(-65536)"); err != nil {
		return nil, err
	}
	t.db.SetMaxOpenConns(1)
	if t.one, err = t.db.Conn(ctx); err == nil {
		err = t.empty(ctx)
	}
	if err == nil {
		return t, nil
	}
	if faultOf(err) == busy {
		err = app.Errorf(app.Conflict, "Another copy is being written to %s.", filepath.Base(f.Path)).
			WithHint("Wait until it has ended.").Because(err)
	}
	return nil, errors.Join(err, t.close())
}

// mark makes the file with its mark, or finds the mark in one that is there.
func (f ToFile) mark(ctx context.Context) error {
	switch _, err := os.Lstat(f.Path); {
	case err == nil:
		if marked, err := isUnfinished(f.Path); err != nil || marked {
			return err
		}
		return explainFile(f.Path, fs.ErrExist)
	case !errors.Is(err, fs.ErrNotExist):
		return explainFile(f.Path, err)
	}
	if err := os.MkdirAll(filepath.Dir(f.Path), 0o700); err != nil {
		return explainFile(filepath.Dir(f.Path), err)
	}
	draft, err := draftFile(f.Path)
	if err != nil {
		return explainFile(f.Path, err)
	}
	defer removeDraft(draft)
	db, err := sql.Open("sqlite", fileURI(draft))
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d", unfinishedID))
	if err = errors.Join(err, db.Close()); err != nil {
		return err
	}
	if err := publish(draft, f.Path); err != nil {
		return explainFile(f.Path, err)
	}
	return nil
}

// isUnfinished reports whether a file has the mark.
func isUnfinished(path string) (bool, error) {
	file, err := os.Open(path)
	if err != nil {
		return false, explainFile(path, err)
	}
	defer file.Close()
	header := make([]byte, headerSize)
	n, err := io.ReadFull(file, header)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return false, explainFile(path, err)
	}
	return n == headerSize && binary.BigEndian.Uint32(header[68:]) == unfinishedID, nil
}

// schema is the newest schema in parts: tables, then what is quicker to make for
// all rows at once.
type schema struct {
	tables, virtual, later []string
	searches               []string // the names of the virtual ones
	versions               []int64  // of the migrations
}

// newestSchema runs the migrations in memory. In the file itself they would take
// the mark away.
func newestSchema(ctx context.Context) (s schema, err error) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	if err := migrate(ctx, db, inSQLite.goose, inSQLite.files()); err != nil {
		return s, err
	}
	err = eachRow(ctx, db, "SELECT s.name, s.sql, COALESCE(t.type, s.type) FROM sqlite_schema s "+
		"LEFT JOIN pragma_table_list t ON t.schema = 'main' AND t.name = s.name AND s.type = 'table' "+
		"WHERE s.sql IS NOT NULL AND s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY s.rowid",
		func(scan func(...any) error) error {
			var name, text, what string
			if err := scan(&name, &text, &what); err != nil {
				return err
			}
			switch what {
			case "table":
				s.tables = append(s.tables, text)
			case "virtual":
				s.virtual, s.searches = append(s.virtual, text), append(s.searches, name)
			case "shadow": // comes with the virtual one
			default:
				s.later = append(s.later, text)
			}
			return nil
		})
	if err != nil {
		return s, err
	}
	return s, eachRow(ctx, db, "SELECT version_id FROM goose_db_version WHERE is_applied ORDER BY id",
		func(scan func(...any) error) error {
			var version int64
			err := scan(&version)
			s.versions = append(s.versions, version)
			return err
		})
}

// queryer is a pool or a connection.
type queryer interface {
	QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error)
}

// eachRow gives the rows of a query to use.
func eachRow(ctx context.Context, q queryer, text string, use func(scan func(...any) error) error) error {
	rows, err := q.QueryContext(ctx, text)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := use(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// empty takes the lock, removes what a copy before has left, and makes the tables.
func (t *fileTarget) empty(ctx context.Context) error {
	if _, err := t.one.ExecContext(ctx, "BEGIN EXCLUSIVE"); err != nil {
		return err
	}
	var texts []string
	err := eachRow(ctx, t.one, "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual') "+
		"AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type DESC", // virtual ones first, which have tables of their own
		func(scan func(...any) error) error {
			var name string
			err := scan(&name)
			texts = append(texts, "DROP TABLE "+name)
			return err
		})
	if err != nil {
		return err
	}
	texts = append(append(texts, t.schema.tables...), t.schema.virtual...)
	for _, v := range t.schema.versions {
		texts = append(texts, fmt.Sprintf("INSERT INTO goose_db_version (version_id, is_applied) VALUES (%d, 1)", v))
	}
	return t.run(ctx, append(texts, "COMMIT")...)
}

// run runs statements, one after the other.
func (t *fileTarget) run(ctx context.Context, texts ...string) error {
	for _, text := range texts {
		if _, err := t.one.ExecContext(ctx, text); err != nil {
			return fmt.Errorf("%.60s: %w", text, err)
		}
	}
	return nil
}

func (t *fileTarget) conn() *sql.Conn { return t.one }

func (t *fileTarget) engine() *dialect { return inSQLite }

// batch is how many rows one transaction writes.
const batch = 20_000

// load implements target.
func (t *fileTarget) load(ctx context.Context, s *stream) (err error) {
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(s.table.columns)), ", ")
	text := strings.Join([]string{"INSERT INTO", s.table.name, "(", strings.Join(s.table.columnNames(), ", "), ") VALUES (", marks, ")"}, " ")
	insert, err := t.one.PrepareContext(ctx, text)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, insert.Close()) }()
	args := make([]any, len(s.table.columns))
	n := 0
	for s.next() {
		if n%batch == 0 {
			if err := t.run(ctx, "BEGIN"); err != nil {
				return err
			}
		}
		for i, v := range s.values {
			args[i] = v
		}
		if _, err := insert.ExecContext(t.endless, args...); err != nil {
			return err
		}
		if n++; n%batch == 0 {
			if err := t.run(ctx, "COMMIT"); err != nil {
				return err
			}
		}
	}
	if s.err != nil || n%batch == 0 {
		return s.err
	}
	return t.run(ctx, "COMMIT")
}

// finish implements target.
func (t *fileTarget) finish(ctx context.Context, last map[string]int64) error {
	texts := append([]string{"BEGIN"}, t.schema.later...)
	for _, name := range t.schema.searches {
		texts = append(texts, fmt.Sprintf("INSERT INTO %s (%s) VALUES ('rebuild')", name, name))
	}
	for name, id := range last {
		texts = append(texts, "DELETE FROM sqlite_sequence WHERE name = '"+name+"'",
			fmt.Sprintf("INSERT INTO sqlite_sequence (name, seq) VALUES ('%s', %d)", name, id))
	}
	return t.run(ctx, append(texts, "COMMIT")...)
}

// own implements target: a file has nothing that others have not.
func (t *fileTarget) own(context.Context, []byte) error { return nil }

// publish implements target. Everything is on the disk before the mark goes.
func (t *fileTarget) publish(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := syncFile(t.path); err != nil {
		return err
	}
	if err := t.run(t.endless, "PRAGMA synchronous = FULL", fmt.Sprintf("PRAGMA application_id = %d", applicationID)); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(t.path))
}

func (t *fileTarget) close() error {
	if t.one == nil {
		return t.db.Close()
	}
	return errors.Join(t.one.Close(), t.db.Close())
}

// fileURI is a file for the driver, without what it is to be opened with.
func fileURI(full string) string {
	// SQLite takes file:///C:/… for a drive.
	name := filepath.ToSlash(full)
	if !strings.HasPrefix(name, "/") {
		name = "/" + name
	}
	return "file://" + (&url.URL{Path: name}).EscapedPath()
}

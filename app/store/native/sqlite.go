package native

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"io/fs"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

//go:embed migrations/sqlite/*.sql
var migrations embed.FS

// applicationID stands in the header of each of our files: "FDSK".
const applicationID = 0x4644534B

// access says how a file is opened.
type access int

const (
	readWrite access = iota
	readOnly         // the file is write-protected, but its log may be read
	immutable        // as readOnly, and there is no log and nobody writes
)

// open opens a pool on a file. Every pragma is in the address, because a
// statement would reach one connection of the pool only.
func open(path string, a access) (*sql.DB, error) {
	pragmas := "_txlock=immediate&_busy_timeout=5000&_journal_mode=WAL&_foreign_keys=on&_synchronous=FULL" +
		"&_time_format=sqlite&_timezone=UTC&_dqs=0&_defensive=1&_error_rc=1"
	// Enough for the upper pages of the indexes of a million users, which each
	// change walks through. They are written back to the file after 16 MB of
	// changes, since a deed touches a page of each index.
	pragmas += "&_pragma=cache_size(-16384)&_pragma=wal_autocheckpoint(4000)"
	switch a {
	case readOnly:
		pragmas = "mode=ro&_busy_timeout=5000&_foreign_keys=on&_query_only=1&_dqs=0&_defensive=1&_error_rc=1"
	case immutable:
		pragmas = "immutable=1&mode=ro&_foreign_keys=on&_query_only=1&_dqs=0&_defensive=1&_error_rc=1"
	}
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	// SQLite takes file:///C:/… for a drive.
	name := filepath.ToSlash(full)
	if !strings.HasPrefix(name, "/") {
		name = "/" + name
	}
	return sql.Open("sqlite", "file://"+(&url.URL{Path: name}).EscapedPath()+"?"+pragmas)
}

// migrationFiles returns the migrations of this program.
func migrationFiles() fs.FS {
	sub, err := fs.Sub(migrations, "migrations/sqlite")
	if err != nil {
		panic(err) // the folder is compiled in
	}
	return sub
}

func newMigrations(db *sql.DB, files fs.FS) (*goose.Provider, error) {
	return goose.NewProvider(goose.DialectSQLite3, db, files, goose.WithDisableGlobalRegistry(true))
}

// backup copies the whole database into a new file.
func backup(ctx context.Context, db *sql.DB, path string) error {
	_, err := db.ExecContext(ctx, "VACUUM INTO $1", path)
	return err
}

// hasPart is the SQL condition that the search text of u has the part $1 in
// it; likely is the SQL of the IDs of the users that may have it, by the
// trigrams $2 of the part.
const (
	hasPart = "instr(u.search, $1) > 0"
	likely  = "SELECT rowid AS id FROM users_search WHERE users_search MATCH $2"
)

// among is the SQL of a table of the IDs in idList's text $2.
const among = "(SELECT value AS id FROM json_each($2))"

// idList writes IDs so that among reads them.
func idList(ids []int64) string {
	b := []byte{'['}
	for i, id := range ids {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, id, 10)
	}
	return string(append(b, ']'))
}

// trigrams returns the trigrams that cover a part, as an expression that asks
// for all of them, or "" for a part of less than three letters. Those that
// overlap are left out: each one costs a walk along its own list.
func trigrams(part string) string {
	letters := []rune(part)
	if len(letters) < 3 {
		return ""
	}
	var all []string
	for i := 0; i < len(letters); i += 3 {
		i := min(i, len(letters)-3)
		all = append(all, `"`+strings.ReplaceAll(string(letters[i:i+3]), `"`, `""`)+`"`)
	}
	return strings.Join(all, " AND ")
}

// insert adds a row and returns its ID. SQLite knows RETURNING as well, but
// then keeps a journal for the statement, which doubles its cost.
func (t *tx) insert(text string, args ...any) (int64, error) {
	s, err := t.stmt(text)
	if err != nil {
		return 0, err
	}
	r, err := s.ExecContext(t.ctx, args...)
	if err != nil {
		return 0, err
	}
	return r.LastInsertId()
}

// addSearch makes a user's text known to the trigram index, and removeSearch
// forgets it; the index keeps no text, so it must be told the old one.
func (t *tx) addSearch(id int64, text string) error {
	_, err := t.exec("INSERT INTO users_search (rowid, search) VALUES ($1, $2)", id, text)
	return err
}

func (t *tx) removeSearch(id int64, text string) error {
	_, err := t.exec("INSERT INTO users_search (users_search, rowid, search) VALUES ('delete', $1, $2)", id, text)
	return err
}

// fault is what an engine's error means.
type fault int

const (
	otherFault fault = iota
	busy             // another process holds the lock
	full             // no space is left
	damaged          // the file is not as an engine writes it
	protected        // it cannot be written to
	unreadable       // the disk or the file does not answer
	taken            // a unique value exists
)

// faultOf reads the engine's code, never its text.
func faultOf(err error) fault {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return otherFault
	}
	if e.Code() == sqlite3.SQLITE_IOERR_SHMSIZE { // no room for what consoles share
		return full
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return busy
	case sqlite3.SQLITE_FULL:
		return full
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT:
		return damaged
	case sqlite3.SQLITE_READONLY:
		return protected
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH:
		return unreadable
	case sqlite3.SQLITE_CONSTRAINT:
		if e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE {
			return taken
		}
	}
	return otherFault
}

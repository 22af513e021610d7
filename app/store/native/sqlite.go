package native

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
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
	return sql.Open("sqlite", fileURI(full)+"?"+pragmas)
}

// migrationFiles returns the migrations of this program.
func migrationFiles() fs.FS {
	sub, err := fs.Sub(migrations, "migrations/sqlite")
	if err != nil {
		panic(err) // the folder is compiled in
	}
	return sub
}

var inSQLite = &dialect{
	files:    migrationFiles,
	goose:    goose.DialectSQLite3,
	snapshot: sql.TxOptions{ReadOnly: true},
	tables: "(SELECT count(*) = 6 FROM sqlite_schema WHERE type = 'table' AND " +
		"name IN ('roles', 'users', 'factors', 'operators', 'sessions', 'events'))",
	prepares:  true,
	hasPart:   sqliteHasPart,
	likely:    sqliteLikely,
	among:     "(SELECT value AS id FROM json_each($2))",
	ids:       func(ids []int64) any { return idList(ids) },
	lettersOf: trigrams,
	walk:      walkSQLite,
	keeps:     func(string) bool { return true },

	columnsQuery: sqliteColumns,
	lastIDs:      sqliteLastIDs,
}

const (
	sqliteHasPart = "instr(u.search, $1) > 0"
	sqliteLikely  = "SELECT rowid AS id FROM users_search WHERE users_search MATCH $2"
)

// amongLikely is the condition that u is one of the likely. The plus keeps the
// list's own index in use: who is not among them is passed over without a look
// at the user.
const amongLikely = "+u.id IN (" + sqliteLikely + ")"

// walkSQLite is how a part that many have is looked for along the list, and how
// those who have it are counted.
func walkSQLite(part, letters string) (page, count *list) {
	args := []any{part, letters}
	return &list{from: "users u", where: []string{amongLikely, sqliteHasPart}, args: slices.Clone(args)},
		&list{from: "(" + sqliteLikely + ") h CROSS JOIN users u", where: []string{"u.id = h.id", sqliteHasPart}, args: args}
}

// backup copies the whole database into a new file.
func backup(ctx context.Context, db *sql.DB, path string) error {
	_, err := db.ExecContext(ctx, "VACUUM INTO $1", path)
	return err
}

// idList writes IDs as a JSON array.
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

// sqliteFault reads SQLite's code.
func sqliteFault(err error) fault {
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

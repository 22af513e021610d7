package native

import (
	"context"
	"database/sql"
	"io/fs"

	"github.com/pressly/goose/v3"
)

// dialect is what differs between the engines, beside the link that deeds go
// through.
type dialect struct {
	files    func() fs.FS  // the migrations of this program
	goose    goose.Dialect // for which they are written
	snapshot sql.TxOptions // of a transaction that reads one state of the store
	tables   string        // the SQL of whether every table is there, besides store itself
	prepares bool          // statements are prepared once for each connection
	locked   string        // the end of a query whose rows a deed changes that holds no user
	clock    string        // the SQL of the server's time, in microseconds since 1970; empty: there is no server

	// The SQL of a search. hasPart is the condition that the search text of u
	// has the part $1 in it; likely selects the IDs of the users that may have
	// it, by what lettersOf makes of the part ($2). among is a table of the IDs
	// in ids' value ($2).
	hasPart   string
	likely    string
	exactly   string // likely, of those who do have the part ($3), up to $1; empty: that cannot be told on the way
	among     string
	ids       func([]int64) any
	lettersOf func(part string) string // "": too short for the index
	walk      func(part, letters string) (page, count *list)
	keeps     func(text string) bool // the engine can have such a text at all

	// For copies. columnsQuery reads table, column, type and place in the primary
	// key (0: none), sorted by table and column; byBytes sorts a text by its bytes.
	columnsQuery string
	byBytes      string
	lastIDs      func(context.Context, *sql.Conn) (map[string]int64, error) // given in each table that counts them
}

func newMigrations(db *sql.DB, d goose.Dialect, files fs.FS) (*goose.Provider, error) {
	return goose.NewProvider(d, db, files, goose.WithDisableGlobalRegistry(true))
}

// fault is what an engine's error means.
type fault int

const (
	otherFault fault = iota
	busy             // another process holds the lock
	full             // no space is left
	damaged          // the store is not as an engine writes it
	protected        // the file cannot be written to
	unreadable       // the disk or the file does not answer
	taken            // a unique value exists

	// Faults of servers.
	serverFull  // no space is left there
	replica     // the database can only be read
	refused     // the database account may not
	raced       // two deeds were in each other's way: the engine took this one back
	lost        // the connection has ended, or cannot be made
	foreignText // a text has characters that it cannot keep
)

// faultOf reads the engine's code, never its text.
func faultOf(err error) fault {
	if err == nil {
		return otherFault
	}
	if f := sqliteFault(err); f != otherFault {
		return f
	}
	return postgresFault(err)
}

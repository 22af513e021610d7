package native

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"io"
	"io/fs"
	"net"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/pressly/goose/v3"
)

//go:embed migrations/postgres/*.sql
var postgresMigrations embed.FS

// postgresFiles returns the migrations of this program for PostgreSQL.
func postgresFiles() fs.FS {
	sub, err := fs.Sub(postgresMigrations, "migrations/postgres")
	if err != nil {
		panic(err) // the folder is compiled in
	}
	return sub
}

var inPostgres = &dialect{
	files:    postgresFiles,
	goose:    goose.DialectPostgres,
	snapshot: sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead},
	tables: "(SELECT count(*) = 6 FROM unnest(ARRAY['roles', 'users', 'factors', 'operators', 'sessions', 'events']) name " +
		"WHERE to_regclass(name) IS NOT NULL)",
	locked:    " FOR UPDATE",
	clock:     "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint",
	hasPart:   postgresHasPart,
	likely:    "SELECT u.id FROM users u WHERE u.search LIKE $2",
	exactly:   "SELECT u.id FROM users u WHERE u.search LIKE $2 AND strpos(u.search, $3) > 0 LIMIT $1",
	among:     "(SELECT unnest($2::bigint[]) AS id)",
	ids:       func(ids []int64) any { return ids },
	lettersOf: likePattern,
	walk:      walkPostgres,
	keeps:     func(text string) bool { return utf8.ValidString(text) && !strings.Contains(text, "\x00") },

	columnsQuery: postgresColumns,
	byBytes:      ` COLLATE "C"`,
	lastIDs:      postgresLastIDs,
}

const postgresHasPart = "strpos(u.search, $1) > 0"

// walkPostgres is how a part that many have is looked for: those who have it are
// found first, by the trigrams, and sorted then. MATERIALIZED keeps the planner
// from walking along an index of the order instead, which is slow where the part
// is far along it, and from doing so with the sixth execution only.
func walkPostgres(part, letters string) (page, count *list) {
	both := func() *list {
		return &list{
			with: "WITH h AS MATERIALIZED (SELECT u.* FROM users u WHERE u.search LIKE $2) ", from: "h u",
			where: []string{postgresHasPart}, args: []any{part, letters},
		}
	}
	return both(), both()
}

// likePattern is a pattern that each text with the part in it fits, or "" where the
// part has no three letters or digits in a row: the trigrams know of no others. A
// long word is cut into pieces, so that trigrams that overlap are left out: each
// one costs a walk along its own list. A text that fits need not have the part.
func likePattern(part string) string {
	letters := []rune(part)
	most, run := 0, 0
	cuts := make([]bool, len(letters)) // before which letters
	for i := 0; i <= len(letters); i++ {
		if i < len(letters) && (unicode.IsLetter(letters[i]) || unicode.IsDigit(letters[i])) {
			run++
			continue
		}
		for begin := i - run; i-begin >= 6; begin += 3 {
			cuts[begin+3] = true
		}
		most, run = max(most, run), 0
	}
	if most < 3 {
		return ""
	}
	escape := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
	var pattern strings.Builder
	for i, r := range letters {
		if i == 0 || cuts[i] {
			pattern.WriteByte('%')
		}
		pattern.WriteString(escape.Replace(string(r)))
	}
	return pattern.String() + "%"
}

// postgresCodes are the codes of PostgreSQL that mean something to a deed, by
// their beginning; the longest one counts.
var postgresCodes = map[string]fault{
	"55P03": busy,       // lock_not_available
	"53100": serverFull, // disk_full
	"53200": serverFull, // out_of_memory
	"XX001": damaged,    // data_corrupted
	"XX002": damaged,    // index_corrupted
	"25006": replica,    // read_only_sql_transaction
	"42501": refused,    // insufficient_privilege
	"23505": taken,      // unique_violation
	"23503": raced,      // foreign_key_violation: the other row went meanwhile
	"40001": raced,      // serialization_failure
	"40P01": raced,      // deadlock_detected
	"22021": foreignText,
	"22P05": foreignText,
	"25P03": lost, // idle_in_transaction_session_timeout
	"57P01": lost, // admin_shutdown
	"57P02": lost, // crash_shutdown
	"57P03": lost, // cannot_connect_now
	"57P04": lost, // database_dropped
	"57P05": lost, // idle_session_timeout
	"53300": lost, // too_many_connections
	"08":    lost, // connection_exception
}

// postgresFault reads PostgreSQL's code. What is no answer of the server is a
// connection that has ended.
func postgresFault(err error) fault {
	var ahead errAhead
	if errors.As(err, &ahead) {
		return raced
	}
	var e *pgconn.PgError
	if errors.As(err, &e) {
		if f, known := postgresCodes[e.Code]; known {
			return f
		}
		return postgresCodes[e.Code[:min(2, len(e.Code))]]
	}
	var connect *pgconn.ConnectError
	var network net.Error
	var op *net.OpError
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return otherFault
	case errors.As(err, &connect), errors.As(err, &network), errors.As(err, &op),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed),
		errors.Is(err, pgconn.ErrConnClosed), badConnection(err):
		return lost
	}
	return otherFault
}

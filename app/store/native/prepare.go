package native

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// Statements of a server are prepared on a connection where that pays and harms
// nobody. Behind a pooler that gives each transaction another connection none is:
// the next one would not know it. What such a pooler tells a client of its
// process is not what the process says itself. Nor is any where the server is
// far: preparing costs a round trip, and saves less than a tenth of a
// millisecond each time.
const (
	nearBy       = 10 * time.Millisecond
	mostPrepared = 100 // on a connection
)

// What a connection knows of itself: the set of what it has prepared, and that the
// settings of its transactions are those of its session.
const (
	preparedKey = "factordesk.prepared"
	settledKey  = "factordesk.settled"
)

// meet finds out, on a new connection, whether it is one session, so that
// statements can be prepared there.
func meet(ctx context.Context, c *pgx.Conn) error {
	_, err := meetWith(ctx, c, "SELECT pg_backend_pid(), $1::bigint")
	return err
}

// meetToWrite is meet for a connection that changes the store. If it is one
// session, it has the settings of transactions from now on.
func meetToWrite(ctx context.Context, c *pgx.Conn) error {
	one, err := meetWith(ctx, c, "SELECT pg_backend_pid(), CASE WHEN pg_backend_pid()::bigint = $1 THEN "+
		"length(concat("+settings("FALSE")+")) END")
	if one {
		c.PgConn().CustomData()[settledKey] = true
	}
	return err
}

func meetWith(ctx context.Context, c *pgx.Conn, text string) (one bool, err error) {
	var process int64
	asked := time.Now()
	if err := c.QueryRow(ctx, text, int64(c.PgConn().PID())).Scan(&process, nil); err != nil {
		return false, err
	}
	one = process == int64(c.PgConn().PID())
	if one && time.Since(asked) < nearBy {
		c.PgConn().CustomData()[preparedKey] = map[string]bool{}
	}
	return one, nil
}

// settled reports whether a connection needs no settings for each transaction.
func settled(c *pgx.Conn) bool { return c.PgConn().CustomData()[settledKey] != nil }

// prepare makes an SQL text known to a connection, if that pays there. The texts
// are few: none holds a value of a person.
func prepare(ctx context.Context, c *pgx.Conn, text string) error {
	known, pays := c.PgConn().CustomData()[preparedKey].(map[string]bool)
	if !pays || known[text] || len(known) >= mostPrepared || !planned(text) {
		return nil
	}
	// The driver finds the statement by its text from now on.
	if _, err := c.Prepare(ctx, text, text); err != nil {
		return err
	}
	known[text] = true
	return nil
}

// planned reports whether a server makes a plan of a statement.
func planned(text string) bool {
	word, _, _ := strings.Cut(text, " ")
	return slices.Contains([]string{"SELECT", "INSERT", "UPDATE", "DELETE"}, word)
}

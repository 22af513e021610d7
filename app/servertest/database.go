package servertest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"strings"
	"testing"
)

// Database is an empty database of one test, and an account that may do anything
// in it and nothing elsewhere. Both are dropped at the end of the test.
type Database struct {
	Server *Server
	Name   string
	Account
}

// Account is who may sign in to a server.
type Account struct {
	User, Password string
}

// Database makes a fresh database.
func (s *Server) Database(tb testing.TB) *Database {
	tb.Helper()
	d := &Database{Server: s, Name: unique("db_")}
	if s.Engine == postgresEngine {
		d.makePostgres(tb)
		return d
	}
	s.Run(tb, "CREATE DATABASE `"+d.Name+"` CHARACTER SET utf8mb4")
	tb.Cleanup(func() { d.drop(tb) })
	d.Account = d.Grant(tb, "", "ALL ON *")
	return d
}

// drop ends the connections to the database first: a transaction that a test left
// open would hold the drop up.
func (d *Database) drop(tb testing.TB) {
	tb.Helper()
	for _, row := range d.Server.query(tb, "", "SELECT ID FROM information_schema.PROCESSLIST WHERE DB = ?", d.Name) {
		// It may have ended by itself meanwhile.
		_ = d.Server.admin("", func(ctx context.Context, db *sql.DB) error {
			_, err := db.ExecContext(ctx, "KILL "+row[0])
			return err
		})
	}
	d.Server.Run(tb, "DROP DATABASE `"+d.Name+"`")
}

// Grant makes another account that may sign in to this database and has the
// rights, such as "SELECT ON admin_user" or "UPDATE (failures_num) ON admin_user".
// require is what the account's connection must have: "" for nothing, "SSL" or
// "X509"; on PostgreSQL it is always nothing. The account is dropped at the end of
// the test.
func (d *Database) Grant(tb testing.TB, require string, rights ...string) Account {
	tb.Helper()
	if d.Server.Engine == postgresEngine {
		a := d.Role(tb)
		d.grantPostgres(tb, a, rights)
		return a
	}
	a := Account{User: unique("u_"), Password: rand.Text()}
	if require == "" {
		require = "NONE"
	}
	d.Server.Run(tb, fmt.Sprintf("CREATE USER '%s'@'%%' IDENTIFIED BY '%s' REQUIRE %s", a.User, a.Password, require))
	tb.Cleanup(func() { d.Server.Run(tb, "DROP USER '"+a.User+"'@'%'") })
	for _, right := range rights {
		what, table, _ := strings.Cut(right, " ON ")
		if table != "*" {
			table = "`" + table + "`"
		}
		d.Server.Run(tb, fmt.Sprintf("GRANT %s ON `%s`.%s TO '%s'@'%%'", what, d.Name, table, a.User))
	}
	return a
}

// Load runs SQL text, of one statement or many, in the database as its server's
// root.
func (d *Database) Load(tb testing.TB, text string) {
	tb.Helper()
	d.Server.run(tb, d.Name, text)
}

// Query returns what a statement reads in the database as its server's root,
// every value as the server writes it; NULL is the text NULL.
func (d *Database) Query(tb testing.TB, text string, args ...any) [][]string {
	tb.Helper()
	return d.Server.query(tb, d.Name, text, args...)
}

// Run runs SQL text as root, outside of any database.
func (s *Server) Run(tb testing.TB, text string) {
	tb.Helper()
	s.run(tb, "", text)
}

func (s *Server) run(tb testing.TB, database, text string) {
	tb.Helper()
	err := s.admin(database, func(ctx context.Context, db *sql.DB) error {
		_, err := db.ExecContext(ctx, text)
		return err
	})
	if err != nil {
		tb.Fatalf("%s: %v\n%s", s.Engine, err, beginning(text))
	}
}

// beginning is enough of a long text to know it by.
func beginning(text string) string {
	if len(text) > 300 {
		return text[:300] + "…"
	}
	return text
}

func (s *Server) query(tb testing.TB, database, text string, args ...any) [][]string {
	tb.Helper()
	var out [][]string
	err := s.admin(database, func(ctx context.Context, db *sql.DB) error {
		rows, err := db.QueryContext(ctx, text, args...)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		out, err = texts(rows)
		return err
	})
	if err != nil {
		tb.Fatalf("%s: %v\n%s", s.Engine, err, beginning(text))
	}
	return out
}

// texts reads every row as text.
func texts(rows *sql.Rows) ([][]string, error) {
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var out [][]string
	for rows.Next() {
		values, into := make([]sql.NullString, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		row := make([]string, len(columns))
		for i, v := range values {
			row[i] = "NULL"
			if v.Valid {
				row[i] = v.String
			}
		}
		out = append(out, row)
	}
	return out, rows.Err()
}

// unique returns a name that nothing else on the server has.
func unique(prefix string) string { return prefix + strings.ToLower(rand.Text()[:16]) }

package magento

import (
	"context"
	"database/sql"
	"strings"
)

// conn is a pool or a transaction that speaks SQL in which the names of tables
// stand in braces, without prefix: {admin_user}.
type conn struct {
	raw   speaker
	names *strings.Replacer
}

// speaker is what both *sql.DB and *sql.Tx are.
type speaker interface {
	QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, text string, args ...any) *sql.Row
	ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error)
}

// names puts the names that this shop's tables have in place of those in
// braces.
func (c Config) names() *strings.Replacer {
	pairs := make([]string, 0, 2*len(tables))
	for _, t := range tables {
		pairs = append(pairs, "{"+t.name+"}", c.table(t.name))
	}
	return strings.NewReplacer(pairs...)
}

// table returns the name of a table as SQL has it.
func (c Config) table(name string) string { return quote(c.Prefix + name) }

func (c conn) query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	return c.raw.QueryContext(ctx, c.names.Replace(text), args...)
}

// row reads the only row of a statement.
func (c conn) row(ctx context.Context, text string, args ...any) *sql.Row {
	return c.raw.QueryRowContext(ctx, c.names.Replace(text), args...)
}

func (c conn) exec(ctx context.Context, text string, args ...any) (sql.Result, error) {
	return c.raw.ExecContext(ctx, c.names.Replace(text), args...)
}

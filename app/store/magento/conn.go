package magento

import (
	"context"
	"database/sql"
	"strings"
	"time"
)

// conn is a pool or a transaction that speaks SQL in which the names of tables
// stand in braces, without prefix: {admin_user}. {now} is the database's time.
type conn struct {
	raw   speaker
	names wording
}

// speaker is what both *sql.DB and *sql.Tx are.
type speaker interface {
	QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, text string, args ...any) *sql.Row
	ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error)
}

// wording turns such SQL into that of one shop.
type wording struct {
	tables *strings.Replacer
	clock  func() time.Time // as Config has it
}

func (w wording) sql(text string) string {
	text = w.tables.Replace(text)
	if w.clock != nil {
		text = strings.ReplaceAll(text, databaseNow, "TIMESTAMP'"+w.clock().UTC().Format(time.DateTime)+"'")
	}
	return text
}

// databaseNow is the time of the database, in whole seconds as Magento keeps
// its own.
const databaseNow = "UTC_TIMESTAMP()"

// names puts the names that this shop's tables have in place of those in
// braces.
func (c Config) names() wording {
	pairs := make([]string, 0, 2*len(tables)+2)
	pairs = append(pairs, "{now}", databaseNow)
	for _, t := range tables {
		pairs = append(pairs, "{"+t.name+"}", c.table(t.name))
	}
	return wording{strings.NewReplacer(pairs...), c.clock}
}

// table returns the name of a table as SQL has it.
func (c Config) table(name string) string { return quote(c.Prefix + name) }

func (c conn) query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	return c.raw.QueryContext(ctx, c.names.sql(text), args...)
}

// row reads the only row of a statement.
func (c conn) row(ctx context.Context, text string, args ...any) *sql.Row {
	return c.raw.QueryRowContext(ctx, c.names.sql(text), args...)
}

func (c conn) exec(ctx context.Context, text string, args ...any) (sql.Result, error) {
	return c.raw.ExecContext(ctx, c.names.sql(text), args...)
}

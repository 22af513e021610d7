package native

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"database/sql/driver"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"strings"

	"github.com/factordesk/factordesk/app"
)

// kind is what a column holds, whatever its engine calls that.
type kind byte

const (
	textKind  kind = 't'
	wholeKind kind = 'n'
	flagKind  kind = 'f'
	bytesKind kind = 'b'
)

// kinds are the types that the migrations use. A column of another type cannot be
// copied before somebody has said what it is.
var kinds = map[string]kind{
	"TEXT": textKind, "INTEGER": wholeKind, "BIGINT": wholeKind, "BOOLEAN": flagKind, "BLOB": bytesKind, "BYTEA": bytesKind,
}

// column is a column of a table.
type column struct {
	name string
	kind kind
	key  int // its place in the primary key, from 1; 0: none
}

// table is a table whose rows are copied, with its columns by name.
type table struct {
	name    string
	columns []column
}

// engineOwn are the columns that one engine alone has: what a server asks for
// before it takes an operator's keys.
var engineOwn = []string{"store.keys_proof"}

// leftBehind are the tables that are not copied: kept sign-ins end where they
// were begun, and each engine counts its own migrations.
var leftBehind = []string{"sessions", "goose_db_version", unfinishedTable}

// tables reads which tables there are, by name. They are asked for, rather than
// listed here, so that no later migration can add one that is forgotten.
func (d *dialect) tablesOf(ctx context.Context, conn *sql.Conn) ([]table, error) {
	rows, err := conn.QueryContext(ctx, d.columnsQuery)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []table
	for rows.Next() {
		var name, kindName string
		var c column
		if err := rows.Scan(&name, &c.name, &kindName, &c.key); err != nil {
			return nil, err
		}
		if slices.Contains(leftBehind, name) || slices.Contains(engineOwn, name+"."+c.name) {
			continue
		}
		known := false
		if c.kind, known = kinds[strings.ToUpper(kindName)]; !known {
			return nil, fmt.Errorf("copy: %s.%s is a %s", name, c.name, kindName)
		}
		if len(all) == 0 || all[len(all)-1].name != name {
			all = append(all, table{name: name})
		}
		t := &all[len(all)-1]
		t.columns = append(t.columns, c)
	}
	return all, rows.Err()
}

// columnNames are the names in the order of the rows.
func (t table) columnNames() []string {
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = c.name
	}
	return names
}

// selectText reads all rows in the order of the key, which both engines sort by
// its bytes.
func (t table) selectText(d *dialect) string {
	keys := slices.DeleteFunc(slices.Clone(t.columns), func(c column) bool { return c.key == 0 })
	slices.SortFunc(keys, func(a, b column) int { return a.key - b.key })
	order := make([]string, len(keys))
	for i, c := range keys {
		order[i] = c.name
		if c.kind == textKind {
			order[i] += d.byBytes
		}
	}
	return "SELECT " + strings.Join(t.columnNames(), ", ") + " FROM " + t.name + " ORDER BY " + strings.Join(order, ", ")
}

// stream is the rows of one table, one after the other. The values of a row live
// until the next one.
type stream struct {
	table  table
	rows   driver.Rows
	values []driver.Value
	sum    hash.Hash
	buffer []byte
	each   func() error // is called for each row
	err    error
}

// read gives all rows of a table to use, and returns their hash. It asks the
// driver itself, which spares the copies that database/sql makes.
func (t table) read(ctx context.Context, conn *sql.Conn, d *dialect, each func() error, use func(*stream) error) ([]byte, error) {
	s := &stream{table: t, values: make([]driver.Value, len(t.columns)), sum: sha256.New(), each: each}
	err := conn.Raw(func(c any) (err error) {
		s.rows, err = c.(driver.QueryerContext).QueryContext(ctx, t.selectText(d), nil)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, s.rows.Close()) }()
		return use(s)
	})
	return s.sum.Sum(nil), err
}

// next reads a row, and reports whether there is one.
func (s *stream) next() bool {
	err := s.rows.Next(s.values)
	if err == nil {
		err = s.each()
	}
	if err == nil {
		err = s.settle()
	}
	if err != nil {
		if !errors.Is(err, io.EOF) {
			s.err = err
		}
		return false
	}
	return true
}

// settle gives each value the type of its column, and adds the row to the hash.
func (s *stream) settle() error {
	b := s.buffer[:0]
	for i, c := range s.table.columns {
		v := s.values[i]
		if n, ok := v.(int64); ok && c.kind == flagKind {
			v = n != 0
		}
		if text, ok := v.([]byte); ok && c.kind == textKind {
			v = string(text)
		}
		s.values[i] = v
		ok := true
		switch v := v.(type) {
		case nil:
			b = append(b, '0')
		case string:
			ok = c.kind == textKind
			b = append(binary.AppendUvarint(append(b, 't'), uint64(len(v))), v...)
		case []byte:
			ok = c.kind == bytesKind
			b = append(binary.AppendUvarint(append(b, 'b'), uint64(len(v))), v...)
		case int64:
			ok = c.kind == wholeKind
			b = binary.AppendVarint(append(b, 'n'), v)
		case bool:
			ok = c.kind == flagKind
			b = append(b, 'f', 0)
			if v {
				b[len(b)-1] = 1
			}
		default:
			ok = false
		}
		if !ok { // put there from outside
			return app.Errorf(app.Unreadable, "The store is damaged.").
				WithHint("Restore it from a backup, or ask for help before you change anything.").
				Because(fmt.Errorf("%s.%s holds a %T", s.table.name, c.name, v))
		}
	}
	s.buffer = b
	s.sum.Write(b)
	return nil
}

// key names the row for people.
func (s *stream) key() string {
	for i, c := range s.table.columns {
		if c.name == "username" {
			return fmt.Sprintf("the user %q", s.values[i])
		}
	}
	var parts []string
	for i, c := range s.table.columns {
		if c.key > 0 {
			parts = append(parts, fmt.Sprint(s.values[i]))
		}
	}
	return "the row " + strings.Join(parts, ", ") + " of " + s.table.name
}

// checkTexts fails at a text that the engine cannot have.
func (s *stream) checkTexts(keeps func(string) bool) error {
	for i := range s.table.columns {
		if text, ok := s.values[i].(string); ok && !keeps(text) {
			return app.Errorf(app.Invalid, "A text of %s has characters that the other store cannot keep.", s.key()).
				WithHint("Change it here, then copy again.")
		}
	}
	return nil
}

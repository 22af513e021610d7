package native

import (
	"github.com/factordesk/factordesk/app"
)

// cells is one row as the driver gives it. It is read by position, which spares
// database/sql the conversion of each column by reflection.
type cells struct {
	values []any
	dest   []any
	wrong  bool // some value was not of the type that the schema says
}

func newCells(n int) *cells {
	c := &cells{values: make([]any, n), dest: make([]any, n)}
	for i := range c.values {
		c.dest[i] = &c.values[i]
	}
	return c
}

// scan reads the next row.
func (c *cells) scan(rows answer) error { return rows.Scan(c.dest...) }

// err is an error if something was read that the schema does not allow: it was
// put there from outside.
func (c *cells) err() error {
	if !c.wrong {
		return nil
	}
	return app.Errorf(app.Unreadable, "The store is damaged.").
		WithHint("Restore it from a backup, or ask for help before you change anything.")
}

// text returns a text; NULL is empty.
func (c *cells) text(i int) string {
	switch v := c.values[i].(type) {
	case string:
		return v
	case nil:
	default:
		c.wrong = true
	}
	return ""
}

// number returns a number; NULL is 0.
func (c *cells) number(i int) int64 {
	switch v := c.values[i].(type) {
	case int64:
		return v
	case int32:
		return int64(v)
	case nil:
	default:
		c.wrong = true
	}
	return 0
}

// flag returns a boolean; NULL is false.
func (c *cells) flag(i int) bool {
	switch v := c.values[i].(type) {
	case bool:
		return v
	case int64:
		return v != 0
	case nil:
	default:
		c.wrong = true
	}
	return false
}

// bytes returns a blob; NULL is nil.
func (c *cells) bytes(i int) []byte {
	switch v := c.values[i].(type) {
	case []byte:
		return v
	case nil:
	default:
		c.wrong = true
	}
	return nil
}

// closingAnswer is an answer that holds something until it is closed.
type closingAnswer interface {
	answer
	Close() error
}

// keptRows is an answer that was read before.
type keptRows struct {
	rows [][]any
	at   int
}

// Next goes to the next row.
func (k *keptRows) Next() bool {
	k.at++
	return k.at < len(k.rows)
}

// Scan copies the beginning of the row into cells.
func (k *keptRows) Scan(dest ...any) error {
	for i, cell := range dest {
		*cell.(*any) = k.rows[k.at][i]
	}
	return nil
}

// Err is nil: all rows are here.
func (k *keptRows) Err() error { return nil }

// Close does nothing.
func (k *keptRows) Close() error { return nil }

package app

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"
)

// MaxLine is the longest line of an import file, in bytes. Every field has a
// limit far below; a longer line is damage, and is rejected without being
// held in memory.
const MaxLine = 64 << 10

// ImportColumns are the columns of an import file. The first two are
// required; the order is free.
var ImportColumns = []string{"username", "email", "first_name", "last_name", "role", "active"}

// ImportRequest is a file of users. Name is for the audit.
type ImportRequest struct {
	File     io.Reader
	Name     string
	Progress func(rows int, bytes int64) // told now and then; may be nil
}

// ImportUsers adds and updates users from a CSV file. The good lines go in
// together, or, when ctx ends or the store fails, none does; the bad lines are
// in the result, with number and reason. An error means that nothing is in.
func (c *Console) ImportUsers(ctx context.Context, g *Grant, r ImportRequest) (ImportResult, error) {
	operator, err := c.operator(ctx, EditUsers)
	e := c.event(DoImport, operator, User{})
	e.Reason = cleanReason(r.Name)
	if err == nil {
		err = c.spend(g, Deed{Action: DoImport}, &e)
	}
	if err != nil {
		return ImportResult{}, c.refuse(ctx, operator, e, err)
	}
	if err := c.store.Able(AbleEditUsers); err != nil {
		return ImportResult{}, err
	}
	roles, err := c.store.Roles(ctx)
	if err != nil {
		return ImportResult{}, err
	}
	f := newImportFile(r.File, roles)
	if err := f.header(); err != nil {
		return ImportResult{}, err
	}
	result, err := c.store.Import(ctx, Import{
		Rows:   f.rows(ctx),
		Permit: permitImport(operator, roles),
		Progress: func(rows int) {
			if r.Progress != nil {
				r.Progress(rows, f.read)
			}
		},
	}, e)
	if err != nil {
		return ImportResult{}, err
	}
	result.Rejected = append(result.Rejected, f.rejected...)
	slices.SortStableFunc(result.Rejected, func(a, b Rejected) int { return a.Line - b.Line })
	return result, nil
}

// permitImport keeps who may edit users but not operators from making or
// changing operators through a file.
func permitImport(operator User, roles []Role) func(*User, ImportRow) error {
	return func(existing *User, row ImportRow) error {
		touches := existing != nil && (existing.Operator || len(existing.Role.Permissions) > 0)
		for _, r := range roles {
			if row.HasRole && r.ID == row.Role && len(r.Permissions) > 0 {
				touches = true
			}
		}
		if existing != nil && existing.ID == operator.ID && row.HasActive && !row.Active {
			return Errorf(Denied, "You cannot switch off the account that you are signed in with.")
		}
		if touches {
			return permits(operator, EditOperators)
		}
		return nil
	}
}

// RowEvent returns the event of one imported row, and whether the audit names
// it beside the import e that it belongs to: it names everybody who is an
// operator, or whom the row gives or takes a role with permissions. was is the
// zero User for a new one; to is the role of ch.
func RowEvent(e Event, was User, ch UserChange, to Role) (Event, bool) {
	if !was.Operator && len(was.Role.Permissions) == 0 && len(to.Permissions) == 0 {
		return Event{}, false
	}
	e.Action = DoSaveUser
	if was.ID == "" {
		e.Action = DoAddUser
	}
	e.TargetID, e.Target, e.Reason, e.Details = ch.ID, ch.Username, "import", changes(was, ch)
	return e, true
}

// importFile reads a CSV file line by line. Fields cannot hold line ends, so
// an open quote spoils its own line only.
type importFile struct {
	in       *bufio.Reader
	comma    rune
	columns  []string // by position; "" is not ours
	roles    map[string]RoleID
	seen     map[string]int // folded username → line
	line     int
	read     int64 // bytes so far
	rejected []Rejected
}

func newImportFile(r io.Reader, roles []Role) *importFile {
	f := &importFile{
		in: bufio.NewReaderSize(r, MaxLine), comma: ',',
		roles: map[string]RoleID{}, seen: map[string]int{},
	}
	for _, role := range roles {
		f.roles[strings.ToLower(role.Name)] = role.ID
	}
	return f
}

var errLineTooLong = errors.New("line too long")

// next returns the next line without its end. The slice is good until the
// next call.
func (f *importFile) next() ([]byte, error) {
	line, err := f.in.ReadSlice('\n')
	f.read += int64(len(line))
	f.line++
	if errors.Is(err, bufio.ErrBufferFull) {
		for errors.Is(err, bufio.ErrBufferFull) {
			var more []byte
			more, err = f.in.ReadSlice('\n')
			f.read += int64(len(more))
		}
		if err == nil || errors.Is(err, io.EOF) {
			err = errLineTooLong
		}
		return nil, err
	}
	if errors.Is(err, io.EOF) && len(line) > 0 {
		err = nil
	}
	return bytes.TrimRight(line, "\r\n"), err
}

// header reads the first line, which names the columns.
func (f *importFile) header() error {
	line, err := f.next()
	switch {
	case errors.Is(err, io.EOF):
		return Errorf(Invalid, "The file is empty.").WithHint("Its first line names the columns: %s.", strings.Join(ImportColumns, ","))
	case errors.Is(err, errLineTooLong):
		return notCSV()
	case err != nil:
		return Errorf(Unreachable, "The file could not be read.").Because(err)
	}
	if bytes.HasPrefix(line, []byte{0xFF, 0xFE}) || bytes.HasPrefix(line, []byte{0xFE, 0xFF}) {
		return Errorf(Invalid, "The file is UTF-16 text.").WithHint("Save it as CSV in UTF-8.")
	}
	line = bytes.TrimPrefix(line, []byte("\uFEFF"))
	if !utf8.Valid(line) || bytes.IndexByte(line, 0) >= 0 {
		return notCSV()
	}
	if !bytes.ContainsRune(line, ',') && bytes.ContainsRune(line, ';') {
		f.comma = ';'
	}
	names, err := f.split(line)
	if err != nil {
		return notCSV()
	}
	for _, name := range names {
		name = strings.ToLower(strings.TrimSpace(name))
		if !slices.Contains(ImportColumns, name) {
			return Errorf(Invalid, "The first line names a column %q, which is not known.", clip(name)).
				WithHint("It may name %s.", strings.Join(ImportColumns, ","))
		}
		if slices.Contains(f.columns, name) {
			return Errorf(Invalid, "The first line names the column %q twice.", name)
		}
		f.columns = append(f.columns, name)
	}
	for _, need := range ImportColumns[:2] {
		if !slices.Contains(f.columns, need) {
			return Errorf(Invalid, "The first line does not name the column %q.", need).
				WithHint("It may name %s; the first two are required.", strings.Join(ImportColumns, ","))
		}
	}
	return nil
}

func notCSV() *Error {
	return Errorf(Invalid, "The file is not CSV text in UTF-8.").
		WithHint("Its first line names the columns: %s.", strings.Join(ImportColumns, ","))
}

func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

func (f *importFile) split(line []byte) ([]string, error) {
	r := csv.NewReader(bytes.NewReader(line))
	r.Comma, r.FieldsPerRecord = f.comma, -1
	return r.Read()
}

// rows yields the good lines and keeps the bad ones.
func (f *importFile) rows(ctx context.Context) iter.Seq2[ImportRow, error] {
	return func(yield func(ImportRow, error) bool) {
		for {
			line, err := f.next()
			switch {
			case errors.Is(err, io.EOF):
				return
			case ctx.Err() != nil:
				yield(ImportRow{}, ctx.Err())
				return
			case errors.Is(err, errLineTooLong):
				f.reject("The line is longer than 64 KB.")
				continue
			case err != nil:
				yield(ImportRow{}, Errorf(Unreachable, "The file could not be read to its end.").Because(err))
				return
			}
			if len(bytes.TrimSpace(line)) == 0 {
				continue
			}
			row, err := f.row(line)
			if err != nil {
				message, _ := Explain(err)
				f.reject(message)
				continue
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

func (f *importFile) reject(reason string) {
	f.rejected = append(f.rejected, Rejected{Line: f.line, Reason: reason})
}

// row turns one line into a row, or says what is wrong with it.
func (f *importFile) row(line []byte) (ImportRow, error) {
	if !utf8.Valid(line) {
		return ImportRow{}, Errorf(Invalid, "The line is not UTF-8 text.")
	}
	fields, err := f.split(line)
	if err != nil {
		return ImportRow{}, Errorf(Invalid, "The quotes in the line do not match.")
	}
	if len(fields) != len(f.columns) {
		return ImportRow{}, Errorf(Invalid, "The line has %d fields, the first line names %d.", len(fields), len(f.columns))
	}
	row := ImportRow{Line: f.line, NewUser: NewUser{Active: true}}
	for i, name := range f.columns {
		if err := f.set(&row, name, strings.TrimSpace(fields[i])); err != nil {
			return ImportRow{}, err
		}
	}
	if err := row.check(); err != nil {
		return ImportRow{}, err
	}
	key := FoldUsername(row.Username)
	if first, twice := f.seen[key]; twice {
		return ImportRow{}, Errorf(Invalid, "The username is in line %d already.", first)
	}
	f.seen[key] = f.line
	return row, nil
}

func (f *importFile) set(row *ImportRow, column, value string) error {
	switch column {
	case "username":
		row.Username = value
	case "email":
		row.Email = value
	case "first_name":
		row.FirstName, row.HasFirstName = value, true
	case "last_name":
		row.LastName, row.HasLastName = value, true
	case "role":
		row.HasRole = true
		if value == "" {
			return nil
		}
		id, ok := f.roles[strings.ToLower(value)]
		if !ok {
			return Errorf(Invalid, "There is no role %q.", clip(value))
		}
		row.Role = id
	case "active":
		row.HasActive = true
		switch strings.ToLower(value) {
		case "", "1", "true", "yes", "active":
			row.Active = true
		case "0", "false", "no", "inactive":
			row.Active = false
		default:
			return Errorf(Invalid, "The column active says %q; it is 1 or 0.", clip(value))
		}
	}
	return nil
}

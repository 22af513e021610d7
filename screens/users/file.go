package users

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// header is the first line of an import file as the dialogs show it.
var header = strings.Join(app.ImportColumns, ",")

// openFile opens a file of users and tells its size in bytes, or says in a
// sentence why it cannot be read. It is work for a goroutine: a network drive
// may take its time.
func openFile(path string) (*os.File, int64, error) {
	path = strings.TrimSpace(path)
	if path == "" {
		return nil, 0, app.Errorf(app.Invalid, "No file is chosen.")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, fileError(path, err)
	}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = app.Errorf(app.Invalid, "%s is a folder.", filepath.Base(path)).WithHint("Choose a CSV file in it.")
	}
	if err != nil {
		_ = f.Close()
		return nil, 0, fileError(path, err)
	}
	return f, info.Size(), nil
}

func fileError(path string, err error) error {
	var known *app.Error
	name := filepath.Base(path)
	switch {
	case errors.As(err, &known):
		return err
	case errors.Is(err, fs.ErrNotExist):
		return app.Errorf(app.NotFound, "There is no file %s.", name).WithHint("Check the path.").Because(err)
	case errors.Is(err, fs.ErrPermission):
		return app.Errorf(app.Denied, "You may not read %s.", name).WithHint("Ask whoever owns the file.").Because(err)
	}
	return app.Errorf(app.Invalid, "%s could not be read.", name).Because(err)
}

// probe tells whether a file can be read, so that a wrong path is said before
// the password is asked for.
func probe(path string) error {
	f, _, err := openFile(path)
	if err != nil {
		return err
	}
	return f.Close()
}

// tally is how far an import is: written by the import, read by the window.
type tally struct {
	rows  atomic.Int64
	bytes atomic.Int64
	size  atomic.Int64
}

// share is the part of the file that was read, 0 to 1.
func (t *tally) share() float64 {
	size := t.size.Load()
	if size <= 0 {
		return 0
	}
	return float64(t.bytes.Load()) / float64(size)
}

// importFile reads a file into the store and counts in t.
func importFile(ctx context.Context, s Service, g *app.Grant, path string, t *tally) (app.ImportResult, error) {
	f, size, err := openFile(path)
	if err != nil {
		return app.ImportResult{}, err
	}
	defer func() { _ = f.Close() }() // it was only read
	t.size.Store(size)
	return s.ImportUsers(ctx, g, app.ImportRequest{
		File: counted{f, t}, Name: filepath.Base(strings.TrimSpace(path)),
		Progress: func(rows int, _ int64) { t.rows.Store(int64(rows)) },
	})
}

// counted is a reader that counts what was read of it, so that the bar moves
// also while nothing but bad lines comes.
type counted struct {
	io.Reader
	t *tally
}

// Read implements io.Reader.
func (c counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.t.bytes.Add(int64(n))
	return n, err
}

// summary is what an import did, in a sentence.
func summary(r app.ImportResult) string {
	return fmt.Sprintf("%s added, %s updated, %s unchanged, %s rejected.", kit.Count(r.Added), kit.Count(r.Updated),
		kit.Count(r.Same), kit.CountOf(len(r.Rejected), "line", "lines"))
}

// writeReport writes the report of an import as text.
func writeReport(w io.Writer, name string, r app.ImportResult) error {
	b := bufio.NewWriter(w)
	// bufio keeps the first error for Flush.
	_, _ = fmt.Fprintf(b, "Import of %s\n%s\n", name, summary(r))
	if len(r.Rejected) > 0 {
		_, _ = fmt.Fprintf(b, "\nline\treason\n")
	}
	for _, bad := range r.Rejected {
		_, _ = fmt.Fprintf(b, "%d\t%s\n", bad.Line, bad.Reason)
	}
	return b.Flush()
}

// saveReport writes the report to a new file that only its owner can read: the
// reasons may quote what stands in the lines.
func saveReport(path, name string, r app.ImportResult) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	switch {
	case errors.Is(err, fs.ErrExist):
		return app.Errorf(app.Conflict, "There is a file of that name already.").WithHint("Choose another name.")
	case err != nil:
		return app.Errorf(app.Unreachable, "The report could not be saved.").WithHint("Choose another folder.").Because(err)
	}
	defer func() {
		if cerr := f.Close(); err == nil && cerr != nil {
			err = cerr
		}
		if err != nil {
			err = app.Errorf(app.Unreachable, "The report could not be saved.").
				WithHint("See whether the disk is full.").Because(err)
		}
	}()
	return writeReport(f, name, r)
}

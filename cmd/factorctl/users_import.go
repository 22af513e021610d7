package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/factordesk/factordesk/app"
)

func usersImportCommand(d *desk) *cobra.Command {
	return &cobra.Command{
		Use:   "import FILE.csv",
		Short: "Add and update users from a CSV file",
		Long: `Adds and updates users from a CSV file in UTF-8. Its first line names the columns,
in any order: username,email,first_name,last_name,role,active. The first two are
required. A user who is there already, by username, gets what the file has;
columns that the file does not have stay as they are. Role is the name of a role;
active is 1 or 0.

Good lines go in together; bad lines are listed with their number and what is
wrong with them, on standard error. Ctrl-C stops it, and then nothing is in.

It asks for your password (FACTORDESK_PASSWORD).

With --json: {"added","updated","rejected":[{"line","reason"}]}. Lines equal to
what is there already are in neither number.

Exit codes: 0 at least one line could be used, or the file has none; 1 refused,
stopped, or no line could be used; 2 the file is no CSV file of users; 3 there is
no such file.`,
		Example: `  factorctl users import people.csv
  factorctl users import people.csv --json`,
		Args: arguments("FILE.csv"),
		RunE: d.signedIn(func(ctx context.Context, c *app.Console, args []string) error {
			return d.importUsers(ctx, c, args[0])
		}),
	}
}

func (d *desk) importUsers(ctx context.Context, c *app.Console, path string) error {
	file, size, err := openCSV(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	g, err := d.grant(ctx, c, app.EditUsers, app.User{}, app.Deed{Action: app.DoImport}, "import "+filepath.Base(path))
	if err != nil {
		return err
	}
	progress, end := d.progress(size)
	result, err := c.ImportUsers(ctx, g, app.ImportRequest{File: file, Name: filepath.Base(path), Progress: progress})
	end()
	if err != nil {
		return err
	}
	return d.showImport(result)
}

// openCSV opens a file to read, and says why it cannot be one.
func openCSV(path string) (*os.File, int64, error) {
	file, err := os.Open(path)
	if err == nil {
		info, serr := file.Stat()
		if serr == nil && !info.IsDir() {
			return file, info.Size(), nil
		}
		_ = file.Close()
		if err = serr; err == nil {
			return nil, 0, app.Errorf(app.Invalid, "%s is a folder, not a CSV file.", path)
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, app.Errorf(app.NotFound, "There is no file %s.", path).Because(err)
	}
	return nil, 0, app.Errorf(app.Unreachable, "The file %s cannot be read.", path).
		WithHint("Look at who may read it.").Because(err)
}

// progressEach is how often the line with the progress changes.
const progressEach = 100 * time.Millisecond

// progress shows how far an import is, on a terminal only.
func (d *desk) progress(size int64) (progress func(rows int, bytes int64), end func()) {
	if !isTerminal(d.err) {
		return nil, func() {}
	}
	var last time.Time
	shown := false
	return func(rows int, read int64) {
			if time.Since(last) < progressEach {
				return
			}
			last, shown = time.Now(), true
			percent := int64(100)
			if size > 0 {
				percent = min(100, 100*read/size)
			}
			fmt.Fprintf(d.err, "\r%s lines read, %d %% of the file \x1b[K", app.Thousands(int64(rows)), percent)
		}, func() {
			if shown {
				fmt.Fprint(d.err, "\r\x1b[K")
			}
		}
}

// showImport prints what went in and what did not.
func (d *desk) showImport(r app.ImportResult) error {
	j := importJSON{Added: r.Added, Updated: r.Updated, Rejected: []rejectedJSON{}}
	for _, bad := range r.Rejected {
		j.Rejected = append(j.Rejected, rejectedJSON{Line: bad.Line, Reason: bad.Reason})
		if !d.json {
			d.say("line %d: %s", bad.Line, plain(bad.Reason))
		}
	}
	if d.json {
		if err := d.print(j); err != nil {
			return err
		}
	} else {
		d.tell("Added %s, updated %s, unchanged %s, rejected %s.", app.Thousands(int64(r.Added)),
			app.Thousands(int64(r.Updated)), app.Thousands(int64(r.Same)), app.Thousands(int64(len(r.Rejected))))
	}
	if r.Added+r.Updated+r.Same == 0 && len(r.Rejected) > 0 {
		return app.Errorf(app.Denied, "No line of the file could be used.")
	}
	return nil
}

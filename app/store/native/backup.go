package native

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/factordesk/factordesk/app"
)

// Snapshot implements app.Mover for a local store. What is in the file is read
// again, so that a backup never holds what nobody has looked at.
func (s *Store) Snapshot(ctx context.Context, path string, report func(app.MoveProgress)) (app.Contents, error) {
	if s.dialect != inSQLite {
		return app.Contents{}, app.Errorf(app.Invalid, "A team's store is backed up on its server, not here.").
			WithHint(`Ask who runs it; or make a local copy with "factorctl store copy", and back that up.`)
	}
	if report == nil {
		report = func(app.MoveProgress) {}
	}
	report(app.MoveProgress{Stage: app.MoveSnapshot})
	if err := backup(ctx, s.read.db, path); err != nil {
		return app.Contents{}, explain("snapshot", err)
	}
	c, err := s.checked(ctx, path, report)
	return c, explain("check snapshot", err)
}

// checked reads a file that nobody writes to, of the newest schema.
func (s *Store) checked(ctx context.Context, path string, report func(app.MoveProgress)) (c app.Contents, err error) {
	err = looking(ctx, path, func(conn *sql.Conn) error {
		if c, err = looked(ctx, conn, report); err != nil {
			return err
		}
		r, err := s.verifyOn(ctx, conn, func(done, total int64) {
			report(app.MoveProgress{Stage: app.MoveCheck, Done: done, Total: total})
		})
		c.Problem = r.Problem
		return err
	})
	return c, err
}

// looking opens a file that nobody writes to.
func looking(ctx context.Context, path string, look func(conn *sql.Conn) error) (err error) {
	db, err := open(path, immutable)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	return look(conn)
}

// looked reads every page of a file, of whatever schema, and counts what it holds.
func looked(ctx context.Context, conn *sql.Conn, report func(app.MoveProgress)) (c app.Contents, err error) {
	report(app.MoveProgress{Stage: app.MoveCheck})
	var state string
	if err := conn.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&state); err != nil {
		return c, err
	}
	if state != "ok" {
		return c, app.Errorf(app.Unreadable, "The store is damaged.").
			WithHint("Restore it from a backup, or ask for help before you change anything.").Because(errors.New(state))
	}
	c, err = contents(ctx, conn)
	return c, errNotWhole(err)
}

// Restore makes a new store of what fill writes, which is a Snapshot, at a path
// where there is nothing. The event is put behind its chain. Either the whole
// store comes to be or nothing that looks like one. What it returns is what fill
// has written.
func Restore(
	ctx context.Context, path string, o Options, e app.Event, fill func(io.Writer) error, report func(app.MoveProgress),
) (made app.Contents, err error) {
	if report == nil {
		report = func(app.MoveProgress) {}
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		if err == nil {
			err = fs.ErrExist
		}
		return made, explainFile(path, err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return made, explainFile(filepath.Dir(path), err)
	}
	draft, err := draftFile(path)
	if err != nil {
		return made, explainFile(path, err)
	}
	defer removeDraft(draft)
	if err := fillDraft(draft, fill); err != nil {
		return made, explain("restore", err)
	}
	if made, err = raise(ctx, draft, o, e, report); err != nil {
		return made, explain("restore", err)
	}
	if err := ctx.Err(); err != nil {
		return made, explain("restore", err)
	}
	if err := publish(draft, path); err != nil {
		return made, explainFile(path, err)
	}
	return made, nil
}

// fillDraft fills a file.
func fillDraft(path string, fill func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return explainFile(path, err)
	}
	return errors.Join(fill(f), f.Close())
}

// raise makes a store of a snapshot: it checks it, brings it up to date, and writes
// the event.
func raise(ctx context.Context, draft string, o Options, e app.Event, report func(app.MoveProgress)) (c app.Contents, err error) {
	a, err := inspect(draft)
	if err != nil {
		return c, err
	}
	s, err := newStore(draft, o, a)
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := looking(ctx, draft, func(conn *sql.Conn) (err error) {
		c, err = looked(ctx, conn, report)
		return err
	}); err != nil {
		return c, err
	}
	known, err := newest(s.dialect.files())
	if err != nil {
		return c, err
	}
	if c.Schema > known {
		return c, app.Errorf(app.Invalid, "This backup was made by a newer Factordesk: its schema is %d, and this program knows %d.",
			c.Schema, known).WithHint("Install the newer Factordesk.")
	}
	if err := migrate(ctx, s.writerDB(), s.dialect.goose, s.dialect.files()); err != nil {
		return c, err
	}
	if err := s.load(ctx); err != nil {
		return c, err
	}
	r, err := s.VerifyChain(ctx, func(done, total int64) {
		report(app.MoveProgress{Stage: app.MoveCheck, Done: done, Total: total})
	})
	if err != nil {
		return c, err
	}
	c.Problem = r.Problem
	e.Details = append(e.Details, app.Detail{Name: "up to event", Value: fmt.Sprint(c.Head.Seq)})
	e.Outcome = app.Done
	return c, s.Append(ctx, e)
}

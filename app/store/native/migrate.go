package native

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"

	"github.com/factordesk/factordesk/app"
)

// newest returns the version of the last migration.
func newest(files fs.FS) (int64, error) {
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return 0, err
	}
	var last int64
	for _, name := range names {
		number, _, _ := strings.Cut(path.Base(name), "_")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("migration %s: %w", name, err)
		}
		last = max(last, n)
	}
	return last, nil
}

// bringUp migrates an older store. For one that is up to date it costs one
// query: the migrations themselves are not even parsed.
func (s *Store) bringUp(ctx context.Context, files fs.FS, up upgrade) error {
	target, err := newest(files)
	if err != nil {
		return err
	}
	var version int64
	err = s.read.row(ctx, "SELECT max(version_id) FROM goose_db_version WHERE is_applied", nil, &version)
	switch {
	case err != nil:
		return errNotWhole(err)
	case version == target:
		return nil
	case version > target:
		return app.Errorf(app.Invalid, "This store was made by a newer Factordesk: its schema is %d, and this program knows %d.",
			version, target).WithHint("Install the newer Factordesk. %s", up.untouched)
	case s.readOnly != nil:
		return up.readOnly
	}
	return up.run(ctx, s, files, version)
}

// upgrade is how a store of an older schema is brought up to date: what run does,
// and the words of why it cannot be or need not be.
type upgrade struct {
	run       func(ctx context.Context, s *Store, files fs.FS, version int64) error
	untouched string
	readOnly  error
}

// fileUpgrade keeps a copy of the file beside it.
func fileUpgrade(file string) upgrade {
	return upgrade{
		untouched: "The file was not changed.",
		readOnly: app.Errorf(app.Unreachable, "This store is of an older Factordesk and must be brought up to date, but its file is write-protected.").
			WithHint("Change the permissions of the file."),
		run: func(ctx context.Context, s *Store, files fs.FS, version int64) error {
			db := s.writerDB()
			if err := s.backUp(ctx, db, file, version); err != nil {
				return err
			}
			return migrate(ctx, db, s.dialect.goose, files)
		},
	}
}

// writerDB returns the pool that may change a file; nil where nothing may.
func (s *Store) writerDB() *sql.DB {
	if s.write == nil {
		return nil
	}
	return s.write.link.(*sqliteLink).db
}

// backUp copies the store, as it is before a migration, to a file beside it.
func (s *Store) backUp(ctx context.Context, db *sql.DB, file string, version int64) error {
	name := fmt.Sprintf("%s.backup-v%d-%s", file, version, s.now().UTC().Format("20060102T150405.000000"))
	// The file is made first, so that it is never readable for others.
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return explainFile(name, err)
	}
	if err := f.Close(); err != nil {
		return explainFile(name, err)
	}
	if err := backup(ctx, db, name); err != nil {
		return errors.Join(err, os.Remove(name))
	}
	return syncFile(name)
}

// migrate brings the schema to its newest version. Each step is a transaction.
func migrate(ctx context.Context, db *sql.DB, d goose.Dialect, files fs.FS) error {
	m, err := newMigrations(db, d, files)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	if _, err := m.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// syncFile makes sure that a file, or the entries of a folder, are on the disk.
func syncFile(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

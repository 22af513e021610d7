package logbook

import (
	"context"
	_ "embed"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/factordesk/factordesk/app"
)

// schema is what a new logbook is made of, and schemaVersion its version, which
// stands in PRAGMA user_version.
//
//go:embed schema.sql
var schema string

const schemaVersion = 1

// applicationID stands in the header of each logbook: "FDLB".
const applicationID = 0x46444C42

// make makes the file if there is none. It is filled under another name first,
// so that no other process ever sees one that is not whole.
func (b *Book) make(ctx context.Context) error {
	switch info, err := os.Stat(b.path); {
	case err == nil:
		return b.inspect(info)
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if err := os.MkdirAll(filepath.Dir(b.path), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(b.path), "."+filepath.Base(b.path)+".draft-*")
	if err != nil {
		return err
	}
	draft := f.Name()
	defer func() {
		for _, ending := range []string{"", "-wal", "-shm"} {
			_ = os.Remove(draft + ending) // after a success there is nothing
		}
	}()
	if err := errors.Join(f.Chmod(0o600), f.Close()); err != nil {
		return err
	}
	if err := b.fill(ctx, draft); err != nil {
		return err
	}
	return b.publish(draft)
}

// fill makes an empty file a logbook.
func (b *Book) fill(ctx context.Context, draft string) (err error) {
	id := make([]byte, 16)
	if _, err := io.ReadFull(b.random, id); err != nil {
		return fmt.Errorf("make an ID: %w", err)
	}
	db, err := connect(draft, 1)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if _, err := db.ExecContext(ctx, schema); err != nil {
		return err
	}
	s := seal{id: hex.EncodeToString(id)}
	b.keys.close(&s)
	_, err = db.ExecContext(ctx, "INSERT INTO book (id, book_id, created, head_seq, head_hash, head_key, head_mac) VALUES (1, $1, $2, 0, $3, $4, $5)",
		s.id, b.now().UnixMicro(), []byte{}, s.key, s.mac)
	return err
}

// publish gives a finished draft its name. Where another process was faster, its
// logbook is the one.
func (b *Book) publish(draft string) error {
	if err := syncFile(draft); err != nil {
		return err
	}
	err := os.Link(draft, b.path)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil { // some file systems have no links
		if _, serr := os.Lstat(b.path); serr == nil {
			return nil
		}
		if err := os.Rename(draft, b.path); err != nil {
			return err
		}
	}
	return syncFolder(filepath.Dir(b.path))
}

// inspect tells a logbook from anything else before the engine may change it.
func (b *Book) inspect(info fs.FileInfo) error {
	name := filepath.Base(b.path)
	if !info.Mode().IsRegular() {
		return app.Errorf(app.Invalid, "%s is no regular file, so it is no logbook.", name)
	}
	f, err := os.Open(b.path)
	if err != nil {
		return err
	}
	header := make([]byte, 100)
	_, err = io.ReadFull(f, header)
	if cerr := f.Close(); cerr != nil {
		return cerr
	}
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), string(header[:16]) != "SQLite format 3\x00":
		return app.Errorf(app.Invalid, "%s is no logbook of Factordesk.", name).
			WithHint("Move it away: a new one is made. The file was not changed.")
	case err != nil:
		return err
	case binary.BigEndian.Uint32(header[68:]) != applicationID:
		return app.Errorf(app.Invalid, "%s is no logbook of Factordesk, but a file of another program.", name).
			WithHint("Move it away: a new one is made. The file was not changed.")
	case binary.BigEndian.Uint32(header[60:]) > schemaVersion:
		return errNewer(int64(binary.BigEndian.Uint32(header[60:])))
	}
	return nil
}

// checkSchema refuses a logbook of another version. What its header says may be
// old as long as another process has it open.
func (b *Book) checkSchema(ctx context.Context) error {
	var version int64
	if err := b.read.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	switch {
	case version > schemaVersion:
		return errNewer(version)
	case version < schemaVersion:
		return errDamaged(fmt.Errorf("the schema is %d", version))
	}
	err := b.read.QueryRowContext(ctx, "SELECT book_id FROM book WHERE id = 1").Scan(&b.id)
	if none(err) {
		return errDamaged(err)
	}
	return err
}

// protect makes a file private that was copied here with other permissions. The
// engine gives the same to the files that it makes beside it.
func protect(path string) error {
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm()&0o077 == 0 {
		return err
	}
	return os.Chmod(path, 0o600)
}

// syncFile makes sure that a file, or the entries of a folder, are on the disk.
func syncFile(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

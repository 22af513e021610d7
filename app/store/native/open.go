package native

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/factordesk/factordesk/app"
)

// Open opens the store in a file. A file of an older schema is brought up to
// date, after a backup beside it. A file that cannot be used is left as it is;
// the error says in one sentence why: NotFound, Invalid (not a store, or a
// newer one), Unreadable (damaged), Unreachable (permissions, disk). A
// write-protected file opens to be looked at.
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	a, err := inspect(path)
	if err != nil {
		return nil, err
	}
	s, err := openFile(ctx, path, o, a)
	if err != nil {
		return nil, explain("open", err)
	}
	return s, nil
}

func openFile(ctx context.Context, path string, o Options, a access) (*Store, error) {
	s, err := newStore(path, o, a)
	if err != nil {
		return nil, err
	}
	if err := s.bringUp(ctx, migrationFiles(), fileUpgrade(path)); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	err = s.load(ctx)
	if err == nil {
		s.home, err = homeOf(s.info.Location)
		s.read.here = func() error { return s.homeNow().check() }
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// mostOpen is how many connections to a file are kept for reading.
const mostOpen = 3

// newStore puts a Store around a file without looking at it.
func newStore(path string, o Options, a access) (*Store, error) {
	o = o.withDefaults(path)
	location, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	s := &Store{
		now: o.Now, random: o.Random, cost: o.Cost, dialect: inSQLite,
		scanBelow: scanBelow, rolesV: -1,
		info: app.StoreInfo{
			Name: o.Name, Kind: app.LocalStore, Tag: o.Tag, Engine: "SQLite file",
			Location: location, ReadOnly: a != readWrite,
		},
	}
	if a != readWrite {
		s.readOnly = errReadOnly()
	}
	s.lookOnly(o)
	db, err := open(path, a)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(mostOpen)
	db.SetMaxIdleConns(mostOpen)
	s.read = &reader{db: db, prepares: true}
	if a == readWrite {
		db, err := open(path, a)
		if err != nil {
			return nil, errors.Join(err, s.read.db.Close())
		}
		db.SetMaxOpenConns(1)
		s.write = &writer{link: &sqliteLink{db: db}, turn: make(chan struct{}, 1)}
	}
	return s, nil
}

// errNotWhole says of an error of the first looks into a store what it means:
// they fail only where something is not as each store has it.
func errNotWhole(err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || faultOf(err) != otherFault {
		return err
	}
	return app.Errorf(app.Unreadable, "A part of the store is missing.").WithHint("Restore it from a backup.").Because(err)
}

// headerSize is the length of the header of an SQLite file.
const headerSize = 100

// inspect looks at a file without changing it, and says how it can be opened.
func inspect(path string) (access, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, explainFile(path, err)
	}
	if info.IsDir() {
		return 0, app.Errorf(app.Invalid, "%s is a folder, not a store file.", filepath.Base(path))
	}
	if !info.Mode().IsRegular() {
		return 0, app.Errorf(app.Invalid, "%s is no regular file, so it is no store.", filepath.Base(path))
	}
	f, err := os.Open(path)
	if err != nil {
		return 0, explainFile(path, err)
	}
	header := make([]byte, headerSize)
	n, err := io.ReadFull(f, header)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return 0, explainFile(path, err)
	}
	wal, err := os.Stat(path + "-wal")
	hasLog := err == nil && wal.Size() > 0
	if err := checkHeader(filepath.Base(path), header[:n], info.Size(), hasLog); err != nil {
		return 0, err
	}
	return accessOf(path, info, hasLog)
}

// checkHeader tells a store from anything else by the first bytes of the file.
func checkHeader(name string, header []byte, size int64, hasLog bool) error {
	magic := []byte("SQLite format 3\x00")
	short := app.Errorf(app.Unreadable, "%s is cut short: part of the store is missing.", name).
		WithHint("Restore it from a backup.")
	switch {
	case len(header) == 0:
		return app.Errorf(app.Invalid, "%s is empty, so it is no store.", name)
	case !bytes.HasPrefix(header, magic[:min(len(magic), len(header))]):
		return app.Errorf(app.Invalid, "%s is not a store of Factordesk.", name).
			WithHint("A store is an SQLite file, and this is none.")
	case len(header) < headerSize:
		return short
	case binary.BigEndian.Uint32(header[68:]) == unfinishedID:
		return errUnfinishedFile(name)
	case binary.BigEndian.Uint32(header[68:]) != applicationID:
		return app.Errorf(app.Invalid, "%s is not a store of Factordesk.", name).
			WithHint("It is an SQLite file of another program.")
	}
	page := int64(binary.BigEndian.Uint16(header[16:]))
	if page == 1 {
		page = 65536
	}
	// While there is a log, the file may be on its way to the size that its
	// header says.
	if !hasLog && size < page*int64(binary.BigEndian.Uint32(header[28:])) {
		return short
	}
	return nil
}

// accessOf says whether a file can be written to. Its permissions count even
// for root, who may do everything: somebody protected it on purpose. So do
// those of its folder, where the log has to be made.
func accessOf(path string, info fs.FileInfo, hasLog bool) (access, error) {
	if info.Mode().Perm()&0o222 != 0 && mayAdd(filepath.Dir(path)) {
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err == nil {
			return readWrite, f.Close()
		}
	}
	if hasLog {
		return readOnly, nil
	}
	return immutable, nil
}

// explainFile says why a file cannot be opened.
func explainFile(path string, err error) error {
	name := filepath.Base(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return app.Errorf(app.NotFound, "There is no store at %s.", path).Because(err)
	case errors.Is(err, fs.ErrPermission):
		return app.Errorf(app.Unreachable, "You may not read %s.", name).
			WithHint("Its owner or an administrator of this computer can permit it.").Because(err)
	case errors.Is(err, fs.ErrExist):
		return app.Errorf(app.Conflict, "There is a file at %s already.", path).
			WithHint("Open it, or choose another place.").Because(err)
	}
	return app.Errorf(app.Unreachable, "%s cannot be opened.", name).
		WithHint("Check the disk and the permissions of the file and its folder.").Because(err)
}

// baseName returns the name of a file without folder and ending.
func baseName(path string) string {
	b := filepath.Base(path)
	if n := strings.TrimSuffix(b, filepath.Ext(b)); n != "" {
		return n
	}
	return b
}

package logbook

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"io"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	// The driver of the file.
	_ "modernc.org/sqlite"
)

// Options say how to open a logbook. Zero fields have defaults.
type Options struct {
	// Keys are what the newest event is sealed with (HMAC-SHA-256), each of 32
	// bytes or more: the last one seals, the others only check what was sealed
	// before. None: what is sealed is left as it is and not checked.
	Keys [][]byte

	Desk   string           // which console, for the logbook's own events
	Now    func() time.Time // time.Now
	Random io.Reader        // crypto/rand.Reader; for the ID and for tokens
}

// Book is an open logbook. Its methods may be called from any goroutine.
type Book struct {
	path   string
	id     string
	keys   keyring
	desk   string
	now    func() time.Time
	random io.Reader

	read  *sql.DB
	write *writer
}

// Open opens the logbook in a file, and makes it, with its folder, if there is
// none. It fails with Invalid for a file that is no logbook or a newer one,
// Unreadable for a damaged one, and Unreachable when the disk or the permissions
// do not allow it. A file that cannot be used is left as it is.
//
// The first keys that a logbook is opened with seal what is there already, and so
// do new ones when none of those that sealed it is given any more. Then an event
// says so.
func Open(ctx context.Context, path string, o Options) (*Book, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, explain("open", err)
	}
	b := &Book{path: full, keys: newKeyring(o.Keys), desk: o.Desk, now: o.Now, random: o.Random}
	if b.now == nil {
		b.now = time.Now
	}
	if b.random == nil {
		b.random = rand.Reader
	}
	if err := b.make(ctx); err != nil {
		return nil, explain("make", err)
	}
	if err := b.open(ctx); err != nil {
		return nil, explain("open", err)
	}
	return b, nil
}

// open connects to the file, which is there.
func (b *Book) open(ctx context.Context) error {
	if err := protect(b.path); err != nil {
		return err
	}
	var err error
	if b.read, err = connect(b.path, 4); err != nil {
		return err
	}
	db, err := connect(b.path, 1)
	if err != nil {
		return errors.Join(err, b.read.Close())
	}
	b.write = &writer{db: db, turn: make(chan struct{}, 1)}
	err = b.checkSchema(ctx)
	if err == nil {
		err = b.adopt(ctx)
	}
	if err != nil {
		return errors.Join(err, b.Close())
	}
	return nil
}

// connect opens a pool on a file. Every pragma is in the address, because a
// statement would reach one connection of the pool only.
func connect(path string, connections int) (*sql.DB, error) {
	name := filepath.ToSlash(path)
	if !strings.HasPrefix(name, "/") {
		name = "/" + name // SQLite takes file:///C:/… for a drive
	}
	db, err := sql.Open("sqlite", "file://"+(&url.URL{Path: name}).EscapedPath()+
		"?_txlock=immediate&_busy_timeout=10000&_journal_mode=WAL&_foreign_keys=on&_synchronous=FULL"+
		"&_time_format=sqlite&_timezone=UTC&_dqs=0&_defensive=1&_error_rc=1")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

// ID returns the logbook's own name: random, made with it. Copies share it.
func (b *Book) ID() string { return b.id }

// Path returns where the file is.
func (b *Book) Path() string { return b.path }

// Close ends the connections. The logbook cannot be used afterwards.
func (b *Book) Close() error {
	return explain("close", errors.Join(b.read.Close(), b.write.close()))
}

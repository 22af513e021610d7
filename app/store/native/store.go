package native

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/seal"
)

var (
	_ app.Store      = (*Store)(nil)
	_ app.Stamped    = (*Store)(nil)
	_ app.Announcing = (*Store)(nil)
)

// Options say how to open a store. Zero fields have defaults.
type Options struct {
	Name   string           // for people; the file's name without its ending
	Tag    app.Tag          // app.TagLocal
	Now    func() time.Time // time.Now
	Random io.Reader        // crypto/rand.Reader; for IDs, tokens and the recovery key
	Cost   seal.Cost        // of new passwords; seal.Strong

	ReadOnly bool // the store is only looked at, though it could be changed
}

func (o Options) withDefaults(path string) Options {
	if o.Name == "" {
		o.Name = baseName(path)
	}
	if o.Tag == "" {
		o.Tag = app.TagLocal
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	if o.Cost == (seal.Cost{}) {
		o.Cost = seal.Strong
	}
	return o
}

// Store is an open store. Its methods may be called from any goroutine.
type Store struct {
	info      app.StoreInfo
	now       func() time.Time
	random    io.Reader
	cost      seal.Cost
	dialect   *dialect
	readOnly  *app.Error // why nothing can be changed; nil: it can
	noSecrets bool       // the database account may not read what is sealed
	scanBelow int64

	read  *reader
	write *writer
	ear   *sql.DB // over which a server tells of changes; nil: there is none

	refreshing sync.Mutex // one reads the keys anew at a time

	mu    sync.RWMutex
	home  *home          // of the file; nil: there is none
	gen   generation     // to which keys and own belong
	keys  *seal.Keyset   // nil: not open
	own   *seal.Operator // of ownID; nil: nobody's password was typed
	ownID app.UserID

	followed *followed // what is to be written of own; nil: nothing

	roles  map[app.RoleID]app.Role
	rolesV int64 // version of roles; -1: not read yet
	locked lockCount

	known atomic.Int64 // how many users there were when they were counted last
}

// scanBelow is the number of rows that are looked through rather than found by
// an index.
const scanBelow = 2000

// Info describes the store.
func (s *Store) Info() app.StoreInfo { return s.info }

// Able returns nil, or why the store is not able.
func (s *Store) Able(a app.Ability) error {
	switch a {
	case app.AbleChange, app.AbleEditUsers, app.AbleRoles:
		return s.mayChange()
	case app.AbleOpenSecrets:
		if s.noSecrets {
			return app.Errorf(app.Denied, "The database account may not read what is sealed.").
				WithHint("Use an account of the role for desks.")
		}
		if k, _ := s.openKeys(); k == nil {
			return errNoKeys()
		}
	case app.AbleSessions, app.AbleTokens:
		return app.Errorf(app.Invalid, "People do not sign in to this store anywhere but here.")
	case app.AbleDevices:
		return app.Errorf(app.Invalid, "This store does not keep the single keys of a factor.")
	case app.AbleRepair:
		return app.Errorf(app.Invalid, "This store has no older keys: a factor that it cannot read is reset.")
	}
	return nil
}

// writable reports whether anything can be changed.
func (s *Store) writable() bool { return s.readOnly == nil }

// mayChange returns nil, or why nothing can be changed.
func (s *Store) mayChange() error {
	if s.writable() {
		return nil
	}
	return s.readOnly
}

// Close ends the connections. The store cannot be used afterwards.
func (s *Store) Close() error {
	s.Forget()
	if s.read == nil { // a server that was not reached
		return nil
	}
	err := s.read.db.Close()
	if s.write != nil {
		if werr := s.write.close(); err == nil {
			err = werr
		}
	}
	if s.ear != nil {
		err = errors.Join(err, s.ear.Close())
	}
	return explain("close", err)
}

// Forget drops the opened keys from memory.
func (s *Store) Forget() { s.hold(nil, nil, "") }

// hold keeps what a right password has opened.
func (s *Store) hold(keys *seal.Keyset, own *seal.Operator, id app.UserID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.holdNow(keys, own, id)
}

func (s *Store) holdNow(keys *seal.Keyset, own *seal.Operator, id app.UserID) {
	if s.noSecrets {
		keys = nil
	}
	s.keys, s.own, s.ownID, s.followed = keys, own, id, nil
}

// openKeys returns the keyset, nil when it is not open, and the key pair of
// the operator whose password was typed.
func (s *Store) openKeys() (*seal.Keyset, ownKeys) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.keys, ownKeys{s.own, s.ownID}
}

// ownKeys is the key pair of one operator.
type ownKeys struct {
	*seal.Operator
	id app.UserID
}

// of returns the key pair if it is this user's, else nil.
func (o ownKeys) of(id app.UserID) *seal.Operator {
	if o.id != id {
		return nil
	}
	return o.Operator
}

// place names a sealed value of this store.
func (s *Store) place(table, column, row string) seal.Place {
	return seal.Place{Store: s.info.ID, Table: table, Column: column, Row: row}
}

// micro is how a time is stored; the zero time is 0.
func micro(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// fromMicro reads what micro made.
func fromMicro(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}

// load reads what never changes about the store, and fails if the store lacks
// any of its tables.
func (s *Store) load(ctx context.Context) error {
	var whole bool
	var g generationRow
	err := s.read.row(ctx, "SELECT store_id, "+generationColumns+", "+s.dialect.tables+" FROM store s WHERE s.id = 1", nil,
		append(append([]any{&s.info.ID}, g.dest()...), &whole)...)
	if err == nil && !whole {
		err = errors.New("a table is missing")
	}
	s.mu.Lock()
	s.gen = g.generation()
	s.mu.Unlock()
	return errNotWhole(err)
}

package magento

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/magento/crypt"
	"github.com/factordesk/factordesk/app/store/magento/logbook"
)

var (
	_ app.Store   = (*Store)(nil)
	_ app.Stamped = (*Store)(nil)
)

// Store is an open shop. Its methods may be called from any goroutine.
type Store struct {
	config Config
	shop   *shop
	db     *sql.DB
	base   conn       // db
	keys   crypt.Keys // none: the crypt key is not known
	book   *logbook.Book

	accountText string // SQL
	index       *index

	mu    sync.Mutex
	info  app.StoreInfo
	open  bool       // the right password of somebody who works with secrets has opened the keys
	own   app.UserID // whose right password was the last: of these the own code is checked in any role
	doubt *doubt     // about the crypt key; nil: there is none
}

// Open opens a shop: it connects, looks whether it is one, and tries the crypt
// key. Errors have a stage ([StageOf]).
func Open(ctx context.Context, c Config) (*Store, error) {
	l, err := Connect(ctx, c)
	if err != nil {
		return nil, err
	}
	if _, err := l.Inspect(ctx); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	if _, err := l.TryKey(ctx); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	s, err := l.Open(ctx)
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return s, nil
}

// Open makes a store of an inspected connection, which is the store's from then
// on. It opens the logbook, and writes the outcome of what an earlier run has
// left open there.
func (l *Link) Open(ctx context.Context) (*Store, error) {
	if l.shop == nil {
		if _, err := l.Inspect(ctx); err != nil {
			return nil, err
		}
	}
	if !l.tried {
		if _, err := l.TryKey(ctx); err != nil {
			return nil, err
		}
	}
	keys, err := l.config.keys()
	if err != nil {
		return nil, staging(StageKey, err)
	}
	seals, err := l.sealKeys()
	if err != nil {
		return nil, staging(StageKey, err)
	}
	if l.config.Logbook == "" {
		return nil, app.Errorf(app.Invalid, "There is no place for the logbook.")
	}
	book, err := logbook.Open(ctx, l.config.Logbook, logbook.Options{
		Keys: seals, Desk: l.config.Desk, Now: l.config.Now, Random: l.config.Random,
	})
	if err != nil {
		return nil, err
	}
	s := &Store{
		config: l.config, shop: l.shop, db: l.db, base: l.base, keys: keys, book: book, index: newIndex(),
		accountText: accountSQL(l.shop), info: l.info(book.ID()), doubt: l.doubt,
	}
	if !l.config.ReadOnly {
		if err := s.settle(ctx); err != nil {
			return nil, errors.Join(explain("settle", err), book.Close())
		}
	}
	l.db = nil
	return s, nil
}

// info describes the store that will be.
func (l *Link) info(id string) app.StoreInfo {
	c, issuer := l.config, l.shop.settings.issuer()
	i := app.StoreInfo{
		ID: id, Name: c.Name, Kind: app.MagentoStore, Tag: c.Tag, Engine: l.engine(), Location: c.location(), ReadOnly: c.ReadOnly,
		Issuer: issuer, Secrets: []app.SecretForm{app.TypedSecret, app.MagentoSecret}, Lock: l.shop.settings.lock(), AuditHere: true,
	}
	if i.Name == "" {
		i.Name = issuer
	}
	if i.Name == "" {
		i.Name = c.Database
	}
	if i.Issuer == "" {
		i.Issuer = i.Name
	}
	return i
}

// location says where the shop is: "db.example:3306/magento".
func (c Config) location() string { return c.address() + "/" + c.Database }

// Close ends the connections and closes the logbook. The store cannot be used
// afterwards.
func (s *Store) Close() error {
	s.Forget()
	err := s.db.Close()
	if cut(err) { // it had ended already
		err = nil
	}
	return explain("close", errors.Join(err, s.book.Close()))
}

// Info describes the store.
func (s *Store) Info() app.StoreInfo {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.info
}

// Forget takes back what a right password has opened. The crypt key itself came
// with the connection, and without it no factor's status could be told; but
// nothing opens a secret any more.
func (s *Store) Forget() { s.setOpen(false, "") }

// setOpen opens the keys, or not, for a user whose password was right.
func (s *Store) setOpen(open bool, own app.UserID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open, s.own = open, own
}

// isOwn reports whether the last right password was a user's.
func (s *Store) isOwn(id app.UserID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return id != "" && s.own == id
}

func (s *Store) isOpen() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open
}

// now is the time of this computer, in UTC.
func (s *Store) now() time.Time { return s.config.Now().UTC() }

// engine names what the shop runs on: "Magento 2.4.6 · MariaDB through SSH".
func (l *Link) engine() string {
	server, _, _ := strings.Cut(l.server, " ")
	words := l.shop.words() + " · " + server
	if l.config.Through != "" {
		words += " " + l.config.Through
	}
	return words
}

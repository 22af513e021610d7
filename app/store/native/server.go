package native

import (
	"context"
	"crypto/tls"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/factordesk/factordesk/app"
)

// Server is where a team's store is: a database on a PostgreSQL server.
type Server struct {
	Host     string // name, address, or the folder of a Unix socket
	Port     int    // 0: 5432
	Database string
	Username string     // of the database account
	Password app.Secret // of it; empty where the server asks for none
	TLS      *tls.Config

	// Dial reaches the server; nil: from this computer. Through a tunnel the
	// host's name is looked up at its far end.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// location is the server in words, without the account.
func (p Server) location() string {
	host := p.Host
	if !strings.HasPrefix(host, "/") {
		host = net.JoinHostPort(strings.Trim(host, "[]"), strconv.Itoa(p.port()))
	}
	return host + "/" + p.Database
}

func (p Server) port() int {
	if p.Port == 0 {
		return 5432
	}
	return p.Port
}

// config is the server for the driver. Nothing of the environment or of libpq's
// files has a part in it, but the driver reads them before it can be told so.
func (p Server) config() (*pgx.ConnConfig, error) {
	c, err := pgx.ParseConfig("host=localhost port=5432 user=nobody password=none dbname=none sslmode=disable target_session_attrs=any")
	if err != nil {
		return nil, app.Errorf(app.Invalid, "A variable of the environment that begins with PG, such as PGSERVICE, cannot be read.").
			WithHint("Start without them; nothing of them is used.").Because(err)
	}
	c.Host, c.Port, c.Database, c.User, c.Password = p.Host, uint16(p.port()), p.Database, p.Username, p.Password.Reveal()
	c.TLSConfig, c.Fallbacks, c.ConnectTimeout = p.TLS, nil, 15*time.Second
	c.ValidateConnect, c.AfterConnect = nil, nil
	c.RuntimeParams = map[string]string{"application_name": "Factordesk"}
	if p.Dial != nil {
		c.DialFunc = p.Dial
		c.LookupFunc = func(_ context.Context, host string) ([]string, error) { return []string{host}, nil }
	} else {
		// A server that has gone without a word is noticed in half a minute.
		c.DialFunc = (&net.Dialer{KeepAliveConfig: net.KeepAliveConfig{
			Enable: true, Idle: 10 * time.Second, Interval: 5 * time.Second, Count: 4,
		}}).DialContext
	}
	// No statement has a name that another connection would have to know.
	c.DefaultQueryExecMode = pgx.QueryExecModeExec
	c.StatementCacheCapacity, c.DescriptionCacheCapacity = 0, 0
	return c, nil
}

// open makes a pool. A connection that has ended is noticed when it is used;
// asking each before would be one round trip more.
func (p Server) open(most int) (*sql.DB, error) { return p.pool(most, meet) }

// pool is open, with what is done first on each connection.
func (p Server) pool(most int, first func(context.Context, *pgx.Conn) error) (*sql.DB, error) {
	c, err := p.config()
	if err != nil {
		return nil, err
	}
	db := stdlib.OpenDB(*c, stdlib.OptionAfterConnect(first),
		stdlib.OptionShouldPing(func(context.Context, stdlib.ShouldPingParams) bool { return false }))
	db.SetMaxOpenConns(most)
	db.SetMaxIdleConns(most)
	db.SetConnMaxIdleTime(5 * time.Minute)
	return db, nil
}

// OpenServer opens a team's store. One of an older schema is brought up to date,
// if the account may do that. A database that only can be read, and an account
// that only may read, open a store to be looked at. The error says in one
// sentence what failed: Unreachable (name, network, encryption), Denied (the
// account), NotFound (no such database, or nothing in it), Invalid (somebody
// else's, or a newer one).
func OpenServer(ctx context.Context, p Server, o Options) (*Store, error) {
	s, err := p.newStore(o)
	if err != nil {
		return nil, explain("open", err)
	}
	err = s.enter(ctx, p)
	if err == nil {
		err = s.bringUp(ctx, s.dialect.files(), p.upgrade())
	}
	if err == nil {
		err = s.load(ctx)
	}
	if none(err) { // the schema, and no store in it
		err = errNoStore(p).Because(err)
	}
	if err != nil {
		return nil, errors.Join(explain("open", err), s.Close())
	}
	return s, nil
}

// newStore puts a Store before a server without asking it anything.
func (p Server) newStore(o Options) (*Store, error) {
	if o.Name == "" {
		o.Name = p.Database
	}
	if o.Tag == "" {
		o.Tag = app.TagTeam
	}
	o = o.withDefaults(p.Database)
	read, err := p.open(mostReaders)
	if err != nil {
		return nil, err
	}
	write, err := p.pool(1, meetToWrite)
	if err != nil {
		return nil, errors.Join(err, read.Close())
	}
	ear, err := p.open(1)
	if err != nil {
		return nil, errors.Join(err, read.Close(), write.Close())
	}
	s := &Store{
		now: o.Now, random: o.Random, cost: o.Cost, dialect: inPostgres, scanBelow: scanBelow, rolesV: -1,
		info:  app.StoreInfo{Name: o.Name, Kind: app.TeamStore, Tag: o.Tag, Engine: "PostgreSQL", Location: p.location()},
		read:  &reader{db: read},
		ear:   ear,
		write: &writer{link: &postgresLink{db: write, patience: commitPatience}, turn: make(chan struct{}, 1)},
	}
	s.lookOnly(o)
	return s, nil
}

// serverFacts is what a server says about itself and the database.
type serverFacts struct {
	version    int
	hasStore   bool
	hasVersion bool
	unfinished bool
	tables     int
	readOnly   bool
	mayAppend  sql.NullBool
	mayUnseal  sql.NullBool
}

// enter connects, and finds out what is there.
func (s *Store) enter(ctx context.Context, p Server) error {
	var f serverFacts
	err := s.read.db.QueryRowContext(ctx, "SELECT current_setting('server_version_num')::int, to_regclass('store') IS NOT NULL, "+
		"to_regclass('goose_db_version') IS NOT NULL, to_regclass('"+unfinishedTable+"') IS NOT NULL, "+
		"(SELECT count(*) FROM pg_class WHERE relnamespace = to_regnamespace(current_schema()) AND relkind IN ('r', 'p', 'v', 'm')), "+
		"pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on', "+
		"has_table_privilege(to_regclass('events'), 'INSERT'), "+
		"(SELECT has_column_privilege(attrelid, attnum, 'SELECT') FROM pg_attribute WHERE attrelid = to_regclass('factors') AND attname = 'sealed')").
		Scan(&f.version, &f.hasStore, &f.hasVersion, &f.unfinished, &f.tables, &f.readOnly, &f.mayAppend, &f.mayUnseal)
	if err != nil {
		return p.explain(err)
	}
	s.info.Engine = fmt.Sprintf("PostgreSQL %d", f.version/10000)
	switch {
	case f.unfinished:
		return errUnfinishedDatabase(p)
	case f.tables == 0:
		return errNoStore(p)
	case !f.hasStore || !f.hasVersion:
		return errForeign(p)
	case f.readOnly:
		s.readOnly = app.Errorf(app.Unreachable, "The database can only be read, as a copy of another one, so the store can only be looked at.").
			WithHint("Open the store on the server that is written to.")
	case f.mayAppend.Valid && !f.mayAppend.Bool:
		s.readOnly = app.Errorf(app.Denied, "The database account %s may only read, so the store can only be looked at.", p.Username).
			WithHint("Use an account of the role for desks to change something.")
	}
	s.noSecrets = f.mayUnseal.Valid && !f.mayUnseal.Bool
	s.info.ReadOnly = s.readOnly != nil
	return nil
}

func errNoStore(p Server) *app.Error {
	return app.Errorf(app.NotFound, "There is no store in the database %s yet.", p.Database).
		WithHint(`Make one with "factorctl init", or check the address.`)
}

func errForeign(p Server) *app.Error {
	return app.Errorf(app.Invalid, "The database %s holds something else than a store of Factordesk.", p.Database).
		WithHint("Check its name; a store needs a database of its own.")
}

// migrationsLock is the advisory lock of who changes the schema: "FDSM".
const migrationsLock = 0x4644534D

// alone runs f while no other console changes the schema or makes a store here.
// The lock is held by a transaction, not by a session, which a pooler would give
// to others.
func (p Server) alone(ctx context.Context, f func(db *sql.DB) error) (err error) {
	db, err := p.open(3)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	lock, err := db.BeginTx(ctx, nil)
	if err != nil {
		return p.explain(err)
	}
	defer func() { _ = lock.Rollback() }() // it holds nothing but the lock
	if _, err := lock.ExecContext(ctx, "SELECT pg_advisory_xact_lock($1)", int64(migrationsLock)); err != nil {
		return p.explain(err)
	}
	return f(db)
}

// upgrade is how a store on a server is brought up to date. Each step is one
// transaction, so that the data survives one that fails; backups are the
// server's business.
func (p Server) upgrade() upgrade {
	return upgrade{
		untouched: "The store was not changed.",
		readOnly: app.Errorf(app.Unreachable, "This store is of an older Factordesk and must be brought up to date, but it can only be read here.").
			WithHint("Open it once with the account that owns it, on the server that is written to."),
		run: func(ctx context.Context, s *Store, files fs.FS, _ int64) error {
			err := p.alone(ctx, func(db *sql.DB) error { return migrate(ctx, db, s.dialect.goose, files) })
			if faultOf(err) == refused {
				return app.Errorf(app.Denied, "This store is of an older Factordesk and must be brought up to date, which the database account %s may not do.", p.Username).
					WithHint("Open it once with the account that owns it.").Because(err)
			}
			return err
		},
	}
}

// CreateOnServer makes a store in an empty database, with its first operator, as
// Create does. Where there is a store already it fails with Conflict, and where
// there is anything else with Invalid; nothing is changed then. A schema without
// a store in it, as an attempt leaves that was cut off, is filled.
func CreateOnServer(
	ctx context.Context, p Server, o Options, first app.NewUser, e app.Event,
) (s *Store, recovery app.Secret, err error) {
	if first.Password.Empty() {
		return nil, app.Secret{}, app.Errorf(app.Invalid, "The first operator needs a password.")
	}
	if s, err = p.newStore(o); err != nil {
		return nil, app.Secret{}, explain("create", err)
	}
	var m made
	err = p.alone(ctx, func(db *sql.DB) error {
		if err := s.vacant(ctx, p); err != nil {
			return err
		}
		if err := migrate(ctx, db, s.dialect.goose, s.dialect.files()); err != nil {
			return p.noSchema(err)
		}
		m, err = s.fill(ctx, first, e)
		return err
	})
	if err == nil {
		err = s.load(ctx)
	}
	if err != nil {
		return nil, app.Secret{}, errors.Join(explain("create", err), s.Close())
	}
	s.hold(m.keys, m.own, m.id)
	return s, m.recovery, nil
}

// vacant fails unless a store can be made in the database.
func (s *Store) vacant(ctx context.Context, p Server) error {
	err := s.enter(ctx, p)
	switch {
	case app.KindOf(err) == app.NotFound:
		return s.mayChange()
	case err != nil:
		return err
	}
	var stores int
	if err := s.read.row(ctx, "SELECT count(*) FROM store", nil, &stores); err != nil {
		return errNotWhole(err)
	}
	if stores > 0 {
		return app.Errorf(app.Conflict, "There is a store in the database %s already.", p.Database).
			WithHint("Open it, or choose another database.")
	}
	return s.mayChange()
}

// noSchema says why the schema cannot be made.
func (p Server) noSchema(err error) error {
	if faultOf(err) != refused {
		return err
	}
	return app.Errorf(app.Denied, "The database account %s may not make tables in the database %s.", p.Username, p.Database).
		WithHint("Make the store with the account that owns the database.").Because(err)
}

// badConnection reports whether database/sql has given up on a connection.
func badConnection(err error) bool { return errors.Is(err, driver.ErrBadConn) }

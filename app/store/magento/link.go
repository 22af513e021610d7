package magento

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"github.com/factordesk/factordesk/app"
)

// Link is a connection to a database that may be a shop's. It goes through the
// stages one by one, for a test of a connection; [Open] does all of them.
type Link struct {
	config Config
	db     *sql.DB
	base   conn   // db
	server string // "MariaDB 10.11.19"
	cipher string // of TLS; empty: in clear text
	shop   *shop  // nil: not inspected
	tried  bool   // the crypt key was tried, and may be used
	doubt  *doubt // about the crypt key; nil: there is none
}

// Connect reaches the database server, encrypts if that is asked for, and signs
// in. Its errors have a stage ([StageOf]): Unreachable where nothing answers,
// Denied where somebody answers and refuses, Invalid where what answers is no
// database server.
func Connect(ctx context.Context, c Config) (*Link, error) {
	c = c.withDefaults()
	if err := c.check(); err != nil {
		return nil, err
	}
	connector, err := c.connector()
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector)
	l := &Link{config: c, db: db, base: conn{db, c.names()}}
	l.db.SetMaxOpenConns(4)
	l.db.SetMaxIdleConns(2)
	l.db.SetConnMaxIdleTime(2 * time.Minute) // a server or a firewall may end it later without a word
	if err := l.greet(ctx); err != nil {
		return nil, errors.Join(c.connectError(err), l.db.Close())
	}
	return l, nil
}

// greet signs in, and asks what it has signed in to.
func (l *Link) greet(ctx context.Context) error {
	var version, comment string
	err := l.base.row(ctx, "SELECT VERSION(), @@version_comment").Scan(&version, &comment)
	if err != nil {
		return err
	}
	l.server = serverName(version, comment)
	var name, cipher string
	err = l.base.row(ctx, "SHOW STATUS LIKE 'Ssl_version'").Scan(&name, &cipher)
	if err == nil && cipher != "" {
		l.cipher = strings.Replace(cipher, "TLSv", "TLS ", 1)
	}
	if errors.Is(err, sql.ErrNoRows) { // a server without TLS at all
		err = nil
	}
	return err
}

// serverName makes "MariaDB 10.11.19" of a server's version and comment.
func serverName(version, comment string) string {
	name, number := "MySQL", version
	if strings.Contains(version+comment, "MariaDB") {
		// Old clients need a 5.5.5- before MariaDB's own version.
		name, number = "MariaDB", strings.TrimPrefix(version, "5.5.5-")
	} else if strings.Contains(comment, "Percona") {
		name = "Percona Server"
	}
	number, _, _ = strings.Cut(number, "-")
	return name + " " + number
}

// Server names the server and its version: "MariaDB 10.11.19".
func (l *Link) Server() string { return l.server }

// Encryption names the version of TLS: "TLS 1.3". It is empty for a connection
// in clear text.
func (l *Link) Encryption() string { return l.cipher }

// Close ends the connection. After [Link.Open] the store has it, and closes it.
func (l *Link) Close() error {
	if l.db == nil {
		return nil
	}
	return explain("close", l.db.Close())
}

// Inspect looks whether the database is a Magento shop with two-factor
// authentication, and whether the account may do what Factordesk does there. It
// returns what it found for people: "Magento 2.4.6, 12 administrators, prefix m2_".
//
// It fails with NotFound where a table is not there, and says whether the
// prefix is wrong, the shop is a Magento 2.3, or it is no Magento; and with
// Denied where the account lacks rights: then [GrantFor] has the SQL.
func (l *Link) Inspect(ctx context.Context) (string, error) {
	s, err := l.inspect(ctx)
	if err != nil {
		return "", staging(StageSchema, explain("inspect the shop", err))
	}
	l.shop = s
	words := s.words() + ", " + countAdministrators(s.users)
	if l.config.Prefix != "" {
		words += ", prefix " + l.config.Prefix
	}
	return words, nil
}

func countAdministrators(n int) string {
	if n == 1 {
		return "1 administrator"
	}
	return app.Thousands(int64(n)) + " administrators"
}

// staging gives an *app.Error its stage.
func staging(s Stage, err error) error {
	var e *app.Error
	if err == nil || !errors.As(err, &e) {
		return err
	}
	return at(s, e)
}

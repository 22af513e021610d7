package magento

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"database/sql/driver"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/factordesk/factordesk/app"
)

// Dialer makes the connections to the database. Network is "tcp" or "unix".
type Dialer func(ctx context.Context, network, address string) (net.Conn, error)

// Config says how a shop is reached, and what opens it. Zero fields have the
// defaults that stand beside them.
type Config struct {
	Host     string     // name or address, as whoever dials sees it
	Port     int        // 3306
	Socket   string     // path of a Unix socket, in place of Host and Port
	Database string     //
	Username string     // of the database account
	Password app.Secret // of the database account
	Prefix   string     // of the tables
	TLS      *tls.Config
	Dial     Dialer // from this computer; a tunnel has its own

	CryptKey app.Secret // crypt/key of env.php; without it factors can be reset and nothing else

	// What to go by where CryptKey opens nothing of what the shop has encrypted
	// (doubt.go). Else they do nothing.
	OlderKeys  app.Secret // that the shop had before CryptKey, one a line: they must open something
	KeyChanged bool       // somebody was told, and says that CryptKey is the shop's all the same

	// Overrides are the configuration paths that env.php and config.php set, with
	// their values: they win over the database's. Nil says that nobody read those
	// files, which is not the same as that they set nothing.
	Overrides map[string]string

	ReadOnly bool    // nothing in the shop is changed
	Name     string  // for people; the host of the shop's address
	Tag      app.Tag // app.TagProduction
	Through  string  // a word for the engine: "through SSH"
	Logbook  string  // path of the file with the audit, on this computer; it is made where there is none
	Desk     string  // which console, for the logbook's own events

	Now    func() time.Time // time.Now
	Random io.Reader        // crypto/rand.Reader

	// How long a statement waits for another transaction, in seconds, and how long
	// a deed tries to find out how it ended, after the connection was cut at the
	// commit.
	lockWait int           // 5
	patience time.Duration // 10 seconds

	clock func() time.Time // of the database, where a test moves it; nil: its own
}

func (c Config) withDefaults() Config {
	if c.Port == 0 {
		c.Port = 3306
	}
	if c.Dial == nil {
		c.Dial = (&net.Dialer{}).DialContext
	}
	if c.Tag == "" {
		c.Tag = app.TagProduction
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Random == nil {
		c.Random = rand.Reader
	}
	if c.lockWait == 0 {
		c.lockWait = 5
	}
	if c.patience == 0 {
		c.patience = 10 * time.Second
	}
	return c
}

// network and address are what is dialed.
func (c Config) network() string {
	if c.Socket != "" {
		return "unix"
	}
	return "tcp"
}

func (c Config) address() string {
	if c.Socket != "" {
		return c.Socket
	}
	return net.JoinHostPort(c.Host, strconv.Itoa(c.Port))
}

// check returns a sentence about what cannot be used as it is.
func (c Config) check() error {
	switch {
	case c.Socket == "" && c.Host == "":
		return app.Errorf(app.Invalid, "The database's host is missing.")
	case c.Port < 1 || c.Port > 65535:
		return app.Errorf(app.Invalid, "There is no port %d.", c.Port).WithHint("MySQL and MariaDB usually have port 3306.")
	case c.Database == "":
		return app.Errorf(app.Invalid, "The name of the database is missing.")
	case c.Username == "":
		return app.Errorf(app.Invalid, "The database account is missing.")
	case strings.ContainsFunc(c.Prefix, notInName):
		return app.Errorf(app.Invalid, "%q is no prefix of tables.", c.Prefix).
			WithHint("Magento allows letters, digits and underscores.")
	}
	return nil
}

// notInName reports whether a character is none that Magento allows in a
// prefix, so that a table's name needs no quoting.
func notInName(r rune) bool {
	return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
}

// How long the database may take. A statement may wait for other transactions,
// but nobody waits at a desk for half a minute.
const (
	connectTimeout = 15 * time.Second
	answerTimeout  = 30 * time.Second
)

// connector makes connections as the driver does, and puts each in the mode
// that this store works in.
type connector struct {
	driver.Connector
	readOnly bool
}

// Connect implements driver.Connector.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil || !c.readOnly {
		return conn, err
	}
	// The store writes nothing by itself; this is for its mistakes.
	_, err = conn.(driver.ExecerContext).ExecContext(ctx, "SET SESSION TRANSACTION READ ONLY", nil)
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return conn, nil
}

// connector returns what makes the connections. Times are UTC on both sides,
// as Magento's own connections have them. A text that does not fit is an error
// rather than cut, which Magento's own mode would do.
func (c Config) connector() (driver.Connector, error) {
	m := mysql.NewConfig()
	m.User, m.Passwd, m.DBName = c.Username, c.Password.Reveal(), c.Database
	m.Net, m.Addr = c.network(), c.address()
	m.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := c.Dial(ctx, network, address)
		if err != nil {
			return nil, &dialError{err}
		}
		return conn, nil
	}
	m.TLS = c.TLS
	m.Timeout, m.ReadTimeout, m.WriteTimeout = connectTimeout, answerTimeout, answerTimeout
	m.ParseTime, m.Loc = true, time.UTC
	m.InterpolateParams = true // one way there and back for each statement: a tunnel may be slow
	m.ClientFoundRows = true
	m.Logger = &mysql.NopLogger{} // what it would print is in the errors, too
	m.Params = map[string]string{
		"time_zone":                "'+00:00'",
		"sql_mode":                 "'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION'",
		"innodb_lock_wait_timeout": strconv.Itoa(c.lockWait),
	}
	inner, err := mysql.NewConnector(m)
	if err != nil {
		return nil, app.Errorf(app.Invalid, "The database cannot be connected to with these settings.").Because(err)
	}
	return connector{inner, c.ReadOnly}, nil
}

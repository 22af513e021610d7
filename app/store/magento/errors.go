package magento

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"syscall"

	"github.com/go-sql-driver/mysql"

	"github.com/factordesk/factordesk/app"
)

// Numbers of MySQL's and MariaDB's errors.
const (
	noTable         = 1146
	noColumn        = 1054
	noTableGrant    = 1142
	noColumnGrant   = 1143
	lockTimeout     = 1205
	deadlock        = 1213
	readOnlySession = 1792
)

// number returns the number of a server's error, 0 for any other error.
func number(err error) uint16 {
	var m *mysql.MySQLError
	if errors.As(err, &m) {
		return m.Number
	}
	return 0
}

// dialError marks what failed before anything was said to the database.
type dialError struct{ err error }

func (e *dialError) Error() string { return "dial: " + e.err.Error() }
func (e *dialError) Unwrap() error { return e.err }

// busy reports whether a transaction gave way to another and can be tried
// again.
func busy(err error) bool { n := number(err); return n == lockTimeout || n == deadlock }

// cut reports whether the connection ended in the middle, so that nobody said
// how the last statement went.
func cut(err error) bool {
	var network net.Error
	return errors.Is(err, mysql.ErrInvalidConn) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || errors.Is(err, io.ErrClosedPipe) ||
		errors.Is(err, mysql.ErrPktSync) || errors.Is(err, mysql.ErrMalformPkt) || errors.As(err, &network)
}

// explain turns whatever a deed ran into into words for people. An *app.Error
// stays as it is.
func explain(deed string, err error) error {
	var e *app.Error
	if err == nil || errors.As(err, &e) {
		return err
	}
	cause := fmt.Errorf("%s: %w", deed, err)
	switch {
	case errors.Is(err, context.Canceled):
		return app.Errorf(app.Canceled, "Stopped. Nothing was changed.").Because(cause)
	case errors.Is(err, context.DeadlineExceeded):
		return app.Errorf(app.Unreachable, "The shop's database gave no answer in time.").
			WithHint("Check the network, and try again.").Because(cause)
	case errors.Is(err, sql.ErrConnDone) || err.Error() == "sql: database is closed":
		return app.Errorf(app.Unreachable, "The store is closed.").Because(cause)
	case busy(err):
		return app.Errorf(app.Conflict, "The shop is changing the same account just now.").
			WithHint("Nothing was changed. Try again in a moment.").Because(cause)
	case cut(err):
		return app.Errorf(app.Unreachable, "The connection to the shop's database is gone.").
			WithHint("Check the network, and try again.").Because(cause)
	}
	if said := saidByServer(number(err)); said != nil {
		return said.Because(cause)
	}
	return app.Errorf(app.Internal, "Something went wrong inside Factordesk.").
		WithHint("The log has the details.").Because(cause)
}

// saidByServer returns the words for what a server says while it is used, nil
// for what it should not say.
func saidByServer(number uint16) *app.Error {
	switch number {
	case noTableGrant, noColumnGrant, 1044, 1227, 1370:
		return app.Errorf(app.Denied, "The database account may not do this.").
			WithHint("Test the connection to see which GRANT is missing.")
	case noTable, noColumn:
		return app.Errorf(app.Unreadable, "The shop's tables have changed: one is not as it was when the shop was opened.").
			WithHint("Open the shop again.")
	case readOnlySession, 1290, 1836:
		return app.Errorf(app.Unreachable, "The shop's database takes no changes now.").
			WithHint("It may be a replica, or under maintenance. Nothing was changed.")
	case 1021, 1114, 1041:
		return app.Errorf(app.Unreachable, "The database server has no room left. Nothing was changed.").
			WithHint("Its administrator must make room first.")
	case 1053, 1317, 1927, 3024, 1969:
		return app.Errorf(app.Unreachable, "The database server has stopped the statement. Nothing was changed.").
			WithHint("Try again in a moment.")
	case 1040, 1203, 1226:
		return app.Errorf(app.Unreachable, "The database server has too many connections.").WithHint("Try again in a moment.")
	case 1034, 1194, 1195, 1712, 1932:
		return app.Errorf(app.Unreadable, "A table of the shop is damaged.").
			WithHint("Its administrator must repair the database first. Nothing was changed.")
	case 1153, 1301, 1406:
		return app.Errorf(app.Invalid, "It is more than the shop's table has room for.").WithHint("Nothing was changed.")
	}
	return nil
}

// unreached returns the words for a connection that did not come about.
func (c Config) unreached(err error) *app.Error {
	where, hint := c.Host, "Check the host and the port, and whether a firewall is between."
	if c.Socket != "" {
		where, hint = c.Socket, "Check the path of the socket."
	}
	var dns *net.DNSError
	switch {
	case errors.Is(err, context.Canceled):
		return app.Errorf(app.Canceled, "Stopped. Nothing was changed.")
	case errors.As(err, &dns):
		return app.Errorf(app.Unreachable, "There is no host %s.", c.Host).
			WithHint("Check the spelling. A name that only the server knows is reached through SSH.")
	case c.Socket != "" && errors.Is(err, fs.ErrNotExist):
		return app.Errorf(app.Unreachable, "There is no socket at %s.", where).WithHint("%s", hint)
	case errors.Is(err, fs.ErrPermission):
		return app.Errorf(app.Unreachable, "This account may not use %s.", where).
			WithHint("The socket’s folder or a firewall on this computer forbids it.")
	case errors.Is(err, syscall.ECONNREFUSED):
		return app.Errorf(app.Unreachable, "Nothing listens at %s.", c.place()).WithHint("%s", hint)
	}
	return app.Errorf(app.Unreachable, "%s gave no answer.", c.place()).WithHint("%s", hint)
}

// place names the server for people: "db.example, port 3306".
func (c Config) place() string {
	if c.Socket != "" {
		return c.Socket
	}
	return fmt.Sprintf("%s, port %d", c.Host, c.Port)
}

// connectError says why a connection could not be made, and at which stage.
func (c Config) connectError(err error) error {
	var own *app.Error
	var dial *dialError
	switch {
	case errors.As(err, &own): // the tunnel's own words
		return at(StageReach, own)
	case errors.As(err, &dial):
		return at(StageReach, c.unreached(err).Because(err))
	case errors.Is(err, context.Canceled):
		return at(StageSignIn, c.unreached(err).Because(err))
	}
	if e := c.unencrypted(err); e != nil {
		return at(StageEncrypt, e.Because(err))
	}
	return at(StageSignIn, c.refused(err).Because(err))
}

// unencrypted returns the words for what failed about TLS, nil when something
// else did.
func (c Config) unencrypted(err error) *app.Error {
	var (
		authority x509.UnknownAuthorityError
		host      x509.HostnameError
		invalid   x509.CertificateInvalidError
		header    tls.RecordHeaderError
		verify    *tls.CertificateVerificationError
		alert     tls.AlertError
	)
	switch {
	case number(err) == 3159:
		return app.Errorf(app.Denied, "The database server takes encrypted connections only.").
			WithHint("Choose a TLS mode other than “off”.")
	case errors.Is(err, mysql.ErrNoTLS):
		return app.Errorf(app.Invalid, "The database server does not offer TLS.").
			WithHint("Go through SSH, or switch TLS on at the server.")
	case errors.As(err, &host):
		return app.Errorf(app.Denied, "The server’s certificate is for another name than %s.", host.Host).
			WithHint("Check the host, or give the name that the certificate is for.")
	case errors.As(err, &authority):
		return app.Errorf(app.Denied, "The server’s certificate is signed by nobody whom this computer trusts.").
			WithHint("Give the CA's file. A server that made its own certificate has it as ca.pem.")
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return app.Errorf(app.Denied, "The server’s certificate has expired, or is not valid yet.").
			WithHint("Check this computer's clock; else the server needs a new certificate.")
	case errors.As(err, &verify) || errors.As(err, &invalid):
		return app.Errorf(app.Denied, "The server’s certificate is not one to trust.").
			WithHint("Check the CA's file and the TLS mode.")
	case errors.As(err, &alert):
		return app.Errorf(app.Denied, "The database server ended the encrypted connection.").
			WithHint("It may ask for a client's certificate, or know an older TLS only.")
	case errors.As(err, &header):
		return app.Errorf(app.Invalid, "The database server did not answer in TLS.").WithHint("Check the TLS mode.")
	}
	return nil
}

// refused returns the words for a server that answered and let nobody in.
func (c Config) refused(err error) *app.Error {
	who := fmt.Sprintf("%q", c.Username)
	switch number(err) {
	case 1045, 1698, 1524:
		return app.Errorf(app.Denied, "The database refused %s: the password is not right, or the account may not sign in from here.", who).
			WithHint("%s", c.signInHint())
	case 1044:
		return app.Errorf(app.Denied, "The database account %s may not use the database %q.", who, c.Database).
			WithHint("Give it the rights it needs, or check the name of the database.")
	case 1049:
		return app.Errorf(app.NotFound, "The server has no database %q.", c.Database).WithHint("Check its name: db/connection/default/dbname of env.php.")
	case 1130:
		return app.Errorf(app.Denied, "The database server takes no connections from this computer.").
			WithHint("Go through SSH, or make an account for this host.")
	case 1129:
		return app.Errorf(app.Denied, "The database server has blocked this computer after many failed connections.").
			WithHint("Its administrator can run FLUSH HOSTS.")
	case 3118, 4151:
		return app.Errorf(app.Denied, "The database account %s is locked.", who).WithHint("Its administrator can unlock it with ALTER USER.")
	case 1820, 1862:
		return app.Errorf(app.Denied, "The password of the database account %s has expired.", who).WithHint("Its administrator can set a new one with ALTER USER.")
	case 1040, 1203, 1226:
		return saidByServer(1040)
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return app.Errorf(app.Unreachable, "%s gave no answer in time.", c.place()).WithHint("Something listens there and says nothing. Check the port.")
	case errors.Is(err, mysql.ErrNativePassword), errors.Is(err, mysql.ErrOldPassword), errors.Is(err, mysql.ErrCleartextPassword),
		errors.Is(err, mysql.ErrUnknownPlugin):
		return app.Errorf(app.Denied, "The database account %s signs in by a method that Factordesk does not use.", who).
			WithHint("Give it a password of the plugin caching_sha2_password, ed25519 or mysql_native_password.")
	case cut(err) || number(err) == 0:
		return app.Errorf(app.Invalid, "What answers at %s is no MySQL or MariaDB server.", c.place()).
			WithHint("Check the port.")
	}
	return app.Errorf(app.Denied, "The database server let nobody in.").WithHint("The log has its reason.")
}

func (c Config) signInHint() string {
	hint := "Check user and password: db/connection/default of env.php."
	if c.Socket == "" {
		hint += " The account may be for another host."
		if c.TLS == nil {
			hint += " Or the server takes encrypted connections only: try TLS."
		}
	}
	return hint
}

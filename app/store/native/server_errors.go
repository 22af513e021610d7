package native

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/factordesk/factordesk/app"
)

// Explain says why a server was not found or not reached; nil stays nil.
func (p Server) Explain(err error) error {
	if err == nil {
		return nil
	}
	return explain("reach the server", p.explain(err))
}

// explain says why a server did not let us in, or was not found.
func (p Server) explain(err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return p.explainAnswer(e.Code, err)
	}
	var name *net.DNSError
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.As(err, &certificate):
		return p.explainCertificate(err)
	case EndedByAlert(err):
		return app.Errorf(app.Unreachable, "The server at %s has ended the encrypted connection.", p.location()).
			WithHint("It may ask for another client certificate, or know an older TLS only.").Because(err)
	case errors.As(err, &name):
		return app.Errorf(app.Unreachable, "There is no computer named %s.", p.Host).
			WithHint("Check the name and the network.").Because(err)
	case errors.Is(err, context.DeadlineExceeded):
		return app.Errorf(app.Unreachable, "The server at %s gave no answer in time.", p.location()).
			WithHint("Check the address and the network.").Because(err)
	case faultOf(err) == lost:
		hint := "Check the address and the network."
		if p.TLS != nil {
			hint = "Check the address, the network, and that the server takes encrypted connections."
		}
		return app.Errorf(app.Unreachable, "The server at %s cannot be reached.", p.location()).WithHint("%s", hint).Because(err)
	}
	return err
}

// EndedByAlert reports whether a server has ended an encrypted connection in the
// words of TLS. It may do so after the handshake, when it looks at the client's
// certificate.
func EndedByAlert(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "remote error"
}

// explainAnswer is explain for what the server itself says.
func (p Server) explainAnswer(code string, err error) error {
	switch {
	case code == "28P01", code == "28000":
		return app.Errorf(app.Denied, "The server does not let the database account %s in.", p.Username).
			WithHint("Check the account, its password, and whether it may come from this computer.").Because(err)
	case code == "3D000":
		return app.Errorf(app.NotFound, "There is no database %s on that server.", p.Database).
			WithHint("Check its name.").Because(err)
	case code == "42501":
		return app.Errorf(app.Denied, "The database account %s may not use the database %s.", p.Username, p.Database).
			WithHint(`"factorctl init --print-grants" prints the rights that it needs.`).Because(err)
	case code == "53300":
		return app.Errorf(app.Unreachable, "The server has no connection left.").
			WithHint("Try again in a moment, or ask who runs it for more.").Because(err)
	case code == "57P03":
		return app.Errorf(app.Unreachable, "The server is starting or stopping.").WithHint("Try again in a moment.").Because(err)
	}
	return err
}

// explainCertificate says what is wrong with the server's certificate.
func (p Server) explainCertificate(err error) error {
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var authority x509.UnknownAuthorityError
	switch {
	case errors.As(err, &host):
		names := "no name"
		if all := host.Certificate.DNSNames; len(all) > 0 {
			names = strings.Join(all[:min(3, len(all))], ", ")
		}
		return app.Errorf(app.Unreachable, "The certificate of the server is not for %s but for %s.", host.Host, names).
			WithHint("Check the address, or give the name that the certificate is for.").Because(err)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return app.Errorf(app.Unreachable, "The certificate of the server has expired, or is not valid yet.").
			WithHint("Check the clock of this computer, and ask who runs the server for a new one.").Because(err)
	case errors.As(err, &authority):
		return app.Errorf(app.Unreachable, "The certificate of the server is signed by nobody whom this computer trusts.").
			WithHint("Give the file of the CA that has signed it.").Because(err)
	}
	return app.Errorf(app.Unreachable, "The certificate of the server cannot be trusted.").
		WithHint("Ask who runs the server.").Because(err)
}

// errUnknown says that nobody knows whether a deed is done.
func errUnknown(cause error) *app.Error {
	return app.Errorf(app.Unreachable, "It is not known whether this was done: the connection to the store was cut at that very moment.").
		WithHint("Check before you repeat it.").Because(cause)
}

// errNotDone says that a deed is not done: its answer got lost, and the store has
// no event of it.
func errNotDone(cause error) *app.Error {
	return app.Errorf(app.Unreachable, "The connection to the store was cut. Nothing was changed.").
		WithHint("Try again in a moment.").Because(cause)
}

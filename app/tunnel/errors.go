package tunnel

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/crypto/ssh"

	"github.com/factordesk/factordesk/app"
)

// ended is for a context that ended while a server was waited for.
func ended(ctx context.Context, c Config) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return app.Errorf(app.Unreachable, "The SSH server %s gave no answer in time.", c.name()).Because(ctx.Err())
	}
	return app.Errorf(app.Canceled, "Stopped. Nothing was changed.").Because(ctx.Err())
}

// unreached is for a server to which no connection was made.
func unreached(ctx context.Context, c Config, err error) error {
	if ctx.Err() != nil {
		return ended(ctx, c)
	}
	var lookup *net.DNSError
	var timeout net.Error
	switch {
	case errors.As(err, &lookup) && lookup.IsNotFound:
		return app.Errorf(app.Unreachable, "There is no computer of the name %s.", c.Host).
			WithHint("Check the spelling, and whether a VPN is needed to see it.").Because(err)
	case errors.As(err, &lookup):
		return app.Errorf(app.Unreachable, "The name %s cannot be looked up.", c.Host).
			WithHint("Check this computer's network.").Because(err)
	case errors.Is(err, syscall.ECONNREFUSED):
		return app.Errorf(app.Unreachable, "%s refuses connections on port %d.", c.Host, c.port()).
			WithHint("Check the port, and whether the SSH server is running.").Because(err)
	case errors.As(err, &timeout) && timeout.Timeout():
		return app.Errorf(app.Unreachable, "%s does not answer on port %d.", c.Host, c.port()).
			WithHint("Check the address, the network, and whether a firewall is in between.").Because(err)
	}
	return app.Errorf(app.Unreachable, "The SSH server %s cannot be reached.", c.name()).
		WithHint("Check the address and the network.").Because(err)
}

// lost is for a connection that broke.
func lost(c Config, err error) error {
	return app.Errorf(app.Unreachable, "The connection to the SSH server %s was lost.", c.name()).
		WithHint("Try again.").Because(err)
}

// explain says why a handshake failed. Package ssh tells it in text alone, so what
// was seen on the way decides.
func (l *link) explain(ctx context.Context, w *watched, in *login, host, err error) error {
	late, impatient, broken := w.fate()
	var e *app.Error
	var algorithms *ssh.AlgorithmNegotiationError
	name := l.config.name()
	switch {
	case ctx.Err() != nil:
		return ended(ctx, l.config)
	case host != nil && !errors.As(host, &e):
		return app.Errorf(app.Internal, "Whether the SSH server %s is known could not be asked.", name).Because(host)
	case host != nil:
		return host
	case errors.As(in.stopped, &e):
		return in.stopped
	case errors.Is(in.stopped, errNobody):
		return app.Errorf(app.Denied, "The SSH server %s wants a new answer before it lets %s in again.", name, l.config.User).
			WithHint("Connect again.").Because(err)
	case impatient:
		return app.Errorf(app.Unreachable, "The SSH server %s did not wait for the answer and ended the connection.", name).
			WithHint("Try again.").Because(err)
	case late:
		return app.Errorf(app.Unreachable, "The SSH server %s stopped answering.", name).
			WithHint("Check the network, and try again.").Because(err)
	case in.stopped != nil:
		return app.Errorf(app.Internal, "The sign-in at the SSH server %s could not go on.", name).Because(in.stopped)
	case errors.As(err, &algorithms):
		return app.Errorf(app.Unreachable, "The SSH server %s and Factordesk have no algorithm in common that is safe.", name).
			WithHint("The server may be very old. Its administrator can bring it up to date.").Because(err)
	case !in.began:
		return app.Errorf(app.Unreachable, "What answers at %s is no SSH server, or it turns this computer away.", name).
			WithHint("Check the port, and whether the server limits who may connect.").Because(err)
	case broken != nil && len(in.refused) == 0:
		return app.Errorf(app.Unreachable, "The SSH server %s ended the connection during the sign-in.", name).
			WithHint("Try again.").Because(err)
	}
	return in.denied().Because(err)
}

// denied says what the server did not let us in with, and what was not tried.
func (l *login) denied() *app.Error {
	name := l.config.name()
	e := app.Errorf(app.Denied, "The SSH server %s does not let %s in: it refused %s.", name, l.config.User, list(l.refused)).
		WithHint("Check the user name, and ask its administrator which keys it knows.")
	if len(l.refused) == 0 {
		e = app.Errorf(app.Denied, "The SSH server %s does not let %s in without a key, and there is none to show.", name, l.config.User).
			WithHint("Choose a key file, or start the SSH agent and add the key to it.")
		if !slices.Contains(l.offered, "publickey") {
			e = app.Errorf(app.Denied, "The SSH server %s lets people in only in ways that Factordesk does not know.", name).
				WithHint("It offers %s.", plain(strings.Join(l.offered, ", ")))
		}
		if l.tries > 0 {
			e = app.Errorf(app.Denied, "The SSH server %s asks for a password, and none was given.", name)
		}
	}
	if len(l.trouble) > 0 {
		e = e.WithHint("%s", strings.TrimSpace(sentence(list(l.trouble))+" "+e.Hint))
	}
	return e
}

// list joins words: "a, b and c".
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// sentence makes one of a clause.
func sentence(clause string) string { return strings.ToUpper(clause[:1]) + clause[1:] + "." }

// refused says why the server opens no channel to an address.
func (l *link) refused(no *ssh.OpenChannelError, network, address string) error {
	server, target := l.config.name(), "the socket "+address
	if host, port, err := net.SplitHostPort(address); err == nil && network != "unix" {
		target = fmt.Sprintf("%s on port %s", host, port)
	}
	switch no.Reason {
	case ssh.Prohibited:
		return app.Errorf(app.Denied, "The SSH server %s does not let %s pass on to %s.", server, l.config.User, target).
			WithHint("Its administrator can allow it with AllowTcpForwarding.").Because(no)
	case ssh.UnknownChannelType:
		return app.Errorf(app.Denied, "The SSH server %s cannot pass on to %s.", server, target).
			WithHint("Use a host and a port instead of a socket.").Because(no)
	}
	e := app.Errorf(app.Unreachable, "The SSH server %s cannot reach %s.", server, target).
		WithHint("Check the address as that server sees it, and whether the database is running.")
	if network == "unix" {
		// OpenSSH gives the same answer where it may not.
		e = e.WithHint("Check the path as that server sees it, and whether it passes on to sockets (AllowStreamLocalForwarding).")
	}
	return e.Because(no)
}

package connect

import (
	"context"
	"errors"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/profile"
	"github.com/factordesk/factordesk/app/store/native"
	"github.com/factordesk/factordesk/app/tunnel"
)

// Grants returns the SQL that gives the database accounts of a team's store
// their rights.
func Grants() string { return native.Rights() }

// teamAddress says how a team's store is reached. As text it is the location of
// its connection: postgres://user@host:port/database, with the encryption and the
// SSH server behind a question mark, in libpq's words where it has some. It holds
// no secret.
type teamAddress struct {
	host     string // name, address, or the folder of a socket
	port     int    // 0: 5432
	database string
	username string
	tls      app.TLS
	ssh      app.SSH
}

// sslModes are libpq's words for the modes. Its other two fall back to clear
// text, or take anybody's certificate if need be, without a word.
var sslModes = map[string]app.TLSMode{
	"disable": app.TLSOff, "require": app.TLSRequired, "verify-ca": app.TLSVerifyCA, "verify-full": app.TLSVerify,
}

// readTeam reads what stands behind postgres://. No error repeats anything of it,
// because a password may be in it.
func readTeam(rest string) (teamAddress, error) {
	bad := app.Errorf(app.Invalid, "This is no address of a team's store.").
		WithHint("It is postgres://user@host:port/database.")
	u, err := url.Parse("postgres://" + rest)
	if err != nil {
		return teamAddress{}, bad
	}
	if _, has := u.User.Password(); has || u.Query().Has("password") {
		return teamAddress{}, app.Errorf(app.Invalid, "A password does not belong into an address: others can read it.").
			WithHint("Leave it out. It is asked for, or taken from FACTORDESK_DB_PASSWORD.")
	}
	a := teamAddress{host: u.Hostname(), username: u.User.Username(), database: strings.TrimPrefix(u.Path, "/")}
	if port := u.Port(); port != "" {
		if a.port, err = strconv.Atoi(port); err != nil || a.port < 1 || a.port > 65535 {
			return teamAddress{}, bad
		}
	}
	more, err := url.ParseQuery(u.RawQuery)
	if err != nil || u.Fragment != "" {
		return teamAddress{}, bad
	}
	for name, values := range more {
		if !a.set(name, values[len(values)-1]) {
			return teamAddress{}, app.Errorf(app.Invalid, "The address of the team's store has something behind the question mark that is not known.").
				WithHint("It may be sslmode (disable, require, verify-ca or verify-full), sslrootcert, sslcert, sslkey, host, ssh and ssh_key.")
		}
	}
	if a.host == "" || a.database == "" || a.username == "" || strings.Contains(a.database, "/") {
		return teamAddress{}, bad
	}
	return a, nil
}

// set takes what stands behind the question mark.
func (a *teamAddress) set(name, value string) bool {
	switch name {
	case "sslmode":
		mode, known := sslModes[value]
		a.tls.Mode = mode
		return known
	case "sslrootcert":
		a.tls.CA = value
	case "sslcert":
		a.tls.Certificate = value
	case "sslkey":
		a.tls.Key = value
	case "host":
		a.host = value
	case "ssh_key":
		a.ssh.Key = value
	case "ssh":
		u, err := url.Parse("ssh://" + value)
		if err != nil {
			return false
		}
		a.ssh.Host, a.ssh.User = u.Hostname(), u.User.Username()
		if port := u.Port(); port != "" {
			a.ssh.Port, err = strconv.Atoi(port)
		}
		return err == nil && a.ssh.Host != ""
	default:
		return false
	}
	return true
}

// String writes the address as readTeam reads it.
func (a teamAddress) String() string {
	u := url.URL{Scheme: "postgres", User: url.User(a.username), Path: "/" + a.database}
	more := url.Values{}
	add := func(name, value string) {
		if value != "" {
			more.Set(name, value)
		}
	}
	host := a.host
	if a.isSocket() {
		add("host", host)
		host = "localhost"
	}
	u.Host = host
	if a.port != 0 {
		u.Host = net.JoinHostPort(host, strconv.Itoa(a.port))
	} else if strings.Contains(host, ":") {
		u.Host = "[" + host + "]"
	}
	for word, mode := range sslModes {
		if mode == a.tls.Mode {
			add("sslmode", word)
		}
	}
	add("sslrootcert", a.tls.CA)
	add("sslcert", a.tls.Certificate)
	add("sslkey", a.tls.Key)
	add("ssh_key", a.ssh.Key)
	if a.ssh.Host != "" {
		at := url.URL{Host: a.ssh.Host}
		if a.ssh.Port != 0 {
			at.Host = net.JoinHostPort(a.ssh.Host, strconv.Itoa(a.ssh.Port))
		}
		if a.ssh.User != "" {
			at.User = url.User(a.ssh.User)
		}
		add("ssh", strings.TrimPrefix(at.String(), "//"))
	}
	u.RawQuery = more.Encode()
	return u.String()
}

func (a teamAddress) isSocket() bool { return strings.HasPrefix(a.host, "/") }

// with puts what was given besides in the place of what the address says.
func (a teamAddress) with(over app.ShopAddress) (teamAddress, error) {
	if over.TLS != (app.TLS{}) {
		a.tls = over.TLS
	}
	if over.SSH != (app.SSH{}) {
		a.ssh = over.SSH
	}
	if over.TLS, over.SSH = (app.TLS{}), (app.SSH{}); over != (app.ShopAddress{}) {
		return a, app.Errorf(app.Invalid, "What was given besides is for a Magento shop, and this store is none.").
			WithHint("Of a team's store the encryption and the SSH server can be given besides.")
	}
	return a, nil
}

// teamAt is the connection of a team's store: the saved one, or a new one without
// a name.
func teamAt(rest string, d profile.Dirs) (profile.Connection, error) {
	a, err := readTeam(rest)
	if err != nil {
		return profile.Connection{}, err
	}
	if c, ok, err := d.At(a.String()); ok || err != nil {
		return c, err
	}
	return profile.Connection{Kind: app.TeamStore, Tag: app.TagTeam, Location: a.String()}, nil
}

// teamOf reads the location of a connection.
func teamOf(c profile.Connection, over app.ShopAddress) (teamAddress, error) {
	a, err := readTeam(strings.TrimPrefix(c.Location, "postgres://"))
	if err != nil {
		return a, err
	}
	return a.with(over)
}

// teamWay is the way to a team's store.
type teamWay struct {
	address teamAddress
	server  native.Server
	tunnel  *tunnel.Tunnel // nil: the server is reached from here
}

// goTo goes the way as far as the server, and asks for the password of the
// database account where none was given.
func (o Options) goTo(ctx context.Context, c profile.Connection) (*teamWay, error) {
	a, err := teamOf(c, o.Over)
	if err != nil {
		return nil, err
	}
	w := &teamWay{address: a, server: native.Server{
		Host: a.host, Port: a.port, Database: a.database, Username: a.username, Password: o.Secrets.Password,
	}}
	// What the tunnel hides from the network, or never leaves the machine, needs
	// no encryption of its own, as with a shop.
	mode := a.tls.Mode
	if mode == "" && (a.tls != app.TLS{} || a.ssh.Host == "") {
		socket := ""
		if a.isSocket() {
			socket = a.host
		}
		if mode = usualTLS(app.ShopAddress{Host: a.host, Socket: socket}); a.tls.CA != "" || a.tls.Certificate != "" {
			mode = app.TLSVerify
		}
	}
	encryption := a.tls
	encryption.Mode = mode
	if w.server.TLS, err = tlsConfig(encryption, a.host); err != nil {
		return nil, err
	}
	if a.ssh.Host != "" {
		if w.tunnel, err = o.sshTo(ctx, a.ssh); err != nil {
			return nil, err
		}
		w.server.Dial = w.tunnel.DialContext
	}
	if w.server.Password.Empty() && !a.isSocket() {
		w.server.Password, err = o.asker().Secret(ctx, app.Question{
			About: app.AskDatabase,
			What:  "Password of the database account " + a.username + " at " + a.host,
			Why:   "It is the account of the database, not yours in the store.",
		})
		if err != nil {
			return nil, errors.Join(err, w.close())
		}
	}
	return w, nil
}

func (w *teamWay) close() error {
	if w.tunnel == nil {
		return nil
	}
	return w.tunnel.Close()
}

// reachedTeam is a team's store together with the way to it.
type reachedTeam struct {
	*native.Store
	way *teamWay
}

// Info implements app.Store. The location is how the store is opened again.
func (s *reachedTeam) Info() app.StoreInfo {
	i := s.Store.Info()
	i.Location = s.way.address.String()
	return i
}

// Close implements app.Store: the store first, since it says goodbye through the
// tunnel.
func (s *reachedTeam) Close() error { return errors.Join(s.Store.Close(), s.way.close()) }

// openTeam opens a team's store.
func (o Options) openTeam(ctx context.Context, c profile.Connection) (*app.Console, error) {
	w, err := o.goTo(ctx, c)
	if err != nil {
		return nil, err
	}
	s, err := native.OpenServer(ctx, w.server, o.native(c.Name, c.Tag))
	if err != nil {
		return nil, errors.Join(err, w.close())
	}
	return o.console(&reachedTeam{s, w}, o.dirs().Heads()), nil
}

// createTeam makes a store in an empty database, as Create does.
func (o Options) createTeam(ctx context.Context, c profile.Connection, n NewStore) (*app.Console, app.Secret, error) {
	w, err := o.goTo(ctx, c)
	if err != nil {
		return nil, app.Secret{}, err
	}
	at := o.now().UTC().Truncate(time.Microsecond)
	s, recovery, err := native.CreateOnServer(ctx, w.server, o.native(n.Name, n.Tag), n.First, app.Event{
		At: at, Console: Desk(), Action: app.DoCreateStore, Outcome: app.Done,
	})
	if err != nil {
		return nil, app.Secret{}, errors.Join(err, w.close())
	}
	// As with a local store, the list is no reason to lose the recovery key.
	_ = o.dirs().SignedIn(profile.Connection{
		Name: n.Name, Kind: app.TeamStore, Location: w.address.String(), Tag: n.Tag, Opened: at, Operator: n.First.Username,
	})
	return o.console(&reachedTeam{s, w}, o.dirs().Heads()), recovery, nil
}

// testTeam is Test for a team's store.
func (o Options) testTeam(ctx context.Context, c profile.Connection, l *ladder) error {
	a, err := teamOf(c, o.Over)
	if err != nil {
		return err
	}
	const way, server = "Way", "Server"
	l.add(way, strings.Join(slices.DeleteFunc([]string{a.ssh.Host, a.host}, func(s string) bool { return s == "" }), ", then "))
	l.add(server, "Lets the account "+a.username+" in, and has a store in "+a.database)
	var w *teamWay
	if err := l.step(ctx, way, func() (found string, err error) {
		w, err = o.goTo(ctx, c)
		return "", err
	}); err != nil {
		return err
	}
	err = l.step(ctx, server, func() (string, error) {
		s, err := native.OpenServer(ctx, w.server, o.native(c.Name, c.Tag))
		if err != nil {
			return "", err
		}
		return s.Info().Engine + ", can be opened", s.Close()
	})
	return errors.Join(err, w.close())
}

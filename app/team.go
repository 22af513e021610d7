package app

import (
	"net"
	"net/url"
	"strconv"
	"strings"
)

// TeamPort is where PostgreSQL listens if nothing else is said.
const TeamPort = 5432

// TeamAddress is how a team's store on PostgreSQL is reached. As text it is the
// location of its connection: postgres://user@host:port/database, with the
// encryption and the SSH server behind a question mark, in libpq's words where it
// has some. It holds no secret.
type TeamAddress struct {
	Host     string // name, address, or the folder of a socket; as the SSH server sees it where there is one
	Port     int    // 0: TeamPort
	Database string
	Username string // of the database account
	TLS      TLS    // no mode: verify-host, but off for sockets, loopback and tunnels
	SSH      SSH
}

// sslModes are libpq's words for the modes. Its other two fall back to clear
// text, or take anybody's certificate if need be, without a word.
var sslModes = map[string]TLSMode{
	"disable": TLSOff, "require": TLSRequired, "verify-ca": TLSVerifyCA, "verify-full": TLSVerify,
}

// SSLMode is libpq's word for a mode.
func SSLMode(m TLSMode) string {
	for word, mode := range sslModes {
		if mode == m {
			return word
		}
	}
	return ""
}

// ParseTeam reads the address of a team's store, with postgres:// or without. It
// fails with Invalid, and no error repeats anything of the text, because a
// password may be in it.
func ParseTeam(text string) (TeamAddress, error) {
	bad := Errorf(Invalid, "This is no address of a team's store.").
		WithHint("It is postgres://user@host:port/database.")
	for _, scheme := range []string{"postgres://", "postgresql://"} {
		text = strings.TrimPrefix(text, scheme)
	}
	u, err := url.Parse("postgres://" + text)
	if err != nil {
		return TeamAddress{}, bad
	}
	if _, has := u.User.Password(); has || u.Query().Has("password") {
		return TeamAddress{}, Errorf(Invalid, "A password does not belong into an address: others can read it.").
			WithHint("Leave it out. It is asked for, or taken from FACTORDESK_DB_PASSWORD.")
	}
	a := TeamAddress{Host: u.Hostname(), Username: u.User.Username(), Database: strings.TrimPrefix(u.Path, "/")}
	if port := u.Port(); port != "" {
		if a.Port, err = strconv.Atoi(port); err != nil || a.Port < 1 || a.Port > 65535 {
			return TeamAddress{}, bad
		}
	}
	more, err := url.ParseQuery(u.RawQuery)
	if err != nil || u.Fragment != "" {
		return TeamAddress{}, bad
	}
	for name, values := range more {
		if !a.set(name, values[len(values)-1]) {
			return TeamAddress{}, Errorf(Invalid, "The address of the team's store has something behind the question mark that is not known.").
				WithHint("It may be sslmode (disable, require, verify-ca or verify-full), sslrootcert, sslcert, sslkey, ssl_name, host, ssh and ssh_key.")
		}
	}
	if a.Host == "" || a.Database == "" || a.Username == "" || strings.Contains(a.Database, "/") {
		return TeamAddress{}, bad
	}
	return a, nil
}

// set takes what stands behind the question mark.
func (a *TeamAddress) set(name, value string) bool {
	switch name {
	case "sslmode":
		mode, known := sslModes[value]
		a.TLS.Mode = mode
		return known
	case "sslrootcert":
		a.TLS.CA = value
	case "sslcert":
		a.TLS.Certificate = value
	case "sslkey":
		a.TLS.Key = value
	case "ssl_name":
		a.TLS.ServerName = value
	case "host":
		a.Host = value
	case "ssh_key":
		a.SSH.Key = value
	case "ssh":
		u, err := url.Parse("ssh://" + value)
		if err != nil {
			return false
		}
		a.SSH.Host, a.SSH.User = u.Hostname(), u.User.Username()
		if port := u.Port(); port != "" {
			a.SSH.Port, err = strconv.Atoi(port)
		}
		return err == nil && a.SSH.Host != ""
	default:
		return false
	}
	return true
}

// String writes the address as ParseTeam reads it.
func (a TeamAddress) String() string {
	u := url.URL{Scheme: "postgres", User: url.User(a.Username), Path: "/" + a.Database}
	more := url.Values{}
	add := func(name, value string) {
		if value != "" {
			more.Set(name, value)
		}
	}
	host := a.Host
	if a.Socket() {
		add("host", host)
		host = "localhost"
	}
	u.Host = host
	if a.Port != 0 {
		u.Host = net.JoinHostPort(host, strconv.Itoa(a.Port))
	} else if strings.Contains(host, ":") {
		u.Host = "[" + host + "]"
	}
	add("sslmode", SSLMode(a.TLS.Mode))
	add("sslrootcert", a.TLS.CA)
	add("sslcert", a.TLS.Certificate)
	add("sslkey", a.TLS.Key)
	add("ssl_name", a.TLS.ServerName)
	add("ssh_key", a.SSH.Key)
	if a.SSH.Host != "" {
		at := url.URL{Host: a.SSH.Host}
		if a.SSH.Port != 0 {
			at.Host = net.JoinHostPort(a.SSH.Host, strconv.Itoa(a.SSH.Port))
		}
		if a.SSH.User != "" {
			at.User = url.User(a.SSH.User)
		}
		add("ssh", strings.TrimPrefix(at.String(), "//"))
	}
	u.RawQuery = more.Encode()
	return u.String()
}

// Socket reports whether the host is the folder of a socket.
func (a TeamAddress) Socket() bool { return strings.HasPrefix(a.Host, "/") }

// Check returns nil, or a sentence that says why the address cannot be used or
// saved. It looks at no file and asks no server.
func (a TeamAddress) Check() error {
	switch {
	case a.Host == "":
		return Errorf(Invalid, "The host of the database is missing.")
	case a.Database == "":
		return Errorf(Invalid, "The name of the database is missing.")
	case strings.Contains(a.Database, "/"):
		return Errorf(Invalid, "The name of the database has a slash in it.")
	case a.Username == "":
		return Errorf(Invalid, "The username of the database account is missing.")
	}
	host := "host of the database"
	checks := []error{checkText("path of the socket's folder", a.Host, maxPath)}
	if !a.Socket() {
		checks = []error{checkHost(host, a.Host)}
	}
	checks = append(checks, checkPort(a.Port), checkText("name of the database", a.Database, maxPath),
		checkText("username of the database account", a.Username, maxPath), a.TLS.check(), a.SSH.check())
	for _, err := range checks {
		if err != nil {
			return err
		}
	}
	return nil
}

// Location says in words where the store is, for lists: "desk on db.example
// through bastion.example".
func (a TeamAddress) Location() string {
	place, at := a.Host, " on "
	switch {
	case a.Socket():
		at = " at "
	case a.Port != 0 && a.Port != TeamPort:
		place = net.JoinHostPort(a.Host, strconv.Itoa(a.Port))
	}
	words := a.Database + at + place
	if a.SSH.Host != "" {
		words += " through " + a.SSH.Host
	}
	return words
}

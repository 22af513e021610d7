package app

import (
	"cmp"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// DefaultPort is where MySQL and MariaDB listen if nothing else is said.
const DefaultPort = 3306

// TLSModes are the modes, the strictest last.
var TLSModes = []TLSMode{TLSOff, TLSRequired, TLSVerifyCA, TLSVerify}

// maxPath is the longest accepted path, in characters.
const maxPath = 1024

// Check returns nil, or a sentence that says why the address cannot be used or
// saved. It looks at no file and asks no server.
func (a ShopAddress) Check() error {
	for _, check := range []func() error{a.checkPlace, a.checkNames, a.TLS.check, a.SSH.check} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// checkPlace checks that there is one place, and a way to it.
func (a ShopAddress) checkPlace() error {
	switch {
	case a.EnvPHP == "" && a.Host == "" && a.Socket == "":
		return Errorf(Invalid, "It is not said where the shop's database is.").
			WithHint("Give the shop's env.php, or a host.")
	case a.EnvPHP == "" && a.Database == "":
		return Errorf(Invalid, "The name of the shop's database is missing.")
	case a.EnvPHP == "" && a.Username == "":
		return Errorf(Invalid, "The username of the database account is missing.")
	case a.Host != "" && a.Socket != "":
		return Errorf(Invalid, "The shop's database has a host or a socket, not both.")
	case a.OnServer && a.EnvPHP == "":
		return Errorf(Invalid, "The path of env.php on the server is missing.")
	case a.OnServer && a.SSH.Host == "":
		return Errorf(Invalid, "An env.php on a server is read through SSH, and no SSH server is given.")
	}
	if !a.OnServer && a.EnvPHP != "" {
		if err := checkFile("env.php", a.EnvPHP); err != nil {
			return err
		}
	}
	return checkPort(a.Port)
}

// checkNames checks the texts of the address.
func (a ShopAddress) checkNames() error {
	for _, t := range []struct{ what, text string }{
		{"path of env.php", a.EnvPHP},
		{"path of the socket", a.Socket},
		{"name of the database", a.Database},
		{"username of the database account", a.Username},
	} {
		if err := checkText(t.what, t.text, maxPath); err != nil {
			return err
		}
	}
	if strings.ContainsFunc(a.Prefix, func(r rune) bool {
		return r > unicode.MaxASCII || r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) {
		return Errorf(Invalid, "The table prefix %q cannot be one of Magento's.", a.Prefix).
			WithHint("It has letters, digits and underscores.")
	}
	return checkHost("host of the database", a.Host)
}

// check returns nil, or why the settings do not go together.
func (t TLS) check() error {
	switch {
	case t.Mode != "" && !slices.Contains(TLSModes, t.Mode):
		return Errorf(Invalid, "There is no TLS mode %q.", string(t.Mode)).
			WithHint("It is one of: off, required, verify-ca, verify-host.")
	case t.Mode == TLSOff && t != (TLS{Mode: TLSOff}):
		return Errorf(Invalid, "TLS is off, so no certificate is used or checked.")
	case t.Mode == TLSRequired && (t.CA != "" || t.ServerName != ""):
		return Errorf(Invalid, "With the TLS mode required no certificate is checked, so a CA or a server's name has no use.").
			WithHint("Choose verify-ca or verify-host.")
	case t.Mode == TLSVerifyCA && t.CA == "":
		return Errorf(Invalid, "With the TLS mode verify-ca the file of the CA must be given.").
			WithHint("The CAs that this computer trusts sign for everybody, and this mode does not look at the name.")
	case (t.Certificate == "") != (t.Key == ""):
		return Errorf(Invalid, "A client's certificate and its key go together, and one of them is missing.")
	}
	for _, f := range []struct{ what, path string }{
		{"the CA", t.CA}, {"the client's certificate", t.Certificate}, {"the client's key", t.Key},
	} {
		if f.path == "" {
			continue
		}
		if err := checkFile(f.what, f.path); err != nil {
			return err
		}
	}
	return checkHost("name in the certificate", t.ServerName)
}

// check returns nil, or why no server can be reached like this.
func (s SSH) check() error {
	if s.Host == "" && s != (SSH{}) {
		return Errorf(Invalid, "The SSH server is missing.").WithHint("A port, a user and a key are of one.")
	}
	if s.Key != "" {
		if err := checkFile("the SSH key", s.Key); err != nil {
			return err
		}
	}
	if err := checkText("SSH user", s.User, maxPath); err != nil {
		return err
	}
	if err := checkPort(s.Port); err != nil {
		return err
	}
	return checkHost("SSH server", s.Host)
}

// checkHost checks the name or the address of a computer.
func checkHost(what, host string) error {
	if strings.HasPrefix(host, "-") || strings.ContainsFunc(host, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune(`/\@'"`, r)
	}) {
		return Errorf(Invalid, "The %s cannot be %q.", what, host).WithHint("Give a name or an address.")
	}
	return checkText(what, host, 255)
}

// checkPort checks the number of a port; 0 is the usual one.
func checkPort(port int) error {
	if port < 0 || port > 65535 {
		return Errorf(Invalid, "There is no port %d.", port).WithHint("Ports go from 1 to 65535.")
	}
	return nil
}

// checkFile checks that a file is named in full, because an address is used
// from any folder.
func checkFile(what, path string) error {
	if !filepath.IsAbs(path) {
		return Errorf(Invalid, "The path of %s is not a full path.", what)
	}
	return checkText("path of "+what, path, maxPath)
}

// Location says in words where the shop's database is, for lists: "magento on
// db.example through bastion.example". Where only env.php knows, it names that.
func (a ShopAddress) Location() string {
	place, at := a.EnvPHP, " in "
	switch {
	case a.Socket != "":
		place, at = a.Socket, " at "
	case a.Host != "":
		place, at = a.Host, " on "
		if a.Port != 0 && a.Port != DefaultPort {
			place = net.JoinHostPort(a.Host, strconv.Itoa(a.Port))
		}
	}
	if a.Database != "" {
		place = a.Database + at + place
	}
	if a.SSH.Host != "" {
		place += " through " + a.SSH.Host
	}
	return place
}

// With returns the address with what over says in place of its own. Another host
// brings its own port, and another SSH server its own user and key. What is read
// only stays so.
func (a ShopAddress) With(over ShopAddress) ShopAddress {
	if over.EnvPHP != "" {
		a.EnvPHP, a.OnServer = over.EnvPHP, over.OnServer
	}
	switch {
	case over.Host != "":
		a.Host, a.Port, a.Socket = over.Host, over.Port, ""
	case over.Socket != "":
		a.Host, a.Port, a.Socket = "", 0, over.Socket
	case over.Port != 0:
		a.Port = over.Port
	}
	a.Database = cmp.Or(over.Database, a.Database)
	a.Username = cmp.Or(over.Username, a.Username)
	if over.Prefix != "" || over.NoPrefix {
		a.Prefix, a.NoPrefix = over.Prefix, over.NoPrefix
	}
	a.ReadOnly = a.ReadOnly || over.ReadOnly
	a.TLS = a.TLS.with(over.TLS)
	if over.SSH.Host != "" {
		a.SSH = over.SSH
	} else if over.SSH.Key != "" {
		a.SSH.Key = over.SSH.Key
	}
	return a
}

// with is With for the encryption. Where it is off, there are no files.
func (t TLS) with(over TLS) TLS {
	if over.Mode == TLSOff {
		return over
	}
	t.Mode = cmp.Or(over.Mode, t.Mode)
	t.CA = cmp.Or(over.CA, t.CA)
	t.Certificate = cmp.Or(over.Certificate, t.Certificate)
	t.Key = cmp.Or(over.Key, t.Key)
	t.ServerName = cmp.Or(over.ServerName, t.ServerName)
	return t
}

// SamePlace reports whether two addresses mean the same tables, however they
// are encrypted, and whoever signs in to the database.
func (a ShopAddress) SamePlace(b ShopAddress) bool { return a.place() == b.place() }

// place is the part of an address that says which tables it means.
func (a ShopAddress) place() ShopAddress {
	p := ShopAddress{
		EnvPHP: a.EnvPHP, OnServer: a.OnServer, Host: strings.ToLower(a.Host), Port: a.Port,
		Socket: a.Socket, Database: a.Database, Prefix: a.Prefix, NoPrefix: a.NoPrefix && a.EnvPHP != "", SSH: SSH{Host: strings.ToLower(a.SSH.Host)},
	}
	if p.Port == 0 && p.Host != "" {
		p.Port = DefaultPort
	}
	return p
}

package connect

import (
	"cmp"
	"errors"
	"net"
	"regexp"
	"strconv"
	"strings"

	"github.com/go-sql-driver/mysql"
	"golang.org/x/crypto/ssh/knownhosts"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/magento"
	"github.com/factordesk/factordesk/app/tunnel"
)

// remedy returns the command that an administrator could run against an error on
// the way to a shop: SQL for the database, or one for this computer's shell. It is
// empty for most.
func remedy(a app.ShopAddress, err error) string {
	if command := forgetKey(a.SSH, err); command != "" {
		return command
	}
	if sql := magento.GrantFor(err); sql != "" {
		return sql
	}
	var said *mysql.MySQLError
	if errors.As(err, &said) {
		return letIn(a, said)
	}
	return ""
}

// forgetKey is the command against another host key than the known one; empty for
// any other error.
func forgetKey(s app.SSH, err error) string {
	var key *knownhosts.KeyError
	if errors.As(err, &key) && len(key.Want) > 0 {
		return forgetHost(s, key.Want[0].Filename)
	}
	return ""
}

// sshPort is where SSH servers listen if nothing else is said.
const sshPort = 22

// forgetHost takes the key of an SSH server out of a file of known hosts, for when
// its administrator confirms that it is another one now.
func forgetHost(s app.SSH, file string) string {
	c, err := tunnel.FromSSHConfig(s.Host)
	if err != nil || c.Jump != nil { // which of the servers it is the error does not say
		return ""
	}
	name := c.HostKeyAlias
	if name == "" {
		name = knownhosts.Normalize(net.JoinHostPort(c.Host, strconv.Itoa(cmp.Or(s.Port, c.Port, sshPort))))
	}
	return "ssh-keygen -f " + inShell(file) + " -R " + inShell(name)
}

// What MySQL and MariaDB say at a sign-in.
const (
	noDatabaseGrant = 1044
	accessDenied    = 1045
	hostNotAllowed  = 1130
)

// fromHost finds the computer from which the server has seen the connection come,
// in its words.
var fromHost = regexp.MustCompile(`(?:@|Host )'([A-Za-z0-9.:_-]+)'`)

// letIn is the SQL that makes the account for the computer that the server sees,
// with the rights that Factordesk needs. Where there is the account, and only its
// password is another, it changes nothing.
func letIn(a app.ShopAddress, said *mysql.MySQLError) string {
	found := fromHost.FindStringSubmatch(said.Message)
	if found == nil {
		return ""
	}
	account := inSQL(a.Username) + "@" + inSQL(found[1])
	grants := magento.Grants(a.Database, a.Prefix, account, a.ReadOnly)
	switch said.Number {
	case noDatabaseGrant:
		return grants
	case accessDenied, hostNotAllowed:
		return "CREATE USER IF NOT EXISTS " + account + " IDENTIFIED BY 'a password';\n" + grants
	}
	return ""
}

// inSQL writes a text as SQL does.
func inSQL(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `''`).Replace(text) + "'"
}

// inShell writes a text as one word of a shell.
func inShell(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

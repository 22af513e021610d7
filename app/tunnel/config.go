package tunnel

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/factordesk/factordesk/app"
)

// Config says how an SSH server is reached and how to sign in there. Default and
// FromSSHConfig fill one in; what a person sets besides goes into its fields.
type Config struct {
	Host string // name or address; looked up here, or by the server of Jump
	Port int    // 0: 22
	User string

	// KeyFiles are paths of private keys, tried in this order after those of the
	// agent. A key with a passphrase is opened only when the server wants it.
	KeyFiles []string
	// OnlyKeyFiles keeps to the keys of KeyFiles: of the agent's, only they are tried.
	OnlyKeyFiles bool
	// Agent is the path of an SSH agent's socket; empty: no agent.
	Agent string

	// KnownHosts are the files of the hosts that are known. One that is not there
	// knows nobody.
	KnownHosts []string
	// Remember is the file to which hosts are written that the person accepts.
	// Empty: they are remembered for as long as the tunnel is open.
	Remember string
	// HashKnownHosts writes names so that they cannot be read from the file. A file
	// that has such names gets them in any case.
	HashKnownHosts bool
	// HostKeyAlias is the name under which the host is known; empty: Host.
	HostKeyAlias string

	// Jump is the server through which this one is reached; nil: none.
	Jump *Config

	// KeepAlive is how often the server is asked whether it is still there; after
	// three questions without an answer it is taken for gone. 0: 15 seconds.
	KeepAlive time.Duration
}

// Default returns what OpenSSH does for a host that no configuration names: the
// person's own name, the keys that lie where ssh-keygen puts them, the agent, and
// the usual files of known hosts.
func Default(host string) Config { return thisPerson().standard(host) }

// port returns the port, 22 where none is set.
func (c Config) port() int {
	if c.Port == 0 {
		return 22
	}
	return c.Port
}

func (c Config) address() string { return net.JoinHostPort(c.Host, strconv.Itoa(c.port())) }

// keepAlive returns how often the server is asked for a sign of life.
func (c Config) keepAlive() time.Duration {
	if c.KeepAlive <= 0 {
		return 15 * time.Second
	}
	return c.KeepAlive
}

// name is the host for people; the port only where it is not the usual one.
func (c Config) name() string {
	if c.port() == 22 {
		return c.Host
	}
	return fmt.Sprintf("%s, port %d", c.Host, c.port())
}

// who is the account for people: "deploy at bastion.example".
func (c Config) who() string { return c.User + " at " + c.name() }

// valid refuses what no server can be reached with.
func (c Config) valid() error {
	switch {
	case c.Host == "" || strings.ContainsAny(c.Host, " \t\r\n/"):
		return app.Errorf(app.Invalid, "The SSH server needs a host name or an address.")
	case c.Port < 0 || c.Port > 65535:
		return app.Errorf(app.Invalid, "The port %d of the SSH server is not between 1 and 65535.", c.Port)
	case c.User == "":
		return app.Errorf(app.Invalid, "The SSH server %s needs a user name.", c.Host)
	case c.Jump != nil:
		return c.Jump.valid()
	}
	return nil
}

// short is a path for people: with ~ for the home folder.
func short(path string) string {
	home, err := os.UserHomeDir()
	if err != nil || home == "" {
		return path
	}
	if rest, below := strings.CutPrefix(path, home+string(filepath.Separator)); below {
		return "~" + string(filepath.Separator) + rest
	}
	return path
}

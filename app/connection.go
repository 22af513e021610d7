package app

import (
	"context"
	"time"
)

// ShopAddress is how the database of a Magento shop is reached. It holds no
// secret: those come out of env.php each time, or are asked for.
type ShopAddress struct {
	EnvPHP   string `toml:"env_php,omitempty"`   // path of app/etc/env.php; empty: there is none
	OnServer bool   `toml:"on_server,omitempty"` // that path is on the SSH server, not on this computer
	Host     string `toml:"host,omitempty"`      // name or address, as the SSH server sees it where there is one
	Port     int    `toml:"port,omitzero"`       // 0: 3306
	Socket   string `toml:"socket,omitempty"`    // path of a Unix socket, in place of Host and Port
	Database string `toml:"database,omitempty"`  //
	Username string `toml:"username,omitempty"`  // of the database account
	Prefix   string `toml:"prefix,omitempty"`    // of the tables
	NoPrefix bool   `toml:"no_prefix,omitempty"` // they have none, whatever env.php says; Prefix is empty then
	ReadOnly bool   `toml:"read_only,omitempty"` // nothing is ever written over this connection
	TLS      TLS    `toml:"tls,omitempty"`       //
	SSH      SSH    `toml:"ssh,omitempty"`       //
}

// TLSMode says what is asked of the database's certificate.
type TLSMode string

// The modes. The names are those of MySQL's own client.
const (
	TLSOff      TLSMode = "off"         // the password and all rows in clear text: for sockets, loopback and tunnels
	TLSRequired TLSMode = "required"    // encrypted, to whoever answers
	TLSVerifyCA TLSMode = "verify-ca"   // the certificate is signed by the CA
	TLSVerify   TLSMode = "verify-host" // and it is the host's own
)

// TLS is how the connection to a database is encrypted. The files are PEM, and
// the key's is the only one that must be kept private.
type TLS struct {
	Mode        TLSMode `toml:"mode,omitempty"`        // empty: off where nothing leaves the machine or the tunnel, else verify-host
	CA          string  `toml:"ca,omitempty"`          // path; empty: the CAs that this computer trusts
	Certificate string  `toml:"certificate,omitempty"` // path of the client's certificate; empty: none
	Key         string  `toml:"key,omitempty"`         // path of its key
	ServerName  string  `toml:"server_name,omitempty"` // empty: the host
}

// SSH is a server through which a database is reached. A name that
// ~/.ssh/config knows needs nothing else.
type SSH struct {
	Host string `toml:"host,omitempty"` // name, address or alias; empty: no tunnel
	Port int    `toml:"port,omitzero"`  // 0: what ~/.ssh/config says, else 22
	User string `toml:"user,omitempty"` // empty: what ~/.ssh/config says, else the person's own
	Key  string `toml:"key,omitempty"`  // path of a private key; empty: those of ~/.ssh/config, and the agent's
}

// ShopSecrets are what opens a shop, beside the operator's own password.
type ShopSecrets struct {
	Password Secret // of the database account
	CryptKey Secret // crypt/key of env.php: one key a line

	OlderKeys Secret // that stood there before, for where CryptKey opens nothing; may be empty
}

// Question says which secret is wanted. Its words are for a dialog's title and
// for a terminal's prompt, and name the exact thing: "Password of deploy at
// bastion.example".
type Question struct {
	About Asked
	What  string
	Why   string // one sentence; empty: the title says it all
	// Again says that the answer before was refused.
	Again bool
}

// Asked is the sort of a secret that is asked for, so that a program without a
// person before it can take each from another place.
type Asked string

// The sorts.
const (
	AskDatabase Asked = "database password"
	AskCryptKey Asked = "crypt key"      // may be left empty: then no secret of the shop can be opened
	AskSSH      Asked = "SSH password"   // of an account, or the answer to a server's own question
	AskSSHKey   Asked = "SSH passphrase" // of a private key
)

// HostKey is the key with which an SSH server has answered for the first time.
type HostKey struct {
	Host        string // as it was asked for
	Type        string // "ssh-ed25519"
	Fingerprint string // "SHA256:…", as ssh-keygen prints it
}

// Asker asks the person in front of the program while a store is being opened.
// Its methods are called off the UI goroutine and return when the person has
// answered; Canceled when the person stops, or ctx ends.
type Asker interface {
	Secret(ctx context.Context, q Question) (Secret, error)
	Trust(ctx context.Context, k HostKey) (bool, error)
}

// RungState says how a step of a connection test ended.
type RungState string

// The states of a rung.
const (
	RungWaiting     RungState = "waiting" // not tried yet, or not tried at all
	RungTrying      RungState = "trying"
	RungDone        RungState = "done"
	RungRefused     RungState = "refused"     // something answered, and said no
	RungUnreachable RungState = "unreachable" // nothing answered
	RungFailed      RungState = "failed"      // it answered, and what it said cannot be used
	RungStopped     RungState = "stopped"     // by the person
)

// Rung is one step of a connection test, in the order of the way: SSH, TCP,
// TLS, sign-in, schema, crypt key; to a team's store the name, the network, TLS,
// sign-in, schema, keys.
type Rung struct {
	Name    string // "SSH"
	Detail  string // "bastion.juniper.example, host key known": what was found, or what will be looked for
	State   RungState
	Took    time.Duration
	Err     error  // why it ended there; *Error
	Command string // what an administrator could run against it, ready to copy; empty: nothing
	// Vacant says that the step failed because there is no store in the database
	// yet, and that one can be made there.
	Vacant bool
	// Certificate is what the server presented, where the step failed because of
	// it; else nil.
	Certificate *Certificate
}

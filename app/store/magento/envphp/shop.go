package envphp

import "github.com/factordesk/factordesk/app"

// Shop is what env.php says of a shop. The zero value of a field stands for
// what it does not say; Gaps has the ones that matter.
type Shop struct {
	// Where the database is: a host with a port (0 for the usual one), or a
	// socket. It is told as the web server sees it, and PHP takes the host
	// localhost for the usual socket of that machine.
	Host   string
	Port   int
	Socket string

	Database string
	Username string
	Password app.Secret // may be empty
	Prefix   string     // of the name of every table
	TLS      TLS

	// CryptKey is one key or several, separated by white space, oldest first.
	CryptKey app.Secret

	FrontName string // the path of the admin behind the shop's address
	Mode      string // default, developer or production

	// Overrides are the settings under system/default, by path, such as
	// "twofactorauth/general/force_providers". Each outranks the same path in
	// core_config_data. They are secrets because some are, such as the keys of
	// payment services.
	Overrides map[string]app.Secret

	Gaps []Gap // in the order of the fields, overrides last
}

// TLS is what the driver's options say about encryption. The files are on the
// web server.
type TLS struct {
	CA, CAFolder, Cert, Key string // paths
	Ciphers                 string
	Unverified              bool // the server's certificate is taken as it is
}

// Wanted reports whether PHP encrypts the connection: only if one of the
// options besides Unverified is there.
func (t TLS) Wanted() bool { return t != TLS{Unverified: t.Unverified} }

// Gap is a value that a shop has and env.php does not tell.
type Gap struct {
	Path string // such as "db/connection/default/password" or "crypt/key"

	// Variable is the environment variable of the web server that holds the
	// value. Fallback says that the file has a value for when it is not set;
	// the field of the Shop holds that one.
	Variable string
	Fallback bool

	Message string // one sentence
}

package envphp

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/factordesk/factordesk/app"
)

// The driver's options for TLS: the numbers of PDO's constants
// MYSQL_ATTR_SSL_… with the driver mysqlnd.
const (
	sslKey    = "1007"
	sslCert   = "1008"
	sslCA     = "1009"
	sslCAPath = "1010"
	sslCipher = "1011"
	sslVerify = "1014"
)

// connection is where the database is. A shop may have other connections, such
// as indexer, which lead to the same tables.
const connection = "db/connection/default"

// Parse reads the text of an env.php. It fails with Invalid where the file is
// none, where PHP could not read it, and where something other than a literal
// array stands in it.
func Parse(src []byte) (Shop, error) {
	v, err := parse(src)
	if err != nil {
		return Shop{}, err
	}
	if v.at("db").kind != list && v.at("crypt").kind != list {
		return Shop{}, app.Errorf(app.Invalid, "The file is no env.php of Magento: it has neither a db nor a crypt section.").
			WithHint(where)
	}
	e := &extract{root: v}
	e.database()
	e.shop.CryptKey = app.NewSecret(strings.TrimSpace(e.needed("crypt/key", "crypt key")))
	e.shop.FrontName = e.word("backend/frontName", "path of the admin")
	e.shop.Mode = e.word("MAGE_MODE", "mode of the shop")
	e.shop.Overrides = map[string]app.Secret{}
	e.overrides(v.at("system", "default"), "")
	return e.shop, nil
}

// where is the hint of an error that says that a file is no env.php.
const where = "The file is app/etc/env.php in the folder of the shop."

// extract fills a Shop out of the array.
type extract struct {
	root value
	shop Shop
}

func (e *extract) database() {
	s := &e.shop
	s.Prefix = e.word("db/table_prefix", "prefix of the tables")
	if e.find(connection).kind != list {
		e.gap(Gap{Path: connection, Message: "env.php has no connection to the database (" + connection + ")."})
		return
	}
	e.host(e.needed(connection+"/host", "host of the database"))
	s.Database = e.needed(connection+"/dbname", "name of the database")
	s.Username = e.needed(connection+"/username", "user of the database")
	s.Password = app.NewSecret(e.word(connection+"/password", "password of the database"))
	const options = connection + "/driver_options/"
	s.TLS = TLS{
		CA:       e.word(options+sslCA, "CA file of the database"),
		CAFolder: e.word(options+sslCAPath, "CA folder of the database"),
		Cert:     e.word(options+sslCert, "client certificate for the database"),
		Key:      e.word(options+sslKey, "client key for the database"),
		Ciphers:  e.word(options+sslCipher, "cipher list of the database"),
	}
	if verify := e.find(options + sslVerify); verify.kind != nothing {
		word := e.word(options+sslVerify, "option to verify the database's certificate")
		s.TLS.Unverified = word == "" || word == "0"
	}
}

// host takes a host apart as Magento does: with a slash in it it is a socket,
// and behind a colon is the port. An IPv6 address has no form in Magento.
func (e *extract) host(host string) {
	s := &e.shop
	if strings.Contains(host, "/") {
		s.Socket = host
		return
	}
	name, port, given := strings.Cut(host, ":")
	if !given {
		s.Host = host
		return
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if name == "" || err != nil || n == 0 {
		e.gap(Gap{
			Path:    connection + "/host",
			Message: "The host of the database in env.php is neither a name, nor a name and a port, nor a socket.",
		})
		return
	}
	s.Host, s.Port = name, int(n)
}

// overrides takes in every setting below a path under system/default. One that
// is null overrides nothing.
func (e *extract) overrides(v value, path string) {
	for _, entry := range v.entries {
		below := strings.TrimPrefix(path+"/"+entry.key, "/")
		switch entry.value.kind {
		case list:
			e.overrides(entry.value, below)
		case nothing:
		default:
			if word, known := e.wordOf(entry.value, "system/default/"+below, "setting "+below); known {
				e.shop.Overrides[below] = app.NewSecret(word)
			}
		}
	}
}

// find returns the value at a path.
func (e *extract) find(path string) value { return e.root.at(strings.Split(path, "/")...) }

// word returns the value at a path as a text, or an empty one.
func (e *extract) word(path, what string) string {
	word, _ := e.wordOf(e.find(path), path, what)
	return word
}

// needed is word for a value without which something does not work.
func (e *extract) needed(path, what string) string {
	word, known := e.wordOf(e.find(path), path, what)
	if known && strings.TrimSpace(word) == "" {
		e.gap(Gap{Path: path, Message: fmt.Sprintf("env.php has no %s (%s).", what, path)})
	}
	return word
}

// environment is how a value says that an environment variable has it, maybe
// with another for when that is not set: #env(NAME) or #env(NAME, "other").
var environment = regexp.MustCompile(`^#env\([\s\v]*(\w+)[\s\v]*(,[\s\v]*"([^"]+)")?\)\n?$`)

// wordOf returns a value as a text. Where the file does not tell it, it notes
// the gap; known is then false, unless there is a fallback.
func (e *extract) wordOf(v value, path, what string) (word string, known bool) {
	word, ok := v.word()
	if !ok {
		e.gap(Gap{Path: path, Message: fmt.Sprintf("The %s in env.php is an array, not a text (%s).", what, path)})
		return "", false
	}
	found := environment.FindStringSubmatch(word)
	if found == nil {
		return word, true
	}
	g := Gap{Path: path, Variable: found[1], Fallback: found[2] != ""}
	g.Message = fmt.Sprintf("The %s is in the environment variable %s of the web server, which cannot be seen from here.", what, g.Variable)
	if g.Fallback {
		g.Message += " What env.php has for when it is not set is taken instead."
	}
	e.gap(g)
	return found[3], g.Fallback
}

func (e *extract) gap(g Gap) { e.shop.Gaps = append(e.shop.Gaps, g) }

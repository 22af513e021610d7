package servertest

import (
	"crypto/rand"
	"database/sql"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// postgresEngine is the name of PostgreSQL's server.
const postgresEngine = "PostgreSQL"

// PostgreSQL returns this test binary's PostgreSQL server and starts it if need
// be. Without a mode it is a Quick one. Its root, the account postgres, gets in
// through the socket without a password; everybody else needs one, through the
// socket as well.
func PostgreSQL(tb testing.TB, mode ...Mode) *Server {
	tb.Helper()
	return shared(tb, engine{
		name: postgresEngine, program: find(tb, "postgres"), account: "postgres",
		version: "SELECT current_setting('server_version')",
		stop:    "INT", // with TERM it would wait until the last client has gone
		open:    openPostgres,
		install: installPostgres(find(tb, "initdb")),
		options: postgresOptions,
		socket:  func(s *Server) string { return filepath.Join(s.folder, ".s.PGSQL."+strconv.Itoa(s.Port)) },
	}, mode)
}

// installPostgres makes a cluster, and says who gets in.
func installPostgres(initdb string) func(s *Server) []string {
	return func(s *Server) []string {
		const who = `local all postgres trust
local all all scram-sha-256
host all all 127.0.0.1/32 scram-sha-256
local replication postgres trust
`
		hba := filepath.Join(s.data(), "pg_hba.conf")
		script := quoted(initdb, "-A", "trust", "--no-sync", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-D", s.data()) +
			" && printf %s " + quote(who) + " >" + quote(hba)
		return []string{"sh", "-c", script}
	}
}

func postgresOptions(s *Server) []string {
	out := []string{s.engine.program, "-D", s.data()}
	settings := []string{
		"listen_addresses=" + s.Host, "port=" + strconv.Itoa(s.Port), "unix_socket_directories=" + s.folder,
		"ssl=on", "ssl_cert_file=" + s.TLS.serverCert, "ssl_key_file=" + s.TLS.serverKey, "ssl_ca_file=" + s.TLS.CA,
		"timezone=America/Phoenix", "max_connections=200", "external_pid_file=" + filepath.Join(s.folder, "pid"),
		"log_min_messages=warning", "max_wal_senders=4",
	}
	if s.mode == Durable {
		settings = append(settings, "shared_buffers=512MB", "max_wal_size=4GB")
	} else {
		settings = append(settings, "fsync=off", "full_page_writes=off", "shared_buffers=64MB")
	}
	for _, setting := range settings {
		out = append(out, "-c", setting)
	}
	return out
}

func openPostgres(s *Server, database string) (*sql.DB, error) {
	if database == "" {
		database = "postgres"
	}
	c, err := pgx.ParseConfig("user=postgres sslmode=disable")
	if err != nil {
		return nil, err
	}
	c.Host, c.Port, c.Database, c.Password = filepath.Dir(s.Socket), uint16(s.Port), database, ""
	// One SQL text may hold many statements, as for the others.
	c.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	return stdlib.OpenDB(*c), nil
}

// makePostgres makes a database that belongs to an account of its own.
func (d *Database) makePostgres(tb testing.TB) {
	tb.Helper()
	d.Account = d.newRole(tb)
	tb.Cleanup(func() { d.Server.Run(tb, "DROP ROLE "+d.User) })
	d.Server.Run(tb, fmt.Sprintf("CREATE DATABASE %s OWNER %s TEMPLATE template0", d.Name, d.User))
	tb.Cleanup(func() { d.Server.Run(tb, "DROP DATABASE "+d.Name+" WITH (FORCE)") })
	d.Server.Run(tb, "REVOKE ALL ON DATABASE "+d.Name+" FROM PUBLIC")
}

// Expire lets a PostgreSQL server present a certificate that has expired, until the
// end of the test.
func (s *Server) Expire(tb testing.TB) {
	tb.Helper()
	present := func(cert, key string) error {
		return s.keeper.do("cat " + quote(cert) + " >" + quote(s.TLS.serverCert) + " && cat " + quote(key) + " >" + quote(s.TLS.serverKey))
	}
	was := quote(s.TLS.serverCert+".was") + " && cat " + quote(s.TLS.serverKey) + " >" + quote(s.TLS.serverKey+".was")
	err := s.keeper.do("cat " + quote(s.TLS.serverCert) + " >" + was)
	if err == nil {
		err = present(s.TLS.expiredCert, s.TLS.expiredKey)
	}
	if err != nil {
		tb.Fatalf("present another certificate: %v", err)
	}
	s.Run(tb, "SELECT pg_reload_conf()")
	tb.Cleanup(func() {
		if err := present(s.TLS.serverCert+".was", s.TLS.serverKey+".was"); err != nil {
			tb.Errorf("put a certificate back: %v", err)
		}
		s.Run(tb, "SELECT pg_reload_conf()")
	})
}

func (d *Database) newRole(tb testing.TB) Account {
	tb.Helper()
	a := Account{User: unique("u_"), Password: rand.Text()}
	d.Server.Run(tb, fmt.Sprintf("CREATE ROLE %s LOGIN PASSWORD '%s'", a.User, a.Password))
	return a
}

// Role makes an account on a PostgreSQL server that may sign in, and gives it
// the roles that are named. It is dropped at the end of the test.
func (d *Database) Role(tb testing.TB, of ...string) Account {
	tb.Helper()
	a := d.newRole(tb)
	tb.Cleanup(func() { d.Load(tb, "DROP OWNED BY "+a.User+"; DROP ROLE "+a.User) })
	d.Server.Run(tb, "GRANT CONNECT ON DATABASE "+d.Name+" TO "+a.User)
	for _, role := range of {
		d.Server.Run(tb, "GRANT "+role+" TO "+a.User)
	}
	return a
}

// grantPostgres gives an account rights in the database, which go with it.
func (d *Database) grantPostgres(tb testing.TB, a Account, rights []string) {
	tb.Helper()
	for _, right := range rights {
		what, table, _ := strings.Cut(right, " ON ")
		if table == "*" {
			table = "ALL TABLES IN SCHEMA public"
		}
		d.Load(tb, fmt.Sprintf("GRANT %s ON %s TO %s", what, table, a.User))
	}
}

// URL is the address of a PostgreSQL database for an account, over loopback and
// without a password.
func (d *Database) URL(a Account) string {
	return "postgres://" + a.User + "@" + d.Server.Address() + "/" + d.Name
}

// fellOver is the piece of shell that ends a server without a word. PostgreSQL's
// processes for its clients would go on until they look up, and none can be started
// anew while one of them still holds the memory that they share.
func (s *Server) fellOver() string {
	if s.Engine != postgresEngine {
		return `kill -KILL "$server"; wait "$server"; server=`
	}
	return `children=$(cat /proc/"$server"/task/"$server"/children); kill -KILL "$server" $children; wait "$server"; server=
for child in $children; do
	tries=0
	while [ -e /proc/"$child"/exe ] && [ "$tries" -lt 500 ]; do sleep 0.01; tries=$((tries + 1)); done
done`
}

// leftOver removes what a server that fell over left and that keeps it from
// starting again at once.
func (s *Server) leftOver() error {
	if s.Engine != postgresEngine {
		return nil
	}
	if err := os.Remove(filepath.Join(s.data(), "postmaster.pid")); err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("start after a failure: %w", err)
	}
	return nil
}

// Standby starts a server that follows this one, which is a PostgreSQL server,
// and can only be read. It ends with the test.
func (s *Server) Standby(tb testing.TB) *Server {
	tb.Helper()
	e := s.engine
	backup := find(tb, "pg_basebackup")
	e.install = func(of *Server) []string {
		return []string{
			backup, "-h", filepath.Dir(s.Socket), "-p", strconv.Itoa(s.Port), "-U", "postgres", "-D", of.data(),
			"--write-recovery-conf", "--checkpoint=fast", "--no-sync", "--wal-method=stream",
		}
	}
	standby, err := launch(e, s.mode)
	if err != nil {
		tb.Fatalf("start a standby: %v", err)
	}
	tb.Cleanup(func() {
		if err := standby.keeper.close(); err != nil {
			tb.Errorf("stop a standby: %v", err)
		}
	})
	return standby
}

// Promote makes a server that follows another one a server of its own, which can
// be written to, and waits until it is.
func (s *Server) Promote(tb testing.TB) {
	tb.Helper()
	s.Run(tb, "DO $$ BEGIN IF NOT pg_promote(TRUE, 60) THEN RAISE 'still a copy'; END IF; END $$")
}

// Pooler starts PgBouncer before a database, in the mode that gives each
// transaction any of two connections, and returns its address. Its accounts are
// those that are named. It ends with the test.
func (d *Database) Pooler(tb testing.TB, accounts ...Account) (host string, port int) {
	tb.Helper()
	program := find(tb, "pgbouncer")
	folder, err := os.MkdirTemp("", "factordesk-pgbouncer-")
	if err != nil {
		tb.Fatalf("make a folder: %v", err)
	}
	k, err := keep(false, `[ -z "$server" ] || { kill -KILL "$server"; wait; }`+"\nrm -rf -- "+quote(folder))
	if err != nil {
		tb.Fatalf("start a pooler: %v", err)
	}
	tb.Cleanup(func() {
		if err := k.close(); err != nil {
			tb.Errorf("stop a pooler: %v", err)
		}
	})
	if port, err = freePort(); err != nil {
		tb.Fatalf("start a pooler: %v", err)
	}
	var users strings.Builder
	for _, a := range accounts {
		fmt.Fprintf(&users, "%q %q\n", a.User, a.Password)
	}
	in := func(name string) string { return filepath.Join(folder, name) }
	config := fmt.Sprintf(`[databases]
* = host=%s port=%d
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %d
unix_socket_dir =
auth_type = plain
auth_file = %s
pool_mode = transaction
default_pool_size = 2
server_round_robin = 1
pidfile = %s
`, d.Server.Host, d.Server.Port, port, in("users"), in("pid"))
	for name, text := range map[string]string{"users": users.String(), "ini": config} {
		if err := os.WriteFile(in(name), []byte(text), 0o600); err != nil {
			tb.Fatalf("start a pooler: %v", err)
		}
	}
	script := "chmod 700 " + quote(folder)
	if os.Geteuid() == 0 {
		script += " && chown -R postgres " + quote(folder)
	}
	err = k.do(script + "\n" + quoted(d.Server.as([]string{program, in("ini")})...) + " </dev/null >>" + quote(in("log")) + " 2>&1 & server=$!")
	for i := 0; err == nil && i < 500; i++ {
		c, dialed := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if dialed == nil {
			_ = c.Close()
			return "127.0.0.1", port
		}
		time.Sleep(10 * time.Millisecond)
	}
	said, _ := os.ReadFile(in("log"))
	tb.Fatalf("start a pooler: %v\n%s", err, said)
	return "", 0
}

package servertest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"
)

// Server is a database server that listens on Host and Port, and on Socket. Its
// time zone is seven hours behind UTC, so that a session that forgets to set its
// own shows.
type Server struct {
	Engine  string // "MariaDB" or "MySQL"
	Version string // as the server says it
	Host    string
	Port    int
	Socket  string
	TLS     Certificates

	keeper *keeper
	engine engine
	folder string
	mode   Mode
}

// Mode says what a server is tuned for.
type Mode int

// The modes of a server.
const (
	Quick   Mode = iota // loses data when the machine fails, and is fast
	Durable             // writes as a shop's server does, for measurements
)

// engine is what differs between the servers.
type engine struct {
	name    string
	program string
	install func(s *Server) []string // the command that fills an empty folder with the system tables
	options func(s *Server) []string // the server's own command line
	socket  func(s *Server) string
	open    func(s *Server, database string) (*sql.DB, error) // as the server's root
	version string                                            // the SQL that asks for it
	stop    string                                            // the signal that ends the server as a system does that shuts down
	account string                                            // which it runs as where the test binary is root's; empty: root
}

// kind is what there is one server of in a test binary.
type kind struct {
	engine string
	mode   Mode
}

// running are the servers of this test binary.
var running struct {
	sync.Mutex
	servers map[kind]*Server
}

// MariaDB returns this test binary's MariaDB server and starts it if need be.
// Without a mode it is a Quick one.
func MariaDB(tb testing.TB, mode ...Mode) *Server {
	tb.Helper()
	return shared(tb, mysqlEngine("MariaDB", find(tb, "mariadbd"), []string{
		find(tb, "mariadb-install-db"), "--no-defaults", "--auth-root-authentication-method=normal",
		"--skip-test-db", "--skip-name-resolve", "--force",
	}, "--innodb-log-file-size=48M"), mode)
}

// MySQL returns this test binary's MySQL 8 server and starts it if need be. Where
// the machine has none the test fails; Each is for tests that run on what there
// is.
func MySQL(tb testing.TB, mode ...Mode) *Server {
	tb.Helper()
	program, ok := mysqld(tb)
	if !ok {
		tb.Fatal("MySQL 8 is not on this machine: run go run ./cmd/dev test, which installs it where its package can be had")
	}
	base := "--basedir=" + filepath.Dir(filepath.Dir(program))
	return shared(tb, mysqlEngine("MySQL", program, []string{program, "--no-defaults", "--initialize-insecure", base},
		"--mysqlx=OFF", base), mode)
}

// Each runs a test on MariaDB and, where the machine has it, on MySQL 8, as a
// subtest of that name. The run of all tests says when there is no MySQL 8.
func Each(t *testing.T, test func(t *testing.T, s *Server)) {
	t.Helper()
	t.Run("MariaDB", func(t *testing.T) { test(t, MariaDB(t)) })
	if _, ok := mysqld(t); ok {
		t.Run("MySQL", func(t *testing.T) { test(t, MySQL(t)) })
	}
}

// shared returns the server of a kind, of which there is one.
func shared(tb testing.TB, e engine, mode []Mode) *Server {
	tb.Helper()
	k := kind{engine: e.name}
	if len(mode) > 0 {
		k.mode = mode[0]
	}
	running.Lock()
	defer running.Unlock()
	if s := running.servers[k]; s != nil {
		return s
	}
	s, err := launch(e, k.mode)
	if err != nil {
		tb.Fatalf("start %s: %v", e.name, err)
	}
	if running.servers == nil {
		running.servers = map[kind]*Server{}
	}
	running.servers[k] = s
	return s
}

// launch makes the folder of a server, fills it and starts the server.
func launch(e engine, mode Mode) (*Server, error) {
	folder, err := os.MkdirTemp("", "factordesk-"+e.name+"-")
	if err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	k, err := keep(false, `[ -z "$server" ] || { kill -KILL "$server"; wait; }`+"\nrm -rf -- "+quote(folder))
	if err != nil {
		return nil, err
	}
	s := &Server{Engine: e.name, Host: "127.0.0.1", keeper: k, engine: e, folder: folder, mode: mode}
	if err := s.prepare(); err != nil {
		return nil, errors.Join(err, k.close())
	}
	return s, nil
}

func (s *Server) prepare() error {
	var err error
	if s.TLS, err = makeCertificates(s.folder); err != nil {
		return err
	}
	// An SSH server passes its account's connections on to the socket, so others may enter the folder.
	script := "chmod 755 " + quote(s.folder)
	if s.engine.account != "" && os.Geteuid() == 0 {
		script += " && chown " + quoted(s.engine.account, s.folder, s.TLS.CA, s.TLS.serverCert, s.TLS.serverKey)
	}
	if err := s.keeper.do(script); err != nil {
		return fmt.Errorf("hand over the folder: %w", err)
	}
	// Where many servers begin at once, the kernel now and then has not enough for
	// one more of the programs that make the tables.
	for range 3 {
		if err = s.keeper.do("rm -rf -- " + quote(s.data()) + " && " + quoted(s.as(s.engine.install(s))...)); err == nil {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("make the system tables: %w", err)
	}
	// Another program may take the port between the look for a free one and the start.
	for range 3 {
		if s.Port, err = freePort(); err != nil {
			return err
		}
		s.Socket = s.engine.socket(s)
		if err = s.start(); err == nil {
			break
		}
	}
	if err != nil {
		return err
	}
	return s.admin("", func(ctx context.Context, db *sql.DB) error {
		return db.QueryRowContext(ctx, s.engine.version).Scan(&s.Version)
	})
}

func (s *Server) data() string { return filepath.Join(s.folder, "data") }

// as puts before a command what runs it as the server's own account, in place of
// root.
func (s *Server) as(command []string) []string {
	if s.engine.account == "" || os.Geteuid() != 0 {
		return command
	}
	return append([]string{"setpriv", "--reuid=" + s.engine.account, "--regid=" + s.engine.account, "--clear-groups", "--"}, command...)
}

// start starts the server and waits until it answers.
func (s *Server) start() error {
	log := filepath.Join(s.folder, "log")
	if err := s.keeper.do(quoted(s.as(s.engine.options(s))...) + " </dev/null >>" + quote(log) + " 2>&1 & server=$!"); err != nil {
		return err
	}
	deadline := time.Now().Add(patience)
	for {
		err := s.admin("", func(ctx context.Context, db *sql.DB) error { return db.PingContext(ctx) })
		if err == nil {
			return nil
		}
		if gone := s.keeper.do(`kill -0 "$server"`); gone != nil || time.Now().After(deadline) {
			said, _ := os.ReadFile(log)
			return fmt.Errorf("it does not answer: %w\n%s", err, said)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// Stop ends the server as a system does that shuts down; at the end of the test
// it is started again.
func (s *Server) Stop(tb testing.TB) {
	tb.Helper()
	s.end(tb, "kill -"+s.engine.stop+` "$server"; wait "$server"; server=`)
}

// Kill ends the server as a failure does, without a word to its clients; at the
// end of the test it is started again.
func (s *Server) Kill(tb testing.TB) {
	tb.Helper()
	s.end(tb, s.fellOver())
}

func (s *Server) end(tb testing.TB, script string) {
	tb.Helper()
	if err := s.keeper.do(script); err != nil {
		tb.Fatalf("stop %s: %v", s.Engine, err)
	}
	tb.Cleanup(func() { s.Start(tb) })
}

// Start starts a server that was stopped, on the port that it had. One that runs
// is left alone.
func (s *Server) Start(tb testing.TB) {
	tb.Helper()
	if s.keeper.do(`[ -n "$server" ] && kill -0 "$server"`) == nil {
		return
	}
	err := s.leftOver()
	if err == nil {
		err = s.start()
	}
	if err != nil {
		tb.Fatalf("start %s: %v", s.Engine, err)
	}
}

// Restart stops the server and starts it again, which ends every connection.
func (s *Server) Restart(tb testing.TB) {
	tb.Helper()
	s.Stop(tb)
	s.Start(tb)
}

// Address is the server's host and port.
func (s *Server) Address() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

// admin calls do with the server's root on a database, over the socket.
func (s *Server) admin(database string, do func(ctx context.Context, db *sql.DB) error) error {
	db, err := s.engine.open(s, database)
	if err != nil {
		return fmt.Errorf("connect as root: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return errors.Join(do(ctx, db), db.Close())
}

// freePort returns a port on loopback that nobody listens on.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	if err := l.Close(); err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	return port, nil
}

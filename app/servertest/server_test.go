//go:build full

package servertest_test

import (
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app/servertest"
)

// open signs in to a database as an account, through network and address.
func open(t *testing.T, d *servertest.Database, a servertest.Account, network, address string, with ...mysql.Option) *sql.DB {
	t.Helper()
	c := mysql.NewConfig()
	c.User, c.Passwd, c.Net, c.Addr, c.DBName = a.User, a.Password, network, address, d.Name
	c.Logger = &mysql.NopLogger{}
	require.NoError(t, c.Apply(with...))
	connector, err := mysql.NewConnector(c)
	require.NoError(t, err)
	db := sql.OpenDB(connector)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func TestDatabase(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		one, two := s.Database(t), s.Database(t)
		one.Load(t, "CREATE TABLE a (n INT, t TEXT); INSERT INTO a VALUES (1, 'x'), (2, NULL);")
		require.Equal(t, [][]string{{"1", "x"}, {"2", "NULL"}}, one.Query(t, "SELECT n, t FROM a WHERE n > ? ORDER BY n", 0))
		for network, address := range map[string]string{"tcp": s.Address(), "unix": s.Socket} {
			var count int
			require.NoError(t, open(t, one, one.Account, network, address).QueryRow("SELECT COUNT(*) FROM a").Scan(&count))
			require.Equal(t, 2, count)
		}
		require.Error(t, open(t, one, two.Account, "tcp", s.Address()).Ping(), "an account of another database gets in")
		var zone string
		require.NoError(t, open(t, one, one.Account, "tcp", s.Address()).QueryRow("SELECT TIMEDIFF(NOW(), UTC_TIMESTAMP())").Scan(&zone))
		require.Equal(t, "-07:00:00", zone)
		if s.Engine == "MariaDB" {
			require.Contains(t, s.Version, "MariaDB")
		}
	})
}

func TestDatabaseGoes(outer *testing.T) {
	t, s := outer, servertest.MariaDB(outer)
	var name, user string
	t.Run("a test", func(t *testing.T) {
		d := s.Database(t)
		name, user = d.Name, d.User
		d.Load(t, "CREATE TABLE a (n INT) ENGINE=InnoDB; INSERT INTO a VALUES (1);")
		// A transaction that nobody ends must not hold up the end of the test.
		db := open(outer, d, d.Account, "tcp", s.Address())
		conn, err := db.Conn(t.Context())
		require.NoError(t, err)
		outer.Cleanup(func() { _ = conn.Close() })
		for _, text := range []string{"BEGIN", "UPDATE a SET n = 2"} {
			_, err := conn.ExecContext(t.Context(), text)
			require.NoError(t, err)
		}
	})
	d := s.Database(t)
	require.Empty(t, d.Query(t, "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?", name))
	require.Empty(t, d.Query(t, "SELECT User FROM mysql.user WHERE User = ?", user))
}

func TestGrant(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		d := s.Database(t)
		d.Load(t, "CREATE TABLE a (n INT, m INT); CREATE TABLE b (n INT)")
		db := open(t, d, d.Grant(t, "", "SELECT ON a", "UPDATE (m) ON a"), "tcp", s.Address())
		_, err := db.Exec("UPDATE a SET m = 1")
		require.NoError(t, err)
		_, err = db.Exec("UPDATE a SET n = 1")
		require.Error(t, err)
		_, err = db.Exec("SELECT * FROM b")
		require.Error(t, err)
	})
}

func TestTLS(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		d := s.Database(t)
		pool := func(file string) *x509.CertPool {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			p := x509.NewCertPool()
			require.True(t, p.AppendCertsFromPEM(text))
			return p
		}
		pair, err := tls.LoadX509KeyPair(s.TLS.ClientCert, s.TLS.ClientKey)
		require.NoError(t, err)
		with := func(ca, name string, certs ...tls.Certificate) mysql.Option {
			return func(c *mysql.Config) error {
				c.TLS = &tls.Config{RootCAs: pool(ca), ServerName: name, Certificates: certs}
				return nil
			}
		}
		ssl, x509 := d.Grant(t, "SSL", "ALL ON *"), d.Grant(t, "X509", "ALL ON *")
		for _, c := range []struct {
			what    string
			account servertest.Account
			with    []mysql.Option
			good    bool
		}{
			{"no TLS", d.Account, nil, true},
			{"no TLS where it is required", ssl, nil, false},
			{"localhost", ssl, []mysql.Option{with(s.TLS.CA, "localhost")}, true},
			{"the address", ssl, []mysql.Option{with(s.TLS.CA, "127.0.0.1")}, true},
			{"another name", ssl, []mysql.Option{with(s.TLS.CA, "db.example")}, false},
			{"another CA", ssl, []mysql.Option{with(s.TLS.OtherCA, "localhost")}, false},
			{"no client certificate", x509, []mysql.Option{with(s.TLS.CA, "localhost")}, false},
			{"client certificate", x509, []mysql.Option{with(s.TLS.CA, "localhost", pair)}, true},
		} {
			err := open(t, d, c.account, "tcp", s.Address(), c.with...).Ping()
			require.Equal(t, c.good, err == nil, "%s: %v", c.what, err)
		}
	})
}

func TestStopAndStart(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		d := s.Database(t)
		d.Load(t, "CREATE TABLE a (n INT); INSERT INTO a VALUES (1)")
		db := open(t, d, d.Account, "tcp", s.Address())
		for name, end := range map[string]func(testing.TB){"stop": s.Stop, "kill": s.Kill} {
			require.NoError(t, db.Ping())
			end(t)
			require.Error(t, db.Ping(), name)
			s.Start(t)
			s.Start(t) // does nothing
			require.NoError(t, db.Ping(), name)
		}
		s.Restart(t)
		require.NoError(t, db.Ping())
	})
}

func TestStoppedServerIsBackForTheNextTest(t *testing.T) {
	s := servertest.MariaDB(t)
	t.Run("stops it", func(t *testing.T) {
		s.Database(t)
		s.Stop(t)
	})
	s.Database(t)
}

func TestDurable(t *testing.T) {
	d := servertest.MariaDB(t, servertest.Durable).Database(t)
	require.Equal(t, [][]string{{"1"}}, d.Query(t, "SELECT @@innodb_flush_log_at_trx_commit"))
	require.NotEqual(t, d.Server.Port, servertest.MariaDB(t).Port)
	require.Same(t, servertest.MariaDB(t), servertest.MariaDB(t))
}

// TestNothingStaysBehind starts this test binary again with a server in it, kills
// it, and looks for what it left.
func TestNothingStaysBehind(t *testing.T) {
	if address := os.Getenv("FACTORDESK_TEST_TELL"); address != "" {
		s := servertest.MariaDB(t)
		s.Database(t)
		require.NoError(t, os.WriteFile(address, fmt.Appendln(nil, filepath.Dir(s.Socket)), 0o600))
		time.Sleep(time.Minute) // it is killed before
		return
	}
	tell := filepath.Join(t.TempDir(), "folder")
	self, err := os.Executable()
	require.NoError(t, err)
	child := exec.Command(self, "-test.run=^TestNothingStaysBehind$")
	child.Env = append(os.Environ(), "FACTORDESK_TEST_TELL="+tell)
	child.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	require.NoError(t, child.Start())
	var folder string
	require.Eventually(t, func() bool {
		text, _ := os.ReadFile(tell)
		folder = strings.TrimSpace(string(text))
		return strings.HasSuffix(string(text), "\n")
	}, 30*time.Second, 20*time.Millisecond)
	pid, err := os.ReadFile(filepath.Join(folder, "pid"))
	require.NoError(t, err)
	server := filepath.Join("/proc", strings.TrimSpace(string(pid)))
	require.DirExists(t, server)

	require.NoError(t, syscall.Kill(-child.Process.Pid, syscall.SIGKILL), "as go test does, the whole group")
	require.Error(t, child.Wait())
	require.Eventually(t, func() bool {
		_, gone := os.Stat(folder)
		_, ended := os.Stat(server)
		return os.IsNotExist(gone) && os.IsNotExist(ended)
	}, 30*time.Second, 20*time.Millisecond, "the server or its folder stayed behind")
}

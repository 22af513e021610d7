package servertest

import (
	"database/sql"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
)

// mysqlEngine is MariaDB or MySQL: the command that makes the system tables, to
// which the folder is added, and options of the server's own.
func mysqlEngine(name, program string, install []string, options ...string) engine {
	asRoot := func(command []string) []string {
		if os.Geteuid() == 0 {
			command = append(command, "--user=root")
		}
		return command
	}
	return engine{
		name: name, program: program, version: "SELECT VERSION()", stop: "TERM", open: openMySQL,
		install: func(s *Server) []string {
			return asRoot(append(install[:len(install):len(install)], "--datadir="+s.data(), ownBuffers))
		},
		options: func(s *Server) []string { return append(asRoot(mysqlOptions(s)), options...) },
		socket:  func(s *Server) string { return filepath.Join(s.folder, "socket") },
	}
}

// ownBuffers keeps a server from the kernel's queues for reads and writes, of
// which a machine has a bounded number for all the servers that run at once.
const ownBuffers = "--innodb-use-native-aio=0"

func mysqlOptions(s *Server) []string {
	out := []string{
		s.engine.program, "--no-defaults", "--datadir=" + s.data(), "--socket=" + s.Socket, "--port=" + strconv.Itoa(s.Port),
		"--bind-address=" + s.Host, "--skip-networking=0", "--skip-name-resolve", "--pid-file=" + filepath.Join(s.folder, "pid"),
		"--ssl-ca=" + s.TLS.CA, "--ssl-cert=" + s.TLS.serverCert, "--ssl-key=" + s.TLS.serverKey,
		"--default-time-zone=-07:00", "--character-set-server=utf8mb4", "--skip-log-bin", "--performance-schema=OFF",
		"--max-connections=500", ownBuffers,
	}
	if s.mode == Durable {
		return append(out, "--innodb-flush-log-at-trx-commit=1", "--innodb-buffer-pool-size=512M")
	}
	return append(out, "--innodb-flush-log-at-trx-commit=0", "--innodb-flush-method=nosync", "--innodb-doublewrite=0", "--innodb-buffer-pool-size=64M")
}

func openMySQL(s *Server, database string) (*sql.DB, error) {
	c := mysql.NewConfig()
	c.User, c.Net, c.Addr, c.DBName = "root", "unix", s.Socket, database
	c.MultiStatements = true
	c.Logger = &mysql.NopLogger{} // a server that does not answer yet is no news
	connector, err := mysql.NewConnector(c)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(connector), nil
}

// mysqld returns the path of MySQL 8's server: the one that the run of all tests
// names, or the machine's own. MariaDB's goes by the same name and is not taken
// for it.
func mysqld(tb testing.TB) (string, bool) {
	tb.Helper()
	if path := os.Getenv("FACTORDESK_MYSQLD"); path != "" {
		return path, true
	}
	path, ok := look("mysqld")
	if !ok {
		return "", false
	}
	version, err := exec.CommandContext(tb.Context(), path, "--no-defaults", "--version").Output()
	return path, err == nil && strings.Contains(string(version), " Ver 8.") && !strings.Contains(string(version), "MariaDB")
}

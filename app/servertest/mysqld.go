package servertest

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

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

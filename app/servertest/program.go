package servertest

import (
	"cmp"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// find returns the path of a program that is on the PATH or where systems keep
// servers. Where there is none, the test fails.
func find(tb testing.TB, name string) string {
	tb.Helper()
	path, ok := look(name)
	if !ok {
		tb.Fatalf("%s is not on this machine: run go run ./cmd/dev test, which installs it", name)
	}
	return path
}

func look(name string) (string, bool) {
	for _, folder := range append([]string{"", "/usr/sbin", "/usr/local/sbin", "/sbin", "/usr/libexec"}, postgresFolders()...) {
		if path, err := exec.LookPath(filepath.Join(folder, name)); err == nil {
			return path, true
		}
	}
	return "", false
}

// postgresFolders are where Debian and Homebrew keep PostgreSQL's own programs,
// which several versions of it have, the newest version first.
func postgresFolders() (found []string) {
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin"} {
		if some, err := filepath.Glob(pattern); err == nil {
			found = append(found, some...)
		}
	}
	slices.SortFunc(found, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), strings.Compare(b, a)) })
	return found
}

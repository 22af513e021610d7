package servertest

import (
	"os/exec"
	"path/filepath"
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
	for _, folder := range []string{"", "/usr/sbin", "/usr/local/sbin", "/sbin", "/usr/libexec"} {
		if path, err := exec.LookPath(filepath.Join(folder, name)); err == nil {
			return path, true
		}
	}
	return "", false
}

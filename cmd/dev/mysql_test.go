package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestMySQL8ByItsVersion(t *testing.T) {
	for version, want := range map[string]bool{
		"/usr/sbin/mysqld  Ver 8.0.43-0ubuntu0.24.04.1 for Linux on x86_64 ((Ubuntu))":                            true,
		"mysqld  Ver 8.4.6 for Linux on x86_64 (MySQL Community Server - GPL)":                                    true,
		"mysqld  Ver 5.7.44 for Linux on x86_64 (MySQL Community Server (GPL))":                                   false,
		"mariadbd  Ver 10.11.19-MariaDB-0+deb12u1 for debian-linux-gnu on x86_64 (Debian 12)":                     false,
		"mysqld  Ver 8.9.1-MariaDB for some-system, whatever number MariaDB may have come to by then, is not it.": false,
		"": false,
	} {
		if got := mysql8(version); got != want {
			t.Errorf("%q: %v", version, got)
		}
	}
}

func TestLibraries(t *testing.T) {
	depends := "mysql-common (>= 5.5), libaio1t64 (>= 0.3.93), libssl3 | libssl1.1, adduser, libc6 (>= 2.38), zlib1g (>= 1:1.1.4)"
	if got := strings.Join(libraries(depends), " "); got != "libaio1t64 libssl3 libc6 zlib1g" {
		t.Errorf("got %s", got)
	}
}

// machine is a PATH with nothing on it but what a test puts there, and a job on it.
func machine(t *testing.T) (job, string) {
	t.Helper()
	folder := t.TempDir()
	t.Setenv("PATH", folder)
	return job{root: t.TempDir(), out: &strings.Builder{}}, folder
}

func TestMySQLOfTheMachine(t *testing.T) {
	j, folder := machine(t)
	script(t, folder, "mysqld", `echo "mysqld  Ver 8.0.43 for Linux on x86_64"`)
	path, err := j.mysqld(t.Context())
	if err != nil || path != filepath.Join(folder, "mysqld") {
		t.Errorf("got %q, %v", path, err)
	}
}

func TestNoMySQLToBeHad(t *testing.T) {
	j, folder := machine(t)
	script(t, folder, "mysqld", `echo "mysqld  Ver 10.11.19-MariaDB"`)
	if _, err := j.mysqld(t.Context()); !errors.Is(err, errNoMySQL) {
		t.Errorf("without a package manager: %v", err)
	}
	script(t, folder, "dnf", `exit 0`)
	if _, err := j.mysqld(t.Context()); !errors.Is(err, errNoMySQL) {
		t.Errorf("with a package manager that has none beside MariaDB: %v", err)
	}
	script(t, folder, "apt-get", `exit 100`)
	if _, err := j.mysqld(t.Context()); !errors.Is(err, errNoMySQL) {
		t.Errorf("with a package list that has none: %v", err)
	}
}

func TestMySQLIsUnpacked(t *testing.T) {
	j, folder := machine(t)
	if os.Geteuid() != 0 {
		script(t, folder, "sudo", `[ "$2" = true ] || { shift; exec "$@"; }`)
	}
	script(t, folder, "mysqld", `echo "mysqld  Ver 10.11.19-MariaDB"`)
	script(t, folder, "sh", `shift 3; exec "$@"`) // what keeps services quiet is tested elsewhere
	script(t, folder, "env", `exec /usr/bin/env "$@"`)
	calls := filepath.Join(folder, "calls")
	script(t, folder, "apt-get", `[ "$2" != --print-uris ] || exit 0
echo "$*" >>"`+calls+`"; [ "$1" != download ] || : >mysql.deb`)
	server := `#!/bin/sh\necho Ver 8.0.43`
	script(t, folder, "dpkg-deb", `case $1 in
--field) echo "libaio1 (>= 0.3), mysql-common" ;;
--extract) /bin/mkdir -p "$3/usr/sbin" && printf '`+server+`\n' >"$3/usr/sbin/mysqld" && /bin/chmod 755 "$3/usr/sbin/mysqld" ;;
esac`)
	for round := range 2 {
		path, err := j.mysqld(t.Context())
		if err != nil || path != j.build("servers", mysqlPackage, "usr", "sbin", "mysqld") {
			t.Fatalf("round %d: got %q, %v", round, path, err)
		}
	}
	got, err := os.ReadFile(calls)
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Split(strings.TrimSpace(string(got)), "\n"); len(lines) != 2 || !strings.HasSuffix(lines[1], "--no-remove --no-upgrade libaio1") {
		t.Errorf("apt-get was asked:\n%s", got)
	}
}

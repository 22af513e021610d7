package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// mysqlPackage is what MySQL 8's server is called where apt-get has it, as on Ubuntu.
const mysqlPackage = "mysql-server-core-8.0"

// errNoMySQL says that this machine has no MySQL 8 and cannot get one. The tests do without; the run
// says so.
var errNoMySQL = errors.New("its package cannot be had here")

// mysqld returns the path of MySQL 8's server: the one of this machine, or one that is unpacked into
// the build folder, since its package and MariaDB's cannot be installed side by side. The error is
// errNoMySQL where there is none to be had.
func (j job) mysqld(ctx context.Context) (string, error) {
	if path, err := find("mysqld"); err == nil && j.isMySQL(ctx, path) {
		return path, nil
	}
	m, known := findManager(exec.LookPath)
	if !known || m.program != "apt-get" {
		return "", errNoMySQL
	}
	if _, err := j.read(ctx, nil, "apt-get", "download", "--print-uris", mysqlPackage); err != nil {
		return "", errNoMySQL
	}
	path, err := j.unpacked(ctx, m, mysqlPackage, "usr/sbin/mysqld")
	if err != nil {
		return "", err
	}
	if !j.isMySQL(ctx, path) {
		return "", fmt.Errorf("%s of the package %s is not MySQL 8", path, mysqlPackage)
	}
	return path, nil
}

// isMySQL says whether a server is MySQL 8; MariaDB's goes by the name mysqld as well.
func (j job) isMySQL(ctx context.Context, path string) bool {
	version, err := j.read(ctx, nil, path, "--no-defaults", "--version")
	return err == nil && mysql8(version)
}

// mysql8 reads what mysqld --version prints.
func mysql8(version string) bool {
	return !strings.Contains(version, "MariaDB") && regexp.MustCompile(`\bVer 8\.`).MatchString(version)
}

// unpacked returns the path of a program from a package that is unpacked into the build folder and
// not installed. The libraries that it needs are installed.
func (j job) unpacked(ctx context.Context, m manager, name, program string) (string, error) {
	folder := j.build("servers", name)
	path := filepath.Join(folder, filepath.FromSlash(program))
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	j.say("Unpacking %s into %s.", name, folder)
	if err := fresh(folder); err != nil {
		return "", err
	}
	download := j.command(ctx, nil, "apt-get", "download", "-q", name)
	download.Dir = folder
	if err := download.Run(); err != nil {
		return "", fmt.Errorf("download %s: %w", name, err)
	}
	archives, err := filepath.Glob(filepath.Join(folder, "*.deb"))
	if err != nil || len(archives) != 1 {
		return "", fmt.Errorf("download %s: %d archives came instead of one", name, len(archives))
	}
	needs, err := j.read(ctx, nil, "dpkg-deb", "--field", archives[0], "Depends")
	if err != nil {
		return "", err
	}
	prefix, allowed := j.privilege(ctx, m)
	if !allowed {
		return "", fmt.Errorf("%s needs libraries that dev may not install without root; run\n  %s\nand try again", name, byHand(m, libraries(needs)))
	}
	// What the machine has of them was made for the same system and stays as it is.
	if err := j.install(ctx, m, prefix, append([]string{"--no-upgrade"}, libraries(needs)...)); err != nil {
		return "", err
	}
	if _, err := j.read(ctx, nil, "dpkg-deb", "--extract", archives[0], folder); err != nil {
		return "", err
	}
	return path, nil
}

// libraries picks the libraries from what a Debian package depends on. The rest is configuration and
// scripts that the tests do without, or what cannot be installed beside MariaDB.
func libraries(depends string) []string {
	var out []string
	for entry := range strings.SplitSeq(depends, ",") {
		first, _, _ := strings.Cut(entry, "|")
		name, _, _ := strings.Cut(strings.TrimSpace(first), " ")
		if strings.HasPrefix(name, "lib") || strings.HasPrefix(name, "zlib") {
			out = append(out, name)
		}
	}
	return out
}

package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func managerNamed(t *testing.T, program string) manager {
	t.Helper()
	i := slices.IndexFunc(managers(), func(m manager) bool { return m.program == program })
	if i < 0 {
		t.Fatalf("no manager %s", program)
	}
	return managers()[i]
}

func nothing(part) bool { return false }

func TestPackagesForEachManager(t *testing.T) {
	for _, c := range []struct {
		manager string
		needs   []need
		want    string
	}{
		{"apt-get", []need{forBuild}, "gcc libc6-dev pkg-config libgl1-mesa-dev xorg-dev libxkbcommon-dev libwayland-dev"},
		{"apt-get", []need{forDisplay, forPhone}, "xvfb xdotool imagemagick x11-utils oathtool zbar-tools"},
		{"dnf", []need{forPhone}, "oathtool zbar"},
		{"pacman", []need{forDisplay}, "xorg-server-xvfb xdotool imagemagick xorg-xwininfo"},
		{"zypper", []need{forPhone}, "oath-toolkit zbar"},
		{"brew", []need{forBuild, forDisplay}, ""},
		{"brew", []need{forPhone}, "oath-toolkit zbar"},
		{"apt-get", []need{forServers}, "mariadb-server-core mariadb-client-core postgresql postgresql-client pgbouncer util-linux openssh-server openssh-client passwd php-cli"},
		{"dnf", []need{forServers}, "mariadb-server mariadb postgresql-server postgresql-contrib postgresql pgbouncer util-linux openssh-server openssh-clients shadow-utils php-cli php-sodium"},
		{"pacman", []need{forServers}, "mariadb mariadb-clients postgresql pgbouncer util-linux openssh shadow php php-sodium"},
		{"zypper", []need{forServers}, "mariadb mariadb-client postgresql-server postgresql-contrib postgresql pgbouncer util-linux openssh-server openssh-clients shadow php8-cli php8-sodium"},
		{"brew", []need{forServers}, "mariadb postgresql@17 pgbouncer php"},
	} {
		m := managerNamed(t, c.manager)
		got := strings.Join(packagesOf(m, missing(m, c.needs, nothing)), " ")
		if got != c.want {
			t.Errorf("%s for %v:\n got %q\nwant %q", c.manager, c.needs, got, c.want)
		}
	}
}

func TestOnlyWhatIsMissing(t *testing.T) {
	m := managerNamed(t, "apt-get")
	gone := missing(m, []need{forBuild, forDisplay}, func(p part) bool { return p.module != "xi" && p.program != "xdotool" })
	if got := strings.Join(packagesOf(m, gone), " "); got != "xorg-dev xdotool" {
		t.Errorf("got %q", got)
	}
	if gone := missing(m, []need{forBuild, forDisplay, forPhone}, func(part) bool { return true }); len(gone) != 0 {
		t.Errorf("nothing is missing, yet %v", labels(gone))
	}
}

func TestInstallCommand(t *testing.T) {
	apt := strings.Join(installCommand(managerNamed(t, "apt-get"), []string{"sudo", "-n"}, []string{"xvfb"}), " ")
	if !strings.HasPrefix(apt, "sudo -n env DEBIAN_FRONTEND=noninteractive apt-get ") || !strings.HasSuffix(apt, " xvfb") {
		t.Errorf("apt-get: %s", apt)
	}
	brew := strings.Join(installCommand(managerNamed(t, "brew"), []string{"sudo"}, []string{"zbar"}), " ")
	if brew != "brew install zbar" {
		t.Errorf("brew never runs as root: %s", brew)
	}
	if hand := byHand(managerNamed(t, "pacman"), []string{"zbar"}); hand != "sudo pacman -Sy --noconfirm && sudo pacman -S --needed --noconfirm zbar" {
		t.Errorf("pacman by hand: %s", hand)
	}
}

func TestFindManager(t *testing.T) {
	only := func(program string) func(string) (string, error) {
		return func(name string) (string, error) {
			if name == program {
				return "/usr/bin/" + name, nil
			}
			return "", errors.New("not found")
		}
	}
	if m, known := findManager(only("zypper")); !known || m.program != "zypper" {
		t.Errorf("zypper is there, found %q, %v", m.program, known)
	}
	m, known := findManager(only("emerge"))
	if known {
		t.Errorf("an unknown manager was taken for %q", m.program)
	}
	if len(missing(m, []need{forBuild}, nothing)) == 0 {
		t.Error("on an unknown system what is missing must still be named")
	}
}

func TestEachPartCanBeLookedFor(t *testing.T) {
	for _, p := range parts() {
		if (p.program == "") == (p.module == "") {
			t.Errorf("%+v: a part is a program or a module", p)
		}
		if p.program == "" && p.proof != nil {
			t.Errorf("%+v: only a program can prove what it is", p)
		}
		for _, m := range managers() {
			if m.program != "brew" && m.name(p.packages) == "" {
				t.Errorf("%s%s has no package for %s", p.program, p.module, m.program)
			}
		}
	}
}

// script is a program that a test puts on the PATH.
func script(t *testing.T, folder, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(folder, name), []byte("#!/bin/sh\n"+text+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
}

func TestPresent(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("PATH", folder)
	script(t, folder, "good", `exit 0`)
	script(t, folder, "picky", `[ "$1" = right ]`)
	present := job{root: t.TempDir(), out: io.Discard}.present(t.Context())
	for _, c := range []struct {
		part part
		want bool
	}{
		{part{program: "good"}, true},
		{part{program: "absent-everywhere"}, false},
		{part{program: "good", proof: []string{"anything"}}, true},
		{part{program: "picky", proof: []string{"right"}}, true},
		{part{program: "picky", proof: []string{"wrong"}}, false},
	} {
		if got := present(c.part); got != c.want {
			t.Errorf("%s %v: present is %v", c.part.program, c.part.proof, got)
		}
	}
}

// TestNoServiceStarts installs with a stand-in for apt-get that looks for the file by which Debian's
// packages are told not to start their services.
func TestNoServiceStarts(t *testing.T) {
	file := filepath.Join(t.TempDir(), "policy-rc.d")
	clusters := filepath.Join(t.TempDir(), "postgresql-common", "createcluster.conf")
	brought := filepath.Join(t.TempDir(), "createcluster.conf")
	hush := policy
	for was, is := range map[string]string{
		"=/usr/sbin/policy-rc.d": "=" + file, "=/etc/postgresql-common/createcluster.conf": "=" + clusters,
		"cat /usr/share/postgresql-common/createcluster.conf": "cat " + brought,
	} {
		if !strings.Contains(hush, was) {
			t.Fatalf("the script has no %s", was)
		}
		hush = strings.Replace(hush, was, is, 1)
	}
	j := job{root: t.TempDir(), out: &strings.Builder{}}
	asks := `test -x "$0" && ! "$0"; test $? = 0 && sh "$0"; test $? = 101` // the policy itself must say 101
	m := manager{hush: []string{"sh", "-c", hush, "sh"}, install: []string{"sh", "-c", asks, file}, asRoot: true}
	if err := j.install(t.Context(), m, nil, []string{"openssh-server"}); err != nil {
		t.Errorf("while packages are installed the policy is not 101: %v", err)
	}
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Errorf("the policy stayed behind: %v", err)
	}
	if _, err := os.Stat(clusters); !os.IsNotExist(err) {
		t.Errorf("the file of PostgreSQL's package stayed behind: %v", err)
	}
	if err := os.WriteFile(brought, []byte("# all defaults\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	m.install = []string{"grep", "-qx", "create_main_cluster = false", clusters}
	if err := j.install(t.Context(), m, nil, nil); err != nil {
		t.Errorf("while packages are installed a cluster would be made: %v", err)
	}
	if text, err := os.ReadFile(clusters); err != nil || string(text) != "# all defaults\n" {
		t.Errorf("the file of PostgreSQL's package is not what it brought: %q, %v", text, err)
	}
	m.install = []string{"false"}
	if err := j.install(t.Context(), m, nil, nil); err == nil {
		t.Error("an install that failed went unnoticed")
	}
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Errorf("after a failure the policy stayed behind: %v", err)
	}
	if err := os.WriteFile(file, []byte("#!/bin/sh\nexit 7\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	m.install = []string{"sh", "-c", `"$0"; test $? = 7`, file}
	if err := j.install(t.Context(), m, nil, nil); err != nil {
		t.Errorf("a policy that was there was replaced: %v", err)
	}
	if _, err := os.Stat(file); err != nil {
		t.Errorf("a policy that was there was taken away: %v", err)
	}
}

func TestSwitchOff(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("PATH", folder+":"+os.Getenv("PATH"))
	calls := filepath.Join(folder, "calls")
	script(t, folder, "systemctl", `echo "$*" >>"`+calls+`"; [ "$2" = ssh.service ]`)
	var out strings.Builder
	job{root: t.TempDir(), out: &out}.switchOff(t.Context(), nil, []part{{program: "php"}, {program: "sshd", services: "ssh.service sshd.service"}})
	got, err := os.ReadFile(calls)
	if err != nil {
		t.Fatal(err)
	}
	if want := "disable ssh.service\ndisable sshd.service\n"; string(got) != want {
		t.Errorf("asked for %q", got)
	}
	if want := "sshd was installed for the tests only; it does not start with the machine.\n"; out.String() != want {
		t.Errorf("said %q", out.String())
	}
}

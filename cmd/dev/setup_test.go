package main

import (
	"errors"
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
		for _, m := range managers() {
			if m.program != "brew" && m.name(p.packages) == "" {
				t.Errorf("%s%s has no package for %s", p.program, p.module, m.program)
			}
		}
	}
}

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// setup installs what this machine lacks for the needs. When nothing is missing it only looks,
// which takes milliseconds. Where it may not install, the error holds the exact command.
func (j job) setup(ctx context.Context, needs ...need) error {
	m, known := findManager(exec.LookPath)
	gone := missing(m, needs, j.present(ctx))
	if len(gone) == 0 {
		return nil
	}
	if !known {
		return fmt.Errorf("this machine lacks %s, and dev knows no package manager here (%s); install them by hand and try again",
			strings.Join(labels(gone), ", "), runtime.GOOS)
	}
	prefix, allowed := j.privilege(ctx, m)
	wanted := packagesOf(m, gone)
	if !allowed {
		return fmt.Errorf("this machine lacks %s, and dev may not install without root; run\n  %s\nand try again",
			strings.Join(labels(gone), ", "), byHand(m, wanted))
	}
	j.say("This machine lacks %s.", strings.Join(labels(gone), ", "))
	j.say("Installing with %s: %s", m.program, strings.Join(wanted, " "))
	if len(m.refresh) > 0 {
		refresh := append(slices.Clone(prefix), m.refresh...)
		if err := j.do(ctx, nil, refresh[0], refresh[1:]...); err != nil {
			// An old list may still serve; if it does not, the install says so.
			j.say("The package list could not be refreshed: %v", err)
		}
	}
	if err := j.install(ctx, m, prefix, wanted); err != nil {
		return err
	}
	j.switchOff(ctx, prefix, gone)
	if still := missing(m, needs, j.present(ctx)); len(still) > 0 {
		return fmt.Errorf("installed %s, yet %s cannot be found", strings.Join(wanted, " "), strings.Join(labels(still), ", "))
	}
	return nil
}

// install installs packages, of which none starts a service meanwhile.
func (j job) install(ctx context.Context, m manager, prefix, wanted []string) error {
	install := installCommand(m, prefix, wanted)
	j.echo(nil, install[0], install[1:])
	if m.asRoot {
		install = slices.Concat(prefix, m.hush, m.install, wanted)
	}
	if err := j.command(ctx, nil, install[0], install[1:]...).Run(); err != nil {
		return fmt.Errorf("install %s: %w", strings.Join(wanted, " "), err)
	}
	return nil
}

// switchOff keeps the services that were just installed for the tests from starting with the
// machine: whoever tests Factordesk did not ask for an SSH server.
func (j job) switchOff(ctx context.Context, prefix []string, installed []part) {
	for _, p := range installed {
		off := false
		for service := range strings.FieldsSeq(p.services) {
			disable := append(slices.Clone(prefix), "systemctl", "disable", service)
			_, err := j.read(ctx, nil, disable[0], disable[1:]...) // each system has only some of them
			off = off || err == nil
		}
		if off {
			j.say("%s was installed for the tests only; it does not start with the machine.", p.program)
		}
	}
}

// findManager returns the first package manager of this machine.
func findManager(look func(string) (string, error)) (manager, bool) {
	for _, m := range managers() {
		if _, err := look(m.program); err == nil {
			return m, true
		}
	}
	// What must be there is known all the same: elsewhere than on Linux, what brew would be asked for.
	if runtime.GOOS != "linux" {
		return manager{name: func(n names) string { return n.brew }}, false
	}
	return manager{name: func(n names) string { return n.apt }}, false
}

// missing lists the parts for the needs that this machine should have and has not.
func missing(m manager, needs []need, present func(part) bool) []part {
	var gone []part
	for _, p := range parts() {
		if slices.Contains(needs, p.need) && m.name(p.packages) != "" && !present(p) {
			gone = append(gone, p)
		}
	}
	return gone
}

// packagesOf returns the packages that bring the parts, each once, in the order of the list.
func packagesOf(m manager, gone []part) []string {
	var out []string
	for _, p := range gone {
		for name := range strings.FieldsSeq(m.name(p.packages)) {
			if !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// installCommand is the whole command line: the prefix that gives the right to install, the
// manager's own words, the packages.
func installCommand(m manager, prefix, wanted []string) []string {
	if !m.asRoot {
		prefix = nil
	}
	return slices.Concat(prefix, m.install, wanted)
}

// byHand is the command for a person who may become root.
func byHand(m manager, wanted []string) string {
	install := strings.Join(installCommand(m, []string{"sudo"}, wanted), " ")
	if len(m.refresh) == 0 {
		return install
	}
	return "sudo " + strings.Join(m.refresh, " ") + " && " + install
}

// privilege returns what to put before a command so that it may install, and whether dev may at all.
func (j job) privilege(ctx context.Context, m manager) (prefix []string, allowed bool) {
	if !m.asRoot || os.Geteuid() == 0 {
		return nil, true
	}
	if _, err := j.read(ctx, nil, "sudo", "-n", "true"); err != nil {
		return nil, false
	}
	return []string{"sudo", "-n"}, true
}

// present returns a function that looks whether a part is on this machine.
func (j job) present(ctx context.Context) func(part) bool {
	return func(p part) bool {
		if p.program != "" {
			program, err := find(p.program)
			if err == nil && p.proof != nil {
				_, err = j.read(ctx, nil, program, p.proof...)
			}
			return err == nil
		}
		_, err := j.read(ctx, nil, "pkg-config", "--exists", p.module)
		return err == nil
	}
}

// find returns the path of a program that is on the PATH or where systems keep servers, which the
// PATH of an ordinary person leaves out.
func find(program string) (string, error) {
	path, err := exec.LookPath(program)
	if err == nil {
		return path, nil
	}
	folders := []string{"/usr/sbin", "/usr/local/sbin", "/sbin", "/usr/libexec"}
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin"} {
		if versions, err := filepath.Glob(pattern); err == nil {
			folders = append(folders, versions...)
		}
	}
	for _, folder := range folders {
		if path, err := exec.LookPath(filepath.Join(folder, program)); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("find %s: %w", program, err)
}

// labels names parts for a person.
func labels(ps []part) []string {
	out := make([]string, len(ps))
	for i, p := range ps {
		out[i] = p.program + p.module
	}
	return out
}

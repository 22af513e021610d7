package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// fyneTag tells Fyne that all our UI calls are on the UI goroutine; everything that draws is built with it.
const fyneTag = "migrated_fynedo"

// grace is how long an interrupted child may take to stop before it is killed.
const grace = 10 * time.Second

// job is one invocation of dev: where it works and where it writes.
type job struct {
	root string
	out  io.Writer
}

// say prints one line for the person at the terminal.
func (j job) say(format string, args ...any) {
	fmt.Fprintf(j.out, format+"\n", args...)
}

// command prepares a child in the repository's root. When ctx ends, the child and all that it
// started are asked to stop, and killed after a grace period.
func (j job) command(ctx context.Context, env []string, name string, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, name, args...)
	c.Dir = j.root
	c.Env = append(os.Environ(), env...)
	c.Stdout = j.out
	c.Stderr = j.out
	c.WaitDelay = grace
	ownGroup(c)
	return c
}

// do prints a command, runs it and shows its output.
func (j job) do(ctx context.Context, env []string, name string, args ...string) error {
	j.echo(env, name, args)
	if err := j.command(ctx, env, name, args...).Run(); err != nil {
		return fmt.Errorf("%s: %w", short(name, args), err)
	}
	return nil
}

// read runs a command quietly and returns what it printed on standard output.
func (j job) read(ctx context.Context, env []string, name string, args ...string) (string, error) {
	c := j.command(ctx, env, name, args...)
	c.Stdout, c.Stderr = nil, nil
	text, err := c.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) && len(exit.Stderr) > 0 {
			err = fmt.Errorf("%w: %s", err, strings.TrimSpace(string(exit.Stderr)))
		}
		return "", fmt.Errorf("%s: %w", short(name, args), err)
	}
	return string(text), nil
}

// echo prints a command as a person would type it.
func (j job) echo(env []string, name string, args []string) {
	words := slices.Concat(env, []string{name}, args)
	for i, w := range words {
		if w == "" || strings.ContainsAny(w, " $*^|;") {
			words[i] = "'" + w + "'"
		}
	}
	j.say("$ %s", strings.Join(words, " "))
}

// short names a command in an error without its long list of arguments.
func short(name string, args []string) string {
	if len(args) == 0 {
		return name
	}
	return name + " " + args[0]
}

// build returns the path of something below the git-ignored build folder.
func (j job) build(parts ...string) string {
	return filepath.Join(append([]string{j.root, ".build"}, parts...)...)
}

// fresh empties a folder of ours, or makes it.
func fresh(dir string) error {
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("empty %s: %w", dir, err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make %s: %w", dir, err)
	}
	return nil
}

// flags makes a flag set that leaves the complaint about a mistake to dispatch.
func flags(name string) *flag.FlagSet {
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	return f
}

// parse reads args into f; a mistake is a usageError.
func parse(f *flag.FlagSet, args []string) error {
	if err := f.Parse(args); err != nil {
		return usageError(err.Error())
	}
	return nil
}

// none reads args into f and refuses any that are left over.
func none(f *flag.FlagSet, args []string) error {
	if err := parse(f, args); err != nil {
		return err
	}
	if f.NArg() > 0 {
		return usageError("unknown argument " + f.Arg(0))
	}
	return nil
}

// packages lists our packages below the patterns, as paths from the root: ./app/otp.
func (j job) packages(ctx context.Context, tags string, patterns ...string) ([]string, error) {
	args := append([]string{"list", "-find", "-tags", tags, "-f", "{{.Module.Path}} {{.ImportPath}}"}, patterns...)
	text, err := j.read(ctx, []string{"CGO_ENABLED=0"}, "go", args...)
	if err != nil {
		return nil, err
	}
	var out []string
	for line := range strings.Lines(text) {
		module, pkg, _ := strings.Cut(strings.TrimSpace(line), " ")
		out = append(out, "."+strings.TrimPrefix(pkg, module))
	}
	return out, nil
}

// drivesWindow says whether a package needs the window driver: cgo, the graphics headers and a display.
func drivesWindow(pkg string) bool {
	return strings.HasSuffix(pkg, "/cmd/factordesk")
}

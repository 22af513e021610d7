package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// check is one tool that lint runs. It fails when the tool exits non-zero or, for tools that only
// list what they find, when it prints anything.
type check struct {
	tool   string
	lists  bool
	remedy string // what to do about what it listed
	env    []string
	args   []string
}

// checks is the list of what lint runs, fastest first. A new tool is one line here and a module
// file under .ci/tools.
func checks(goroot string, folders []string) []check {
	return []check{
		{
			tool: "gofumpt", lists: true, args: append([]string{"-l"}, folders...),
			remedy: "format the files above with go tool -modfile=.ci/tools/gofumpt/go.mod gofumpt -w FILE",
		},
		{tool: "deadcode", lists: true, remedy: "delete the functions above, or use them", args: []string{"-test", "-tags=" + everyTag, "./..."}},
		{
			// Without GOROOT it takes the standard library for a module without a license.
			tool: "go-licenses", env: []string{"GOROOT=" + goroot, "GOFLAGS=" + os.Getenv("GOFLAGS") + " -tags=" + fyneTag},
			args: []string{
				"check", "./cmd/factordesk", "./cmd/factorctl",
				"--allowed_licenses=Apache-2.0,MIT,ISC,BSD-2-Clause,BSD-3-Clause,MPL-2.0",
				// Its LICENSE is the BSD text with a preface that the classifier does not know.
				"--ignore=modernc.org/mathutil",
			},
		},
		{tool: "golangci-lint", args: []string{"run", "./..."}},
	}
}

// lint runs every check, even after one has failed, and says at the end which did.
func lint(ctx context.Context, j job, args []string) error {
	if err := none(flags("lint"), args); err != nil {
		return err
	}
	if err := j.setup(ctx, forBuild); err != nil {
		return err
	}
	goroot, err := j.read(ctx, nil, "go", "env", "GOROOT")
	if err != nil {
		return err
	}
	folders, err := j.sourceFolders()
	if err != nil {
		return err
	}
	j.say("The first time takes some minutes, because the linters are compiled.")
	var failed []string
	for _, c := range checks(strings.TrimSpace(goroot), folders) {
		began := time.Now()
		err := j.check(ctx, c)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		took := time.Since(began).Round(time.Second)
		if err != nil {
			failed = append(failed, c.tool)
			j.say("FAIL  %s (%s): %v", c.tool, took, err)
			continue
		}
		j.say("ok    %s (%s)", c.tool, took)
	}
	j.say("SKIP  govulncheck WAS NOT RUN: its vulnerability database is not reachable from here. Nothing is known about it.")
	if len(failed) > 0 {
		return fmt.Errorf("failed: %s", strings.Join(failed, ", "))
	}
	return nil
}

// check runs one tool from its own module file, so that the tool's modules never enter the program's.
// What the tool says is shown when it found something.
func (j job) check(ctx context.Context, c check) error {
	modfile := filepath.Join(".ci", "tools", c.tool, "go.mod")
	args := append([]string{"tool", "-modfile=" + modfile, c.tool}, c.args...)
	j.echo(c.env, "go", args)
	var found, said bytes.Buffer
	cmd := j.command(ctx, c.env, "go", args...)
	cmd.Stdout, cmd.Stderr = &found, &said
	err := cmd.Run()
	if err == nil && c.lists && found.Len() > 0 {
		err = errors.New(c.remedy)
	}
	if err != nil {
		_, _ = said.WriteTo(j.out)
		_, _ = found.WriteTo(j.out)
	}
	return err
}

// sourceFolders are the top-level folders that hold our code.
func (j job) sourceFolders() ([]string, error) {
	entries, err := os.ReadDir(j.root)
	if err != nil {
		return nil, fmt.Errorf("list the repository: %w", err)
	}
	var out []string
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			out = append(out, e.Name())
		}
	}
	return out, nil
}

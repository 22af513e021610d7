package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDispatchUsage(t *testing.T) {
	for _, args := range [][]string{nil, {"dance"}, {"test", "--slow"}, {"lint", "more"}, {"bench", "--users", "0"}} {
		var out, errs strings.Builder
		if code := dispatch(t.Context(), args, &out, &errs); code != 2 {
			t.Errorf("%v: exit %d", args, code)
		}
		if !strings.Contains(errs.String(), "usage: go run ./cmd/dev") {
			t.Errorf("%v: %s", args, errs.String())
		}
	}
}

func TestRunUnseenTakesNoStore(t *testing.T) {
	err := runUnseen(t.Context(), job{root: t.TempDir(), out: &strings.Builder{}}, []string{"--store", "x"})
	if err == nil || !strings.Contains(err.Error(), "no display") {
		t.Errorf("got %v", err)
	}
}

func TestReportInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var errs strings.Builder
	if code := report(ctx, &errs, deeds()[0], ctx.Err()); code != 130 {
		t.Errorf("exit %d", code)
	}
}

// TestEveryToolHasItsModule holds the linters to module files of their own.
func TestEveryToolHasItsModule(t *testing.T) {
	for _, c := range checks("", nil) {
		text, err := os.ReadFile(filepath.Join("..", "..", ".ci", "tools", c.tool, "go.mod"))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), "\ntool ") {
			t.Errorf("%s: its module file names no tool", c.tool)
		}
	}
}

func TestWhichPackagesNeedWhat(t *testing.T) {
	for pkg, want := range map[string][2]bool{
		"./app":            {false, false},
		"./screens":        {false, true},
		"./screens/users":  {false, true},
		"./cmd/factordesk": {true, false},
		"./cmd/factorctl":  {false, false},
	} {
		if got := [2]bool{drivesWindow(pkg), !drawsNothing(pkg)}; got != want {
			t.Errorf("%s: window and pictures %v, want %v", pkg, got, want)
		}
	}
}

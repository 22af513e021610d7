package main

import (
	"errors"
	"os"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/factordesk/factordesk/app/seal"
)

// TestMain runs as the test and, under the name factorctl, as the program
// itself: with cheap passwords, with the clock of $NOW, and with the terminal
// that a script gave it or none, never the one of who runs the test.
func TestMain(m *testing.M) {
	testCost = seal.Cost{Memory: 64, Time: 1, Threads: 1}
	testWork = 4
	if now, err := time.Parse(time.RFC3339, os.Getenv("NOW")); err == nil {
		testNow = func() time.Time { return now }
	}
	if os.Getenv("TTY") == "" {
		openTTY = func() (*os.File, *os.File, error) { return nil, nil, errors.New("no terminal in tests") }
	}
	testscript.Main(m, map[string]func(){
		"factorctl": func() { os.Exit(start()) },
		"asked":     func() { os.Exit(asked()) },
	})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", Setup: freshHome, Cmds: scriptCommands, RequireExplicitExec: true,
	})
}

package main

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/factordesk/factordesk/app/otp"
	"github.com/factordesk/factordesk/app/otpauth"
)

// freshHome gives a script folders of its own, and nothing of the environment
// of who runs the test.
func freshHome(e *testscript.Env) error {
	for name, folder := range map[string]string{
		"HOME": "home", "XDG_CONFIG_HOME": "config", "XDG_DATA_HOME": "data",
		"XDG_STATE_HOME": "state", "XDG_RUNTIME_DIR": "runtime",
	} {
		path := filepath.Join(e.WorkDir, folder)
		if err := os.MkdirAll(path, 0o700); err != nil {
			return err
		}
		e.Setenv(name, path)
	}
	for _, name := range []string{envStore, envOperator, envPassword, envCode, envNew, envRecovery} {
		e.Setenv(name, "")
	}
	e.Setenv("NOW", "2026-06-05T09:00:10Z")
	e.Setenv("TTY", "")
	return nil
}

// scriptCommands are what scripts do besides running factorctl.
var scriptCommands = map[string]func(*testscript.TestScript, bool, []string){
	"exits":  exits,
	"code":   code,
	"take":   take,
	"sql":    statement,
	"mode":   mode,
	"nosign": nosign,
	"people": people,
	"cut":    cut,
}

// exits CODE PROGRAM ARGS... runs a program that must end with an exit code.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	err = ts.Exec(args[1], args[2:]...)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// take VARIABLE KEY sets a variable to a value of the JSON object on standard
// output.
func take(ts *testscript.TestScript, _ bool, args []string) {
	var object map[string]any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &object))
	value, ok := object[args[1]]
	if !ok {
		ts.Fatalf("the object has no %s", args[1])
	}
	ts.Setenv(args[0], fmt.Sprint(value))
}

// code VARIABLE URI [STEPS] sets a variable to the code of an otpauth URI at
// $NOW, or some steps before or after it.
func code(ts *testscript.TestScript, _ bool, args []string) {
	key, err := otpauth.Parse(args[1])
	ts.Check(err)
	now, err := time.Parse(time.RFC3339, ts.Getenv("NOW"))
	ts.Check(err)
	if len(args) > 2 {
		steps, err := strconv.Atoi(args[2])
		ts.Check(err)
		now = now.Add(time.Duration(steps) * key.Params.Period)
	}
	text, err := otp.CodeAt(key.Secret, key.Params, now)
	ts.Check(err)
	ts.Setenv(args[0], text)
}

// sql FILE STATEMENT changes a store behind the program's back.
func statement(ts *testscript.TestScript, _ bool, args []string) {
	db, err := sql.Open("sqlite", "file:"+ts.MkAbs(args[0]))
	ts.Check(err)
	_, err = db.Exec(args[1])
	ts.Check(err)
	ts.Check(db.Close())
}

// mode OCTAL FILE... compares the permissions of files.
func mode(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.ParseUint(args[0], 8, 32)
	ts.Check(err)
	for _, path := range args[1:] {
		info, err := os.Stat(ts.MkAbs(path))
		ts.Check(err)
		if info.Mode().Perm() != fs.FileMode(want) {
			ts.Fatalf("%s has mode %o, want %s", path, info.Mode().Perm(), args[0])
		}
	}
}

// nosign [-files] TEXT... fails when a text is in any file that the program
// wrote, or, without -files, in what the last command printed.
func nosign(ts *testscript.TestScript, _ bool, args []string) {
	outputs := []string{"stdout", "stderr"}
	if args[0] == "-files" {
		outputs, args = nil, args[1:]
	}
	for _, canary := range args {
		if canary == "" {
			ts.Fatalf("an empty text is in everything")
		}
		for _, output := range outputs {
			if strings.Contains(ts.ReadFile(output), canary) {
				ts.Fatalf("%s has a secret", output)
			}
		}
		for _, folder := range []string{"config", "data", "state", "runtime", "home", "tmp", "store"} {
			ts.Check(filepath.WalkDir(ts.MkAbs(folder), func(path string, entry fs.DirEntry, err error) error {
				if errors.Is(err, fs.ErrNotExist) || (err == nil && !entry.Type().IsRegular()) {
					return nil
				}
				if err != nil {
					return err
				}
				text, err := os.ReadFile(path)
				if err == nil && strings.Contains(string(text), canary) {
					err = fmt.Errorf("%s has a secret", path)
				}
				return err
			}))
		}
	}
}

// people FILE N writes a CSV file of that many users.
func people(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	var b strings.Builder
	b.WriteString("username,email\n")
	for i := range n {
		fmt.Fprintf(&b, "user%06d,user%06d@example.com\n", i, i)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(b.String()), 0o600))
}

// cut FILE BYTES truncates a file.
func cut(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	ts.Check(os.Truncate(ts.MkAbs(args[0]), n))
}

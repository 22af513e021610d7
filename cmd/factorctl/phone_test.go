//go:build full

package main

import (
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"
)

// TestPhone plays the story with programs of others in the part of the phone:
// zbarimg reads the picture, oathtool makes the codes.
func TestPhone(t *testing.T) {
	for _, p := range []string{"zbarimg", "oathtool"} {
		_, err := exec.LookPath(p)
		require.NoError(t, err, "%s must be installed", p)
	}
	commands := map[string]func(*testscript.TestScript, bool, []string){"scan": scan, "oath": oath}
	for name, f := range scriptCommands {
		commands[name] = f
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/full", Setup: freshHome, Cmds: commands, RequireExplicitExec: true,
	})
}

// scan VARIABLE FILE sets a variable to the text of the QR code in a picture.
func scan(ts *testscript.TestScript, _ bool, args []string) {
	text, err := exec.Command("zbarimg", "--quiet", "--raw", ts.MkAbs(args[1])).Output()
	ts.Check(err)
	ts.Setenv(args[0], strings.TrimSpace(string(text)))
}

// oath VARIABLE URI [SHIFT [OPTION...]] sets a variable to the code of an otpauth
// URI at $NOW, of a phone whose clock is off by a shift such as -2m, and whose app
// goes by other options of oathtool than the URI says.
func oath(ts *testscript.TestScript, _ bool, args []string) {
	_, secret, ok := strings.Cut(args[1], "secret=")
	if !ok {
		ts.Fatalf("no secret in the URI")
	}
	secret, _, _ = strings.Cut(secret, "&")
	now, err := time.Parse(time.RFC3339, ts.Getenv("NOW"))
	ts.Check(err)
	var options []string
	if len(args) > 2 {
		shift, err := time.ParseDuration(args[2])
		ts.Check(err)
		now = now.Add(shift)
	}
	if len(args) > 3 {
		options = append(options, args[3:]...)
	}
	if !strings.HasPrefix(strings.Join(options, " "), "--totp=") {
		options = append(options, "--totp")
	}
	cmd := exec.Command("oathtool", append(options, "--base32", "--now", now.UTC().Format("2006-01-02 15:04:05 UTC"), "-")...)
	cmd.Stdin = strings.NewReader(secret)
	code, err := cmd.Output()
	ts.Check(err)
	ts.Setenv(args[0], strings.TrimSpace(string(code)))
}

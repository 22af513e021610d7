//go:build full

package main

import (
	"os/exec"
	"strings"
	"testing"

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

// oath VARIABLE URI sets a variable to the code of an otpauth URI at $NOW.
func oath(ts *testscript.TestScript, _ bool, args []string) {
	_, secret, ok := strings.Cut(args[1], "secret=")
	if !ok {
		ts.Fatalf("no secret in the URI")
	}
	secret, _, _ = strings.Cut(secret, "&")
	cmd := exec.Command("oathtool", "--totp", "--base32", "--now", ts.Getenv("NOW"), "-")
	cmd.Stdin = strings.NewReader(secret)
	code, err := cmd.Output()
	ts.Check(err)
	ts.Setenv(args[0], strings.TrimSpace(string(code)))
}

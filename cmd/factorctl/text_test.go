package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/qr"
)

func TestPlain(t *testing.T) {
	for text, want := range map[string]string{
		"Ann Bauer":           "Ann Bauer",
		"Zoë 田中":              "Zoë 田中",
		"a\x1b[2Jb":           "a\uFFFD[2Jb",
		"a\rb\x00c\x9bd":      "a\uFFFDb\uFFFDc\uFFFDd",
		"\u202egnp.exe\u2069": "\uFFFDgnp.exe\uFFFD",
	} {
		require.Equal(t, want, plain(text), "%q", text)
	}
}

func TestTable(t *testing.T) {
	var out bytes.Buffer
	table(&out, []string{"NAME", "STATE"}, [][]string{{"Zoe\u0308", "active"}, {"田中", "in\nactive"}, {"", "x"}})
	require.Equal(t, "NAME  STATE\nZoe\u0308   active\n田中  in\uFFFDactive\n      x\n", out.String())
}

func TestPictureNeedsItsWidth(t *testing.T) {
	m, err := qr.New("otpauth://totp/ann?secret=AAAA")
	require.NoError(t, err)
	needed := m.Size() + 8
	for columns, shown := range map[int]bool{0: true, needed: true, needed + 1: true, needed - 1: false, 1: false} {
		blocks, sentence := picture(m, qr.DarkOnLight, columns)
		require.Equal(t, shown, blocks == m.Blocks(qr.DarkOnLight), columns)
		require.Equal(t, shown, sentence == "", columns)
	}
	_, sentence := picture(m, qr.DarkOnLight, 20)
	require.Equal(t, fmt.Sprintf("The QR code needs a terminal of %d columns, and this one has 20. "+
		"Type the key, or enroll again in a wider one or with --png FILE.", needed), sentence)
}

func TestExitCode(t *testing.T) {
	for want, errs := range map[int][]error{
		0:  {nil},
		1:  {app.Errorf(app.Denied, "x"), app.Errorf(app.Locked, "x"), app.Errorf(app.Canceled, "x"), context.Canceled},
		2:  {app.Errorf(app.Invalid, "x")},
		3:  {app.Errorf(app.NotFound, "x")},
		4:  {app.Errorf(app.Conflict, "x")},
		5:  {app.Errorf(app.Unreachable, "x"), fmt.Errorf("look: %w", context.DeadlineExceeded)},
		6:  {app.Errorf(app.Unreadable, "x")},
		70: {errors.New("x"), app.Errorf(app.Internal, "x")},
	} {
		for _, err := range errs {
			require.Equal(t, want, exitCode(err), "%v", err)
		}
	}
}

func TestExplain(t *testing.T) {
	for want, err := range map[string]error{
		"factorctl: that is not your password. 4 attempts left.":                      app.Errorf(app.Denied, "That is not your password.").WithHint("4 attempts left."),
		"factorctl: Ann Bauer has nothing to reset.":                                  app.Errorf(app.NotFound, "Ann Bauer has nothing to reset."),
		"factorctl: stopped. Nothing was changed.":                                    context.Canceled,
		"factorctl: something went wrong inside Factordesk. The log has the details.": errors.New("a driver's words"),
	} {
		require.Equal(t, want, explain(err))
	}
}

func TestUserToJSON(t *testing.T) {
	now := time.Date(2026, 6, 5, 9, 0, 0, 0, time.UTC)
	u := app.User{ID: "7", Username: "ann", Email: "ann@example.com", Active: true, LockedUntil: now}
	require.Nil(t, userToJSON(u, now).LockedUntil, "a lock that is over is none")
	u.LockedUntil = now.Add(time.Minute).In(time.FixedZone("", 7200))
	u.Factors = []app.Factor{{Provider: app.Google, Status: app.StatusUnreadable, Note: "No key opens it."}}
	var out bytes.Buffer
	d := &desk{out: &out}
	require.NoError(t, d.print(userToJSON(u, now)))
	require.Equal(t, `{"id":"7","username":"ann","email":"ann@example.com","name":"","role":"","active":true,`+
		`"locked_until":"2026-06-05T09:01:00Z","last_sign_in":null,"factors":[{"provider":"google","status":"unreadable",`+
		`"since":null,"last_used":null,"note":"No key opens it."}]}`+"\n", out.String())
}

func TestSplitName(t *testing.T) {
	for name, want := range map[string][2]string{
		"":                     {"", ""},
		"Ann":                  {"Ann", ""},
		" Ann Bauer ":          {"Ann", "Bauer"},
		"Ludwig van Beethoven": {"Ludwig", "van Beethoven"},
	} {
		first, last := splitName(name)
		require.Equal(t, want, [2]string{first, last})
	}
}

package app_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// An address is read as it is written.
func TestTeamAddresses(t *testing.T) {
	for _, a := range []app.TeamAddress{
		{Host: "db.example", Database: "desk", Username: "ann"},
		{Host: "::1", Port: 5433, Database: "my desk", Username: "ann b@c"},
		{Host: "fe80::1", Database: "desk", Username: "ann"},
		{Host: "/run/postgresql", Port: 5433, Database: "desk", Username: "ann"},
		{Host: "db", Database: "desk", Username: "ann", TLS: app.TLS{Mode: app.TLSVerifyCA, CA: "/a b/ca.pem", Certificate: "/c.pem", Key: "/k.pem"}},
		{Host: "db", Database: "desk", Username: "ann", TLS: app.TLS{Mode: app.TLSOff}, SSH: app.SSH{Host: "gate", Port: 2222, User: "deploy", Key: "/id"}},
		{Host: "db", Database: "desk", Username: "ann", SSH: app.SSH{Host: "gate"}},
		{Host: "10.0.0.7", Database: "desk", Username: "ann", TLS: app.TLS{Mode: app.TLSVerify, ServerName: "db.example"}},
	} {
		text := a.String()
		again, err := app.ParseTeam(text)
		require.NoError(t, err, text)
		require.Equal(t, a, again, text)
	}
	for _, rest := range []string{
		"", "db", "db/desk", "ann@/desk", "ann@db", "ann@db/", "ann@db:0/desk", "ann@db:99999/desk", "ann@db:x/desk", "ann@db/a/b", "ann@db/desk#x",
		"ann:hunter2@db/desk", "ann:@db/desk", "ann@db/desk?password=hunter2", "ann@db/desk?sslmode=prefer", "ann@db/desk?options=hunter2",
		"ann@db/desk?ssh=", "ann:hunter2/x@db/desk", "ann@db/desk?ssh=gate:x",
	} {
		_, err := app.ParseTeam(rest)
		require.Equal(t, app.Invalid, app.KindOf(err), rest)
		require.NotContains(t, err.Error(), "hunter2")
	}
}

func TestTeamAddressesThatCannotBe(t *testing.T) {
	good := app.TeamAddress{Host: "db.example", Database: "desk", Username: "ann"}
	require.NoError(t, good.Check())
	for want, change := range map[string]func(a *app.TeamAddress){
		"The host of the database is missing.":                func(a *app.TeamAddress) { a.Host = "" },
		"The host of the database cannot be":                  func(a *app.TeamAddress) { a.Host = "db example" },
		"The name of the database is missing.":                func(a *app.TeamAddress) { a.Database = "" },
		"The name of the database has a slash in it.":         func(a *app.TeamAddress) { a.Database = "a/b" },
		"The username of the database account is missing.":    func(a *app.TeamAddress) { a.Username = "" },
		"There is no port 70000.":                             func(a *app.TeamAddress) { a.Port = 70000 },
		"The path of the CA is not a full path.":              func(a *app.TeamAddress) { a.TLS.CA = "ca.pem" },
		"The SSH server is missing.":                          func(a *app.TeamAddress) { a.SSH.User = "deploy" },
		"The path of the socket's folder has a control":       func(a *app.TeamAddress) { a.Host = "/run/a\nb" },
		"With the TLS mode verify-ca the file of the CA must": func(a *app.TeamAddress) { a.TLS.Mode = app.TLSVerifyCA },
	} {
		a := good
		change(&a)
		err := a.Check()
		require.Equal(t, app.Invalid, app.KindOf(err), want)
		require.ErrorContains(t, err, want)
	}
	good.Port, good.SSH.Host = 5433, "gate"
	require.Equal(t, "desk on db.example:5433 through gate", good.Location())
	require.Equal(t, "desk at /run/pg", app.TeamAddress{Host: "/run/pg", Database: "desk"}.Location())
}

func TestCommandsForPasswords(t *testing.T) {
	for text, want := range map[string][]string{
		"pass show db/desk":                {"pass", "show", "db/desk"},
		`  op  read "op://Team Vault/db" `: {"op", "read", "op://Team Vault/db"},
		`a 'b "c' "d 'e" f\ g\"`:           {"a", `b "c`, "d 'e", `f g"`},
		`a '' ""`:                          {"a", "", ""},
		`a "b\"c" '\d' $HOME ; | x`:        {"a", `b"c`, `\d`, "$HOME", ";", "|", "x"},
	} {
		got, err := app.SplitCommand(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "  ", `''`, `a "b`, `a 'b`, `a \`, "a\nb", strings.Repeat("a", 1001)} {
		_, err := app.SplitCommand(text)
		require.Equal(t, app.Invalid, app.KindOf(err), text)
	}
	for _, p := range []app.Passwords{
		{From: "cloud"},
		{From: app.PasswordCommand},
		{Command: "pass"},
		{From: app.PasswordKept, Minutes: 3},
		{From: app.PasswordCommand, Command: "pass", Minutes: -1},
		{From: app.PasswordCommand, Command: "pass", Minutes: 1441},
	} {
		require.Equal(t, app.Invalid, app.KindOf(p.Check()), p)
	}
	p := app.Passwords{From: app.PasswordCommand, Command: "pass show db", Minutes: 90}
	require.NoError(t, p.Check())
	require.Equal(t, 90*time.Minute, p.Expiry())
	require.NoError(t, app.Passwords{From: app.PasswordKept}.Check())
}

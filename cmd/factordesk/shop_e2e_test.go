//go:build e2e

package main_test

import (
	"bytes"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/audit"
	"github.com/factordesk/factordesk/app/servertest"
)

// shop is a Magento shop on a database of its own, behind an SSH server on which
// its env.php lies.
type shop struct {
	*desktop
	database *servertest.Database
	ssh      *servertest.SSHServer
	env      string // path of env.php on that server

	before   string // Olly's factors as JSON: all four providers
	document string // and as Magento has encrypted them
}

// Who works at the shop, and who has lost the phone. Both are in the schema that
// the tests of the store have, with this password.
const (
	shopPassword = "Admin123!"
	shopKey      = "0123456789abcdef0123456789abcdef"
)

// TestShop does in the real window, by keyboard, what a locked-out administrator
// of a shop needs: connect with the env.php that lies on the shop's server, find
// the person, reset Duo Security and Google Authenticator, enroll anew with a code
// of oathtool. What happened is looked up in the shop's database.
func TestShop(t *testing.T) {
	s := openShop(t)
	s.start()
	connectShop(s)
	enterShop(s)
	resetInShop(s)
	enrollInShop(s)
	s.quit()
	afterShop(s)
}

// openShop starts both servers and puts a shop there: Ada, who administers, and
// Olly, who has a factor of each provider and an open session.
func openShop(t *testing.T) *shop {
	t.Helper()
	s := &shop{desktop: build(t), database: servertest.MariaDB(t).Database(t), ssh: servertest.SSHD(t)}
	schema, err := os.ReadFile(filepath.Join("..", "..", "app", "store", "magento", "testdata", "schema.sql"))
	require.NoError(t, err)
	s.database.Load(t, string(schema))
	s.database.Load(t, `
		UPDATE core_config_data SET value = 'google,duo_security' WHERE path = 'twofactorauth/general/force_providers';
		DELETE FROM tfa_user_config WHERE user_id = 1;
		INSERT INTO admin_user_session (user_id, ip) VALUES (2, '10.0.4.7');`)
	s.before, s.document = multi(t)
	s.database.Load(t, "UPDATE tfa_user_config SET encoded_config = '"+s.document+"' WHERE user_id = 2")
	s.env = s.ssh.Put(t, "app/etc/env.php", fmt.Sprintf(`<?php
return [
    'backend' => ['frontName' => 'admin_1x2y3z'],
    'crypt' => ['key' => '%s'],
    'db' => [
        'table_prefix' => '',
        'connection' => [
            'default' => [
                'host' => '%s', // as the server sees it
                'dbname' => '%s',
                'username' => '%s',
                'password' => '%s',
                'active' => '1'
            ]
        ]
    ],
    'MAGE_MODE' => 'production'
];
`, shopKey, s.database.Server.Address(), s.database.Name, s.database.User, s.database.Password))
	return s
}

// multi is the document with all providers among the vectors that Magento's own
// classes made.
func multi(t *testing.T) (text, encrypted string) {
	t.Helper()
	vectors, err := os.ReadFile(filepath.Join("..", "..", "app", "store", "magento", "testdata", "vectors.txt"))
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(vectors), "multi json: ")
	require.True(t, found)
	text, rest, _ = strings.Cut(rest, "\nencoded_config: ")
	encrypted, _, _ = strings.Cut(rest, "\n")
	return text, strings.TrimSpace(encrypted)
}

// stored is Olly's document as it lies in the shop, opened by PHP's own sodium.
func (s *shop) stored() string {
	s.t.Helper()
	rows := s.database.Query(s.t, "SELECT encoded_config FROM tfa_user_config WHERE user_id = 2")
	require.Len(s.t, rows, 1)
	in, err := json.Marshal(map[string][]string{
		"keys": {base64.StdEncoding.EncodeToString([]byte(shopKey))}, "seal": {}, "open": {rows[0][0]},
	})
	require.NoError(s.t, err)
	cmd := exec.Command("php", filepath.Join("..", "..", "app", "store", "magento", "crypt", "testdata", "sodium.php"))
	cmd.Stdin = bytes.NewReader(in)
	out, err := cmd.Output()
	require.NoError(s.t, err, "php must be installed (package php-cli)")
	var answer struct{ Opened [][]byte }
	require.NoError(s.t, json.Unmarshal(out, &answer))
	require.Len(s.t, answer.Opened, 1)
	return string(answer.Opened[0])
}

// has reports whether Olly has something stored for a provider.
func (s *shop) has(provider string) bool { return strings.Contains(s.stored(), `"`+provider+`":{`) }

// sessions is how many sessions Olly has open in the shop.
func (s *shop) sessions() int {
	s.t.Helper()
	return len(s.database.Query(s.t, "SELECT id FROM admin_user_session WHERE user_id = 2 AND status = 1"))
}

func connectShop(s *shop) {
	s.turns("the ways to open a store", func() { s.press("2") })
	s.turns("the form of a shop", func() { s.press("Return") })
	s.picture("shop-01-form", false)
	s.key("Down")
	s.key("Tab")
	s.fill(s.env, "127.0.0.1", strconv.Itoa(s.ssh.Port()), s.ssh.User)
	s.key("Tab", "Tab", "Tab") // a key, its folder, Read env.php
	s.turns("the question whether to trust the server", func() { s.press("Return") })
	s.picture("shop-02-host-key", false)
	s.key("Tab") // from Cancel to Trust
	s.turns("the question for the SSH password", func() { s.press("Return") })
	s.picture("shop-03-ssh-password", false)
	s.write(s.ssh.Password)
	s.turns("what env.php says", func() { s.press("Return") })
	s.picture("shop-04-read", false)
	for range 11 { // the fields of the database, to the name on this computer
		s.press("Tab")
		time.Sleep(40 * time.Millisecond)
	}
	s.key("ctrl+a")
	s.write("Juniper")
	s.turns("the question for the SSH password, for the test", func() { s.press("ctrl+t") })
	s.write(s.ssh.Password)
	s.turns("the steps of the test", func() { s.press("Return") })
	s.picture("shop-05-tested", false)
	s.turns("the question for the SSH password, to open it", func() { s.press("ctrl+s") })
	s.write(s.ssh.Password)
	s.turns("the sign-in of the shop", func() { s.press("Return") })
	s.picture("shop-06-sign-in", false)
}

func enterShop(s *shop) {
	s.write("admin")
	s.key("Tab")
	s.write(shopPassword)
	s.key("Return")
	s.picture("shop-07-typed", false)
	s.turns("the own factor, which comes first", func() { s.press("Return") })
	s.turns("the list of the shop's users", func() { s.write(s.code(s.qr())) })
	s.picture("shop-08-users", false)
}

func resetInShop(s *shop) {
	s.key("ctrl+f")
	s.key("ctrl+a")
	s.write("olly")
	s.settle()
	s.key("Down")
	s.turns("the page of Olly", func() { s.press("Return") })
	s.picture("shop-09-olly", false)
	s.key("Tab", "Tab", "Tab", "Tab", "Tab") // Test a code, the magnifier, Reset Google, U2F, Duo
	s.turns("the password dialog", func() { s.press("Return") })
	s.write(shopPassword)
	s.turns("the confirm dialog", func() { s.press("Return") })
	s.picture("shop-10-confirm", false)
	s.key("shift+Tab", "shift+Tab", "space", "shift+Tab") // from Cancel to the reason, End sessions, and on to OK
	s.turns("the page of Olly without Duo", func() { s.press("Return") })
	s.until("Duo is gone from the shop", 30*time.Second, func() bool { return !s.has("duo_security") })
	require.Zero(s.t, s.sessions(), "the sessions ended with it")
	s.settle()
	require.Equal(s.t, strings.Replace(s.before, `"duo_security":{"active":true},`, "", 1), s.stored(), "nothing else moved")

	s.key("Tab", "Tab", "Tab") // Test a code, the magnifier, Reset Google
	s.turns("the password dialog", func() { s.press("Return") })
	s.write(shopPassword)
	s.turns("the confirm dialog", func() { s.press("Return") })
	s.key("Tab")
	s.turns("the page of Olly without Google", func() { s.press("Return") })
	s.until("Google is gone from the shop", 30*time.Second, func() bool { return !s.has("google") })
	s.settle()
	s.picture("shop-11-reset", false)
}

func enrollInShop(s *shop) {
	s.key("Tab")
	s.turns("the password dialog", func() { s.press("Return") }) // Enroll
	s.picture("shop-12-enroll-password", false)
	s.write(shopPassword)
	s.turns("the QR code", func() { s.press("Return") })
	s.until("a pending factor is in the shop", 30*time.Second, func() bool { return s.has("google") })
	s.settle()
	uri := s.qr()
	require.True(s.t, strings.HasPrefix(uri, "otpauth://totp/magento.example.com:olly%40example.com?"), "the QR code holds something else")
	require.True(s.t, strings.HasSuffix(s.stored(), `"}}`), "pending: not active yet")
	s.turns("the page of Olly again", func() { s.write(s.code(uri)) })
	s.until("the factor is active in the shop", 30*time.Second, func() bool {
		return strings.HasSuffix(s.stored(), `","active":true}}`)
	})
	s.settle()
	s.picture("shop-13-active", false)
	s.turns("the doctor", func() { s.press("ctrl+2") })
	s.picture("shop-14-doctor", false)
	s.turns("the activity", func() { s.press("ctrl+3") })
	s.picture("shop-15-activity", false)
}

// afterShop looks at what is left on this computer: a list of connections without
// a secret, and the logbook with all that was done.
func afterShop(s *shop) {
	text, err := os.ReadFile(filepath.Join(s.home, "config", "factordesk", "connections.toml"))
	require.NoError(s.t, err)
	for _, secret := range []string{s.database.Password, s.ssh.Password, shopKey, shopPassword} {
		require.NotContains(s.t, string(text), secret)
	}
	logbooks, err := filepath.Glob(filepath.Join(s.home, "state", "factordesk", "logbooks", "*.db"))
	require.NoError(s.t, err)
	require.Len(s.t, logbooks, 1)
	info, err := os.Stat(logbooks[0])
	require.NoError(s.t, err)
	require.Equal(s.t, os.FileMode(0o600), info.Mode().Perm())
	require.Equal(s.t, map[string]int{
		"reset duo_security": 1, "reset google": 1, "enroll google": 2, "confirm first code google": 2,
	}, deeds(s.t, logbooks[0]))
}

// deeds counts the deeds of a logbook that were done, past the program.
func deeds(t *testing.T, path string) map[string]int {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	rows, err := db.Query("SELECT form FROM events ORDER BY seq")
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	seen := map[string]int{}
	for rows.Next() {
		var form []byte
		require.NoError(t, rows.Scan(&form))
		e, err := audit.Decode(form)
		require.NoError(t, err)
		if e.Provider != "" && e.Outcome == app.Done {
			seen[fmt.Sprintf("%s %s", e.Action, e.Provider)]++
		}
	}
	require.NoError(t, rows.Err())
	return seen
}

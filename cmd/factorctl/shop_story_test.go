//go:build full && linux

package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app/servertest"
)

const shopKey = "0123456789abcdef0123456789abcdef"

// magentoFiles are the fixtures that the packages below the store share.
const magentoFiles = "../../app/store/magento/"

// TestShop tells the story of a shop: its database is on a real MariaDB, and its
// env.php behind a real SSH server. Ada administers it and has Google
// Authenticator; Olly has a factor of each provider and open sessions; Arno has what
// an update of Magento left for everybody.
func TestShop(t *testing.T) {
	db := servertest.MariaDB(t).Database(t)
	schema, err := os.ReadFile(magentoFiles + "testdata/schema.sql")
	require.NoError(t, err)
	db.Load(t, string(schema))
	db.Load(t, "UPDATE tfa_user_config SET encoded_config = '"+multi(t)+"' WHERE user_id = 2")
	db.Load(t, "INSERT INTO admin_user_session (user_id, ip) VALUES (2, '10.0.4.7'), (2, '10.0.4.8')")
	db.Load(t, "INSERT INTO admin_user (user_id, firstname, email, username, password) VALUES (3, 'Arno', 'arno@example.com', 'arno', '')")
	db.Load(t, "INSERT INTO tfa_user_config (user_id, encoded_providers, encoded_config) VALUES (3, '[]', "+
		"'0:3:P5vKT/OrK5UywS2UxtPpT/itZEPofsia5JhqLj/PamWWHOziuS2XLsg=')")
	db.Load(t, "UPDATE core_config_data SET value = 'google' WHERE path = 'twofactorauth/general/force_providers'")

	env := envOf(db)
	server := servertest.SSHD(t)
	key := servertest.NewKey(t, "ed25519", "")
	server.Authorize(t, key)

	tell(t, db, "testdata/shop", env, map[string]string{
		"SSH": server.User + "@127.0.0.1:" + strconv.Itoa(server.Port()), "SSHKEY": key.File, "SSH_AUTH_SOCK": "",
		"REMOTE": server.Put(t, "app/etc/env.php", env), "KNOWN": server.KnownHost(t),
	})
}

// TestShopRescue tells the story of a shop by a copy of its env.php. Ada has no
// factor and need not have one. The secret of Olly's is sealed with a key that the
// shop no longer has, beside something of another module; three wrong attempts
// lock.
func TestShopRescue(t *testing.T) {
	db := servertest.MariaDB(t).Database(t)
	schema, err := os.ReadFile(magentoFiles + "testdata/schema.sql")
	require.NoError(t, err)
	db.Load(t, string(schema))
	const oldKey, secret = "fedcba9876543210fedcba9876543210", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
	inner := sealed(t, oldKey, secret)
	document := `{"google":{"secret":"` + strings.ReplaceAll(inner, "/", `\/`) +
		`","active":true},"AnotherApp":{"n":1.50,"big":123456789012345678901234567890,"e":{},"s":"a\/b"}}`
	db.Load(t, "DELETE FROM tfa_user_config WHERE user_id = 1")
	db.Load(t, "UPDATE tfa_user_config SET encoded_config = '"+sealed(t, shopKey, document)+"' WHERE user_id = 2")
	db.Load(t, "INSERT INTO admin_user_session (user_id, ip) VALUES (2, '10.0.4.7'), (2, '10.0.4.8')")
	db.Load(t, "UPDATE core_config_data SET value = 'duo_security' WHERE path = 'twofactorauth/general/force_providers'")
	db.Load(t, "INSERT INTO core_config_data (path, value) VALUES ('admin/security/lockout_failures', '3'), ('admin/security/lockout_threshold', '30')")

	other := db.Server.Database(t)
	other.Load(t, "CREATE TABLE orders (id int)")
	tell(t, db, "testdata/rescue", envOf(db), map[string]string{
		"DOCUMENT": document, "OLDKEY": oldKey, "OLLYURI": "otpauth://totp/x:olly?secret=" + secret,
		"OTHERDB": other.Name, "OTHERUSER": other.User, "OTHERPASS": other.Password,
	})
}

// TestShopWithAReplacedKey tells the story of a shop whose crypt key is another one
// than that with which the factors of Ada, Olly and Arno were sealed.
func TestShopWithAReplacedKey(t *testing.T) {
	db := servertest.MariaDB(t).Database(t)
	schema, err := os.ReadFile(magentoFiles + "testdata/schema.sql")
	require.NoError(t, err)
	db.Load(t, string(schema))
	const oldKey, secret = "fedcba9876543210fedcba9876543210", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
	document := `{"google":{"secret":"` + strings.ReplaceAll(sealed(t, oldKey, secret), "/", `\/`) + `","active":true},"authy":{"user":7}}`
	db.Load(t, "INSERT INTO admin_user (user_id, firstname, email, username, password) VALUES (3, 'Arno', 'arno@example.com', 'arno', '')")
	db.Load(t, "INSERT INTO tfa_user_config (user_id, encoded_providers) VALUES (3, '[]')")
	db.Load(t, "UPDATE tfa_user_config SET encoded_config = '"+sealed(t, oldKey, document)+"'")
	tell(t, db, "testdata/replaced", envOf(db), map[string]string{
		"OLDKEY": oldKey, "ADAURI": "otpauth://totp/x:ada?secret=" + secret, "DOCUMENT": `"authy":{"user":7}`,
	})
}

// envOf is the env.php of a shop.
func envOf(db *servertest.Database) string {
	return fmt.Sprintf("<?php\nreturn ['crypt' => ['key' => '%s'], 'db' => ['table_prefix' => '', 'connection' => ['default' => [\n"+
		"'host' => '%s', 'dbname' => '%s', 'username' => '%s', 'password' => '%s']]], 'MAGE_MODE' => 'production'];\n",
		shopKey, db.Server.Address(), db.Name, db.User, db.Password)
}

// sealed encrypts a text with a key, with a program that shares no line with ours.
func sealed(t *testing.T, key, text string) string {
	t.Helper()
	var answer struct{ Sealed []string }
	require.NoError(t, sodium(map[string][]string{
		"keys": {base64.StdEncoding.EncodeToString([]byte(key))}, "seal": {base64.StdEncoding.EncodeToString([]byte(text))}, "open": {},
	}, &answer))
	return answer.Sealed[0]
}

// tell runs the scripts of a folder before a shop, whose env.php each of them
// finds in its own.
func tell(t *testing.T, db *servertest.Database, folder, env string, variables map[string]string) {
	t.Helper()
	commands := map[string]func(*testscript.TestScript, bool, []string){"oath": oath, "asks": asks(t, db), "opens": opens(t, db), "holds": holds(t, db)}
	for name, f := range scriptCommands {
		commands[name] = f
	}
	testscript.Run(t, testscript.Params{
		Dir: folder, Cmds: commands, RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			if err := freshHome(e); err != nil {
				return err
			}
			for name, value := range variables {
				e.Setenv(name, value)
			}
			for name, value := range map[string]string{
				"DBPASS": db.Password, "DBUSER": db.User, "DBNAME": db.Name, "DBHOST": db.Server.Address(), "KEY": shopKey,
			} {
				e.Setenv(name, value)
			}
			ssh := filepath.Join(e.WorkDir, "home", ".ssh")
			if err := os.MkdirAll(ssh, 0o700); err != nil {
				return err
			}
			if err := os.WriteFile(filepath.Join(ssh, "known_hosts"), []byte(variables["KNOWN"]+"\n"), 0o600); err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(e.WorkDir, "env.php"), []byte(env), 0o600)
		},
	})
}

// multi is the document with all providers among the vectors that Magento's own
// classes made.
func multi(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(magentoFiles + "testdata/vectors.txt")
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(text), "multi json: ")
	require.True(t, found)
	_, rest, _ = strings.Cut(rest, "\nencoded_config: ")
	value, _, _ := strings.Cut(rest, "\n")
	return strings.TrimSpace(value)
}

// asks SQL VALUE requires that the shop's database answers so.
func asks(t *testing.T, db *servertest.Database) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, _ bool, args []string) {
		rows := db.Query(t, args[0])
		if len(rows) != 1 || rows[0][0] != args[1] {
			ts.Fatalf("the shop answers %v", rows)
		}
	}
}

// opens USER TEXT requires that PHP's own sodium opens what is stored for a user,
// that PHP decodes and encodes it to the same bytes, and that it has a text in it;
// negated, that it has not.
func opens(t *testing.T, db *servertest.Database) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		rows := db.Query(t, "SELECT encoded_config FROM tfa_user_config WHERE user_id = ?", args[0])
		if len(rows) != 1 {
			ts.Fatalf("there are %d rows", len(rows))
		}
		text := unsealed(ts, rows[0][0])
		cmd := exec.Command("php", "-r", "echo json_encode(json_decode(stream_get_contents(STDIN), true));")
		cmd.Stdin = strings.NewReader(text)
		again, err := cmd.Output()
		ts.Check(err)
		if string(again) != text {
			ts.Fatalf("PHP writes it otherwise")
		}
		if strings.Contains(text, args[1]) == neg {
			ts.Fatalf("%q is in it: %v", args[1], !neg)
		}
	}
}

// holds USER TEXT requires that what is stored for a user is this, whatever PHP
// would make of its numbers and its empty objects.
func holds(t *testing.T, db *servertest.Database) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, _ bool, args []string) {
		rows := db.Query(t, "SELECT encoded_config FROM tfa_user_config WHERE user_id = ?", args[0])
		if len(rows) != 1 {
			ts.Fatalf("there are %d rows", len(rows))
		}
		if text := unsealed(ts, rows[0][0]); text != args[1] {
			ts.Fatalf("it is %s", text)
		}
	}
}

// unsealed decrypts a value, with a program that shares no line with ours.
func unsealed(ts *testscript.TestScript, value string) string {
	var answer struct{ Opened [][]byte }
	ts.Check(sodium(map[string][]string{
		"keys": {base64.StdEncoding.EncodeToString([]byte(shopKey))}, "seal": {}, "open": {value},
	}, &answer))
	if len(answer.Opened) != 1 || answer.Opened[0] == nil {
		ts.Fatalf("PHP cannot open it")
	}
	return string(answer.Opened[0])
}

// sodium asks PHP's own sodium to seal and to open.
func sodium(question map[string][]string, answer any) error {
	in, err := json.Marshal(question)
	if err != nil {
		return err
	}
	cmd := exec.Command("php", magentoFiles+"crypt/testdata/sodium.php")
	cmd.Stdin = strings.NewReader(string(in))
	out, err := cmd.Output()
	if err != nil {
		return err
	}
	return json.Unmarshal(out, answer)
}

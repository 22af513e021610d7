//go:build full && linux

package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app/servertest"
)

// TestNoSecretOfAShopIsWritten plays the commands for a shop with secrets that
// are known: the database's and the SSH server's passwords, crypt keys, an SSH
// key's passphrase and the factors; and then looks for them in all that was shown,
// in every file, and in the arguments that other people of the computer can see.
func TestNoSecretOfAShopIsWritten(t *testing.T) {
	factorctl := build(t, ".")
	defer syscall.Umask(syscall.Umask(0)) // the program may not rely on it
	c := &canaries{home: newHome(t), forms: map[string][][]byte{}, codes: map[string]*regexp.Regexp{}}
	const key, old, wrongKey = "c4n4ry9876543210abcdef0123456789", "c4n4ryfedcba98760123456789abcdef", "c4n4ry00112233445566778899aabbcc"
	const password, wrong, passphrase, oldSecret = "Admin123!", "canary wrong Bn3hYc8d", "canary phrase Tz5mWq1x", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
	db := servertest.MariaDB(t).Database(t)
	schema, err := os.ReadFile(magentoFiles + "testdata/schema.sql")
	require.NoError(t, err)
	db.Load(t, string(schema))
	db.Load(t, "DELETE FROM tfa_user_config WHERE user_id = 1")
	db.Load(t, "UPDATE core_config_data SET value = 'duo_security' WHERE path = 'twofactorauth/general/force_providers'")
	db.Load(t, "UPDATE tfa_user_config SET encoded_config = '"+
		sealed(t, key, `{"google":{"secret":"`+strings.ReplaceAll(sealed(t, old, oldSecret), "/", `\/`)+`","active":true}}`)+"' WHERE user_id = 2")
	server := servertest.SSHD(t)
	sshKey := servertest.NewKey(t, "ed25519", passphrase)
	server.Authorize(t, sshKey)
	for name, secret := range map[string]string{
		"password": password, "wrong": wrong, "passphrase": passphrase, "database": db.Password, "SSH": server.Password,
		"crypt key": key, "older crypt key": old, "wrong crypt key": wrongKey,
	} {
		c.keep(name, secret)
	}
	c.keepKey("older secret", oldSecret)

	// What the person has been given lies elsewhere.
	env := strings.Replace(envOf(db), shopKey, key, 1)
	given := filepath.Join(t.TempDir(), "env.php")
	require.NoError(t, os.WriteFile(given, []byte(env), 0o600))
	c.env = append(c.env, envOperator+"=admin", envPassword+"="+password, "SSH_AUTH_SOCK=")
	do := func(want int, env []string, args ...string) ran {
		t.Helper()
		return c.did(c.run(factorctl, env, args...), want)
	}

	// Through SSH, with what is typed: a host that is not trusted, one that is, a
	// wrong password, the right one, and a key with its passphrase.
	way := []string{
		"--ssh", server.User + "@127.0.0.1:" + strconv.Itoa(server.Port()), "--env-on-server", "--env-php", server.Put(t, "env.php", env),
	}
	talk := func(want int, args []string, lines ...string) {
		t.Helper()
		s := newScreen(t)
		cmd := c.command(factorctl, nil, args...)
		s.start(cmd)
		asked := map[string]int{}
		for i := 0; i < len(lines); i += 2 {
			asked[lines[i]]++
			require.Eventually(t, func() bool { return strings.Count(s.text(), lines[i]) >= asked[lines[i]] }, time.Minute, time.Millisecond, lines[i])
			s.typed(lines[i+1] + "\n")
		}
		code, shown := s.end(cmd)
		require.Equal(t, want, code, shown)
		require.Empty(t, c.in([]byte(shown)), shown)
	}
	const trust, word = "Trust it from now on? [y/N] ", "Password of "
	add := append([]string{"connections", "add", "juniper"}, way...)
	talk(exitRefused, add, trust, "")
	require.NoFileExists(t, filepath.Join(c.root, ".ssh", "known_hosts"))
	talk(exitDone, add, trust, "y", word, server.Password)
	talk(exitRefused, []string{"connections", "test", "juniper"}, word, wrong, word, wrong, word, wrong)
	talk(exitDone, []string{"connections", "test", "juniper"}, word, server.Password)
	talk(exitDone, []string{"--store", "juniper", "--ssh-key", sshKey.File, "users", "list"}, "Passphrase of ", passphrase)

	// By the address, with everything in variables or typed.
	address := "mysql://" + db.User + "@" + db.Server.Address() + "/" + db.Name
	do(exitDone, []string{envDatabase + "=" + db.Password}, "--store", address, "users", "list")
	talk(exitDone, []string{"--store", address, "users", "list"}, "Password of the database account", db.Password, "Crypt key", key)
	do(exitUsage, nil, "--store", strings.Replace(address, "@", ":"+db.Password+"@", 1), "users", "list")

	// The work.
	c.env = append(c.env, envEnvPHP+"="+given)
	do(exitDone, nil, "signin")
	do(exitDone, nil, "users", "list", "--json")
	do(exitDone, nil, "users", "show", "olly")
	do(exitUnreadable, []string{envOldKey + "=" + wrongKey}, "repair", "olly")
	do(exitUsage, []string{envOldKey + "=" + wrongKey[:20]}, "repair", "olly")
	do(exitDone, []string{envOldKey + "=" + old}, "repair", "olly", "--json")
	do(exitDone, nil, "sessions", "end", "olly")
	do(exitDone, nil, "reset", "olly", "google", "--yes", "--unlock", "--end-sessions")
	for _, form := range []string{"typed", "magento"} {
		olly := c.enrolled(form+" secret of olly", c.run(factorctl, nil, "enroll", "olly", "--secret", form, "--json"))
		do(exitRefused, nil, "confirm", "olly", c.code(form+" code of another time", olly, 50))
		do(exitDone, nil, "confirm", "olly", c.code(form+" first code", olly, 0))
		do(exitRefused, nil, "verify", "olly", c.code(form+" first code again", olly, 0), "--json")
		do(exitDone, nil, "enroll", "admin", "--png", form+".png")
		do(exitDone, nil, "reset", "olly", "google", "--yes")
	}
	do(exitDone, nil, "unlock", "olly")
	do(exitDone, nil, "doctor", "--json")
	do(exitDone, nil, "audit", "list", "--json", "--limit", "0")
	do(exitDone, nil, "audit", "export", "events.jsonl")
	do(exitDone, nil, "audit", "verify", "--json")
	do(exitDone, nil, "connections", "list", "--json")
	do(exitDone, nil, "connections", "test", "--json")
	do(exitDone, nil, "signout")

	// What is wrong, and what goes to the log.
	do(exitRefused, []string{envPassword + "=" + wrong}, "users", "list")
	do(exitRefused, nil, "signin", "--as", wrong)
	do(exitRefused, []string{envDatabase + "=" + wrong}, "users", "list")
	do(exitRefused, []string{envDatabase + "=" + wrong}, "connections", "test")
	other := filepath.Join(t.TempDir(), "env.php")
	require.NoError(t, os.WriteFile(other, []byte(strings.Replace(env, key, wrongKey, 1)), 0o600))
	do(exitUnreadable, []string{envEnvPHP + "=" + other}, "users", "list")
	broken := filepath.Join(t.TempDir(), "env.php")
	require.NoError(t, os.WriteFile(broken, []byte(strings.Replace(env, "'"+key, key+"'", 1)), 0o600))
	do(exitUsage, []string{envEnvPHP + "=" + broken}, "users", "list")
	do(exitUnreachable, nil, "--db-host", "127.0.0.1:1", "users", "list")
	do(exitRefused, []string{envRecovery + "=" + wrongKey}, "signin", "--break-glass")
	do(exitUsage, []string{envRecovery + "=" + key[:20]}, "signin", "--break-glass")
	do(exitDone, []string{envRecovery + "=" + key}, "signin", "--break-glass")
	require.FileExists(t, c.dirs.LogFile())
	logbooks, err := filepath.Glob(filepath.Join(c.dirs.State, "logbooks", "*.db"))
	require.NoError(t, err)
	require.NotEmpty(t, logbooks)
	t.Logf("%d secrets and %d codes; %d files", len(c.forms), len(c.codes), c.noneWritten())
}

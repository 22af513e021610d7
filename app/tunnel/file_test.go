//go:build full && linux

package tunnel

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/servertest"
)

func TestReadFile(t *testing.T) {
	s := servertest.SSHD(t)
	c := settingsFor(t, s)
	tunnel := dial(t, c, knower(s, c))
	for _, name := range []string{
		"env.php", "with space", "it's", `double"quote`, `back\slash`, `two\\of them`, "$HOME", "`id`", "$(id)", "semi;colon", "a&b|c>d<e",
		"*", "?", "[a]", "~", "#", "!x", "{a,b}", "-n", "--help", "new\nline", "tab\t", "Grüße", "\x01", `\'`, "a=b",
	} {
		path := s.Put(t, name, "content of "+name+"\n")
		got, err := tunnel.ReadFile(t.Context(), path)
		require.NoError(t, err, "%q", name)
		require.Equal(t, "content of "+name+"\n", string(got))
	}
	got, err := tunnel.ReadFile(t.Context(), s.Put(t, "empty", ""))
	require.NoError(t, err)
	require.Empty(t, got)
	large := strings.Repeat("0123456789abcdef", MaxFile/16)
	path := s.Put(t, "large", large)
	got, err = tunnel.ReadFile(t.Context(), path)
	require.NoError(t, err)
	require.Equal(t, large, string(got))

	_, err = tunnel.ReadFile(t.Context(), s.Put(t, "larger", large+"!"))
	fails(t, err, app.Invalid, "is larger than 1024 KiB")
	_, err = tunnel.ReadFile(t.Context(), s.Folder+"/files/missing")
	fails(t, err, app.NotFound, "There is no file "+s.Folder+"/files/missing on 127.0.0.1")
	_, err = tunnel.ReadFile(t.Context(), s.Folder)
	fails(t, err, app.Invalid, "is a folder")
	_, err = tunnel.ReadFile(t.Context(), "/etc/shadow")
	fails(t, err, app.Denied, "may not read the file /etc/shadow")
	_, err = tunnel.ReadFile(t.Context(), "/dev/zero")
	fails(t, err, app.Invalid, "is larger")
	for _, path := range []string{"", "~/", "a\x00b"} {
		_, err = tunnel.ReadFile(t.Context(), path)
		fails(t, err, app.Invalid)
	}
	require.Equal(t, Connected, tunnel.State())
}

// TestReadFileBelowHome reads from the account's home folder, which is / here.
func TestReadFileBelowHome(t *testing.T) {
	s := servertest.SSHD(t)
	c := settingsFor(t, s)
	tunnel := dial(t, c, knower(s, c))
	path := strings.TrimPrefix(s.Put(t, "a", "b"), "/")
	for _, path := range []string{path, "~/" + path} {
		got, err := tunnel.ReadFile(t.Context(), path)
		require.NoError(t, err)
		require.Equal(t, "b", string(got))
	}
}

func TestReadFileWithoutCommands(t *testing.T) {
	for name, value := range map[string]string{
		"a refusal": "/bin/false", "only file transfers": "internal-sftp",
	} {
		t.Run(name, func(t *testing.T) {
			s := servertest.SSHD(t, servertest.Setting{Keyword: "ForceCommand", Value: value})
			c := settingsFor(t, s)
			tunnel := dial(t, c, knower(s, c))
			_, err := tunnel.ReadFile(t.Context(), s.Put(t, "a", "b"))
			fails(t, err, app.Denied, "may not run commands")
		})
	}
}

// TestQuoteInShells has the shells that accounts have read what quote writes.
func TestQuoteInShells(t *testing.T) {
	for _, text := range []string{"plain", "it's", `a\b`, `a\\b`, `\'`, `'\''`, "$HOME `id` $(id) ! * ~ ; & # \"", "-n", "Grüße"} {
		for _, shell := range []string{"sh", "bash"} {
			got, err := exec.Command(shell, "-c", "printf %s "+quote(text)).Output()
			require.NoError(t, err)
			require.Equal(t, text, string(got), shell)
		}
	}
}

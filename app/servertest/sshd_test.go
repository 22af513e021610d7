//go:build full && linux

package servertest_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"github.com/factordesk/factordesk/app/servertest"
)

// dial signs in to a server and checks that it proves itself with the key.
func dial(t *testing.T, s *servertest.SSHServer, auth ...ssh.AuthMethod) (*ssh.Client, error) {
	t.Helper()
	key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(s.HostKeys()[0].Public(t)))
	require.NoError(t, err)
	c, err := ssh.Dial("tcp", s.Relay.Address, &ssh.ClientConfig{
		User: s.User, Auth: auth, HostKeyCallback: ssh.FixedHostKey(key), HostKeyAlgorithms: []string{key.Type()}, Timeout: time.Minute,
	})
	if err == nil {
		t.Cleanup(func() { _ = c.Close() })
	}
	return c, err
}

func output(t *testing.T, c *ssh.Client, command string) string {
	t.Helper()
	session, err := c.NewSession()
	require.NoError(t, err)
	out, err := session.Output(command)
	require.NoError(t, err)
	return string(out)
}

func TestSSHPassword(t *testing.T) {
	s := servertest.SSHD(t)
	c, err := dial(t, s, ssh.Password(s.Password))
	require.NoError(t, err)
	require.Equal(t, s.User+"\n", output(t, c, "id -un"))
	_, err = dial(t, s, ssh.Password("wrong"))
	require.Error(t, err)
	require.Contains(t, s.Log(t), "Accepted password for "+s.User)

	s.Change(t, servertest.NoPassword)
	_, err = dial(t, s, ssh.Password(s.Password))
	require.Error(t, err)
}

func TestSSHInteractive(t *testing.T) {
	s := servertest.SSHD(t, servertest.Interactive...)
	answer := func(password string) ssh.AuthMethod {
		return ssh.KeyboardInteractive(func(_, _ string, questions []string, _ []bool) ([]string, error) {
			answers := make([]string, len(questions))
			for i := range answers {
				answers[i] = password
			}
			return answers, nil
		})
	}
	_, err := dial(t, s, answer(s.Password))
	require.NoError(t, err)
	_, err = dial(t, s, answer("wrong"))
	require.Error(t, err)
	_, err = dial(t, s, ssh.Password(s.Password))
	require.Error(t, err)
}

func TestSSHKeys(t *testing.T) {
	s := servertest.SSHD(t)
	for _, passphrase := range []string{"", "with 'quotes' and spaces"} {
		k := servertest.NewKey(t, "ed25519", passphrase)
		text, err := os.ReadFile(k.File)
		require.NoError(t, err)
		signer, err := ssh.ParsePrivateKey(text)
		if passphrase != "" {
			require.ErrorAs(t, err, new(*ssh.PassphraseMissingError))
			signer, err = ssh.ParsePrivateKeyWithPassphrase(text, []byte(passphrase))
		}
		require.NoError(t, err)
		require.Equal(t, ssh.FingerprintSHA256(signer.PublicKey()), k.Fingerprint(t))
		_, err = dial(t, s, ssh.PublicKeys(signer))
		require.Error(t, err, "a key that is not authorized")
		s.Authorize(t, k)
		_, err = dial(t, s, ssh.PublicKeys(signer))
		require.NoError(t, err)

		conn, err := net.Dial("unix", servertest.Agent(t, k))
		require.NoError(t, err)
		_, err = dial(t, s, ssh.PublicKeysCallback(agent.NewClient(conn).Signers))
		require.NoError(t, err)
		require.NoError(t, conn.Close())
	}
}

func TestSSHForwarding(t *testing.T) {
	db := servertest.MariaDB(t)
	s := servertest.SSHD(t)
	c, err := dial(t, s, ssh.Password(s.Password))
	require.NoError(t, err)
	for network, address := range map[string]string{"tcp": db.Address(), "unix": db.Socket} {
		conn, err := c.Dial(network, address)
		require.NoError(t, err, network)
		_, err = conn.Read(make([]byte, 1))
		require.NoError(t, err, "the database says hello through %s", network)
		require.NoError(t, conn.Close())
	}
	s.Change(t, servertest.NoForwarding)
	_, err = c.Dial("tcp", db.Address())
	require.NoError(t, err, "a connection from before goes on under the old settings")
	s.Cut()
	require.Error(t, c.Wait())
	c, err = dial(t, s, ssh.Password(s.Password))
	require.NoError(t, err)
	_, err = c.Dial("tcp", db.Address())
	require.Error(t, err)
}

func TestSSHHostKeys(t *testing.T) {
	s := servertest.SSHD(t)
	first := s.HostKeys()[0].Public(t)
	require.Equal(t, fmt.Sprintf("[127.0.0.1]:%d %s", s.Port(), first), s.KnownHost(t))
	s.ChangeHostKey(t, "ed25519")
	require.NotEqual(t, first, s.HostKeys()[0].Public(t))
	_, err := dial(t, s, ssh.Password(s.Password))
	require.NoError(t, err)

	s.AddHostKey(t, "rsa")
	require.Len(t, s.HostKeys(), 2)
	both := ""
	for _, key := range s.HostKeys() {
		both += fmt.Sprintf("[127.0.0.1]:%d %s\n", s.Port(), key.Public(t))
	}
	known := filepath.Join(t.TempDir(), "known_hosts")
	require.NoError(t, os.WriteFile(known, []byte(both), 0o600))
	for _, kind := range []string{"ssh-ed25519", "rsa-sha2-512"} {
		words := []string{
			"-F", "none", "-o", "UserKnownHostsFile=" + known, "-o", "GlobalKnownHostsFile=none", "-o", "HostKeyAlgorithms=" + kind,
			"-o", "BatchMode=yes", "-o", "IdentityAgent=none", "-p", fmt.Sprint(s.Port()), s.User + "@127.0.0.1", "true",
		}
		out, err := exec.Command("ssh", words...).CombinedOutput()
		require.Error(t, err)
		require.Contains(t, string(out), "Permission denied", "%s: the host is known, the person is not", kind)
	}
}

func TestSSHFilesAndStop(t *testing.T) {
	s := servertest.SSHD(t)
	path := s.Put(t, "it's a/file", "two\nlines $HOME\n")
	c, err := dial(t, s, ssh.Password(s.Password))
	require.NoError(t, err)
	require.Equal(t, "two\nlines $HOME\n", output(t, c, `cat "`+path+`"`))
	s.Stop(t)
	require.Error(t, c.Wait(), "the connection ended: with EOF, or reset by a server in a hurry")
	_, err = dial(t, s, ssh.Password(s.Password))
	require.Error(t, err)
}

// TestAccountGoes looks for the account of a test binary that ended.
func TestAccountGoes(t *testing.T) {
	if os.Getenv("FACTORDESK_TEST_TELL") != "" {
		fmt.Println("account:", servertest.SSHD(t).User)
		return
	}
	self, err := os.Executable()
	require.NoError(t, err)
	child := exec.Command(self, "-test.run=^TestAccountGoes$")
	child.Env = append(os.Environ(), "FACTORDESK_TEST_TELL=1")
	out, err := child.Output()
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(out), "account: ")
	require.True(t, found, "%s", out)
	name, _, _ := strings.Cut(rest, "\n")
	require.True(t, strings.HasPrefix(name, "factordesk-"))
	require.Eventually(t, func() bool {
		_, err := user.Lookup(name)
		return err != nil
	}, 30*time.Second, 20*time.Millisecond, "the account %s stayed behind", name)
}

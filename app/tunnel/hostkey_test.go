//go:build full && linux

package tunnel

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/servertest"
)

func port(s *servertest.SSHServer) string { return strconv.Itoa(s.Port()) }

func TestUnknownHost(t *testing.T) {
	s := servertest.SSHD(t)
	for name, x := range map[string]struct {
		before string // known_hosts; empty: there is none
		hash   bool
		hashed bool
	}{
		"no file":          {},
		"no end of line":   {before: "other.example " + s.HostKeys()[0].Public(t)},
		"hashed by choice": {hash: true, hashed: true},
		"hashed file":      {before: "|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg= " + s.HostKeys()[0].Public(t) + "\n", hashed: true},
	} {
		t.Run(name, func(t *testing.T) {
			c := settingsFor(t, s)
			c.Remember = filepath.Join(t.TempDir(), "new folder", "known_hosts")
			c.KnownHosts, c.HashKnownHosts = []string{c.Remember}, x.hash
			if x.before != "" {
				require.NoError(t, os.Mkdir(filepath.Dir(c.Remember), 0o700))
				require.NoError(t, os.WriteFile(c.Remember, []byte(x.before), 0o600))
			}
			key := app.HostKey{Host: "127.0.0.1, port " + port(s), Type: "ssh-ed25519", Fingerprint: s.HostKeys()[0].Fingerprint(t)}

			person := knower(s, c)
			_, err := Dial(t.Context(), c, person)
			fails(t, err, app.Denied, "was not accepted, so nothing was sent to it")
			require.Equal(t, []app.HostKey{key}, person.shown)
			require.Empty(t, person.asked, "no password is asked for before the host is accepted")
			after, _ := os.ReadFile(c.Remember)
			require.Equal(t, x.before, string(after))

			person.trusts = true
			got, isNew := dial(t, c, person).HostKey()
			require.True(t, isNew)
			require.Equal(t, key, got)
			after, err = os.ReadFile(c.Remember)
			require.NoError(t, err)
			added := strings.TrimPrefix(strings.TrimPrefix(string(after), x.before), "\n")
			if x.hashed {
				require.Regexp(t, `^\|1\|\S+\|\S+ ssh-ed25519 \S+\n$`, added)
			} else {
				require.Equal(t, s.KnownHost(t)+"\n", added)
			}
			info, err := os.Stat(c.Remember)
			require.NoError(t, err)
			require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
			info, err = os.Stat(filepath.Dir(c.Remember))
			require.NoError(t, err)
			require.Equal(t, os.FileMode(0o700), info.Mode().Perm())

			_, isNew = dial(t, c, person).HostKey()
			require.False(t, isNew)
			require.Len(t, person.shown, 2, "it is not asked about again")
		})
	}
}

func TestHostRememberedInMemory(t *testing.T) {
	s := servertest.SSHD(t)
	c := settingsFor(t, s)
	c.KnownHosts, c.Remember = nil, ""
	person := knower(s, c)
	person.trusts = true
	tunnel := dial(t, c, person)
	s.Cut()
	_, err := tunnel.ReadFile(t.Context(), s.Put(t, "a", "b"))
	require.NoError(t, err)
	require.Len(t, person.shown, 1)
	s.ChangeHostKey(t, "ed25519")
	s.Cut()
	_, err = tunnel.ReadFile(t.Context(), s.Put(t, "a", "b"))
	fails(t, err, app.Denied, "is not known any more")
}

// TestLongConnection changes the keys of a connection that is in use, at which the
// server proves itself again.
func TestLongConnection(t *testing.T) {
	s := servertest.SSHD(t, servertest.Setting{Keyword: "RekeyLimit", Value: "64K"})
	c := settingsFor(t, s)
	c.KnownHosts, c.Remember = nil, ""
	person := knower(s, c)
	person.trusts = true
	tunnel := dial(t, c, person)
	large := strings.Repeat("0123456789abcdef", MaxFile/16)
	path := s.Put(t, "large", large)
	for range 3 {
		got, err := tunnel.ReadFile(t.Context(), path)
		require.NoError(t, err)
		require.Equal(t, large, string(got))
	}
	require.Equal(t, 1, strings.Count(s.Log(t), "Accepted password"), "the connection broke")
	require.Len(t, person.shown, 1)
}

func TestChangedHostKey(t *testing.T) {
	s := servertest.SSHD(t)
	c := settingsFor(t, s)
	text, err := os.ReadFile(c.Remember)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(c.Remember, append([]byte("# a comment\n\n"), text...), 0o600))
	for _, kind := range []string{"ed25519", "ecdsa", "rsa"} {
		s.ChangeHostKey(t, kind)
		person := knower(s, c)
		person.trusts = true
		_, err = Dial(t.Context(), c, person)
		fails(t, err, app.Denied, "is not the one in "+c.Remember+", line 3.", s.HostKeys()[0].Fingerprint(t))
		require.Empty(t, person.shown, "there is nothing to say yes to")
		require.Empty(t, person.asked)
	}
}

func TestServerWithSeveralHostKeys(t *testing.T) {
	s := servertest.SSHD(t)
	s.AddHostKey(t, "rsa")
	s.AddHostKey(t, "ecdsa")
	for _, key := range s.HostKeys() {
		c := settingsFor(t, s)
		line := "[127.0.0.1]:" + port(s) + " " + key.Public(t) + "\n"
		require.NoError(t, os.WriteFile(c.Remember, []byte(line), 0o600))
		known, isNew := dial(t, c, knower(s, c)).HostKey()
		require.False(t, isNew)
		require.Equal(t, key.Fingerprint(t), known.Fingerprint, "the key that is known is asked for first")
	}
}

func TestRevokedHostKey(t *testing.T) {
	s := servertest.SSHD(t)
	c := settingsFor(t, s)
	text := s.KnownHost(t) + "\n@revoked * " + s.HostKeys()[0].Public(t) + "\n"
	require.NoError(t, os.WriteFile(c.Remember, []byte(text), 0o600))
	person := &someone{trusts: true}
	_, err := Dial(t.Context(), c, person)
	fails(t, err, app.Denied, "was revoked in "+c.Remember+", line 2")
	require.Empty(t, person.shown)
}

func TestSignedHostKey(t *testing.T) {
	s := servertest.SSHD(t)
	c := settingsFor(t, s)
	ca, other := servertest.NewKey(t, "ed25519", ""), servertest.NewKey(t, "ed25519", "")
	s.SignHostKey(t, ca, "juniper.example")
	c.HostKeyAlias = "juniper.example"
	line := func(ca servertest.Key) []byte { return []byte("@cert-authority *.example " + ca.Public(t) + "\n") }
	require.NoError(t, os.WriteFile(c.Remember, line(ca), 0o600))
	_, isNew := dial(t, c, knower(s, c)).HostKey()
	require.False(t, isNew)

	person := &someone{trusts: true}
	require.NoError(t, os.WriteFile(c.Remember, line(other), 0o600))
	_, err := Dial(t.Context(), c, person)
	fails(t, err, app.Denied, "cannot prove who it is")
	require.Empty(t, person.shown)

	// A name that no CA is for is asked about by the key itself.
	c.HostKeyAlias = ""
	dial(t, c, func() *someone { p := knower(s, c); p.trusts = true; return p }())
}

func TestHostKeyAlias(t *testing.T) {
	s := servertest.SSHD(t)
	c := settingsFor(t, s)
	c.HostKeyAlias = "Juniper"
	require.NoError(t, os.WriteFile(c.Remember, []byte("juniper "+s.HostKeys()[0].Public(t)+"\n"), 0o600))
	dial(t, c, knower(s, c))
}

func TestDamagedKnownHosts(t *testing.T) {
	s := servertest.SSHD(t)
	c := settingsFor(t, s)
	require.NoError(t, os.WriteFile(c.Remember, []byte("# fine\n"+s.KnownHost(t)+"\nhost ssh-ed25519 AAAA!\n"), 0o600))
	_, err := Dial(t.Context(), c, &someone{trusts: true})
	fails(t, err, app.Unreadable, c.Remember, "line 3")
}

func TestHostThatCannotBeRemembered(t *testing.T) {
	s := servertest.SSHD(t)
	c := settingsFor(t, s)
	c.KnownHosts, c.Remember = nil, filepath.Join(c.Remember, "below a file")
	person := knower(s, c)
	person.trusts = true
	_, err := Dial(t.Context(), c, person)
	fails(t, err, app.Unreachable, "cannot be written")
	require.Empty(t, person.asked)
}

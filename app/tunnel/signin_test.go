//go:build full && linux

package tunnel

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/servertest"
)

func TestPassword(t *testing.T) {
	s := servertest.SSHD(t)
	c := settingsFor(t, s)
	for name, x := range map[string]struct {
		answers   []string
		questions int
		good      bool
	}{
		"at once":       {[]string{s.Password}, 1, true},
		"third time":    {[]string{"wrong", "wrong too", s.Password}, 3, true},
		"three wrong":   {[]string{"1", "2", "3", s.Password}, 3, false},
		"none":          {nil, 1, false},
		"wrong, then ↵": {[]string{"wrong"}, 2, false},
	} {
		t.Run(name, func(t *testing.T) {
			person := &someone{answers: map[string][]string{passwordOf(c): x.answers}}
			tunnel, err := Dial(t.Context(), c, person)
			want := []string{passwordOf(c), passwordOf(c) + ", again", passwordOf(c) + ", again"}[:x.questions]
			require.Equal(t, want, person.questions())
			if x.good {
				require.NoError(t, err)
				require.NoError(t, tunnel.Close())
				return
			}
			if len(x.answers) == 0 {
				fails(t, err, app.Denied, "asks for a password, and none was given")
				return
			}
			fails(t, err, app.Denied, "does not let "+s.User+" in: it refused the password.")
		})
	}
}

func TestInteractive(t *testing.T) {
	s := servertest.SSHD(t, servertest.Interactive...)
	c := settingsFor(t, s)
	person := &someone{answers: map[string][]string{passwordOf(c): {"wrong", s.Password}}}
	dial(t, c, person)
	require.Equal(t, []string{passwordOf(c), passwordOf(c) + ", again"}, person.questions())
}

// TestInteractiveComesToNothing has a server that offers to ask and then does not.
func TestInteractiveComesToNothing(t *testing.T) {
	s := servertest.SSHD(t, servertest.Setting{Keyword: "KbdInteractiveAuthentication", Value: "yes"})
	c := settingsFor(t, s)
	person := &someone{answers: map[string][]string{passwordOf(c): {"wrong", "wrong too", s.Password}}}
	dial(t, c, person)
	require.Equal(t, []string{passwordOf(c), passwordOf(c) + ", again", passwordOf(c) + ", again"}, person.questions())
}

func TestKeys(t *testing.T) {
	s := servertest.SSHD(t)
	c := settingsFor(t, s)
	known, locked, strange := servertest.NewKey(t, "rsa", ""), servertest.NewKey(t, "ed25519", "open sesame"), servertest.NewKey(t, "ecdsa", "never asked for")
	s.Authorize(t, known)
	s.Authorize(t, locked)
	passphrase := "Passphrase of the key " + locked.File

	c.KeyFiles = []string{strange.File, known.File}
	person := &someone{}
	dial(t, c, person)
	require.Empty(t, person.asked, "a key that the server does not know is not opened")

	c.KeyFiles = []string{strange.File, locked.File}
	person = &someone{answers: map[string][]string{passphrase: {"wrong", "open sesame"}}}
	dial(t, c, person)
	require.Equal(t, []string{passphrase, passphrase + ", again"}, person.questions())

	// Without a passphrase the password comes next.
	c.KeyFiles = []string{locked.File}
	person = &someone{answers: map[string][]string{passwordOf(c): {s.Password}}}
	dial(t, c, person)
	require.Equal(t, []string{passphrase, passwordOf(c)}, person.questions())

	s.Change(t, servertest.NoPassword)
	_, err := Dial(t.Context(), c, &someone{answers: map[string][]string{passphrase: {"1", "2", "3", "open sesame"}}})
	fails(t, err, app.Denied, "there is none to show", "The key "+locked.File+" does not open with that passphrase.")
	c.KeyFiles = []string{strange.File, filepath.Join(t.TempDir(), "gone")}
	_, err = Dial(t.Context(), c, &someone{})
	fails(t, err, app.Denied, "it refused the key "+strange.File+".", "gone is not there.")
	c.KeyFiles = nil
	_, err = Dial(t.Context(), c, &someone{})
	fails(t, err, app.Denied, "without a key, and there is none to show")
}

func TestOldKeyFormat(t *testing.T) {
	s := servertest.SSHD(t, servertest.NoPassword)
	c := settingsFor(t, s)
	// Such a file does not say whose key it is before it is opened; the one beside it does.
	old := servertest.NewOldKey(t, "open sesame")
	s.Authorize(t, old)
	c.KeyFiles = []string{old.File}
	passphrase := "Passphrase of the key " + old.File
	for _, beside := range []bool{true, false} {
		if !beside {
			require.NoError(t, os.Remove(old.File+".pub"))
		}
		person := &someone{answers: map[string][]string{passphrase: {"wrong", "open sesame"}}}
		dial(t, c, person)
		require.Equal(t, []string{passphrase, passphrase + ", again"}, person.questions())
	}
}

func TestAgent(t *testing.T) {
	s := servertest.SSHD(t, servertest.NoPassword)
	c := settingsFor(t, s)
	chosen, other := servertest.NewKey(t, "ed25519", "open sesame"), servertest.NewKey(t, "ed25519", "")
	s.Authorize(t, chosen)
	c.Agent = servertest.Agent(t, other, chosen)
	nobody := &someone{}
	dial(t, c, nobody)

	c.OnlyKeyFiles, c.KeyFiles = true, []string{other.File}
	_, err := Dial(t.Context(), c, nobody)
	fails(t, err, app.Denied, "refused a key of the SSH agent.")
	c.KeyFiles = []string{chosen.File}
	dial(t, c, nobody)
	require.Empty(t, nobody.asked, "the agent has the key, so that its passphrase is not asked for")

	c.OnlyKeyFiles, c.KeyFiles, c.Agent = false, nil, filepath.Join(t.TempDir(), "no agent")
	_, err = Dial(t.Context(), c, nobody)
	fails(t, err, app.Denied, "The SSH agent does not answer.")
}

func TestManyKeysOfAnAgent(t *testing.T) {
	s := servertest.SSHD(t, servertest.Setting{Keyword: "MaxAuthTries", Value: "3"})
	c := settingsFor(t, s)
	var keys []servertest.Key
	for range 5 {
		keys = append(keys, servertest.NewKey(t, "ed25519", ""))
	}
	s.Authorize(t, keys[4])
	c.Agent = servertest.Agent(t, keys...)
	_, err := Dial(t.Context(), c, &someone{})
	fails(t, err, app.Denied, "refused a key of the SSH agent.")
	// The chosen one is shown first.
	c.KeyFiles = []string{keys[4].File}
	dial(t, c, &someone{})
}

func TestPasswordAfterKey(t *testing.T) {
	s := servertest.SSHD(t, servertest.Setting{Keyword: "AuthenticationMethods", Value: "publickey,password"})
	c := settingsFor(t, s)
	key := servertest.NewKey(t, "ed25519", "")
	s.Authorize(t, key)
	c.KeyFiles = []string{key.File}
	person := &someone{answers: map[string][]string{passwordOf(c): {"wrong", s.Password}}}
	tunnel := dial(t, c, person)
	require.Equal(t, []string{passwordOf(c), passwordOf(c) + ", again"}, person.questions())
	s.Cut()
	_, err := tunnel.ReadFile(t.Context(), s.Put(t, "a", "b"))
	require.NoError(t, err, "both are kept for a new connection")
	require.Len(t, person.questions(), 2)
}

func TestConfiguredHost(t *testing.T) {
	s := servertest.SSHD(t, servertest.NoPassword)
	key := servertest.NewKey(t, "ed25519", "")
	s.Authorize(t, key)
	p := aPerson(t, map[string]string{
		"config":      "Host shop\n  HostName 127.0.0.1\n  Port " + port(s) + "\n  User " + s.User + "\n  IdentityFile " + key.File + "\n  IdentityAgent none\n",
		"known_hosts": s.KnownHost(t) + "\n",
	})
	c, err := p.resolve("shop", 0)
	require.NoError(t, err)
	tunnel := dial(t, c, &someone{})
	known, isNew := tunnel.HostKey()
	require.False(t, isNew)
	require.Equal(t, app.HostKey{Host: c.name(), Type: "ssh-ed25519", Fingerprint: s.HostKeys()[0].Fingerprint(t)}, known)
}

func TestJump(t *testing.T) {
	outer, inner := servertest.SSHD(t), servertest.SSHD(t)
	db := servertest.MariaDB(t)
	c, through := settingsFor(t, inner), settingsFor(t, outer)
	c.Jump = &through
	person := &someone{answers: map[string][]string{passwordOf(through): {outer.Password}, passwordOf(c): {inner.Password}}}
	tunnel := dial(t, c, person)
	require.Equal(t, []string{passwordOf(through), passwordOf(c)}, person.questions())
	hello(t, tunnel, "tcp", db.Address())
	outer.Cut()
	require.Eventually(t, func() bool { return tunnel.State() == Lost }, 10*time.Second, time.Millisecond)
	hello(t, tunnel, "tcp", db.Address())
	require.Len(t, person.questions(), 2)

	inner.Stop(t)
	_, err := Dial(t.Context(), c, knower(outer, through))
	fails(t, err, app.Unreachable)
	c.Port = 1
	_, err = Dial(t.Context(), c, knower(outer, through))
	fails(t, err, app.Unreachable, "The SSH server "+through.name()+" cannot reach 127.0.0.1 on port 1.")
}

func TestPersonStops(t *testing.T) {
	s := servertest.SSHD(t)
	c := settingsFor(t, s)
	locked := servertest.NewKey(t, "ed25519", "open sesame")
	s.Authorize(t, locked)
	stopped := app.Errorf(app.Canceled, "Stopped. Nothing was changed.")
	_, err := Dial(t.Context(), c, stopper{stopped})
	require.Same(t, stopped, err, "at the password")
	c.KeyFiles = []string{locked.File}
	_, err = Dial(t.Context(), c, stopper{stopped})
	require.Same(t, stopped, err, "at the passphrase")
	c.KnownHosts = nil
	_, err = Dial(t.Context(), c, stopper{stopped})
	require.Same(t, stopped, err, "at the fingerprint")
	_, err = Dial(t.Context(), c, stopper{errors.New("the dialog broke")})
	fails(t, err, app.Internal)
}

// stopper answers every question with an error.
type stopper struct{ err error }

func (s stopper) Secret(context.Context, app.Question) (app.Secret, error) {
	return app.Secret{}, s.err
}
func (s stopper) Trust(context.Context, app.HostKey) (bool, error) { return false, s.err }

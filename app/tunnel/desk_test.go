//go:build full && linux

package tunnel

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/servertest"
)

// someone answers questions: by what is asked for, one answer after the other.
type someone struct {
	mu      sync.Mutex
	answers map[string][]string
	trusts  bool
	asked   []app.Question
	shown   []app.HostKey
	before  func() // called before an answer is given
}

func (s *someone) Secret(ctx context.Context, q app.Question) (app.Secret, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, q)
	if s.before != nil {
		s.before()
	}
	left := s.answers[q.What]
	if len(left) == 0 {
		return app.Secret{}, nil
	}
	s.answers[q.What] = left[1:]
	return app.NewSecret(left[0]), nil
}

func (s *someone) Trust(ctx context.Context, k app.HostKey) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shown = append(s.shown, k)
	if s.before != nil {
		s.before()
	}
	return s.trusts, nil
}

// questions are what the person was asked for.
func (s *someone) questions() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for _, q := range s.asked {
		text := q.What
		if q.Again {
			text += ", again"
		}
		out = append(out, text)
	}
	return out
}

// settingsFor are the settings for a server that is known.
func settingsFor(t *testing.T, s *servertest.SSHServer) Config {
	t.Helper()
	known := filepath.Join(t.TempDir(), "known_hosts")
	require.NoError(t, os.WriteFile(known, []byte(s.KnownHost(t)+"\n"), 0o600))
	return Config{Host: "127.0.0.1", Port: s.Port(), User: s.User, KnownHosts: []string{known}, Remember: known}
}

// passwordOf is what is asked for at a server.
func passwordOf(c Config) string { return "Password of " + c.who() }

// knower gives the right password.
func knower(s *servertest.SSHServer, c Config) *someone {
	return &someone{answers: map[string][]string{passwordOf(c): slices.Repeat([]string{s.Password}, 20)}}
}

// dial opens a tunnel that ends with the test.
func dial(t *testing.T, c Config, person app.Asker) *Tunnel {
	t.Helper()
	tunnel, err := Dial(t.Context(), c, person)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, tunnel.Close()) })
	return tunnel
}

// fails expects an error of a kind with words in it, and none of a secret.
func fails(t *testing.T, err error, kind app.Kind, words ...string) {
	t.Helper()
	require.Error(t, err)
	require.Equal(t, kind, app.KindOf(err), "%v", err)
	for _, w := range words {
		require.ErrorContains(t, err, w)
	}
}

// hello reads what a database says first.
func hello(t *testing.T, tunnel *Tunnel, network, address string) {
	t.Helper()
	conn, err := tunnel.DialContext(t.Context(), network, address)
	require.NoError(t, err)
	require.NoError(t, conn.SetDeadline(time.Now().Add(30*time.Second)))
	_, err = conn.Read(make([]byte, 10))
	require.NoError(t, err)
	require.NoError(t, conn.Close())
}

// promptly fails when something takes as long as a person would notice.
func promptly(t *testing.T, do func()) {
	t.Helper()
	began := time.Now()
	do()
	require.Less(t, time.Since(began), 2*time.Second)
}

package main

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// someone answers at a terminal that there is none of: first a secret, then a line.
type someone struct {
	away         bool
	secret, line string
	prompts      []string
}

func (s *someone) Secret(_ context.Context, prompt string) (app.Secret, error) {
	s.prompts = append(s.prompts, prompt)
	return app.NewSecret(s.secret), nil
}

func (s *someone) Line(_ context.Context, prompt string) (string, error) {
	s.prompts = append(s.prompts, prompt)
	return s.line, nil
}

func (s *someone) There() bool { return !s.away }

func TestAskAboutAKeyInDoubt(t *testing.T) {
	plainDoubt := app.KeyDoubt{Rows: 1200}
	refused := app.KeyDoubt{Rows: 1, Older: app.Errorf(app.Invalid, "That is no older crypt key.").WithHint("Copy it whole.")}
	for name, c := range map[string]struct {
		who    someone
		doubt  app.KeyDoubt
		want   app.KeyAnswer
		kind   app.Kind
		asked  int
		saying string
	}{
		"an older key":      {who: someone{secret: "k1"}, doubt: plainDoubt, want: app.KeyAnswer{Older: app.NewSecret("k1")}, asked: 1, saying: "none of the shop's encrypted 2FA data (1,200)"},
		"a yes":             {who: someone{line: "y"}, doubt: plainDoubt, want: app.KeyAnswer{Changed: true}, asked: 2, saying: "or the shop's key was changed"},
		"no":                {who: someone{line: ""}, doubt: plainDoubt, asked: 2, saying: "another shop's"},
		"settings, too":     {who: someone{line: "n"}, doubt: app.KeyDoubt{Rows: 2, Settings: 3}, asked: 2, saying: "probably another shop's key"},
		"a wrong older key": {who: someone{secret: "k2"}, doubt: refused, want: app.KeyAnswer{Older: app.NewSecret("k2")}, asked: 1, saying: "That is no older crypt key. Copy it whole."},
		"nobody":            {who: someone{away: true, line: "y"}, doubt: plainDoubt, kind: app.Unreadable},
		"nobody, wrong key": {who: someone{away: true, line: "y"}, doubt: refused, kind: app.Invalid},
	} {
		var out, said bytes.Buffer
		d := newDesk(&out, &said, func(string) (string, bool) { return "", false })
		d.asker = &c.who
		a, err := personAsker{d}.KeyDoubt(context.Background(), c.doubt)
		if c.who.away {
			require.Equal(t, c.kind, app.KindOf(err), name)
			require.Empty(t, c.who.prompts, name)
			continue
		}
		require.NoError(t, err, name)
		require.Equal(t, c.want, a, name)
		require.Len(t, c.who.prompts, c.asked, name)
		require.Contains(t, said.String(), c.saying, name)
		require.Empty(t, out.String(), name)
		older, err := d.olderKey(context.Background())
		require.NoError(t, err)
		require.Equal(t, c.who.secret, older.Reveal(), "what was typed is not asked for again")
	}
}

//go:build full

package connect_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/connect"
	"github.com/factordesk/factordesk/app/profile"
	"github.com/factordesk/factordesk/app/servertest"
)

// ring is a keyring in memory; broken, it gives nothing.
type ring struct {
	entries map[string]string
	broken  bool
}

func (r *ring) Get(service, user string) (string, error) {
	if r.broken {
		return "", errors.New("no such interface")
	}
	if text, ok := r.entries[service+user]; ok {
		return text, nil
	}
	return "", profile.ErrNoEntry
}

func (r *ring) Set(service, user, secret string) error {
	if r.broken {
		return errors.New("no such interface")
	}
	if r.entries == nil {
		r.entries = map[string]string{}
	}
	r.entries[service+user] = secret
	return nil
}

// keyboard answers with a secret and keeps the questions.
type keyboard struct {
	answer    app.Secret
	questions []app.Question
}

func (k *keyboard) Secret(_ context.Context, q app.Question) (app.Secret, error) {
	k.questions = append(k.questions, q)
	return k.answer, nil
}

func (k *keyboard) Trust(context.Context, app.HostKey) (bool, error) { return false, nil }

// kept is a team's store whose connection has its password from somewhere.
func kept(t *testing.T, from app.Passwords) (*servertest.Database, connect.Options, *keyboard) {
	t.Helper()
	o := options(t)
	d := servertest.PostgreSQL(t).Database(t)
	who := &keyboard{answer: app.NewSecret(d.Password)}
	o.Ask = who
	made, _, err := connect.Create(context.Background(), connect.NewStore{Target: d.URL(d.Account), First: first("root")}, o)
	require.NoError(t, err)
	closed(t, made)
	c := aTeam(t, d, nil)
	c.Passwords = from
	require.NoError(t, o.Dirs.Save(c))
	who.questions = nil
	return d, o, who
}

func opens(t *testing.T, o connect.Options) {
	t.Helper()
	c, err := connect.Open(context.Background(), "team", o)
	require.NoError(t, err)
	closed(t, c)
}

func TestAPasswordInTheKeyring(t *testing.T) {
	ctx := context.Background()
	d, o, who := kept(t, app.Passwords{From: app.PasswordKept})
	r := &ring{}
	start := func() { o.Passwords = profile.NewPasswords(o.Dirs, r) }
	start()

	// A wrong one is not kept.
	who.answer = app.NewSecret("wrong")
	_, err := connect.Open(ctx, "team", o)
	require.Equal(t, app.Denied, app.KindOf(err))
	require.Len(t, who.questions, 1, "who has typed a wrong password is not asked behind the error")
	who.answer = app.NewSecret(d.Password)
	opens(t, o)
	require.Len(t, who.questions, 2)
	start()
	opens(t, o)
	require.Len(t, who.questions, 2, "it is known now, to the next program as well")
	_, err = testWay(ctx, mustFind(t, o, "team"), o)
	require.NoError(t, err)
	require.Len(t, who.questions, 2)

	// The account has another password now: it is asked for, and kept.
	d.Load(t, fmt.Sprintf("ALTER ROLE %s PASSWORD 'another'", d.User))
	who.answer = app.NewSecret("another")
	rungs, err := testWay(ctx, mustFind(t, o, "team"), o)
	require.NoError(t, err)
	require.Equal(t, app.RungDone, stateOf(t, rungs, "Keys").State)
	require.Len(t, who.questions, 3)
	require.True(t, who.questions[2].Again)
	start()
	opens(t, o)
	require.Len(t, who.questions, 3)

	// A keyring that gives nothing: it is asked for, and said why.
	r.broken = true
	start()
	opens(t, o)
	require.Len(t, who.questions, 4)
	require.Contains(t, who.questions[3].Why, "The system’s keyring cannot be used. So the password is asked for each time.")
	require.False(t, who.questions[3].Again)

	r.broken = false
	_, err = o.Passwords.Forget(mustFind(t, o, "team"))
	require.NoError(t, err)
	opens(t, o)
	require.Len(t, who.questions, 5)
}

func mustFind(t *testing.T, o connect.Options, name string) profile.Connection {
	t.Helper()
	c, err := o.Dirs.Connection(name)
	require.NoError(t, err)
	return c
}

func TestAPasswordThatACommandPrints(t *testing.T) {
	ctx, folder := context.Background(), t.TempDir()
	at := func(name string) string { return filepath.Join(folder, name) }
	require.NoError(t, os.WriteFile(at("tell"), []byte("#!/bin/sh\necho run >>"+at("runs")+"\ncat "+at("password")+"\n"), 0o700))
	d, o, who := kept(t, app.Passwords{From: app.PasswordCommand, Command: at("tell"), Minutes: 10})
	o.Passwords = profile.NewPasswords(o.Dirs, &ring{})
	says := func(password string) {
		t.Helper()
		require.NoError(t, os.WriteFile(at("password"), []byte(password+"\n"), 0o600))
	}
	runs := func() string {
		text, err := os.ReadFile(at("runs"))
		require.NoError(t, err)
		return string(text)
	}
	says(d.Password)
	opens(t, o)
	opens(t, o)
	require.Equal(t, "run\n", runs(), "it is remembered until it expires")

	// What is remembered was refused: the command is run again, and once.
	d.Load(t, fmt.Sprintf("ALTER ROLE %s PASSWORD 'another'", d.User))
	says("another")
	opens(t, o)
	require.Equal(t, "run\nrun\n", runs())
	says("wrong")
	o.Passwords = profile.NewPasswords(o.Dirs, &ring{})
	_, err := connect.Open(ctx, "team", o)
	require.Equal(t, app.Denied, app.KindOf(err))
	require.Equal(t, "run\nrun\nrun\n", runs())
	require.NoError(t, os.Remove(at("tell")))
	o.Passwords = profile.NewPasswords(o.Dirs, &ring{})
	_, err = connect.Open(ctx, "team", o)
	require.Equal(t, app.NotFound, app.KindOf(err))
	require.Empty(t, who.questions, "nobody is asked for what a command knows")
	entries, err := os.ReadDir(o.Dirs.Config)
	require.NoError(t, err)
	for _, e := range entries {
		require.NotContains(t, e.Name(), "passwords", "nothing of it is kept")
	}
}

// A team's store behind an SSH server: made, tested, opened; the name is looked up
// there.
func TestATeamThroughSSH(t *testing.T) {
	ctx, o := context.Background(), options(t)
	d, gate := servertest.PostgreSQL(t).Database(t), servertest.SSHD(t)
	t.Setenv("HOME", t.TempDir())
	who := &gatekeeper{answers: map[app.Asked]string{app.AskDatabase: d.Password, app.AskSSH: gate.Password}}
	o.Ask = who
	o.Passwords = profile.NewPasswords(o.Dirs, &ring{})
	c := aTeam(t, d, func(a *app.TeamAddress) {
		a.Host, a.SSH = "localhost", app.SSH{Host: "127.0.0.1", Port: gate.Port(), User: gate.User}
	})
	c.Passwords.From = app.PasswordKept
	require.NoError(t, o.Dirs.Save(c))
	rungs, err := testWay(ctx, c, o)
	require.Equal(t, app.NotFound, app.KindOf(err), "%v", err)
	require.Equal(t, []string{"trust", "SSH password", "database password"}, who.asked)
	require.Contains(t, stateOf(t, rungs, "SSH").Detail, "its host key is known from now on")
	require.Equal(t, "localhost, looked up by 127.0.0.1", stateOf(t, rungs, "Name").Detail)
	require.Equal(t, app.RungFailed, stateOf(t, rungs, "Schema").State)
	who.asked = nil
	made, _, err := connect.Create(ctx, connect.NewStore{Target: "team", First: first("root")}, o)
	require.NoError(t, err)
	closed(t, made)
	require.Equal(t, []string{"SSH password", "database password"}, who.asked)
	who.asked = nil
	opens(t, o)
	rungs, err = testWay(ctx, c, o)
	require.NoError(t, err)
	require.Len(t, rungs, 7)
	require.Empty(t, who.asked, "both passwords are in the keyring")
	require.Equal(t, "Team", mustFind(t, o, "team").Name)
	require.Equal(t, "root", mustFind(t, o, "team").Operator)
}

// gatekeeper trusts the SSH server, and answers each sort of question.
type gatekeeper struct {
	answers map[app.Asked]string
	asked   []string
}

func (g *gatekeeper) Secret(_ context.Context, q app.Question) (app.Secret, error) {
	g.asked = append(g.asked, string(q.About))
	return app.NewSecret(g.answers[q.About]), nil
}

func (g *gatekeeper) Trust(context.Context, app.HostKey) (bool, error) {
	g.asked = append(g.asked, "trust")
	return true, nil
}

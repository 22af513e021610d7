package profile

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// fakeRing is a keyring in memory, which may be broken or silent.
type fakeRing struct {
	entries map[string]string
	err     error
	hold    chan struct{} // it answers when this is closed; nil: at once
	asked   int
}

func (r *fakeRing) wait() error {
	r.asked++
	if r.hold != nil {
		<-r.hold
	}
	return r.err
}

func (r *fakeRing) Get(service, user string) (string, error) {
	if err := r.wait(); err != nil {
		return "", err
	}
	text, ok := r.entries[service+"/"+user]
	if !ok {
		return "", ErrNoEntry
	}
	return text, nil
}

func (r *fakeRing) Set(service, user, secret string) error {
	if err := r.wait(); err != nil {
		return err
	}
	if r.entries == nil {
		r.entries = map[string]string{}
	}
	r.entries[service+"/"+user] = secret
	return nil
}

const canary = "qX7!canary-password"

func someDirs(t *testing.T) Dirs {
	t.Helper()
	root := t.TempDir()
	return Dirs{Config: filepath.Join(root, "config"), Data: root, State: root, Runtime: root}
}

// theTeam is a connection that keeps its password.
func theTeam() Connection {
	return Connection{
		Name: "Team", Kind: app.TeamStore, Location: "postgres://desk@db.example/store?ssh=gate",
		Passwords: app.Passwords{From: app.PasswordKept},
	}
}

func theQuestion() app.Question {
	return app.Question{About: app.AskDatabase, What: "Password of the database account desk at db.example"}
}

func TestAPasswordIsKept(t *testing.T) {
	ctx, d, ring := context.Background(), someDirs(t), &fakeRing{}
	c, q := theTeam(), theQuestion()
	require.NoError(t, d.Save(c))
	p := NewPasswords(d, ring)
	got, err := p.Kept(ctx, c, q)
	require.NoError(t, err)
	require.True(t, got.Empty())
	require.Empty(t, ring.entries, "to look makes no entry")
	require.NoError(t, p.Keep(ctx, c, q, app.NewSecret(canary)))
	require.NoError(t, p.Keep(ctx, c, app.Question{About: app.AskSSH, What: "Password of deploy at gate"}, app.NewSecret("other")))
	require.Len(t, ring.entries, 1, "one key opens all")
	for _, secret := range ring.entries {
		require.NotContains(t, secret, canary)
	}
	asked := ring.asked
	got, err = p.Kept(ctx, c, q)
	require.NoError(t, err)
	require.Equal(t, canary, got.Reveal())
	require.Equal(t, asked, ring.asked, "the key is asked for once in the life of a program")

	// Another program finds it, by another name and in another database of the server.
	again := NewPasswords(d, ring)
	other := c
	other.Name, other.Location = "Other", "postgres://desk@DB.example:5432/other?ssh=gate&sslmode=verify-full"
	got, err = again.Kept(ctx, other, q)
	require.NoError(t, err)
	require.Equal(t, canary, got.Reveal())

	path := filepath.Join(d.Config, "passwords.toml")
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	for _, word := range []string{canary, "db.example", "desk", "gate"} {
		require.NotContains(t, string(text), word)
	}
	require.True(t, d.HasPassword(c))
}

// A password is good where it was typed for, and nowhere else.
func TestAKeptPasswordDoesNotMove(t *testing.T) {
	ctx, d, ring := context.Background(), someDirs(t), &fakeRing{}
	c, q := theTeam(), theQuestion()
	p := NewPasswords(d, ring)
	require.NoError(t, p.Keep(ctx, c, q, app.NewSecret(canary)))
	for _, location := range []string{
		"postgres://desk@evil.example/store?ssh=gate", "postgres://desk@db.example:5433/store?ssh=gate",
		"postgres://root@db.example/store?ssh=gate", "postgres://desk@db.example/store", "postgres://desk@db.example/store?ssh=gate2",
	} {
		elsewhere := c
		elsewhere.Location = location
		got, err := p.Kept(ctx, elsewhere, q)
		require.NoError(t, err)
		require.True(t, got.Empty(), location)
	}
	// Somebody moves the line in the file to another server's place.
	path := filepath.Join(d.Config, "passwords.toml")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	evil := c
	evil.Location = "postgres://desk@evil.example/store?ssh=gate"
	moved := strings.ReplaceAll(string(text), hashed(c.Place()), hashed(evil.Place()))
	require.NotEqual(t, string(text), moved)
	require.NoError(t, os.WriteFile(path, []byte(moved), 0o600))
	got, err := p.Kept(ctx, evil, q)
	require.NoError(t, err)
	require.True(t, got.Empty(), "it does not open there")

	// Under the key of another keyring nothing opens, and no error stands in the way.
	require.NoError(t, os.WriteFile(path, text, 0o600))
	got, err = NewPasswords(d, &fakeRing{}).Kept(ctx, c, q)
	require.NoError(t, err)
	require.True(t, got.Empty())
	another := NewPasswords(d, &fakeRing{})
	require.NoError(t, another.Keep(ctx, c, q, app.NewSecret("new")))
	got, err = another.Kept(ctx, c, q)
	require.NoError(t, err)
	require.Equal(t, "new", got.Reveal())
}

func TestAKeptPasswordIsForgotten(t *testing.T) {
	ctx, d, ring := context.Background(), someDirs(t), &fakeRing{}
	c, q := theTeam(), theQuestion()
	p := NewPasswords(d, ring)
	keep := func() {
		t.Helper()
		require.NoError(t, d.Save(c))
		require.NoError(t, p.Keep(ctx, c, q, app.NewSecret(canary)))
		require.True(t, d.HasPassword(c))
	}
	keep()
	forgot, err := p.Forget(c)
	require.NoError(t, err)
	require.True(t, forgot)
	require.False(t, d.HasPassword(c))
	forgot, err = p.Forget(c)
	require.NoError(t, err)
	require.False(t, forgot)

	// So it is when the connection goes, leads elsewhere, or keeps nothing any more.
	for _, change := range []func() error{
		func() error { return d.Remove(c.Name) },
		func() error { o := c; o.Location = "postgres://desk@db2.example/store"; return d.Replace(c.Name, o) },
		func() error { o := c; o.Passwords = app.Passwords{}; return d.Replace(c.Name, o) },
	} {
		keep()
		require.NoError(t, change())
		require.False(t, d.HasPassword(c))
	}
	// A second connection to the same server still needs it.
	keep()
	second := c
	second.Name, second.Location = "Second", "postgres://desk@db.example/second?ssh=gate"
	require.NoError(t, d.Save(second))
	require.NoError(t, d.Remove(c.Name))
	require.True(t, d.HasPassword(second))
}

func TestAKeyringThatSaysNo(t *testing.T) {
	ctx, d := context.Background(), someDirs(t)
	c, q := theTeam(), theQuestion()
	require.NoError(t, NewPasswords(d, &fakeRing{}).Keep(ctx, c, q, app.NewSecret(canary)))
	broken := NewPasswords(d, &fakeRing{err: errors.New("org.freedesktop.DBus.Error.ServiceUnknown")})
	_, err := broken.Kept(ctx, c, q)
	require.Equal(t, app.Unreachable, app.KindOf(err))
	message, _ := app.Explain(err)
	require.Equal(t, "The system’s keyring cannot be used.", message)
	require.Error(t, broken.Keep(ctx, c, q, app.NewSecret("x")))
	elsewhere := c
	elsewhere.Location = "postgres://desk@db2.example/store"
	_, err = broken.Kept(ctx, elsewhere, q)
	require.Equal(t, app.Unreachable, app.KindOf(err), "it is the reason as well where nothing could be kept")
	require.True(t, d.HasPassword(c), "nothing is lost by it")
	_, err = NewPasswords(d, &fakeRing{entries: map[string]string{ringService + "/" + ringUser: "no key"}}).Kept(ctx, c, q)
	require.Equal(t, app.Unreachable, app.KindOf(err))
}

// A keyring that waits for somebody holds nobody up: the person is asked, and its
// answer counts for the next question.
func TestAKeyringThatHangs(t *testing.T) {
	ctx, d, ring := context.Background(), someDirs(t), &fakeRing{}
	c, q := theTeam(), theQuestion()
	require.NoError(t, NewPasswords(d, ring).Keep(ctx, c, q, app.NewSecret(canary)))
	ring.hold = make(chan struct{})
	p := NewPasswords(d, ring)
	p.patience = 30 * time.Millisecond
	began := time.Now()
	_, err := p.Kept(ctx, c, q)
	require.Equal(t, app.Unreachable, app.KindOf(err))
	require.ErrorContains(t, err, "gave no answer within")
	require.Less(t, time.Since(began), 2*time.Second)
	p.patience = time.Hour
	_, err = p.Kept(ctx, c, q)
	require.ErrorContains(t, err, "gave no answer within", "a second question does not wait behind the first")
	close(ring.hold)
	require.Eventually(t, func() bool {
		got, err := p.Kept(ctx, c, q)
		return err == nil && got.Reveal() == canary
	}, 5*time.Second, 5*time.Millisecond)

	stopped, cancel := context.WithCancel(ctx)
	cancel()
	silent := NewPasswords(d, &fakeRing{hold: make(chan struct{})})
	_, err = silent.Kept(stopped, c, q)
	require.Equal(t, app.Canceled, app.KindOf(err), "it can be stopped while it waits")
}

// The system's own keyring: without D-Bus, and with one that takes the connection
// and never says a word.
func TestTheSystemsKeyring(t *testing.T) {
	if !onBus() {
		return // elsewhere the keyring needs no bus, and the machine's own is not for tests
	}
	ctx, d := context.Background(), someDirs(t)
	c, q := theTeam(), theQuestion()
	require.NoError(t, NewPasswords(d, &fakeRing{}).Keep(ctx, c, q, app.NewSecret(canary)))

	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "autolaunch:")
	_, err := NewPasswords(d, nil).Kept(ctx, c, q)
	require.Equal(t, app.Unreachable, app.KindOf(err))
	message, _ := app.Explain(err)
	require.Equal(t, "There is no keyring: this session has no D-Bus.", message)

	path := filepath.Join(t.TempDir(), "bus")
	bus, err := net.Listen("unix", path)
	require.NoError(t, err)
	silent := make(chan net.Conn, 4)
	go func() {
		defer close(silent)
		for {
			conn, err := bus.Accept()
			if err != nil {
				return
			}
			silent <- conn
		}
	}()
	t.Cleanup(func() {
		require.NoError(t, bus.Close())
		for conn := range silent {
			_ = conn.Close()
		}
	})
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+path)
	p := NewPasswords(d, nil)
	require.Equal(t, 3*time.Second, p.patience)
	began := time.Now()
	_, err = p.Kept(ctx, c, q)
	took := time.Since(began)
	message, _ = app.Explain(err)
	require.Equal(t, "The system’s keyring gave no answer within 3 s. It may wait to be unlocked.", message)
	require.InDelta(t, 3, took.Seconds(), 1)
	require.Len(t, silent, 1, "it was the hanging bus that was asked")

	require.NoError(t, os.Remove(path))
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+path)
	_, err = NewPasswords(d, nil).Kept(ctx, c, q)
	require.Equal(t, app.Unreachable, app.KindOf(err), "a bus that has gone")
}

// script writes a program that a command can run.
func script(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tell password")
	require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o700))
	return "'" + path + "'"
}

func byCommand(command string, minutes int) Connection {
	c := theTeam()
	c.Passwords = app.Passwords{From: app.PasswordCommand, Command: command, Minutes: minutes}
	return c
}

func TestAPasswordOfACommand(t *testing.T) {
	ctx, d := context.Background(), someDirs(t)
	p := NewPasswords(d, &fakeRing{})
	now := time.Unix(1000, 0)
	p.now = func() time.Time { return now }
	count := filepath.Join(t.TempDir(), "count")
	command := script(t, `echo run >>"$2"; printf '%s\r\n' "$1"; echo login: desk; echo noise >&2`) + " '" + canary + " $HOME *' " + count
	runs := func() int {
		text, err := os.ReadFile(count)
		require.NoError(t, err)
		return strings.Count(string(text), "run")
	}
	c := byCommand(command, 10)
	for i, step := range []struct {
		after time.Duration
		fresh bool
		runs  int
	}{{0, true, 1}, {9 * time.Minute, false, 1}, {time.Minute, true, 2}} {
		now = now.Add(step.after)
		got, fresh, err := p.Printed(ctx, c)
		require.NoError(t, err)
		require.Equal(t, canary+" $HOME *", got.Reveal(), "the first line, and no shell has read the command")
		require.Equal(t, step.fresh, fresh, i)
		require.Equal(t, step.runs, runs())
	}
	p.Expire(c)
	_, fresh, err := p.Printed(ctx, c)
	require.NoError(t, err)
	require.True(t, fresh)
	forgot, err := p.Forget(c)
	require.NoError(t, err)
	require.True(t, forgot)
	_, fresh, err = p.Printed(ctx, byCommand(command, 0))
	require.NoError(t, err)
	require.True(t, fresh)
	_, fresh, err = p.Printed(ctx, byCommand(command, 0))
	require.NoError(t, err)
	require.True(t, fresh, "without an expiry it is run each time")
	entries, err := os.ReadDir(d.Config)
	require.True(t, err != nil || len(entries) == 0, "nothing of it is written anywhere")
}

func TestCommandsThatGiveNoPassword(t *testing.T) {
	p := NewPasswords(someDirs(t), &fakeRing{})
	p.limit = 300 * time.Millisecond
	for _, c := range []struct {
		what, command, message string
		kind                   app.Kind
	}{
		{"not there", "no-such-program-here " + canary, "The program of the command for the password, no-such-program-here, is not there.", app.NotFound},
		{"not at that path", "/no/such/program " + canary, "The program of the command for the password, program, is not there.", app.NotFound},
		{"fails", script(t, "echo "+canary+"; echo "+canary+" >&2; exit 3"), "ended with exit status 3 and gave no password.", app.Unreachable},
		{"silent", script(t, "exit 0"), "The command for the password printed nothing.", app.Invalid},
		{"an empty line", script(t, "echo; echo "+canary), "The command for the password printed nothing.", app.Invalid},
		{"a novel", script(t, "yes "+canary+" | head -c 100000"), "The command for the password prints more than a password.", app.Invalid},
		{"hangs", script(t, "sleep 30 & echo "+canary+"; sleep 30"), "gave no answer within", app.Unreachable},
		{"no command", "'", "leads nowhere", app.Invalid},
	} {
		t.Run(c.what, func(t *testing.T) {
			began := time.Now()
			_, _, err := p.Printed(context.Background(), byCommand(c.command, 5))
			require.Equal(t, c.kind, app.KindOf(err), "%v", err)
			require.ErrorContains(t, err, c.message)
			require.Less(t, time.Since(began), 10*time.Second)
			for e := err; e != nil; e = errors.Unwrap(e) {
				require.NotContains(t, fmt.Sprintf("%v %+v", e, e), canary)
			}
		})
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, _, err := p.Printed(ctx, byCommand(script(t, "sleep 30"), 5))
	require.Equal(t, app.Canceled, app.KindOf(err))
}

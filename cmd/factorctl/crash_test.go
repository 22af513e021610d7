//go:build full && linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// journal is what a process said of its deeds, outside of the store.
type journal struct {
	acknowledged []string // in order, with the outcome
	under        string   // the deed that had begun and was not acknowledged
	refused      []string // ended in a sentence, with no change
}

// read takes one line of a worker.
func (j *journal) read(t *testing.T, line string) {
	t.Helper()
	kind, text, _ := strings.Cut(line, " ")
	switch kind {
	case ">":
		require.Empty(t, j.under)
		j.under = text
	case "<":
		require.True(t, strings.HasPrefix(text, j.under+" "), "%q after %q", text, j.under)
		j.acknowledged, j.under = append(j.acknowledged, text), ""
	case "!":
		require.True(t, strings.HasPrefix(text, j.under+"\t"), "%q after %q", text, j.under)
		j.refused, j.under = append(j.refused, text), ""
	default:
		require.Fail(t, "what is this?", line)
	}
}

// fits fails unless each acknowledged deed has exactly one event, in order, and
// there is no other event but that of the deed under way, if it got so far. It
// reports whether it did.
func (j *journal) fits(t *testing.T, events []app.Event) bool {
	t.Helper()
	var said []string
	for _, e := range events {
		if e.Outcome != app.Failed { // the console was told so, and acknowledged nothing
			said = append(said, words(e))
		}
	}
	if n := len(j.acknowledged); j.under != "" && len(said) == n+1 && strings.HasPrefix(said[n], j.under+" ") {
		require.Equal(t, append(append([]string(nil), j.acknowledged...), said[n]), said)
		return true
	}
	require.Equal(t, j.acknowledged, said, "under way: %q", j.under)
	return false
}

// crash is a store whose consoles are killed, and the tally of that.
type crash struct {
	*home
	worker string
	ledger *ledger
	tally  map[string]int
	kills  int
	deeds  int
}

// newCrash makes a store with some users.
func newCrash(t *testing.T, worker string, tally map[string]int) *crash {
	t.Helper()
	c := &crash{home: newHome(t), worker: worker, tally: tally}
	c.makeStore([]string{"root"}, func(ctx context.Context, console *app.Console) {
		text := "username,email\n"
		for i := range 12 {
			text += fmt.Sprintf("f%02d,f%02d@example.com\n", i, i)
		}
		importText(t, ctx, console, text)
	})
	files := filepath.Join(c.root, "files")
	require.NoError(t, os.Mkdir(files, 0o700))
	c.ledger = newLedger(t, c.look(worker, c.dirs.DefaultStore(), 0), files)
	return c
}

// check looks at the store after a process has ended, and compares it with
// what that process said.
func (c *crash) check(j *journal) {
	c.t.Helper()
	v := c.look(c.worker, c.dirs.DefaultStore(), c.ledger.seq)
	got := j.fits(c.t, v.Events)
	c.ledger.follow(v.Events)
	c.ledger.agrees(v.Users)
	c.deeds += len(j.acknowledged)
	if j.under != "" {
		c.tally["in the middle of: "+kindOf(j.under)]++
	}
	if got {
		c.tally["in the store, though not acknowledged: "+kindOf(j.under)]++
		c.deeds++
	}
}

// kindOf cuts a deed's words down to the action.
func kindOf(said string) string {
	for _, a := range []app.Action{
		app.DoSignIn, app.DoImport, app.DoAddUser, app.DoSaveUser, app.DoRemoveUser, app.DoEnroll, app.DoConfirm,
		app.DoVerify, app.DoReset, app.DoUnlock,
	} {
		if strings.HasPrefix(said, string(a)+" ") {
			return string(a)
		}
	}
	return said
}

// aims are the deeds that a kill waits for, and how long it then waits at
// most: about as long as the deed takes. No deed is any moment at all.
var aims = []struct {
	deed app.Action
	most time.Duration
}{
	{app.DoImport, 120 * time.Millisecond},
	{app.DoEnroll, 8 * time.Millisecond},
	{app.DoConfirm, 5 * time.Millisecond},
	{app.DoReset, 8 * time.Millisecond},
	{app.DoSaveUser, 8 * time.Millisecond},
	{"", 400 * time.Millisecond},
}

// killWorker starts a worker and kills it at a random moment.
func (c *crash) killWorker() {
	c.t.Helper()
	aim := aims[c.kills%len(aims)]
	mark := fmt.Sprintf("k%d-", c.kills)
	cmd := c.command(c.worker, nil, "desk", mark, "20", c.ledger.imports)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(c.t, err)
	require.NoError(c.t, cmd.Start())
	// The timer, not this goroutine, kills: it may sit in a read meanwhile.
	kill := func() { _ = cmd.Process.Kill() }
	if aim.deed == "" {
		time.AfterFunc(rand.N(aim.most), kill)
	}
	j, aimed, skip := &journal{}, aim.deed == "", rand.IntN(3)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		j.read(c.t, lines.Text())
		if !aimed && j.under != "" && kindOf(j.under) == string(aim.deed) {
			if skip--; skip < 0 {
				aimed = true
				time.AfterFunc(rand.N(aim.most), kill)
			}
		}
	}
	require.NoError(c.t, lines.Err())
	require.Error(c.t, cmd.Wait())
	require.Equal(c.t, -1, cmd.ProcessState.ExitCode(), "the kill ended it, nothing else")
	require.Empty(c.t, j.refused, "there is no other console")
	c.kills++
	c.check(j)
}

// TestKill kills consoles at random moments, and after each kill compares the
// store with what the console has said, with its events and with itself.
func TestKill(t *testing.T) {
	worker, factorctl := build(t, "./testdata/worker"), build(t, ".")
	tally, kills, deeds := map[string]int{}, 0, 0
	began := time.Now()
	for range 8 {
		c := newCrash(t, worker, tally)
		for range 20 {
			c.killWorker()
		}
		c.must(factorctl, nil, "audit", "verify")
		kills, deeds = kills+c.kills, deeds+c.deeds
	}
	c := newCrash(t, worker, tally)
	c.killProgram(factorctl, 40)
	kills, deeds = kills+c.kills, deeds+c.deeds
	require.Equal(t, 200, kills)
	for what, n := range tally {
		t.Logf("%4d %s", n, what)
	}
	for _, a := range []app.Action{app.DoImport, app.DoEnroll, app.DoReset, app.DoSaveUser} {
		require.Positive(t, tally["in the middle of: "+string(a)], a)
	}
	t.Logf("%d kills, %d deeds in the stores, in %s", kills, deeds, time.Since(began).Round(time.Second))
}

// killProgram kills factorctl itself in the middle of commands.
func (c *crash) killProgram(factorctl string, kills int) {
	c.t.Helper()
	c.finished(c.command(factorctl, nil, "signin"), "sign in root")
	for i := 0; c.kills < kills; i++ {
		mark := fmt.Sprintf("m%d", i)
		file := filepath.Join(c.ledger.imports, mark)
		text := bytes.NewBufferString("username,email,first_name,active\n")
		for n := range 4000 {
			fmt.Fprintf(text, "p%04d,p%04d@%s.example.com,%s,%d\n", n, n, mark, mark, rand.IntN(2))
		}
		require.NoError(c.t, os.WriteFile(file, text.Bytes(), 0o600))
		name := fmt.Sprintf("f%02d", rand.IntN(12))
		for _, deed := range []struct {
			words string
			args  []string
		}{
			{"import users " + mark, []string{"users", "import", file}},
			{"enroll " + name + " " + mark, []string{"enroll", name, "--reason", mark, "--uri"}},
			{"reset " + name + " " + mark, []string{"reset", name, "google", "--yes", "--reason", mark}},
			{"save user " + name + " " + mark, []string{"users", "set", name, "--name", mark}},
		} {
			if c.kills == kills {
				break
			}
			if deed.args[0] == "reset" && c.ledger.users[name].held == (held{}) {
				continue // the kill was faster than the enrollment
			}
			c.killCommand(c.command(factorctl, nil, deed.args...), deed.words)
		}
	}
	c.must(factorctl, nil, "audit", "verify")
}

// finished runs a command to its end and checks the store.
func (c *crash) finished(cmd *exec.Cmd, words string) {
	c.t.Helper()
	r := c.finish(cmd)
	require.Zero(c.t, r.code, r.errs)
	c.check(&journal{acknowledged: []string{words + " done"}})
}

// killCommand kills a command at a random moment of the time that it takes. If
// it was faster, it has to have done its deed.
func (c *crash) killCommand(cmd *exec.Cmd, words string) {
	c.t.Helper()
	most := 60 * time.Millisecond
	if strings.HasPrefix(words, string(app.DoImport)) {
		most = 600 * time.Millisecond
	}
	var errs strings.Builder
	cmd.Stderr = &errs
	require.NoError(c.t, cmd.Start())
	timer := time.AfterFunc(rand.N(most), func() { _ = cmd.Process.Kill() })
	err := cmd.Wait()
	timer.Stop()
	j := &journal{under: words}
	switch cmd.ProcessState.ExitCode() {
	case -1:
		c.kills++
		c.tally["of them factorctl itself"]++
	case 0:
		j = &journal{acknowledged: []string{words + " done"}}
	default:
		require.NoError(c.t, err, errs.String())
	}
	c.check(j)
}

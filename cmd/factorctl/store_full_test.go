//go:build full && linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/servertest"
)

// copies is a home from which a store is copied.
type copies struct {
	*home
	factorctl string
	env       []string // the password of the database account
	late      bool     // a copy was killed after it was whole, and before this computer had learned of it
}

// listed returns how many users a store says it has, or what its error says.
func (c *copies) listed(store string) (users int, says string) {
	c.t.Helper()
	r := c.run(c.factorctl, c.env, "--store", store, "users", "list", "--limit", "1", "--json")
	if r.code != 0 {
		oneSentence(c.t, r)
		return 0, r.errs
	}
	r = c.must(c.factorctl, c.env, "--store", store, "users", "show", "p19999", "--json")
	var u struct{ Username string }
	require.NoError(c.t, json.Unmarshal([]byte(r.out), &u))
	require.Equal(c.t, "p19999", u.Username)
	return 20_001, ""
}

// kill starts a copy and ends it with a signal at some moment. It reports whether
// the copy was faster.
func (c *copies) kill(with syscall.Signal, most time.Duration, from, to string) (done bool) {
	c.t.Helper()
	cmd := c.command(c.factorctl, c.env, "store", "copy", from, to)
	var errs strings.Builder
	cmd.Stderr = &errs
	require.NoError(c.t, cmd.Start())
	timer := time.AfterFunc(rand.N(most), func() { _ = cmd.Process.Signal(with) })
	_ = cmd.Wait()
	timer.Stop()
	switch code := cmd.ProcessState.ExitCode(); code {
	case 0:
		return true
	case -1:
		require.NotEqual(c.t, syscall.SIGINT, with, "a Ctrl-C is answered")
	default:
		require.Equal(c.t, exitRefused, code, errs.String())
		require.Contains(c.t, errs.String(), "topped.")
	}
	return false
}

// through copies a store in spite of kills, and looks at what each of them leaves.
func (c *copies) through(from, to string) {
	c.t.Helper()
	took := c.time(from)
	for i := 0; ; i++ {
		with := syscall.SIGKILL
		if i%3 == 2 {
			with = syscall.SIGINT
		}
		if i < 9 {
			if c.kill(with, took, from, to) {
				break
			}
		} else {
			c.must(c.factorctl, c.env, "store", "copy", from, to)
			break
		}
		n, says := c.listed(to)
		if n == 20_001 && with == syscall.SIGKILL {
			c.late = true // the signal came behind the last step
			break
		}
		require.Zero(c.t, n)
		require.Regexp(c.t, "unfinished copy of a store|no store", says)
	}
	n, says := c.listed(to)
	require.Equal(c.t, 20_001, n, says)
	require.Equal(c.t, exitConflict, c.run(c.factorctl, c.env, "store", "copy", from, to).code)
	r := c.must(c.factorctl, c.env, "--store", to, "audit", "verify")
	if !c.late {
		require.Empty(c.t, r.errs, "no warning: this computer knows its copies apart")
	}
	if !c.late {
		require.Empty(c.t, c.must(c.factorctl, c.env, "--store", from, "audit", "verify").errs)
	}
}

// time is how long a copy takes, to a place that is used for nothing else.
func (c *copies) time(from string) time.Duration {
	c.t.Helper()
	r := c.must(c.factorctl, c.env, "store", "copy", from, filepath.Join(c.root, "timed-"+strconv.Itoa(rand.Int())+".db"))
	require.Less(c.t, r.peakKiB, int64(160<<10), "the rows are not kept in memory")
	return r.took
}

func TestCopiesThatAreKilled(t *testing.T) {
	c := &copies{home: newHome(t), factorctl: build(t, ".")}
	c.makeStore([]string{"root"}, func(ctx context.Context, console *app.Console) {
		text := &strings.Builder{}
		text.WriteString("username,email\n")
		for i := range 20_000 {
			fmt.Fprintf(text, "p%d,p%d@example.com\n", i, i)
		}
		importText(t, ctx, console, text.String())
	})
	d := servertest.PostgreSQL(t).Database(t)
	c.env = []string{envDatabase + "=" + d.Password}
	team := "postgres://" + d.User + "@" + d.Server.Host + ":" + strconv.Itoa(d.Server.Port) + "/" + d.Name
	back := filepath.Join(c.root, "back.db")
	c.through(c.dirs.DefaultStore(), team)
	c.through(team, back)

	// A deed at each of the three, and each goes its own way without a warning,
	// unless a kill kept this computer from learning of one of them.
	for _, store := range []string{c.dirs.DefaultStore(), team, back, team} {
		r := c.must(c.factorctl, c.env, "--store", store, "users", "add", "x"+strconv.Itoa(rand.Int()), "--email", "x@example.com")
		if !c.late {
			require.NotContains(t, r.errs, "warning")
		}
	}
}

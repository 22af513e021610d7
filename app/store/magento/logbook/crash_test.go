package logbook

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// The environment of a test's other process: the logbook, and what to do to it.
const (
	childPath = "LOGBOOK_TEST_PATH"
	childDeed = "LOGBOOK_TEST_DEED"
)

// child is the other process. What it says on a line is on the disk.
func child(path, deed string) error {
	b, err := Open(ctx, path, Options{Keys: [][]byte{key}})
	if err != nil {
		return err
	}
	say := func(seq int64) { _, _ = fmt.Fprintln(os.Stdout, seq) }
	switch deed {
	case "append": // and end as one should
		for range 40 {
			e, err := b.Append(ctx, event(app.DoSignIn, app.Done))
			if err != nil {
				return err
			}
			say(e.Seq)
		}
		return b.Close()
	case "intend": // and never say how it ended
		seq, err := b.Intend(ctx, event(app.DoReset, ""), []byte{1, 2, 3})
		if err != nil {
			return err
		}
		say(seq)
		time.Sleep(time.Minute)
		return nil
	}
	for { // until somebody kills it
		seq, err := b.Intend(ctx, event(app.DoReset, ""), nil)
		if err != nil {
			return err
		}
		say(seq)
		if err := b.Settle(ctx, seq, event(app.DoReset, app.Done)); err != nil {
			return err
		}
		say(seq + 1)
	}
}

// run starts another process and returns it with what it says.
func run(t *testing.T, path, deed string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	c := exec.CommandContext(ctx, os.Args[0])
	c.Env = append(os.Environ(), childPath+"="+path, childDeed+"="+deed)
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, c.Start())
	return c, bufio.NewScanner(out)
}

// kill ends a process as a power cut would, and waits until it is gone.
func kill(t *testing.T, c *exec.Cmd) {
	t.Helper()
	require.NoError(t, c.Process.Kill())
	require.Error(t, c.Wait(), "it did not end by itself")
}

func TestACrashLeavesAnOpenIntent(t *testing.T) {
	path := place(t)
	c, said := run(t, path, "intend")
	require.True(t, said.Scan())
	kill(t, c)

	b := open(t, path, key)
	left, err := b.OpenIntents(ctx)
	require.NoError(t, err)
	require.Len(t, left, 1)
	require.Equal(t, app.DoReset, left[0].Action)
	require.Equal(t, []byte{1, 2, 3}, Writes(left[0]))
	page, err := b.Events(ctx, app.EventQuery{})
	require.NoError(t, err)
	require.Equal(t, left, page.Events, "everybody sees it")
	require.True(t, verify(t, b).HeadChecked)

	failed := event(app.DoReset, app.Failed)
	failed.Reason = "Factordesk ended before it was done"
	require.NoError(t, b.Settle(ctx, left[0].Seq, failed))
	left, err = b.OpenIntents(ctx)
	require.NoError(t, err)
	require.Empty(t, left)
	verify(t, b)
}

// Killed at any moment, a process leaves whole what it said was done.
func TestKilledAtAnyMoment(t *testing.T) {
	path := place(t)
	var last int64
	for round := range 6 {
		c, said := run(t, path, "for ever")
		for range 5 + 7*round {
			require.True(t, said.Scan())
			n, err := strconv.ParseInt(strings.TrimSpace(said.Text()), 10, 64)
			require.NoError(t, err)
			require.Greater(t, n, last)
			last = n
		}
		kill(t, c)
		b := open(t, path, key)
		r := verify(t, b)
		require.True(t, r.HeadChecked)
		require.Zero(t, r.Unsealed)
		require.GreaterOrEqual(t, r.Events, last, "nothing that was said is lost")
		left, err := b.OpenIntents(ctx)
		require.NoError(t, err)
		require.LessOrEqual(t, len(left), 1)
		for _, e := range left {
			require.NoError(t, b.Settle(ctx, e.Seq, event(app.DoReset, app.Failed)))
		}
		last = verify(t, b).Events
		require.NoError(t, b.Close())
	}
}

// Many processes lose no event, and none of them hears of a lock.
func TestManyProcessesWriteOneChain(t *testing.T) {
	path := place(t)
	b := open(t, path, key)
	var all sync.WaitGroup
	var mu sync.Mutex
	seen := map[string]bool{}
	for range 4 {
		c, said := run(t, path, "append")
		all.Go(func() {
			for said.Scan() {
				mu.Lock()
				seen[said.Text()] = true
				mu.Unlock()
			}
			if err := c.Wait(); err != nil {
				t.Error(err)
			}
		})
	}
	for range 40 {
		_, err := b.Append(ctx, event(app.DoVerify, app.Refused))
		require.NoError(t, err)
	}
	all.Wait()
	r := verify(t, b)
	require.EqualValues(t, 200, r.Events)
	require.Len(t, seen, 160)
	require.Zero(t, r.Unsealed)
}

//go:build full && linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// noEngineWords fails if anything that a person or the log was told has an
// engine's words about a lock in it.
func (h *home) noEngineWords(texts ...string) {
	h.t.Helper()
	h.eachFile(func(path string, _ fs.FileInfo, text []byte) {
		if strings.HasPrefix(path, h.dirs.State) {
			texts = append(texts, string(text))
		}
	})
	for _, text := range texts {
		for _, words := range []string{"database is locked", "database table is locked", "SQLITE_BUSY", "sql: ", "SQL logic"} {
			require.NotContains(h.t, text, words)
		}
	}
}

// runTogether runs workers, one for each list of arguments, as one operator
// each, and returns what they said.
func (h *home) runTogether(worker string, operators []string, args func(i int) []string) []*journal {
	h.t.Helper()
	var wait sync.WaitGroup
	results := make([]ran, len(operators))
	for i, name := range operators {
		cmd := h.command(worker, []string{envOperator + "=" + name}, args(i)...)
		var errs bytes.Buffer
		cmd.Stderr = &errs
		wait.Add(1)
		go func() {
			defer wait.Done()
			results[i] = h.finish(cmd)
			results[i].errs = errs.String()
		}()
	}
	wait.Wait()
	journals := make([]*journal, len(operators))
	for i, r := range results {
		h.noEngineWords(r.out, r.errs)
		require.Zero(h.t, r.code, "%s: %s", operators[i], r.errs)
		journals[i] = &journal{}
		for line := range strings.Lines(r.out) {
			journals[i].read(h.t, strings.TrimSuffix(line, "\n"))
		}
		require.Empty(h.t, journals[i].under)
	}
	return journals
}

// TestManyConsoles lets eight consoles change the same few people as fast as
// they can. Each acknowledged deed is there once, in the order of its console,
// nothing else is, and no save has overwritten another one unseen.
func TestManyConsoles(t *testing.T) {
	worker, h := build(t, "./testdata/worker"), newHome(t)
	var operators []string
	for i := range 8 {
		operators = append(operators, fmt.Sprintf("op%d", i))
	}
	h.env = append(h.env, envOperator+"="+operators[0])
	h.makeStore(operators, func(ctx context.Context, c *app.Console) {
		text := "username,email,first_name,last_name\n"
		for i := range 12 {
			text += fmt.Sprintf("f%02d,f%02d@example.com,Ann%02d,Bauer\n", i, i, i)
		}
		importText(t, ctx, c, text)
	})
	files := filepath.Join(h.root, "files")
	require.NoError(t, os.Mkdir(files, 0o700))
	l := newLedger(t, h.look(worker, h.dirs.DefaultStore(), 0), files)
	journals := h.runTogether(worker, operators, func(i int) []string {
		return []string{"desk", fmt.Sprintf("c%d-", i), "8", files}
	})

	v := h.look(worker, h.dirs.DefaultStore(), l.seq)
	by := map[string][]app.Event{}
	for _, e := range v.Events {
		by[e.Operator] = append(by[e.Operator], e)
	}
	l.follow(v.Events)
	l.agrees(v.Users)
	deeds, refusals := map[string]int{}, map[string]int{}
	for i, j := range journals {
		require.False(t, j.fits(t, by[operators[i]]))
		for _, said := range j.acknowledged {
			deeds[kindOf(said)]++
		}
		for _, said := range j.refused {
			deed, rest, _ := strings.Cut(said, "\t")
			kind, sentence, _ := strings.Cut(rest, "\t")
			refusals[kind+": "+withoutNames(sentence)]++
			require.NotEqual(t, app.Denied.String(), kind, said)
			if strings.Contains(sentence, "Somebody else changed") {
				// It names the person, not the account: first and last name.
				require.Contains(t, sentence, " Bauer meanwhile.", deed)
			}
		}
	}
	t.Logf("8 consoles, 8 s: done %v", deeds)
	for said, n := range refusals {
		t.Logf("%5d × %s", n, said)
	}
	require.Positive(t, refusals["conflict: Somebody else changed * Bauer meanwhile. Look at the user again before you repeat it; nothing of yours was saved."])
}

// withoutNames takes out of a sentence what differs from person to person.
func withoutNames(sentence string) string {
	fields := strings.Fields(sentence)
	for i, f := range fields {
		if strings.ContainsAny(f, "0123456789") {
			fields[i] = "*"
		}
	}
	return strings.Join(fields, " ")
}

// TestSecondChange lets two persons change the same user: the one who was
// slower learns whom somebody else has changed, and nothing of it is saved.
func TestSecondChange(t *testing.T) {
	factorctl, h := build(t, "."), newHome(t)
	h.makeStore([]string{"root"}, func(ctx context.Context, c *app.Console) {
		importText(t, ctx, c, "username,email,first_name,last_name\nann,ann@example.com,Ann,Bauer\n")
	})
	h.must(factorctl, nil, "signin")
	h.must(factorctl, nil, "enroll", "ann", "--uri")
	for _, args := range [][]string{
		{"users", "set", "ann", "--email", "slow@example.com"},
		{"reset", "ann", "google", "--yes", "--reason", "slow"},
		{"users", "remove", "ann", "--yes"},
	} {
		s := newScreen(t)
		cmd := h.command(factorctl, []string{envPassword + "="}, args...)
		s.start(cmd)
		s.await("Your password, to ")
		h.must(factorctl, nil, "users", "set", "ann", "--email", "fast@example.com")
		s.typed(everybodysPassword + "\n")
		code, shown := s.end(cmd)
		require.Equal(t, exitConflict, code, shown)
		require.Contains(t, shown, "factorctl: somebody else changed Ann Bauer meanwhile. Look at the user again before you repeat it; nothing of yours was saved.")
	}
	is := h.must(factorctl, nil, "users", "show", "ann", "--json").out
	require.Contains(t, is, `"email":"fast@example.com"`)
	require.Contains(t, is, `"status":"pending"`)
	h.must(factorctl, nil, "audit", "verify")
	h.noEngineWords()
}

// TestResetTogether resets the same factor from two processes at once.
func TestResetTogether(t *testing.T) {
	factorctl, h := build(t, "."), newHome(t)
	h.makeStore([]string{"root", "olive"}, func(ctx context.Context, c *app.Console) {
		importText(t, ctx, c, "username,email,first_name,last_name\nann,ann@example.com,Ann,Bauer\n")
	})
	operators := []string{"root", "olive"}
	for _, name := range operators {
		h.must(factorctl, []string{"XDG_RUNTIME_DIR=" + h.runtimeOf(name), envOperator + "=" + name}, "signin")
	}
	endings := map[string]int{}
	const rounds = 15
	for i := range rounds {
		h.must(factorctl, nil, "enroll", "ann", "--uri")
		var wait sync.WaitGroup
		var results [2]ran
		for k, name := range operators {
			cmd := h.command(factorctl, []string{"XDG_RUNTIME_DIR=" + h.runtimeOf(name), envOperator + "=" + name},
				"reset", "ann", "google", "--yes", "--reason", "round "+strconv.Itoa(i))
			var errs bytes.Buffer
			cmd.Stderr = &errs
			wait.Add(1)
			go func() {
				defer wait.Done()
				results[k] = h.finish(cmd)
				results[k].errs = errs.String()
			}()
		}
		wait.Wait()
		won := 0
		for _, r := range results {
			h.noEngineWords(r.out, r.errs)
			switch r.code {
			case exitDone:
				won++
			case exitConflict:
				require.Equal(t, "factorctl: somebody else changed Ann Bauer meanwhile. Look at the user again before you repeat it; nothing of yours was saved.\n", r.errs)
			case exitNotFound:
				require.Equal(t, "factorctl: Ann Bauer (ann) has no Google Authenticator to reset.\n", r.errs)
			default:
				require.Fail(t, r.errs, "exit code %d", r.code)
			}
			endings[fmt.Sprintf("exit %d: %s", r.code, strings.TrimSpace(r.errs+r.out))]++
		}
		require.Equal(t, 1, won)
	}
	done := h.must(factorctl, nil, "audit", "list", "--json", "--limit", "0", "--action", "reset", "--outcome", "done").out
	require.Equal(t, rounds, strings.Count(done, "\n"))
	h.must(factorctl, nil, "audit", "verify")
	for ending, n := range endings {
		t.Logf("%d × %s", n, ending)
	}
}

// runtimeOf is a runtime folder of an operator's own, as if everybody had an
// account on the computer.
func (h *home) runtimeOf(name string) string {
	h.t.Helper()
	folder := filepath.Join(h.root, "run-"+name)
	require.NoError(h.t, os.MkdirAll(folder, 0o700))
	return folder
}

// TestLastAdministratorTogether lets two Administrators take away each other's
// role or account, or their own role, at the same moment. One stays.
func TestLastAdministratorTogether(t *testing.T) {
	worker, h := build(t, "./testdata/worker"), newHome(t)
	operators := []string{"root", "olive"}
	h.makeStore(operators, nil)
	l := newLedger(t, h.look(worker, h.dirs.DefaultStore(), 0), h.root)
	start := time.Now().Add(500 * time.Millisecond).UnixMilli()
	const rounds = 90
	journals := h.runTogether(worker, operators, func(i int) []string {
		return []string{"duel", operators[1-i], strconv.FormatInt(start, 10), strconv.Itoa(rounds)}
	})
	// Event by event, somebody could rule the store.
	l.each = func(e app.Event) { require.Positive(t, l.administrators(), "after event %d", e.Seq) }
	v := h.look(worker, h.dirs.DefaultStore(), l.seq)
	l.follow(v.Events)
	l.agrees(v.Users)
	const lastOne = "is the last active Administrator."
	saved, kept := 0, 0
	for _, e := range v.Events {
		switch {
		case e.Action == app.DoSaveUser && e.Outcome == app.Done:
			saved++
		case e.Outcome == app.Refused && strings.Contains(e.Reason, lastOne):
			kept++
		}
	}
	acknowledged, endings := 0, map[string]int{}
	for _, j := range journals {
		for _, said := range j.acknowledged {
			if kindOf(said) == string(app.DoSaveUser) {
				acknowledged++
			}
		}
		for _, said := range j.refused {
			_, sentence, _ := strings.Cut(said, "\t")
			endings[withoutNames(sentence)]++
		}
	}
	require.Equal(t, acknowledged, saved)
	t.Logf("%d rounds, %d saves done", rounds, saved)
	last := 0
	for sentence, n := range endings {
		t.Logf("%4d × %s", n, sentence)
		if strings.Contains(sentence, lastOne) {
			last += n
		}
	}
	require.Positive(t, last, "nobody ever raced for it")
	require.Equal(t, last, kept, "each refused attempt has its event")
}

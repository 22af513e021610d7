//go:build full && linux

package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// newBadStores makes a home with a good store of some hundred pages, of which
// the tests make bad ones. The home has no session, so each command signs in.
func newBadStores(t *testing.T, factorctl string) (h *home, good []byte) {
	t.Helper()
	h = newHome(t)
	h.makeStore([]string{"root"}, func(ctx context.Context, c *app.Console) {
		text := "username,email,first_name,last_name\n"
		for i := range 400 {
			text += fmt.Sprintf("user%03d,user%03d@example.com,First%d,Last%d\n", i, i, i%20, i/20)
		}
		importText(t, ctx, c, text)
	})
	require.NoFileExists(t, h.dirs.DefaultStore()+"-wal", "the store is closed")
	good, err := os.ReadFile(h.dirs.DefaultStore())
	require.NoError(t, err)
	require.NoError(t, os.Mkdir(filepath.Join(h.root, "bad"), 0o700))
	h.asNobody(factorctl)
	return h, good
}

// bad writes a file for the person of the home, and returns its path.
func (h *home) bad(name string, text []byte) string {
	h.t.Helper()
	path := filepath.Join(h.root, "bad", name)
	require.NoError(h.t, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(h.t, os.WriteFile(path, text, 0o600))
	h.own(filepath.Dir(path), path)
	return path
}

// own gives files to the person of the home.
func (h *home) own(paths ...string) {
	h.t.Helper()
	for _, path := range paths {
		if h.who != nil {
			require.NoError(h.t, os.Lchown(path, int(h.who.Uid), int(h.who.Gid)))
		}
	}
}

// footprint is everything in a folder: names and bytes.
func footprint(t *testing.T, folder string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	all := map[string]string{}
	for _, e := range entries {
		text := []byte("folder")
		if !e.IsDir() {
			text, err = os.ReadFile(filepath.Join(folder, e.Name()))
			require.NoError(t, err)
		}
		sum := sha256.Sum256(text)
		all[e.Name()] = hex.EncodeToString(sum[:8])
	}
	return all
}

// oneSentence fails unless a command said one line to a person, with nothing of
// an engine or of Go in it.
func oneSentence(t *testing.T, r ran) {
	t.Helper()
	require.Equal(t, 1, strings.Count(r.errs, "\n"), r.errs)
	require.True(t, strings.HasPrefix(r.errs, "factorctl: ") && strings.HasSuffix(r.errs, ".\n"), r.errs)
	for _, words := range []string{"SQL", "sqlite", "goroutine", "panic", "disk I/O", "malformed", "errno", "no such", "(1", "exit status"} {
		if words != "SQL" || !strings.Contains(r.errs, "SQLite file") {
			require.NotContains(t, r.errs, words)
		}
	}
}

// refuses runs commands on a bad store: each says the sentence, and neither
// the file nor its folder changes.
func (h *home) refuses(factorctl, path string, code int, says string) {
	h.t.Helper()
	before := footprint(h.t, filepath.Dir(path))
	for _, args := range [][]string{{"users", "list"}, {"users", "add", "ann", "--email", "ann@example.com"}, {"signin"}, {"audit", "verify", "--json"}} {
		r := h.run(factorctl, []string{envStore + "=" + path}, args...)
		require.Equal(h.t, code, r.code, "%s: %v: %s", path, args, r.errs)
		oneSentence(h.t, r)
		require.Contains(h.t, r.errs, says, path)
		require.Empty(h.t, r.out)
		require.Equal(h.t, before, footprint(h.t, filepath.Dir(path)), "%s: %v", path, args)
	}
}

// TestStoresThatAreNone gives files that are cut short, or no stores at all.
func TestStoresThatAreNone(t *testing.T) {
	factorctl := build(t, ".")
	h, good := newBadStores(t, factorctl)
	for _, size := range []int{1, 15, 16, 50, 99, 100, 511, 512, 4095, 4096, 4097, 40_000, len(good) / 2, len(good) - 4096, len(good) - 1} {
		path := h.bad(fmt.Sprintf("cut%d/desk.db", size), good[:size])
		h.refuses(factorctl, path, exitUnreadable, "desk.db is cut short: part of the store is missing. Restore it from a backup.")
	}
	random := make([]byte, len(good))
	for i := range random {
		random[i] = byte(rand.IntN(256))
	}
	for name, text := range map[string][]byte{
		"random.db": random, "people.db": []byte("username,email\nann,ann@example.com\n"), "picture.db": append([]byte("\x89PNG\r\n\x1a\n"), random[:5000]...),
		"almost.db": append([]byte("SQLite format 2\x00"), good[16:]...), "zeros.db": make([]byte, 100_000),
	} {
		h.refuses(factorctl, h.bad(name+"/"+name, text), exitUsage, name+" is not a store of Factordesk. A store is an SQLite file, and this is none.")
	}
	h.refuses(factorctl, h.bad("empty/empty.db", nil), exitUsage, "empty.db is empty, so it is no store.")
	h.refuses(factorctl, filepath.Join(h.root, "bad", "empty"), exitUsage, "empty is a folder, not a store file.")
	h.refuses(factorctl, filepath.Join(h.root, "bad", "none.db"), exitNotFound, "there is no store at ")
	r := h.run(factorctl, []string{envStore + "=" + filepath.Join(h.root, "bad", "empty", "empty.db", "x.db")}, "users", "list")
	require.Equal(t, exitUnreachable, r.code, r.errs)
	oneSentence(t, r)
	pipe := filepath.Join(h.root, "bad", "empty", "pipe")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	h.own(pipe)
	for _, path := range []string{pipe, "/dev/null"} {
		r := h.run(factorctl, []string{envStore + "=" + path}, "users", "list")
		require.Equal(t, exitUsage, r.code, r.errs)
		require.Contains(t, r.errs, "is no regular file, so it is no store.")
		oneSentence(t, r)
	}
}

// change runs statements on a copy of the good store.
func (h *home) change(good []byte, name string, statements ...string) string {
	h.t.Helper()
	path := h.bad(name+"/"+name, good)
	db, err := sql.Open("sqlite", "file:"+path)
	require.NoError(h.t, err)
	for _, s := range statements {
		_, err := db.Exec(s)
		require.NoError(h.t, err, s)
	}
	require.NoError(h.t, db.Close())
	h.own(path)
	return path
}

// TestStoresOfOthers gives SQLite files of other programs, and stores of a
// newer Factordesk.
func TestStoresOfOthers(t *testing.T) {
	factorctl := build(t, ".")
	h, good := newBadStores(t, factorctl)
	foreign := "foreign.db is not a store of Factordesk. It is an SQLite file of another program."
	h.refuses(factorctl, h.change(nil, "foreign.db", "CREATE TABLE users (id INTEGER, username TEXT)"), exitUsage, foreign)
	h.refuses(factorctl, h.change(nil, "foreign.db", "DROP TABLE IF EXISTS users", "PRAGMA journal_mode = WAL", "CREATE TABLE x (y)", "PRAGMA application_id = 7"),
		exitUsage, foreign)
	steps, err := filepath.Glob("../../app/store/native/migrations/sqlite/*.sql")
	require.NoError(t, err)
	h.refuses(factorctl, h.change(good, "newer.db", "INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)"), exitUsage,
		fmt.Sprintf("this store was made by a newer Factordesk: its schema is 999, and this program knows %d. Install the newer Factordesk. The file was not changed.", len(steps)))
	// Our number in the head, and not all of ours behind it.
	missing := "a part of the store is missing. Restore it from a backup."
	h.refuses(factorctl, h.change(nil, "hollow.db", "PRAGMA journal_mode = WAL", "PRAGMA application_id = 1178882891", "CREATE TABLE users (id INTEGER)"), exitUnreadable, missing)
	for name, statement := range map[string]string{
		"nohistory.db": "DELETE FROM goose_db_version", "nostore.db": "DELETE FROM store", "nousers.db": "DROP TABLE users",
		"noevents.db": "DROP TABLE events", "nosessions.db": "DROP TABLE sessions",
	} {
		h.refuses(factorctl, h.change(good, name, "PRAGMA foreign_keys = OFF", statement), exitUnreadable, missing)
	}
}

// TestStoresThatArePermittedInPart gives stores that may not be read or not be
// written to.
func TestStoresThatArePermittedInPart(t *testing.T) {
	factorctl := build(t, ".")
	h, good := newBadStores(t, factorctl)
	h.env = append(h.env, envNew+"="+everybodysPassword)
	locked := func(name string, file, folder os.FileMode) string {
		path := h.bad(name+"/"+name, good)
		require.NoError(t, os.Chmod(path, file))
		require.NoError(t, os.Chmod(filepath.Dir(path), folder))
		t.Cleanup(func() { require.NoError(t, os.Chmod(filepath.Dir(path), 0o700)) })
		return path
	}
	for path, says := range map[string]string{
		locked("closed.db", 0o000, 0o700):    "you may not read closed.db. Its owner or an administrator of this computer can permit it.",
		locked("writeonly.db", 0o200, 0o700): "you may not read writeonly.db. Its owner or an administrator of this computer can permit it.",
		locked("hidden.db", 0o600, 0o000):    "you may not read hidden.db. Its owner or an administrator of this computer can permit it.",
	} {
		h.refuses(factorctl, path, exitUnreachable, says)
		r := h.run(factorctl, []string{envStore + "=" + path}, "init", "--username", "root", "--email", "root@example.com")
		require.Contains(t, []int{exitConflict, exitUnreachable}, r.code)
		oneSentence(t, r)
	}

	// What may be read may be looked at, and what would change it says why not.
	protected := "the store's file is write-protected, so it can only be looked at."
	for _, path := range []string{locked("looked.db", 0o400, 0o700), locked("still.db", 0o400, 0o500), locked("folder.db", 0o600, 0o500)} {
		before := footprint(t, filepath.Dir(path))
		store := []string{envStore + "=" + path}
		r := h.must(factorctl, store, "users", "list", "--json", "--limit", "0")
		require.Equal(t, 401, strings.Count(r.out, "\n"))
		h.must(factorctl, store, "users", "show", "user007")
		h.must(factorctl, store, "audit", "verify")
		for _, args := range [][]string{
			{"users", "add", "ann", "--email", "ann@example.com"},
			{"users", "set", "user007", "--name", "J B"},
			{"enroll", "user007", "--uri"},
			{"users", "remove", "user007", "--yes"},
			{"unlock", "user007"},
			{"signin"},
		} {
			r := h.run(factorctl, store, args...)
			require.Equal(t, exitUnreachable, r.code, "%s: %v: %s", path, args, r.errs)
			require.Contains(t, r.errs, protected, "%s: %v", path, args)
			require.Empty(t, r.out)
			oneSentence(t, r)
		}
		require.Equal(t, before, footprint(t, filepath.Dir(path)), path)
	}

	// A store cannot be made where nothing can be written.
	for path, code := range map[string]int{
		filepath.Join(h.root, "bad", "folder.db", "new.db"): exitUnreachable, "/dev/full/new.db": exitUnreachable, "/dev/null": exitConflict,
	} {
		r := h.run(factorctl, []string{envStore + "=" + path}, "init", "--username", "root", "--email", "root@example.com")
		require.Equal(t, code, r.code, r.errs)
		require.NotContains(t, r.out, "ecovery")
		oneSentence(t, r)
	}
}

// TestDamagedStores overwrites pages in the middle of a store with random
// bytes, one after the other. Whatever a command meets, it says in a sentence
// that the store is damaged, or answers as it did before.
func TestDamagedStores(t *testing.T) {
	factorctl := build(t, ".")
	h, good := newBadStores(t, factorctl)
	const page = 4096
	commands := [][]string{{"users", "list", "--json", "--limit", "0"}, {"users", "list", "--json", "--search", "user39"}, {"audit", "verify", "--json"}}
	// The sign-in before each look is what it shows of the administrator.
	answer := func(r ran) string {
		var kept []string
		for line := range strings.Lines(r.out) {
			if !strings.Contains(line, `"username":"root"`) && !strings.Contains(line, `"whole":true`) {
				kept = append(kept, line)
			}
		}
		return strings.Join(kept, "")
	}
	want := map[string]string{}
	path := h.bad("desk/desk.db", good)
	for _, args := range commands {
		want[strings.Join(args, " ")] = answer(h.must(factorctl, []string{envStore + "=" + path}, args...))
	}
	endings := map[string]int{}
	for i := 1; i < len(good)/page; i += 2 {
		bad := append([]byte(nil), good...)
		for k := range page {
			bad[i*page+k] = byte(rand.IntN(256))
		}
		for _, args := range commands {
			// The computer would say that it has seen a newer store than this.
			require.NoError(t, os.RemoveAll(filepath.Join(h.dirs.State, "heads")))
			require.NoError(t, os.RemoveAll(filepath.Dir(path)))
			h.bad("desk/desk.db", bad)
			r := h.run(factorctl, []string{envStore + "=" + path}, args...)
			switch r.code {
			case exitDone:
				require.Equal(t, want[strings.Join(args, " ")], answer(r), "page %d: %v", i, args)
				endings["not met"]++
			case exitUnreadable:
				oneSentence(t, r)
				endings[strings.TrimSpace(r.errs)]++
			default:
				require.Fail(t, r.errs, "page %d: %v: exit code %d", i, args, r.code)
			}
		}
	}
	for ending, n := range endings {
		t.Logf("%4d × %s", n, ending)
	}
	require.Greater(t, len(endings), 1)
}

// TestFullDisk gives a disk without room: a real one where the test may mount
// one, and for everybody a limit on the size of files.
func TestFullDisk(t *testing.T) {
	factorctl := build(t, ".")
	h, good := newBadStores(t, factorctl)
	people := bytes.NewBufferString("username,email,first_name\n")
	for i := range 30_000 {
		fmt.Fprintf(people, "more%05d,more%05d@example.com,%s\n", i, i, strings.Repeat("x", 90))
	}
	file := h.bad("people/people.csv", people.Bytes())
	t.Run("limit", func(t *testing.T) {
		path := h.bad("limit/desk.db", good)
		h.noRoom(t, path, "/bin/sh", func(args []string) []string {
			// In blocks of 512 bytes; without the signal that ends other programs.
			return append([]string{"-c", `trap "" XFSZ; ulimit -f 2500; exec "$0" "$@"`, factorctl}, args...)
		}, factorctl, file, "the store's file cannot be used. Check the disk and the permissions of the file and its folder.")
	})
	if os.Getuid() != 0 {
		return // nobody else may mount a disk
	}
	disk := filepath.Join(h.root, "disk")
	require.NoError(t, os.Mkdir(disk, 0o700))
	require.NoError(t, syscall.Mount("none", disk, "tmpfs", 0, fmt.Sprintf("size=4m,mode=0700,uid=%d,gid=%d", nobody, nobody)))
	t.Cleanup(func() { require.NoError(t, syscall.Unmount(disk, 0)) })
	path := filepath.Join(disk, "desk.db")
	full := "the disk is full. Nothing was changed. Make room on the disk, then try again."
	t.Run("disk", func(t *testing.T) {
		require.NoError(t, os.WriteFile(path, good, 0o600))
		h.own(path)
		h.noRoom(t, path, factorctl, func(args []string) []string { return args }, factorctl, file, full)
	})
	t.Run("no byte left", func(t *testing.T) { h.noByteLeft(t, path, factorctl, full) })
}

// noRoom imports more than there is room for. The store stays as it was to the
// last byte, and goes on afterwards.
func (h *home) noRoom(
	t *testing.T, path, program string, wrapped func(args []string) []string, factorctl, file, says string,
) {
	t.Helper()
	store := []string{envStore + "=" + path}
	require.NoError(t, os.RemoveAll(filepath.Join(h.dirs.State, "heads")))
	h.must(factorctl, store, "signin")
	before := footprint(t, filepath.Dir(path))
	r := h.run(program, store, wrapped([]string{"users", "import", file, "--json"})...)
	require.Equal(t, exitUnreachable, r.code, r.errs)
	require.Equal(t, "factorctl: "+says+"\n", r.errs)
	require.Empty(t, r.out)
	require.Equal(t, before, footprint(t, filepath.Dir(path)))
	h.must(program, store, wrapped([]string{"users", "add", "ann", "--email", "ann@example.com"})...)
	list := h.must(factorctl, store, "users", "list", "--json", "--limit", "0")
	require.Equal(t, 402, strings.Count(list.out, "\n"))
	h.must(factorctl, store, "audit", "verify")
	h.look(build(t, "./testdata/worker"), path, 0)
}

// noByteLeft fills the disk of a store to its last byte.
func (h *home) noByteLeft(t *testing.T, path, factorctl, full string) {
	t.Helper()
	store := []string{envStore + "=" + path, envNew + "=" + everybodysPassword}
	filler := filepath.Join(filepath.Dir(path), "filler")
	f, err := os.Create(filler)
	require.NoError(t, err)
	for size := 1 << 16; size > 0; size /= 2 {
		for err = nil; err == nil; {
			_, err = f.Write(make([]byte, size))
		}
		require.ErrorIs(t, err, syscall.ENOSPC)
	}
	require.NoError(t, f.Close())
	before := footprint(t, filepath.Dir(path))
	for _, args := range [][]string{
		{"users", "add", "ben", "--email", "ben@example.com", "--json"},
		{"enroll", "ann", "--uri"},
		{"users", "set", "ann", "--name", "A B"},
		{"signin"},
		{"users", "list"},
		{"audit", "verify"},
	} {
		r := h.run(factorctl, store, args...)
		if r.code == exitDone && (args[1] == "list" || args[1] == "verify") {
			continue // looking needs no room where the engine has its own already
		}
		require.Equal(t, exitUnreachable, r.code, "%v: %s", args, r.errs)
		require.Equal(t, "factorctl: "+full+"\n", r.errs, args)
		require.Empty(t, r.out)
		// An empty log may stay until the next console.
		require.Equal(t, before["desk.db"], footprint(t, filepath.Dir(path))["desk.db"], args)
	}
	r := h.run(factorctl, append(store, envStore+"="+filepath.Join(filepath.Dir(path), "new.db")), "init", "--username", "root", "--email", "root@example.com")
	require.Equal(t, exitUnreachable, r.code, r.errs)
	oneSentence(t, r)
	left, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*new.db*"))
	require.NoError(t, err)
	require.Empty(t, left, "nothing that looks like a store stays")
	require.NoError(t, os.Remove(filler))
	h.must(factorctl, store, "users", "set", "ann", "--name", "A B")
	h.must(factorctl, store, "audit", "verify")
	h.look(build(t, "./testdata/worker"), path, 0)
}

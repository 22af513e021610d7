package logbook

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// names returns the files in a folder with their permissions.
func names(t *testing.T, folder string) map[string]fs.FileMode {
	t.Helper()
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	all := map[string]fs.FileMode{}
	for _, e := range entries {
		info, err := e.Info()
		require.NoError(t, err)
		all[e.Name()] = info.Mode().Perm()
	}
	return all
}

func TestFilesAreForTheirOwnerOnly(t *testing.T) {
	path := place(t)
	b := open(t, path)
	_, err := b.Append(ctx, event(app.DoSignOut, app.Done))
	require.NoError(t, err)
	want := map[string]fs.FileMode{"shop.log": 0o600, "shop.log-wal": 0o600, "shop.log-shm": 0o600}
	require.Equal(t, want, names(t, filepath.Dir(path)))
	info, err := os.Stat(filepath.Dir(path))
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o700), info.Mode().Perm())

	require.NoError(t, b.Close())
	require.NoError(t, os.Chmod(path, 0o644)) // copied here from elsewhere
	b = open(t, path)
	_, err = b.Append(ctx, event(app.DoSignOut, app.Done))
	require.NoError(t, err)
	require.Equal(t, want, names(t, filepath.Dir(path)))
}

func TestAnyFileNameWorks(t *testing.T) {
	for _, name := range []string{"my shop.log", "50%.log", "a?b=c&d.log", "x#y.log", "é жук.log", "%41.log", "mode=ro.log"} {
		path := filepath.Join(t.TempDir(), name)
		b := open(t, path)
		require.Equal(t, path, b.Path())
		require.NoError(t, b.Close())
		require.Equal(t, map[string]fs.FileMode{name: 0o600}, names(t, filepath.Dir(path)))
	}
}

// However many processes begin at once, there is one logbook.
func TestManyMakeOneLogbook(t *testing.T) {
	path := place(t)
	books := make([]*Book, 8)
	var all sync.WaitGroup
	for i := range books {
		all.Go(func() {
			b, err := Open(ctx, path, Options{Keys: [][]byte{key}})
			if err == nil {
				_, err = b.Append(ctx, event(app.DoSignIn, app.Done))
			}
			if err != nil {
				t.Error(err)
			}
			books[i] = b
		})
	}
	all.Wait()
	for _, b := range books {
		require.Equal(t, books[0].ID(), b.ID())
		require.EqualValues(t, len(books), verify(t, b).Events)
	}
	for _, b := range books {
		require.NoError(t, b.Close())
	}
	require.Len(t, names(t, filepath.Dir(path)), 1, "no draft is left")
	require.NotEqual(t, open(t, place(t)).ID(), open(t, path).ID())
}

// What is no logbook is refused with a sentence, and left as it is.
func TestWhatIsNoLogbook(t *testing.T) {
	whole := place(t)
	b := open(t, whole)
	_, err := b.Append(ctx, event(app.DoSignIn, app.Done))
	require.NoError(t, err)
	require.NoError(t, b.Close())
	good, err := os.ReadFile(whole)
	require.NoError(t, err)
	changed := func(change string) []byte {
		path := filepath.Join(t.TempDir(), "changed.log")
		require.NoError(t, os.WriteFile(path, good, 0o600))
		outside(t, path, change)
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		return text
	}
	broken := bytes.Clone(good)
	copy(broken[4096:], bytes.Repeat([]byte("nothing "), 512*3))
	for name, c := range map[string]struct {
		text []byte
		kind app.Kind
		says string
	}{
		"empty":                 {nil, app.Invalid, "is no logbook of Factordesk."},
		"short":                 {good[:50], app.Invalid, "is no logbook of Factordesk."},
		"text":                  {bytes.Repeat([]byte("a log of another kind\n"), 100), app.Invalid, "is no logbook of Factordesk."},
		"of another program":    {changed("PRAGMA application_id = 7"), app.Invalid, "but a file of another program."},
		"newer":                 {changed("PRAGMA user_version = 2"), app.Invalid, "made by a newer Factordesk: its schema is 2, and this program knows 1."},
		"older than the oldest": {changed("PRAGMA user_version = 0"), app.Unreadable, "is damaged."},
		"without its row":       {changed("DELETE FROM book"), app.Unreadable, "is damaged."},
		"without a table":       {changed("DROP TABLE book"), app.Unreadable, "is damaged."},
		"with pages of nothing": {broken, app.Unreadable, "is damaged."},
		"cut":                   {good[:5000], app.Unreadable, "is damaged."},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "other.log")
			require.NoError(t, os.WriteFile(path, c.text, 0o600))
			_, err := Open(ctx, path, Options{Keys: [][]byte{key}})
			isError(t, c.kind, err)
			message, _ := app.Explain(err)
			require.Contains(t, message, c.says)
			after, err := os.ReadFile(path)
			require.NoError(t, err)
			require.True(t, bytes.Equal(c.text, after), "the file is left as it is")
		})
	}
	_, err = Open(ctx, t.TempDir(), Options{})
	isError(t, app.Invalid, err)
	_, err = Open(ctx, filepath.Join(whole, "below a file.log"), Options{})
	isError(t, app.Unreachable, err)
}

func TestWhatCannotBeUsed(t *testing.T) {
	path := place(t)
	b := open(t, path)
	require.NoError(t, b.Close())
	_, err := b.Append(ctx, event(app.DoSignIn, app.Done))
	require.Error(t, err, "a closed logbook takes nothing")

	stopped, stop := context.WithCancel(ctx)
	stop()
	_, err = Open(stopped, place(t), Options{})
	isError(t, app.Canceled, err)
	b = open(t, path)
	_, err = b.Append(stopped, event(app.DoSignIn, app.Done))
	isError(t, app.Canceled, err)
	h, err := b.Head(ctx)
	require.NoError(t, err)
	require.Zero(t, h.Seq)
}

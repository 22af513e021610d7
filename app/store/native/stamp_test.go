package native

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// copyFile copies a store that nobody has open.
func copyFile(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(to, b, 0o600))
}

// A file that is gone from its place takes no changes any more, and is found
// again when it is back.
func TestAFileThatVanishes(t *testing.T) {
	ctx := context.Background()
	s := newTestStore(t)
	path := s.info.Location
	before, err := s.Stamp(ctx)
	require.NoError(t, err)
	add := func(name string) error {
		_, err := s.AddUser(ctx, app.NewUser{Username: name, Email: "u@example.com"}, app.Event{Console: "test", Action: app.DoAddUser})
		return err
	}

	require.NoError(t, os.Rename(path, path+".away"))
	_, err = s.Stamp(ctx)
	require.Equal(t, app.Unreachable, app.KindOf(err))
	message, hint := app.Explain(err)
	require.Equal(t, "The store’s file is not in its place any more. Nothing was changed.", message)
	require.Equal(t, "Put store.db back, or connect its drive.", hint)
	err = add("lost")
	require.Equal(t, app.Unreachable, app.KindOf(err))
	require.Contains(t, err.Error(), "not in its place")

	require.NoError(t, os.Rename(path+".away", path))
	after, err := s.Stamp(ctx)
	require.NoError(t, err)
	require.Equal(t, before, after, "nothing was done")
	require.NoError(t, add("found"))
	after, err = s.Stamp(ctx)
	require.NoError(t, err)
	require.NotEqual(t, before, after)
}

// A copy of the file that is put in its place is the store from then on: what is
// done goes into the copy, and the old file is let go.
func TestACopyInThePlaceOfTheFile(t *testing.T) {
	ctx := context.Background()
	s := newTestStore(t)
	path := s.info.Location
	add(t, s, "early", "", app.Secret{})
	backup := filepath.Join(t.TempDir(), "backup.db")
	outside(t, s, "VACUUM INTO '"+backup+"'")
	add(t, s, "late", "", app.Secret{})

	for _, ending := range []string{"", "-wal", "-shm"} {
		require.NoError(t, os.Rename(path+ending, path+".away"+ending))
	}
	_, err := s.Stamp(ctx)
	require.Equal(t, app.Unreachable, app.KindOf(err))
	copyFile(t, backup, path)
	_, err = s.AddUser(ctx, app.NewUser{Username: "hasty", Email: "u@example.com"}, app.Event{Console: "test"})
	require.Equal(t, app.Unreachable, app.KindOf(err), "nothing goes into a file that was not looked at")
	_, err = s.Stamp(ctx)
	require.NoError(t, err)
	_, err = s.FindUser(ctx, "late")
	require.Equal(t, app.NotFound, app.KindOf(err), "it is as the copy is")
	add(t, s, "again", "", app.Secret{})
	o := another(t, s)
	_, err = o.FindUser(ctx, "again")
	require.NoError(t, err, "who opens the file finds it there")

	// Another store is not taken for this one.
	other := newTestStore(t)
	foreign := filepath.Join(t.TempDir(), "other.db")
	outside(t, other, "VACUUM INTO '"+foreign+"'")
	require.NoError(t, os.Rename(path, path+".old"))
	copyFile(t, foreign, path)
	_, err = s.Stamp(ctx)
	require.Equal(t, app.Unreachable, app.KindOf(err))
	require.Contains(t, err.Error(), "does not belong to the log beside it", "two stores are not mixed")
	for _, ending := range []string{"-wal", "-shm"} {
		require.NoError(t, os.Rename(path+ending, path+".old"+ending))
	}
	_, err = s.Stamp(ctx)
	require.Equal(t, app.Unreachable, app.KindOf(err))
	require.Contains(t, err.Error(), "Another store is in the place of this one.")
	_, err = s.Users(ctx, app.Query{})
	require.Equal(t, app.Unreachable, app.KindOf(err), "nobody of another store is shown")
	require.NoError(t, os.Remove(path))
	for _, ending := range []string{"", "-wal", "-shm"} {
		require.NoError(t, os.Rename(path+".old"+ending, path+ending))
	}
	_, err = s.Stamp(ctx)
	require.NoError(t, err)
	_, err = s.FindUser(ctx, "again")
	require.NoError(t, err)
}

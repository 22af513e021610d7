package native

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// snapshotOf writes a snapshot of a store to a new file.
func snapshotOf(t *testing.T, s *Store) (path string, c app.Contents) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "snapshot")
	c, err := s.Snapshot(context.Background(), path, nil)
	require.NoError(t, err)
	return path, c
}

// fileInto gives Restore what is in a file.
func fileInto(path string) func(io.Writer) error {
	return func(w io.Writer) error {
		text, err := os.ReadFile(path)
		if err == nil {
			_, err = w.Write(text)
		}
		return err
	}
}

func restoreEvent() app.Event { return app.Event{Console: "test", Action: app.DoRestore} }

func TestASnapshotBecomesTheSameStore(t *testing.T) {
	ctx := context.Background()
	s := newTestStore(t)
	populate(t, s, 500)
	before := rowsByHand(t, fileByHand(t, s.info.Location), false)
	snapshot, c := snapshotOf(t, s)
	require.EqualValues(t, 501, c.Users)
	require.EqualValues(t, 600, c.Factors)
	require.Empty(t, c.Problem)

	path := filepath.Join(t.TempDir(), "new", "back.db")
	got, err := Restore(ctx, path, Options{}, restoreEvent(), fileInto(snapshot), nil)
	require.NoError(t, err)
	require.Equal(t, c, got)
	require.Equal(t, before, rowsByHand(t, fileByHand(t, path), false))
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	back, err := Open(ctx, path, Options{Cost: cheapCost})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, back.Close()) })
	signIn(t, back, "olive", testPassword)
	r, err := back.VerifyChain(ctx, nil)
	require.NoError(t, err)
	require.True(t, r.Whole, r.Problem)
	require.Equal(t, c.Events+1, r.Events)

	_, err = Restore(ctx, path, Options{}, restoreEvent(), fileInto(snapshot), nil)
	require.Equal(t, app.Conflict, app.KindOf(err))
}

func TestABackupOfAnOlderSchemaIsBroughtUp(t *testing.T) {
	ctx := context.Background()
	s := newTestStore(t)
	snapshot, _ := snapshotOf(t, s)
	db := fileByHand(t, snapshot)
	m, err := newMigrations(db, inSQLite.goose, migrationFiles())
	require.NoError(t, err)
	_, err = m.DownTo(ctx, 1)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "back.db")
	c, err := Restore(ctx, path, Options{}, restoreEvent(), fileInto(snapshot), nil)
	require.NoError(t, err)
	require.EqualValues(t, 1, c.Schema)
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, entries, 1, "nothing is left beside it: %v", entries)

	_, err = db.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)")
	require.NoError(t, err)
	_, err = Restore(ctx, path+"2", Options{}, restoreEvent(), fileInto(snapshot), nil)
	require.ErrorContains(t, err, "This backup was made by a newer Factordesk: its schema is 999")
}

func TestRestoreLeavesNothingHalf(t *testing.T) {
	ctx := context.Background()
	s := newTestStore(t)
	populate(t, s, 500)
	snapshot, _ := snapshotOf(t, s)
	text, err := os.ReadFile(snapshot)
	require.NoError(t, err)
	folder := t.TempDir()
	lost := errors.New("lost")
	for what, fill := range map[string]func(io.Writer) error{
		"a fault in the middle": func(w io.Writer) error {
			_, err := w.Write(text[:len(text)/2])
			return errors.Join(err, lost)
		},
		"a part": func(w io.Writer) error {
			_, err := w.Write(text[:len(text)/2])
			return err
		},
		"another file": func(w io.Writer) error {
			_, err := io.WriteString(w, "notes")
			return err
		},
		"a page of zeros": func(w io.Writer) error {
			changed := append([]byte(nil), text...)
			clear(changed[len(text)/2 : len(text)/2+8192])
			_, err := w.Write(changed)
			return err
		},
	} {
		_, err := Restore(ctx, filepath.Join(folder, "back.db"), Options{}, restoreEvent(), fill, nil)
		require.Error(t, err, what)
		entries, err := os.ReadDir(folder)
		require.NoError(t, err)
		require.Empty(t, entries, what)
	}
}

// A store whose activity was changed from outside can be backed up, for who looks
// into that later, and says so.
func TestASnapshotTellsOfABrokenChain(t *testing.T) {
	s := newTestStore(t)
	outside(t, s, "UPDATE events SET at = at + 1 WHERE seq = 1")
	snapshot, c := snapshotOf(t, s)
	require.NotEmpty(t, c.Problem)
	got, err := Restore(context.Background(), filepath.Join(t.TempDir(), "back.db"), Options{}, restoreEvent(), fileInto(snapshot), nil)
	require.NoError(t, err)
	require.Equal(t, c.Problem, got.Problem)
}

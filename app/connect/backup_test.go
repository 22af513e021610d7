package connect_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/connect"
)

// backUp makes a backup of a store that somebody is signed in to.
func backUp(t *testing.T, c *app.Console, o connect.Options, file string) connect.Backup {
	t.Helper()
	ctx := context.Background()
	path, err := connect.NewBackup(file)
	require.NoError(t, err)
	g, err := c.Reverify(ctx, app.NewSecret("correct horse battery"), app.Deed{Action: app.DoBackUp, Place: path})
	require.NoError(t, err)
	b := connect.Backup{File: path, Passphrase: app.NewSecret("nine geese in a rowing boat")}
	m, err := connect.BackUp(ctx, c, g, b, o)
	require.NoError(t, err)
	require.Equal(t, "Shop", m.Name)
	require.EqualValues(t, 1, m.Users)
	return b
}

func TestBackUpAndRestore(t *testing.T) {
	ctx, o := context.Background(), options(t)
	o.Work = 4
	c, _, err := connect.Create(ctx, connect.NewStore{Name: "Shop", First: first("root")}, o)
	require.NoError(t, err)
	signIn(t, c, "root")
	folder := filepath.Dir(o.Dirs.DefaultStore())
	left := filepath.Join(folder, ".desk.db.snapshot-left")
	require.NoError(t, os.WriteFile(left, nil, 0o600))
	require.NoError(t, os.Chtimes(left, time.Time{}, time.Now().Add(-48*time.Hour)))
	b := backUp(t, c, o, filepath.Join(t.TempDir(), "shop.factordesk.age"))
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	for _, e := range entries {
		require.True(t, strings.HasPrefix(e.Name(), "desk.db"), "%s is left", e.Name())
	}
	m, err := connect.ShowBackup(ctx, b)
	require.NoError(t, err)
	require.Equal(t, noon, m.Made)
	closed(t, c)

	path := filepath.Join(t.TempDir(), "back.db")
	r, err := connect.Restore(ctx, b, path, o)
	require.NoError(t, err)
	require.Equal(t, m, r.Manifest)
	require.Len(t, r.Notices, 1, "this computer has seen the event of the backup itself, which is not in it")
	require.Contains(t, r.Notices[0], "the backup ends with event")
	_, err = connect.Restore(ctx, b, path, o)
	require.Equal(t, app.Conflict, app.KindOf(err))
	saved, err := o.Dirs.Connections()
	require.NoError(t, err)
	require.Len(t, saved, 2)
	require.Equal(t, path, saved[1].Location)

	back, err := connect.Open(ctx, path, o)
	require.NoError(t, err)
	signIn(t, back, "root")
	closed(t, back)
	_, err = connect.Restore(ctx, b, "postgres://a@localhost/desk", o)
	require.Equal(t, app.Invalid, app.KindOf(err))
}

func TestABackupThatIsStoppedLeavesNothing(t *testing.T) {
	ctx, o := context.Background(), options(t)
	o.Work = 4
	c, _, err := connect.Create(ctx, connect.NewStore{Name: "Shop", First: first("root")}, o)
	require.NoError(t, err)
	signIn(t, c, "root")
	defer closed(t, c)
	path := filepath.Join(t.TempDir(), "shop.factordesk.age")
	for _, at := range []app.MoveStage{app.MoveSnapshot, app.MoveCheck, app.MoveSealing} {
		g, err := c.Reverify(ctx, app.NewSecret("correct horse battery"), app.Deed{Action: app.DoBackUp, Place: path})
		require.NoError(t, err)
		cut, stop := context.WithCancel(ctx)
		_, err = connect.BackUp(cut, c, g, connect.Backup{
			File: path, Passphrase: app.NewSecret("nine geese in a rowing boat"), Report: func(p app.MoveProgress) {
				if p.Stage == at {
					stop()
				}
			},
		}, o)
		require.Equal(t, app.Canceled, app.KindOf(err), "%s: %v", at, err)
		entries, err := os.ReadDir(filepath.Dir(path))
		require.NoError(t, err)
		require.Empty(t, entries, at)
		page, err := c.Events(ctx, app.EventQuery{Action: app.DoBackUp, Limit: 1})
		require.NoError(t, err)
		require.Equal(t, app.Failed, page.Events[0].Outcome)
	}
	_, err = connect.NewBackup(o.Dirs.DefaultStore())
	require.Equal(t, app.Conflict, app.KindOf(err))
}

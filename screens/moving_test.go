package screens_test

import (
	"context"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/memory"
	"github.com/factordesk/factordesk/screens/backup"
	"github.com/factordesk/factordesk/screens/kit/kittest"
)

func (c *computer) PlaceBackup(path string) (string, error) { return path, nil }

func (c *computer) BackUp(
	_ context.Context, console *app.Console, g *app.Grant, path string, _ app.Secret, _ func(app.MoveProgress),
) (backup.Holds, error) {
	c.moved = append(c.moved, "backed up "+console.Store().Name+" to "+filepath.Base(path))
	if g == nil {
		return backup.Holds{}, app.Errorf(app.Denied, "Your password was not verified for this.")
	}
	return backup.Holds{Users: 25}, nil
}

func (c *computer) ShowBackup(context.Context, string, app.Secret) (backup.Holds, string, error) {
	return backup.Holds{Name: "Olive’s Desk"}, "/srv/new.db", nil
}

func (c *computer) RestoreBackup(_ context.Context, path string, _ app.Secret, store string, _ func(app.MoveProgress)) (backup.Restored, error) {
	c.moved = append(c.moved, "restored "+filepath.Base(path)+" to "+store)
	return backup.Restored{Path: store}, nil
}

// restore types what a backup needs, and restores it.
func restore(w *kittest.Desk) {
	w.Type("/srv/olive.factordesk.age")
	w.Key(fyne.KeyReturn)
	w.Type("nine geese in a rowing boat")
	w.Key(fyne.KeyReturn)
	w.Key(fyne.KeyReturn)
}

func TestSettingsBackTheStoreUp(t *testing.T) {
	w := open(t, kittest.Wide, desk)
	w.computer.make = furnished(app.LocalStore)
	w.shell.Start("")
	w.signIn()
	w.Kit.Press("Ctrl+5")
	w.Tap("Back up now…")
	require.Contains(t, w.Field("File").Text(), backup.Suffix)
	w.Type("nine geese in a rowing boat")
	w.Key(fyne.KeyReturn)
	w.Type("nine geese in a rowing boat")
	w.Key(fyne.KeyReturn)
	w.Type(memory.SamplePassword)
	w.Key(fyne.KeyReturn)
	require.Len(t, w.computer.moved, 1)
	require.Contains(t, w.computer.moved[0], "backed up ")
	require.Contains(t, w.Text(), "25 users")
}

func TestWelcomeRestoresABackupAndLeadsToItsSignIn(t *testing.T) {
	w := open(t, kittest.Wide)
	w.Type("2")
	w.Tap("Restore a backup…")
	restore(w.Desk)
	require.Equal(t, []string{"restored olive.factordesk.age to /srv/new.db"}, w.computer.moved)
	w.Tap("Sign in to it")
	require.Equal(t, []string{"/srv/new.db"}, w.computer.targets)
}

func TestConnectionsRestoreABackup(t *testing.T) {
	w := open(t, kittest.Wide, desk)
	w.signIn()
	w.Kit.Press("Ctrl+4")
	w.Tap("Restore a backup…")
	restore(w.Desk)
	require.Len(t, w.computer.moved, 1)
	w.Tap("Close")
	require.Contains(t, w.Text(), "saved on this computer", "the list is read anew")
	w.Tap("Restore a backup…")
	restore(w.Desk)
	w.Tap("Sign in to it")
	require.Equal(t, "/srv/new.db", w.computer.targets[len(w.computer.targets)-1])
}

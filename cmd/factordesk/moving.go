package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/factordesk/factordesk/app"
	files "github.com/factordesk/factordesk/app/backup"
	"github.com/factordesk/factordesk/app/connect"
	"github.com/factordesk/factordesk/screens/backup"
)

// PlaceBackup implements screens.Backups.
func (b *backend) PlaceBackup(path string) (string, error) { return connect.NewBackup(path) }

// BackUp implements screens.Backups.
func (b *backend) BackUp(
	ctx context.Context, c *app.Console, g *app.Grant, path string, passphrase app.Secret, report func(app.MoveProgress),
) (backup.Holds, error) {
	m, err := connect.BackUp(ctx, c, g, connect.Backup{File: path, Passphrase: passphrase, Report: report}, connect.Options{})
	return holds(m), err
}

// ShowBackup implements backup.Restorer. What is in the backup is read when it is
// restored; here only what it says of itself.
func (b *backend) ShowBackup(_ context.Context, path string, passphrase app.Secret) (backup.Holds, string, error) {
	f, err := files.Open(path, passphrase)
	if err != nil {
		return backup.Holds{}, "", err
	}
	return holds(f.Manifest), b.freePath(f.Manifest), f.Close()
}

// freePath is a path for a restored store: the usual one where there is nothing
// yet, else one beside it with the day of the backup.
func (b *backend) freePath(m files.Manifest) string {
	usual := b.dirs.DefaultStore()
	if _, err := os.Lstat(usual); errors.Is(err, fs.ErrNotExist) {
		return usual
	}
	return filepath.Join(filepath.Dir(usual), "restored-"+m.Made.Local().Format("2006-01-02-1504")+".db")
}

// RestoreBackup implements backup.Restorer.
func (b *backend) RestoreBackup(
	ctx context.Context, path string, passphrase app.Secret, store string, report func(app.MoveProgress),
) (backup.Restored, error) {
	r, err := connect.Restore(ctx, connect.Backup{File: path, Passphrase: passphrase, Report: report}, store, connect.Options{})
	return backup.Restored{Holds: holds(r.Manifest), Path: r.Path, Notices: r.Notices}, err
}

// holds is a manifest as the window shows it.
func holds(m files.Manifest) backup.Holds {
	return backup.Holds{
		Name: m.Name, Made: m.Made, Console: m.Console, Program: m.Program, Users: m.Users, Factors: m.Factors, Events: m.Events,
		Newest: m.HeadSeq, Problem: m.Problem,
	}
}

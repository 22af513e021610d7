package screens

import (
	"context"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/backup"
)

// Backups are made of an open store, and restored to new ones.
type Backups interface {
	PlaceBackup(path string) (string, error)
	BackUp(
		ctx context.Context, c *app.Console, g *app.Grant, path string, passphrase app.Secret, report func(app.MoveProgress),
	) (backup.Holds, error)
	backup.Restorer
}

// maker is the open store, for the dialog that backs it up.
type maker struct {
	*app.Console
	backups Backups
}

var _ backup.Maker = maker{}

// PlaceBackup implements backup.Maker.
func (m maker) PlaceBackup(path string) (string, error) { return m.backups.PlaceBackup(path) }

// BackUp implements backup.Maker. It takes the place of the Console's own method,
// which knows nothing of files.
func (m maker) BackUp(
	ctx context.Context, g *app.Grant, path string, passphrase app.Secret, report func(app.MoveProgress),
) (backup.Holds, error) {
	return m.backups.BackUp(ctx, m.Console, g, path, passphrase, report)
}

// backUp asks for what a backup of the open store needs, and makes it.
func (s *Shell) backUp() { backup.Make(maker{s.console, s.backend}, s.kit) }

// restoreHere makes a new store of a backup for somebody who is at another one.
func (s *Shell) restoreHere() {
	backup.Restore(s.backend, s.kit, func(path string, signIn bool) {
		if signIn {
			s.leaveFor(func() { s.againAt(path) })
			return
		}
		s.refresh() // it is on the list
	})
}

// restoreFirst does so for somebody who is not signed in.
func (s *Shell) restoreFirst() {
	backup.Restore(s.backend, s.kit, func(path string, signIn bool) {
		if signIn {
			s.againAt(path)
		}
	})
}

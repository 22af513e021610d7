package backup

import (
	"context"
	"time"

	"github.com/factordesk/factordesk/app"
)

// Suffix is how the names of backups end.
const Suffix = ".factordesk.age"

// Holds is what is in a backup.
type Holds struct {
	Name    string    // of the store
	Made    time.Time // UTC
	Console string    // at which it was made
	Program string    // that made it

	Users, Factors, Events int64
	Newest                 int64  // number of the newest event
	Problem                string // why the activity was not whole; empty: it was
}

// Restored is a new store that was made of a backup.
type Restored struct {
	Holds
	Path    string
	Notices []string // what its people have to know, each in a sentence
}

// Maker makes backups of the open store. Its methods run off the UI goroutine,
// but for the first two; errors are *app.Error.
type Maker interface {
	Store() app.StoreInfo
	Operator() (app.Operator, bool)

	// Reverify makes the grant for one place.
	Reverify(ctx context.Context, password app.Secret, d app.Deed) (*app.Grant, error)

	// PlaceBackup returns the full path of a backup that is to be made; Conflict
	// when there is a file already.
	PlaceBackup(path string) (string, error)

	// BackUp makes the backup. It calls report from any goroutine.
	BackUp(ctx context.Context, g *app.Grant, path string, passphrase app.Secret, report func(app.MoveProgress)) (Holds, error)
}

// Restorer makes new stores of backups. Its methods run off the UI goroutine;
// errors are *app.Error.
type Restorer interface {
	// ShowBackup returns what a backup says of itself, and a path at which there is
	// nothing yet for a new store.
	ShowBackup(ctx context.Context, path string, passphrase app.Secret) (h Holds, free string, err error)

	// RestoreBackup makes a new local store at a full path. It calls report from any
	// goroutine.
	RestoreBackup(ctx context.Context, path string, passphrase app.Secret, store string, report func(app.MoveProgress)) (Restored, error)
}

// checkPassphrase says at once what the program would say later.
func checkPassphrase(text string) error {
	if len([]rune(text)) < app.MinPassword {
		return app.Errorf(app.Invalid, "The passphrase needs at least %d characters.", app.MinPassword).WithHint("A few words do well.")
	}
	return nil
}

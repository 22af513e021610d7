package logbook

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/factordesk/factordesk/app"
)

// explain turns whatever an entry ran into into words for people. An *app.Error
// stays as it is.
func explain(deed string, err error) error {
	var e *app.Error
	if err == nil || errors.As(err, &e) {
		return err
	}
	cause := fmt.Errorf("logbook: %s: %w", deed, err)
	switch {
	case errors.Is(err, context.Canceled):
		return app.Errorf(app.Canceled, "Stopped. Nothing was changed.").Because(cause)
	case errors.Is(err, context.DeadlineExceeded):
		return app.Errorf(app.Unreachable, "The logbook on this computer gave no answer in time.").Because(cause)
	case errors.Is(err, sql.ErrConnDone):
		return app.Errorf(app.Unreachable, "The logbook is closed.").Because(cause)
	case errors.Is(err, fs.ErrPermission):
		return errUnusable().Because(cause)
	}
	var engine *sqlite.Error
	if errors.As(err, &engine) {
		return explainCode(engine.Code(), cause)
	}
	var file *fs.PathError
	var link *os.LinkError
	if errors.As(err, &file) || errors.As(err, &link) {
		return errUnusable().Because(cause)
	}
	return app.Errorf(app.Internal, "Something went wrong inside Factordesk.").
		WithHint("The log has the details.").Because(cause)
}

// explainCode reads the engine's code, never its text.
func explainCode(code int, cause error) error {
	switch code & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return app.Errorf(app.Conflict, "Another console is writing to the logbook on this computer.").
			WithHint("Try again in a moment.").Because(cause)
	case sqlite3.SQLITE_FULL:
		return app.Errorf(app.Unreachable, "The disk of this computer is full, so nothing can be put down in the logbook.").
			WithHint("Make room on the disk, then try again.").Because(cause)
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT:
		return errDamaged(cause)
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH:
		return errUnusable().Because(cause)
	case sqlite3.SQLITE_ERROR: // a table or column that each logbook has is not there
		return errDamaged(cause)
	}
	return app.Errorf(app.Internal, "Something went wrong inside Factordesk.").
		WithHint("The log has the details.").Because(cause)
}

func errNewer(version int64) *app.Error {
	return app.Errorf(app.Invalid, "This logbook was made by a newer Factordesk: its schema is %d, and this program knows %d.",
		version, schemaVersion).WithHint("Install the newer Factordesk. The file was not changed.")
}

func errUnusable() *app.Error {
	return app.Errorf(app.Unreachable, "The logbook on this computer cannot be used.").
		WithHint("Check the disk and the permissions of the file and its folder.")
}

func errDamaged(cause error) *app.Error {
	return app.Errorf(app.Unreadable, "The logbook on this computer is damaged.").
		WithHint("Keep the file, and move it away: a new one is made.").Because(cause)
}

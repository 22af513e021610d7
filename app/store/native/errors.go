package native

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/factordesk/factordesk/app"
)

// explain turns whatever a deed ran into into words for people. An *app.Error
// stays as it is.
func explain(deed string, err error) error {
	var e *app.Error
	if err == nil || errors.As(err, &e) {
		return err
	}
	cause := fmt.Errorf("%s: %w", deed, err)
	switch {
	case errors.Is(err, context.Canceled):
		return app.Errorf(app.Canceled, "Stopped. Nothing was changed.").Because(cause)
	case errors.Is(err, context.DeadlineExceeded):
		return app.Errorf(app.Unreachable, "The store gave no answer in time.").Because(cause)
	case errors.Is(err, sql.ErrConnDone):
		return app.Errorf(app.Unreachable, "The store is closed.").Because(cause)
	}
	switch faultOf(err) {
	case busy:
		return app.Errorf(app.Conflict, "Another console is writing to this store.").
			WithHint("Nothing was changed. Try again in a moment.").Because(cause)
	case full:
		return app.Errorf(app.Unreachable, "The disk is full. Nothing was changed.").
			WithHint("Make room on the disk, then try again.").Because(cause)
	case serverFull:
		return app.Errorf(app.Unreachable, "The server has no room left. Nothing was changed.").
			WithHint("Ask who runs it to make room, then try again.").Because(cause)
	case raced:
		return app.Errorf(app.Conflict, "Other consoles were in the way, again and again.").
			WithHint("Nothing was changed. Try again in a moment.").Because(cause)
	case lost:
		return errNotDone(cause)
	case refused:
		return app.Errorf(app.Denied, "The database account may not do this.").
			WithHint(`"factorctl init --print-grants" prints the rights that it needs.`).Because(cause)
	case replica:
		return app.Errorf(app.Unreachable, "The database can only be read, so nothing was changed.").
			WithHint("It may have become a copy of another one. Open the store on the server that is written to.").Because(cause)
	case foreignText:
		return app.Errorf(app.Invalid, "The text has characters that the store cannot keep.").Because(cause)
	case damaged:
		return app.Errorf(app.Unreadable, "The store is damaged.").
			WithHint("Restore it from a backup, or ask for help before you change anything.").Because(cause)
	case protected:
		return errReadOnly().Because(cause)
	case unreadable:
		return app.Errorf(app.Unreachable, "The store's file cannot be used.").
			WithHint("Check the disk and the permissions of the file and its folder.").Because(cause)
	}
	return app.Errorf(app.Internal, "Something went wrong inside Factordesk.").
		WithHint("The log has the details.").Because(cause)
}

func errReadOnly() *app.Error {
	return app.Errorf(app.Unreachable, "The store's file is write-protected, so it can only be looked at.").
		WithHint("Change the permissions of the file to write to it.")
}

// lookOnly keeps a store from being changed where the options say so.
func (s *Store) lookOnly(o Options) {
	if o.ReadOnly && s.readOnly == nil {
		s.readOnly = app.Errorf(app.Denied, "This connection only looks, so nothing can be changed over it.").
			WithHint("Change that among the connections, or open the store by another one.")
		s.info.ReadOnly = true
	}
}

func errNoKeys() *app.Error {
	return app.Errorf(app.Denied, "The store's keys are not open.").
		WithHint("Sign in with your password, as a role that works with secrets.")
}

func errNoUser() *app.Error {
	return app.Errorf(app.NotFound, "There is no such user.").
		WithHint("Somebody may have removed the user meanwhile.")
}

func errTaken(username string) *app.Error {
	return app.Errorf(app.Conflict, "The username %q is taken.", username).
		WithHint("Letter case makes no difference.")
}

func errChanged(u app.User) *app.Error {
	return app.Errorf(app.Conflict, "Somebody else changed %s meanwhile.", u.Name()).
		WithHint("Look at the user again before you repeat it; nothing of yours was saved.")
}

func errLastAdministrator(u app.User) *app.Error {
	return app.Errorf(app.Denied, "%s is the last active Administrator.", u.Name()).
		WithHint("Give another active operator the role Administrators first.")
}

package native

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/factordesk/factordesk/app"
)

// Import adds or updates users, all in one transaction with its event. Nobody
// else can change users meanwhile; reading goes on.
func (s *Store) Import(ctx context.Context, in app.Import, e app.Event) (result app.ImportResult, err error) {
	err = s.change(ctx, "import", hold{alone: true, once: true}, func(t *tx) error {
		if err := t.importRows(ctx, in, e, &result); err != nil {
			return importError(err)
		}
		e.Details = append(e.Details,
			app.Detail{Name: "added", Value: strconv.Itoa(result.Added)},
			app.Detail{Name: "updated", Value: strconv.Itoa(result.Updated)},
			app.Detail{Name: "same", Value: strconv.Itoa(result.Same)},
			app.Detail{Name: "rejected", Value: strconv.Itoa(len(result.Rejected))})
		return t.done(e)
	})
	if err != nil {
		return app.ImportResult{}, err
	}
	return result, nil
}

func (t *tx) importRows(ctx context.Context, in app.Import, e app.Event, result *app.ImportResult) error {
	n := 0
	for row, err := range in.Rows {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		was, is, err := t.importRow(in.Permit, row, result)
		if err == nil && is.ID != "" {
			if err := t.rowDone(e, was, is); err != nil {
				return err
			}
		}
		if err != nil {
			var refusal *app.Error
			if !errors.As(err, &refusal) {
				return err
			}
			result.Rejected = append(result.Rejected, app.Rejected{Line: row.Line, Reason: refusal.Message})
		}
		if n++; in.Progress != nil && n%progressEvery == 0 {
			in.Progress(n)
		}
	}
	if in.Progress != nil {
		in.Progress(n)
	}
	return ctx.Err()
}

// importRow puts one row in and counts it. It returns the user as it was, zero
// for a new one, and as it is; that has no ID where nothing changed. An
// *app.Error rejects the row: all that could refuse it is asked before anything
// is written.
func (t *tx) importRow(
	permit func(*app.User, app.ImportRow) error, row app.ImportRow, result *app.ImportResult,
) (was app.User, is app.UserChange, err error) {
	if row.HasRole {
		if err := t.checkRole(row.Role); err != nil {
			return was, is, err
		}
	}
	u, err := t.existing(row.Username)
	if err != nil {
		return was, is, err
	}
	if permit != nil {
		if err := permit(u, row); err != nil {
			message, _ := app.Explain(err)
			return was, is, app.Errorf(app.Denied, "%s", message).Because(err)
		}
	}
	if u == nil {
		added, err := t.insertUser(complete(row))
		if err != nil {
			return was, is, err
		}
		result.Added++
		return was, accountOf(added), nil
	}
	c := merge(*u, row)
	if c == accountOf(*u) {
		result.Same++
		return *u, is, nil
	}
	if err := t.importUpdate(*u, c); err != nil {
		return *u, is, err
	}
	result.Updated++
	return *u, c, nil
}

// rowDone writes the event of a row that is in, if it has one.
func (t *tx) rowDone(e app.Event, was app.User, is app.UserChange) error {
	roles, err := t.roleMap()
	if err != nil {
		return err
	}
	if row, named := app.RowEvent(e, was, is, roles[is.Role]); named {
		return t.done(row)
	}
	return nil
}

// accountOf is the change of a user that changes nothing.
func accountOf(u app.User) app.UserChange {
	return app.UserChange{
		ID: u.ID, Username: u.Username, Email: u.Email, FirstName: u.FirstName, LastName: u.LastName,
		Role: u.Role.ID, Active: u.Active,
	}
}

// importUpdate takes back what was written of the row when it is refused.
func (t *tx) importUpdate(u app.User, c app.UserChange) error {
	if !u.Operator { // nothing but the engine can refuse it
		return t.updateUser(u, c)
	}
	if _, err := t.exec("SAVEPOINT import_row"); err != nil {
		return err
	}
	before := t.counts
	refused := t.updateUser(u, c)
	if refused != nil {
		t.counts = before
		if err := t.w.link.undo(t.ctx, "import_row"); err != nil {
			return fmt.Errorf("take back a row: %w", err)
		}
	}
	if _, err := t.exec("RELEASE import_row"); err != nil {
		return err
	}
	return refused
}

// existing returns the user of a username, or nil.
func (t *tx) existing(username string) (*app.User, error) {
	var id int64
	err := t.row("SELECT id FROM users WHERE username_key = $1", []any{app.FoldUsername(username)}, &id)
	if none(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	p, err := t.person(userID(id))
	if err != nil {
		return nil, err
	}
	return &p.user, nil
}

// complete returns the new user of a row: what the file does not say is empty,
// and the account is on.
func complete(row app.ImportRow) app.NewUser {
	n := row.NewUser
	n.Password = app.Secret{}
	if !row.HasFirstName {
		n.FirstName = ""
	}
	if !row.HasLastName {
		n.LastName = ""
	}
	if !row.HasRole {
		n.Role = ""
	}
	n.Active = n.Active || !row.HasActive
	return n
}

// merge changes what the file says. The username keeps its letter case.
func merge(u app.User, row app.ImportRow) app.UserChange {
	c := accountOf(u)
	c.Email = row.Email
	if row.HasFirstName {
		c.FirstName = row.FirstName
	}
	if row.HasLastName {
		c.LastName = row.LastName
	}
	if row.HasRole {
		c.Role = row.Role
	}
	if row.HasActive {
		c.Active = row.Active
	}
	return c
}

// importError keeps the words of who reads the file, and gives others some.
func importError(err error) error {
	var e *app.Error
	if errors.As(err, &e) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) ||
		faultOf(err) != otherFault {
		return err
	}
	return app.Errorf(app.Invalid, "The file could not be read to its end. Nothing was imported.").Because(err)
}

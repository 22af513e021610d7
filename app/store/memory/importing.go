package memory

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/factordesk/factordesk/app"
)

// progressEvery is how many rows lie between two calls of Import.Progress.
const progressEvery = 100

// Import adds or updates users on a copy, which takes the place of the
// original when everything is in.
func (s *Store) Import(ctx context.Context, in app.Import, e app.Event) (app.ImportResult, error) {
	if err := s.change(ctx, app.AbleEditUsers); err != nil {
		return app.ImportResult{}, err
	}
	defer s.mu.Unlock()
	original, lastUser, events := s.people, s.lastUser, s.events
	s.people = copyPeople(original)
	result, err := s.importRows(ctx, in, e)
	if err != nil {
		s.people, s.lastUser, s.events = original, lastUser, events
		return app.ImportResult{}, err
	}
	e.Details = append(e.Details,
		app.Detail{Name: "added", Value: strconv.Itoa(result.Added)},
		app.Detail{Name: "updated", Value: strconv.Itoa(result.Updated)},
		app.Detail{Name: "same", Value: strconv.Itoa(result.Same)},
		app.Detail{Name: "rejected", Value: strconv.Itoa(len(result.Rejected))})
	s.done(e)
	return result, nil
}

func (s *Store) importRows(ctx context.Context, in app.Import, e app.Event) (app.ImportResult, error) {
	var result app.ImportResult
	names := make(map[string]*person, len(s.people))
	for _, p := range s.people {
		names[app.FoldUsername(p.user.Username)] = p
	}
	n := 0
	for row, err := range in.Rows {
		if err == nil {
			err = ended(ctx)
		}
		if err != nil {
			return result, importError(err)
		}
		if err := s.importRow(names, in.Permit, row, &result, e); err != nil {
			reason, _ := app.Explain(err)
			result.Rejected = append(result.Rejected, app.Rejected{Line: row.Line, Reason: reason})
		}
		if n++; in.Progress != nil && n%progressEvery == 0 {
			in.Progress(n)
		}
	}
	if err := ended(ctx); err != nil {
		return result, err
	}
	if in.Progress != nil {
		in.Progress(n)
	}
	return result, nil
}

// importRow puts one row in and counts it, or says why it stays out.
func (s *Store) importRow(
	names map[string]*person, permit func(*app.User, app.ImportRow) error, row app.ImportRow,
	result *app.ImportResult, e app.Event,
) error {
	p := names[app.FoldUsername(row.Username)]
	var existing *app.User
	if p != nil {
		u := s.read(p)
		existing = &u
	}
	if permit != nil {
		if err := permit(existing, row); err != nil {
			return err
		}
	}
	if row.HasRole {
		if err := s.checkRole(row.Role); err != nil {
			return err
		}
	}
	if p == nil {
		p = s.newPerson(complete(row))
		s.people[p.user.ID], names[app.FoldUsername(row.Username)] = p, p
		result.Added++
		s.rowDone(e, app.User{}, p)
		return nil
	}
	q := *p
	merge(&q, row)
	if q.role == p.role && q.user.Email == p.user.Email && q.user.Active == p.user.Active &&
		q.user.FirstName == p.user.FirstName && q.user.LastName == p.user.LastName {
		result.Same++
		return nil
	}
	if err := s.keepsAdministrator(p, &q); err != nil {
		return err
	}
	q.user.Version++
	if len(p.hash) > 0 && (!q.user.Active || s.role(p.role).Exceeds(s.role(q.role))) {
		s.endDesks(&q)
	}
	was := s.read(p)
	*p = q
	result.Updated++
	s.rowDone(e, was, p)
	return nil
}

// rowDone writes the event of a row that is in, if it has one.
func (s *Store) rowDone(e app.Event, was app.User, p *person) {
	u := s.read(p)
	row, named := app.RowEvent(e, was, app.UserChange{
		ID: u.ID, Username: u.Username, Email: u.Email, FirstName: u.FirstName, LastName: u.LastName,
		Role: u.Role.ID, Active: u.Active,
	}, u.Role)
	if named {
		s.done(row)
	}
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
	if !row.HasActive {
		n.Active = true
	}
	return n
}

// merge changes what the file says. The username keeps its letter case.
func merge(p *person, row app.ImportRow) {
	p.user.Email = row.Email
	if row.HasFirstName {
		p.user.FirstName = row.FirstName
	}
	if row.HasLastName {
		p.user.LastName = row.LastName
	}
	if row.HasRole {
		p.role = row.Role
	}
	if row.HasActive {
		p.user.Active = row.Active
	}
}

// importError keeps the words of the reader of the file, and gives others some.
func importError(err error) error {
	var e *app.Error
	if errors.As(err, &e) {
		return err
	}
	if app.KindOf(err) == app.Canceled {
		return app.Errorf(app.Canceled, "Stopped. Nothing was changed.").Because(err)
	}
	return app.Errorf(app.Invalid, "The file could not be read to its end. Nothing was imported.").
		Because(fmt.Errorf("import: %w", err))
}

package native

import (
	"context"

	"github.com/factordesk/factordesk/app"
)

// EndSessions implements app.Upkeep: this store belongs to no application.
func (s *Store) EndSessions(context.Context, app.UserID, app.Event) (int, error) {
	return 0, s.Able(app.AbleSessions)
}

// Repair implements app.Upkeep: this store has one keyset, and no older ones.
func (s *Store) Repair(context.Context, app.FactorRepair, app.Event) error {
	return s.Able(app.AbleRepair)
}

// Examine counts what is wrong with the store.
func (s *Store) Examine(ctx context.Context) (app.Examination, error) {
	var c numbers
	err := s.count(ctx, &listing{}, &c, false)
	if err != nil {
		return app.Examination{}, explain("examine", err)
	}
	f := app.StoreFacts{Users: c.All, Unreadable: c.Unreadable}
	err = s.read.row(ctx, "SELECT count(*), COALESCE(sum(CASE WHEN u.has_active THEN 0 ELSE 1 END), 0) FROM users u JOIN roles r ON r.id = u.role_id "+
		"WHERE u.operator AND u.active AND r.administers", nil, &f.Administrators, &f.Unproved)
	if err != nil {
		return app.Examination{}, explain("examine", err)
	}
	var x app.Examination
	x.Findings, x.Passed = app.CommonFindings(f)
	return x, nil
}

package memory

import (
	"context"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/otp"
)

// OlderKey is what Repair takes for a key that opens every unreadable factor.
const OlderKey = "fedcba9876543210fedcba9876543210"

// EndSessions signs a user out of the application.
func (s *Store) EndSessions(ctx context.Context, id app.UserID, e app.Event) (int, error) {
	if err := s.change(ctx, app.AbleSessions); err != nil {
		return 0, err
	}
	defer s.mu.Unlock()
	p, err := s.get(id)
	if err != nil {
		return 0, err
	}
	n := p.user.Sessions
	p.user.Sessions = 0
	s.done(e)
	return n, nil
}

// Repair makes an unreadable factor what it was before, if the key is OlderKey.
// One that was placed as it is becomes active, with a secret that nobody knows.
func (s *Store) Repair(ctx context.Context, r app.FactorRepair, e app.Event) error {
	if err := s.change(ctx, app.AbleRepair); err != nil {
		return err
	}
	defer s.mu.Unlock()
	p, err := s.atAny(r.User, r.Version)
	if err != nil {
		return err
	}
	f := p.user.Factor(r.Provider)
	switch {
	case f.Status != app.StatusUnreadable:
		return app.Errorf(app.NotFound, "%s has no factor of this kind that needs a repair.", p.user.Name())
	case r.Keys.Reveal() != OlderKey:
		return app.Errorf(app.Unreadable, "The key does not open the factor of %s either.", p.user.Name())
	}
	before, known := p.lost[r.Provider]
	if !known {
		before.status = app.StatusActive
		if f.Params.Kind != "" {
			before.key = &key{secret: s.secret(app.Secret{}), last: otp.NoStep}
		}
	}
	f.Status, f.Note, f.Whole = before.status, "", false
	s.setFactor(p, f)
	if before.key != nil {
		p.keys[f.Provider] = before.key
	}
	delete(p.lost, r.Provider)
	p.user.Version++
	s.done(e)
	return nil
}

// Examine looks for what is wrong with the store, or answers what a test has
// placed.
func (s *Store) Examine(ctx context.Context) (app.Examination, error) {
	if err := s.begin(ctx); err != nil {
		return app.Examination{}, err
	}
	defer s.mu.Unlock()
	if s.found != nil {
		return *s.found, nil
	}
	f := app.StoreFacts{Users: len(s.people)}
	for _, p := range s.people {
		if matches(p.user, app.WithUnreadable, s.now()) {
			f.Unreadable++
		}
		if !p.user.Active || len(p.hash) == 0 || !s.role(p.role).Administers() {
			continue
		}
		f.Administrators++
		if !matches(p.user, app.WithActive, s.now()) {
			f.Unproved++
		}
	}
	var x app.Examination
	x.Findings, x.Passed = app.CommonFindings(f)
	return x, nil
}

// PlaceExamination makes Examine answer x.
func (s *Store) PlaceExamination(x app.Examination) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.found = &x
}

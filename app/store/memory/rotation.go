package memory

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/factordesk/factordesk/app"
)

var _ app.Rotator = (*Store)(nil)

// sealing is what secrets would be sealed with.
type sealing struct {
	id    string
	since time.Time
	old   map[*key]bool // those that an older key would have sealed; nil: no rotation is running
}

// Rotation says which key would seal now. There is none: secrets are not sealed.
func (s *Store) Rotation(ctx context.Context) (app.Rotation, error) {
	if err := s.begin(ctx); err != nil {
		return app.Rotation{}, err
	}
	defer s.mu.Unlock()
	r := app.Rotation{Key: s.sealing.id, Since: s.sealing.since, Running: s.sealing.old != nil}
	for _, p := range s.people {
		r.Values += len(p.keys)
		for _, k := range p.keys {
			if s.sealing.old[k] {
				r.Left++
			}
		}
	}
	return r, nil
}

// BeginRotation begins to count anew.
func (s *Store) BeginRotation(ctx context.Context, start app.RotationStart, e app.Event) error {
	if err := s.Able(app.AbleOpenSecrets); err != nil {
		return err
	}
	recovery := s.RecoveryKey()
	if start.Recovery {
		s.mu.Lock()
		recovery = app.NewSecret(s.token(20))
		s.mu.Unlock()
		if err := start.Show(recovery); err != nil { // it may ask the store
			return err
		}
	}
	if err := s.change(ctx, app.AbleOpenSecrets); err != nil {
		return err
	}
	defer s.mu.Unlock()
	id := strings.ToLower(s.token(5))
	old := map[*key]bool{}
	for _, p := range s.people {
		for _, k := range p.keys {
			old[k] = true
		}
	}
	s.recovery, s.sealing = recovery, sealing{id: id, since: stamp(s.now()), old: old}
	e.Details = append(e.Details, app.Detail{Name: "key", Value: id})
	s.done(e)
	return nil
}

// Reseal counts secrets as sealed anew.
func (s *Store) Reseal(ctx context.Context, from string, most int) (done app.Resealed, err error) {
	if err := s.change(ctx, app.AbleOpenSecrets); err != nil {
		return done, err
	}
	defer s.mu.Unlock()
	after, _ := strconv.Atoi(from)
	ids := slices.Collect(maps.Keys(s.people))
	number := func(id app.UserID) int {
		n, _ := strconv.Atoi(string(id))
		return n
	}
	slices.SortFunc(ids, func(a, b app.UserID) int { return number(a) - number(b) })
	for _, id := range ids {
		if number(id) <= after {
			continue
		}
		if done.Values >= most {
			return done, nil
		}
		for _, k := range s.people[id].keys {
			if s.sealing.old[k] {
				delete(s.sealing.old, k)
				done.Values++
			}
		}
		done.Next = string(id)
	}
	done.Next = ""
	return done, nil
}

// EndRotation ends the count, unless there is a secret left.
func (s *Store) EndRotation(ctx context.Context, e app.Event) (bool, error) {
	if err := s.change(ctx, app.AbleOpenSecrets); err != nil {
		return false, err
	}
	defer s.mu.Unlock()
	if s.sealing.old == nil { // another console was faster
		return true, nil
	}
	for _, p := range s.people {
		for _, k := range p.keys {
			if s.sealing.old[k] {
				return false, nil
			}
		}
	}
	s.sealing.old = nil
	s.done(e)
	return true, nil
}

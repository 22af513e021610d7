package memory

import (
	"context"
	"errors"
	"time"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/otp"
)

var _ app.Resyncer = (*Store)(nil)

// Resync implements app.Resyncer.
func (s *Store) Resync(ctx context.Context, r app.DeviceResync, e app.Event) (app.Attempt, error) {
	if err := s.change(ctx, app.AbleResync, app.AbleOpenSecrets); err != nil {
		return app.Attempt{}, err
	}
	defer s.mu.Unlock()
	p, err := s.atAny(r.User, r.Version)
	if err != nil {
		return app.Attempt{}, err
	}
	f, k := p.user.Factor(r.Provider), p.keys[r.Provider]
	if f.Status != app.StatusActive || k == nil {
		return app.Attempt{}, app.Errorf(app.NotFound, "%s has nothing active of this kind.", p.user.Name())
	}
	a := app.Attempt{Reason: app.OK, User: s.read(p), Left: app.MaxFailures - p.user.Failures}
	last, offset, seen := k.last, time.Duration(0), k.seen
	if !r.Clear {
		found, err := otp.Resync(k.secret, params(f.Params), r.First.Reveal(), r.Second.Reveal(), r.At, k.last)
		if errors.Is(err, otp.ErrResync) {
			s.refused(e, "No two new codes in a row")
			a.Reason = app.Wrong
			return a, nil
		}
		if err != nil {
			return app.Attempt{}, app.Errorf(app.Unreadable, "What is stored of this factor cannot be used.").Because(err)
		}
		last, offset = found.Step, found.Offset()
		seen = otp.Keep(seen, otp.Observation{At: stamp(r.At), Drifted: found.Drift})
	}
	p.keys[r.Provider] = &key{secret: k.secret, last: last, offset: offset, seen: seen}
	s.done(e)
	return a, nil
}

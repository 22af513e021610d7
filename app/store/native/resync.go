package native

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/otp"
)

var _ app.Resyncer = (*Store)(nil)

// Resync implements app.Resyncer.
func (s *Store) Resync(ctx context.Context, r app.DeviceResync, e app.Event) (a app.Attempt, err error) {
	err = s.change(ctx, "resync", holdUser(r.User), func(t *tx) error {
		p, err := t.tried(t.personAtAny(r.User, r.Version))
		if err != nil {
			return err
		}
		f := p.factor(r.Provider)
		switch {
		case f == nil || f.stored != app.StatusActive:
			return app.Errorf(app.NotFound, "%s has nothing active of this kind.", p.user.Name())
		case f.Status == app.StatusUnreadable:
			return errUnreadable(p.user)
		}
		a = app.Attempt{Reason: app.OK, User: p.user, Left: app.MaxFailures - p.user.Failures}
		last, offset, seen := f.lastStep, time.Duration(0), f.seen
		if !r.Clear {
			secret, err := s.openSecret(p.user, *f)
			if err != nil {
				return err
			}
			found, err := otp.Resync(secret, codeParams(f.Params), r.First.Reveal(), r.Second.Reveal(), r.At, f.lastStep)
			if errors.Is(err, otp.ErrResync) {
				a.Reason = app.Wrong
				return t.refused(e, "No two new codes in a row")
			}
			if err != nil {
				return errUnreadable(p.user).Because(fmt.Errorf("resync: %w", err))
			}
			last, offset = found.Step, found.Offset()
			seen = writeSeen(otp.Keep(readSeen(f.seen), otp.Observation{At: r.At, Drifted: found.Drift}))
		}
		if err := t.put("UPDATE factors SET last_step = $1, clock_offset = $2, clock_seen = $5 WHERE user_id = $3 AND provider = $4",
			last, int64(offset/time.Second), p.id, string(r.Provider), seen); err != nil {
			return err
		}
		return t.done(e)
	})
	return a, explain("resync", err)
}

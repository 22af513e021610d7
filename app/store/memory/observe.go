package memory

import (
	"context"
	"time"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/otp"
)

var _ app.Observer = (*Store)(nil)

// Observe implements app.Observer.
func (s *Store) Observe(ctx context.Context, o app.Observed, e app.Event) error {
	if err := s.change(ctx, app.AbleResync); err != nil {
		return err
	}
	defer s.mu.Unlock()
	p, err := s.get(o.User)
	if err != nil {
		return err
	}
	if k := p.keys[o.Provider]; k != nil && p.user.Factor(o.Provider).Since.Equal(o.Since) {
		after := *k // the one that is there may be in a copy that somebody reads
		after.seen = otp.Keep(k.seen, otp.Observation{
			At: stamp(o.At), Drifted: otp.Drifted{From: o.From, To: o.To, Known: o.Known},
		})
		p.keys[o.Provider] = &after
	}
	s.done(e)
	return nil
}

// used is a key whose code of a step was accepted.
func (s *Store) used(k *key, f app.Factor, step int64, at time.Time) *key {
	after := &key{secret: k.secret, last: step, offset: k.offset, seen: k.seen}
	if o, ok := otp.Seen(step, params(f.Params), stamp(at)); ok && s.able(app.AbleResync) == nil {
		after.seen = otp.Keep(k.seen, o)
	}
	return after
}

// observations are what is kept of a device's clock, oldest first.
func observations(k *key) []app.Observation {
	var all []app.Observation
	for _, o := range k.seen {
		all = append(all, app.Observation{At: o.At, Drift: app.Drift{From: o.From, To: o.To, Known: o.Known}})
	}
	return all
}

package user

import (
	"context"

	"github.com/factordesk/factordesk/app"
)

// unlock ends a lock-out and forgets the failed attempts, after the operator's
// password.
func (s *Screen) unlock() {
	u := s.page.user
	s.ask("unlock "+u.Name(), app.Deed{Action: app.DoUnlock, Target: u.ID}, func(g *app.Grant) {
		s.kit.Go(func(ctx context.Context) error {
			return s.service.Unlock(ctx, g, app.UnlockRequest{User: u.ID, Version: u.Version})
		}, func(err error) {
			s.finish(u.Name()+" was not unlocked", u.Short()+" is unlocked.", err)
		})
	})
}

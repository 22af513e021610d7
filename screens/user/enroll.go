package user

import (
	"context"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// enroll makes a new secret after the operator's password, and hands it up to
// be shown once.
func (s *Screen) enroll(provider app.Provider) {
	p := s.page
	if p == nil {
		return
	}
	u := p.user
	deed := app.Deed{Action: app.DoEnroll, Target: u.ID, Provider: provider.Code}
	s.ask("enroll "+provider.Name+" for "+u.Name(), deed, func(g *app.Grant) {
		kit.Go(s.kit, func(ctx context.Context) (app.Enrollment, error) {
			return s.service.Enroll(ctx, g, app.EnrollRequest{
				User: u.ID, Version: s.latest(p).user.Version, Provider: provider.Code,
			})
		}, func(e app.Enrollment, err error) {
			if err != nil {
				s.failed(provider.Name+" was not enrolled", err)
				return
			}
			s.on.Enrolled(e)
		})
	})
}

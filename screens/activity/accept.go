package activity

import (
	"context"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// askAccept takes the history as it is now for what this console has seen, with
// the operator's password.
func (s *Screen) askAccept() {
	operator, _ := s.service.Operator()
	deed := app.Deed{Action: app.DoAcceptHistory}
	kit.Password(s.kit, kit.PasswordSpec[*app.Grant]{
		Store: kit.StoreOf(s.service.Store()), Action: "accept the history as it is now", Operator: operator.User.Name(),
		More: kit.Second("That is right if a backup was put back on purpose. If nobody did, events were removed or written anew, and " +
			"with this the warning about it is gone.").Wrapped(),
		Check: func(ctx context.Context, password string) (*app.Grant, error) {
			return s.service.Reverify(ctx, app.NewSecret(password), deed)
		},
		Done: s.acceptHistory,
	})
}

func (s *Screen) acceptHistory(g *app.Grant) {
	s.chain.accept.SetBusy(true, "Accepting…")
	s.kit.Go(func(ctx context.Context) error { return s.service.AcceptHistory(ctx, g) }, func(err error) {
		s.chain.accept.SetBusy(false, "")
		if err != nil {
			what, then := s.kit.Explain(err)
			s.kit.Toast(kit.StatusBad, what+" "+then)
			return
		}
		s.kit.Toast(kit.StatusOK, "This console takes the history as it is now.")
		s.chain.verify()
		s.load()
	})
}

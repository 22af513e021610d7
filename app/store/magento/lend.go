package magento

import (
	"context"
	"iter"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/otp"
	"github.com/factordesk/factordesk/app/store/magento/factors"
)

var _ app.Lender = (*Store)(nil)

// Lend returns the secret of a user's Google factor. It is the only one of a
// shop that makes codes which can be checked here, and Magento keeps no earlier
// one; but rows beside the one that Magento reads may hold some.
func (s *Store) Lend(ctx context.Context, id app.UserID, p app.ProviderCode) ([]app.Suspect, error) {
	k, err := s.codeCheck(ctx, app.CodeCheck{User: id, Provider: p, At: s.now()})
	if err != nil {
		return nil, explain("lend secrets", err)
	}
	switch {
	case k.factor.Status == app.StatusNotEnrolled:
		return nil, app.Errorf(app.NotFound, "%s has nothing of this kind enrolled.", k.user.Name())
	case k.factor.Status == app.StatusUnreadable:
		return nil, errUnreadable(k.user).Because(k.factor.Trouble.Err)
	case p != app.Google:
		return nil, app.Errorf(app.Invalid, "Factordesk checks codes of authenticator apps only.")
	}
	own, err := s.lend(id, k.factor, k.law.settings)
	if err != nil {
		return nil, errUnreadable(k.user).Because(err)
	}
	own.Last = k.last
	lent := []app.Suspect{own}
	_, a, err := s.see(ctx, id)
	if err != nil {
		return lent, explain("lend secrets", err)
	}
	documents := s.documents(a)
	for _, other := range documents[min(1, len(documents)):] {
		one, err := s.lend(id, other.Factor(app.Google), k.law.settings)
		if err != nil || one.Key.Reveal() == own.Key.Reveal() {
			continue
		}
		one.Relation = app.EarlierFactor
		lent = append(lent, one)
	}
	return lent, nil
}

// LendAll yields the Google factors of all administrators.
func (s *Store) LendAll(ctx context.Context) iter.Seq2[app.Suspect, error] {
	return func(yield func(app.Suspect, error) bool) {
		l, err := s.readLaw(ctx, s.base)
		if err != nil {
			yield(app.Suspect{}, explain("lend secrets", err))
			return
		}
		all, err := s.accounts(ctx, s.base, "c.config_id IS NOT NULL")
		if err != nil {
			yield(app.Suspect{}, explain("lend secrets", err))
			return
		}
		for _, a := range all {
			one, err := s.lend(a.user.ID, s.documents(*a)[0].Factor(app.Google), l.settings)
			if err != nil {
				continue
			}
			one.Relation = app.OtherUsers
			if !yield(one, nil) {
				return
			}
		}
	}
}

// lend is a factor's secret with the tolerance that the shop has for it.
func (s *Store) lend(id app.UserID, f factors.Factor, set settings) (app.Suspect, error) {
	secret, err := decode(f.Secret)
	if err != nil {
		return app.Suspect{}, err
	}
	now := s.now()
	from, until := s.window(set, f.Window, now)
	step := otp.Step(now, period)
	p := otp.Default()
	return app.Suspect{
		User: id, Provider: app.Google, Key: app.NewSecret(otp.Encode(secret)), Last: app.NoStep,
		Window: int(max(step-from, until-step)),
		Params: app.CodeParams{Kind: string(p.Kind), Algorithm: string(p.Algorithm), Digits: p.Digits, Period: p.Period},
	}, nil
}

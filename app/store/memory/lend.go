package memory

import (
	"cmp"
	"context"
	"encoding/base32"
	"iter"
	"slices"

	"github.com/factordesk/factordesk/app"
)

var _ app.Lender = (*Store)(nil)

// Lend returns the secrets that may have made a user's code.
func (s *Store) Lend(ctx context.Context, id app.UserID, p app.ProviderCode) ([]app.Suspect, error) {
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	if err := s.able(app.AbleOpenSecrets); err != nil {
		return nil, err
	}
	who, err := s.get(id)
	if err != nil {
		return nil, err
	}
	switch f := who.user.Factor(p); {
	case f.Status == app.StatusNotEnrolled:
		return nil, app.Errorf(app.NotFound, "%s has nothing of this kind enrolled.", who.user.Name())
	case f.Status == app.StatusUnreadable:
		return nil, app.Errorf(app.Unreadable, "The factor of %s is stored, but no key opens it.", who.user.Name()).
			WithHint("Reset it and enroll again.")
	case who.keys[p] == nil:
		return nil, app.Errorf(app.Invalid, "Factordesk checks codes of authenticator apps only.")
	}
	lent := lend(who)
	for i := range lent {
		lent[i].Relation = app.SiblingFactor
		if lent[i].Provider == p {
			lent[i].Relation, lent[i].Seen = app.OwnFactor, observations(who.keys[p])
		}
	}
	slices.SortStableFunc(lent, func(a, b app.Suspect) int { return cmp.Compare(a.Relation, b.Relation) })
	return lent, nil
}

// LendAll yields the factors of all users that make codes.
func (s *Store) LendAll(ctx context.Context) iter.Seq2[app.Suspect, error] {
	return func(yield func(app.Suspect, error) bool) {
		if err := s.begin(ctx); err != nil {
			yield(app.Suspect{}, err)
			return
		}
		var all []app.Suspect
		for _, p := range s.people {
			all = append(all, lend(p)...)
		}
		s.mu.Unlock()
		for _, one := range all {
			one.Relation = app.OtherUsers
			if !yield(one, nil) {
				return
			}
		}
	}
}

// lend returns the factors of a person that make codes, in the order of their
// providers.
func lend(p *person) []app.Suspect {
	var all []app.Suspect
	for provider, k := range p.keys {
		if f := p.user.Factor(provider); k != nil && f.Status != app.StatusUnreadable {
			all = append(all, app.Suspect{
				User: p.user.ID, Provider: provider, Params: f.Params, Last: k.last, Window: app.Window, Offset: k.offset,
				Key: app.NewSecret(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(k.secret)),
			})
		}
	}
	slices.SortFunc(all, func(a, b app.Suspect) int { return cmp.Compare(a.Provider, b.Provider) })
	return all
}

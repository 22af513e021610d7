package native

import (
	"context"
	"slices"
	"time"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/otp"
	"github.com/factordesk/factordesk/app/seal"
)

// mostEarlier is how many secrets of earlier enrollments are kept of each factor.
const mostEarlier = 3

// keepEarlier keeps the secret of a factor that is about to go, sealed as it is,
// and forgets the oldest ones. What no key opens is not worth keeping.
func (t *tx) keepEarlier(p *person, provider app.ProviderCode, at time.Time) error {
	f := p.factor(provider)
	if f == nil || f.Status == app.StatusUnreadable || len(f.sealed) == 0 {
		return nil
	}
	// A clock may stand still, or go back: each row has a time of its own.
	if err := t.also("INSERT INTO earlier_factors (user_id, provider, ended, kind, algorithm, digits, period, key_id, sealed) "+
		"SELECT $1, $2, CASE WHEN $3 > COALESCE(max(ended), 0) THEN $3 ELSE COALESCE(max(ended), 0) + 1 END, $4, $5, $6, $7, $8, $9 "+
		"FROM earlier_factors WHERE user_id = $1 AND provider = $2",
		p.id, string(provider), micro(at), f.Params.Kind, f.Params.Algorithm, f.Params.Digits, int64(f.Params.Period/time.Second),
		f.keyID, f.sealed); err != nil {
		return err
	}
	return t.also("DELETE FROM earlier_factors WHERE user_id = $1 AND provider = $2 AND ended NOT IN "+
		"(SELECT ended FROM earlier_factors WHERE user_id = $1 AND provider = $2 ORDER BY ended DESC LIMIT $3)",
		p.id, string(provider), mostEarlier)
}

// lendEarlier opens the secrets of a user's earlier enrollments, newest first. One
// that no key opens any more is left out, and so are all where only the user's own
// key is open: it never opened them.
func (s *Store) lendEarlier(ctx context.Context, u app.User, p app.ProviderCode) (lent []app.Suspect, err error) {
	keys, _ := s.openKeys()
	if keys == nil {
		return nil, nil
	}
	rows, err := s.read.query(ctx, "SELECT ended, kind, algorithm, digits, period, sealed FROM earlier_factors "+
		"WHERE user_id = $1 AND provider = $2", mustNumber(u.ID), string(p))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var ended, period int64
		var sealed []byte
		f := app.Factor{Provider: p}
		if err := rows.Scan(&ended, &f.Params.Kind, &f.Params.Algorithm, &f.Params.Digits, &period, &sealed); err != nil {
			return nil, err
		}
		f.Params.Period = time.Duration(period) * time.Second
		if one, ok := s.openEarlier(keys, u, f, sealed); ok {
			one.Ended = fromMicro(ended)
			lent = append(lent, one)
		}
	}
	slices.SortFunc(lent, func(a, b app.Suspect) int { return b.Ended.Compare(a.Ended) })
	return lent, rows.Err()
}

func (s *Store) openEarlier(keys *seal.Keyset, u app.User, f app.Factor, sealed []byte) (app.Suspect, bool) {
	secret, err := keys.Open(s.factorPlace(u.ID, f), sealed)
	if err != nil {
		return app.Suspect{}, false
	}
	return app.Suspect{
		Relation: app.EarlierFactor, User: u.ID, Provider: f.Provider, Key: app.NewSecret(otp.Encode(secret)), Params: f.Params,
		Last: app.NoStep, Window: app.Window,
	}, true
}

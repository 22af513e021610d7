package native

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"time"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/seal"
)

// sealedValue is a factor's secret as it is stored.
type sealedValue struct {
	user int64
	app.Factor
	sealed []byte
	ended  int64 // of an earlier enrollment
}

const sealedColumns = "f.user_id, f.provider, f.kind, f.algorithm, f.digits, f.period, f.sealed"

// readSealed reads sealedColumns of all rows, and closes them.
func readSealed(rows *sql.Rows) (all []sealedValue, err error) {
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var v sealedValue
		var seconds int64
		dest := []any{&v.user, &v.Provider, &v.Params.Kind, &v.Params.Algorithm, &v.Params.Digits, &seconds, &v.sealed, &v.ended}
		if err := rows.Scan(dest[:len(columns)]...); err != nil {
			return nil, err
		}
		v.Params.Period = time.Duration(seconds) * time.Second
		all = append(all, v)
	}
	return all, errors.Join(rows.Err(), rows.Close())
}

// resealMark is the last value that was looked at.
type resealMark struct {
	User     int64            `json:"u"`
	Provider app.ProviderCode `json:"p"`
	Earlier  bool             `json:"e"` // all factors were; secrets of earlier enrollments are next
}

// Reseal seals some values anew, with the key that seals now, in the order of
// their rows. Deeds on the same users wait meanwhile; reading goes on.
func (s *Store) Reseal(ctx context.Context, from string, most int) (app.Resealed, error) {
	var mark resealMark
	if from != "" {
		b, err := base64.RawURLEncoding.DecodeString(from)
		if err == nil {
			err = json.Unmarshal(b, &mark)
		}
		if err != nil {
			return app.Resealed{}, app.Errorf(app.Invalid, "This place in the list is not known.").Because(err)
		}
	}
	var done app.Resealed
	err := s.change(ctx, "seal anew", hold{}, func(t *tx) (err error) {
		done, err = t.reseal(mark, most)
		return err
	})
	return done, err
}

func (t *tx) reseal(from resealMark, most int) (done app.Resealed, err error) {
	keys, _ := t.s.openKeys()
	if keys == nil {
		return done, errNoKeys()
	}
	g := t.s.generation()
	switch {
	case len(g.before) == 0:
		return done, nil
	case from.Earlier:
		done.Next, err = t.resealEarlier(keys, g, most)
		return done, err
	}
	old, args := g.old(4)
	rows, err := t.query("SELECT "+sealedColumns+" FROM factors f WHERE (f.user_id, f.provider) > ($1, $2) AND f.key_id IN ("+old+") "+
		"ORDER BY f.user_id, f.provider LIMIT $3"+t.s.dialect.locked, append([]any{from.User, string(from.Provider), most}, args...)...)
	if err != nil {
		return done, err
	}
	values, err := readSealed(rows)
	if err != nil {
		return done, err
	}
	for _, v := range values {
		place := t.s.factorPlace(userID(v.user), v.Factor)
		secret, err := keys.Open(place, v.sealed)
		if err != nil {
			done.Unreadable++
			continue
		}
		sealed, err := keys.Seal(place, secret)
		clear(secret)
		if err != nil {
			return done, err
		}
		if err := t.put("UPDATE factors SET sealed = $1, key_id = $2 WHERE user_id = $3 AND provider = $4",
			sealed, g.id, v.user, string(v.Provider)); err != nil {
			return done, err
		}
		done.Values++
	}
	if len(values) < most {
		done.Next, err = t.resealEarlier(keys, g, most)
		return done, err
	}
	last := values[len(values)-1]
	done.Next, err = resealMark{User: last.user, Provider: last.Provider}.word()
	return done, err
}

// word is a mark as others keep it.
func (m resealMark) word() (string, error) {
	b, err := json.Marshal(m)
	return base64.RawURLEncoding.EncodeToString(b), err
}

// resealEarlier seals some secrets of earlier enrollments anew, and returns where
// to go on; empty: that were all. One that no key opens tells nobody anything, and
// is forgotten.
func (t *tx) resealEarlier(keys *seal.Keyset, g generation, most int) (next string, err error) {
	old, args := g.old(2)
	rows, err := t.query("SELECT "+sealedColumns+", f.ended FROM earlier_factors f WHERE f.key_id IN ("+old+") "+
		"ORDER BY f.user_id, f.provider, f.ended LIMIT $1"+t.s.dialect.locked, append([]any{most}, args...)...)
	if err != nil {
		return "", err
	}
	values, err := readSealed(rows)
	if err != nil {
		return "", err
	}
	const where = " WHERE user_id = $1 AND provider = $2 AND ended = $3"
	for _, v := range values {
		place := t.s.factorPlace(userID(v.user), v.Factor)
		secret, err := keys.Open(place, v.sealed)
		if err != nil {
			if err := t.put("DELETE FROM earlier_factors"+where, v.user, string(v.Provider), v.ended); err != nil {
				return "", err
			}
			continue
		}
		sealed, err := keys.Seal(place, secret)
		clear(secret)
		if err != nil {
			return "", err
		}
		if err := t.put("UPDATE earlier_factors SET sealed = $4, key_id = $5"+where,
			v.user, string(v.Provider), v.ended, sealed, g.id); err != nil {
			return "", err
		}
	}
	if len(values) < most {
		return "", nil
	}
	return resealMark{Earlier: true}.word()
}

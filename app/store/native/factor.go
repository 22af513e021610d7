package native

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/otp"
	"github.com/factordesk/factordesk/app/seal"
)

// factorColumns are those that scanFactor reads, of factors f. After a LEFT
// JOIN they are NULL for who has none.
const factorColumns = "f.provider, f.status, f.since, f.last_used, f.enrolled_by, f.kind, f.algorithm, f.digits, " +
	"f.period, f.key_id"

// factorRow is a factor as it is stored.
type factorRow struct {
	app.Factor
	keyID       string
	sealed, own []byte
	lastStep    int64
}

// factorScan is what factorColumns are scanned into.
type factorScan struct {
	provider, status, enrolledBy, kind, algorithm, keyID sql.NullString
	since, lastUsed, digits, period                      sql.NullInt64
}

func (f *factorScan) dest() []any {
	return []any{
		&f.provider, &f.status, &f.since, &f.lastUsed, &f.enrolledBy, &f.kind, &f.algorithm, &f.digits,
		&f.period, &f.keyID,
	}
}

func (f *factorScan) factor() app.Factor {
	return app.Factor{
		Provider: app.ProviderCode(f.provider.String), Status: app.Status(f.status.String),
		Since: fromMicro(f.since.Int64), LastUsed: fromMicro(f.lastUsed.Int64), EnrolledBy: f.enrolledBy.String,
		Params: app.CodeParams{
			Kind: f.kind.String, Algorithm: f.algorithm.String, Digits: int(f.digits.Int64),
			Period: time.Duration(f.period.Int64) * time.Second,
		},
	}
}

// The notes of an unreadable factor.
const (
	noteOtherKey = "It was sealed with a key that this store does not have."
	noteChanged  = "It was damaged or changed from outside, so no key opens it."
)

// judge says in the factor itself if no key opens it. Without open keys only
// the ID of the key tells.
func (s *Store) judge(keys *seal.Keyset, id app.UserID, f *factorRow) {
	switch {
	case f.keyID != s.keyID:
		f.Status, f.Note = app.StatusUnreadable, noteOtherKey
	case keys != nil:
		if _, err := keys.Open(s.factorPlace(id, f.Factor), f.sealed); err != nil {
			f.Status, f.Note = app.StatusUnreadable, noteChanged
		}
	}
}

// factorPlace names the secret of a factor. The parameters of its codes are
// part of the name: a secret with other ones does not open.
func (s *Store) factorPlace(id app.UserID, f app.Factor) seal.Place {
	p := f.Params
	return s.place("factors", "sealed", fmt.Sprintf("%s %s %s %s %d %d",
		id, f.Provider, p.Kind, p.Algorithm, p.Digits, int64(p.Period/time.Second)))
}

// factors reads a user's factors inside the transaction, as they are stored.
func (t *tx) factors(id app.UserID) ([]factorRow, error) {
	rows, err := t.query("SELECT "+factorColumns+", f.sealed, f.own_sealed, f.last_step FROM factors f "+
		"WHERE f.user_id = $1 ORDER BY f.provider", mustNumber(id))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var factors []factorRow
	for rows.Next() {
		var scan factorScan
		var f factorRow
		if err := rows.Scan(append(scan.dest(), &f.sealed, &f.own, &f.lastStep)...); err != nil {
			return nil, err
		}
		f.Factor, f.keyID = scan.factor(), scan.keyID.String
		factors = append(factors, f)
	}
	return factors, rows.Err()
}

// userWithFactors is user with the factors as screens show them.
func (t *tx) userWithFactors(id app.UserID) (app.User, error) {
	u, err := t.user(id)
	if err != nil {
		return app.User{}, err
	}
	factors, err := t.factors(id)
	keys, _ := t.s.openKeys()
	for _, f := range factors {
		t.s.judge(keys, id, &f)
		u.Factors = append(u.Factors, f.Factor)
	}
	return u, err
}

// PutFactor seals and stores a new factor as pending.
func (s *Store) PutFactor(ctx context.Context, n app.NewFactor, e app.Event) error {
	f := app.Factor{
		Provider: n.Factor.Provider, Status: app.StatusPending, Since: n.At,
		EnrolledBy: e.Operator, Params: n.Factor.Params,
	}
	secret, err := otp.Decode(n.Factor.Key.Reveal())
	if err == nil {
		err = codeParams(f.Params).Validate()
	}
	if err != nil {
		return app.Errorf(app.Invalid, "The new factor cannot be stored.").Because(fmt.Errorf("put factor: %w", err))
	}
	return s.change(ctx, "put factor", func(t *tx) error {
		u, err := t.userAtAny(n.User, n.Version)
		if err != nil {
			return err
		}
		if err := t.mayReplace(u, n); err != nil {
			return err
		}
		sealed, own, err := t.sealFactor(n.User, f, secret)
		if err != nil {
			return err
		}
		if _, err := t.exec("DELETE FROM factors WHERE user_id = $1 AND provider = $2",
			mustNumber(n.User), string(f.Provider)); err != nil {
			return err
		}
		if _, err := t.exec("INSERT INTO factors (user_id, provider, status, since, enrolled_by, kind, algorithm, digits, "+
			"period, last_step, key_id, sealed, own_sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
			mustNumber(n.User), string(f.Provider), string(f.Status), micro(f.Since), f.EnrolledBy, f.Params.Kind,
			f.Params.Algorithm, f.Params.Digits, int64(f.Params.Period/time.Second), otp.NoStep, s.keyID, sealed, own); err != nil {
			return err
		}
		if err := t.touch(n.User); err != nil {
			return err
		}
		return t.done(e)
	})
}

// mayReplace fails when the user has a factor of the kind that must be reset
// first.
func (t *tx) mayReplace(u app.User, n app.NewFactor) error {
	if n.Replace {
		return nil
	}
	factors, err := t.factors(u.ID)
	if err != nil {
		return err
	}
	keys, _ := t.s.openKeys()
	for _, f := range factors {
		if f.Provider != n.Factor.Provider {
			continue
		}
		switch t.s.judge(keys, u.ID, &f); f.Status {
		case app.StatusActive:
			return app.Errorf(app.Conflict, "%s has an active factor of this kind.", u.Name()).WithHint("Reset it first.")
		case app.StatusUnreadable:
			return app.Errorf(app.Conflict, "%s has a factor of this kind that no key opens.", u.Name()).
				WithHint("Reset it first.")
		}
	}
	return nil
}

// sealFactor seals a secret for the holders of the keyset, and to its owner if
// that is an operator. An operator whose role has no keys seals the own factor
// to the store's public key instead.
func (t *tx) sealFactor(id app.UserID, f app.Factor, secret []byte) (sealed, own []byte, err error) {
	keys, mine := t.s.openKeys()
	place := t.s.factorPlace(id, f)
	switch o := mine.of(id); {
	case keys != nil:
		sealed, err = keys.Seal(place, secret)
	case o != nil:
		sealed, err = o.SealToStore(place, secret)
	default:
		err = errNoKeys()
	}
	if err != nil {
		return nil, nil, err
	}
	own, err = t.sealToOwner(id, f, secret)
	return sealed, own, err
}

// Reset forgets one factor, whether or not a key opens it.
func (s *Store) Reset(ctx context.Context, r app.FactorReset, e app.Event) error {
	return s.change(ctx, "reset", func(t *tx) error {
		// The user is read only to say what is wrong: the usual reset is as
		// few statements as it can be.
		n, err := t.exec("UPDATE users SET must_enroll = TRUE, version = version + 1 WHERE id = $1 AND (version = $2 OR $2 = 0)",
			mustNumber(r.User), r.Version)
		if err == nil && n == 0 {
			if _, err = t.userAtAny(r.User, r.Version); err == nil {
				err = errNoUser()
			}
		}
		if err != nil {
			return err
		}
		n, err = t.exec("DELETE FROM factors WHERE user_id = $1 AND provider = $2", mustNumber(r.User), string(r.Provider))
		if err != nil {
			return err
		}
		if n == 0 {
			u, err := t.user(r.User)
			if err != nil {
				return err
			}
			return app.Errorf(app.NotFound, "%s has nothing to reset there.", u.Name())
		}
		return t.done(e)
	})
}

// codeParams are the parameters as app/otp takes them.
func codeParams(p app.CodeParams) otp.Params {
	return otp.Params{Kind: otp.Kind(p.Kind), Algorithm: otp.Algorithm(p.Algorithm), Digits: p.Digits, Period: p.Period}
}

// openSecret opens a factor's secret with the keys that are open: the store's,
// or its owner's.
func (s *Store) openSecret(u app.User, f factorRow) ([]byte, error) {
	keys, mine := s.openKeys()
	place := s.factorPlace(u.ID, f.Factor)
	var secret []byte
	var err error
	switch o := mine.of(u.ID); {
	case keys != nil:
		secret, err = keys.Open(place, f.sealed)
	case o != nil:
		place.Column = "own_sealed"
		secret, err = o.Open(place, f.own)
	default:
		return nil, errNoKeys()
	}
	if errors.Is(err, seal.ErrSealed) {
		return nil, errUnreadable(u).Because(err)
	}
	return secret, err
}

func errUnreadable(u app.User) *app.Error {
	return app.Errorf(app.Unreadable, "The factor of %s is stored, but no key opens it.", u.Name()).
		WithHint("Reset it and enroll again.")
}

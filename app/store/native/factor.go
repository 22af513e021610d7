package native

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/otp"
	"github.com/factordesk/factordesk/app/seal"
)

// factorColumns are those that readFactor reads, of factors f; numFactor is how
// many. After a LEFT JOIN they are NULL for who has none.
const factorColumns = "f.provider, f.status, f.since, f.last_used, f.enrolled_by, f.kind, f.algorithm, f.digits, " +
	"f.period, f.key_id"

const numFactor = 10

// factorRow is a factor as it is stored.
type factorRow struct {
	app.Factor             // with the status as people see it
	stored      app.Status // as it is stored
	keyID       string
	sealed, own []byte
	lastStep    int64
	offset      time.Duration // by which the device's clock is ahead
	seen        string        // what is kept of that clock, as writeSeen writes it
}

// readFactor reads factorColumns from position i on; ok is false where there is
// no factor.
func readFactor(c *cells, i int) (f factorRow, ok bool) {
	if c.values[i] == nil {
		return f, false
	}
	f.Factor = app.Factor{
		Provider: app.ProviderCode(c.text(i)), Status: app.Status(c.text(i + 1)),
		Since: fromMicro(c.number(i + 2)), LastUsed: fromMicro(c.number(i + 3)), EnrolledBy: c.text(i + 4),
		Params: app.CodeParams{
			Kind: c.text(i + 5), Algorithm: c.text(i + 6), Digits: int(c.number(i + 7)),
			Period: time.Duration(c.number(i+8)) * time.Second,
		},
	}
	f.stored, f.keyID = f.Status, c.text(i+9)
	return f, true
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
	case !s.generation().knows(f.keyID):
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
	return s.place("factors", "sealed", string(id)+" "+string(f.Provider)+" "+p.Kind+" "+p.Algorithm+" "+
		strconv.Itoa(p.Digits)+" "+strconv.FormatInt(int64(p.Period/time.Second), 10))
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
	return s.change(ctx, "put factor", holdUser(n.User), func(t *tx) error {
		p, err := t.tried(t.personAtAny(n.User, n.Version))
		if err != nil {
			return err
		}
		if err := mayReplace(p, n); err != nil {
			return err
		}
		row := factorRow{Factor: f, stored: f.Status, keyID: s.generation().id, lastStep: otp.NoStep}
		if row.sealed, row.own, err = t.sealFactor(n.User, f, secret); err != nil {
			return err
		}
		if err := t.putFactor(p, row); err != nil {
			return err
		}
		if err := t.saveFactors(p, p.user.MustEnroll); err != nil {
			return err
		}
		return t.done(e)
	})
}

// putFactor stores a factor in place of the one of its kind.
func (t *tx) putFactor(p *person, f factorRow) error {
	if err := t.keepEarlier(p, f.Provider, f.Since); err != nil {
		return err
	}
	if err := t.also("DELETE FROM factors WHERE user_id = $1 AND provider = $2", p.id, string(f.Provider)); err != nil {
		return err
	}
	if old := p.factor(f.Provider); old != nil {
		*old = f
	} else {
		p.factors = append(p.factors, f)
	}
	return t.put("INSERT INTO factors (user_id, provider, status, since, enrolled_by, kind, algorithm, digits, "+
		"period, last_step, key_id, sealed, own_sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
		p.id, string(f.Provider), string(f.stored), micro(f.Since), f.EnrolledBy, f.Params.Kind, f.Params.Algorithm,
		f.Params.Digits, int64(f.Params.Period/time.Second), f.lastStep, f.keyID, f.sealed, f.own)
}

// mayReplace fails when the user has a factor of the kind that must be reset
// first.
func mayReplace(p *person, n app.NewFactor) error {
	f := p.factor(n.Factor.Provider)
	switch {
	case n.Replace || f == nil:
	case f.Status == app.StatusActive:
		return app.Errorf(app.Conflict, "%s has an active factor of this kind.", p.user.Name()).WithHint("Reset it first.")
	case f.Status == app.StatusUnreadable:
		return app.Errorf(app.Conflict, "%s has a factor of this kind that no key opens.", p.user.Name()).
			WithHint("Reset it first.")
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
	if r.EndSessions {
		return s.Able(app.AbleSessions)
	}
	return s.change(ctx, "reset", holdUser(r.User), func(t *tx) error {
		p, err := t.personAtAny(r.User, r.Version)
		if err != nil {
			return err
		}
		if p.factor(r.Provider) == nil {
			return app.Errorf(app.NotFound, "%s has nothing to reset there.", p.user.Name())
		}
		if err := t.keepEarlier(p, r.Provider, e.At); err != nil {
			return err
		}
		if err := t.put("DELETE FROM factors WHERE user_id = $1 AND provider = $2", p.id, string(r.Provider)); err != nil {
			return err
		}
		p.factors = slices.DeleteFunc(p.factors, func(f factorRow) bool { return f.Provider == r.Provider })
		if err := t.saveFactors(p, true); err != nil {
			return err
		}
		if r.Unlock {
			if err := t.clearFailures(r.User); err != nil {
				return err
			}
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

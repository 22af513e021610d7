package magento

import (
	"context"
	"fmt"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/otp"
	"github.com/factordesk/factordesk/app/store/magento/crypt"
	"github.com/factordesk/factordesk/app/store/magento/factors"
	"github.com/factordesk/factordesk/app/store/magento/logbook"
)

// PutFactor stores a new Google factor as pending, encrypted as Magento does.
// It takes no other provider, and no parameters but Magento's: those of the
// others are nowhere in the shop.
func (s *Store) PutFactor(ctx context.Context, n app.NewFactor, e app.Event) error {
	if err := s.Able(app.AbleChange); err != nil {
		return err
	}
	if err := s.Able(app.AbleOpenSecrets); err != nil {
		return err
	}
	if err := takes(n.Factor); err != nil {
		return err
	}
	return s.change(ctx, "put factor", n.User, n.Version, e, func(d *deed) error {
		doc, err := d.replaceable(n)
		if err != nil {
			return err
		}
		if doc, err = doc.PutGoogle(s.config.Random, n.Factor.Key); err != nil {
			return err
		}
		mark, err := s.fingerprint(n.Factor.Key)
		if err != nil {
			return err
		}
		d.also = func(t *logbook.Tx) error {
			return t.Note(n.User, app.Google, logbook.Fact{Mark: mark, Since: n.At, EnrolledBy: e.Operator})
		}
		text := doc.Value()
		return d.put(write{row: 0, text: &text})
	})
}

// takes returns an error for a factor that the shop has no way to keep.
func takes(f app.FactorSecret) error {
	_, err := otp.Decode(f.Key.Reveal())
	switch {
	case f.Provider != app.Google:
		return app.Errorf(app.Invalid, "Only Google Authenticator can be enrolled from here.")
	case err != nil, f.Params != googleParams:
		if err == nil {
			err = fmt.Errorf("parameters %+v", f.Params)
		}
		return app.Errorf(app.Invalid, "The new factor cannot be stored.").
			WithHint("A shop knows codes of six digits, 30 seconds and SHA-1 only.").Because(fmt.Errorf("put factor: %w", err))
	}
	return nil
}

// replaceable returns the document that a new factor goes into, or says why the
// old one must be reset first.
func (d *deed) replaceable(n app.NewFactor) (factors.Document, error) {
	doc := d.first()
	f := doc.Factor(app.Google)
	switch {
	case n.Replace && f.Whole:
		return factors.Judge("", d.s.keys), nil
	case n.Replace:
	case f.Status == app.StatusActive:
		return doc, app.Errorf(app.Conflict, "%s has an active factor of this kind.", d.account.user.Name()).WithHint("Reset it first.")
	case f.Status == app.StatusUnreadable:
		return doc, app.Errorf(app.Conflict, "%s has a factor of this kind that cannot be read.", d.account.user.Name()).
			WithHint("Reset it first.").Because(f.Trouble.Err)
	}
	return doc, nil
}

// Repair opens with older keys what the shop's own do not open, and encrypts it
// with the shop's newest key. It fails with NotFound where the factor is no
// unreadable one, and with Unreadable, and changes nothing, where it would be
// unreadable still.
func (s *Store) Repair(ctx context.Context, r app.FactorRepair, e app.Event) error {
	for _, a := range []app.Ability{app.AbleChange, app.AbleRepair} {
		if err := s.Able(a); err != nil {
			return err
		}
	}
	older, err := crypt.Parse(r.Keys)
	if err != nil {
		return explain("repair", err)
	}
	err = s.change(ctx, "repair", r.User, r.Version, e, func(d *deed) error {
		doc := d.first()
		if doc.Factor(r.Provider).Status != app.StatusUnreadable {
			return app.Errorf(app.NotFound, "%s has no factor of this kind that needs a repair.", d.account.user.Name())
		}
		repaired, err := doc.Repair(s.config.Random, older)
		if err != nil {
			return err
		}
		if f := repaired.Factor(r.Provider); f.Status == app.StatusUnreadable {
			return app.Errorf(app.Unreadable, "The keys do not open the factor of %s.", d.account.user.Name()).
				WithHint("Give the key that it was encrypted with, or reset the factor.").Because(f.Trouble.Err)
		}
		text := repaired.Value()
		return d.put(write{row: 0, text: &text})
	})
	if err == nil {
		s.proved() // it opens what it has sealed
	}
	return err
}

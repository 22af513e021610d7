package native

import (
	"context"
	"errors"
	"fmt"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/seal"
)

// operatorRow is a password's part of an operator, made before the transaction
// because it takes long.
type operatorRow struct {
	record string
	key    seal.Key
	pair   *seal.Operator // nil: keep the one that the operator has
}

// newPassword hashes a password and makes a key pair for it. Only who holds
// the keys can, because the public key needs their voucher.
func (s *Store) newPassword(ctx context.Context, password app.Secret) (o operatorRow, err error) {
	keys, _ := s.openKeys()
	if keys == nil {
		return o, errNoKeys()
	}
	if o.record, o.key, err = seal.NewPassword(ctx, password.Reveal(), s.cost); err != nil {
		return o, err
	}
	o.pair, err = keys.NewOperator()
	return o, err
}

// keyPlace names the wrapped private key of an operator, slotPlace the keyset
// that is sealed to it.
func (s *Store) keyPlace(id app.UserID) seal.Place {
	return s.place("operators", "private_key", string(id))
}

func (s *Store) slotPlace(id app.UserID) seal.Place { return s.place("operators", "slot", string(id)) }

// putOperator gives a user a password with a new key pair, and with it
// everything that is sealed to the operator: the slot and the own factors.
func (t *tx) putOperator(u app.User, o operatorRow) error {
	keys, _ := t.s.openKeys()
	if keys == nil {
		return errNoKeys()
	}
	// The keys may be others by now than those that the pair was made with.
	wrapped, err := keys.Adopt(o.pair).Wrap(o.key, t.s.keyPlace(u.ID))
	if err != nil {
		return err
	}
	voucher, err := keys.Vouch(t.s.info.ID, string(u.ID), o.pair.Public())
	if err != nil {
		return err
	}
	n := mustNumber(u.ID)
	if err := t.prove(); err != nil {
		return err
	}
	if _, err := t.exec("INSERT INTO operators (user_id, password, password_since, private_key, public_key, voucher) "+
		"VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (user_id) DO UPDATE SET password = excluded.password, "+
		"password_since = "+laterThan("excluded.password_since")+", private_key = excluded.private_key, public_key = excluded.public_key, voucher = excluded.voucher, slot = NULL, endorsements = NULL",
		n, o.record, micro(t.s.now()), wrapped, o.pair.Public(), voucher); err != nil {
		return err
	}
	if err := t.put("UPDATE users SET operator = TRUE WHERE id = $1", n); err != nil {
		return err
	}
	if err := t.syncSlot(u.ID); err != nil {
		return err
	}
	return t.sealOwnFactors(u.ID)
}

// laterThan is the SQL of when a new password was set: a console knows it by
// that, so it is later than the one before where a clock is slow or stands.
func laterThan(now string) string {
	return "CASE WHEN operators.password_since < " + now + " THEN " + now + " ELSE operators.password_since + 1 END"
}

// syncSlot gives an operator a slot or takes it, as the role and the account
// are now.
func (t *tx) syncSlot(id app.UserID) error {
	p, err := t.person(id)
	if err != nil {
		return err
	}
	u, n := p.user, p.id
	var public, voucher []byte
	var has bool
	err = t.row("SELECT public_key, voucher, slot IS NOT NULL FROM operators WHERE user_id = $1", []any{n},
		&public, &voucher, &has)
	if none(err) {
		return nil
	}
	if err != nil {
		return err
	}
	wants := u.Active && u.Role.OpensSecrets()
	switch {
	case wants == has:
		return nil
	case !wants:
		if err := t.prove(); err != nil {
			return err
		}
		return t.put("UPDATE operators SET slot = NULL WHERE user_id = $1", n)
	}
	keys, _ := t.s.openKeys()
	if keys == nil {
		return errNoKeys()
	}
	slot, err := keys.Slot(t.s.info.ID, string(id), public, voucher, t.s.slotPlace(id))
	if errors.Is(err, seal.ErrVoucher) || errors.Is(err, seal.ErrRecord) {
		return errForeignKey(u).Because(err)
	}
	if err != nil {
		return err
	}
	if err := t.prove(); err != nil {
		return err
	}
	return t.put("UPDATE operators SET slot = $1 WHERE user_id = $2", slot, n)
}

// syncSlots is syncSlot for all operators of a role.
func (t *tx) syncSlots(role app.RoleID) error {
	rows, err := t.query("SELECT id FROM users WHERE operator AND role_id = $1", string(role))
	if err != nil {
		return err
	}
	defer rows.Close()
	var ids []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return err
		}
		ids = append(ids, id)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return err
	}
	for _, id := range ids {
		if err := t.syncSlot(userID(id)); err != nil {
			return err
		}
	}
	return nil
}

func errForeignKey(u app.User) *app.Error {
	return app.Errorf(app.Unreadable, "The key of %s was not made by this store's operators.", u.Name()).
		WithHint("Somebody may have changed the file. Set the password of %s again.", u.Short())
}

// sealOwnFactors seals the secrets of a user's factors to the user's own key
// as well. One that does not open stays as it is: its owner enrolls again.
func (t *tx) sealOwnFactors(id app.UserID) error {
	keys, _ := t.s.openKeys()
	if keys == nil {
		return errNoKeys()
	}
	p, err := t.person(id)
	if err != nil {
		return err
	}
	for _, f := range p.factors {
		secret, err := keys.Open(t.s.factorPlace(id, f.Factor), f.sealed)
		if errors.Is(err, seal.ErrSealed) {
			continue
		}
		if err != nil {
			return err
		}
		own, err := t.sealToOwner(id, f.Factor, secret)
		if err != nil {
			return err
		}
		if err := t.put("UPDATE factors SET own_sealed = $1 WHERE user_id = $2 AND provider = $3",
			own, mustNumber(id), string(f.Provider)); err != nil {
			return err
		}
	}
	return nil
}

// sealToOwner seals a factor's secret to its owner, if that is an operator;
// else it returns nil.
func (t *tx) sealToOwner(id app.UserID, f app.Factor, secret []byte) ([]byte, error) {
	keys, own := t.s.openKeys()
	place := t.s.factorPlace(id, f)
	place.Column = "own_sealed"
	if o := own.of(id); o != nil {
		return o.Seal(place, secret)
	}
	var public, voucher []byte
	err := t.row("SELECT public_key, voucher FROM operators WHERE user_id = $1", []any{mustNumber(id)}, &public, &voucher)
	if none(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if keys == nil {
		return nil, errNoKeys()
	}
	sealed, err := keys.SealTo(t.s.info.ID, string(id), public, voucher, place, secret)
	if errors.Is(err, seal.ErrVoucher) || errors.Is(err, seal.ErrRecord) {
		p, perr := t.person(id)
		if perr != nil {
			return nil, perr
		}
		return nil, errForeignKey(p.user).Because(err)
	}
	return sealed, err
}

// SetPassword gives a user a new password, which makes the user an operator.
// Kept sessions of the user end. The own password can be changed without the
// store's keys; any other needs them.
func (s *Store) SetPassword(ctx context.Context, id app.UserID, password app.Secret, e app.Event) error {
	if password.Empty() {
		return app.Errorf(app.Invalid, "The password is empty.")
	}
	if err := s.mayChange(); err != nil {
		return err
	}
	var o operatorRow
	var err error
	_, own := s.openKeys()
	if own.of(id) != nil {
		o.record, o.key, err = seal.NewPassword(ctx, password.Reveal(), s.cost)
	} else {
		o, err = s.newPassword(ctx, password)
	}
	if err != nil {
		return explain("set password", err)
	}
	return s.change(ctx, "set password", holdUser(id), func(t *tx) error {
		p, err := t.person(id)
		if err != nil {
			return err
		}
		u := p.user
		if o.pair != nil {
			err = t.putOperator(u, o)
		} else {
			err = t.rewrap(u, o)
		}
		if err != nil {
			return err
		}
		if err := t.endSessions(id); err != nil {
			return err
		}
		if err := t.update(id, assignments{}); err != nil {
			return err
		}
		return t.done(e)
	})
}

// rewrap puts an operator's key pair under a new password. The slot and the
// own factors stay as they are.
func (t *tx) rewrap(u app.User, o operatorRow) error {
	_, own := t.s.openKeys()
	pair := own.of(u.ID)
	if pair == nil { // the screen was locked meanwhile
		return errNoKeys()
	}
	wrapped, err := pair.Wrap(o.key, t.s.keyPlace(u.ID))
	if err != nil {
		return err
	}
	n, err := t.exec("UPDATE operators SET password = $1, password_since = "+laterThan("$2")+
		", private_key = $3, endorsements = NULL WHERE user_id = $4 AND public_key = $5",
		o.record, micro(t.s.now()), wrapped, mustNumber(u.ID), pair.Public())
	if err == nil && n != 1 {
		return errChanged(u).Because(fmt.Errorf("the key pair is another one by now"))
	}
	return err
}

package native

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/seal"
)

var _ app.Rotator = (*Store)(nil)

// Rotation says which keyset seals now, and what is still sealed with older ones.
func (s *Store) Rotation(ctx context.Context) (app.Rotation, error) {
	if _, err := s.refresh(ctx); err != nil {
		return app.Rotation{}, explain("read keys", err)
	}
	g := s.generation()
	r := app.Rotation{Key: g.id, Since: g.since, Running: len(g.before) > 0}
	if keys, _ := s.openKeys(); keys != nil {
		r.NewRecovery = !keys.HasRecovery()
	}
	err := s.read.row(ctx, "SELECT count(*) FROM factors", nil, &r.Values)
	if err == nil && r.Running {
		old, args := g.old(1)
		err = s.read.row(ctx, "SELECT count(*) FROM factors WHERE key_id IN ("+old+")", args, &r.Left)
	}
	return r, explain("read keys", err)
}

// old is the SQL of a list of the keysets before, from placeholder first on, and
// their IDs.
func (g generation) old(first int) (text string, args []any) {
	marks := make([]string, len(g.before))
	for i, id := range g.before {
		marks[i], args = "$"+strconv.Itoa(first+i), append(args, id)
	}
	return strings.Join(marks, ", "), args
}

// BeginRotation puts the keyset that follows in the place of the open one.
func (s *Store) BeginRotation(ctx context.Context, start app.RotationStart, e app.Event) error {
	keys, _ := s.openKeys()
	if keys == nil {
		return errNoKeys()
	}
	var public []byte
	if start.Recovery || !keys.HasRecovery() {
		printed, half, err := seal.NewRecovery(s.random)
		if err != nil {
			return explain("rotate key", err)
		}
		if err := start.Show(app.NewSecret(printed)); err != nil {
			return err
		}
		public = half
	}
	err := s.change(ctx, "rotate key", hold{alone: true}, func(t *tx) error { return t.rotate(public, e) })
	if err != nil {
		return err
	}
	// It is done; where this fails, the next deed opens the new keys.
	_, _ = s.refresh(ctx)
	return nil
}

// rotate gives the keyset that follows to everybody who has the open one.
func (t *tx) rotate(recovery []byte, e app.Event) error {
	keys, own := t.s.openKeys()
	if keys == nil {
		return errNoKeys()
	}
	if recovery == nil && !keys.HasRecovery() {
		return app.Errorf(app.Conflict, "Somebody else changed the keys meanwhile.").WithHint("Try again.")
	}
	next, err := keys.Next(recovery)
	if err != nil {
		return err
	}
	given, err := t.giveKeys(keys, next, own.id)
	if err != nil {
		return err
	}
	wrapped, err := next.Recovery(t.s.recoveryPlace())
	if err != nil {
		return err
	}
	if err := t.put("UPDATE store SET key_id = $1, key_since = $2, old_key_ids = $3, keys_version = keys_version + 1, recovery = $4 WHERE id = 1",
		next.ID(), micro(t.s.now()), strings.Join(next.Before(), " "), wrapped); err != nil {
		return err
	}
	proof, err := t.s.proof(next)
	if err != nil {
		return err
	}
	if err := t.w.link.expectProof(t.ctx, proof); err != nil {
		return err
	}
	t.next = next
	e.Details = append(e.Details, app.Detail{Name: "key", Value: keys.ID() + " → " + next.ID()},
		app.Detail{Name: "operators", Value: strconv.Itoa(given.slots)})
	if given.foreign != "" {
		e.Details = append(e.Details, app.Detail{Name: "shut out", Value: given.foreign})
	}
	if recovery != nil {
		e.Details = append(e.Details, app.Detail{Name: "recovery key", Value: "new"})
	}
	return t.done(e)
}

// given says who has the keyset after it was given to the operators.
type given struct {
	slots   int
	foreign string // usernames, separated by commas, whose keys nobody vouched for
}

// giveKeys seals next to each operator whose role opens secrets, and tells every
// operator that it follows keys. An operator whose key pair nobody vouched for may
// be anybody, and gets nothing; own is the one who rotates.
func (t *tx) giveKeys(keys, next *seal.Keyset, own app.UserID) (g given, err error) {
	operators, err := t.operators()
	if err != nil {
		return g, err
	}
	if err := t.prove(); err != nil {
		return g, err
	}
	var foreign []string
	for _, o := range operators {
		id := userID(o.id)
		if !keys.Vouched(t.s.info.ID, string(id), o.public, o.voucher) {
			if id == own {
				return g, errForeignKey(app.User{ID: id, Username: o.username})
			}
			foreign = append(foreign, o.username)
			if err := t.put("UPDATE operators SET slot = NULL WHERE user_id = $1", o.id); err != nil {
				return g, err
			}
			continue
		}
		var slot []byte
		voucher, err := next.Vouch(t.s.info.ID, string(id), o.public)
		if err == nil && o.opens {
			g.slots++
			slot, err = next.Slot(t.s.info.ID, string(id), o.public, voucher, t.s.slotPlace(id))
		}
		if err != nil {
			return g, err
		}
		endorsements, err := keys.Endorse(next, o.public, t.s.endorsedPlace(id), o.endorsements)
		if err != nil {
			return g, err
		}
		if err := t.put("UPDATE operators SET voucher = $1, slot = $2, endorsements = $3 WHERE user_id = $4",
			voucher, slot, endorsements, o.id); err != nil {
			return g, err
		}
	}
	g.foreign = strings.Join(foreign, ", ")
	return g, nil
}

// keyHolder is an operator as the keys are given.
type keyHolder struct {
	id                            int64
	username                      string
	public, voucher, endorsements []byte
	opens                         bool // the role and the account are to open secrets
}

// operators reads all operators.
func (t *tx) operators() (all []keyHolder, err error) {
	roles, err := t.roleMap()
	if err != nil {
		return nil, err
	}
	rows, err := t.query("SELECT o.user_id, u.username, u.active, u.role_id, o.public_key, o.voucher, o.endorsements " +
		"FROM operators o JOIN users u ON u.id = o.user_id ORDER BY o.user_id")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var o keyHolder
		var active bool
		var role sql.NullString
		if err := rows.Scan(&o.id, &o.username, &active, &role, &o.public, &o.voucher, &o.endorsements); err != nil {
			return nil, err
		}
		o.opens = active && roles[app.RoleID(role.String)].OpensSecrets()
		all = append(all, o)
	}
	return all, errors.Join(rows.Err(), rows.Close())
}

// EndRotation forgets the older keys, unless a value is left that they open.
func (s *Store) EndRotation(ctx context.Context, e app.Event) (ended bool, err error) {
	err = s.change(ctx, "drop old key", hold{alone: true}, func(t *tx) error {
		ended = false
		keys, own := t.s.openKeys()
		if keys == nil {
			return errNoKeys()
		}
		g := t.s.generation()
		if len(g.before) == 0 { // another console was faster
			ended = true
			return nil
		}
		left, err := t.leftBehind(keys, g)
		if err != nil || left {
			return err
		}
		only, err := keys.Only()
		if err != nil {
			return err
		}
		if err := t.giveAgain(only, own.id); err != nil {
			return err
		}
		ended = true
		return t.done(e)
	})
	if err == nil && ended {
		// As after BeginRotation.
		_, _ = s.refresh(ctx)
	}
	return ended && err == nil, err
}

// leftBehind reports whether an older key opens a value. Those that no key opens
// are counted as unreadable from now on: the key that their rows name is gone.
func (t *tx) leftBehind(keys *seal.Keyset, g generation) (bool, error) {
	old, args := g.old(1)
	rows, err := t.query("SELECT "+sealedColumns+" FROM factors f WHERE f.key_id IN ("+old+") ORDER BY f.user_id, f.provider", args...)
	if err != nil {
		return false, err
	}
	values, err := readSealed(rows)
	if err != nil {
		return false, err
	}
	for _, v := range values {
		if _, err := keys.Open(t.s.factorPlace(userID(v.user), v.Factor), v.sealed); err == nil {
			return true, nil
		}
	}
	var earlier int
	if err := t.row("SELECT count(*) FROM earlier_factors WHERE key_id IN ("+old+")", args, &earlier); err != nil || earlier > 0 {
		return earlier > 0, err
	}
	now := generation{id: g.id}
	for i, v := range values {
		if i > 0 && values[i-1].user == v.user {
			continue
		}
		p, err := t.person(userID(v.user))
		if err != nil {
			return false, err
		}
		if err := t.saveFlags(p, now.flagsOf(p.factors), assignments{}); err != nil {
			return false, err
		}
	}
	return false, nil
}

// giveAgain gives everybody who has the keyset the one without the older keys.
func (t *tx) giveAgain(only *seal.Keyset, own app.UserID) error {
	operators, err := t.operators()
	if err != nil {
		return err
	}
	if err := t.prove(); err != nil {
		return err
	}
	for _, o := range operators {
		id := userID(o.id)
		if !o.opens {
			continue
		}
		slot, err := only.Slot(t.s.info.ID, string(id), o.public, o.voucher, t.s.slotPlace(id))
		if errors.Is(err, seal.ErrVoucher) && id != own {
			continue // it was shut out when the rotation began, or changed from outside since
		}
		if err != nil {
			return fmt.Errorf("give keys to operator %s: %w", id, err)
		}
		if err := t.put("UPDATE operators SET slot = $1 WHERE user_id = $2", slot, o.id); err != nil {
			return err
		}
	}
	wrapped, err := only.Recovery(t.s.recoveryPlace())
	if err != nil {
		return err
	}
	return t.put("UPDATE store SET old_key_ids = '', keys_version = keys_version + 1, recovery = $1 WHERE id = 1", wrapped)
}

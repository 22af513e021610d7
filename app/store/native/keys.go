package native

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/seal"
)

// generation is what the store says of its keys: which keyset seals now, and with
// which of those before some values are still sealed.
type generation struct {
	version int64
	id      string
	since   time.Time // when it began to seal; zero: with the store
	before  []string
}

// knows reports whether a value that was sealed with a keyset opens with the one
// that seals now.
func (g generation) knows(id string) bool { return id == g.id || slices.Contains(g.before, id) }

// generationRow is a generation on its way out of store s.
type generationRow struct {
	version, since int64
	id, before     string
}

const generationColumns = "s.keys_version, s.key_id, s.key_since, s.old_key_ids"

func (r *generationRow) dest() []any { return []any{&r.version, &r.id, &r.since, &r.before} }

func (r *generationRow) generation() generation {
	return generation{version: r.version, id: r.id, since: fromMicro(r.since), before: strings.Fields(r.before)}
}

// generation returns what this console knows of the keys.
func (s *Store) generation() generation {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.gen
}

// begin begins a transaction with the keys that are the store's then, which stay
// that until it ends: who puts others in their place is alone.
func (s *Store) begin(ctx context.Context, h hold) (*tx, error) {
	for range mostTries {
		t, err := s.write.begin(ctx, s, h)
		if err != nil || t.at.keys < 0 || t.at.keys == s.generation().version {
			return t, err
		}
		t.rollback()
		if err := s.keysAt(ctx, t.at.keys); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("keys that change again and again")
}

// keysAt makes sure that this console has the keys of a version, or later ones.
func (s *Store) keysAt(ctx context.Context, version int64) error {
	if s.generation().version == version {
		return nil
	}
	_, err := s.refresh(ctx)
	return err
}

// refresh reads what the store says of its keys now, and reports whether they are
// others than this console knew. Open ones are opened again from the operator's
// slot, with the key pair that is at hand: nobody has to type a password because
// somebody else has rotated the keys. Who has no slot any more is told so.
func (s *Store) refresh(ctx context.Context) (moved bool, err error) {
	s.refreshing.Lock()
	defer s.refreshing.Unlock()
	s.mu.RLock()
	keys, own, id, known := s.keys, s.own, s.ownID, s.gen
	s.mu.RUnlock()
	var g generationRow
	var slot, endorsements []byte
	err = s.read.row(ctx, "SELECT "+generationColumns+", o.slot, o.endorsements FROM store s "+
		"LEFT JOIN operators o ON o.user_id = $1 WHERE s.id = 1", []any{mustNumber(id)}, append(g.dest(), &slot, &endorsements)...)
	if err != nil || g.version == known.version {
		return false, err
	}
	var opened *seal.Keyset
	var lost error
	if own != nil {
		if own, lost = own.Follow(s.endorsedPlace(id), endorsements); lost == nil && keys != nil {
			opened, lost = own.OpenSlot(s.slotPlace(id), slot)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.keys != keys || s.ownID != id { // somebody has signed in or out meanwhile: asked again, it is about them
		return true, nil
	}
	s.gen = g.generation()
	if lost != nil {
		s.holdNow(nil, nil, "")
		return true, errKeysMoved().Because(lost)
	}
	s.keys, s.own = opened, own
	return true, nil
}

func errKeysMoved() *app.Error {
	return app.Errorf(app.Denied, "The keys of the store were changed at another desk.").WithHint("Sign in again.")
}

// endorsedPlace names the endorsements of an operator.
func (s *Store) endorsedPlace(id app.UserID) seal.Place {
	return s.place("operators", "endorsements", string(id))
}

// followed is an operator's key pair with the store's public key of now, wrapped
// under the password that was typed. Written down, the endorsements that led there
// are needed no more, and nobody who holds an older keyset can add to them.
type followed struct {
	id                            app.UserID
	record                        string // of the password
	wrapped, private, endorsement []byte // as they are to be and as they were
}

// follow returns the operator with the public key that the store has by now, and
// what is to be written then.
func (s *Store) follow(acc account, key seal.Key, own *seal.Operator) (*seal.Operator, *followed, error) {
	if len(acc.endorsements) == 0 {
		return own, nil, nil
	}
	id := acc.user.ID
	now, err := own.Follow(s.endorsedPlace(id), acc.endorsements)
	if err != nil {
		return nil, nil, err
	}
	wrapped, err := now.Wrap(key, s.keyPlace(id))
	if err != nil {
		return nil, nil, err
	}
	return now, &followed{id, acc.record, wrapped, acc.private, acc.endorsements}, nil
}

// follow writes down what the operator has followed, if there is anything. Where
// the password or the keys are others by now, it is out of date.
func (t *tx) follow(id app.UserID) error {
	t.s.mu.Lock()
	f := t.s.followed
	if f != nil && f.id == id {
		t.s.followed = nil
	}
	t.s.mu.Unlock()
	if f == nil || f.id != id {
		return nil
	}
	_, err := t.exec("UPDATE operators SET private_key = $1, endorsements = NULL "+
		"WHERE user_id = $2 AND password = $3 AND private_key = $4 AND endorsements = $5",
		f.wrapped, mustNumber(id), f.record, f.private, f.endorsement)
	return err
}

// openAccount opens the keys of an account whose password was right: from its
// slot, or with the recovery key. Who put a keyset there is not known, so it counts
// only if the password vouches for it.
func (s *Store) openAccount(acc account, own *seal.Operator, recovery app.Secret) (*seal.Keyset, error) {
	id := acc.user.ID
	if recovery.Empty() {
		if !acc.user.Role.OpensSecrets() {
			return nil, nil
		}
		keys, err := own.OpenSlot(s.slotPlace(id), acc.slot)
		if err != nil {
			return nil, errAccount(acc.user).Because(err)
		}
		return keys, nil
	}
	keys, err := seal.OpenRecovery(recovery.Reveal(), s.recoveryPlace(), acc.recovery)
	if err == nil && !own.Holds(keys) {
		return nil, app.Errorf(app.Unreadable, "What the recovery key opens are not the keys of this store: they were changed from outside.").
			WithHint("Restore the store from a backup.")
	}
	return keys, err
}

// holdAccount keeps what a right password has opened, with the keys of the store
// as they were then.
func (s *Store) holdAccount(acc account, keys *seal.Keyset, own *seal.Operator, f *followed) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.holdNow(keys, own, acc.user.ID)
	s.gen, s.followed = acc.keysAt, f
}

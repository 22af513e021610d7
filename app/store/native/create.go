package native

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/seal"
)

// Create makes a store with its first operator, who gets the role
// Administrators whatever first says, and returns it, with the keys open, and
// the recovery key, which is shown once and kept nowhere. A file that exists
// is left alone: Conflict. Either the whole store comes to be or nothing that
// looks like one.
func Create(
	ctx context.Context, path string, o Options, first app.NewUser, e app.Event,
) (s *Store, recovery app.Secret, err error) {
	if first.Password.Empty() {
		return nil, app.Secret{}, app.Errorf(app.Invalid, "The first operator needs a password.")
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		if err == nil {
			err = fs.ErrExist
		}
		return nil, app.Secret{}, explainFile(path, err)
	}
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, app.Secret{}, explainFile(folder, err)
	}
	draft, err := draftFile(path)
	if err != nil {
		return nil, app.Secret{}, explainFile(path, err)
	}
	defer removeDraft(draft)
	made, err := fillFile(ctx, draft, o, first, e)
	if err != nil {
		return nil, app.Secret{}, explain("create", err)
	}
	if err := publish(draft, path); err != nil {
		return nil, app.Secret{}, explainFile(path, err)
	}
	s, err = Open(ctx, path, o)
	if err != nil {
		return nil, app.Secret{}, err
	}
	s.hold(made.keys, made.own, made.id)
	return s, made.recovery, nil
}

// draftFile makes an empty file beside the place where the store will be. Its
// mode is what the engine gives to the files that it makes beside it.
func draftFile(path string) (string, error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".draft-*")
	if err != nil {
		return "", err
	}
	return f.Name(), errors.Join(f.Chmod(0o600), f.Close())
}

func removeDraft(draft string) {
	for _, ending := range []string{"", "-wal", "-shm", "-journal"} {
		// After a success there is nothing to remove.
		_ = os.Remove(draft + ending)
	}
}

// publish gives a finished draft its name, unless that is taken meanwhile.
func publish(draft, path string) error {
	if err := syncFile(draft); err != nil {
		return err
	}
	err := os.Link(draft, path)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		// Some file systems have no links.
		if _, serr := os.Lstat(path); serr == nil {
			return fs.ErrExist
		}
		err = os.Rename(draft, path)
	}
	if err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// made is what a new store has and what is not in its file in clear.
type made struct {
	recovery app.Secret
	keys     *seal.Keyset
	own      *seal.Operator
	id       app.UserID
}

// fillFile makes the schema, the keys and the first operator in a draft.
func fillFile(ctx context.Context, draft string, o Options, first app.NewUser, e app.Event) (m made, err error) {
	s, err := newStore(draft, o, readWrite)
	if err != nil {
		return made{}, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := migrate(ctx, s.writerDB(), s.dialect.goose, s.dialect.files()); err != nil {
		return made{}, err
	}
	return s.fill(ctx, first, e)
}

// fill makes the keys and the first operator of a store that has nothing but its
// schema.
func (s *Store) fill(ctx context.Context, first app.NewUser, e app.Event) (m made, err error) {
	id := make([]byte, 16)
	if _, err := io.ReadFull(s.random, id); err != nil {
		return made{}, fmt.Errorf("make store ID: %w", err)
	}
	s.info.ID = hex.EncodeToString(id)
	printed, public, err := seal.NewRecovery(s.random)
	if err != nil {
		return made{}, err
	}
	keys, err := seal.NewKeyset(public)
	if err != nil {
		return made{}, err
	}
	wrapped, err := keys.Recovery(s.recoveryPlace())
	if err != nil {
		return made{}, err
	}
	s.hold(keys, nil, "")
	operator, err := s.newPassword(ctx, first.Password)
	if err != nil {
		return made{}, err
	}
	mac, err := s.sealEnd(keys, app.Head{})
	if err != nil {
		return made{}, err
	}
	err = s.change(ctx, "create", hold{}, func(t *tx) error {
		if _, err := t.exec(
			"INSERT INTO store (id, store_id, created, key_id, recovery, head_seq, head_hash, head_mac) VALUES (1, $1, $2, $3, $4, 0, $5, $6)",
			s.info.ID, micro(s.now()), keys.ID(), wrapped, []byte{}, mac); err != nil {
			return err
		}
		proof, err := s.proof(keys)
		if err != nil {
			return err
		}
		if err := t.w.link.expectProof(t.ctx, proof); err != nil {
			return err
		}
		for _, r := range app.BuiltInRoles() {
			r.Version = 1
			if err := t.insertRole(r); err != nil {
				return err
			}
		}
		first.Role, first.Active = app.Administrators, true
		u, err := t.insertUser(first)
		if err != nil {
			return err
		}
		if err := t.putOperator(u, operator); err != nil {
			return err
		}
		m = made{app.NewSecret(printed), keys, operator.pair, u.ID}
		if e.Operator == "" {
			e.OperatorID, e.Operator = u.ID, u.Username
		}
		e.TargetID, e.Target = u.ID, u.Username
		return t.done(e)
	})
	return m, err
}

// recoveryPlace names the keyset under the recovery key.
func (s *Store) recoveryPlace() seal.Place { return s.place("store", "recovery", "1") }

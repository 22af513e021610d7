package native

import (
	"context"
	"crypto/sha256"
	_ "embed" // the file of rights
	"encoding/hex"

	"github.com/factordesk/factordesk/app/seal"
)

//go:embed rights/postgres.sql
var rights string

// Rights returns the SQL that gives the database accounts of a team's store their
// rights, for who runs the database.
func Rights() string { return rights }

// proof is what only the holders of a keyset can compute. A server asks for it
// before it takes an operator's keys: an account of a desk is not enough.
func (s *Store) proof(keys *seal.Keyset) ([]byte, error) {
	return keys.MAC("operator keys", s.info.ID)
}

// prove shows the proof for the length of the transaction.
func (t *tx) prove() error {
	keys, _ := t.s.openKeys()
	if keys == nil {
		return nil
	}
	proof, err := t.s.proof(keys)
	if err != nil {
		return err
	}
	return t.w.link.prove(t.ctx, proof)
}

// prove has nothing to show to: who can write to the file can do anything.
func (l *sqliteLink) prove(context.Context, []byte) error { return nil }

func (l *sqliteLink) expectProof(context.Context, []byte) error { return nil }

func (l *postgresLink) prove(ctx context.Context, proof []byte) error {
	return l.put(ctx, "SELECT set_config('factordesk.proof', $1, TRUE)", hex.EncodeToString(proof))
}

// expectProof tells the server of a new store what to ask for.
func (l *postgresLink) expectProof(ctx context.Context, proof []byte) error {
	sum := sha256.Sum256(proof)
	return l.put(ctx, "UPDATE store SET keys_proof = $1 WHERE id = 1", sum[:])
}

package seal

import (
	"bytes"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/hpke"
	"crypto/sha256"
	"fmt"
	"slices"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
)

// Next makes the keyset that follows: it seals with new keys, and opens what the
// ones before sealed. recovery is the public half of a new recovery key; nil
// keeps the one there is. MACs and vouchers of the old keyset do not hold under
// the new one: who rotates makes them anew.
func (k *Keyset) Next(recovery []byte) (*Keyset, error) {
	m := keyset.NewManagerFromHandle(k.handle)
	id, err := m.Add(aead.XChaCha20Poly1305KeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("make next keyset: %w", err)
	}
	if err := m.SetPrimary(id); err != nil {
		return nil, fmt.Errorf("make next keyset: %w", err)
	}
	h, err := m.Handle()
	if err != nil {
		return nil, fmt.Errorf("make next keyset: %w", err)
	}
	if recovery == nil && k.recovery != nil {
		recovery = k.recovery.Bytes()
	}
	return assemble(h, recovery, append(slices.Clone(k.older), k.private))
}

// Only returns the keyset without the keys before: nothing that they sealed
// opens with it. It has the same ID, MAC and public key.
func (k *Keyset) Only() (*Keyset, error) {
	m := keyset.NewManagerFromHandle(k.handle)
	for i := range k.handle.Len() {
		e, err := k.handle.Entry(i)
		if err != nil {
			return nil, fmt.Errorf("drop old keys: %w", err)
		}
		if e.IsPrimary() {
			continue
		}
		if err := m.Delete(e.KeyID()); err != nil {
			return nil, fmt.Errorf("drop old keys: %w", err)
		}
	}
	h, err := m.Handle()
	if err != nil {
		return nil, fmt.Errorf("drop old keys: %w", err)
	}
	var recovery []byte
	if k.recovery != nil {
		recovery = k.recovery.Bytes()
	}
	_, rest, err := cutField(k.blob)
	if err == nil {
		_, rest, err = cutField(rest)
	}
	if err != nil {
		return nil, fmt.Errorf("drop old keys: %w", err)
	}
	macKey, _, err := cutField(rest)
	if err != nil {
		return nil, fmt.Errorf("drop old keys: %w", err)
	}
	return serialize(h, macKey, recovery, []hpke.PrivateKey{k.private})
}

// Endorse adds to the endorsements of an operator that the public key of next
// follows the one of k. Only who holds k, or the operator, can make the proof: its
// key is what the two key pairs agree on.
func (k *Keyset) Endorse(next *Keyset, operator []byte, p Place, endorsements []byte) ([]byte, error) {
	b, err := k.private.Bytes()
	if err != nil {
		return nil, fmt.Errorf("endorse: %w", err)
	}
	tag, err := endorsement(b, operator, p, k.Public(), next.Public())
	if err != nil {
		return nil, err
	}
	link := fields(string(k.Public()), string(next.Public()), string(tag))
	return append(slices.Clone(endorsements), link...), nil
}

// Follow returns the operator with the store's public key that the endorsements
// lead to. It fails with ErrVoucher where one of them is not right, and with
// ErrRecord where they are malformed.
func (o *Operator) Follow(p Place, endorsements []byte) (*Operator, error) {
	b, err := o.private.Bytes()
	if err != nil {
		return nil, fmt.Errorf("follow endorsements: %w", err)
	}
	now := o.store
	for rest := endorsements; len(rest) > 0; {
		var link [3][]byte
		for i := range link {
			if link[i], rest, err = cutField(rest); err != nil {
				return nil, fmt.Errorf("follow endorsements: %w", err)
			}
		}
		if !bytes.Equal(link[0], now.Bytes()) {
			continue // of a key before the one that the password vouches for
		}
		tag, err := endorsement(b, now.Bytes(), p, link[0], link[1])
		if err != nil {
			return nil, err
		}
		if !hmac.Equal(tag, link[2]) {
			return nil, fmt.Errorf("follow endorsements: %w", ErrVoucher)
		}
		if now, err = kem().NewPublicKey(link[1]); err != nil {
			return nil, fmt.Errorf("follow endorsements: %w", ErrRecord)
		}
	}
	return &Operator{private: o.private, store: now}, nil
}

// Adopt returns the operator with the keyset's public key as the store's.
func (k *Keyset) Adopt(o *Operator) *Operator {
	return &Operator{private: o.private, store: k.private.PublicKey()}
}

// endorsement is the proof that the key to follows the key from, under what the
// two key pairs of old keyset and operator agree on (RFC 7748 section 6.1).
func endorsement(private, public []byte, p Place, from, to []byte) ([]byte, error) {
	mine, err := ecdh.X25519().NewPrivateKey(private)
	if err != nil {
		return nil, fmt.Errorf("endorse: %w", ErrRecord)
	}
	theirs, err := ecdh.X25519().NewPublicKey(public)
	if err != nil {
		return nil, fmt.Errorf("endorse: %w", ErrRecord)
	}
	shared, err := mine.ECDH(theirs)
	if err != nil {
		return nil, fmt.Errorf("endorse: %w", ErrRecord)
	}
	key, err := hkdf.Key(sha256.New, shared, nil, "factordesk endorsement 1", sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("endorse: %w", err)
	}
	h := hmac.New(sha256.New, key)
	h.Write(fields(string(p.data()), string(from), string(to)))
	return h.Sum(nil), nil
}

package seal

import (
	"bytes"
	"crypto/ecdh"
	"crypto/hpke"
	"fmt"
)

// Operator is the key pair of one operator, opened by the operator's password.
// The store's public key travels inside the wrapping, so that nobody who
// writes to the file can put another in its place.
type Operator struct {
	private hpke.PrivateKey
	store   hpke.PublicKey
}

// NewOperator makes a key pair for an operator of the keyset's store.
func (k *Keyset) NewOperator() (*Operator, error) {
	private, err := newPrivate()
	if err != nil {
		return nil, err
	}
	return &Operator{private: private, store: k.private.PublicKey()}, nil
}

// Public returns the operator's public key.
func (o *Operator) Public() []byte { return o.private.PublicKey().Bytes() }

// String hides the key from every printing path.
func (o *Operator) String() string { return "seal.Operator(••••••)" }

// GoString hides the key from %#v.
func (o *Operator) GoString() string { return o.String() }

// Wrap seals the key pair under the key of the operator's password.
func (o *Operator) Wrap(key Key, p Place) ([]byte, error) {
	b, err := o.private.Bytes()
	if err != nil {
		return nil, fmt.Errorf("wrap operator key: %w", err)
	}
	return key.wrap(p, fields("factordesk operator 1", string(b), string(o.store.Bytes())))
}

// UnwrapOperator opens what Wrap made, or fails with ErrSealed or ErrRecord.
func UnwrapOperator(key Key, p Place, wrapped []byte) (*Operator, error) {
	b, err := key.unwrap(p, wrapped)
	if err != nil {
		return nil, err
	}
	var parts [3][]byte
	for i := range parts {
		if parts[i], b, err = cutField(b); err != nil {
			return nil, fmt.Errorf("read operator key: %w", err)
		}
	}
	if string(parts[0]) != "factordesk operator 1" || len(b) != 0 {
		return nil, fmt.Errorf("read operator key: version: %w", ErrRecord)
	}
	o := &Operator{}
	if o.private, err = kem().NewPrivateKey(parts[1]); err != nil {
		return nil, fmt.Errorf("read operator key: %w", ErrRecord)
	}
	if o.store, err = kem().NewPublicKey(parts[2]); err != nil {
		return nil, fmt.Errorf("read operator key: store: %w", ErrRecord)
	}
	return o, nil
}

// Seal seals plain to the operator alone.
func (o *Operator) Seal(p Place, plain []byte) ([]byte, error) {
	return sealTo(o.private.PublicKey(), p, plain)
}

// Open opens what was sealed to the operator, or fails with ErrSealed.
func (o *Operator) Open(p Place, sealed []byte) ([]byte, error) {
	return openWith(o.private, p, sealed)
}

// SealToStore seals plain so that the holders of the keyset can open it. The
// operator needs no keyset for it.
func (o *Operator) SealToStore(p Place, plain []byte) ([]byte, error) {
	c, err := sealTo(o.store, p, plain)
	if err != nil {
		return nil, err
	}
	return append([]byte{toStore}, c...), nil
}

// OpenSlot opens the keyset from the operator's slot, or fails with ErrSealed
// or ErrRecord. Anybody can seal to the operator's public key, so a slot that
// opens is not yet the store's: see Holds.
func (o *Operator) OpenSlot(p Place, slot []byte) (*Keyset, error) {
	b, err := o.Open(p, slot)
	if err != nil {
		return nil, err
	}
	k, err := parseKeyset(b)
	if err != nil {
		return nil, err
	}
	if !o.Holds(k) {
		return nil, fmt.Errorf("open %s: another keyset: %w", p.Column, ErrSealed)
	}
	return k, nil
}

// Holds reports whether a keyset is the one of the operator's store: it has the
// private half of the public key that the operator's password vouches for.
func (o *Operator) Holds(k *Keyset) bool { return bytes.Equal(k.Public(), o.store.Bytes()) }

// Vouch returns the voucher of an operator's public key. Only who holds the
// keyset can make one.
func (k *Keyset) Vouch(store, operator string, public []byte) ([]byte, error) {
	return k.MAC("operator public key", store, operator, string(public))
}

// Vouched reports whether a voucher of an operator's public key is right.
func (k *Keyset) Vouched(store, operator string, public, voucher []byte) bool {
	return k.CheckMAC(voucher, "operator public key", store, operator, string(public))
}

// SealTo seals plain to an operator's public key, if its voucher is right;
// else it fails with ErrVoucher.
func (k *Keyset) SealTo(store, operator string, public, voucher []byte, p Place, plain []byte) ([]byte, error) {
	if !k.Vouched(store, operator, public, voucher) {
		return nil, fmt.Errorf("seal %s to operator %s: %w", p.Column, operator, ErrVoucher)
	}
	pub, err := kem().NewPublicKey(public)
	if err != nil {
		return nil, fmt.Errorf("seal %s to operator %s: %w", p.Column, operator, ErrRecord)
	}
	return sealTo(pub, p, plain)
}

// Slot seals the keyset itself to an operator, as SealTo.
func (k *Keyset) Slot(store, operator string, public, voucher []byte, p Place) ([]byte, error) {
	return k.SealTo(store, operator, public, voucher, p, k.blob)
}

// The HPKE suite: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305
// (RFC 9180). The place is its info.
func kem() hpke.KEM { return hpke.DHKEM(ecdh.X25519()) }

func newPrivate() (hpke.PrivateKey, error) {
	k, err := kem().GenerateKey()
	if err != nil {
		return nil, fmt.Errorf("make key pair: %w", err)
	}
	return k, nil
}

func sealTo(pub hpke.PublicKey, p Place, plain []byte) ([]byte, error) {
	c, err := hpke.Seal(pub, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), p.data(), plain)
	if err != nil {
		return nil, fmt.Errorf("seal %s: %w", p.Column, err)
	}
	return c, nil
}

func openWith(private hpke.PrivateKey, p Place, sealed []byte) ([]byte, error) {
	plain, err := hpke.Open(private, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), p.data(), sealed)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", p.Column, ErrSealed)
	}
	return plain, nil
}

package seal

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/crypto/chacha20poly1305"
)

// What can fail. Each error of this package wraps one of them.
var (
	// ErrSealed: the key is another one, the value was changed, or it was
	// written for another place. A cipher cannot tell these apart.
	ErrSealed = errors.New("the key does not open the value")

	// ErrRecord: a stored password record, public key or keyset is malformed or
	// asks for more than the bounds allow.
	ErrRecord = errors.New("the stored record cannot be used")

	// ErrVoucher: a public key was not vouched for by a holder of the keyset.
	ErrVoucher = errors.New("no key holder vouched for the public key")

	// ErrTypo: the typed recovery key does not fit its own check group.
	ErrTypo = errors.New("the recovery key is mistyped")
)

// Place says where a sealed value lives. Every part is bound to the value.
type Place struct{ Store, Table, Column, Row string }

// data returns the place as associated data: each part behind its length, so
// that no two places read alike.
func (p Place) data() []byte {
	return fields("factordesk place 1", p.Store, p.Table, p.Column, p.Row)
}

// fields joins texts, each behind its length.
func fields(parts ...string) []byte {
	n := 0
	for _, s := range parts {
		n += 4 + len(s)
	}
	b := make([]byte, 0, n)
	for _, s := range parts {
		b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
		b = append(b, s...)
	}
	return b
}

// cutField takes the first of joined fields off b.
func cutField(b []byte) (field, rest []byte, err error) {
	if len(b) < 4 {
		return nil, nil, ErrRecord
	}
	n := binary.BigEndian.Uint32(b)
	if uint64(n) > uint64(len(b)-4) {
		return nil, nil, ErrRecord
	}
	return b[4 : 4+n], b[4+n:], nil
}

// Key is a symmetric key that wraps others. Only a password or a recovery key
// makes one.
type Key struct {
	bytes [chacha20poly1305.KeySize]byte
}

// String hides the key from every printing path.
func (Key) String() string { return "seal.Key(••••••)" }

// GoString hides the key from %#v.
func (k Key) GoString() string { return k.String() }

// wrap seals plain under the key, with a random nonce before it.
func (k Key) wrap(p Place, plain []byte) ([]byte, error) {
	c, err := chacha20poly1305.NewX(k.bytes[:])
	if err != nil {
		return nil, fmt.Errorf("wrap %s: %w", p.Column, err)
	}
	nonce := make([]byte, c.NonceSize(), c.NonceSize()+len(plain)+c.Overhead())
	_, _ = rand.Read(nonce) // crypto/rand never fails
	return c.Seal(nonce, nonce, plain, p.data()), nil
}

// unwrap opens what wrap made, or fails with ErrSealed.
func (k Key) unwrap(p Place, wrapped []byte) ([]byte, error) {
	c, err := chacha20poly1305.NewX(k.bytes[:])
	if err != nil {
		return nil, fmt.Errorf("unwrap %s: %w", p.Column, err)
	}
	if len(wrapped) < c.NonceSize() {
		return nil, fmt.Errorf("unwrap %s: %w", p.Column, ErrSealed)
	}
	plain, err := c.Open(nil, wrapped[:c.NonceSize()], wrapped[c.NonceSize():], p.data())
	if err != nil {
		return nil, fmt.Errorf("unwrap %s: %w", p.Column, ErrSealed)
	}
	return plain, nil
}

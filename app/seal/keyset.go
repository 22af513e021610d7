package seal

import (
	"bytes"
	"crypto/hpke"
	"fmt"
	"slices"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/mac"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// Keyset is the keys of one store: an AEAD for values, a MAC for what must be
// authentic but not secret, and a key pair to which those who hold no keyset
// can seal (the own factor of an Auditor). While values are sealed anew it also
// has the keys before, with which values are opened but never sealed.
type Keyset struct {
	id       string
	before   []string // IDs of the keys before, oldest first
	handle   *keyset.Handle
	aead     tink.AEAD
	mac      tink.MAC
	private  hpke.PrivateKey
	older    []hpke.PrivateKey // the key pairs before
	recovery hpke.PublicKey    // of the recovery key; nil: an older Factordesk made the keyset
	blob     []byte            // serialized, for slots and the recovery key
}

// How a sealed value was made is its first byte.
const (
	byKeyset = 1 // with the keyset's AEAD
	toStore  = 2 // to the store's public key
)

// The first field of a serialized keyset. The first form has neither keys before
// nor the recovery key's public half.
const (
	firstForm  = "factordesk keyset 1"
	secondForm = "factordesk keyset 2"
)

// NewKeyset makes the keys of a new store, which can be sealed to the public
// half of a recovery key.
func NewKeyset(recovery []byte) (*Keyset, error) {
	h, err := keyset.NewHandle(aead.XChaCha20Poly1305KeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("make keyset: %w", err)
	}
	return assemble(h, recovery, nil)
}

// assemble puts a keyset with a new MAC and a new key pair together.
func assemble(h *keyset.Handle, recovery []byte, older []hpke.PrivateKey) (*Keyset, error) {
	m, err := keyset.NewHandle(mac.HMACSHA256Tag256KeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("make keyset: %w", err)
	}
	macKey, err := writeKeyset(m)
	if err != nil {
		return nil, err
	}
	private, err := newPrivate()
	if err != nil {
		return nil, err
	}
	return serialize(h, macKey, recovery, append([]hpke.PrivateKey{private}, older...))
}

// serialize writes a keyset and reads it again. The first pair is the one that
// is sealed to.
func serialize(h *keyset.Handle, macKey, recovery []byte, pairs []hpke.PrivateKey) (*Keyset, error) {
	a, err := writeKeyset(h)
	if err != nil {
		return nil, err
	}
	parts := []string{secondForm, string(a), string(macKey), string(recovery)}
	for _, pair := range pairs {
		b, err := pair.Bytes()
		if err != nil {
			return nil, fmt.Errorf("make keyset: %w", err)
		}
		parts = append(parts, string(b))
	}
	return parseKeyset(fields(parts...))
}

// parseKeyset reads a serialized keyset, or fails with ErrRecord.
func parseKeyset(blob []byte) (*Keyset, error) {
	k := &Keyset{blob: blob}
	var parts [][]byte
	for rest := blob; len(rest) > 0; {
		part, after, err := cutField(rest)
		if err != nil {
			return nil, fmt.Errorf("read keyset: %w", err)
		}
		parts, rest = append(parts, part), after
	}
	var recovery []byte
	switch {
	case len(parts) == 4 && string(parts[0]) == firstForm:
	case len(parts) >= 5 && string(parts[0]) == secondForm:
		recovery, parts = parts[3], append(parts[:3:3], parts[4:]...)
	default:
		return nil, fmt.Errorf("read keyset: version: %w", ErrRecord)
	}
	if err := k.readCiphers(parts[1], parts[2]); err != nil {
		return nil, err
	}
	for i, b := range parts[3:] {
		pair, err := kem().NewPrivateKey(b)
		if err != nil {
			return nil, fmt.Errorf("read keyset: key pair: %w", ErrRecord)
		}
		if i == 0 {
			k.private = pair
		} else {
			k.older = append(k.older, pair)
		}
	}
	if len(recovery) > 0 {
		var err error
		if k.recovery, err = kem().NewPublicKey(recovery); err != nil {
			return nil, fmt.Errorf("read keyset: recovery: %w", ErrRecord)
		}
	}
	return k, nil
}

// readCiphers reads the AEAD and the MAC.
func (k *Keyset) readCiphers(a, m []byte) (err error) {
	if k.handle, err = readKeyset(a); err != nil {
		return err
	}
	mh, err := readKeyset(m)
	if err != nil {
		return err
	}
	primary, err := k.handle.Primary()
	if err != nil {
		return fmt.Errorf("read keyset: %w", ErrRecord)
	}
	k.id = keyName(primary)
	for i := range k.handle.Len() {
		e, err := k.handle.Entry(i)
		if err != nil {
			return fmt.Errorf("read keyset: %w", ErrRecord)
		}
		if !e.IsPrimary() {
			k.before = append(k.before, keyName(e))
		}
	}
	if k.aead, err = aead.New(k.handle); err != nil {
		return fmt.Errorf("read keyset: cipher: %w", ErrRecord)
	}
	if k.mac, err = mac.New(mh); err != nil {
		return fmt.Errorf("read keyset: mac: %w", ErrRecord)
	}
	return nil
}

func keyName(e *keyset.Entry) string { return fmt.Sprintf("%08x", e.KeyID()) }

// ID names the keyset; sealed values are stored beside the ID of theirs, so
// that those of an unknown one are found without any key.
func (k *Keyset) ID() string { return k.id }

// Before returns the IDs of the keys before, oldest first: with them values may
// still be sealed that are to be sealed anew.
func (k *Keyset) Before() []string { return slices.Clone(k.before) }

// Public returns the store's public key.
func (k *Keyset) Public() []byte { return k.private.PublicKey().Bytes() }

// String hides the keys from every printing path.
func (k *Keyset) String() string { return "seal.Keyset(••••••)" }

// GoString hides the keys from %#v.
func (k *Keyset) GoString() string { return k.String() }

// Seal seals plain for one place.
func (k *Keyset) Seal(p Place, plain []byte) ([]byte, error) {
	c, err := k.aead.Encrypt(plain, p.data())
	if err != nil {
		return nil, fmt.Errorf("seal %s: %w", p.Column, err)
	}
	return append([]byte{byKeyset}, c...), nil
}

// Open opens what Seal or Operator.SealToStore made for the place, or fails
// with ErrSealed.
func (k *Keyset) Open(p Place, sealed []byte) ([]byte, error) {
	if len(sealed) == 0 {
		return nil, fmt.Errorf("open %s: %w", p.Column, ErrSealed)
	}
	switch sealed[0] {
	case byKeyset:
		plain, err := k.aead.Decrypt(sealed[1:], p.data())
		if err != nil {
			return nil, fmt.Errorf("open %s: %w", p.Column, ErrSealed)
		}
		return plain, nil
	case toStore:
		plain, err := openWith(k.private, p, sealed[1:])
		for i := len(k.older) - 1; err != nil && i >= 0; i-- {
			plain, err = openWith(k.older[i], p, sealed[1:])
		}
		return plain, err
	}
	return nil, fmt.Errorf("open %s: %w", p.Column, ErrSealed)
}

// MAC authenticates parts for one use; parts are told apart by their lengths.
func (k *Keyset) MAC(use string, parts ...string) ([]byte, error) {
	t, err := k.mac.ComputeMAC(fields(append([]string{"factordesk mac 1", use}, parts...)...))
	if err != nil {
		return nil, fmt.Errorf("authenticate %s: %w", use, err)
	}
	return t, nil
}

// CheckMAC reports whether tag is MAC's answer for use and parts.
func (k *Keyset) CheckMAC(tag []byte, use string, parts ...string) bool {
	return k.mac.VerifyMAC(tag, fields(append([]string{"factordesk mac 1", use}, parts...)...)) == nil
}

// writeKeyset serializes a Tink keyset.
func writeKeyset(h *keyset.Handle) ([]byte, error) {
	var b bytes.Buffer
	if err := insecurecleartextkeyset.Write(h, keyset.NewBinaryWriter(&b)); err != nil {
		return nil, fmt.Errorf("write keyset: %w", err)
	}
	return b.Bytes(), nil
}

func readKeyset(b []byte) (*keyset.Handle, error) {
	h, err := insecurecleartextkeyset.Read(keyset.NewBinaryReader(bytes.NewReader(b)))
	if err != nil {
		return nil, fmt.Errorf("read keyset: %w", ErrRecord)
	}
	return h, nil
}

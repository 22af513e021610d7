package seal

import (
	"bytes"
	"crypto/hpke"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/mac"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// Keyset is the keys of one store: an AEAD for values, a MAC for what must be
// authentic but not secret, and a key pair to which those who hold no keyset
// can seal (the own factor of an Auditor).
type Keyset struct {
	id      string
	aead    tink.AEAD
	mac     tink.MAC
	private hpke.PrivateKey
	blob    []byte // serialized, for slots and the recovery key
}

// How a sealed value was made is its first byte.
const (
	byKeyset = 1 // with the keyset's AEAD
	toStore  = 2 // to the store's public key
)

// NewKeyset makes the keys of a new store.
func NewKeyset() (*Keyset, error) {
	a, err := clearKeyset(aead.XChaCha20Poly1305KeyTemplate)
	if err != nil {
		return nil, err
	}
	m, err := clearKeyset(mac.HMACSHA256Tag256KeyTemplate)
	if err != nil {
		return nil, err
	}
	private, err := newPrivate()
	if err != nil {
		return nil, err
	}
	p, err := private.Bytes()
	if err != nil {
		return nil, fmt.Errorf("make keyset: %w", err)
	}
	return parseKeyset(fields("factordesk keyset 1", string(a), string(m), string(p)))
}

// parseKeyset reads a serialized keyset, or fails with ErrRecord.
func parseKeyset(blob []byte) (*Keyset, error) {
	k := &Keyset{blob: blob}
	var parts [4][]byte
	rest, err := blob, error(nil)
	for i := range parts {
		if parts[i], rest, err = cutField(rest); err != nil {
			return nil, fmt.Errorf("read keyset: %w", err)
		}
	}
	if string(parts[0]) != "factordesk keyset 1" || len(rest) != 0 {
		return nil, fmt.Errorf("read keyset: version: %w", ErrRecord)
	}
	ah, err := readKeyset(parts[1])
	if err != nil {
		return nil, err
	}
	mh, err := readKeyset(parts[2])
	if err != nil {
		return nil, err
	}
	primary, err := ah.Primary()
	if err != nil {
		return nil, fmt.Errorf("read keyset: %w", ErrRecord)
	}
	k.id = fmt.Sprintf("%08x", primary.KeyID())
	if k.aead, err = aead.New(ah); err != nil {
		return nil, fmt.Errorf("read keyset: cipher: %w", ErrRecord)
	}
	if k.mac, err = mac.New(mh); err != nil {
		return nil, fmt.Errorf("read keyset: mac: %w", ErrRecord)
	}
	if k.private, err = kem().NewPrivateKey(parts[3]); err != nil {
		return nil, fmt.Errorf("read keyset: key pair: %w", ErrRecord)
	}
	return k, nil
}

// ID names the keyset; sealed values are stored beside the ID of theirs, so
// that those of an unknown one are found without any key.
func (k *Keyset) ID() string { return k.id }

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
		return openWith(k.private, p, sealed[1:])
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

// clearKeyset makes a Tink keyset of one key and serializes it.
func clearKeyset(template func() *tinkpb.KeyTemplate) ([]byte, error) {
	h, err := keyset.NewHandle(template())
	if err != nil {
		return nil, fmt.Errorf("make keyset: %w", err)
	}
	var b bytes.Buffer
	if err := insecurecleartextkeyset.Write(h, keyset.NewBinaryWriter(&b)); err != nil {
		return nil, fmt.Errorf("make keyset: %w", err)
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

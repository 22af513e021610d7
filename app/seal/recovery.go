package seal

import (
	"bytes"
	"crypto/hkdf"
	"crypto/hpke"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
)

// A recovery key is 160 random bits, printed as base32 in groups of four with
// a ninth group that checks the others.
const (
	recoverySize = 20
	recoveryText = 36 // characters without dashes
	groupSize    = 4
)

var base32Text = base32.StdEncoding.WithPadding(base32.NoPadding)

// NewRecovery makes a recovery key from random: its printed form, which is
// shown once and never stored, and its public half, which keysets carry. So a
// keyset that follows can be sealed to a recovery key that nobody has at hand.
func NewRecovery(random io.Reader) (printed string, public []byte, err error) {
	b := make([]byte, recoverySize)
	if _, err := io.ReadFull(random, b); err != nil {
		return "", nil, fmt.Errorf("make recovery key: %w", err)
	}
	pair, err := recoveryPair(b)
	if err != nil {
		return "", nil, err
	}
	text := base32Text.EncodeToString(b) + checkGroup(b)
	var out strings.Builder
	for i := 0; i < len(text); i += groupSize {
		if i > 0 {
			out.WriteByte('-')
		}
		out.WriteString(text[i : i+groupSize])
	}
	return out.String(), pair.PublicKey().Bytes(), nil
}

// sealedRecovery is the beginning of a keyset that is sealed to a recovery key.
// An older Factordesk wrapped it under a key that only the printed one gives:
// such a record begins with a random nonce.
var sealedRecovery = fields("factordesk recovery 2")

// HasRecovery reports whether the keyset knows the public half of its recovery
// key. One that an older Factordesk made does not.
func (k *Keyset) HasRecovery() bool { return k.recovery != nil }

// Recovery seals the keyset to its recovery key, or fails with ErrRecord where
// it does not know the public half.
func (k *Keyset) Recovery(p Place) ([]byte, error) {
	if k.recovery == nil {
		return nil, fmt.Errorf("seal %s: no recovery key: %w", p.Column, ErrRecord)
	}
	c, err := sealTo(k.recovery, p, k.blob)
	if err != nil {
		return nil, err
	}
	return append(slices.Clone(sealedRecovery), c...), nil
}

// OpenRecovery opens the keyset with a typed recovery key: letter case, blanks
// and dashes do not matter. It fails with ErrTypo when the key does not fit its
// check group, and with ErrSealed when it is another store's. Anybody can seal
// to the public half: see Operator.Holds.
func OpenRecovery(typed string, p Place, wrapped []byte) (*Keyset, error) {
	b, err := readRecovery(typed)
	if err != nil {
		return nil, err
	}
	var blob []byte
	if rest, ok := bytes.CutPrefix(wrapped, sealedRecovery); ok {
		pair, perr := recoveryPair(b)
		if perr != nil {
			return nil, perr
		}
		blob, err = openWith(pair, p, rest)
	} else {
		key, kerr := recoveryKey(b)
		if kerr != nil {
			return nil, kerr
		}
		blob, err = key.unwrap(p, wrapped)
	}
	if err != nil {
		return nil, err
	}
	return parseKeyset(blob)
}

// CheckRecovery returns nil for a recovery key that was typed as some store
// printed it, else ErrTypo. It needs no store, so that its answer tells
// nothing of one.
func CheckRecovery(typed string) error {
	_, err := readRecovery(typed)
	return err
}

// readRecovery returns the bytes of a typed recovery key, or ErrTypo.
func readRecovery(typed string) ([]byte, error) {
	text := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) || unicode.Is(unicode.Pd, r):
			return -1
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r == '0': // digits that base32 leaves out because they look like letters
			return 'O'
		case r == '1':
			return 'I'
		case r == '8':
			return 'B'
		}
		return r
	}, typed)
	if len(text) != recoveryText {
		return nil, fmt.Errorf("read recovery key: length: %w", ErrTypo)
	}
	b, err := base32Text.DecodeString(text[:recoveryText-groupSize])
	if err != nil || len(b) != recoverySize {
		return nil, fmt.Errorf("read recovery key: letters: %w", ErrTypo)
	}
	if subtle.ConstantTimeCompare([]byte(checkGroup(b)), []byte(text[recoveryText-groupSize:])) != 1 {
		return nil, fmt.Errorf("read recovery key: check group: %w", ErrTypo)
	}
	return b, nil
}

// checkGroup returns the group that tells a typing error from a wrong key. It
// gives away nothing: it is as long a hash of 160 random bits.
func checkGroup(b []byte) string {
	sum := sha256.Sum256(append([]byte("factordesk recovery check 1 "), b...))
	return base32Text.EncodeToString(sum[:])[:groupSize]
}

// recoveryPair is the key pair of a recovery key. It needs no slow hash: nobody
// guesses 160 random bits.
func recoveryPair(b []byte) (hpke.PrivateKey, error) {
	d, err := hkdf.Key(sha256.New, b, nil, "factordesk recovery pair 1", 32)
	if err != nil {
		return nil, fmt.Errorf("derive recovery pair: %w", err)
	}
	pair, err := kem().NewPrivateKey(d)
	if err != nil {
		return nil, fmt.Errorf("derive recovery pair: %w", err)
	}
	return pair, nil
}

// recoveryKey is what an older Factordesk wrapped the keyset under.
func recoveryKey(b []byte) (k Key, err error) {
	d, err := hkdf.Key(sha256.New, b, nil, "factordesk recovery 1", len(k.bytes))
	if err != nil {
		return k, fmt.Errorf("derive recovery key: %w", err)
	}
	copy(k.bytes[:], d)
	return k, nil
}

package seal

import (
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"io"
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
// shown once and never stored, and the keyset wrapped under it.
func (k *Keyset) NewRecovery(random io.Reader, p Place) (printed string, wrapped []byte, err error) {
	b := make([]byte, recoverySize)
	if _, err := io.ReadFull(random, b); err != nil {
		return "", nil, fmt.Errorf("make recovery key: %w", err)
	}
	key, err := recoveryKey(b)
	if err != nil {
		return "", nil, err
	}
	if wrapped, err = key.wrap(p, k.blob); err != nil {
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
	return out.String(), wrapped, nil
}

// OpenRecovery opens the keyset with a typed recovery key: letter case, blanks
// and dashes do not matter. It fails with ErrTypo when the key does not fit its
// check group, and with ErrSealed when it is another store's.
func OpenRecovery(typed string, p Place, wrapped []byte) (*Keyset, error) {
	b, err := readRecovery(typed)
	if err != nil {
		return nil, err
	}
	key, err := recoveryKey(b)
	if err != nil {
		return nil, err
	}
	blob, err := key.unwrap(p, wrapped)
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

// recoveryKey needs no slow hash: nobody guesses 160 random bits.
func recoveryKey(b []byte) (k Key, err error) {
	d, err := hkdf.Key(sha256.New, b, nil, "factordesk recovery 1", len(k.bytes))
	if err != nil {
		return k, fmt.Errorf("derive recovery key: %w", err)
	}
	copy(k.bytes[:], d)
	return k, nil
}

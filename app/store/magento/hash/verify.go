package hash

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"

	"github.com/factordesk/factordesk/app"
)

// ErrHash is the error of a stored hash that asks for more than the bounds
// allow, or for a version that Magento does not have.
var ErrHash = errors.New("the stored password hash cannot be used")

// What Magento writes today, and what version 2 stands for.
var usual = argon{length: 32, passes: 2, memory: 64 * 1024}

// Bounds of a stored version 3, which anybody with write access to the
// database may have made. A chain may cost no more in all than one step at the
// bounds.
const (
	minLength, maxLength = 16, 64
	maxPasses            = 10
	minMemory, maxMemory = 8, 256 * 1024 // KiB
	maxWork              = maxPasses * maxMemory
)

// saltSize is what Argon2id takes in libsodium.
const saltSize = 16

// Verify reports whether the password is the one of a stored hash. An empty
// password and an empty stored hash never match. It fails with ErrHash, with
// ctx's error while it waits for its turn, or as hmac does.
//
// The hmac returns the HMAC-SHA-256 of data under the newest crypt key, in
// lower-case hex; it is asked only where the stored hash is one.
//
// Every answer takes at least as long as Decoy, so that the time does not tell
// an old or unusable hash from one that nobody has.
func Verify(ctx context.Context, password app.Secret, stored string, hmac func(data string) (string, error)) (bool, error) {
	r, err := parse(stored)
	if !r.slow() { // nor is one that could not be read
		if derr := Decoy(ctx, password); derr != nil {
			return false, derr
		}
	}
	if err != nil {
		return false, err
	}
	var digest string
	switch {
	case len(r.steps) > 0:
		digest, err = r.digest(ctx, password.Reveal())
	case isHMAC(stored):
		digest, err = hmac(password.Reveal())
	}
	if err != nil {
		return false, err
	}
	same := subtle.ConstantTimeCompare([]byte(digest), []byte(r.hash)) == 1
	return same && digest != "" && !password.Empty(), nil
}

// isHMAC reports whether a stored hash is one of a password alone, in hex.
func isHMAC(stored string) bool {
	return len(stored) == hex.EncodedLen(sha256.Size) && strings.Trim(stored, "0123456789abcdef") == ""
}

// Decoy takes as long as Verify does for a hash that Magento writes today, for
// usernames that nobody has. It fails with ctx's error only.
func Decoy(ctx context.Context, password app.Secret) error {
	_, err := usual.run(ctx, password.Reveal(), "decoy")
	return err
}

// record is a stored hash, taken apart. Without steps it is no hash of a
// password with a salt.
type record struct {
	hash, salt string
	steps      []step
}

// step is one version of a chain: it makes a text of a text.
type step interface {
	run(ctx context.Context, text, salt string) (string, error)
}

// digest runs the chain.
func (r record) digest(ctx context.Context, text string) (string, error) {
	var err error
	for _, s := range r.steps {
		if text, err = s.run(ctx, text, r.salt); err != nil {
			return "", err
		}
	}
	return text, nil
}

// slow reports whether a step is Argon2id.
func (r record) slow() bool {
	for _, s := range r.steps {
		if _, ok := s.(argon); ok {
			return true
		}
	}
	return false
}

// parse takes a stored hash apart, or fails with ErrHash. The salt ends at the
// second colon, as in Magento.
func parse(stored string) (record, error) {
	parts := strings.SplitN(stored, ":", 3)
	if len(parts) < 3 {
		return record{hash: stored}, nil
	}
	r := record{hash: parts[0], salt: parts[1]}
	var work uint32
	for version := range strings.SplitSeq(parts[2], ":") {
		s, err := parseVersion(version)
		if err != nil {
			return record{}, err
		}
		if a, ok := s.(argon); ok {
			if r.salt == "" {
				return record{}, fmt.Errorf("no salt: %w", ErrHash)
			}
			if work += a.passes * a.memory; work > maxWork {
				return record{}, fmt.Errorf("a chain beyond the bounds: %w", ErrHash)
			}
		}
		r.steps = append(r.steps, s)
	}
	return r, nil
}

// parseVersion reads one version of a chain, or fails with ErrHash. Magento
// would take 01 or 1x for version 1; it never writes them.
func parseVersion(version string) (step, error) {
	switch version {
	case "0":
		return fast{sumMD5}, nil
	case "1":
		return fast{sumSHA256}, nil
	case "2":
		return usual, nil
	}
	numbers, ok := strings.CutPrefix(version, "3_")
	if !ok {
		return nil, fmt.Errorf("an unknown version: %w", ErrHash)
	}
	return parseArgon(numbers)
}

// parseArgon reads LENGTH_PASSES_MEMORY within the bounds.
func parseArgon(numbers string) (argon, error) {
	parts := strings.Split(numbers, "_")
	if len(parts) != 3 {
		return argon{}, fmt.Errorf("version 3 without its three numbers: %w", ErrHash)
	}
	var n [3]uint32
	for i, part := range parts {
		v, err := strconv.ParseUint(part, 10, 32)
		if err != nil {
			return argon{}, fmt.Errorf("version 3 without its three numbers: %w", ErrHash)
		}
		n[i] = uint32(v)
	}
	a := argon{length: n[0], passes: n[1], memory: n[2] / 1024}
	if a.length < minLength || a.length > maxLength || a.passes < 1 || a.passes > maxPasses ||
		a.memory < minMemory || a.memory > maxMemory || n[2] > maxMemory*1024 {
		return argon{}, fmt.Errorf("version 3 beyond the bounds: %w", ErrHash)
	}
	return a, nil
}

// fast is a version that hashes salt and text together once.
type fast struct {
	sum func(data []byte) []byte
}

func (f fast) run(_ context.Context, text, salt string) (string, error) {
	return hex.EncodeToString(f.sum([]byte(salt + text))), nil
}

func sumMD5(data []byte) []byte {
	sum := md5.Sum(data)
	return sum[:]
}

func sumSHA256(data []byte) []byte {
	sum := sha256.Sum256(data)
	return sum[:]
}

// argon is Argon2id as libsodium runs it: version 1.3, one lane.
type argon struct {
	length, passes uint32
	memory         uint32 // KiB
}

// hashing limits concurrent runs, each of which takes argon.memory.
var hashing = make(chan struct{}, 2)

// run hashes the text, when it is this call's turn or ctx ends.
func (a argon) run(ctx context.Context, text, salt string) (string, error) {
	if ctx.Err() != nil { // where both are ready, select would take either
		return "", fmt.Errorf("hash password: %w", ctx.Err())
	}
	select {
	case hashing <- struct{}{}:
		defer func() { <-hashing }()
	case <-ctx.Done():
		return "", fmt.Errorf("hash password: %w", ctx.Err())
	}
	const lanes = 1
	sum := argon2.IDKey([]byte(text), fitSalt(salt), a.passes, a.memory, lanes, a.length)
	return hex.EncodeToString(sum), nil
}

// fitSalt repeats or cuts a salt, which is not empty, to the size.
func fitSalt(salt string) []byte {
	return []byte(strings.Repeat(salt, saltSize/len(salt)+1)[:saltSize])
}

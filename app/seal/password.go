package seal

import (
	"context"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Cost is what one password check costs.
type Cost struct {
	Memory  uint32 // KiB
	Time    uint32 // passes
	Threads uint8
}

// Strong is the cost outside of tests: 64 MiB, three passes, two threads.
var Strong = Cost{Memory: 64 * 1024, Time: 3, Threads: 2}

// Bounds of a stored record, which anybody with write access to the file may
// have made: Argon2 itself obeys any amount of memory and panics at no passes.
const (
	maxMemory  = 256 * 1024 // KiB
	maxTime    = 10
	maxThreads = 16
	saltSize   = 16
	maxSalt    = 64
	rootSize   = 32
)

// check fails with ErrRecord outside the bounds.
func (c Cost) check() error {
	if c.Time < 1 || c.Time > maxTime || c.Threads < 1 || c.Threads > maxThreads ||
		c.Memory < 8*uint32(c.Threads) || c.Memory > maxMemory {
		return fmt.Errorf("password cost m=%d,t=%d,p=%d: %w", c.Memory, c.Time, c.Threads, ErrRecord)
	}
	return nil
}

// hashing limits concurrent hashes, each of which takes Cost.Memory.
var hashing = make(chan struct{}, 2)

// root runs Argon2id, when it is this call's turn or ctx ends.
func root(ctx context.Context, password string, salt []byte, c Cost) ([]byte, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	select {
	case hashing <- struct{}{}:
		defer func() { <-hashing }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return argon2.IDKey([]byte(password), salt, c.Time, c.Memory, c.Threads, rootSize), nil
}

// derive makes one of the two keys that a root is good for.
func derive(root []byte, use string) (k [32]byte, err error) {
	b, err := hkdf.Key(sha256.New, root, nil, "factordesk password 1 "+use, len(k))
	if err != nil {
		return k, fmt.Errorf("derive %s: %w", use, err)
	}
	copy(k[:], b)
	return k, nil
}

// NewPassword returns the record to store for a password, and the key that the
// password stands for.
func NewPassword(ctx context.Context, password string, c Cost) (record string, key Key, err error) {
	salt := make([]byte, saltSize)
	_, _ = rand.Read(salt) // crypto/rand never fails
	r, err := root(ctx, password, salt, c)
	if err != nil {
		return "", Key{}, fmt.Errorf("hash password: %w", err)
	}
	verifier, err := derive(r, "verify")
	if err != nil {
		return "", Key{}, err
	}
	if key.bytes, err = derive(r, "wrap"); err != nil {
		return "", Key{}, err
	}
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.Memory, c.Time, c.Threads,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(verifier[:])), key, nil
}

// CheckPassword reports whether the password is the one of the record, and
// returns its key if so. An empty password or record never matches; the empty
// password takes as long as any other, so that it does not tell who exists. It
// fails with ErrRecord before it hashes anything, or with ctx's error.
func CheckPassword(ctx context.Context, record, password string) (key Key, ok bool, err error) {
	if record == "" {
		return Key{}, false, nil
	}
	c, salt, want, err := parseRecord(record)
	if err != nil {
		return Key{}, false, err
	}
	r, err := root(ctx, password, salt, c)
	if err != nil {
		return Key{}, false, fmt.Errorf("check password: %w", err)
	}
	verifier, err := derive(r, "verify")
	if err != nil {
		return Key{}, false, err
	}
	if subtle.ConstantTimeCompare(verifier[:], want) != 1 || password == "" {
		return Key{}, false, nil
	}
	key.bytes, err = derive(r, "wrap")
	return key, err == nil, err
}

// Decoy takes as long as CheckPassword, for usernames that nobody has.
func Decoy(ctx context.Context, password string, c Cost) error {
	r, err := root(ctx, password, make([]byte, saltSize), c)
	if err != nil {
		return fmt.Errorf("check password: %w", err)
	}
	_, err = derive(r, "verify")
	return err
}

// parseRecord reads "$argon2id$v=19$m=65536,t=3,p=2$salt$verifier" strictly.
func parseRecord(record string) (c Cost, salt, verifier []byte, err error) {
	bad := func(what string) (Cost, []byte, []byte, error) {
		return Cost{}, nil, nil, fmt.Errorf("password record: %s: %w", what, ErrRecord)
	}
	parts := strings.Split(record, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return bad("form")
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.Memory, &c.Time, &c.Threads); err != nil ||
		fmt.Sprintf("m=%d,t=%d,p=%d", c.Memory, c.Time, c.Threads) != parts[3] {
		return bad("parameters")
	}
	if err := c.check(); err != nil {
		return Cost{}, nil, nil, err
	}
	if len(parts[4]) > 2*maxSalt || len(parts[5]) > 2*rootSize {
		return bad("length")
	}
	salt, err = base64.RawStdEncoding.Strict().DecodeString(parts[4])
	if err != nil || len(salt) < 8 || len(salt) > maxSalt {
		return bad("salt")
	}
	verifier, err = base64.RawStdEncoding.Strict().DecodeString(parts[5])
	if err != nil || len(verifier) != rootSize {
		return bad("verifier")
	}
	return c, salt, verifier, nil
}

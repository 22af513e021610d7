package profile

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/factordesk/factordesk/app"
)

// Passwords brings the secrets that a connection's Passwords tell of. Those that
// are kept lie sealed in passwords.toml beside the connections; one random key
// opens them all, and that key alone is in the system's keyring. So the keyring is
// asked once in the life of the program, has one entry however many stores there
// are, and a copy of the file is worth nothing. A program has one of these. Its
// methods may be called from any goroutine.
type Passwords struct {
	dirs Dirs
	ring Ring
	now  func() time.Time

	patience time.Duration // with the keyring; tests have less
	limit    time.Duration // of a command; tests have less

	mu      sync.Mutex
	key     []byte        // from the keyring; nil: not known yet
	asking  chan struct{} // closed when the keyring has answered; nil: it is not being asked
	printed map[string]printed
}

// printed is what a command has printed, until it expires.
type printed struct {
	password app.Secret
	until    time.Time
}

// NewPasswords returns what keeps passwords below folders, with the key in a
// keyring; nil is the system's own.
func NewPasswords(d Dirs, r Ring) *Passwords {
	if r == nil {
		r = SystemRing()
	}
	return &Passwords{
		dirs: d, ring: r, now: time.Now, patience: ringPatience, limit: commandLimit, printed: map[string]printed{},
	}
}

// passwordsFile is the form of passwords.toml. Neither a place nor a question is
// in it in clear text.
type passwordsFile struct {
	Passwords []sealedPassword `toml:"password"`
}

// sealedPassword is one password: AES-256-GCM with a random nonce before it; the
// place and the question are authenticated with it, so that a password that was
// moved to another line, or a host that was changed, opens nothing.
type sealedPassword struct {
	Place    string `toml:"place"`    // SHA-256 of where the connection leads
	Question string `toml:"question"` // SHA-256 of what was asked
	Sealed   string `toml:"sealed"`   // base64
}

func (d Dirs) passwordsPath() string { return filepath.Join(d.Config, "passwords.toml") }

// Place names where the secrets of a connection are good: the server and the
// account, however the connection is called. A connection that is changed to lead
// elsewhere gets none of them.
func (c Connection) Place() string {
	parts := []string{string(c.Kind), c.Location}
	switch {
	case c.Shop != nil:
		a := c.Shop
		parts = append(parts[:1], a.EnvPHP, hostAt(a.Host+a.Socket, a.Port, app.DefaultPort), a.Username, sshAt(a.SSH))
	case c.Kind == app.TeamStore:
		if a, err := app.ParseTeam(c.Location); err == nil {
			parts = append(parts[:1], hostAt(a.Host, a.Port, app.TeamPort), a.Username, sshAt(a.SSH))
		}
	}
	return strings.Join(parts, "\n")
}

func hostAt(host string, port, usual int) string {
	if port == 0 {
		port = usual
	}
	return net.JoinHostPort(strings.ToLower(host), strconv.Itoa(port))
}

func sshAt(s app.SSH) string { return s.User + "@" + hostAt(s.Host, s.Port, 0) }

// hashed is a text as the file has it.
func hashed(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// asked is a question as it is found again.
func asked(q app.Question) string { return string(q.About) + "\n" + q.What }

// Kept returns the password that was kept for a question of a connection; empty
// when there is none. It fails with Unreachable, and says why, when the keyring
// does not answer: then nothing that was kept opens, and nothing can be kept.
func (p *Passwords) Kept(ctx context.Context, c Connection, q app.Question) (app.Secret, error) {
	var f passwordsFile
	if err := readTOML(p.dirs.passwordsPath(), &f); err != nil {
		return app.Secret{}, err
	}
	place, question := hashed(c.Place()), hashed(asked(q))
	i := slices.IndexFunc(f.Passwords, func(s sealedPassword) bool { return s.Place == place && s.Question == question })
	// Where nothing is kept, the keyring may be the reason: whoever is asked is told.
	key, err := p.openKey(ctx, false)
	if err != nil || key == nil || i < 0 {
		return app.Secret{}, err
	}
	return open(key, f.Passwords[i]), nil
}

// Keep keeps a password that was right. It fails with Unreachable where there is
// no keyring for the key.
func (p *Passwords) Keep(ctx context.Context, c Connection, q app.Question, password app.Secret) error {
	return locked(p.dirs.passwordsPath(), func() error {
		var f passwordsFile
		if err := readTOML(p.dirs.passwordsPath(), &f); err != nil {
			return err
		}
		key, err := p.openKey(ctx, true)
		if err != nil {
			return err
		}
		entry := sealedPassword{Place: hashed(c.Place()), Question: hashed(asked(q))}
		if entry.Sealed, err = seal(key, entry, password); err != nil {
			return err
		}
		f.Passwords = slices.DeleteFunc(f.Passwords, func(s sealedPassword) bool {
			return s.Place == entry.Place && s.Question == entry.Question
		})
		f.Passwords = append(f.Passwords, entry)
		return p.dirs.writePasswords(f)
	})
}

// Forget removes every password that is kept for a connection, and what its
// command has printed. It needs no keyring.
func (p *Passwords) Forget(c Connection) (forgot bool, err error) {
	p.mu.Lock()
	for key := range p.printed {
		if strings.HasPrefix(key, hashed(c.Place())) {
			delete(p.printed, key)
			forgot = true
		}
	}
	p.mu.Unlock()
	place := hashed(c.Place())
	if !p.dirs.HasPassword(c) {
		return forgot, nil
	}
	return true, p.dirs.dropPasswords(func(s sealedPassword) bool { return s.Place == place })
}

// HasPassword reports whether a password is kept for a connection. It asks no
// keyring.
func (d Dirs) HasPassword(c Connection) bool {
	var f passwordsFile
	if err := readTOML(d.passwordsPath(), &f); err != nil {
		return false
	}
	place := hashed(c.Place())
	return slices.ContainsFunc(f.Passwords, func(s sealedPassword) bool { return s.Place == place })
}

// prune removes the passwords of places to which no connection leads that keeps
// its own in the keyring.
func (d Dirs) prune(all []Connection) error {
	places := map[string]bool{}
	for _, c := range all {
		if c.Passwords.From == app.PasswordKept {
			places[hashed(c.Place())] = true
		}
	}
	return d.dropPasswords(func(s sealedPassword) bool { return !places[s.Place] })
}

// dropPasswords removes the passwords that a function tells.
func (d Dirs) dropPasswords(gone func(sealedPassword) bool) error {
	var f passwordsFile
	if err := readTOML(d.passwordsPath(), &f); err != nil || !slices.ContainsFunc(f.Passwords, gone) {
		return err
	}
	return locked(d.passwordsPath(), func() error {
		var f passwordsFile
		if err := readTOML(d.passwordsPath(), &f); err != nil {
			return err
		}
		f.Passwords = slices.DeleteFunc(f.Passwords, gone)
		return d.writePasswords(f)
	})
}

func (d Dirs) writePasswords(f passwordsFile) error {
	return writeTOML(d.passwordsPath(), "Passwords of connections, each sealed under a key that is in the system's keyring.", f)
}

// keySize is that of the one key, in bytes.
const keySize = 32

// openKey returns the key out of the keyring; nil where it has none. With make,
// one is made then.
func (p *Passwords) openKey(ctx context.Context, make bool) ([]byte, error) {
	p.mu.Lock()
	key := p.key
	p.mu.Unlock()
	if key != nil {
		return key, nil
	}
	return p.ask(ctx, func(r Ring) ([]byte, error) {
		text, err := r.Get(ringService, ringUser)
		switch {
		case errors.Is(err, ErrNoEntry) && !make:
			return nil, nil
		case errors.Is(err, ErrNoEntry):
			key := newKey()
			return key, r.Set(ringService, ringUser, base64.StdEncoding.EncodeToString(key))
		case err != nil:
			return nil, err
		}
		key, err := base64.StdEncoding.DecodeString(text)
		if err != nil || len(key) != keySize {
			return nil, errors.New("the entry of the keyring is no key")
		}
		return key, nil
	})
}

func newKey() []byte {
	key := make([]byte, keySize)
	_, _ = rand.Read(key) // it never fails
	return key
}

func seal(key []byte, entry sealedPassword, password app.Secret) (string, error) {
	a, err := aead(key)
	if err != nil {
		return "", err
	}
	nonce := make([]byte, a.NonceSize())
	_, _ = rand.Read(nonce) // it never fails
	sealed := a.Seal(nonce, nonce, []byte(password.Reveal()), []byte(entry.Place+"\n"+entry.Question))
	return base64.StdEncoding.EncodeToString(sealed), nil
}

// open returns nothing for what the key does not open: it was sealed under the key
// of another keyring, and is asked for again.
func open(key []byte, entry sealedPassword) app.Secret {
	a, err := aead(key)
	if err != nil {
		return app.Secret{}
	}
	sealed, err := base64.StdEncoding.DecodeString(entry.Sealed)
	if err != nil || len(sealed) < a.NonceSize() {
		return app.Secret{}
	}
	plain, err := a.Open(nil, sealed[:a.NonceSize()], sealed[a.NonceSize():], []byte(entry.Place+"\n"+entry.Question))
	if err != nil {
		return app.Secret{}
	}
	return app.NewSecret(string(plain))
}

func aead(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// Package memory is a store without an engine, for tests and for looking
// around with sample data.
//
// Use: New makes an empty store with the built-in roles, Place puts people
// into it as they are, Sample makes a furnished one. Fail, FailNext and Delay
// stand in for a network that does not answer.
//
// It promises what every store promises (app/store/storetest) except that
// anything outlives the process. Nothing of it is ever written anywhere, so
// passwords get a cheap hash and secrets are not sealed; an unreadable factor
// is a flag.
package memory

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"io"
	"maps"
	"strings"
	"sync"
	"time"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/otp"
)

var _ app.Store = (*Store)(nil)

// Options say what a new store is like. Zero fields have defaults. A store of
// kind app.MagentoStore is able to do what shops are: it ends sessions, repairs
// factors, and makes Magento's long secrets; accounts can be edited, which a real
// shop does not allow (Disable takes that away).
type Options struct {
	Name   string           // "Memory"
	Tag    app.Tag          // app.TagLocal
	Kind   app.StoreKind    // app.LocalStore
	Shop   bool             // able to do what shops are, whatever the kind
	Engine string           // "Memory"
	Now    func() time.Time // time.Now
	Random io.Reader        // crypto/rand.Reader
}

// Store keeps users in maps under one mutex, which makes each deed a
// transaction.
type Store struct {
	info     app.StoreInfo
	now      func() time.Time
	random   io.Reader
	recovery app.Secret
	shop     bool // able to do what shops are

	mu       sync.Mutex
	people   map[app.UserID]*person
	roles    []app.Role
	events   []app.Event
	sessions map[string]app.Session // that are kept, by hash of the token
	windows  map[string]seen        // all sessions that are seen, by the same
	lastUser int
	lastRole int
	open     bool // somebody's right password has opened the keys
	unable   map[app.Ability]error
	sealing  sealing
	found    *app.Examination // nil: what CommonFindings says

	failing error
	next    []error
	delay   time.Duration
}

// person is one user with what only the store knows.
type person struct {
	user app.User // without Role
	role app.RoleID
	salt []byte
	hash []byte // empty: no password
	keys map[app.ProviderCode]*key
	lost map[app.ProviderCode]damaged
}

// damaged is what a factor was before it became unreadable.
type damaged struct {
	status app.Status
	key    *key // nil: of no codes
}

// key is the secret half of a factor.
type key struct {
	secret []byte
	last   int64         // the last accepted step or counter
	offset time.Duration // by which the device's clock is ahead
	seen   []otp.Observation
}

// New returns a store with the built-in roles and nobody in it.
func New(o Options) *Store {
	if o.Name == "" {
		o.Name = "Memory"
	}
	if o.Tag == "" {
		o.Tag = app.TagLocal
	}
	if o.Kind == "" {
		o.Kind = app.LocalStore
	}
	if o.Engine == "" {
		o.Engine = "Memory"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	s := &Store{
		now: o.Now, random: o.Random,
		people:   map[app.UserID]*person{},
		sessions: map[string]app.Session{},
		windows:  map[string]seen{},
		unable:   map[app.Ability]error{},
		info: app.StoreInfo{
			Name: o.Name, Kind: o.Kind, Tag: o.Tag,
			Engine: o.Engine, Location: "this process, nothing is kept",
		},
	}
	if s.shop = o.Kind == app.MagentoStore || o.Shop; s.shop {
		s.info.Secrets = []app.SecretForm{app.TypedSecret, app.MagentoSecret}
	}
	for _, r := range app.BuiltInRoles() {
		r.Version = 1
		s.roles = append(s.roles, r)
	}
	s.info.ID = s.token(10)
	s.recovery = app.NewSecret(s.token(20))
	s.sealing.id = strings.ToLower(s.token(5))
	return s
}

// token returns n random bytes as base32. A random source that ends is a fault
// of the test that gave it.
func (s *Store) token(n int) string {
	b := make([]byte, n)
	if _, err := io.ReadFull(s.random, b); err != nil {
		panic("memory: the random source has ended")
	}
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b)
}

// RecoveryKey returns the key for break-glass.
func (s *Store) RecoveryKey() app.Secret {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.recovery
}

// Info describes the store.
func (s *Store) Info() app.StoreInfo { return s.info }

// Able returns nil, or why the store is not able.
func (s *Store) Able(a app.Ability) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.able(a)
}

func (s *Store) able(a app.Ability) error {
	if err := s.unable[a]; err != nil {
		return err
	}
	switch a {
	case app.AbleSessions, app.AbleTokens:
		if !s.shop {
			return app.Errorf(app.Invalid, "People do not sign in to this store anywhere but here.")
		}
	case app.AbleDevices:
		return app.Errorf(app.Invalid, "This store does not keep the single keys of a factor.")
	case app.AbleResync:
		if s.info.Kind == app.MagentoStore {
			return app.Errorf(app.Invalid, "Magento has no place for how far the clock of a device is off.").
				WithHint("Set the clock of the phone to automatic; a hardware token that has drifted is replaced.")
		}
	case app.AbleRepair:
		if !s.shop {
			return app.Errorf(app.Invalid, "This store has no older keys: a factor that it cannot read is reset.")
		}
	case app.AbleOpenSecrets:
		if !s.open {
			return app.Errorf(app.Denied, "The store's keys are not open.").
				WithHint("Sign in with your password, as a role that works with secrets.")
		}
	}
	return nil
}

// Close ends nothing; a memory store can be used on.
func (s *Store) Close() error { return nil }

// Fail makes every call fail with err from now on, until Fail(nil).
func (s *Store) Fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failing = err
}

// FailNext makes the next call fail with err, before it changes anything, or
// lets it pass if err is nil. Calls of FailNext queue up.
func (s *Store) FailNext(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next = append(s.next, err)
}

// ForgetFaults takes back what Fail, FailNext and Delay asked for.
func (s *Store) ForgetFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failing, s.next, s.delay = nil, nil, 0
}

// Delay makes every call wait for d, or until its context ends.
func (s *Store) Delay(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.delay = d
}

// Disable makes Able answer err for an ability, and the deeds that need it
// fail with it. A nil err takes it back.
func (s *Store) Disable(a app.Ability, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		delete(s.unable, a)
		return
	}
	s.unable[a] = err
}

// Unreachable returns the error of a store that does not answer, for Fail.
func Unreachable() error {
	return app.Errorf(app.Unreachable, "The store cannot be reached.").
		WithHint("Nothing was changed. Check the network and try again.").
		Because(errors.New("memory: told to fail"))
}

// begin takes the mutex for one call, after the delay and the faults that a
// test asked for. Without an error the caller unlocks.
func (s *Store) begin(ctx context.Context) error {
	s.mu.Lock()
	delay := s.delay
	s.mu.Unlock()
	if delay > 0 {
		wait := time.NewTimer(delay)
		defer wait.Stop()
		select {
		case <-wait.C:
		case <-ctx.Done():
		}
	}
	if err := ended(ctx); err != nil {
		return err
	}
	s.mu.Lock()
	err := s.failing
	if len(s.next) > 0 {
		err, s.next = s.next[0], s.next[1:]
	}
	if err != nil {
		s.mu.Unlock()
	}
	return err
}

// change is begin for a deed that writes.
func (s *Store) change(ctx context.Context, abilities ...app.Ability) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	for _, a := range append([]app.Ability{app.AbleChange}, abilities...) {
		if err := s.able(a); err != nil {
			s.mu.Unlock()
			return err
		}
	}
	return nil
}

// ended returns the error of a context that has ended.
func ended(ctx context.Context) error {
	switch err := ctx.Err(); {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled):
		return app.Errorf(app.Canceled, "Stopped. Nothing was changed.").Because(err)
	default:
		return app.Errorf(app.Unreachable, "The store gave no answer in time.").Because(err)
	}
}

// read returns a copy of a person's user that shares nothing with the store.
func (s *Store) read(p *person) app.User {
	u := p.user
	u.Role = s.role(p.role)
	u.Operator = len(p.hash) > 0
	u.Factors = append([]app.Factor(nil), p.user.Factors...)
	return u
}

// find returns the person of a username.
func (s *Store) find(username string) *person {
	want := app.FoldUsername(username)
	for _, p := range s.people {
		if app.FoldUsername(p.user.Username) == want {
			return p
		}
	}
	return nil
}

// get returns a person, or the error of a missing or changed one. Version 0 is
// any where anyVersion says so.
func (s *Store) get(id app.UserID) (*person, error) {
	if p := s.people[id]; p != nil {
		return p, nil
	}
	return nil, app.Errorf(app.NotFound, "There is no such user.").
		WithHint("Somebody may have removed the user meanwhile.")
}

// at returns the person if the version is still the one that was read.
func (s *Store) at(id app.UserID, version int64) (*person, error) {
	p, err := s.get(id)
	if err != nil {
		return nil, err
	}
	if p.user.Version != version {
		return nil, app.Errorf(app.Conflict, "Somebody else has changed %s meanwhile.", p.user.Name()).
			WithHint("Look at the user again before you repeat it.")
	}
	return p, nil
}

// copyPeople returns people that can be changed without touching the originals.
func copyPeople(people map[app.UserID]*person) map[app.UserID]*person {
	c := make(map[app.UserID]*person, len(people))
	for id, p := range people {
		q := *p
		q.user.Factors = append([]app.Factor(nil), p.user.Factors...)
		q.keys, q.lost = maps.Clone(p.keys), maps.Clone(p.lost)
		c[id] = &q
	}
	return c
}

// clean is how a recovery key is compared: as people type it.
func clean(key app.Secret) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(key.Reveal()))
}

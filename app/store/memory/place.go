package memory

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/otp"
)

// Person is a user to be put into a store as it is, with states that no deed
// makes: an old sign-in, a factor that no key opens.
type Person struct {
	app.User // ID empty: the next one; of Role only the ID counts

	Password app.Secret                      // empty: no operator
	Keys     map[app.ProviderCode]app.Secret // base32; a code factor without one is made at random
}

// Place puts a person into the store without any rule or event and returns the
// user. It is for furnishing: the first administrator, samples and tests.
func (s *Store) Place(p Person) app.User {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.ID == "" {
		p.ID = s.nextUser()
	}
	if p.Created.IsZero() {
		p.Created = s.now()
	}
	p.Created, p.LastSignIn, p.LockedUntil = stamp(p.Created), stamp(p.LastSignIn), stamp(p.LockedUntil)
	p.Version = max(p.Version, 1)
	q := &person{user: p.User, role: p.Role.ID, keys: map[app.ProviderCode]*key{}}
	q.user.Role, q.user.Factors = app.Role{}, nil
	for _, f := range p.Factors {
		if f.Provider == app.Google && f.Params == (app.CodeParams{}) {
			f.Params = app.CodeParams{Kind: "totp", Algorithm: "SHA1", Digits: 6, Period: 30 * time.Second}
		}
		f.Since, f.LastUsed = stamp(f.Since), stamp(f.LastUsed)
		q.user.Factors = append(q.user.Factors, f)
		if f.Params.Kind != "" && f.Status != app.StatusUnreadable {
			q.keys[f.Provider] = &key{secret: s.secret(p.Keys[f.Provider]), last: otp.NoStep}
		}
	}
	if !p.Password.Empty() {
		s.setPassword(q, p.Password)
	}
	s.people[p.ID] = q
	return s.read(q)
}

// PlaceRole puts a custom role into the store without an event.
func (s *Store) PlaceRole(id app.RoleID, name string, permissions ...app.Permission) app.Role {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := app.Role{ID: id, Name: name, Permissions: permissions, Version: 1}
	s.roles = append(s.roles, r)
	return r
}

// Damage makes a factor unreadable, as a lost key would, and says why in its
// note. It reports whether there was such a factor.
func (s *Store) Damage(id app.UserID, provider app.ProviderCode, note string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.people[id]
	if p == nil {
		return false
	}
	i := slices.IndexFunc(p.user.Factors, func(f app.Factor) bool { return f.Provider == provider })
	if i < 0 {
		return false
	}
	p.user.Factors = slices.Clone(p.user.Factors)
	p.lost = maps.Clone(p.lost)
	if p.lost == nil {
		p.lost = map[app.ProviderCode]damaged{}
	}
	if status := p.user.Factors[i].Status; status != app.StatusUnreadable {
		p.lost[provider] = damaged{status: status, key: p.keys[provider]}
	}
	p.user.Factors[i].Status, p.user.Factors[i].Note = app.StatusUnreadable, note
	p.keys = maps.Clone(p.keys)
	delete(p.keys, provider)
	return true
}

// Alter changes a user behind the store's back, without any rule or event, as
// another program would: everything but ID and Role. It reports whether there is
// such a user.
func (s *Store) Alter(id app.UserID, f func(u *app.User)) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.people[id]
	if p == nil {
		return false
	}
	u := p.user
	u.Factors = slices.Clone(u.Factors)
	f(&u)
	u.ID, u.Role = id, app.Role{}
	p.user = u
	return true
}

// secret decodes a base32 key, or makes a new one for an empty one.
func (s *Store) secret(text app.Secret) []byte {
	if text.Empty() {
		text = app.NewSecret(s.token(20))
	}
	b, err := otp.Decode(text.Reveal())
	if err != nil {
		panic("memory: a placed key is not base32")
	}
	return b
}

// nextUser returns a new ID. They are numbers as text, as those of engines are.
func (s *Store) nextUser() app.UserID {
	s.lastUser++
	return app.UserID(strconv.Itoa(s.lastUser))
}

// stamp is how times are stored: UTC, microseconds.
func stamp(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}

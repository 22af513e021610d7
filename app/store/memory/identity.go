package memory

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"time"

	"github.com/factordesk/factordesk/app"
)

// CheckPassword checks an operator's password.
func (s *Store) CheckPassword(ctx context.Context, c app.PasswordCheck) (app.Attempt, error) {
	if err := s.begin(ctx); err != nil {
		return app.Attempt{}, err
	}
	defer s.mu.Unlock()
	e, p := c.Event, s.find(c.Username)
	right := s.passwordMatches(p, c.Password)
	if p == nil {
		s.refused(e, "Wrong username or password")
		return app.Attempt{Reason: app.NoOperator}, nil
	}
	if e.OperatorID == "" {
		e.OperatorID, e.Operator = p.user.ID, p.user.Username
	}
	switch {
	case !p.user.Active:
		s.refused(e, "The account is inactive")
		return app.Attempt{Reason: app.NoOperator, User: s.read(p)}, nil
	case len(p.hash) == 0:
		s.refused(e, "The user has no password")
		return app.Attempt{Reason: app.NoOperator, User: s.read(p)}, nil
	case p.user.Locked(c.At):
		s.refused(e, "The account is locked")
		return app.Attempt{Reason: app.LockedOut, User: s.read(p), LockedUntil: p.user.LockedUntil}, nil
	case !right:
		return s.wrong(p, app.Wrong, c.At, e, "Wrong password"), nil
	case !c.Recovery.Empty() && clean(c.Recovery) != clean(s.recovery):
		return s.wrong(p, app.WrongKey, c.At, e, "Wrong recovery key"), nil
	}
	if c.Complete {
		p.user.Failures, p.user.LockedUntil = 0, time.Time{}
	}
	if s.role(p.role).OpensSecrets() {
		s.open = true
	}
	return app.Attempt{Reason: app.OK, User: s.read(p), Left: app.MaxFailures - p.user.Failures}, nil
}

// wrong counts a failed attempt, locks after the last one, and writes it down.
func (s *Store) wrong(p *person, reason app.Reason, at time.Time, e app.Event, words string) app.Attempt {
	if !p.user.LockedUntil.IsZero() { // an old lock-out is over: the count starts anew
		p.user.Failures, p.user.LockedUntil = 0, time.Time{}
	}
	p.user.Failures++
	if p.user.Failures >= app.MaxFailures {
		p.user.LockedUntil = stamp(at.Add(app.LockFor))
	}
	s.refused(e, fmt.Sprintf("%s, %d of %d", words, p.user.Failures, app.MaxFailures))
	return app.Attempt{
		Reason: reason, User: s.read(p),
		Left: app.MaxFailures - p.user.Failures, LockedUntil: p.user.LockedUntil,
	}
}

// passwordMatches takes the same work for nobody, for somebody without a
// password and for a wrong one.
func (s *Store) passwordMatches(p *person, password app.Secret) bool {
	var salt, stored []byte
	if p != nil {
		salt, stored = p.salt, p.hash
	}
	same := subtle.ConstantTimeCompare(hashPassword(salt, password), stored) == 1
	return same && !password.Empty()
}

// setPassword stores a salted SHA-256: cheap to guess against, which is fine
// because it never leaves the memory of the process that knows the password.
// Each new password is a later one, even where the clock stands.
func (s *Store) setPassword(p *person, password app.Secret) {
	p.salt = []byte(s.token(10))
	p.hash = hashPassword(p.salt, password)
	since := stamp(s.now())
	if next := p.user.PasswordSince.Add(time.Microsecond); !p.user.PasswordSince.IsZero() && since.Before(next) {
		since = next
	}
	p.user.PasswordSince = since
}

func hashPassword(salt []byte, password app.Secret) []byte {
	sum := sha256.Sum256(append(append([]byte(nil), salt...), password.Reveal()...))
	return sum[:]
}

// SetPassword makes a user an operator, or gives an operator another password.
// Kept sessions of that operator end.
func (s *Store) SetPassword(ctx context.Context, id app.UserID, password app.Secret, e app.Event) error {
	if err := s.change(ctx, app.AbleEditUsers, app.AbleOpenSecrets); err != nil {
		return err
	}
	defer s.mu.Unlock()
	p, err := s.get(id)
	if err != nil {
		return err
	}
	if password.Empty() {
		return app.Errorf(app.Invalid, "The password is empty.")
	}
	s.setPassword(p, password)
	p.user.Version++
	s.endSessions(id)
	s.done(e)
	return nil
}

// SignedIn records a completed sign-in.
func (s *Store) SignedIn(ctx context.Context, in app.SignIn, e app.Event) (app.Secret, error) {
	if err := s.change(ctx); err != nil {
		return app.Secret{}, err
	}
	defer s.mu.Unlock()
	p, err := s.get(in.ID)
	if err != nil {
		return app.Secret{}, err
	}
	p.user.LastSignIn = stamp(in.At)
	p.user.Failures, p.user.LockedUntil = 0, time.Time{}
	if in.BreakGlass {
		p.user.MustEnroll = true
	}
	s.done(e)
	if !in.Keep && !in.Stay {
		return app.Secret{}, nil
	}
	token := app.NewSecret(s.token(20))
	s.attend(token, app.DeskSession{
		Operator: in.ID, Console: e.Console, Kept: in.Keep, BreakGlass: in.BreakGlass, Since: in.At, Seen: in.At,
	})
	if !in.Keep {
		return token, nil
	}
	s.sessions[tokenHash(token)] = app.Session{
		Operator: in.ID, BreakGlass: in.BreakGlass,
		Started: stamp(in.At), Ends: stamp(in.At.Add(app.SessionIdle)),
	}
	return token, nil
}

// Resume returns the session of a token and its operator, and prolongs it.
func (s *Store) Resume(ctx context.Context, token app.Secret, at time.Time) (app.Session, app.User, error) {
	if err := s.begin(ctx); err != nil {
		return app.Session{}, app.User{}, err
	}
	defer s.mu.Unlock()
	session, ok := s.sessions[tokenHash(token)]
	p := s.people[session.Operator]
	if !ok || p == nil || !p.user.Active || len(p.hash) == 0 || !at.Before(session.Ends) {
		delete(s.sessions, tokenHash(token))
		return app.Session{}, app.User{}, app.Errorf(app.Denied, "The session has ended.").WithHint("Sign in again.")
	}
	session.Ends = stamp(at.Add(app.SessionIdle))
	s.sessions[tokenHash(token)] = session
	return session, s.read(p), nil
}

// EndSession ends the session of a token, if it has one.
func (s *Store) EndSession(ctx context.Context, token app.Secret, e app.Event) error {
	if err := s.change(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	delete(s.sessions, tokenHash(token))
	delete(s.windows, tokenHash(token))
	s.done(e)
	return nil
}

// Forget closes the keys.
func (s *Store) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = false
}

func (s *Store) endSessions(id app.UserID) {
	for token, session := range s.sessions {
		if session.Operator == id {
			delete(s.sessions, token)
		}
	}
	for token, w := range s.windows {
		if w.Operator == id {
			delete(s.windows, token)
		}
	}
}

func tokenHash(token app.Secret) string {
	sum := sha256.Sum256([]byte(token.Reveal()))
	return string(sum[:])
}

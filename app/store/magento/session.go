package magento

import (
	"bytes"
	"context"
	"crypto/sha256"
	"time"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/magento/logbook"
)

// SignedIn records a completed sign-in at this desk. It clears the failed
// attempts as Magento does, but is no sign-in to the shop, whose last one stays.
// Through a read-only connection nothing is recorded and no session kept.
func (s *Store) SignedIn(ctx context.Context, in app.SignIn, e app.Event) (app.Secret, error) {
	if s.config.ReadOnly {
		return app.Secret{}, nil
	}
	token, err := s.signedIn(ctx, in, e)
	return token, explain("sign in", err)
}

func (s *Store) signedIn(ctx context.Context, in app.SignIn, e app.Event) (token app.Secret, err error) {
	_, a, err := s.see(ctx, in.ID)
	if err != nil {
		return token, err
	}
	a.user.LockedUntil = a.tally.until
	if err := s.clear(ctx, &a.user); err != nil {
		return token, err
	}
	e.Outcome = app.Done
	if in.BreakGlass && s.inDoubt() != nil {
		e.Details = append(e.Details, app.Detail{Name: "crypt key", Value: "opens nothing of what the shop has encrypted"})
	}
	err = s.book.Write(ctx, func(t *logbook.Tx) (err error) {
		if in.Keep {
			if token, err = t.KeepSession(in.ID, in.BreakGlass, passwordMark(a), in.At); err != nil {
				return err
			}
		}
		_, err = t.Append(e)
		return err
	})
	if err != nil {
		return app.Secret{}, err
	}
	return token, nil
}

// passwordMark is what a kept session hangs on: with another password it is
// over.
func passwordMark(a account) []byte {
	sum := sha256.Sum256([]byte("factordesk: session\x00" + a.password))
	return sum[:]
}

// Resume returns the session of a token and its operator, and prolongs it.
// Denied when it has ended, as it has for who is switched off, has ended, or has
// another password by now.
func (s *Store) Resume(ctx context.Context, token app.Secret, at time.Time) (app.Session, app.User, error) {
	session, u, err := s.resume(ctx, token, at)
	if err != nil {
		return app.Session{}, app.User{}, explain("resume session", err)
	}
	return session, u, nil
}

func (s *Store) resume(ctx context.Context, token app.Secret, at time.Time) (app.Session, app.User, error) {
	session, mark, err := s.book.Resume(ctx, token, at)
	if err != nil {
		return session, app.User{}, err
	}
	l, a, err := s.see(ctx, session.Operator)
	if err != nil && app.KindOf(err) != app.NotFound {
		return session, app.User{}, err
	}
	if err != nil || !a.user.Active || a.expired() || a.password == "" || !bytes.Equal(mark, passwordMark(a)) {
		err := s.book.Write(ctx, func(t *logbook.Tx) error { return t.EndSession(token) })
		if err == nil {
			err = app.Errorf(app.Denied, "The session has ended.").WithHint("Sign in again.")
		}
		return session, app.User{}, err
	}
	u, err := s.known(ctx, l, a)
	return session, u, err
}

// EndSession ends the session of a token, if it has one.
func (s *Store) EndSession(ctx context.Context, token app.Secret, e app.Event) error {
	if err := s.Able(app.AbleChange); err != nil {
		return err
	}
	e.Outcome = app.Done
	return s.book.Write(ctx, func(t *logbook.Tx) error {
		if err := t.EndSession(token); err != nil {
			return err
		}
		_, err := t.Append(e)
		return err
	})
}

package native

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"time"

	"github.com/factordesk/factordesk/app"
)

// tokenSize is the length of a session's token in bytes. The store keeps its
// SHA-256 only; a slow hash is for what people make up themselves.
const tokenSize = 32

// prolongAfter is how old the end of a session gets before a use moves it, so
// that a session in use does not write to the disk each time.
const prolongAfter = time.Minute

// SignedIn records a completed sign-in. A write-protected store records
// nothing and keeps no session.
func (s *Store) SignedIn(ctx context.Context, in app.SignIn, e app.Event) (app.Secret, error) {
	if !s.writable() {
		return app.Secret{}, nil
	}
	token, err := s.newToken()
	if err != nil {
		return app.Secret{}, explain("sign in", err)
	}
	err = s.change(ctx, "sign in", holdUser(in.ID), func(t *tx) error {
		if _, err := t.person(in.ID); err != nil {
			return err
		}
		n := mustNumber(in.ID)
		if err := t.put("UPDATE users SET last_sign_in = $1, failures = 0, locked_until = 0, "+
			"must_enroll = must_enroll OR $2 WHERE id = $3", micro(in.At), in.BreakGlass, n); err != nil {
			return err
		}
		// Sessions that nobody ended are swept here, so that they do not pile up.
		if err := t.also("DELETE FROM sessions WHERE user_id = $1 AND ends <= $2", n, micro(in.At)); err != nil {
			return err
		}
		if in.Keep || in.Stay {
			if err := t.put("INSERT INTO sessions (token, user_id, break_glass, started, ends, console, kept) VALUES ($1, $2, $3, $4, $5, $6, $7)",
				tokenHash(token), n, in.BreakGlass, micro(in.At), micro(in.At.Add(sessionLife(in.Keep))), e.Console, in.Keep); err != nil {
				return err
			}
		}
		if err := t.follow(in.ID); err != nil {
			return err
		}
		return t.done(e)
	})
	if err != nil || !(in.Keep || in.Stay) {
		return app.Secret{}, err
	}
	return token, nil
}

func (s *Store) newToken() (app.Secret, error) {
	b := make([]byte, tokenSize)
	if _, err := io.ReadFull(s.random, b); err != nil {
		return app.Secret{}, fmt.Errorf("make token: %w", err)
	}
	return app.NewSecret(base64.RawURLEncoding.EncodeToString(b)), nil
}

func tokenHash(token app.Secret) []byte {
	sum := sha256.Sum256([]byte(token.Reveal()))
	return sum[:]
}

func errSessionEnded() *app.Error {
	return app.Errorf(app.Denied, "The session has ended.").WithHint("Sign in again.")
}

// Resume returns the session of a token and its operator, and prolongs it;
// Denied when it has ended.
func (s *Store) Resume(ctx context.Context, token app.Secret, at time.Time) (app.Session, app.User, error) {
	fail := func(err error) (app.Session, app.User, error) {
		return app.Session{}, app.User{}, explain("resume session", err)
	}
	if token.Empty() {
		return fail(errSessionEnded())
	}
	var session app.Session
	var id, started, ends int64
	err := s.read.row(ctx, "SELECT user_id, break_glass, started, ends FROM sessions WHERE token = $1 AND kept",
		[]any{tokenHash(token)}, &id, &session.BreakGlass, &started, &ends)
	if none(err) || (err == nil && micro(at) >= ends) {
		return fail(errSessionEnded())
	}
	if err != nil {
		return fail(err)
	}
	u, err := s.User(ctx, userID(id))
	if app.KindOf(err) == app.NotFound || (err == nil && (!u.Active || !u.Operator)) {
		return fail(errSessionEnded())
	}
	if err != nil {
		return fail(err)
	}
	session.Operator, session.Started, session.Ends = u.ID, fromMicro(started), fromMicro(ends)
	until := at.Add(app.SessionIdle).UTC().Truncate(time.Microsecond)
	if until.Sub(session.Ends) > prolongAfter && s.writable() {
		// It may have been ended meanwhile; then it stays so.
		err := s.change(ctx, "prolong session", hold{}, func(t *tx) error {
			_, err := t.exec("UPDATE sessions SET ends = $1 WHERE token = $2", micro(until), tokenHash(token))
			return err
		})
		if err != nil {
			return fail(err)
		}
		session.Ends = until
	}
	return session, u, nil
}

// EndSession ends the session of a token, if it has one.
func (s *Store) EndSession(ctx context.Context, token app.Secret, e app.Event) error {
	return s.change(ctx, "end session", hold{}, func(t *tx) error {
		if !token.Empty() {
			if err := t.also("DELETE FROM sessions WHERE token = $1", tokenHash(token)); err != nil {
				return err
			}
		}
		return t.done(e)
	})
}

// endSessions ends all sessions of an operator.
func (t *tx) endSessions(id app.UserID) error {
	return t.also("DELETE FROM sessions WHERE user_id = $1", mustNumber(id))
}

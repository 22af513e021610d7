package logbook

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"time"

	"github.com/factordesk/factordesk/app"
)

// tokenSize is the length of a session's token in bytes. The logbook keeps its
// SHA-256 only; a slow hash is for what people make up themselves.
const tokenSize = 32

// prolongAfter is how old the end of a session gets before a use moves it, so
// that a session in use does not write to the disk each time.
const prolongAfter = time.Minute

// KeepSession makes a session of an operator, who may have broken the glass, and
// returns its token. mark is what the session depends on besides, for example a
// fingerprint of the operator's password hash; it may be empty. Sessions of the
// operator that are over are swept.
func (t *Tx) KeepSession(operator app.UserID, breakGlass bool, mark []byte, at time.Time) (app.Secret, error) {
	token := make([]byte, tokenSize)
	if _, err := io.ReadFull(t.b.random, token); err != nil {
		return app.Secret{}, fmt.Errorf("make a token: %w", err)
	}
	text := app.NewSecret(base64.RawURLEncoding.EncodeToString(token))
	if _, err := t.exec("DELETE FROM sessions WHERE user_id = $1 AND ends <= $2", string(operator), at.UnixMicro()); err != nil {
		return app.Secret{}, err
	}
	return text, one(t.exec("INSERT INTO sessions (token, user_id, break_glass, mark, started, ends) VALUES ($1, $2, $3, $4, $5, $6)",
		tokenHash(text), string(operator), breakGlass, blob(mark), at.UnixMicro(), at.Add(app.SessionIdle).UnixMicro()))
}

// EndSession ends the session of a token. An empty or unknown one ends none.
func (t *Tx) EndSession(token app.Secret) error {
	if token.Empty() {
		return nil
	}
	_, err := t.exec("DELETE FROM sessions WHERE token = $1", tokenHash(token))
	return err
}

// EndSessions ends all sessions of an operator.
func (t *Tx) EndSessions(operator app.UserID) error {
	_, err := t.exec("DELETE FROM sessions WHERE user_id = $1", string(operator))
	return err
}

// EndSessions is Tx.EndSessions in a transaction of its own.
func (b *Book) EndSessions(ctx context.Context, operator app.UserID) error {
	return b.Write(ctx, func(t *Tx) error { return t.EndSessions(operator) })
}

// Resume returns the session of a token, with its mark, and prolongs it to
// app.SessionIdle from at; Denied when it has ended. Whether the operator may
// still go on, and the mark still fits, is for the store to say, which ends the
// session if not.
func (b *Book) Resume(ctx context.Context, token app.Secret, at time.Time) (s app.Session, mark []byte, err error) {
	ended := app.Errorf(app.Denied, "The session has ended.").WithHint("Sign in again.")
	if token.Empty() {
		return app.Session{}, nil, ended
	}
	var started, ends int64
	err = b.read.QueryRowContext(ctx, "SELECT user_id, break_glass, mark, started, ends FROM sessions WHERE token = $1", tokenHash(token)).
		Scan(&s.Operator, &s.BreakGlass, &mark, &started, &ends)
	switch {
	case none(err), err == nil && at.UnixMicro() >= ends:
		return app.Session{}, nil, ended
	case err != nil:
		return app.Session{}, nil, explain("resume", err)
	}
	s.Started, s.Ends = time.UnixMicro(started).UTC(), time.UnixMicro(ends).UTC()
	until := at.Add(app.SessionIdle).UTC().Truncate(time.Microsecond)
	if until.Sub(s.Ends) <= prolongAfter {
		return s, mark, nil
	}
	// It may have been ended meanwhile; then it stays so.
	err = b.Write(ctx, func(t *Tx) error {
		_, err := t.exec("UPDATE sessions SET ends = $1 WHERE token = $2", until.UnixMicro(), tokenHash(token))
		return err
	})
	if err != nil {
		return app.Session{}, nil, err
	}
	s.Ends = until
	return s, mark, nil
}

func tokenHash(token app.Secret) []byte {
	sum := sha256.Sum256([]byte(token.Reveal()))
	return sum[:]
}

// blob is b, or what stands for nothing in a column that is never NULL.
func blob(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

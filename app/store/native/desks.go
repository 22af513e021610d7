package native

import (
	"context"
	"errors"
	"time"

	"github.com/factordesk/factordesk/app"
)

var _ app.Desks = (*Store)(nil)

// AtDesks returns the sessions that are open, newest first.
func (s *Store) AtDesks(ctx context.Context, now time.Time) ([]app.DeskSession, error) {
	all, err := s.atDesks(ctx, now)
	return all, explain("read sessions", err)
}

func (s *Store) atDesks(ctx context.Context, now time.Time) (all []app.DeskSession, err error) {
	rows, err := s.read.query(ctx, "SELECT u.id, u.username, u.first_name, u.last_name, s.console, s.kept, s.break_glass, s.started, s.ends "+
		"FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.ends > $1 ORDER BY s.started DESC, u.id", micro(now))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var d app.DeskSession
		var u app.User
		var id, started, ends int64
		if err := rows.Scan(&id, &u.Username, &u.FirstName, &u.LastName, &d.Console, &d.Kept, &d.BreakGlass, &started, &ends); err != nil {
			return nil, err
		}
		d.Operator, d.Username, d.Name = userID(id), u.Username, u.Name()
		d.Since, d.Seen = fromMicro(started), fromMicro(ends).Add(-sessionLife(d.Kept))
		all = append(all, d)
	}
	return all, errors.Join(rows.Err(), rows.Close())
}

// sessionLife is how long a session is open after it was last used, or seen.
func sessionLife(kept bool) time.Duration {
	if kept {
		return app.SessionIdle
	}
	return app.DeskLife
}

// Attend writes down that a session is still open.
func (s *Store) Attend(ctx context.Context, token app.Secret, d app.DeskSession) error {
	return s.change(ctx, "attend", hold{}, func(t *tx) error {
		_, err := t.exec("INSERT INTO sessions (token, user_id, break_glass, started, ends, console, kept) "+
			"SELECT $1, u.id, $2, $3, $4, $5, $6 FROM users u WHERE u.id = $7 ON CONFLICT (token) DO UPDATE SET ends = excluded.ends",
			tokenHash(token), d.BreakGlass, micro(d.Since), micro(d.Seen.Add(sessionLife(d.Kept))), d.Console, d.Kept, mustNumber(d.Operator))
		return err
	})
}

// EndDesks ends all sessions of an operator.
func (s *Store) EndDesks(ctx context.Context, id app.UserID, now time.Time, e app.Event) (n int, err error) {
	err = s.change(ctx, "end sessions", holdUser(id), func(t *tx) error {
		p, err := t.person(id)
		if err != nil {
			return err
		}
		if err := t.row("SELECT count(*) FROM sessions WHERE user_id = $1 AND ends > $2", []any{p.id, micro(now)}, &n); err != nil {
			return err
		}
		if err := t.endDesks(id); err != nil {
			return err
		}
		return t.done(e)
	})
	return n, err
}

// endDesks ends all sessions of an operator, those of windows as well.
func (t *tx) endDesks(id app.UserID) error {
	if err := t.endSessions(id); err != nil {
		return err
	}
	_, err := t.exec("UPDATE operators SET ended = CASE WHEN ended < $1 THEN $1 ELSE ended + 1 END WHERE user_id = $2",
		micro(t.s.now()), mustNumber(id))
	return err
}

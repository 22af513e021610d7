package memory

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/factordesk/factordesk/app"
)

var _ app.Desks = (*Store)(nil)

// seen is a session that is seen but not kept, or what is seen of one that is.
type seen struct {
	app.DeskSession
	ends time.Time
}

// life is how long a session is open after it was last used, or seen.
func life(kept bool) time.Duration {
	if kept {
		return app.SessionIdle
	}
	return app.DeskLife
}

// AtDesks returns the sessions that are open, newest first.
func (s *Store) AtDesks(ctx context.Context, now time.Time) ([]app.DeskSession, error) {
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	var all []app.DeskSession
	for token, w := range s.windows {
		d := w.DeskSession
		p := s.people[d.Operator]
		if kept, ok := s.sessions[token]; ok {
			w.ends = kept.Ends
			d.Seen = kept.Ends.Add(-app.SessionIdle)
		}
		if p == nil || !w.ends.After(now) {
			continue
		}
		d.Username, d.Name = p.user.Username, p.user.Name()
		all = append(all, d)
	}
	slices.SortFunc(all, func(a, b app.DeskSession) int {
		if n := b.Since.Compare(a.Since); n != 0 {
			return n
		}
		return strings.Compare(a.Username, b.Username)
	})
	return all, nil
}

// Attend notes that a session is still open.
func (s *Store) Attend(ctx context.Context, token app.Secret, d app.DeskSession) error {
	if err := s.change(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	s.attend(token, d)
	return nil
}

func (s *Store) attend(token app.Secret, d app.DeskSession) {
	d.Since, d.Seen = stamp(d.Since), stamp(d.Seen)
	s.windows[tokenHash(token)] = seen{d, d.Seen.Add(life(d.Kept))}
}

// EndDesks ends all sessions of an operator.
func (s *Store) EndDesks(ctx context.Context, id app.UserID, now time.Time, e app.Event) (int, error) {
	if err := s.change(ctx); err != nil {
		return 0, err
	}
	defer s.mu.Unlock()
	p, err := s.get(id)
	if err != nil {
		return 0, err
	}
	n := 0
	for token, w := range s.windows {
		if kept, ok := s.sessions[token]; ok {
			w.ends = kept.Ends
		}
		if w.Operator == id && w.ends.After(now) {
			n++
		}
	}
	s.endDesks(p)
	s.done(e)
	return n, nil
}

// endDesks ends all sessions of an operator, those of windows as well.
func (s *Store) endDesks(p *person) {
	s.endSessions(p.user.ID)
	since := stamp(s.now())
	if next := p.user.SessionsEnded.Add(time.Microsecond); !p.user.SessionsEnded.IsZero() && since.Before(next) {
		since = next
	}
	p.user.SessionsEnded = since
}

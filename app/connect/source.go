package connect

import (
	"context"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/profile"
)

// source answers the questions on the way to a store from where its connection
// says that the secrets come from, and asks the person for the rest. What was
// typed is kept only when the way is open, since only then it was right.
type source struct {
	app.Asker
	passwords  *profile.Passwords
	connection profile.Connection

	reused  bool // something was answered that may have become wrong meanwhile
	stale   bool // it has: ask anew
	keyless bool // the keyring has said why nothing can be kept
	typed   []answer
}

// answer is what was typed to a question.
type answer struct {
	question app.Question
	secret   app.Secret
}

// passwords returns what keeps the program's passwords.
func (o Options) passwords() *profile.Passwords {
	if o.Passwords == nil {
		return profile.NewPasswords(o.dirs(), nil)
	}
	return o.Passwords
}

// along goes a way with the secrets of its connection. When one that was kept is
// refused, it goes once more and asks.
func (o Options) along(ctx context.Context, c profile.Connection, walk func(o Options) error) error {
	if c.Passwords.From == app.PasswordAsked {
		return walk(o)
	}
	s := &source{Asker: o.asker(), passwords: o.passwords(), connection: c}
	asking := o
	asking.Ask = s
	err := walk(asking)
	if app.KindOf(err) == app.Denied && s.reused {
		s.stale, s.typed = true, nil
		s.passwords.Expire(c)
		err = walk(asking)
	}
	if err == nil {
		s.keep(ctx)
	}
	return err
}

// Secret implements app.Asker.
func (s *source) Secret(ctx context.Context, q app.Question) (app.Secret, error) {
	switch s.connection.Passwords.From {
	case app.PasswordKept:
		return s.kept(ctx, q)
	case app.PasswordCommand:
		if q.About == app.AskDatabase {
			password, fresh, err := s.passwords.Printed(ctx, s.connection)
			s.reused = s.reused || err == nil && !fresh
			return password, err
		}
	case app.PasswordAsked:
	}
	return s.Asker.Secret(ctx, q)
}

// KeyDoubt implements app.KeyAsker, for a person who can be asked that.
func (s *source) KeyDoubt(ctx context.Context, d app.KeyDoubt) (app.KeyAnswer, error) {
	if person, ok := s.Asker.(app.KeyAsker); ok {
		return person.KeyDoubt(ctx, d)
	}
	return app.KeyAnswer{}, nil
}

// kept answers with what was kept, and asks where that is nothing, or the keyring
// does not give its key; the person is told why.
func (s *source) kept(ctx context.Context, q app.Question) (app.Secret, error) {
	original := q
	if s.stale && q.About == app.AskDatabase {
		q.Again = true
	}
	if !q.Again {
		password, err := s.passwords.Kept(ctx, s.connection, original)
		switch {
		case app.KindOf(err) == app.Canceled:
			return app.Secret{}, err
		case err != nil:
			s.keyless = true
			why, _ := app.Explain(err)
			q.Why = joined(q.Why, why+" So the password is asked for each time.")
		case !password.Empty():
			s.reused = true
			return password, nil
		}
	}
	password, err := s.Asker.Secret(ctx, q)
	if err == nil && !password.Empty() {
		original.Again = false
		s.typed = append(s.typed, answer{original, password})
	}
	return password, err
}

func joined(a, b string) string {
	if a == "" {
		return b
	}
	return a + " " + b
}

// keep keeps what was typed and has led all the way. Where there is no keyring for
// it nothing is lost: it is asked for again, and the question says why.
func (s *source) keep(ctx context.Context) {
	if s.connection.Passwords.From != app.PasswordKept || s.keyless {
		return
	}
	for _, a := range s.typed {
		if err := s.passwords.Keep(ctx, s.connection, a.question, a.secret); err != nil {
			return
		}
	}
}

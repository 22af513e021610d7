package native

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/seal"
)

// account is what a password check needs of an operator.
type account struct {
	user             app.User
	record           string
	private, slot    []byte
	endorsements     []byte
	recovery         []byte     // the keyset, sealed to the recovery key
	keysAt           generation // to which all of that belongs
	missing, noPassw bool
}

// CheckPassword checks an operator's password; see app.Identity. On a
// write-protected store a refused attempt can neither be counted nor written
// down: who has the file at hand can try passwords on a copy of it anyway.
func (s *Store) CheckPassword(ctx context.Context, c app.PasswordCheck) (app.Attempt, error) {
	a, err := s.checkPassword(ctx, c)
	return a, explain("check password", err)
}

func (s *Store) checkPassword(ctx context.Context, c app.PasswordCheck) (app.Attempt, error) {
	// Before anything is looked at, so that it tells everybody the same.
	if !c.Recovery.Empty() {
		if err := seal.CheckRecovery(c.Recovery.Reveal()); err != nil {
			return app.Attempt{}, app.Errorf(app.Invalid, "The recovery key is mistyped.").
				WithHint("Look at each group of the printed key. This was not counted as an attempt.").Because(err)
		}
	}
	acc, err := s.account(ctx, c.Username)
	if err != nil {
		return app.Attempt{}, err
	}
	e := c.Event
	if e.OperatorID == "" && !acc.missing {
		e.OperatorID, e.Operator = acc.user.ID, acc.user.Username
	}
	// Who is refused without a look at the password waits as long, so that the
	// time does not tell who exists or is locked.
	refusal, words := app.NoOperator, ""
	switch {
	case acc.missing:
		// The name is not written down: people type passwords there.
		words = "Wrong username or password"
	case !acc.user.Active:
		words = "The account is inactive"
	case acc.noPassw:
		words = "The user has no password"
	case acc.user.Locked(c.At):
		refusal, words = app.LockedOut, "The account is locked"
	}
	if words != "" {
		if err := seal.Decoy(ctx, c.Password.Reveal(), s.cost); err != nil {
			return app.Attempt{}, err
		}
		return s.refuse(ctx, app.Attempt{Reason: refusal, User: acc.user, LockedUntil: lockOf(acc.user, c.At)}, e, words)
	}
	key, right, err := seal.CheckPassword(ctx, acc.record, c.Password.Reveal())
	if errors.Is(err, seal.ErrRecord) {
		return app.Attempt{}, errAccount(acc.user).Because(err)
	}
	if err != nil {
		return app.Attempt{}, err
	}
	if !right {
		return s.wrongPassword(ctx, acc.user.ID, app.Wrong, c.At, e, "Wrong password")
	}
	return s.rightPassword(ctx, acc, key, c, e)
}

// rightPassword opens the keys, and answers.
func (s *Store) rightPassword(ctx context.Context, acc account, key seal.Key, c app.PasswordCheck, e app.Event) (app.Attempt, error) {
	id := acc.user.ID
	own, err := seal.UnwrapOperator(key, s.keyPlace(id), acc.private)
	if err != nil {
		// The same Argon2id made the proof and the key: one of the two was
		// written by somebody who did not know the password.
		return app.Attempt{}, errAccount(acc.user).Because(err)
	}
	own, following, err := s.follow(acc, key, own)
	if err != nil {
		return app.Attempt{}, errAccount(acc.user).Because(err)
	}
	keys, err := s.openAccount(acc, own, c.Recovery)
	var foreign *app.Error
	if err != nil && !c.Recovery.Empty() && !errors.As(err, &foreign) {
		return s.wrongPassword(ctx, id, app.WrongKey, c.At, e, "Wrong recovery key")
	}
	if err != nil {
		return app.Attempt{}, err
	}
	// Attempts that ran at the same time may have locked the account.
	u, err := s.User(ctx, id)
	if err != nil {
		return app.Attempt{}, err
	}
	if u.Locked(c.At) {
		return s.refuse(ctx, app.Attempt{Reason: app.LockedOut, User: u, LockedUntil: lockOf(u, c.At)}, e, "The account is locked")
	}
	if c.Complete && (u.Failures > 0 || !u.LockedUntil.IsZero()) && s.writable() {
		if err := s.change(ctx, "check password", holdUser(id), func(t *tx) error { return t.clearFailures(id) }); err != nil {
			return app.Attempt{}, err
		}
		u.Failures, u.LockedUntil = 0, time.Time{}
	}
	u.PasswordSince = acc.user.PasswordSince // of the one that was right: it may be another by now
	if !u.Role.OpensSecrets() {
		keys = nil // the recovery key was right, but the role works without secrets
	}
	s.holdAccount(acc, keys, own, following)
	if following != nil && c.Complete && s.writable() {
		if err := s.change(ctx, "check password", hold{}, func(t *tx) error { return t.follow(id) }); err != nil {
			return app.Attempt{}, err
		}
	}
	return app.Attempt{Reason: app.OK, User: u, Left: app.MaxFailures - u.Failures}, nil
}

// account reads an operator by username. User and keys are two reads; another
// console may change the role between them, which takes or gives the slot, so
// they are read again until they belong together.
func (s *Store) account(ctx context.Context, username string) (acc account, err error) {
	if !s.dialect.keeps(username) {
		return account{missing: true}, nil
	}
	const most = 20 // a store that changes faster than that is damaged
	for range most {
		var version int64
		if acc, version, err = s.tryAccount(ctx, app.FoldUsername(username)); err != nil || acc.missing || acc.noPassw {
			return acc, err
		}
		if version == acc.user.Version && (len(acc.slot) > 0 || !acc.user.Role.OpensSecrets()) {
			break
		}
	}
	return acc, nil
}

func (s *Store) tryAccount(ctx context.Context, key string) (acc account, version int64, err error) {
	var roles int64
	var g generationRow
	l := listing{about: 1}
	row := askOne("SELECT o.password, o.private_key, o.slot, o.endorsements, u.version, s.recovery, "+generationColumns+
		" FROM store s, operators o JOIN users u ON u.id = o.user_id WHERE u.username_key = $1 AND s.id = 1", []any{key},
		append([]any{&acc.record, &acc.private, &acc.slot, &acc.endorsements, &version, &acc.recovery}, g.dest()...)...)
	scan := row.read
	row.read = func(a answer) error {
		err := scan(a)
		if acc.noPassw = none(err); acc.noPassw {
			return nil
		}
		return err
	}
	err = s.askLists(ctx, &l, askOne(rolesVersion, nil, &roles), s.askList(&l, true, "SELECT "+s.listColumns()+findFrom, key), row)
	if err != nil {
		return acc, 0, err
	}
	users, err := s.withRoles(ctx, roles, l)
	if err != nil || len(users) == 0 {
		return account{missing: true}, 0, err
	}
	acc.user, acc.keysAt = users[0], g.generation()
	return acc, version, nil
}

func errAccount(u app.User) *app.Error {
	return app.Errorf(app.Unreadable, "The stored password of %s cannot be used: it was damaged or changed from outside.", u.Name()).
		WithHint("Another Administrator can set a new password.")
}

func lockOf(u app.User, at time.Time) time.Time {
	if u.Locked(at) {
		return u.LockedUntil
	}
	return time.Time{}
}

// refuse writes a refused attempt that counts nothing.
func (s *Store) refuse(ctx context.Context, a app.Attempt, e app.Event, words string) (app.Attempt, error) {
	if !s.writable() {
		return a, nil
	}
	err := s.change(ctx, "refuse", hold{}, func(t *tx) error { return t.refused(e, words) })
	return a, err
}

// wrongPassword counts a wrong password or recovery key.
func (s *Store) wrongPassword(
	ctx context.Context, id app.UserID, reason app.Reason, at time.Time, e app.Event, words string,
) (a app.Attempt, err error) {
	if !s.writable() {
		u, err := s.User(ctx, id)
		return app.Attempt{Reason: reason, User: u, Left: app.MaxFailures - u.Failures}, err
	}
	err = s.change(ctx, "check password", holdUser(id), func(t *tx) error {
		p, err := t.tried(t.person(id))
		if err == nil {
			a, err = t.wrong(p, reason, at, e, words)
		}
		return err
	})
	return a, err
}

// wrong counts a failed attempt, locks after the last one, and writes it down.
// Inside a lock-out nothing is counted and the lock-out is not prolonged.
func (t *tx) wrong(p *person, reason app.Reason, at time.Time, e app.Event, words string) (app.Attempt, error) {
	u := p.user
	if u.Locked(at) {
		return app.Attempt{Reason: app.LockedOut, User: u, LockedUntil: u.LockedUntil}, t.refused(e, "The account is locked")
	}
	if !u.LockedUntil.IsZero() { // an old lock-out is over: the count starts anew
		u.Failures, u.LockedUntil = 0, time.Time{}
	}
	u.Failures++
	if u.Failures >= app.MaxFailures {
		u.LockedUntil = at.Add(app.LockFor).UTC().Truncate(time.Microsecond)
	}
	var err error
	if u.LockedUntil.Equal(p.user.LockedUntil) {
		err = t.put("UPDATE users SET failures = $1 WHERE id = $2", u.Failures, p.id)
	} else {
		err = t.put("UPDATE users SET failures = $1, locked_until = $2 WHERE id = $3",
			u.Failures, micro(u.LockedUntil), p.id)
	}
	if err != nil {
		return app.Attempt{}, err
	}
	return app.Attempt{
		Reason: reason, User: u, Left: app.MaxFailures - u.Failures, LockedUntil: u.LockedUntil,
	}, t.refused(e, fmt.Sprintf("%s, %d of %d", words, u.Failures, app.MaxFailures))
}

// clearFailures ends the count of failed attempts.
func (t *tx) clearFailures(id app.UserID) error {
	return t.put("UPDATE users SET failures = 0, locked_until = 0 WHERE id = $1", mustNumber(id))
}

// Unlock clears the lock-out and the failed attempts.
func (s *Store) Unlock(ctx context.Context, id app.UserID, version int64, e app.Event) error {
	return s.change(ctx, "unlock", holdUser(id), func(t *tx) error {
		p, err := t.personAtAny(id, version)
		if err != nil {
			return err
		}
		var set assignments
		if p.user.Failures != 0 {
			set.add("failures", 0)
		}
		if !p.user.LockedUntil.IsZero() {
			set.add("locked_until", 0)
		}
		if err := t.update(id, set); err != nil {
			return err
		}
		return t.done(e)
	})
}

package magento

import (
	"context"
	"crypto/hmac"
	"errors"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/magento/crypt"
	"github.com/factordesk/factordesk/app/store/magento/hash"
)

// caseSensitivePath says whether a username must be typed in its own letter
// case.
const caseSensitivePath = "admin/security/use_case_sensitive_login"

// CheckPassword checks an operator's password in the order in which the shop
// does: the end of the account, the password, then whether the account is on
// and not locked. A wrong password counts in the shop's own columns, also
// during a lock-out, which it prolongs. Through a read-only connection nothing
// is counted: who has the connection's settings can try passwords on the stored
// hash anyway.
func (s *Store) CheckPassword(ctx context.Context, c app.PasswordCheck) (app.Attempt, error) {
	a, err := s.checkPassword(ctx, c)
	return a, explain("check password", err)
}

func (s *Store) checkPassword(ctx context.Context, c app.PasswordCheck) (app.Attempt, error) {
	// Before anything is looked at, so that it tells everybody the same.
	var recovery crypt.Keys
	if !c.Recovery.Empty() {
		var err error
		if recovery, err = crypt.Parse(c.Recovery); err != nil {
			return app.Attempt{}, app.Errorf(app.Invalid, "That is no crypt key: it has another length.").
				WithHint("Copy crypt/key of app/etc/env.php whole. This was not counted as an attempt.").Because(err)
		}
	}
	it, err := s.seeName(ctx, c.Username)
	if err != nil {
		return app.Attempt{}, err
	}
	l, a, found := it.law, it.account, it.found
	e := c.Event
	if !found || a.password == "" || a.expired() {
		// Who is refused without a look at the password waits as long, so that the
		// time does not tell who exists.
		if err := hash.Decoy(ctx, c.Password); err != nil {
			return app.Attempt{}, err
		}
	}
	if !found {
		// The name is not written down: people type passwords there.
		return app.Attempt{Reason: app.NoOperator}, s.refused(ctx, e, "Wrong username or password")
	}
	u, err := s.known(ctx, l, a)
	if err != nil {
		return app.Attempt{}, err
	}
	if e.OperatorID == "" {
		e.OperatorID, e.Operator = u.ID, u.Username
	}
	no := app.Attempt{Reason: app.NoOperator, User: u}
	switch {
	case a.password == "":
		return no, s.refused(ctx, e, "The user has no password")
	case a.expired():
		return no, s.refused(ctx, e, "The account has expired")
	}
	right, err := s.passwordIs(ctx, l, a, c)
	switch {
	case err != nil:
		return app.Attempt{}, err
	case !right:
		return s.wrong(ctx, l, u, wrongAttempt{app.Wrong, "Wrong password", e, true})
	case !u.Active:
		return no, s.refused(ctx, e, "The account is inactive")
	}
	return s.rightPassword(ctx, l, a, recovery, c, e)
}

// passwordIs compares a password with the stored one.
func (s *Store) passwordIs(ctx context.Context, l *law, a account, c app.PasswordCheck) (bool, error) {
	right, err := hash.Verify(ctx, c.Password, a.password, s.keys.Hash)
	if errors.Is(err, hash.ErrHash) {
		return false, app.Errorf(app.Unreadable, "The stored password of %s cannot be used: it was damaged or changed from outside.", a.user.Name()).
			WithHint("Set a new one on the shop's own server.").Because(err)
	}
	if l.settings.number(caseSensitivePath) != 0 && c.Username != a.user.Username {
		right = false
	}
	return right, err
}

// rightPassword looks at what follows a right password, and answers.
func (s *Store) rightPassword(
	ctx context.Context, l *law, a account, recovery crypt.Keys, c app.PasswordCheck, e app.Event,
) (app.Attempt, error) {
	if recovery.Len() > 0 {
		fits, err := again(ctx, func() (bool, error) { return s.opensShop(ctx, recovery, c.Recovery) })
		if err != nil {
			return app.Attempt{}, err
		}
		if !fits {
			u, _, err := s.person(ctx, a.user.ID)
			if err != nil {
				return app.Attempt{}, err
			}
			return s.wrong(ctx, l, u, wrongAttempt{app.WrongKey, "Wrong crypt key", e, true})
		}
	}
	// Attempts that ran at the same time may have locked the account.
	u, locked, err := s.person(ctx, a.user.ID)
	if err != nil {
		return app.Attempt{}, err
	}
	if locked {
		return lockedOut(u), s.refused(ctx, e, "The account is locked")
	}
	if c.Complete && !s.config.ReadOnly {
		if err := s.clear(ctx, &u); err != nil {
			return app.Attempt{}, err
		}
	}
	u.PasswordSince = a.user.PasswordSince // of the one that was right: it may be another by now
	s.setOpen(u.Role.OpensSecrets(), u.ID)
	return app.Attempt{Reason: app.OK, User: u, Left: left(l.settings.lock(), u.Failures)}, nil
}

// opensShop reports whether one of the keys opens 2FA data of the shop. Where
// nothing is encrypted yet, it must be one of the shop's own. So it is where the
// shop was opened with a key in doubt and no older one: Magento itself takes what
// its key does not open for nothing enrolled, and asks for the password only. But
// where the key does not open the shop's settings either, which Magento would
// have encrypted anew with it, that proves nothing.
func (s *Store) opensShop(ctx context.Context, keys crypt.Keys, text app.Secret) (bool, error) {
	opened, tried, err := tryValues(ctx, s.base, rowsText, keys.OpenAny)
	var fault *crypt.OpenError
	if err != nil && !errors.As(err, &fault) {
		return false, err
	}
	d := s.inDoubt()
	changed := d != nil && s.config.KeyChanged && d.settings == 0
	if opened || tried > 0 && !changed {
		return opened, nil
	}
	return same(single(s.config.CryptKey), single(text)), nil
}

// same reports whether a key is among both.
func same(own, given []crypt.Keys) bool {
	const word = "factordesk: is it the same key?"
	for _, o := range own {
		for _, g := range given {
			a, aerr := o.Hash(word)
			b, berr := g.Hash(word)
			if aerr == nil && berr == nil && hmac.Equal([]byte(a), []byte(b)) {
				return true
			}
		}
	}
	return false
}

// left is how many attempts are left before the lock-out.
func left(p app.LockPolicy, failures int) int { return max(p.Failures-failures, 0) }

// lockedOut is the answer to who is locked out.
func lockedOut(u app.User) app.Attempt {
	return app.Attempt{Reason: app.LockedOut, User: u, LockedUntil: u.LockedUntil}
}

package magento

import (
	"context"
	"encoding/base32"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/otp"
	"github.com/factordesk/factordesk/app/store/magento/factors"
	"github.com/factordesk/factordesk/app/store/magento/logbook"
)

// codeCheck is a code on its way, with what it is checked against.
type codeCheck struct {
	app.CodeCheck
	law    *law
	user   app.User
	locked bool
	factor factors.Factor
	mark   []byte // fingerprint of the secret
	last   int64  // the last step that this desk has accepted

	step    int64
	verdict otp.Verdict
}

var codeReasons = map[otp.Verdict]app.Reason{
	otp.Accepted: app.OK, otp.Replayed: app.Replayed, otp.Wrong: app.Wrong,
}

var codeWords = map[otp.Verdict]string{
	otp.Replayed: "The code was used before", otp.Wrong: "Wrong code",
}

// VerifyCode is a sign-in check: it consumes the code, and counts failed
// attempts where wrong passwords count. Magento remembers no accepted code; this
// desk does, in its logbook.
func (s *Store) VerifyCode(ctx context.Context, c app.CodeCheck) (app.Attempt, error) {
	if err := s.Able(app.AbleChange); err != nil {
		return app.Attempt{}, err
	}
	a, err := s.checkCode(ctx, c, s.verify)
	return a, explain("verify code", err)
}

func (s *Store) verify(ctx context.Context, k *codeCheck) (app.Attempt, error) {
	if a, words := k.notNow(); words != "" {
		return a, s.refused(ctx, k.Event, words)
	}
	if err := s.match(ctx, k); err != nil {
		return app.Attempt{}, err
	}
	if k.verdict == otp.Accepted {
		// Once and for all, whatever comes of the rest.
		fresh, err := s.book.UseStep(ctx, k.User, k.mark, k.step)
		if err != nil {
			return app.Attempt{}, err
		}
		if !fresh { // another console accepted it first
			k.verdict = otp.Replayed
		}
	}
	if k.verdict != otp.Accepted {
		return s.wrong(ctx, k.law, k.user, wrongAttempt{codeReasons[k.verdict], codeWords[k.verdict], k.Event, false})
	}
	return s.accept(ctx, k)
}

// accept clears the failed attempts, unless attempts at the same time have
// locked the account, and writes the acceptance down.
func (s *Store) accept(ctx context.Context, k *codeCheck) (app.Attempt, error) {
	u, locked, err := s.person(ctx, k.User)
	if err != nil {
		return app.Attempt{}, err
	}
	if locked {
		return lockedOut(u), s.refused(ctx, k.Event, "The account is locked")
	}
	if err := s.clear(ctx, &u); err != nil {
		return app.Attempt{}, err
	}
	e := k.Event
	e.Outcome = app.Done
	err = s.book.Write(context.WithoutCancel(ctx), func(t *logbook.Tx) error {
		if err := t.Note(k.User, k.Provider, logbook.Fact{Mark: k.mark, LastUsed: k.At}); err != nil {
			return err
		}
		_, err := t.Append(e)
		return err
	})
	if err != nil {
		return app.Attempt{}, err
	}
	if u, err = s.readUser(ctx, k.User); err != nil {
		return app.Attempt{}, err
	}
	return app.Attempt{Reason: app.OK, User: u, Left: left(k.law.settings.lock(), u.Failures), Step: k.offset()}, nil
}

// TestCode says whether VerifyCode would accept the code. Through a read-only
// connection, too: that is how an operator signs in to look.
func (s *Store) TestCode(ctx context.Context, c app.CodeCheck) (app.Attempt, error) {
	a, err := s.checkCode(ctx, c, s.test)
	return a, explain("test code", err)
}

func (s *Store) test(ctx context.Context, k *codeCheck) (app.Attempt, error) {
	if a, words := k.notNow(); words != "" {
		return a, s.refused(ctx, k.Event, words)
	}
	if err := s.match(ctx, k); err != nil {
		return app.Attempt{}, err
	}
	a := k.attempt(codeReasons[k.verdict])
	if k.verdict != otp.Accepted {
		return a, s.refused(ctx, k.Event, codeWords[k.verdict])
	}
	a.Step = k.offset()
	if s.config.ReadOnly {
		return a, nil
	}
	e := k.Event
	e.Outcome = app.Done
	return a, s.Append(ctx, e)
}

// ConfirmFactor makes a pending Google factor active if the code is right, as
// Magento stores it, and consumes the code. A wrong code counts nothing.
func (s *Store) ConfirmFactor(ctx context.Context, c app.CodeCheck) (app.Attempt, error) {
	if err := s.Able(app.AbleChange); err != nil {
		return app.Attempt{}, err
	}
	a, err := s.checkCode(ctx, c, s.confirm)
	return a, explain("confirm factor", err)
}

func (s *Store) confirm(ctx context.Context, k *codeCheck) (app.Attempt, error) {
	switch k.factor.Status {
	case app.StatusActive:
		return app.Attempt{}, app.Errorf(app.Conflict, "%s has confirmed this factor already.", k.user.Name())
	case app.StatusPending:
	default:
		return k.attempt(app.NoFactor), s.refused(ctx, k.Event, "Nothing is enrolled")
	}
	if err := s.match(ctx, k); err != nil {
		return app.Attempt{}, err
	}
	if k.verdict != otp.Accepted {
		return k.attempt(codeReasons[k.verdict]), s.refused(ctx, k.Event, codeWords[k.verdict])
	}
	err := s.change(ctx, "confirm factor", k.User, 0, k.Event, func(d *deed) error { return d.confirm(k) })
	if err != nil {
		return app.Attempt{}, err
	}
	u, err := s.readUser(ctx, k.User)
	if err != nil {
		return app.Attempt{}, err
	}
	return app.Attempt{Reason: app.OK, User: u, Left: left(k.law.settings.lock(), u.Failures), Step: k.offset()}, nil
}

// confirm makes the factor active, if it still is the one that the code was
// checked against.
func (d *deed) confirm(k *codeCheck) error {
	doc := d.first()
	mark, err := d.s.fingerprint(doc.Factor(app.Google).Secret)
	if err != nil {
		return err
	}
	if string(mark) != string(k.mark) || doc.Factor(app.Google).Status != app.StatusPending {
		return errChanged(k.user)
	}
	if doc, err = doc.ActivateGoogle(d.s.config.Random); err != nil {
		return err
	}
	d.also = func(t *logbook.Tx) error {
		if _, err := t.UseStep(k.User, k.mark, k.step); err != nil {
			return err
		}
		return t.Note(k.User, k.Provider, logbook.Fact{Mark: k.mark, Since: k.At, LastUsed: k.At})
	}
	text := doc.Value()
	return d.put(write{row: 0, text: &text})
}

// checkCode reads what a code is checked against, and checks it. A factor that
// cannot be read is an error and a failed event.
func (s *Store) checkCode(
	ctx context.Context, c app.CodeCheck, check func(context.Context, *codeCheck) (app.Attempt, error),
) (app.Attempt, error) {
	// Without a crypt key, or with one in doubt, it is the factor that cannot be
	// read, which tells an operator how to get in all the same. The own code is
	// checked in any role: who may do nothing here hears so after it only.
	if err := s.Able(app.AbleOpenSecrets); err != nil && s.sure() && !s.isOwn(c.User) {
		return app.Attempt{}, err
	}
	k, err := s.codeCheck(ctx, c)
	if err != nil {
		return app.Attempt{}, err
	}
	var a app.Attempt
	switch {
	case k.factor.Status == app.StatusUnreadable:
		unreadable := errUnreadable(k.user)
		if k.factor.Trouble.ByKey {
			unreadable = unreadable.WithHint("Repair it with the key that it was encrypted with, or reset it and enroll again.")
		}
		err = unreadable.Because(k.factor.Trouble.Err)
	case k.Provider != app.Google && k.factor.Status != app.StatusNotEnrolled:
		return app.Attempt{}, app.Errorf(app.Invalid, "Factordesk checks codes of authenticator apps only.")
	default:
		a, err = check(ctx, k)
	}
	if app.KindOf(err) == app.Unreadable && !s.config.ReadOnly {
		e := c.Event
		e.Outcome, e.Reason = app.Failed, "The factor cannot be read"
		if werr := s.Append(ctx, e); werr != nil {
			return app.Attempt{}, werr
		}
	}
	if err != nil {
		return app.Attempt{}, err
	}
	return a, nil
}

func (s *Store) codeCheck(ctx context.Context, c app.CodeCheck) (*codeCheck, error) {
	l, a, err := s.see(ctx, c.User)
	if err != nil {
		return nil, err
	}
	s.setLock(l.settings.lock())
	k := &codeCheck{CodeCheck: c, law: l, locked: a.locked(), last: otp.NoStep, factor: factors.Factor{Code: c.Provider, Status: app.StatusNotEnrolled}}
	if k.user, err = s.known(ctx, l, a); err != nil {
		return nil, err
	}
	if documents := s.documents(a); len(documents) > 0 {
		k.factor = documents[0].Factor(c.Provider)
	}
	if k.factor.Secret.Empty() {
		return k, nil
	}
	if k.mark, err = s.fingerprint(k.factor.Secret); err != nil {
		return nil, err
	}
	last, ok, err := s.book.LastStep(ctx, c.User, k.mark)
	if ok {
		k.last = last
	}
	return k, err
}

// attempt is an answer that changes nothing.
func (k *codeCheck) attempt(r app.Reason) app.Attempt {
	return app.Attempt{Reason: r, User: k.user, Left: left(k.law.settings.lock(), k.user.Failures)}
}

// fingerprint tells a secret from another one, without telling it to who reads
// the logbook.
func (s *Store) fingerprint(secret app.Secret) ([]byte, error) {
	sum, err := s.keys.Hash("factordesk: fingerprint of a secret: " + secret.Reveal())
	return []byte(sum), err
}

// notNow answers an attempt that no code can pass, with the words for the audit.
func (k *codeCheck) notNow() (a app.Attempt, words string) {
	switch {
	case k.factor.Status == app.StatusNotEnrolled:
		return k.attempt(app.NoFactor), "Nothing is enrolled"
	case k.factor.Status == app.StatusPending:
		return k.attempt(app.IsPending), "The first code was never confirmed"
	case !k.user.Active:
		return k.attempt(app.SwitchedOff), "The account is inactive"
	case k.locked:
		return lockedOut(k.user), "The account is locked"
	}
	return app.Attempt{}, ""
}

// shortest is how many bytes of a secret codes are checked with. Magento takes
// any secret. HMAC fills a short key up with zeros (RFC 2104 section 2), so that
// a secret with zeros behind it makes the same codes.
const shortest = 10

// decode reads a secret as the shop does: letters in either case, of any length;
// bits that make no whole byte are filled up with zeros.
func decode(secret app.Secret) ([]byte, error) {
	text := strings.ToUpper(strings.TrimRight(secret.Reveal(), "="))
	switch len(text) % 8 {
	case 1, 3, 6:
		text += "A"
	}
	bytes, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(text)
	if err != nil || len(bytes) == 0 {
		return nil, errNoSecret // the decoder's own error quotes a part
	}
	for len(bytes) < shortest {
		bytes = append(bytes, 0)
	}
	return bytes, nil
}

var errNoSecret = errors.New("the secret is not base32")

// match finds the step of the code among those that the shop accepts.
func (s *Store) match(ctx context.Context, k *codeCheck) error {
	secret, err := decode(k.factor.Secret)
	if err != nil {
		return errUnreadable(k.user).Because(err)
	}
	from, until := s.window(k.law.settings, k.factor.Window, k.At)
	k.step, k.verdict = otp.NoStep, otp.Wrong
	for step := until; step >= from; step-- {
		at := time.Unix(step*int64(period/time.Second), 0)
		found, verdict, err := otp.Match(secret, otp.Default(), k.Code.Reveal(), at, 0, k.last)
		if err != nil {
			return errUnreadable(k.user).Because(fmt.Errorf("match a code: %w", err))
		}
		if verdict != otp.Wrong && k.verdict == otp.Wrong {
			k.step, k.verdict = found, verdict
		}
	}
	return ctx.Err()
}

// window returns the first and the last step whose codes the shop accepts at a
// time. A user's own tolerance comes before the shop's.
func (s *Store) window(set settings, own *int64, at time.Time) (from, until int64) {
	now := otp.Step(at, period)
	v := s.shop.module
	tolerance := int64(v.tolerance(set))
	if own != nil {
		tolerance = *own
	}
	const most = int64(period/time.Second) - 1
	switch {
	case v.generation == unknownGeneration:
		return now - app.Window, now + app.Window
	case tolerance <= 0:
		return now, now
	case v.generation == countsSteps:
		tolerance = min(tolerance, maxSteps)
		return now - tolerance, now + tolerance
	case tolerance > most:
		// Magento fails at every code then. Here the operator must get in, or nobody
		// could tell the shop's administrators what is wrong with it.
		tolerance = most
	}
	ahead := time.Duration(tolerance) * time.Second
	return otp.Step(at.Add(-ahead), period), otp.Step(at.Add(ahead), period)
}

// maxSteps bounds a tolerance that is counted in steps. The largest that Magento
// ever came with is 30, a quarter of an hour.
const maxSteps = 30

// offset is the code's step minus the step now.
func (k *codeCheck) offset() int64 { return k.step - otp.Step(k.At, period) }

func errUnreadable(u app.User) *app.Error {
	return app.Errorf(app.Unreadable, "The factor of %s is stored, but no code can be checked with it.", u.Name()).
		WithHint("Reset it and enroll again.")
}

package memory

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/otp"
)

// PutFactor stores a new factor as pending.
func (s *Store) PutFactor(ctx context.Context, n app.NewFactor, e app.Event) error {
	if err := s.change(ctx, app.AbleOpenSecrets); err != nil {
		return err
	}
	defer s.mu.Unlock()
	p, err := s.atAny(n.User, n.Version)
	if err != nil {
		return err
	}
	switch p.user.Factor(n.Factor.Provider).Status {
	case app.StatusActive:
		if !n.Replace {
			return app.Errorf(app.Conflict, "%s has an active factor of this kind.", p.user.Name()).
				WithHint("Reset it first.")
		}
	case app.StatusUnreadable:
		if !n.Replace {
			return app.Errorf(app.Conflict, "%s has a factor of this kind that no key opens.", p.user.Name()).
				WithHint("Reset it first.")
		}
	}
	secret, err := otp.Decode(n.Factor.Key.Reveal())
	if err == nil {
		err = params(n.Factor.Params).Validate()
	}
	if err != nil {
		return app.Errorf(app.Invalid, "The new factor cannot be stored.").Because(err)
	}
	s.setFactor(p, app.Factor{
		Provider: n.Factor.Provider, Status: app.StatusPending, Since: stamp(n.At),
		EnrolledBy: e.Operator, Params: n.Factor.Params,
	})
	p.keys[n.Factor.Provider] = &key{secret: secret, last: otp.NoStep}
	p.user.Version++
	s.done(e)
	return nil
}

// ConfirmFactor makes a pending factor active if the code is right.
func (s *Store) ConfirmFactor(ctx context.Context, c app.CodeCheck) (app.Attempt, error) {
	if err := s.change(ctx, app.AbleOpenSecrets); err != nil {
		return app.Attempt{}, err
	}
	defer s.mu.Unlock()
	p, f, err := s.factor(c)
	if err != nil {
		return app.Attempt{}, err
	}
	switch f.Status {
	case app.StatusActive:
		return app.Attempt{}, app.Errorf(app.Conflict, "%s has confirmed this factor already.", p.user.Name())
	case app.StatusNotEnrolled:
		s.refused(c.Event, "Nothing is enrolled")
		return app.Attempt{Reason: app.NoFactor, User: s.read(p)}, nil
	}
	k := p.keys[c.Provider]
	step, verdict, err := match(k, f, c)
	if err != nil {
		return app.Attempt{}, err
	}
	if verdict != otp.Accepted {
		s.refused(c.Event, codeWords[verdict])
		return app.Attempt{Reason: codeReasons[verdict], User: s.read(p), Left: app.MaxFailures - p.user.Failures}, nil
	}
	p.keys[c.Provider] = s.used(k, f, step, c.At)
	f.Status, f.Since, f.LastUsed = app.StatusActive, stamp(c.At), stamp(c.At)
	s.setFactor(p, f)
	p.user.MustEnroll = false
	p.user.Version++
	s.done(c.Event)
	return app.Attempt{
		Reason: app.OK, User: s.read(p), Left: app.MaxFailures - p.user.Failures,
		Step: offset(f, step, c.At.Add(p.keys[c.Provider].offset)),
	}, nil
}

// VerifyCode is a sign-in check.
func (s *Store) VerifyCode(ctx context.Context, c app.CodeCheck) (app.Attempt, error) {
	if err := s.change(ctx, app.AbleOpenSecrets); err != nil {
		return app.Attempt{}, err
	}
	defer s.mu.Unlock()
	p, f, err := s.factor(c)
	if err != nil {
		return app.Attempt{}, err
	}
	if a, stop := s.notNow(p, f, c); stop {
		return a, nil
	}
	k := p.keys[c.Provider]
	step, verdict, err := match(k, f, c)
	if err != nil {
		return app.Attempt{}, err
	}
	if verdict != otp.Accepted {
		return s.wrong(p, codeReasons[verdict], c.At, c.Event, codeWords[verdict]), nil
	}
	p.keys[c.Provider] = s.used(k, f, step, c.At)
	f.LastUsed = stamp(c.At)
	s.setFactor(p, f)
	p.user.Failures, p.user.LockedUntil, p.user.MustEnroll = 0, time.Time{}, false
	s.done(c.Event)
	return app.Attempt{Reason: app.OK, User: s.read(p), Left: app.MaxFailures, Step: offset(f, step, c.At.Add(p.keys[c.Provider].offset))}, nil
}

// TestCode says whether VerifyCode would accept the code.
func (s *Store) TestCode(ctx context.Context, c app.CodeCheck) (app.Attempt, error) {
	if err := s.change(ctx, app.AbleOpenSecrets); err != nil {
		return app.Attempt{}, err
	}
	defer s.mu.Unlock()
	p, f, err := s.factor(c)
	if err != nil {
		return app.Attempt{}, err
	}
	if a, stop := s.notNow(p, f, c); stop {
		return a, nil
	}
	step, verdict, err := match(p.keys[c.Provider], f, c)
	if err != nil {
		return app.Attempt{}, err
	}
	a := app.Attempt{Reason: codeReasons[verdict], User: s.read(p), Left: app.MaxFailures - p.user.Failures}
	if verdict != otp.Accepted {
		s.refused(c.Event, codeWords[verdict])
		return a, nil
	}
	a.Step = offset(f, step, c.At.Add(p.keys[c.Provider].offset))
	s.done(c.Event)
	return a, nil
}

// Reset forgets one factor.
func (s *Store) Reset(ctx context.Context, r app.FactorReset, e app.Event) error {
	if err := s.change(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	p, err := s.atAny(r.User, r.Version)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(p.user.Factors, func(f app.Factor) bool { return f.Provider == r.Provider })
	if i < 0 {
		return app.Errorf(app.NotFound, "%s has nothing to reset there.", p.user.Name())
	}
	if r.EndSessions {
		if err := s.able(app.AbleSessions); err != nil {
			return err
		}
		p.user.Sessions = 0
	}
	if r.Unlock {
		p.user.Failures, p.user.LockedUntil = 0, time.Time{}
	}
	if p.user.Factors[i].Whole {
		p.user.Factors, p.keys = nil, map[app.ProviderCode]*key{}
	} else {
		p.user.Factors = slices.Delete(slices.Clone(p.user.Factors), i, i+1)
		delete(p.keys, r.Provider)
	}
	p.user.MustEnroll = true
	p.user.Version++
	s.done(e)
	return nil
}

// Unlock clears the lock-out and the failed attempts.
func (s *Store) Unlock(ctx context.Context, id app.UserID, version int64, e app.Event) error {
	if err := s.change(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	p, err := s.atAny(id, version)
	if err != nil {
		return err
	}
	p.user.Failures, p.user.LockedUntil = 0, time.Time{}
	p.user.Version++
	s.done(e)
	return nil
}

// atAny is at, with version 0 for any.
func (s *Store) atAny(id app.UserID, version int64) (*person, error) {
	if version == 0 {
		return s.get(id)
	}
	return s.at(id, version)
}

// factor returns what a code is to be checked against. Its error is about what
// is stored, and such a check is an event, too.
func (s *Store) factor(c app.CodeCheck) (*person, app.Factor, error) {
	p, err := s.get(c.User)
	if err != nil {
		return nil, app.Factor{}, err
	}
	f := p.user.Factor(c.Provider)
	e := c.Event
	switch {
	case f.Status == app.StatusUnreadable:
		e.Outcome, e.Reason = app.Failed, "The factor cannot be read"
		s.write(e)
		return nil, f, app.Errorf(app.Unreadable, "The factor of %s is stored, but no key opens it.", p.user.Name()).
			WithHint("Reset it and enroll again.")
	case f.Status != app.StatusNotEnrolled && p.keys[c.Provider] == nil:
		return nil, f, app.Errorf(app.Invalid, "Factordesk checks codes of authenticator apps only.")
	}
	return p, f, nil
}

// notNow answers an attempt that no code can pass.
func (s *Store) notNow(p *person, f app.Factor, c app.CodeCheck) (app.Attempt, bool) {
	a := app.Attempt{User: s.read(p), Left: app.MaxFailures - p.user.Failures}
	switch {
	case f.Status == app.StatusNotEnrolled:
		a.Reason = app.NoFactor
		s.refused(c.Event, "Nothing is enrolled")
	case f.Status == app.StatusPending:
		a.Reason = app.IsPending
		s.refused(c.Event, "The first code was never confirmed")
	case !p.user.Active:
		a.Reason = app.SwitchedOff
		s.refused(c.Event, "The account is inactive")
	case p.user.Locked(c.At):
		a.Reason, a.Left, a.LockedUntil = app.LockedOut, 0, p.user.LockedUntil
		s.refused(c.Event, "The account is locked")
	default:
		return a, false
	}
	return a, true
}

// setFactor puts a factor in its place, without touching copies that were read.
func (s *Store) setFactor(p *person, f app.Factor) {
	factors := slices.Clone(p.user.Factors)
	if i := slices.IndexFunc(factors, func(g app.Factor) bool { return g.Provider == f.Provider }); i >= 0 {
		factors[i] = f
	} else {
		factors = append(factors, f)
	}
	p.user.Factors = factors
}

var codeReasons = map[otp.Verdict]app.Reason{
	otp.Accepted: app.OK, otp.Replayed: app.Replayed, otp.Wrong: app.Wrong,
}

var codeWords = map[otp.Verdict]string{
	otp.Replayed: "The code was used before", otp.Wrong: "Wrong code",
}

func match(k *key, f app.Factor, c app.CodeCheck) (int64, otp.Verdict, error) {
	step, verdict, err := otp.Match(k.secret, params(f.Params), c.Code.Reveal(), c.At.Add(k.offset), app.Window, k.last)
	if err != nil {
		err = app.Errorf(app.Unreadable, "What is stored of this factor cannot be used.").
			WithHint("Reset it and enroll again.").Because(fmt.Errorf("match a code: %w", err))
	}
	return step, verdict, err
}

func params(p app.CodeParams) otp.Params {
	return otp.Params{
		Kind: otp.Kind(p.Kind), Algorithm: otp.Algorithm(p.Algorithm), Digits: p.Digits, Period: p.Period,
	}
}

// offset is the code's step minus the step now; HOTP knows no time.
func offset(f app.Factor, step int64, at time.Time) int64 {
	if f.Params.Period == 0 {
		return 0
	}
	return step - otp.Step(at, f.Params.Period)
}

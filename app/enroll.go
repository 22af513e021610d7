package app

import (
	"context"
	"slices"
)

// EnrollRequest names a factor to make. Version is the one of the user that
// was read; 0 is any.
type EnrollRequest struct {
	User     UserID
	Version  int64
	Provider ProviderCode
	Secret   SecretForm // empty: the store's usual one
	Reason   string
}

// Enrollment is a new, pending factor with its secret, to be shown once.
type Enrollment struct {
	User   User
	Factor FactorSecret
}

// Enroll makes a secret for a user and stores it as pending. An active factor
// must be reset first; a pending one is replaced.
func (c *Console) Enroll(ctx context.Context, g *Grant, r EnrollRequest) (Enrollment, error) {
	e := c.event(DoEnroll, User{}, User{})
	e.Provider = r.Provider
	operator, target, err := c.target(ctx, CanEnroll, r.User, e)
	if err != nil {
		return Enrollment{}, err
	}
	e = c.event(DoEnroll, operator, target)
	e.Provider, e.Reason = r.Provider, cleanReason(r.Reason)
	if err := c.spend(g, Deed{Action: DoEnroll, Target: r.User, Provider: r.Provider}, &e); err != nil {
		return Enrollment{}, c.refuse(ctx, operator, e, err)
	}
	return c.enroll(ctx, operator, target, NewFactor{Version: r.Version}, r.Secret, e)
}

// EnrollSelf enrolls the operator at sign-in after a reset or a break-glass
// sign-in, before anything else. The password was typed a moment ago, so it
// needs no grant.
func (c *Console) EnrollSelf(ctx context.Context, p ProviderCode, form SecretForm) (Enrollment, error) {
	o, u, err := c.enrolling(ctx, DoEnroll, p)
	if err != nil {
		return Enrollment{}, err
	}
	e := c.event(DoEnroll, u, u)
	e.Provider, e.Reason = p, "at sign-in"
	return c.enroll(ctx, u, u, NewFactor{Replace: o.BreakGlass}, form, e)
}

// enrolling returns the operator whom a sign-in leads to enroll, and the user
// as the store has it now.
func (c *Console) enrolling(ctx context.Context, a Action, p ProviderCode) (o Operator, u User, err error) {
	o, ok := c.Operator()
	if !ok || o.Locked || !o.MustEnroll {
		return o, User{}, Errorf(Denied, "Only a sign-in that leads to enrollment can do this.")
	}
	if u, err = c.stillOn(ctx, o.User); err == nil && u.Barred {
		err = errBarred(u)
	}
	if err != nil {
		e := c.event(a, u, u)
		e.Provider = p
		return o, u, c.refuse(ctx, u, e, err)
	}
	return o, u, nil
}

// enroll makes a factor and stores it. Of n it takes Version and Replace.
func (c *Console) enroll(
	ctx context.Context, operator, u User, n NewFactor, form SecretForm, e Event,
) (Enrollment, error) {
	p, err := c.Provider(e.Provider)
	if err != nil {
		return Enrollment{}, err
	}
	if p.Enroller == nil {
		return Enrollment{}, Errorf(Invalid, "%s", p.WhyNot)
	}
	if err := c.store.Able(AbleChange); err != nil {
		return Enrollment{}, err
	}
	if s := u.Factor(p.Code).Status; !n.Replace && (s == StatusActive || s == StatusUnreadable) {
		return Enrollment{}, c.answered(ctx, operator, e,
			Errorf(Conflict, "%s has %s already.", u.Name(), p.Name).WithHint("Reset it first."))
	}
	wanted, err := c.factorForm(form)
	if err != nil {
		return Enrollment{}, err
	}
	f, err := p.Enroller.NewFactor(c.random, wanted, u)
	if err != nil {
		return Enrollment{}, err
	}
	n.User, n.Factor, n.At = u.ID, f, e.At
	if err := c.store.PutFactor(ctx, n, e); err != nil {
		return Enrollment{}, c.answered(ctx, operator, e, err)
	}
	return Enrollment{User: u, Factor: f}, nil
}

// factorForm is what the store wants of a new factor, with the form of secret
// that the operator chose.
func (c *Console) factorForm(form SecretForm) (FactorForm, error) {
	info := c.store.Info()
	forms := info.Secrets
	if len(forms) == 0 {
		forms = []SecretForm{TypedSecret}
	}
	if form == "" {
		form = forms[0]
	}
	if !slices.Contains(forms, form) {
		return FactorForm{}, Errorf(Invalid, "This store has no secrets of the form %q.", string(form))
	}
	if info.Issuer == "" {
		info.Issuer = info.Name
	}
	return FactorForm{Issuer: info.Issuer, Secret: form}, nil
}

// Confirm takes the first code of a pending factor, which makes it active.
func (c *Console) Confirm(ctx context.Context, id UserID, p ProviderCode, code Secret) (Attempt, error) {
	e := c.event(DoConfirm, User{}, User{})
	e.Provider = p
	operator, target, err := c.target(ctx, CanEnroll, id, e)
	if err != nil {
		return Attempt{}, err
	}
	return c.confirm(ctx, operator, target, p, code)
}

// ConfirmSelf is Confirm for EnrollSelf; afterwards everything is allowed.
func (c *Console) ConfirmSelf(ctx context.Context, p ProviderCode, code Secret) (Attempt, error) {
	_, u, err := c.enrolling(ctx, DoConfirm, p)
	if err != nil {
		return Attempt{}, err
	}
	a, err := c.confirm(ctx, u, u, p, code)
	if err == nil && a.Accepted() {
		c.mu.Lock()
		if c.session != nil && c.session.user.ID == u.ID {
			c.session.mustEnroll = false
		}
		c.mu.Unlock()
	}
	return a, err
}

func (c *Console) confirm(ctx context.Context, operator, target User, p ProviderCode, code Secret) (Attempt, error) {
	e := c.event(DoConfirm, operator, target)
	e.Provider = p
	a, err := c.store.ConfirmFactor(ctx, CodeCheck{User: target.ID, Provider: p, Code: code, At: e.At, Event: e})
	return a, c.answered(ctx, operator, e, err)
}

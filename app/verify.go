package app

import "context"

// Verify is a sign-in check of a user's code: it consumes the code, and wrong
// ones count and lock.
func (c *Console) Verify(ctx context.Context, id UserID, p ProviderCode, code Secret) (Attempt, error) {
	return c.checkCode(ctx, DoVerify, id, p, code, c.store.VerifyCode)
}

// TestCode says whether a code would be accepted now. It neither consumes the
// code nor counts, but the test is in the audit.
func (c *Console) TestCode(ctx context.Context, id UserID, p ProviderCode, code Secret) (Attempt, error) {
	return c.checkCode(ctx, DoTestCode, id, p, code, c.store.TestCode)
}

func (c *Console) checkCode(
	ctx context.Context, a Action, id UserID, p ProviderCode, code Secret,
	check func(context.Context, CodeCheck) (Attempt, error),
) (Attempt, error) {
	e := c.event(a, User{}, User{})
	e.Provider = p
	operator, target, err := c.target(ctx, CanVerify, id, e)
	if err != nil {
		return Attempt{}, err
	}
	e = c.event(a, operator, target)
	e.Provider = p
	return check(ctx, CodeCheck{User: id, Provider: p, Code: code, At: e.At, Event: e})
}

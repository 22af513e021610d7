package logbook

import (
	"context"

	"github.com/factordesk/factordesk/app"
)

// UseStep consumes a time step of a user's secret, and reports whether it is
// later than every step that was accepted before. secret is a fingerprint of it
// that does not tell it: another secret starts anew.
func (t *Tx) UseStep(user app.UserID, secret []byte, step int64) (bool, error) {
	n, err := t.exec("INSERT INTO steps (user_id, secret, step) VALUES ($1, $2, $3) "+
		"ON CONFLICT (user_id, secret) DO UPDATE SET step = excluded.step WHERE steps.step < excluded.step",
		string(user), blob(secret), step)
	return n == 1, err
}

// UseStep is Tx.UseStep in a transaction of its own.
func (b *Book) UseStep(ctx context.Context, user app.UserID, secret []byte, step int64) (accepted bool, err error) {
	err = b.Write(ctx, func(t *Tx) (err error) {
		accepted, err = t.UseStep(user, secret, step)
		return err
	})
	return accepted && err == nil, err
}

// LastStep returns the last accepted step of a user's secret; ok is false when
// there is none.
func (b *Book) LastStep(ctx context.Context, user app.UserID, secret []byte) (step int64, ok bool, err error) {
	err = b.read.QueryRowContext(ctx, "SELECT step FROM steps WHERE user_id = $1 AND secret = $2", string(user), blob(secret)).Scan(&step)
	if none(err) {
		return 0, false, nil
	}
	return step, err == nil, explain("read step", err)
}

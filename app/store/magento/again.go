package magento

import (
	"context"
	"errors"
	"time"

	"github.com/factordesk/factordesk/app"
)

// again reads, and where the connection ends meanwhile once more on another one:
// a firewall, a restarted server or a tunnel that comes back ends those that are
// kept, and reading twice does no harm. Nothing that writes goes through it, and
// no transaction. Where no connection can be made, or the silence has lasted as
// long as a person waits, that is the answer.
func again[T any](ctx context.Context, read func() (T, error)) (T, error) {
	began := time.Now()
	found, err := read()
	var dial *dialError
	if !cut(err) || ctx.Err() != nil || errors.As(err, &dial) || time.Since(began) >= answerTimeout {
		return found, err
	}
	return read()
}

// seen is an account, and what holds for it.
type seen struct {
	law     *law
	account account
	found   bool
}

// see is read on whichever connection there is.
func (s *Store) see(ctx context.Context, id app.UserID) (*law, account, error) {
	it, err := again(ctx, func() (it seen, err error) {
		it.law, it.account, err = s.read(ctx, s.base, id)
		return it, err
	})
	return it.law, it.account, err
}

// seeName is see for a username. Where nobody has it there is a law all the same.
func (s *Store) seeName(ctx context.Context, username string) (seen, error) {
	return again(ctx, func() (it seen, err error) {
		if it.account, it.found, err = s.find(ctx, username); err == nil {
			it.law, err = s.readLaw(ctx, s.base, it.account.id)
		}
		return it, err
	})
}

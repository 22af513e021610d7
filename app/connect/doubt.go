package connect

import (
	"context"
	"errors"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/magento"
)

// openStore goes from the database's door into the shop. Where its crypt key
// opens nothing, the person is asked about that.
func (w *way) openStore(ctx context.Context, c magento.Config) (s *magento.Store, err error) {
	l, err := magento.Connect(ctx, c)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, l.Close())
		}
	}()
	if _, err := l.Inspect(ctx); err != nil {
		return nil, err
	}
	if err := w.tryKey(ctx, l); err != nil {
		return nil, err
	}
	return l.Open(ctx)
}

// tryKey tries the crypt key, and asks until it may be used or the person gives
// up; then the shop stays shut for the reason that was told first.
func (w *way) tryKey(ctx context.Context, l *magento.Link) error {
	_, first := l.TryKey(ctx)
	err := first
	for {
		d, doubtful := magento.DoubtOf(err)
		person, there := w.options.Ask.(app.KeyAsker)
		if !doubtful || !there {
			return err
		}
		a, asked := person.KeyDoubt(ctx, d)
		switch {
		case app.KindOf(asked) == app.Canceled && ctx.Err() == nil, asked == nil && a.Older.Empty() && !a.Changed:
			return first
		case asked != nil:
			return asked
		}
		l.Answer(a)
		_, err = l.TryKey(ctx)
	}
}

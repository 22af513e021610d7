package native

import (
	"context"
	"time"

	"github.com/factordesk/factordesk/app"
)

var _ app.Timekeeper = (*Store)(nil)

// ServerTime returns the server's time. A file on this computer has none of its
// own: the zero time.
func (s *Store) ServerTime(ctx context.Context) (time.Time, error) {
	if s.dialect.clock == "" {
		return time.Time{}, nil
	}
	var micros int64
	if err := s.read.row(ctx, s.dialect.clock, nil, &micros); err != nil {
		return time.Time{}, explain("read the server's clock", err)
	}
	return fromMicro(micros), nil
}

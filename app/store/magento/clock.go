package magento

import (
	"context"
	"fmt"
	"time"

	"github.com/factordesk/factordesk/app"
)

var _ app.Timekeeper = (*Store)(nil)

// ServerTime returns the database's time. The shop itself checks codes by the
// clock of its web server, which cannot be seen from here.
func (s *Store) ServerTime(ctx context.Context) (time.Time, error) {
	at, err := again(ctx, func() (time.Time, error) { return s.serverTime(ctx) })
	return at, explain("read the server's clock", err)
}

func (s *Store) serverTime(ctx context.Context) (time.Time, error) {
	var text string
	if err := s.base.row(ctx, "SELECT CAST(UTC_TIMESTAMP(6) AS CHAR)").Scan(&text); err != nil {
		return time.Time{}, err
	}
	at, err := time.Parse("2006-01-02 15:04:05.999999", text)
	if err != nil {
		return at, fmt.Errorf("read the clock: %w", err)
	}
	return at, nil
}

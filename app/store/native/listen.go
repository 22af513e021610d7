package native

import (
	"context"
	"database/sql/driver"
	"errors"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/factordesk/factordesk/app"
)

// changesChannel is the channel on which a server tells the consoles of changes.
// A message is the number of an event and nothing else: who may listen to a
// database need not be who may read it.
const changesChannel = "factordesk"

// announce lets the commit of a deed tell the other consoles of its last event.
// They hear it when the deed is done, and nothing when it is not.
func announce(b *pgx.Batch, head app.Head) {
	if head.Seq > 0 {
		b.Queue("NOTIFY " + changesChannel + ", '" + strconv.FormatInt(head.Seq, 10) + "'")
	}
}

// Listen implements app.Announcing, over a connection of its own.
func (s *Store) Listen(ctx context.Context, told func()) error {
	if s.ear == nil {
		return app.Errorf(app.Invalid, "This store does not tell of changes by itself.")
	}
	conn, err := s.ear.Conn(ctx)
	if err != nil {
		return explain("listen", err)
	}
	defer func() { _ = conn.Close() }()
	var heard error
	err = conn.Raw(func(c any) error {
		heard = listen(ctx, c.(*stdlib.Conn).Conn(), told)
		return driver.ErrBadConn // nobody else is to get a connection that listens
	})
	if heard == nil || errors.Is(heard, ctx.Err()) {
		heard = errors.Join(ctx.Err(), heard)
	}
	if heard == nil {
		heard = err
	}
	return explain("listen", heard)
}

func listen(ctx context.Context, c *pgx.Conn, told func()) error {
	// A pooler signs in under a number of its own. What a server tells gets lost
	// there: the next statement may be another connection's.
	var pid uint32
	if err := c.QueryRow(ctx, "SELECT pg_backend_pid()").Scan(&pid); err != nil {
		return err
	}
	if pid != c.PgConn().PID() {
		return app.Errorf(app.Invalid, "There is a pooler before the server, which does not pass on what the server tells.")
	}
	if _, err := c.Exec(ctx, "LISTEN "+changesChannel); err != nil {
		if faultOf(err) == replica {
			return app.Errorf(app.Invalid, "A copy of a database does not tell of changes.").Because(err)
		}
		return err
	}
	told()
	for {
		if _, err := c.WaitForNotification(ctx); err != nil {
			return err
		}
		told()
	}
}

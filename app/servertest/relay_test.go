//go:build full

package servertest_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app/servertest"
)

func TestRelay(t *testing.T) {
	s := servertest.MariaDB(t)
	d := s.Database(t)
	d.Load(t, "CREATE TABLE a (n INT) ENGINE=InnoDB; INSERT INTO a VALUES (0)")
	for network, target := range map[string]string{"tcp": s.Address(), "unix": s.Socket} {
		t.Run(network, func(t *testing.T) {
			d.Load(t, "UPDATE a SET n = 0")
			r := servertest.NewRelay(t, network, target)
			require.Contains(t, r.Address, "127.0.0.1:")
			db := open(t, d, d.Account, "tcp", r.Address)
			db.SetMaxOpenConns(1)
			require.NoError(t, db.Ping())
			require.Equal(t, 1, r.Open())

			r.Cut()
			require.Eventually(t, func() bool { return r.Open() == 0 }, 10*time.Second, time.Millisecond)
			require.NoError(t, db.Ping(), "a new connection passes after a cut")

			r.Hold()
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			_, err := db.ExecContext(ctx, "UPDATE a SET n = n + 100")
			cancel()
			require.ErrorIs(t, err, context.DeadlineExceeded)
			r.Cut()
			r.Release()
			require.NoError(t, db.Ping())

			d.Load(t, "UPDATE a SET n = 0")
			conn, err := db.Conn(t.Context())
			require.NoError(t, err)
			r.CutBefore("n + 1")
			_, err = conn.ExecContext(t.Context(), "UPDATE a SET n = n + 1")
			require.Error(t, err)
			_ = conn.Close()
			require.Equal(t, [][]string{{"0"}}, d.Query(t, "SELECT n FROM a"), "the server heard what was cut before")

			conn, err = db.Conn(t.Context())
			require.NoError(t, err)
			r.CutAfter("n + 2")
			_, err = conn.ExecContext(t.Context(), "UPDATE a SET n = n + 2")
			require.Error(t, err)
			_ = conn.Close()
			require.Eventually(t, func() bool { return d.Query(t, "SELECT n FROM a")[0][0] == "2" },
				10*time.Second, 10*time.Millisecond, "the server never heard what was cut after")
		})
	}
}

//go:build full

package servertest_test

import (
	"database/sql"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app/servertest"
)

// openPostgres signs in to a database as an account, over loopback or, where
// socket says so, through the socket.
func openPostgres(t *testing.T, d *servertest.Database, a servertest.Account, tls string, socket bool) *sql.DB {
	t.Helper()
	text := d.URL(a) + "?" + tls
	if socket {
		text = "host=" + filepath.Dir(d.Server.Socket) + " port=" + strconv.Itoa(d.Server.Port) + " user=" + a.User + " dbname=" + d.Name
	}
	c, err := pgx.ParseConfig(text)
	require.NoError(t, err)
	c.Password = a.Password
	db := stdlib.OpenDB(*c)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func TestPostgreSQL(t *testing.T) {
	s := servertest.PostgreSQL(t)
	one, two := s.Database(t), s.Database(t)
	one.Load(t, "CREATE TABLE a (n INT, t TEXT); INSERT INTO a VALUES (1, 'x'), (2, NULL);")
	require.Equal(t, [][]string{{"1", "x"}, {"2", "NULL"}}, one.Query(t, "SELECT n, t FROM a WHERE n > $1 ORDER BY n", 0))
	for _, socket := range []bool{false, true} {
		require.NoError(t, openPostgres(t, one, one.Account, "sslmode=disable", socket).Ping())
		wrong := one.Account
		wrong.Password = "wrong"
		require.Error(t, openPostgres(t, one, wrong, "sslmode=disable", socket).Ping(), "no password is asked for")
	}
	require.Error(t, openPostgres(t, one, two.Account, "sslmode=disable", false).Ping(), "an account of another database gets in")
	var zone string
	require.NoError(t, openPostgres(t, one, one.Account, "sslmode=disable", false).QueryRow("SELECT now()::timestamp - (now() AT TIME ZONE 'UTC')").Scan(&zone))
	require.Equal(t, "-07:00:00", zone)
	require.Regexp(t, `^\d+\.\d+`, s.Version)

	reader := one.Grant(t, "", "SELECT ON a")
	db := openPostgres(t, one, reader, "sslmode=disable", false)
	var count int
	require.NoError(t, db.QueryRow("SELECT count(*) FROM a").Scan(&count))
	require.Equal(t, 2, count)
	_, err := db.Exec("DELETE FROM a")
	require.Error(t, err)
}

func TestPostgreSQLWithTLS(t *testing.T) {
	s := servertest.PostgreSQL(t)
	d := s.Database(t)
	for text, good := range map[string]bool{
		"sslmode=verify-full&sslrootcert=" + s.TLS.CA:      true,
		"sslmode=verify-full&sslrootcert=" + s.TLS.OtherCA: false,
	} {
		err := openPostgres(t, d, d.Account, text, false).Ping()
		require.Equal(t, good, err == nil, "%s: %v", text, err)
	}
}

func TestPostgreSQLStopsAndStarts(t *testing.T) {
	s := servertest.PostgreSQL(t)
	d := s.Database(t)
	d.Load(t, "CREATE TABLE a (n INT); INSERT INTO a VALUES (1)")
	db := openPostgres(t, d, d.Account, "sslmode=disable", false)
	for name, end := range map[string]func(testing.TB){"stop": s.Stop, "kill": s.Kill} {
		require.NoError(t, db.Ping())
		end(t)
		require.Error(t, db.Ping(), name)
		s.Start(t)
		s.Start(t) // does nothing
		require.NoError(t, db.Ping(), name)
	}
	s.Restart(t)
	require.NoError(t, db.Ping())
	require.Equal(t, [][]string{{"1"}}, d.Query(t, "SELECT n FROM a"))
}

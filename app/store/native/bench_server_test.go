//go:build bench

package native

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/otp"
	"github.com/factordesk/factordesk/app/servertest"
)

// team is the store on a server that all benchmarks of a run look at.
var team struct {
	once   sync.Once
	server Server
	users  int
	err    error
}

// bigTeam opens the large team's store as n consoles, with their keys open.
func bigTeam(b *testing.B, n int) []*Store {
	b.Helper()
	s := servertest.PostgreSQL(b, servertest.Durable)
	team.once.Do(func() { team.err = buildTeam(s) })
	require.NoError(b, team.err)
	stores := make([]*Store, n)
	for i := range stores {
		o, err := OpenServer(context.Background(), team.server, Options{Cost: cheapCost})
		require.NoError(b, err)
		b.Cleanup(func() { require.NoError(b, o.Close()) })
		a, err := o.CheckPassword(context.Background(), app.PasswordCheck{Username: "olive", Password: testPassword, At: time.Now()})
		require.NoError(b, err)
		require.True(b, a.Accepted())
		stores[i] = o
	}
	return stores
}

// bareTeam opens the database as who writes SQL by hand does, with statements
// that the driver prepares.
func bareTeam(b *testing.B, n int) *sql.DB {
	b.Helper()
	c, err := team.server.config()
	require.NoError(b, err)
	c.DefaultQueryExecMode, c.StatementCacheCapacity = pgx.QueryExecModeCacheStatement, 100
	db := stdlib.OpenDB(*c)
	db.SetMaxOpenConns(n)
	db.SetMaxIdleConns(n)
	b.Cleanup(func() { require.NoError(b, db.Close()) })
	return db
}

// buildTeam makes the store and fills it. The indexes are taken away before and
// made again after. The database goes with its server.
func buildTeam(server *servertest.Server) (err error) {
	ctx := context.Background()
	if team.users, err = strconv.Atoi(os.Getenv("FACTORDESK_BENCH_USERS")); err != nil || team.users < 1000 {
		team.users = 1_000_000
	}
	p := Server{Host: socketFolder(server), Port: server.Port, Database: "postgres", Username: "postgres"}
	db, err := p.open(1)
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.Exec("CREATE DATABASE team TEMPLATE template0"); err != nil {
		return err
	}
	p.Database = "team"
	team.server = p
	s, _, err := CreateOnServer(ctx, p, Options{Cost: cheapCost}, firstUser(),
		app.Event{At: time.Now(), Console: "bench", Action: app.DoCreateStore})
	if err != nil {
		return err
	}
	defer s.Close()
	// A server plans by how much it knows there to be: a store of that size has a past.
	for range 1000 {
		if err := s.Append(ctx, app.Event{Console: "bench", Action: app.DoSignOut, Outcome: app.Done}); err != nil {
			return err
		}
	}
	return fillTeam(ctx, s, team.users)
}

func socketFolder(s *servertest.Server) string { return s.Socket[:strings.LastIndex(s.Socket, "/")] }

func fillTeam(ctx context.Context, s *Store, n int) error {
	db, err := team.server.open(1)
	if err != nil {
		return err
	}
	defer db.Close()
	var drop, again []string
	rows, err := db.Query("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'users' AND indexname NOT IN ('users_pkey', 'users_username_key_key')")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			return err
		}
		drop, again = append(drop, "DROP INDEX "+name), append(again, text)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	steps := append([]string{"SET synchronous_commit = off", "SET maintenance_work_mem = '512MB'"}, drop...)
	steps = append(steps, fmt.Sprintf(`INSERT INTO users (username, username_key, email, email_key, first_name, last_name, name_key, role_id, role_key, active,
		created, last_sign_in, locked_until, failures, no_factor, has_pending, has_active, search)
		SELECT un, un, em, em, f, l, lower(f || ' ' || l), CASE i %% 20 WHEN 0 THEN 'help-desk' WHEN 1 THEN 'auditor' END,
		CASE i %% 20 WHEN 0 THEN 'help desk' WHEN 1 THEN 'auditor' ELSE '' END, i %% 33 <> 0, 1700000000000000 + i,
		CASE WHEN i %% 3 = 0 THEN 0 ELSE 1700000000000000 + (i * 7919 %% 1000003) * 1000000 END,
		CASE WHEN i %% 1000 = 0 THEN 4000000000000000 ELSE 0 END, CASE WHEN i %% 1000 = 0 THEN 6 ELSE 0 END,
		i %% 10 = 0, i %% 10 = 1, i %% 10 > 1, lower(f || ' ' || l || chr(10) || un || chr(10) || em)
		FROM (SELECT i, (ARRAY['Ann','Bob','Cleo','Dan','Eve','Finn','Gus','Hana','Ines','Jon','Kim','Lea','Max','Nora'])[1 + i * 7919 %% 14] f,
			(ARRAY['Marigold','Thistle','Juniper','Birch','Alder','Rowan','Hazel','Maple','Willow','Cedar','Aspen','Laurel','Myrtle','Sorrel','Clover','Bramble'])
			[1 + i * 104729 %% 16] || ' ' || chr((65 + i %% 26)::int) || to_hex(i * 2654435761 %% 4294967296) l,
			'user' || i un, 'user' || i || '@mail' || (i %% 50) || '.example.com' em FROM generate_series(1::bigint, %d) i) x ORDER BY i`, n))
	for _, text := range steps {
		if _, err := db.Exec(text); err != nil {
			return fmt.Errorf("%.60s: %w", text, err)
		}
	}
	if err := copyFactors(ctx, s, db, n); err != nil {
		return err
	}
	for _, text := range append(again, `UPDATE store SET (users, no_factor, pending, active, inactive) = (SELECT count(*), count(*) FILTER (WHERE no_factor),
		count(*) FILTER (WHERE has_pending), count(*) FILTER (WHERE has_active), count(*) FILTER (WHERE NOT active) FROM users)`,
		"VACUUM ANALYZE", "CHECKPOINT") {
		if _, err := db.Exec(text); err != nil {
			return fmt.Errorf("%.60s: %w", text, err)
		}
	}
	return nil
}

// copyFactors gives user i, whose ID is i + 1, none, one or two factors.
func copyFactors(ctx context.Context, s *Store, db *sql.DB, n int) error {
	keys, _ := s.openKeys()
	i, second := 0, false
	next := func() ([]any, error) {
		provider := app.Authy
		if second = second && i%10 >= 6; !second {
			provider = app.Google
			if i++; i%10 == 0 {
				i++
			}
		}
		if i > n {
			return nil, nil
		}
		status := app.StatusActive
		if i%10 == 1 {
			status = app.StatusPending
		}
		id := int64(i + 1)
		sealed, err := keys.Seal(s.factorPlace(userID(id), app.Factor{Provider: provider, Params: testFactor("").Params}), []byte("12345678901234567890"))
		second = provider == app.Google
		return []any{id, string(provider), string(status), int64(1700000000000000), "olive", "totp", "SHA1", 6, 30, otp.NoStep, s.generation().id, sealed}, err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(c any) error {
		_, err := c.(*stdlib.Conn).Conn().CopyFrom(ctx, pgx.Identifier{"factors"}, []string{
			"user_id", "provider", "status", "since", "enrolled_by", "kind", "algorithm", "digits", "period", "last_step", "key_id", "sealed",
		}, pgx.CopyFromFunc(next))
		return err
	})
}

// spread runs b.N operations on n workers at once.
func spread(b *testing.B, n int, do func(worker, i int)) {
	var i atomic.Int64
	var all sync.WaitGroup
	b.ResetTimer()
	for worker := range n {
		all.Go(func() {
			for k := i.Add(1); k <= int64(b.N); k = i.Add(1) {
				do(worker, int(k))
			}
		})
	}
	all.Wait()
	b.StopTimer()
}

// BenchmarkTeamDeeds compares unlocks by many consoles, each with its event in
// the chain, with the durable update of a row and insert of another, by as many
// connections. No two touch one user.
func BenchmarkTeamDeeds(b *testing.B) {
	for _, c := range []struct {
		consoles int
		target   float64
	}{{1, 1 / 0.35}, {8, 1 / 0.7}} {
		stores := bigTeam(b, c.consoles)
		db := bareTeam(b, c.consoles)
		_, err := db.Exec("CREATE TABLE IF NOT EXISTS bare (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, form BYTEA, hash BYTEA, at BIGINT)")
		require.NoError(b, err)
		form, hash := make([]byte, 300), make([]byte, 32)
		pair(b, fmt.Sprintf("%d", c.consoles), c.target, func(b *testing.B) {
			spread(b, c.consoles, func(_, i int) {
				tx, err := db.Begin()
				require.NoError(b, err)
				_, err = tx.Exec("UPDATE users SET failures = failures + 1 WHERE id = $1", 2+i*7919%team.users)
				require.NoError(b, err)
				_, err = tx.Exec("INSERT INTO bare (form, hash, at) VALUES ($1, $2, $3)", form, hash, i)
				require.NoError(b, err)
				require.NoError(b, tx.Commit())
			})
		}, func(b *testing.B) {
			spread(b, c.consoles, func(worker, i int) {
				id := userID(int64(2 + i*7919%team.users))
				require.NoError(b, stores[worker].Unlock(context.Background(), id, 0, app.Event{
					At: time.Now(), Console: "bench", Action: app.DoUnlock, OperatorID: "1", Operator: "olive", TargetID: id, Target: "someone", Reason: "lost phone",
				}))
			})
		})
	}
}

// BenchmarkTeamPage reads a page in the middle of all users.
func BenchmarkTeamPage(b *testing.B) {
	s := bigTeam(b, 1)[0]
	ctx := context.Background()
	for _, column := range []app.Column{app.ByName, app.ByLastSignIn} {
		middle, err := s.Users(ctx, app.Query{Sort: column, Limit: 1, Offset: team.users / 2})
		require.NoError(b, err)
		require.NotEmpty(b, middle.Users)
		m, err := readCursor(cursorAt(middle.Users[0], column), column)
		require.NoError(b, err)
		key := strings.TrimPrefix(sortKeys[column], "u.")
		stmt, err := bareTeam(b, 1).Prepare(fmt.Sprintf(barePage, fmt.Sprintf("WHERE (%s, id) > ($1, $2)", key), key))
		require.NoError(b, err)
		pair(b, string(column), 1.5, func(b *testing.B) {
			for b.Loop() {
				require.NotZero(b, drain(b, stmt, m.key(), m.ID))
			}
		}, func(b *testing.B) {
			for b.Loop() {
				p, err := s.Users(ctx, app.Query{Sort: column, After: cursorAt(middle.Users[0], column)})
				require.NoError(b, err)
				require.Len(b, p.Users, 25)
			}
		})
	}
}

// BenchmarkTeamSearch compares with a scan of all search texts. Each search has
// run twenty times before, when a server may change its plan.
func BenchmarkTeamSearch(b *testing.B) {
	s := bigTeam(b, 1)[0]
	ctx := context.Background()
	db := bareTeam(b, 1)
	floor := func(b *testing.B) {
		for b.Loop() {
			var n int
			require.NoError(b, db.QueryRow("SELECT count(*) FROM users WHERE search LIKE '%no such text%'").Scan(&n))
		}
	}
	_, err := db.Exec("SET enable_bitmapscan = off") // the floor is without the trigrams
	require.NoError(b, err)
	for _, c := range []struct {
		name, part string
		target     float64
	}{
		{"miss", "qqq no such", 0.05},
		{"rare", fmt.Sprintf("user%d@", team.users/2), 0.05},
		{"hundreds", fmt.Sprintf("user%d", team.users/2/1000), 0.05},
	} {
		pair(b, c.name, c.target, floor, func(b *testing.B) {
			for range 20 {
				_, err := s.Users(ctx, app.Query{Search: c.part})
				require.NoError(b, err)
			}
			for b.Loop() {
				p, err := s.Users(ctx, app.Query{Search: c.part})
				require.NoError(b, err)
				require.Equal(b, c.name == "miss", len(p.Users) == 0)
			}
		})
	}
}

//go:build bench

package native_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/native"
)

// benchUsers is how many users the store has, by default a million. There are
// 1.264 factors for each, as in the floors.
func benchUsers() int {
	n, err := strconv.Atoi(os.Getenv("FACTORDESK_BENCH_USERS"))
	if err != nil || n < 1000 {
		return 1_000_000
	}
	return n
}

// big is the store that all benchmarks of a run look at.
var big struct {
	once sync.Once
	dir  string
	path string
	err  error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if big.dir != "" {
		_ = os.RemoveAll(big.dir)
	}
	os.Exit(code)
}

// bigStore opens the large store with its keys open.
func bigStore(b *testing.B) *native.Store {
	b.Helper()
	big.once.Do(func() { big.err = buildBig() })
	require.NoError(b, big.err)
	s, err := native.Open(context.Background(), big.path, native.Options{Cost: cheap})
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, s.Close()) })
	a, err := s.CheckPassword(context.Background(), app.PasswordCheck{Username: "olive", Password: password, At: time.Now()})
	require.NoError(b, err)
	require.True(b, a.Accepted())
	return s
}

// bare opens the file as anybody would who writes SQL by hand.
func bare(b *testing.B) *sql.DB {
	b.Helper()
	db, err := sql.Open("sqlite", "file:"+big.path+"?_txlock=immediate&_busy_timeout=5000&_journal_mode=WAL&_foreign_keys=on&_synchronous=FULL")
	require.NoError(b, err)
	db.SetMaxOpenConns(1)
	b.Cleanup(func() { require.NoError(b, db.Close()) })
	return db
}

// buildBig makes the store and fills it with a few statements: indexes and
// triggers are taken away before and made again after, which is much faster
// than keeping them up row by row.
func buildBig() (err error) {
	if keep := os.Getenv("KEEPHACK"); keep != "" {
		big.path = filepath.Join(keep, "big.db")
		if _, err := os.Stat(big.path); err == nil {
			return nil
		}
	} else {
		if big.dir, err = os.MkdirTemp("", "factordesk-bench-"); err != nil {
			return err
		}
		big.path = filepath.Join(big.dir, "big.db")
	}
	s, _, err := native.Create(context.Background(), big.path, native.Options{Cost: cheap}, firstUser(),
		app.Event{At: time.Now(), Console: "bench", Action: app.DoCreateStore})
	if err != nil {
		return err
	}
	ctx := context.Background()
	e := app.Event{At: time.Now(), Console: "bench", Action: app.DoEnroll, OperatorID: "1", Operator: "olive"}
	u, err := s.AddUser(ctx, app.NewUser{Username: "model", Email: "model@example.com", Active: true}, e)
	if err != nil {
		return err
	}
	if err := s.PutFactor(ctx, app.NewFactor{User: u.ID, At: e.At, Factor: testFactor("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")}, e); err != nil {
		return err
	}
	if err := s.Close(); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", "file:"+big.path+"?_journal_mode=OFF&_synchronous=OFF&_pragma=cache_size(-400000)")
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	return fillBig(db, benchUsers())
}

func fillBig(db *sql.DB, n int) error {
	var again []string
	rows, err := db.Query("SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL")
	if err != nil {
		return err
	}
	var drop []string
	for rows.Next() {
		var kind, name, text string
		if err := rows.Scan(&kind, &name, &text); err != nil {
			return err
		}
		drop, again = append(drop, "DROP "+kind+" "+name), append(again, text)
	}
	if err := rows.Close(); err != nil {
		return err
	}
	words := func(list string) string {
		return "json_extract('[\"" + strings.ReplaceAll(list, " ", `","`) + "\"]', '$[' || (%s) || ']')"
	}
	first := fmt.Sprintf(words("Ann Bob Cleo Dan Eve Finn Gus Hana Ines Jon Kim Lea Max Nora Otto Pia Quin Rosa Sven Tina Udo Vera Will Xena Yara Zoe"), "i * 7919 % 26")
	last := fmt.Sprintf(words("Marigold Thistle Juniper Birch Alder Rowan Hazel Maple Willow Cedar Aspen Laurel Myrtle Sorrel Clover Bramble"), "i * 104729 % 16")
	steps := append(drop,
		fmt.Sprintf(`CREATE TEMP TABLE n AS WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < %d)
			SELECT i, %s AS f, %s || ' ' || char(65 + i %% 26) || printf('%%x', i * 2654435761 %% 4294967296) AS l,
			'user' || i AS un, 'user' || i || '@mail' || (i %% 50) || '.example.com' AS em FROM c`, n, first, last),
		`INSERT INTO users (username, username_key, email, email_key, first_name, last_name, name_key, role_id, role_key, active,
			created, last_sign_in, locked_until, failures, no_factor, has_pending, has_active, search)
			SELECT un, un, em, em, f, l, lower(f || ' ' || l), CASE i % 20 WHEN 0 THEN 'help-desk' WHEN 1 THEN 'auditor' END,
			CASE i % 20 WHEN 0 THEN 'help desk' WHEN 1 THEN 'auditor' ELSE '' END, i % 33 <> 0, 1700000000000000 + i,
			CASE WHEN i % 3 = 0 THEN 0 ELSE 1700000000000000 + (i * 7919 % 1000003) * 1000000 END,
			CASE WHEN i % 1000 = 0 THEN 4000000000000000 ELSE 0 END, CASE WHEN i % 1000 = 0 THEN 6 ELSE 0 END,
			i % 10 = 0, i % 10 = 1, i % 10 > 1,
			lower(f || ' ' || l || char(10) || un || char(10) || em) FROM n`,
		// A secret of another row opens for nobody; what counts here is the time it takes to find out.
		`INSERT INTO factors (user_id, provider, status, since, enrolled_by, kind, algorithm, digits, period, last_step, key_id, sealed)
			SELECT u.id, p.c, CASE u.id % 10 WHEN 3 THEN 'pending' ELSE 'active' END, u.created, 'olive', f.kind, f.algorithm, f.digits, f.period,
			f.last_step, f.key_id, f.sealed FROM users u, factors f, (SELECT 'google' c, 0 k UNION SELECT 'authy', 3) p
			WHERE u.id > 2 AND NOT u.no_factor AND u.id % 10 >= p.k * 2 AND f.user_id = 2`,
		`UPDATE store SET (users, no_factor, pending, active, inactive) =
			(SELECT count(*), sum(no_factor), sum(has_pending), sum(has_active), sum(NOT active) FROM users)`,
		`INSERT INTO users_search (users_search) VALUES ('rebuild')`)
	steps = append(append(steps, again...), "PRAGMA journal_mode = WAL")
	for _, text := range steps {
		if _, err := db.Exec(text); err != nil {
			return fmt.Errorf("%.60s: %w", text, err)
		}
	}
	return nil
}

func BenchmarkBuild(b *testing.B) {
	start := time.Now()
	bigStore(b)
	fi, _ := os.Stat(big.path)
	b.Logf("built in %v, %d MB", time.Since(start), fi.Size()>>20)
}

func BenchmarkDeed(b *testing.B) {
	s := bigStore(b)
	ctx := context.Background()
	b.Run("floor", func(b *testing.B) {
		db := bare(b)
		stmt, err := db.Prepare("UPDATE users SET failures = failures + 1 WHERE id = ?")
		require.NoError(b, err)
		b.ResetTimer()
		for i := range b.N {
			_, err := stmt.Exec(3 + (i*7919)%(benchUsers()-10))
			require.NoError(b, err)
		}
	})
	b.Run("ours", func(b *testing.B) {
		e := app.Event{At: time.Now(), Console: "bench", Action: app.DoReset, OperatorID: "1", Operator: "olive", Target: "someone", Provider: app.Google, Reason: "lost phone"}
		i := 0
		for b.Loop() {
			for {
				i++
				id := app.UserID(strconv.Itoa(3 + (i*104729)%(benchUsers()-10)))
				e.TargetID = id
				if err := s.Reset(ctx, app.FactorReset{User: id, Provider: app.Google}, e); err == nil {
					break
				}
			}
		}
		b.ReportMetric(1/0.35, "target-ratio")
	})
}

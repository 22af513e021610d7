//go:build bench

package native

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"modernc.org/sqlite"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/otp"
)

// big is the store that all benchmarks of a run look at. It has a million
// users, or FACTORDESK_BENCH_USERS, and about 1.26 factors for each.
var big struct {
	once  sync.Once
	users int
	path  string
	err   error
}

// bigStore opens the large store with its keys open.
func bigStore(b *testing.B) *Store {
	b.Helper()
	big.once.Do(func() { big.err = buildBig() })
	require.NoError(b, big.err)
	s, err := Open(context.Background(), big.path, Options{Cost: cheapCost})
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, s.Close()) })
	a, err := s.CheckPassword(context.Background(), app.PasswordCheck{
		Username: "olive", Password: testPassword, At: time.Now(),
	})
	require.NoError(b, err)
	require.True(b, a.Accepted())
	return s
}

// bare opens the large store as who writes SQL by hand does.
func bare(b *testing.B) *sql.DB {
	b.Helper()
	db, err := sql.Open("sqlite", "file:"+big.path+
		"?_txlock=immediate&_busy_timeout=5000&_journal_mode=WAL&_foreign_keys=on&_synchronous=FULL&_pragma=cache_size(-16384)")
	require.NoError(b, err)
	db.SetMaxOpenConns(1)
	b.Cleanup(func() { require.NoError(b, db.Close()) })
	return db
}

// buildBig makes the store and fills it with a few statements. Indexes and
// triggers are taken away before and made again after: that is many times
// faster than to keep them up row by row.
func buildBig() (err error) {
	if big.users, err = strconv.Atoi(os.Getenv("FACTORDESK_BENCH_USERS")); err != nil || big.users < 1000 {
		big.users = 1_000_000
	}
	dir, err := os.MkdirTemp("", "factordesk-bench-")
	if err != nil {
		return err
	}
	cleanUp = func() { _ = os.RemoveAll(dir) }
	big.path = filepath.Join(dir, "big.db")
	s, _, err := Create(context.Background(), big.path, Options{Cost: cheapCost}, firstUser(),
		app.Event{At: time.Now(), Console: "bench", Action: app.DoCreateStore})
	if err != nil {
		return err
	}
	if err := registerSeal(s); err != nil {
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
	return fillBig(db, big.users)
}

// registerSeal gives SQL a function that seals a new secret for a factor.
func registerSeal(s *Store) error {
	keys, _ := s.openKeys()
	return sqlite.RegisterScalarFunction("bench_seal", 2, func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
		f := app.Factor{Provider: app.ProviderCode(args[1].(string)), Params: testFactor("").Params}
		id := userID(args[0].(int64))
		return keys.Seal(s.factorPlace(id, f), []byte("12345678901234567890"))
	})
}

func fillBig(db *sql.DB, n int) error {
	drop, again, err := indexesAndTriggers(db)
	if err != nil {
		return err
	}
	steps := append(drop,
		fmt.Sprintf(`CREATE TEMP TABLE n AS WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < %d)
			SELECT i, %s AS f, %s || ' ' || char(65 + i %% 26) || printf('%%x', i * 2654435761 %% 4294967296) AS l,
			'user' || i AS un, 'user' || i || '@mail' || (i %% 50) || '.example.com' AS em FROM c`, n,
			pick("Ann Bob Cleo Dan Eve Finn Gus Hana Ines Jon Kim Lea Max Nora Otto Pia Quin Rosa Sven Tina Udo Vera Will Xena Yara Zoe", "i * 7919"),
			pick("Marigold Thistle Juniper Birch Alder Rowan Hazel Maple Willow Cedar Aspen Laurel Myrtle Sorrel Clover Bramble", "i * 104729")),
		`INSERT INTO users (username, username_key, email, email_key, first_name, last_name, name_key, role_id, role_key, active,
			created, last_sign_in, locked_until, failures, no_factor, has_pending, has_active, search)
			SELECT un, un, em, em, f, l, lower(f || ' ' || l), CASE i % 20 WHEN 0 THEN 'help-desk' WHEN 1 THEN 'auditor' END,
			CASE i % 20 WHEN 0 THEN 'help desk' WHEN 1 THEN 'auditor' ELSE '' END, i % 33 <> 0, 1700000000000000 + i,
			CASE WHEN i % 3 = 0 THEN 0 ELSE 1700000000000000 + (i * 7919 % 1000003) * 1000000 END,
			CASE WHEN i % 1000 = 0 THEN 4000000000000000 ELSE 0 END, CASE WHEN i % 1000 = 0 THEN 6 ELSE 0 END,
			i % 10 = 0, i % 10 = 1, i % 10 > 1,
			lower(f || ' ' || l || char(10) || un || char(10) || em) FROM n`,
		// User i has the ID i + 1: the first operator is there already.
		fmt.Sprintf(`INSERT INTO factors (user_id, provider, status, since, enrolled_by, kind, algorithm, digits, period, last_step,
			key_id, sealed)
			SELECT i + 1, p.c, CASE i %% 10 WHEN 1 THEN 'pending' ELSE 'active' END, 1700000000000000, 'olive', 'totp', 'SHA1', 6, 30,
			%d, s.key_id, bench_seal(i + 1, p.c) FROM n, store s, (SELECT 'google' c, 1 k UNION SELECT 'authy', 6) p
			WHERE i %% 10 >= p.k`, otp.NoStep),
		`INSERT INTO users_search (users_search) VALUES ('rebuild')`,
		`UPDATE store SET (users, no_factor, pending, active, inactive) =
			(SELECT count(*), sum(no_factor), sum(has_pending), sum(has_active), sum(NOT active) FROM users)`)
	for _, text := range append(append(steps, again...), "PRAGMA journal_mode = WAL") {
		if _, err := db.Exec(text); err != nil {
			return fmt.Errorf("%.60s: %w", text, err)
		}
	}
	return nil
}

// pick is the SQL of one of some words.
func pick(words, number string) string {
	list := strings.Fields(words)
	return fmt.Sprintf(`json_extract('["%s"]', '$[' || (%s %% %d) || ']')`, strings.Join(list, `","`), number, len(list))
}

// indexesAndTriggers returns the statements that take them away and make them
// again.
func indexesAndTriggers(db *sql.DB) (drop, again []string, err error) {
	rows, err := db.Query("SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL")
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var kind, name, text string
		if err := rows.Scan(&kind, &name, &text); err != nil {
			return nil, nil, err
		}
		drop, again = append(drop, "DROP "+kind+" "+name), append(again, text)
	}
	return drop, again, rows.Err()
}

//go:build bench

package native

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/argon2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/audit"
	"github.com/factordesk/factordesk/app/seal"
)

// A pair is one thing done by hand (floor) and by the store (ours), in one
// run. The ratio of ours to floor must not exceed target.
func pair(b *testing.B, name string, target float64, floor, ours func(b *testing.B)) {
	b.Run(name+"/floor", floor)
	b.Run(name+"/ours", func(b *testing.B) {
		ours(b)
		b.ReportMetric(target, "target-ratio")
	})
}

// drain reads all columns of all rows of a statement into Go values.
func drain(b *testing.B, stmt *sql.Stmt, args ...any) (n int) {
	rows, err := stmt.Query(args...)
	require.NoError(b, err)
	defer rows.Close()
	columns, err := rows.Columns()
	require.NoError(b, err)
	dest, values := make([]any, len(columns)), make([]any, len(columns))
	for i := range dest {
		dest[i] = &values[i]
	}
	for rows.Next() {
		require.NoError(b, rows.Scan(dest...))
		n++
	}
	require.NoError(b, rows.Err())
	return n
}

const barePage = `SELECT u.id, u.username, u.email, u.first_name, u.last_name, u.role_id, u.active, u.operator, u.must_enroll,
	u.created, u.last_sign_in, u.failures, u.locked_until, u.version, f.provider, f.status, f.since, f.last_used, f.enrolled_by,
	f.kind, f.algorithm, f.digits, f.period, f.key_id, f.sealed
	FROM (SELECT * FROM users %s ORDER BY %s, id LIMIT 25) u LEFT JOIN factors f ON f.user_id = u.id ORDER BY u.%[2]s, u.id`

// BenchmarkPage reads a page in the middle of each list.
func BenchmarkPage(b *testing.B) {
	s := bigStore(b)
	ctx := context.Background()
	for _, filter := range []app.Filter{app.All, app.NoTwoFactor, app.WithPending, app.WithActive, app.Inactive, app.WithLock} {
		for _, column := range []app.Column{app.ByName, app.ByUsername, app.ByEmail, app.ByRole, app.ByLastSignIn} {
			name := string(filter)
			if filter == app.All {
				name = "all"
			}
			middle, err := s.Users(ctx, app.Query{Filter: filter, Sort: column, Limit: 1, Offset: big.users / 5000})
			require.NoError(b, err)
			require.NotEmpty(b, middle.Users)
			m, err := readCursor(cursorAt(middle.Users[0], column), column)
			require.NoError(b, err)
			key := strings.TrimPrefix(sortKeys[column], "u.")
			where := fmt.Sprintf("WHERE (%s, id) > ($1, $2)", key)
			if filter != app.All {
				where += " AND " + strings.ReplaceAll(filters[filter], "u.", "")
			}
			text := fmt.Sprintf(barePage, where, key)
			pair(b, name+"/"+string(column), 1.5, func(b *testing.B) {
				stmt, err := bare(b).Prepare(text)
				require.NoError(b, err)
				for b.Loop() {
					require.NotZero(b, drain(b, stmt, m.key(), m.ID))
				}
			}, func(b *testing.B) {
				q := app.Query{Filter: filter, Sort: column, After: cursorAt(middle.Users[0], column)}
				for b.Loop() {
					p, err := s.Users(ctx, q)
					require.NoError(b, err)
					require.Len(b, p.Users, 25)
				}
			})
		}
	}
}

// BenchmarkDeepPage compares the page in the middle of all users with the first.
func BenchmarkDeepPage(b *testing.B) {
	s := bigStore(b)
	ctx := context.Background()
	for _, column := range []app.Column{app.ByName, app.ByLastSignIn} {
		middle, err := s.Users(ctx, app.Query{Sort: column, Limit: 1, Offset: big.users / 2})
		require.NoError(b, err)
		page := func(q app.Query) func(b *testing.B) {
			return func(b *testing.B) {
				for b.Loop() {
					p, err := s.Users(ctx, q)
					require.NoError(b, err)
					require.Len(b, p.Users, 25)
				}
			}
		}
		pair(b, string(column), 1.5, page(app.Query{Sort: column}), page(app.Query{Sort: column, After: cursorAt(middle.Users[0], column)}))
	}
}

// BenchmarkSearch compares with a scan of all search texts.
func BenchmarkSearch(b *testing.B) {
	s := bigStore(b)
	ctx := context.Background()
	floor := func(b *testing.B) {
		stmt, err := bare(b).Prepare("SELECT id FROM users WHERE search LIKE '%no such text%'")
		require.NoError(b, err)
		for b.Loop() {
			drain(b, stmt)
		}
	}
	for _, c := range []struct {
		name, part string
		target     float64
	}{
		{"miss", "qqq no such", 0.05},
		{"rare", fmt.Sprintf("user%d@", big.users/2), 0.05},
		{"hundreds", fmt.Sprintf("user%d", big.users/2/1000), 0.05},
		{"common", "marigold", 0.25}, // one in sixteen has it, but none of the first
	} {
		pair(b, c.name, c.target, floor, func(b *testing.B) {
			for b.Loop() {
				p, err := s.Users(ctx, app.Query{Search: c.part})
				require.NoError(b, err)
				require.Equal(b, c.name == "miss", len(p.Users) == 0)
			}
		})
	}
}

// BenchmarkChips compares with a GROUP BY over the users.
func BenchmarkChips(b *testing.B) {
	s := bigStore(b)
	pair(b, "counts", 0.01, func(b *testing.B) {
		stmt, err := bare(b).Prepare("SELECT no_factor, has_pending, has_active, active, count(*) FROM users GROUP BY 1, 2, 3, 4")
		require.NoError(b, err)
		for b.Loop() {
			require.NotZero(b, drain(b, stmt))
		}
	}, func(b *testing.B) {
		for b.Loop() {
			c, err := s.Counts(context.Background())
			require.NoError(b, err)
			require.Greater(b, c.All, big.users)
		}
	})
}

// BenchmarkDeed compares with the durable update of one row that changes.
func BenchmarkDeed(b *testing.B) {
	s := bigStore(b)
	ctx := context.Background()
	pair(b, "reset", 1/0.35, func(b *testing.B) {
		stmt, err := bare(b).Prepare("UPDATE users SET failures = failures + 1 WHERE id = $1")
		require.NoError(b, err)
		i := 0
		for b.Loop() {
			i++
			_, err := stmt.Exec(2 + i*7919%big.users)
			require.NoError(b, err)
		}
	}, func(b *testing.B) {
		e := app.Event{
			At: time.Now(), Console: "bench", Action: app.DoReset, OperatorID: "1", Operator: "olive",
			Target: "someone", Provider: app.Google, Reason: "lost phone",
		}
		for b.Loop() {
			for { // the next one who still has a factor; most have
				resets++
				id := userID(int64(2 + resets*7919%big.users))
				e.TargetID = id
				if resets%10 != 0 && s.Reset(ctx, app.FactorReset{User: id, Provider: app.Google}, e) == nil {
					break
				}
			}
		}
	})
}

var resets int

// BenchmarkImport compares with inserting the same rows, indexes and search
// included, in one transaction. An operation is 20,000 rows.
func BenchmarkImport(b *testing.B) {
	const rows = 20_000
	user := func(run, i int) app.NewUser {
		n := fmt.Sprintf("import%dx%d", run, i*7919%rows)
		return app.NewUser{Username: n, Email: n + "@example.com", FirstName: "Ann", LastName: "Marigold " + n, Active: true}
	}
	pair(b, "rows", 1/0.6, func(b *testing.B) {
		s := newTestStore(b)
		run := 0
		for b.Loop() {
			run++
			tx, err := s.writerDB().Begin()
			require.NoError(b, err)
			stmt, err := tx.Prepare(insertUser)
			require.NoError(b, err)
			search, err := tx.Prepare("INSERT INTO users_search (rowid, search) VALUES ($1, $2)")
			require.NoError(b, err)
			for i := range rows {
				u := user(run, i)
				k := keyed{u.Username, u.Email, u.FirstName, u.LastName}
				r, err := stmt.Exec(k.username, k.usernameKey(), k.email, k.emailKey(), k.first, k.last, k.nameKey(),
					nil, "", true, int64(1700000000000000), k.search())
				require.NoError(b, err)
				id, err := r.LastInsertId()
				require.NoError(b, err)
				_, err = search.Exec(id, k.search())
				require.NoError(b, err)
			}
			require.NoError(b, tx.Commit())
		}
	}, func(b *testing.B) {
		s := newTestStore(b)
		run := 0
		for b.Loop() {
			run++
			r, err := s.Import(context.Background(), app.Import{Rows: func(yield func(app.ImportRow, error) bool) {
				for i := range rows {
					if !yield(app.ImportRow{Line: i + 2, NewUser: user(run, i), HasFirstName: true, HasLastName: true}, nil) {
						return
					}
				}
			}}, app.Event{Console: "bench", Action: app.DoImport})
			require.NoError(b, err)
			require.Equal(b, rows, r.Added)
		}
	})
}

// BenchmarkVerify compares with reading all events and hashing them.
func BenchmarkVerify(b *testing.B) {
	s := newTestStore(b)
	const events = 200_000
	require.NoError(b, s.change(context.Background(), "fill", hold{}, func(t *tx) error {
		var head app.Head
		if err := t.row("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1", nil, &head.Seq, &head.Hash); err != nil {
			return err
		}
		for i := range int64(events) {
			e, form := audit.Chain(app.Event{
				At: time.Now(), Console: "desk-olive, Factordesk 1.0.0", OperatorID: "1", Operator: "olive", Action: app.DoReset,
				TargetID: userID(i), Target: fmt.Sprintf("user%d", i), Provider: app.Google, Outcome: app.Done, Reason: "lost phone",
				Details: []app.Detail{{Name: "before", Value: "active"}, {Name: "after", Value: "not enrolled"}},
			}, head)
			if _, err := t.exec(insertEvent, e.Seq, form, e.Hash, e.At.UnixMicro(), 1, i); err != nil {
				return err
			}
			head = app.Head{Seq: e.Seq, Hash: e.Hash}
		}
		return t.done(app.Event{Console: "bench", Action: app.DoUnlock})
	}))
	pair(b, "chain", 1.6, func(b *testing.B) {
		stmt, err := s.read.db.Prepare("SELECT form, hash FROM events ORDER BY seq")
		require.NoError(b, err)
		defer stmt.Close()
		for b.Loop() {
			rows, err := stmt.Query()
			require.NoError(b, err)
			var form, hash sql.RawBytes
			for rows.Next() {
				require.NoError(b, rows.Scan(&form, &hash))
				sink = sha256.Sum256(form)
			}
			require.NoError(b, rows.Err())
			require.NoError(b, rows.Close())
		}
	}, func(b *testing.B) {
		for b.Loop() {
			r, err := s.VerifyChain(context.Background(), nil)
			require.NoError(b, err)
			require.True(b, r.Whole, r.Problem)
		}
	})
}

var sink [sha256.Size]byte

// BenchmarkPassword compares a password check that opens the keys with one
// Argon2id of the same cost.
func BenchmarkPassword(b *testing.B) {
	path := filepath.Join(b.TempDir(), "strong.db")
	s, _, err := Create(context.Background(), path, Options{}, firstUser(), app.Event{Console: "bench", Action: app.DoCreateStore})
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, s.Close()) })
	pair(b, "check", 1.15, func(b *testing.B) {
		for b.Loop() {
			argon2.IDKey([]byte("correct horse battery"), make([]byte, 16), seal.Strong.Time, seal.Strong.Memory, seal.Strong.Threads, 32)
		}
	}, func(b *testing.B) {
		for b.Loop() {
			a, err := s.CheckPassword(context.Background(), app.PasswordCheck{
				Username: "olive", Password: testPassword, At: time.Now(), Complete: true,
			})
			require.NoError(b, err)
			require.True(b, a.Accepted())
		}
	})
}

// BenchmarkOpen opens and closes a store that is up to date, against opening
// the file and reading one row.
func BenchmarkOpen(b *testing.B) {
	s := newTestStore(b)
	pair(b, "open", 3, func(b *testing.B) {
		for b.Loop() {
			db, err := sql.Open("sqlite", "file:"+s.info.Location+"?_busy_timeout=5000&_journal_mode=WAL&_foreign_keys=on&_synchronous=FULL")
			require.NoError(b, err)
			var n int
			require.NoError(b, db.QueryRow("SELECT users FROM store").Scan(&n))
			require.NoError(b, db.Close())
		}
	}, func(b *testing.B) {
		for b.Loop() {
			o, err := Open(context.Background(), s.info.Location, Options{Cost: cheapCost})
			require.NoError(b, err)
			require.NoError(b, o.Close())
		}
	})
}

//go:build bench

package magento

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/servertest"
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

// administrators is the size of the shop that is measured.
const administrators = 20_000

// bigShop makes a shop with that many administrators, of whom two thirds have
// an active Google factor.
func bigShop(b *testing.B) shopBase {
	b.Helper()
	s := servertest.MariaDB(b, servertest.Durable)
	shop := newShop(b, s, "")
	active := `{"google":{"secret":"` + strings.ReplaceAll(sealed(b, keyOne, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"), "/", `\/`) + `","active":true},"u2fkey":[]}`
	shop.run(b, `INSERT INTO admin_user (user_id, firstname, lastname, email, username, password, logdate, is_active)
		SELECT seq, CONCAT('First', seq * 7919 % 997), CONCAT('Last', seq * 31 % 7919), CONCAT('user', seq, '@example.com'), CONCAT('user', seq * 7919 % 20011),
		'`+hashOf(app.NewSecret("a password"))+`', DATE_SUB('2026-06-01', INTERVAL seq * 13 % 20011 MINUTE), seq % 50 <> 0 FROM seq_10_to_20009`)
	shop.run(b, `INSERT INTO authorization_role (parent_id, tree_level, role_type, user_id, user_type, role_name)
		SELECT 2 - (seq % 10 = 0), 2, 'U', seq, '2', 'x' FROM seq_10_to_20009`)
	shop.run(b, `INSERT INTO admin_user_session (user_id, status, ip) SELECT seq, seq % 3 = 0, '192.0.2.7' FROM seq_10_to_20009`)
	tx, err := shop.db.Begin()
	require.NoError(b, err)
	for i := range administrators {
		text := `{"u2fkey":[]}`
		if i%3 != 0 {
			text = active
		}
		_, err := tx.Exec("INSERT INTO tfa_user_config (user_id, encoded_providers, encoded_config) VALUES (?, '[]', ?)", 10+i, sealed(b, keyOne, text))
		require.NoError(b, err)
	}
	require.NoError(b, tx.Commit())
	shop.run(b, "ANALYZE TABLE admin_user, authorization_role, tfa_user_config, admin_user_session")
	return shop
}

// openBench opens a shop for a benchmark.
func openBench(b *testing.B, shop shopBase) *Store {
	b.Helper()
	c := shop.config(b)
	c.Logbook, c.Now = filepath.Join(b.TempDir(), "logbook.db"), time.Now
	s, err := Open(context.Background(), c)
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, s.Close()) })
	return s
}

// drain reads all columns of all rows of a statement into Go values, and
// returns the first one of each.
func drain(b *testing.B, db *sql.DB, text string, args ...any) (first []string) {
	rows, err := db.Query(text, args...)
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
		first = append(first, fmt.Sprint(values[0]))
	}
	require.NoError(b, rows.Err())
	return first
}

// barePage is a page of users as somebody would write it by hand who knows the
// shop's indexes, with the same columns; bareRoles are the roles of some users,
// which no index finds.
const (
	barePage = `SELECT u.user_id, u.username, u.email, u.firstname, u.lastname, u.created, u.logdate, u.is_active, u.failures_num, u.lock_expires,
		x.expires_at, (SELECT COUNT(*) FROM admin_user_session s WHERE s.user_id = u.user_id AND s.status = 1), c.config_id, c.encoded_config
		FROM (SELECT u.user_id FROM admin_user u%s WHERE %s ORDER BY %s LIMIT 25) p JOIN admin_user u ON u.user_id = p.user_id
		LEFT JOIN admin_user_expiration x ON x.user_id = u.user_id LEFT JOIN tfa_user_config c ON c.user_id = u.user_id`
	bareRoles = `SELECT m.user_id, g.role_id, g.role_name FROM authorization_role m JOIN authorization_role g ON g.role_id = m.parent_id
		WHERE m.user_id IN (%s) AND m.role_type = 'U' AND m.user_type = '2'`
	joinRole = ` LEFT JOIN (SELECT user_id, MIN(parent_id) AS parent_id FROM authorization_role WHERE role_type = 'U' AND user_type = '2' GROUP BY user_id) m
		ON m.user_id = u.user_id LEFT JOIN authorization_role g ON g.role_id = m.parent_id`
)

// byHand reads a page, the roles of who is on it, and how many there are.
func byHand(b *testing.B, db *sql.DB, page string, args []any, count string, countArgs ...any) {
	if ids := drain(b, db, page, args...); len(ids) > 0 {
		drain(b, db, fmt.Sprintf(bareRoles, strings.Join(ids, ",")))
	}
	require.NotEmpty(b, drain(b, db, count, countArgs...))
}

func BenchmarkList(b *testing.B) {
	shop := bigShop(b)
	s := openBench(b, shop)
	ctx := context.Background()
	for column, key := range map[app.Column]string{
		app.ByName: sortKeys[app.ByName].sql, app.ByUsername: "u.username", app.ByEmail: "u.email",
		app.ByRole: "g.role_name", app.ByLastSignIn: "u.logdate",
	} {
		q := app.Query{Sort: column, Limit: 25}
		middle, err := s.Users(ctx, app.Query{Sort: column, Limit: 1, Offset: administrators / 2})
		require.NoError(b, err)
		q.After = middle.Next
		m, err := readCursor(q.After, sortKeys[column])
		require.NoError(b, err)
		var value any
		if m.Text != nil {
			value = *m.Text
		} else {
			value = time.Unix(*m.Time, 0).UTC()
		}
		join := ""
		if column == app.ByRole {
			join = joinRole
		}
		order := key + ", u.user_id"
		if column == app.ByUsername {
			order = key // it is unique
		}
		text := fmt.Sprintf(barePage, join, "("+key+" > ? OR ("+key+" = ? AND u.user_id > ?))", order)
		pair(b, string(column), 1.5, func(b *testing.B) {
			for b.Loop() {
				byHand(b, shop.db, text, []any{value, value, m.ID}, "SELECT COUNT(*) FROM admin_user")
			}
		}, func(b *testing.B) {
			for b.Loop() {
				p, err := s.Users(ctx, q)
				require.NoError(b, err)
				require.Len(b, p.Users, 25)
			}
		})
	}
}

func BenchmarkSearch(b *testing.B) {
	shop := bigShop(b)
	s := openBench(b, shop)
	key := sortKeys[app.ByName].sql
	like := "(CONCAT(u.firstname, ' ', u.lastname) LIKE ? OR u.username LIKE ? OR u.email LIKE ?)"
	for name, part := range map[string]string{"miss": "no such text", "rare": "user19999@", "common": "last1"} {
		text := fmt.Sprintf(barePage, "", like, key+", u.user_id")
		pattern := "%" + part + "%"
		pair(b, name, 1.5, func(b *testing.B) {
			for b.Loop() {
				byHand(b, shop.db, text, []any{pattern, pattern, pattern},
					"SELECT COUNT(*) FROM (SELECT 1 FROM admin_user u WHERE "+like+" LIMIT 1000) t", pattern, pattern, pattern)
			}
		}, func(b *testing.B) {
			for b.Loop() {
				p, err := s.Users(context.Background(), app.Query{Search: part})
				require.NoError(b, err)
				require.Equal(b, name == "miss", len(p.Users) == 0)
			}
		})
	}
}

// BenchmarkFilter compares with reading every document and a page, which is
// what somebody must do who asks the database alone.
func BenchmarkFilter(b *testing.B) {
	shop := bigShop(b)
	s := openBench(b, shop)
	for _, filter := range []app.Filter{app.WithActive, app.NoTwoFactor, app.WithUnreadable} {
		pair(b, string(filter), 1.5, func(b *testing.B) {
			for b.Loop() {
				require.NotEmpty(b, drain(b, shop.db, "SELECT user_id, encoded_config FROM tfa_user_config"))
				byHand(b, shop.db, fmt.Sprintf(barePage, "", "1 = 1", "CONCAT(u.firstname, ' ', u.lastname), u.user_id"), nil, "SELECT COUNT(*) FROM admin_user")
			}
		}, func(b *testing.B) {
			for b.Loop() {
				_, err := s.Users(context.Background(), app.Query{Filter: filter})
				require.NoError(b, err)
			}
		})
	}
}

// BenchmarkReset compares with the smallest transaction that does it.
func BenchmarkReset(b *testing.B) {
	const users = 5000
	shop := bigShop(b)
	s := openBench(b, shop)
	ctx := context.Background()
	full := shop.value(b, "SELECT encoded_config FROM tfa_user_config WHERE user_id = 11")
	empty := sealed(b, keyOne, `{"u2fkey":[]}`)
	fill := func(b *testing.B) {
		b.Helper()
		shop.run(b, "UPDATE tfa_user_config SET encoded_config = ? WHERE user_id BETWEEN 10 AND ?", full, 10+users)
	}
	// each calls do for one user after the other, who all have a factor.
	each := func(b *testing.B, do func(id int)) {
		for i := 0; b.Loop(); i++ {
			if i%users == 0 {
				b.StopTimer()
				fill(b)
				b.StartTimer()
			}
			do(10 + i%users)
		}
	}
	pair(b, "google", 3, func(b *testing.B) {
		each(b, func(id int) {
			tx, err := shop.db.Begin()
			require.NoError(b, err)
			var config int64
			var text string
			require.NoError(b, tx.QueryRow("SELECT config_id, encoded_config FROM tfa_user_config WHERE user_id = ? FOR UPDATE", id).Scan(&config, &text))
			_, err = tx.Exec("UPDATE tfa_user_config SET encoded_config = ? WHERE config_id = ?", empty, config)
			require.NoError(b, err)
			require.NoError(b, tx.Commit())
		})
	}, func(b *testing.B) {
		each(b, func(id int) {
			u := userID(int64(id))
			err := s.Reset(ctx, app.FactorReset{User: u, Provider: app.Google}, app.Event{
				At: time.Now(), Console: "bench", Action: app.DoReset, OperatorID: "1", Operator: "admin", TargetID: u, Target: "somebody",
				Provider: app.Google, Reason: "lost phone",
			})
			require.NoError(b, err)
		})
	})
}

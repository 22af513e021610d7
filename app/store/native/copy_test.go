package native

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"modernc.org/sqlite"

	"github.com/factordesk/factordesk/app"
)

// sealers are what SQL seals with, by the ID of the store: a function of SQL is
// the whole process's.
var sealers struct {
	once sync.Once
	of   sync.Map
	err  error
}

// populate gives a store many users, with SQL alone: nine of ten have a factor, five of them two.
func populate(t testing.TB, s *Store, n int) {
	t.Helper()
	sealers.of.Store(s.info.ID, s)
	sealers.once.Do(func() {
		sealers.err = sqlite.RegisterScalarFunction("test_seal", 3, func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
			of, _ := sealers.of.Load(args[0])
			s := of.(*Store)
			keys, _ := s.openKeys()
			f := app.Factor{Provider: app.ProviderCode(args[2].(string)), Params: testFactor("").Params}
			return keys.Seal(s.factorPlace(userID(args[1].(int64)), f), []byte("12345678901234567890"))
		})
	})
	require.NoError(t, sealers.err)
	outside(t, s, fmt.Sprintf(`WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < %d)
		INSERT INTO users (username, username_key, email, email_key, first_name, last_name, name_key, role_id, role_key, active,
		created, last_sign_in, failures, no_factor, has_pending, has_active, search)
		SELECT 'user' || i, 'user' || i, 'u' || i || '@example.com', 'u' || i || '@example.com', 'Zoë', 'Nº ' || i, 'zoë nº ' || i,
		CASE i %% 20 WHEN 0 THEN 'help-desk' END, CASE i %% 20 WHEN 0 THEN 'help desk' ELSE '' END, i %% 33 <> 0, 1700000000000000 + i,
		i * 7919, i %% 4, i %% 10 = 0, i %% 10 = 1, i %% 10 > 1,
		'zoë nº ' || i || char(10) || 'user' || i || char(10) || 'u' || i || '@example.com' FROM c`, n))
	outside(t, s, `INSERT INTO factors (user_id, provider, status, since, enrolled_by, kind, algorithm, digits, period, last_step, key_id, sealed,
		clock_offset, clock_seen)
		SELECT u.id, p.c, CASE WHEN u.has_pending THEN 'pending' ELSE 'active' END, 1700000000000000, 'olive', 'totp', 'SHA1', 6, 30, -1,
		s.key_id, test_seal(s.store_id, u.id, p.c), u.id % 3, CASE u.id % 4 WHEN 0 THEN '1700000000 -15000 ' || u.id ELSE '' END FROM users u, store s, (SELECT 'google' c, 1 k UNION SELECT 'authy', 6) p
		WHERE u.id > 1 AND u.id % 10 >= p.k AND NOT u.no_factor`)
	outside(t, s, `INSERT INTO users_search (users_search) VALUES ('rebuild')`)
	outside(t, s, `UPDATE store SET (users, no_factor, pending, active, inactive) =
		(SELECT count(*), sum(no_factor), sum(has_pending), sum(has_active), sum(NOT active) FROM users)`)
}

// requireSealedWhole verifies the chain of a store whose keys are open.
func requireSealedWhole(t testing.TB, s *Store) {
	t.Helper()
	r, err := s.VerifyChain(context.Background(), nil)
	require.NoError(t, err)
	require.True(t, r.Whole, r.Problem)
	require.True(t, r.HeadChecked)
	require.Zero(t, r.Unsealed)
}

// rowsByHand is the hash of all that a store keeps, read as somebody does who
// knows nothing of the program: table by table, and each row as one text.
func rowsByHand(t *testing.T, db *sql.DB, server bool) map[string]string {
	t.Helper()
	flag := func(column string) string { return "CASE WHEN " + column + " THEN 1 ELSE 0 END" }
	bytes := func(column string) string {
		hex := "hex(" + column + ")"
		if server {
			hex = "upper(encode(" + column + ", 'hex'))"
		}
		return "CASE WHEN " + column + " IS NULL THEN '-' ELSE " + hex + " END"
	}
	sums := map[string]string{}
	for _, q := range []struct {
		table, order string
		columns      []string
	}{
		{"roles", "name_key", []string{"id", "name", "name_key", "permissions", flag("administers"), flag("built_in"), "version"}},
		{"users", "id", []string{
			"id", "username", "username_key", "email", "email_key", "first_name", "last_name", "name_key", "COALESCE(role_id, '-')", "role_key",
			flag("active"), flag("operator"), flag("must_enroll"), "created", "last_sign_in", "failures", "locked_until", "version",
			flag("no_factor"), flag("has_pending"), flag("has_active"), flag("has_unreadable"), "search",
		}},
		{"factors", "user_id, CASE provider WHEN 'authy' THEN 1 ELSE 2 END", []string{
			"user_id", "provider", "status", "since", "last_used", "enrolled_by", "kind", "algorithm", "digits", "period", "last_step",
			"clock_offset", "clock_seen", "key_id", bytes("sealed"), bytes("own_sealed"),
		}},
		{"operators", "user_id", []string{
			"user_id", "password", "password_since", bytes("private_key"), bytes("public_key"), bytes("voucher"), bytes("slot"),
		}},
		{"store", "id", []string{
			"store_id", "created", "key_id", bytes("recovery"), "users", "no_factor", "pending", "active", "inactive", "unreadable", "roles_version",
		}},
	} {
		rows, err := db.Query("SELECT '' || " + strings.Join(q.columns, " || '|' || ") + " FROM " + q.table + " ORDER BY " + q.order)
		require.NoError(t, err, q.table)
		sum, n := sha256.New(), 0
		for rows.Next() {
			var row sql.RawBytes
			require.NoError(t, rows.Scan(&row))
			sum.Write(append(row, 0))
			n++
		}
		require.NoError(t, rows.Err())
		require.NoError(t, rows.Close())
		sums[q.table] = fmt.Sprintf("%d rows, %x", n, sum.Sum(nil))
	}
	return sums
}

// fileByHand opens a file without the program.
func fileByHand(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_busy_timeout=5000")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// copyEvent is the event of a copy.
func copyEvent() app.Event {
	return app.Event{At: time.Now(), Console: "test", Action: app.DoCopyStore, Operator: "olive", Outcome: app.Done}
}

func TestCopyToAFile(t *testing.T) {
	ctx := context.Background()
	s := newTestStore(t)
	populate(t, s, 3000)
	before := rowsByHand(t, fileByHand(t, s.info.Location), false)
	to := ToFile{Path: filepath.Join(t.TempDir(), "new", "copy.db")}
	for _, at := range []app.MoveStage{app.MoveRows, app.MoveIndexes, app.MoveCheck} {
		cut, stop := context.WithCancel(ctx)
		_, err := s.CopyTo(cut, to, copyEvent(), func(r app.MoveProgress) {
			if r.Stage == at {
				stop()
			}
		})
		require.Equal(t, app.Canceled, app.KindOf(err), "%s: %v", at, err)
		_, err = Open(ctx, to.Path, Options{})
		require.EqualError(t, err, "copy.db is an unfinished copy of a store. Copy again to finish it, or remove the file.", at)
		_, _, err = Create(ctx, to.Path, Options{Cost: cheapCost}, firstUser(), app.Event{})
		require.Equal(t, app.Conflict, app.KindOf(err), at)
	}
	asked := false
	made, err := s.CopyTo(ctx, to, copyEvent(), func(app.MoveProgress) {
		if !asked {
			asked = true
			_, err := s.CopyTo(ctx, to, copyEvent(), nil)
			require.EqualError(t, err, "Another copy is being written to copy.db. Wait until it has ended.")
		}
	})
	require.NoError(t, err)
	require.EqualValues(t, 3001, made.Users)
	require.EqualValues(t, 3600, made.Factors)
	require.Equal(t, before, rowsByHand(t, fileByHand(t, to.Path), false))
	info, err := os.Stat(to.Path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	there, err := Open(ctx, to.Path, Options{Cost: cheapCost})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, there.Close()) })
	signIn(t, there, "olive", testPassword)
	requireSealedWhole(t, there)
	page, err := there.Events(ctx, app.EventQuery{Limit: 1})
	require.NoError(t, err)
	require.Equal(t, app.DoCopyStore, page.Events[0].Action)
	require.Equal(t, "3001", page.Events[0].Detail("users"))
	found, err := there.Users(ctx, app.Query{Search: "user2999"})
	require.NoError(t, err)
	require.Len(t, found.Users, 1)
	requireSameSchema(t, s, there)

	_, err = s.CopyTo(ctx, to, copyEvent(), nil)
	require.Equal(t, app.Conflict, app.KindOf(err), "%v", err)
}

// requireSameSchema compares all that the migrations have made.
func requireSameSchema(t *testing.T, a, b *Store) {
	t.Helper()
	const made = "SELECT group_concat(text, ';') FROM (SELECT type || name || COALESCE(sql, '') AS text FROM sqlite_schema ORDER BY name)"
	const versions = "SELECT group_concat(version_id) FROM goose_db_version"
	for _, text := range []string{made, versions} {
		var here, there string
		require.NoError(t, a.read.row(context.Background(), text, nil, &here))
		require.NoError(t, b.read.row(context.Background(), text, nil, &there))
		require.Equal(t, here, there)
	}
}

func TestCopyLeavesOtherFilesAlone(t *testing.T) {
	s := newTestStore(t)
	path := filepath.Join(t.TempDir(), "notes.txt")
	require.NoError(t, os.WriteFile(path, []byte("mine"), 0o600))
	_, err := s.CopyTo(context.Background(), ToFile{Path: path}, copyEvent(), nil)
	require.Equal(t, app.Conflict, app.KindOf(err))
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "mine", string(text))
}

func TestCopyNeedsKeysAndAWholeChain(t *testing.T) {
	ctx := context.Background()
	s := newTestStore(t)
	to := ToFile{Path: filepath.Join(t.TempDir(), "copy.db")}
	outside(t, s, "UPDATE events SET at = at + 1 WHERE seq = 1")
	_, err := s.CopyTo(ctx, to, copyEvent(), nil)
	require.Equal(t, app.Unreadable, app.KindOf(err))
	require.ErrorContains(t, err, "is not whole, so it is not copied.")
	outside(t, s, "UPDATE events SET at = at - 1 WHERE seq = 1")
	s.Forget()
	_, err = s.CopyTo(ctx, to, copyEvent(), nil)
	require.Equal(t, app.Denied, app.KindOf(err))
	require.NoFileExists(t, to.Path)
}

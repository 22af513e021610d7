package native

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// firstRecovery is the recovery key of the store in testdata/first.sql.
const firstRecovery = "7YIZ-WNL5-7IBC-X56C-LDLP-G5EY-WR6F-BRTR-BX2E"

// firstStore makes a file as the first schema had it.
func firstStore(t *testing.T) (path string) {
	t.Helper()
	ctx := context.Background()
	path = filepath.Join(t.TempDir(), "store.db")
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	db, err := open(path, readWrite)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	m, err := newMigrations(db, inSQLite.goose, migrationFiles())
	require.NoError(t, err)
	_, err = m.UpTo(ctx, 1)
	require.NoError(t, err)
	rows, err := os.ReadFile("testdata/first.sql")
	require.NoError(t, err)
	_, err = db.ExecContext(ctx, string(rows))
	require.NoError(t, err)
	return path
}

// A store of the first schema works on. Its recovery key cannot follow a rotation,
// so that one makes a new one.
func TestAStoreOfTheFirstSchema(t *testing.T) {
	ctx := context.Background()
	s, err := Open(ctx, firstStore(t), Options{Cost: cheapCost})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	check := func(username string, password, recovery app.Secret) app.Reason {
		a, err := s.CheckPassword(ctx, app.PasswordCheck{Username: username, Password: password, Recovery: recovery, At: s.now()})
		require.NoError(t, err)
		return a.Reason
	}
	hal, ivy, first := app.NewSecret("the password of hal"), app.NewSecret("the password of ivy"), app.NewSecret(firstRecovery)
	require.Equal(t, app.OK, check("olive", testPassword, first))
	requireWhole(t, s)
	signIn(t, s, "olive", testPassword)
	requireWhole(t, s)
	now, err := s.Rotation(ctx)
	require.NoError(t, err)
	require.True(t, now.NewRecovery)

	recovery := beginRotation(t, s)
	require.Equal(t, app.WrongKey, check("olive", testPassword, first))
	require.Equal(t, app.OK, check("olive", testPassword, recovery))
	require.Equal(t, 2, resealAll(t, s, 10), "the Auditor's own factor, too")
	for username, password := range map[string]app.Secret{"hal": hal, "ivy": ivy, "olive": testPassword} {
		require.Equal(t, app.OK, check(username, password, app.Secret{}))
	}
	signIn(t, s, "olive", testPassword)
	now, err = s.Rotation(ctx)
	require.NoError(t, err)
	require.False(t, now.NewRecovery)
	requireWhole(t, s)
}

// The schema goes down to each version and up again, and the data survives.
func TestMigrationsDownAndUp(t *testing.T) {
	ctx := context.Background()
	path := firstStore(t)
	for range 2 {
		s, err := Open(ctx, path, Options{Cost: cheapCost})
		require.NoError(t, err)
		signIn(t, s, "olive", testPassword)
		requireWhole(t, s)
		require.NoError(t, s.Close())
		db, err := open(path, readWrite)
		require.NoError(t, err)
		m, err := newMigrations(db, inSQLite.goose, migrationFiles())
		require.NoError(t, err)
		_, err = m.DownTo(ctx, 1)
		require.NoError(t, err)
		require.NoError(t, db.Close())
	}
}

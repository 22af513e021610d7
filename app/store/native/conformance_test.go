package native_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/seal"
	"github.com/factordesk/factordesk/app/store/native"
	"github.com/factordesk/factordesk/app/store/storetest"
)

// cheap is a password hash that tests can afford.
var cheap = seal.Cost{Memory: 64, Time: 1, Threads: 1}

var password = app.NewSecret("correct horse battery")

func firstUser() app.NewUser {
	return app.NewUser{Username: "olive", Email: "olive@example.com", FirstName: "Olive", LastName: "Stone", Password: password}
}

func TestConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T, now func() time.Time) storetest.Fixture {
		path := filepath.Join(t.TempDir(), "desk", "store.db")
		o := native.Options{Name: "Test", Now: now, Cost: cheap}
		s, recovery, err := native.Create(context.Background(), path, o, firstUser(),
			app.Event{At: now(), Console: "desk-test", Action: app.DoCreateStore})
		require.NoError(t, err)
		open := s
		t.Cleanup(func() { require.NoError(t, open.Close()) })
		return storetest.Fixture{
			Store: s, Username: "olive", Password: password, Recovery: recovery,
			Reopen: func(t *testing.T) app.Store {
				require.NoError(t, open.Close())
				open, err = native.Open(context.Background(), path, o)
				require.NoError(t, err)
				return open
			},
			Damage: func(t *testing.T, id app.UserID, provider app.ProviderCode) {
				raw(t, path, "UPDATE factors SET key_id = 'lost' WHERE user_id = $1 AND provider = $2", string(id), string(provider))
				raw(t, path, `UPDATE users SET has_unreadable = TRUE, has_active = EXISTS (SELECT 1 FROM factors
					WHERE user_id = users.id AND status = 'active' AND key_id <> 'lost'), has_pending = EXISTS (SELECT 1 FROM factors
					WHERE user_id = users.id AND status = 'pending' AND key_id <> 'lost') WHERE id = $1`, string(id))
				raw(t, path, `UPDATE store SET (pending, active, unreadable) =
					(SELECT sum(has_pending), sum(has_active), sum(has_unreadable) FROM users)`)
			},
		}
	})
}

func TestReadOnlyConformance(t *testing.T) {
	storetest.RunReadOnly(t, func(t *testing.T, now func() time.Time) storetest.Fixture {
		path := filepath.Join(t.TempDir(), "desk", "store.db")
		o := native.Options{Name: "Test", Now: now, Cost: cheap}
		s, _, err := native.Create(context.Background(), path, o, firstUser(),
			app.Event{At: now(), Console: "desk-test", Action: app.DoCreateStore})
		require.NoError(t, err)
		require.NoError(t, s.Close())
		require.NoError(t, os.Chmod(path, 0o400))
		s, err = native.Open(context.Background(), path, o)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, s.Close()) })
		return storetest.Fixture{Store: s, Username: "olive", Password: password}
	})
}

// raw changes a store from outside, as somebody with the file at hand can.
func raw(t *testing.T, path, text string, args ...any) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_busy_timeout=5000")
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	_, err = db.Exec(text, args...)
	require.NoError(t, err)
}

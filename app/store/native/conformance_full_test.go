//go:build full

package native_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/servertest"
	"github.com/factordesk/factordesk/app/store/native"
	"github.com/factordesk/factordesk/app/store/storetest"
)

func TestConformanceOnPostgreSQL(t *testing.T) {
	storetest.Run(t, func(t *testing.T, now func() time.Time) storetest.Fixture {
		d := servertest.PostgreSQL(t).Database(t)
		p := native.Server{
			Host: d.Server.Host, Port: d.Server.Port, Database: d.Name, Username: d.User, Password: app.NewSecret(d.Password),
		}
		o := native.Options{Name: "Test", Now: now, Cost: cheap}
		s, recovery, err := native.CreateOnServer(context.Background(), p, o, firstUser(),
			app.Event{At: now(), Console: "desk-test", Action: app.DoCreateStore})
		require.NoError(t, err)
		open := s
		t.Cleanup(func() { require.NoError(t, open.Close()) })
		return storetest.Fixture{
			Store: s, Username: "olive", Password: password, Recovery: recovery,
			Reopen: func(t *testing.T) app.Store {
				require.NoError(t, open.Close())
				open, err = native.OpenServer(context.Background(), p, o)
				require.NoError(t, err)
				return open
			},
			Damage: func(t *testing.T, id app.UserID, provider app.ProviderCode) {
				d.Load(t, "UPDATE factors SET key_id = 'lost' WHERE user_id = "+string(id)+" AND provider = '"+string(provider)+"'")
				d.Load(t, `UPDATE users SET has_unreadable = TRUE, has_active = EXISTS (SELECT 1 FROM factors
					WHERE user_id = users.id AND status = 'active' AND key_id <> 'lost'), has_pending = EXISTS (SELECT 1 FROM factors
					WHERE user_id = users.id AND status = 'pending' AND key_id <> 'lost') WHERE id = `+string(id))
				d.Load(t, `UPDATE store SET (pending, active, unreadable) = (SELECT count(*) FILTER (WHERE has_pending),
					count(*) FILTER (WHERE has_active), count(*) FILTER (WHERE has_unreadable) FROM users)`)
			},
		}
	})
}

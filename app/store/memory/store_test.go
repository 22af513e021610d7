package memory_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/memory"
	"github.com/factordesk/factordesk/app/store/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(_ *testing.T, now func() time.Time) storetest.Fixture {
		return fixture(memory.New(memory.Options{Kind: app.SampleStore, Now: now}))
	})
}

// A store that stands in for a shop is able to do more, and nothing else.
func TestShop(t *testing.T) {
	storetest.Run(t, func(_ *testing.T, now func() time.Time) storetest.Fixture {
		return fixture(memory.New(memory.Options{Kind: app.MagentoStore, Now: now}))
	})
}

func fixture(s *memory.Store) storetest.Fixture {
	password := app.NewSecret("olive's long password")
	s.Place(memory.Person{Password: password, User: app.User{
		Username: "olive", Email: "olive@juniper.example", Active: true, Role: app.Role{ID: app.Administrators},
	}})
	return storetest.Fixture{
		Store: s, Username: "olive", Password: password, Recovery: s.RecoveryKey(),
		OlderKeys: app.NewSecret(memory.OlderKey),
		Damage: func(t *testing.T, id app.UserID, p app.ProviderCode) {
			require.True(t, s.Damage(id, p, "Damaged by a test."), "user %s has %s to damage", id, p)
		},
		OpenSessions: func(t *testing.T, id app.UserID, n int) {
			require.True(t, s.Alter(id, func(u *app.User) { u.Sessions += n }), "there is a user %s", id)
		},
	}
}

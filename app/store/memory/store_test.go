package memory_test

import (
	"testing"
	"time"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/memory"
	"github.com/factordesk/factordesk/app/store/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(_ *testing.T, now func() time.Time) storetest.Fixture {
		s := memory.New(memory.Options{Kind: app.SampleStore, Now: now})
		password := app.NewSecret("olive's long password")
		s.Place(memory.Person{Password: password, User: app.User{
			Username: "olive", Email: "olive@juniper.example", Active: true, Role: app.Role{ID: app.Administrators},
		}})
		return storetest.Fixture{
			Store: s, Username: "olive", Password: password, Recovery: s.RecoveryKey(),
			Damage: func(t *testing.T, id app.UserID, p app.ProviderCode) {
				if !s.Damage(id, p, "Damaged by a test.") {
					t.Fatalf("user %s has no %s to damage", id, p)
				}
			},
		}
	})
}

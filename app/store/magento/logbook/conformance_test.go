package logbook_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/otp"
	"github.com/factordesk/factordesk/app/store/magento/logbook"
	"github.com/factordesk/factordesk/app/store/memory"
	"github.com/factordesk/factordesk/app/store/storetest"
)

// A store with a logbook beside it keeps what every store promises.
func TestConformance(t *testing.T) { storetest.Run(t, fixture) }

func fixture(t *testing.T, now func() time.Time) storetest.Fixture {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "desk", "shop.log")
	open := func(t *testing.T) *logbook.Book {
		b, err := logbook.Open(ctx, path, logbook.Options{Keys: [][]byte{[]byte("a key that is thirty-two bytes l")}, Now: now})
		require.NoError(t, err)
		return b
	}
	db := memory.New(memory.Options{Kind: app.MagentoStore, Now: now})
	s := &shop{
		Store: db, book: open(t),
		first: map[app.UserID]time.Time{}, marks: map[app.UserID][]byte{},
	}
	t.Cleanup(func() { require.NoError(t, s.book.Close()) })
	roles := map[app.RoleID]app.Role{}
	for own, r := range map[app.RoleID]app.Role{
		app.Administrators: {ID: "1", Name: "Administrators", Permissions: app.Permissions()},
		app.HelpDesk:       {ID: "7", Name: "Care", Permissions: app.Permissions()},
		app.Auditor:        {ID: "9", Name: "Editors"},
	} {
		db.PlaceRole(r.ID, r.Name, r.Permissions...)
		r.BuiltIn = true
		roles[own] = r
	}
	password := app.NewSecret("olive's long password")
	db.Place(memory.Person{Password: password, User: app.User{
		Username: "olive", Email: "olive@juniper.example", Active: true, Role: app.Role{ID: "1"},
	}})
	_, err := db.CheckPassword(ctx, app.PasswordCheck{Username: "olive", Password: password, At: now()})
	require.NoError(t, err) // and so the keys are open, for good
	alter := func(t *testing.T, id app.UserID, f func(*app.User)) { require.True(t, db.Alter(id, f)) }
	return storetest.Fixture{
		Store: s, Username: "olive", Password: password, Recovery: db.RecoveryKey(), OlderKeys: app.NewSecret(memory.OlderKey),
		Reopen: func(t *testing.T) app.Store {
			require.NoError(t, s.book.Close())
			s.book = open(t)
			return s
		},
		Damage: func(t *testing.T, id app.UserID, p app.ProviderCode) {
			require.True(t, db.Damage(id, p, "Damaged by a test."))
		},
		DamageWhole: func(t *testing.T, id app.UserID) {
			alter(t, id, func(u *app.User) {
				for i := range u.Factors {
					u.Factors[i].Status, u.Factors[i].Whole, u.Factors[i].Note = app.StatusUnreadable, true, "Damaged by a test."
				}
			})
		},
		OpenSessions: func(t *testing.T, id app.UserID, n int) { alter(t, id, func(u *app.User) { u.Sessions += n }) },
		Application: &storetest.Application{
			Add: func(t *testing.T, n app.NewUser) app.UserID {
				u, err := db.AddUser(ctx, n, app.Event{})
				require.NoError(t, err)
				return u.ID
			},
			Change: func(t *testing.T, c app.UserChange) {
				u, err := db.User(ctx, c.ID)
				require.NoError(t, err)
				c.Version = u.Version
				_, err = db.SaveUser(ctx, c, app.Event{})
				require.NoError(t, err)
			},
			SetPassword: func(t *testing.T, id app.UserID, password app.Secret) {
				require.NoError(t, db.SetPassword(ctx, id, password, app.Event{}))
			},
			Remove: func(t *testing.T, id app.UserID) {
				u, err := db.User(ctx, id)
				require.NoError(t, err)
				require.NoError(t, db.RemoveUser(ctx, id, u.Version, app.Event{}))
			},
			SignIn: func(t *testing.T, id app.UserID, at time.Time) {
				alter(t, id, func(u *app.User) { u.LastSignIn = at.UTC() })
			},
			Roles: roles, Intents: true, Prolongs: true, Forces: true, KeysAtHand: true, StandardOnly: true,
			Accepts: func(_ time.Time, steps int) bool { return steps >= -otp.DefaultWindow && steps <= otp.DefaultWindow },
		},
	}
}

//go:build full

package magento

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/servertest"
)

// How far the clock of a workstation is off: behind, and ahead.
var offs = map[string]time.Duration{"behind": -3 * time.Hour, "ahead": 3 * time.Hour, "right": 0}

// openOff opens a shop at a workstation whose clock is off. The database's is
// that of the tests.
func openOff(t testing.TB, b shopBase, off time.Duration) *Store {
	t.Helper()
	c := b.config(t)
	c.Now = func() time.Time { return fixtureNow.Add(off) }
	return openShop(t, c)
}

// Who is locked out or has expired is so by the database's clock, as the shop
// has it, whatever the workstation's says.
func TestLocksByTheDatabasesClock(t *testing.T) {
	ctx := context.Background()
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		for name, off := range offs {
			t.Run(name, func(t *testing.T) {
				b := newShop(t, s, "")
				b.setDocument(t, 2, allFour(t))
				store := openOff(t, b, off)
				now := fixtureNow.Add(off)
				set := func(until time.Time) {
					b.run(t, "UPDATE admin_user SET failures_num = 6, first_failure = ?, lock_expires = ? WHERE user_id = 2", sqlTime(until.Add(-time.Hour)), sqlTime(until))
				}
				code := func() app.Attempt {
					a, err := store.VerifyCode(ctx, app.CodeCheck{User: "2", Provider: app.Google, Code: app.NewSecret("000000"), At: now, Event: resetEvent("2")})
					require.NoError(t, err)
					return a
				}
				require.Equal(t, app.OK, try(t, store, "admin", fixturePassword).Reason, "opens the secrets")

				set(fixtureNow.Add(10 * time.Minute))
				require.Equal(t, app.LockedOut, try(t, store, "olly", fixturePassword).Reason)
				require.Equal(t, app.LockedOut, code().Reason)
				u, err := store.User(ctx, "2")
				require.NoError(t, err)
				require.True(t, u.Locked(now), "the screens at this workstation say so, too")
				require.Equal(t, now.Add(10*time.Minute), u.LockedUntil, "in its own time")
				require.Equal(t, "1", locked(t, store))

				set(fixtureNow)
				u, err = store.User(ctx, "2")
				require.NoError(t, err)
				require.False(t, u.Locked(now))
				require.Equal(t, "0", locked(t, store))
				require.Equal(t, app.Wrong, code().Reason)
				set(fixtureNow)
				require.Equal(t, app.OK, try(t, store, "olly", fixturePassword).Reason)

				b.run(t, "INSERT INTO admin_user_expiration VALUES (2, ?)", sqlTime(fixtureNow.Add(time.Minute)))
				require.Equal(t, app.OK, try(t, store, "olly", fixturePassword).Reason)
				require.Equal(t, 0, counted(t, store).Inactive)
				b.run(t, "UPDATE admin_user_expiration SET expires_at = ?", sqlTime(fixtureNow))
				require.Equal(t, app.NoOperator, try(t, store, "olly", fixturePassword).Reason)
				require.Equal(t, 1, counted(t, store).Inactive)
				x, err := store.Examine(ctx)
				require.NoError(t, err)
				require.Contains(t, codesOf(x), "expired")
			})
		}
	})
}

// locked is how many users are locked, by the count and by the list alike.
func locked(t testing.TB, store *Store) string {
	t.Helper()
	p, err := store.Users(context.Background(), app.Query{Filter: app.WithLock})
	require.NoError(t, err)
	require.Len(t, p.Users, counted(t, store).Locked)
	return app.Thousands(int64(len(p.Users)))
}

func counted(t testing.TB, store *Store) app.Counts {
	t.Helper()
	c, err := store.Counts(context.Background())
	require.NoError(t, err)
	return c
}

// What is written is the database's time, so that a lock-out lasts as long as
// the shop says.
func TestLockOutsAreWrittenInTheDatabasesTime(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		for name, off := range offs {
			t.Run(name, func(t *testing.T) {
				b := newShop(t, s, "")
				store := openOff(t, b, off)
				for range 5 {
					require.Equal(t, app.Wrong, try(t, store, "olly", "wrong").Reason)
				}
				a := try(t, store, "olly", "wrong")
				require.Equal(t, fixtureNow.Add(off+30*time.Minute), a.LockedUntil, "in the workstation's own time")
				require.Equal(t, "6, "+sqlTime(fixtureNow)+", "+sqlTime(fixtureNow.Add(30*time.Minute)),
					b.value(t, "SELECT CONCAT_WS(', ', failures_num, first_failure, lock_expires) FROM admin_user WHERE user_id = 2"))
				require.Equal(t, app.LockedOut, try(t, store, "olly", "wrong").Reason)
			})
		}
		t.Run("the database's own clock", func(t *testing.T) {
			b := newShop(t, s, "")
			c := b.config(t)
			c.clock, c.Now = nil, func() time.Time { return time.Now().Add(5 * time.Hour) }
			store := openShop(t, c)
			for range 6 {
				require.Equal(t, app.Wrong, try(t, store, "olly", "wrong").Reason)
			}
			require.Equal(t, "1", b.value(t, "SELECT TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP() + INTERVAL 30 MINUTE, lock_expires) BETWEEN -10 AND 0 FROM admin_user WHERE user_id = 2"))
			require.Equal(t, "1", b.value(t, "SELECT TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), first_failure) BETWEEN -10 AND 0 FROM admin_user WHERE user_id = 2"))
			require.Equal(t, app.LockedOut, try(t, store, "olly", fixturePassword).Reason)
			require.Equal(t, "1", locked(t, store))
		})
	})
}

// A difference that no clock is free of moves no time that is shown.
func TestSmallDifferencesMoveNothing(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		b := newShop(t, s, "")
		until := fixtureNow.Add(10 * time.Minute)
		b.run(t, "UPDATE admin_user SET lock_expires = ? WHERE user_id = 2", sqlTime(until))
		for _, off := range []time.Duration{-4 * time.Second, 4 * time.Second} {
			u, err := openOff(t, b, off).User(context.Background(), "2")
			require.NoError(t, err)
			require.Equal(t, until, u.LockedUntil)
		}
	})
}

package native

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/seal"
)

var rotated = app.Event{Console: "test", Action: app.DoRotate}

// enrolled adds users with an active factor each.
func enrolled(t *testing.T, s *Store, usernames ...string) (all []app.User) {
	t.Helper()
	for _, name := range usernames {
		u := add(t, s, name, "", app.Secret{})
		enroll(t, s, u.ID)
		all = append(all, u)
	}
	return all
}

func enroll(t *testing.T, s *Store, id app.UserID) {
	t.Helper()
	require.NoError(t, s.PutFactor(context.Background(), app.NewFactor{User: id, At: s.now(), Factor: testFactor(testKey)}, app.Event{Console: "test"}))
	confirm(t, s, id)
}

// sealedWith is the sealed secrets by the username of whose they are.
func sealedValues(t *testing.T, s *Store) map[string]sealedValue {
	t.Helper()
	rows, err := s.read.db.Query("SELECT " + sealedColumns + " FROM factors f ORDER BY f.user_id")
	require.NoError(t, err)
	values, err := readSealed(rows)
	require.NoError(t, err)
	all := map[string]sealedValue{}
	for _, v := range values {
		u, err := s.User(context.Background(), userID(v.user))
		require.NoError(t, err)
		all[u.Username] = v
	}
	return all
}

// opens returns whose secrets a keyset opens.
func opens(t *testing.T, s *Store, k *seal.Keyset) (names []string) {
	t.Helper()
	for name, v := range sealedValues(t, s) {
		if _, err := k.Open(s.factorPlace(userID(v.user), v.Factor), v.sealed); err == nil {
			names = append(names, name)
		}
	}
	return names
}

// beginRotation begins one with a new recovery key, which it returns.
func beginRotation(t *testing.T, s *Store) (recovery app.Secret) {
	t.Helper()
	require.NoError(t, s.BeginRotation(context.Background(), app.RotationStart{
		Recovery: true, Show: func(k app.Secret) error { recovery = k; return nil },
	}, rotated))
	return recovery
}

// resealAll goes on with a rotation until it ends.
func resealAll(t *testing.T, s *Store, most int) (values int) {
	t.Helper()
	ctx := context.Background()
	for from := ""; ; {
		r, err := s.Reseal(ctx, from, most)
		require.NoError(t, err)
		values += r.Values
		if from = r.Next; from == "" {
			break
		}
	}
	ended, err := s.EndRotation(ctx, app.Event{Console: "test", Action: app.DoDropKey})
	require.NoError(t, err)
	require.True(t, ended)
	return values
}

// requireWhole requires that a console reads every factor, and finds the audit whole.
func requireWhole(t *testing.T, s *Store) {
	t.Helper()
	ctx := context.Background()
	page, err := s.Users(ctx, app.Query{Limit: 1000})
	require.NoError(t, err)
	for _, u := range page.Users {
		for _, f := range u.Factors {
			require.Equal(t, app.StatusActive, f.Status, u.Username)
		}
	}
	r, err := s.VerifyChain(ctx, nil)
	require.NoError(t, err)
	require.True(t, r.Whole, r.Problem)
	require.True(t, r.HeadChecked)
	requireCounts(t, s)
}

// Who was an operator, and copied the keys, opens nothing that is written after a
// rotation; everybody else goes on working through it.
func TestARotationShutsOut(t *testing.T) {
	onEachEngine(t, func(t *testing.T, s *Store) {
		ctx := context.Background()
		password := app.NewSecret("another long password")
		mallory := add(t, s, "mallory", app.HelpDesk, password)
		users := enrolled(t, s, "ann", "bob", "cat", "dan")
		other := another(t, s)
		signIn(t, s, "mallory", password)
		stolen, pair := s.openKeys()
		require.Len(t, opens(t, s, stolen), 4)
		signIn(t, s, "olive", testPassword)
		u, err := s.User(ctx, mallory.ID)
		require.NoError(t, err)
		require.NoError(t, s.RemoveUser(ctx, mallory.ID, u.Version, app.Event{Console: "test"}))

		require.NoError(t, s.BeginRotation(ctx, app.RotationStart{}, rotated))
		now, err := s.Rotation(ctx)
		require.NoError(t, err)
		require.True(t, now.Running)
		require.Equal(t, 4, now.Left)
		require.NotEqual(t, stolen.ID(), now.Key)
		requireWhole(t, s)
		requireWhole(t, other)

		// Half of it is done. Another console seals with the new key already.
		step, err := s.Reseal(ctx, "", 2)
		require.NoError(t, err)
		require.Equal(t, 2, step.Values)
		require.NotEmpty(t, step.Next)
		enrolled(t, other, "eve")
		require.NoError(t, other.Reset(ctx, app.FactorReset{User: users[3].ID, Provider: app.Google}, app.Event{Console: "test"}))
		enroll(t, other, users[3].ID)
		require.Equal(t, []string{"cat"}, opens(t, s, stolen))
		_, err = pair.OpenSlot(s.slotPlace("1"), slotOf(t, s, "1"))
		require.ErrorIs(t, err, seal.ErrSealed)
		requireWhole(t, s)
		requireWhole(t, other)

		// Another console ends it, from the beginning on, as after a kill.
		ended, err := other.EndRotation(ctx, app.Event{Console: "test"})
		require.NoError(t, err)
		require.False(t, ended, "a secret is left")
		require.Equal(t, 1, resealAll(t, other, 500))
		require.Empty(t, opens(t, s, stolen))
		now, err = s.Rotation(ctx)
		require.NoError(t, err)
		require.False(t, now.Running)
		enrolled(t, s, "fay")
		require.Empty(t, opens(t, s, stolen))
		requireWhole(t, s)
		requireWhole(t, other)
		keys, _ := s.openKeys()
		require.Empty(t, keys.Before())
		require.Len(t, opens(t, s, keys), 6)

		// Neither does it prove anything, nor does what it vouches for count.
		forged, err := stolen.Vouch(s.info.ID, "1", pair.Public())
		require.NoError(t, err)
		require.False(t, keys.Vouched(s.info.ID, "1", pair.Public(), forged))
	})
}

func slotOf(t *testing.T, s *Store, id app.UserID) (slot []byte) {
	t.Helper()
	require.NoError(t, s.read.db.QueryRow("SELECT slot FROM operators WHERE user_id = $1", mustNumber(id)).Scan(&slot))
	return slot
}

// The secrets of earlier enrollments go along: they tell of an app that still has
// the old entry.
func TestARotationTakesEarlierSecretsAlong(t *testing.T) {
	onEachEngine(t, func(t *testing.T, s *Store) {
		ctx := context.Background()
		for _, u := range enrolled(t, s, "ann", "bob", "cat") {
			require.NoError(t, s.Reset(ctx, app.FactorReset{User: u.ID, Provider: app.Google}, app.Event{Console: "test"}))
		}
		count := func(condition string) (n int) {
			require.NoError(t, s.read.db.QueryRow("SELECT count(*) FROM earlier_factors WHERE key_id "+condition+" (SELECT key_id FROM store)").Scan(&n))
			return n
		}
		require.Equal(t, 3, count("="))
		beginRotation(t, s)
		require.Equal(t, 3, count("<>"))
		step, err := s.Reseal(ctx, "", 2)
		require.NoError(t, err)
		require.NotEmpty(t, step.Next)
		require.Equal(t, 1, count("<>"))
		ended, err := s.EndRotation(ctx, app.Event{Console: "test", Action: app.DoDropKey})
		require.NoError(t, err)
		require.False(t, ended)
		resealAll(t, s, 2)
		require.Equal(t, 3, count("="))
		u, err := s.FindUser(ctx, "bob")
		require.NoError(t, err)
		lent, err := s.lendEarlier(ctx, u, app.Google)
		require.NoError(t, err)
		require.Len(t, lent, 1)
	})
}

// Operators who were away for several rotations get in with the password that they
// know; so does who has the printed recovery key.
func TestOperatorsFollowRotations(t *testing.T) {
	onEachEngine(t, func(t *testing.T, s *Store) {
		ctx := context.Background()
		hal, ivy, ned := app.NewSecret("the password of hal"), app.NewSecret("the password of ivy"), app.NewSecret("the password of ned")
		desk, auditor := add(t, s, "hal", app.HelpDesk, hal), add(t, s, "ivy", app.Auditor, ivy)
		late := add(t, s, "ned", app.Auditor, ned)
		enrolled(t, s, "ann")
		recovery := beginRotation(t, s)
		resealAll(t, s, 10)
		require.NoError(t, s.BeginRotation(ctx, app.RotationStart{}, rotated))
		require.NoError(t, s.BeginRotation(ctx, app.RotationStart{}, rotated), "also while one is running")
		require.Len(t, s.generation().before, 2)
		require.Equal(t, 1, resealAll(t, s, 10))

		endorsements := func(id app.UserID) (n int) {
			require.NoError(t, s.read.db.QueryRow("SELECT count(endorsements) FROM operators WHERE user_id = $1", mustNumber(id)).Scan(&n))
			return n
		}
		for _, c := range []struct {
			user     app.User
			password app.Secret
		}{{desk, hal}, {auditor, ivy}} {
			require.Equal(t, 1, endorsements(c.user.ID))
			signIn(t, s, c.user.Username, c.password)
			require.Equal(t, 1, endorsements(c.user.ID), "a password alone writes nothing")
			_, err := s.SignedIn(ctx, app.SignIn{ID: c.user.ID, At: s.now()}, app.Event{Console: "test"})
			require.NoError(t, err)
			require.Zero(t, endorsements(c.user.ID), "who has followed needs them no more")
			a, err := s.CheckPassword(ctx, app.PasswordCheck{Username: c.user.Username, Password: c.password, At: s.now()})
			require.NoError(t, err)
			require.True(t, a.Accepted())
		}

		// The Auditor seals the own factor to the store of now.
		enroll(t, s, auditor.ID)
		signIn(t, s, "olive", testPassword)
		requireWhole(t, s)
		require.NoError(t, setRole(t, s, late.ID, app.HelpDesk, true), "the public key is vouched for under the new keys")
		signIn(t, s, "ned", ned)
		require.NoError(t, s.Able(app.AbleOpenSecrets))
		requireWhole(t, s)

		s.Forget()
		a, err := s.CheckPassword(ctx, app.PasswordCheck{Username: "hal", Password: hal, Recovery: recovery, At: s.now()})
		require.NoError(t, err)
		require.True(t, a.Accepted())
		requireWhole(t, s)
	})
}

// A change of password or role at one console goes together with a rotation at
// another.
func TestRotationAndPasswords(t *testing.T) {
	onEachEngine(t, func(t *testing.T, s *Store) {
		ctx := context.Background()
		hal, changed := app.NewSecret("the password of hal"), app.NewSecret("yet another password")
		u := add(t, s, "hal", app.HelpDesk, hal)
		enrolled(t, s, "ann")
		other := another(t, s)
		signIn(t, other, "hal", hal)
		beginRotation(t, s)
		require.NoError(t, other.SetPassword(ctx, u.ID, changed, app.Event{Console: "test"}), "the own one, with the keys of before")
		signIn(t, other, "hal", changed)
		requireWhole(t, other)
		signIn(t, other, "olive", testPassword)
		resealAll(t, s, 10)
		require.NoError(t, other.SetPassword(ctx, u.ID, hal, app.Event{Console: "test"}), "another's")
		signIn(t, other, "hal", hal)
		requireWhole(t, other)

		// Who has lost the slot meanwhile is told so, once.
		signIn(t, s, "olive", testPassword)
		require.NoError(t, setRole(t, s, u.ID, app.Auditor, true))
		require.NoError(t, s.BeginRotation(ctx, app.RotationStart{}, rotated))
		err := other.PutFactor(ctx, app.NewFactor{User: u.ID, At: s.now(), Factor: testFactor(testKey)}, app.Event{Console: "test"})
		require.Equal(t, app.Denied, app.KindOf(err))
		require.Equal(t, "The keys of the store were changed at another desk. Sign in again.", err.Error())
		require.Error(t, other.Able(app.AbleOpenSecrets))
	})
}

// A secret that no key opens does not hold a rotation up, and is counted.
func TestARotationPassesOverWhatIsUnreadable(t *testing.T) {
	ctx, s := context.Background(), newTestStore(t)
	enrolled(t, s, "ann", "bob", "cat")
	outside(t, s, "UPDATE factors SET sealed = x'0102' WHERE user_id = 3")
	beginRotation(t, s)
	step, err := s.Reseal(ctx, "", 500)
	require.NoError(t, err)
	require.Equal(t, app.Resealed{Values: 2, Unreadable: 1}, step)
	require.Zero(t, resealAll(t, s, 500))
	requireCounts(t, s)
	c, err := s.Counts(ctx)
	require.NoError(t, err)
	require.Equal(t, 1, c.Unreadable)
	u, err := s.User(ctx, "3")
	require.NoError(t, err)
	require.Equal(t, app.StatusUnreadable, u.Factors[0].Status)
	require.NoError(t, s.Reset(ctx, app.FactorReset{User: "3", Provider: app.Google}, app.Event{Console: "test"}))
	requireWhole(t, s)
}

// Who holds a copy of the old keys, and can write to the file, cannot put keys of
// their own in the place of the new ones.
func TestPlantedKeysAreRefused(t *testing.T) {
	ctx, s := context.Background(), newTestStore(t)
	hal := app.NewSecret("the password of hal")
	u := add(t, s, "hal", app.HelpDesk, hal)
	stolen, _ := s.openKeys()
	recovery := beginRotation(t, s)
	resealAll(t, s, 10)
	signIn(t, s, "hal", hal)
	_, err := s.SignedIn(ctx, app.SignIn{ID: u.ID, At: s.now()}, app.Event{Console: "test"})
	require.NoError(t, err)
	_, own := s.openKeys()
	planted, err := stolen.Next(nil)
	require.NoError(t, err)
	chain, err := stolen.Endorse(planted, own.Public(), s.endorsedPlace(u.ID), nil)
	require.NoError(t, err)
	voucher, err := planted.Vouch(s.info.ID, string(u.ID), own.Public())
	require.NoError(t, err)
	slot, err := planted.Slot(s.info.ID, string(u.ID), own.Public(), voucher, s.slotPlace(u.ID))
	require.NoError(t, err)

	s.Forget()
	outside(t, s, "UPDATE operators SET endorsements = $1, slot = $2, voucher = $3 WHERE user_id = $4", chain, slot, voucher, string(u.ID))
	_, err = s.CheckPassword(ctx, app.PasswordCheck{Username: "hal", Password: hal, At: s.now()})
	require.Equal(t, app.Unreadable, app.KindOf(err))
	require.Contains(t, err.Error(), "changed from outside")

	// The same under the recovery key, whose public half is in each keyset.
	wrapped, err := planted.Recovery(s.recoveryPlace())
	require.NoError(t, err)
	outside(t, s, "UPDATE store SET recovery = $1", wrapped)
	a, err := s.CheckPassword(ctx, app.PasswordCheck{Username: "olive", Password: testPassword, Recovery: recovery, At: s.now()})
	require.NoError(t, err)
	require.Equal(t, app.WrongKey, a.Reason, "the new recovery key is another one")

	// Nobody who rotates gives keys to a key pair of theirs.
	outside(t, s, "UPDATE operators SET voucher = $1 WHERE user_id = $2", voucher, string(u.ID))
	signIn(t, s, "olive", testPassword)
	beginRotation(t, s)
	require.Equal(t, []string{"olive"}, slots(t, s))
	page, err := s.Events(ctx, app.EventQuery{Action: app.DoRotate, Limit: 1})
	require.NoError(t, err)
	require.Equal(t, "hal", page.Events[0].Detail("shut out"))
}

// Deeds of two consoles and rotations of both of them run at once; afterwards
// everything opens with the last keys.
func TestRotationsAmongDeeds(t *testing.T) {
	onEachEngine(t, func(t *testing.T, s *Store) {
		ctx := context.Background()
		users := enrolled(t, s, "ann", "bob", "cat", "dan", "eve", "fay")
		consoles := []*Store{s, another(t, s)}
		var all sync.WaitGroup
		for i, c := range consoles {
			all.Go(func() {
				for range 4 {
					_ = c.BeginRotation(ctx, app.RotationStart{}, rotated)
					for from := ""; ; {
						step, err := c.Reseal(ctx, from, 2)
						if err != nil {
							break
						}
						if from = step.Next; from == "" {
							break
						}
					}
					_, _ = c.EndRotation(ctx, app.Event{Console: "test", Action: app.DoDropKey})
				}
			})
			all.Go(func() {
				for range 6 {
					u := users[i*3]
					_ = c.Reset(ctx, app.FactorReset{User: u.ID, Provider: app.Google}, app.Event{Console: "test"})
					_ = c.PutFactor(ctx, app.NewFactor{User: u.ID, At: c.now(), Factor: testFactor(testKey)}, app.Event{Console: "test"})
					_, _ = c.Users(ctx, app.Query{})
				}
			})
		}
		all.Wait()
		now, err := s.Rotation(ctx)
		require.NoError(t, err)
		if now.Running {
			resealAll(t, s, 10)
		}
		keys, _ := s.openKeys()
		require.Empty(t, keys.Before())
		require.Len(t, opens(t, s, keys), len(sealedValues(t, s)))
		for _, c := range consoles {
			r, err := c.VerifyChain(ctx, nil)
			require.NoError(t, err)
			require.True(t, r.Whole, r.Problem)
			requireCounts(t, c)
		}
	})
}

// The files hold no part of a keyset in clear, in whatever state a rotation is.
func TestARotationLeavesNoKeyInClear(t *testing.T) {
	s := newTestStore(t)
	enrolled(t, s, "ann", "bob", "cat")
	recovery := beginRotation(t, s)
	check := func() {
		entries, err := os.ReadDir(filepath.Dir(s.info.Location))
		require.NoError(t, err)
		require.NotEmpty(t, entries)
		for _, entry := range entries {
			b, err := os.ReadFile(filepath.Join(filepath.Dir(s.info.Location), entry.Name()))
			require.NoError(t, err)
			for _, word := range []string{testKey, testKey[:16], recovery.Reveal(), "factordesk keyset", "google.crypto.tink", "factordesk operator"} {
				require.NotContains(t, strings.ToLower(string(b)), strings.ToLower(word), entry.Name())
			}
		}
	}
	check()
	_, err := s.Reseal(context.Background(), "", 1)
	require.NoError(t, err)
	check()
	resealAll(t, s, 10)
	check()
}

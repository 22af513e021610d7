package native

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// add adds a user with a role, and with a password that makes an operator.
func add(t *testing.T, s *Store, username string, role app.RoleID, password app.Secret) app.User {
	t.Helper()
	u, err := s.AddUser(context.Background(), app.NewUser{
		Username: username, Email: username + "@example.com", Role: role, Active: true, Password: password,
	}, app.Event{Console: "test"})
	require.NoError(t, err)
	return u
}

// signIn checks a password as a sign-in does, and requires that it is right.
func signIn(t *testing.T, s *Store, username string, password app.Secret) {
	t.Helper()
	s.Forget()
	a, err := s.CheckPassword(context.Background(), app.PasswordCheck{Username: username, Password: password, At: s.now()})
	require.NoError(t, err)
	require.Equal(t, app.OK, a.Reason)
}

// slots returns the operators who have the keyset.
func slots(t *testing.T, s *Store) (all []string) {
	t.Helper()
	rows, err := s.read.db.Query("SELECT u.username FROM operators o JOIN users u ON u.id = o.user_id WHERE o.slot IS NOT NULL ORDER BY 1")
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var name string
		require.NoError(t, rows.Scan(&name))
		all = append(all, name)
	}
	require.NoError(t, rows.Err())
	return all
}

func setRole(t *testing.T, s *Store, id app.UserID, role app.RoleID, active bool) error {
	t.Helper()
	u, err := s.User(context.Background(), id)
	require.NoError(t, err)
	_, err = s.SaveUser(context.Background(), app.UserChange{
		ID: id, Version: u.Version, Username: u.Username, Email: u.Email, Role: role, Active: active,
	}, app.Event{Console: "test"})
	return err
}

// A role decides who has the keys; the operator's password is not needed for
// it.
func TestPromotionAndDemotionMoveTheKeys(t *testing.T) {
	onEachEngine(t, testPromotionAndDemotionMoveTheKeys)
}

func testPromotionAndDemotionMoveTheKeys(t *testing.T, s *Store) {
	ctx := context.Background()
	password := app.NewSecret("another long password")
	u := add(t, s, "ann", app.Auditor, password)
	require.Equal(t, []string{"olive"}, slots(t, s))
	signIn(t, s, "ann", password)
	require.Equal(t, app.Denied, app.KindOf(s.Able(app.AbleOpenSecrets)))

	signIn(t, s, "olive", testPassword)
	require.NoError(t, setRole(t, s, u.ID, app.HelpDesk, true))
	require.Equal(t, []string{"ann", "olive"}, slots(t, s))
	signIn(t, s, "ann", password)
	require.NoError(t, s.Able(app.AbleOpenSecrets))

	signIn(t, s, "olive", testPassword)
	require.NoError(t, setRole(t, s, u.ID, app.HelpDesk, false))
	require.Equal(t, []string{"olive"}, slots(t, s), "an account that is off has no keys")
	require.NoError(t, setRole(t, s, u.ID, app.HelpDesk, true))
	require.Equal(t, []string{"ann", "olive"}, slots(t, s))

	// The same by what a role permits.
	r, err := s.SaveRole(ctx, app.Role{Name: "Night desk", Permissions: []app.Permission{app.SeeUsers}}, app.Event{})
	require.NoError(t, err)
	require.NoError(t, setRole(t, s, u.ID, r.ID, true))
	require.Equal(t, []string{"olive"}, slots(t, s))
	r.Permissions = append(r.Permissions, app.CanVerify)
	r, err = s.SaveRole(ctx, r, app.Event{})
	require.NoError(t, err)
	require.Equal(t, []string{"ann", "olive"}, slots(t, s))
	r.Permissions = []app.Permission{app.SeeUsers}
	_, err = s.SaveRole(ctx, r, app.Event{})
	require.NoError(t, err)
	require.Equal(t, []string{"olive"}, slots(t, s))

	// And by a file.
	imported := func(role app.RoleID) app.ImportResult {
		res, err := s.Import(ctx, app.Import{Rows: func(yield func(app.ImportRow, error) bool) {
			yield(app.ImportRow{Line: 2, HasRole: true, NewUser: app.NewUser{Username: "ann", Email: u.Email, Role: role}}, nil)
		}}, app.Event{})
		require.NoError(t, err)
		return res
	}
	require.Equal(t, 1, imported(app.HelpDesk).Updated)
	require.Equal(t, []string{"ann", "olive"}, slots(t, s))

	// Who has no keys cannot give them away.
	s.Forget()
	require.NoError(t, setRole(t, s, u.ID, app.Auditor, true))
	require.Equal(t, app.Denied, app.KindOf(setRole(t, s, u.ID, app.HelpDesk, true)))
	res := imported(app.HelpDesk)
	require.Len(t, res.Rejected, 1)
	require.Equal(t, "The store's keys are not open.", res.Rejected[0].Reason)
	got, err := s.User(ctx, u.ID)
	require.NoError(t, err)
	require.Equal(t, app.Auditor, got.Role.ID)
	requireCounts(t, s)
}

// An Auditor has no keys, and proves and enrolls the own factor all the same;
// the desk reads what was enrolled so.
func TestAnAuditorHasTheOwnFactor(t *testing.T) { onEachEngine(t, testAnAuditorHasTheOwnFactor) }

func testAnAuditorHasTheOwnFactor(t *testing.T, s *Store) {
	ctx := context.Background()
	password := app.NewSecret("another long password")
	u := add(t, s, "ann", "", app.Secret{})
	require.NoError(t, s.PutFactor(ctx, app.NewFactor{User: u.ID, At: s.now(), Factor: testFactor(testKey)}, app.Event{}))
	confirm(t, s, u.ID)
	require.NoError(t, setRole(t, s, u.ID, app.Auditor, true))
	require.NoError(t, s.SetPassword(ctx, u.ID, password, app.Event{})) // seals the factor to its owner, too

	check := app.CodeCheck{User: u.ID, Provider: app.Google, At: s.now().Add(app.SessionIdle)}
	check.Code = codeNow(t, check.At)
	s.Forget()
	_, err := s.VerifyCode(ctx, check)
	require.Equal(t, app.Denied, app.KindOf(err), "without any password there is no key")
	signIn(t, s, "ann", password)
	a, err := s.VerifyCode(ctx, check)
	require.NoError(t, err)
	require.Equal(t, app.OK, a.Reason)
	_, err = s.VerifyCode(ctx, app.CodeCheck{User: "1", Provider: app.Google, Code: check.Code, At: check.At})
	require.NoError(t, err, "nothing is enrolled")

	// Another operator's factor stays closed.
	signIn(t, s, "olive", testPassword)
	require.NoError(t, s.PutFactor(ctx, app.NewFactor{User: "1", At: s.now(), Factor: testFactor(testKey)}, app.Event{}))
	confirm(t, s, "1")
	signIn(t, s, "ann", password)
	_, err = s.VerifyCode(ctx, app.CodeCheck{User: "1", Provider: app.Google, Code: check.Code, At: check.At})
	require.Equal(t, app.Denied, app.KindOf(err))
	require.Equal(t, app.Denied, app.KindOf(s.PutFactor(ctx, app.NewFactor{User: "1", Replace: true, At: s.now(), Factor: testFactor(testKey)}, app.Event{})))

	// Enrolled by herself.
	require.NoError(t, s.Reset(ctx, app.FactorReset{User: u.ID, Provider: app.Google}, app.Event{}))
	require.NoError(t, s.PutFactor(ctx, app.NewFactor{User: u.ID, At: s.now(), Factor: testFactor(testKey)}, app.Event{}))
	confirm(t, s, u.ID)
	signIn(t, s, "olive", testPassword)
	check.At = check.At.Add(app.SessionIdle)
	check.Code = codeNow(t, check.At)
	got, err := s.User(ctx, u.ID)
	require.NoError(t, err)
	require.Equal(t, app.StatusActive, got.Factor(app.Google).Status)
	a, err = s.TestCode(ctx, check)
	require.NoError(t, err)
	require.Equal(t, app.OK, a.Reason)
}

// The own password can be changed without the keys; key pair, slot and own
// factors stay.
func TestOwnPassword(t *testing.T) { onEachEngine(t, testOwnPassword) }

func testOwnPassword(t *testing.T, s *Store) {
	ctx := context.Background()
	old, changed := app.NewSecret("another long password"), app.NewSecret("yet another password")
	u := add(t, s, "ann", app.Auditor, old)
	require.Equal(t, app.Denied, app.KindOf(func() error {
		s.Forget()
		return s.SetPassword(ctx, u.ID, changed, app.Event{})
	}()))
	signIn(t, s, "ann", old)
	require.NoError(t, s.SetPassword(ctx, u.ID, changed, app.Event{}))
	signIn(t, s, "ann", changed)
	a, err := s.CheckPassword(ctx, app.PasswordCheck{Username: "ann", Password: old, At: s.now()})
	require.NoError(t, err)
	require.Equal(t, app.Wrong, a.Reason)

	signIn(t, s, "olive", testPassword)
	require.NoError(t, setRole(t, s, u.ID, app.HelpDesk, true), "the public key is still vouched for")
	signIn(t, s, "ann", changed)
	require.NoError(t, s.Able(app.AbleOpenSecrets))
}

// Who can write to the file, but has no password, gets no key and no secret.
func TestTamperingWithKeysIsRefused(t *testing.T) {
	ctx, s := context.Background(), newTestStore(t)
	mine, theirs := app.NewSecret("another long password"), app.NewSecret("the intruder's password")
	ann := add(t, s, "ann", app.Auditor, mine)
	mallory := add(t, s, "mallory", app.Auditor, theirs)

	t.Run("a public key that nobody vouched for gets no slot", func(t *testing.T) {
		outside(t, s, "UPDATE operators SET public_key = (SELECT public_key FROM operators WHERE user_id = $1) WHERE user_id = $2",
			string(mallory.ID), string(ann.ID))
		err := setRole(t, s, ann.ID, app.HelpDesk, true)
		require.Equal(t, app.Unreadable, app.KindOf(err))
		require.Contains(t, err.Error(), "was not made by this store's operators")
		require.Equal(t, []string{"olive"}, slots(t, s))
	})
	t.Run("another's password does not open the account", func(t *testing.T) {
		outside(t, s, "UPDATE operators SET password = (SELECT password FROM operators WHERE user_id = $1) WHERE user_id = 1",
			string(mallory.ID))
		_, err := s.CheckPassword(ctx, app.PasswordCheck{Username: "olive", Password: theirs, At: s.now()})
		require.Equal(t, app.Unreadable, app.KindOf(err))
		require.Contains(t, err.Error(), "changed from outside")
	})
	t.Run("nor does a whole operator's row", func(t *testing.T) {
		outside(t, s, "UPDATE operators SET (password, private_key, public_key, voucher) = "+
			"(SELECT password, private_key, public_key, voucher FROM operators WHERE user_id = $1) WHERE user_id = 1", string(mallory.ID))
		_, err := s.CheckPassword(ctx, app.PasswordCheck{Username: "olive", Password: theirs, At: s.now()})
		require.Equal(t, app.Unreadable, app.KindOf(err))
	})
	t.Run("a hostile record is refused before it is obeyed", func(t *testing.T) {
		outside(t, s, "UPDATE operators SET password = '$argon2id$v=19$m=4294967295,t=0,p=1$c29tZXNhbHRzb21lc2FsdA$AAAA' WHERE user_id = 1")
		_, err := s.CheckPassword(ctx, app.PasswordCheck{Username: "olive", Password: testPassword, At: s.now()})
		require.Equal(t, app.Unreadable, app.KindOf(err))
	})
}

// A secret opens in its own row, for its own parameters, and nowhere else.
func TestASecretThatWasMovedIsUnreadable(t *testing.T) {
	ctx := context.Background()
	for name, text := range map[string]string{
		"another user's": "UPDATE factors SET sealed = (SELECT sealed FROM factors WHERE user_id = 3) WHERE user_id = 2",
		"other digits":   "UPDATE factors SET digits = 8 WHERE user_id = 2",
		"other period":   "UPDATE factors SET period = 60 WHERE user_id = 2",
		"other provider": "UPDATE factors SET provider = 'authy' WHERE user_id = 2",
		"nonsense":       "UPDATE factors SET sealed = x'00' WHERE user_id = 2",
		"nothing":        "UPDATE factors SET sealed = x'' WHERE user_id = 2",
	} {
		t.Run(name, func(t *testing.T) {
			s := newTestStore(t)
			for range 2 {
				u := add(t, s, "user"+userCount(t, s), "", app.Secret{})
				require.NoError(t, s.PutFactor(ctx, app.NewFactor{User: u.ID, At: s.now(), Factor: testFactor(testKey)}, app.Event{}))
				confirm(t, s, u.ID)
			}
			outside(t, s, text)
			u, err := s.User(ctx, "2")
			require.NoError(t, err)
			require.Len(t, u.Factors, 1)
			f := u.Factors[0]
			require.Equal(t, app.StatusUnreadable, f.Status)
			require.Equal(t, noteChanged, f.Note)
			_, err = s.VerifyCode(ctx, app.CodeCheck{User: "2", Provider: f.Provider, Code: codeNow(t, s.now()), At: s.now()})
			require.Equal(t, app.Unreadable, app.KindOf(err))
			page, err := s.Events(ctx, app.EventQuery{Outcome: app.Failed})
			require.NoError(t, err)
			require.Equal(t, 1, page.Total, "the attempt is an event")
			require.NoError(t, s.Reset(ctx, app.FactorReset{User: "2", Provider: f.Provider}, app.Event{}), "it can be reset without any key")
			other, err := s.User(ctx, "3")
			require.NoError(t, err)
			require.Equal(t, app.StatusActive, other.Factors[0].Status)
		})
	}
}

func userCount(t *testing.T, s *Store) string {
	t.Helper()
	c, err := s.Counts(context.Background())
	require.NoError(t, err)
	return string(userID(int64(c.All)))
}

// The files hold no password, no code, no key and no token in clear.
func TestFilesHoldNoSecret(t *testing.T) {
	ctx, s := context.Background(), newTestStore(t)
	const canary = "CANARYCANARYCANARYCANARYCANARY22"
	secret := app.NewSecret("the canary sings at night")
	e := app.Event{Console: "test", Action: app.DoSignIn}
	u := add(t, s, "ann", app.HelpDesk, secret)
	require.NoError(t, s.PutFactor(ctx, app.NewFactor{User: u.ID, At: s.now(), Factor: testFactor(canary)}, e))
	token, err := s.SignedIn(ctx, app.SignIn{ID: u.ID, At: s.now(), Keep: true}, e)
	require.NoError(t, err)
	for _, c := range []app.PasswordCheck{
		{Username: "ann", Password: app.NewSecret("mistyped canary password")},
		{Username: "typed canary in the wrong field", Password: secret},
		{Username: "ann", Password: secret, Recovery: app.NewSecret("CANA-RYRE-COVE-RY22")},
	} {
		c.At, c.Event = s.now(), e
		a, err := s.CheckPassword(ctx, c)
		require.Equal(t, !c.Recovery.Empty(), err != nil, "a mistyped recovery key is no attempt: %v", err)
		require.False(t, a.Accepted())
	}
	_, err = s.VerifyCode(ctx, app.CodeCheck{User: u.ID, Provider: app.Google, Code: app.NewSecret("918273"), At: s.now(), Event: e})
	require.NoError(t, err)
	entries, err := os.ReadDir(filepath.Dir(s.info.Location))
	require.NoError(t, err)
	require.Len(t, entries, 3)
	for _, entry := range entries {
		b, err := os.ReadFile(filepath.Join(filepath.Dir(s.info.Location), entry.Name()))
		require.NoError(t, err)
		for _, word := range []string{canary, "CANARYCANARY", "canary", "918273", "COVE-RY22", testPassword.Reveal(), token.Reveal()} {
			require.NotContains(t, strings.ToLower(string(b)), strings.ToLower(word), entry.Name())
		}
	}
}

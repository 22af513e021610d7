//go:build full

package magento

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/otp"
	"github.com/factordesk/factordesk/app/provider"
	"github.com/factordesk/factordesk/app/servertest"
)

// try checks a password at the tests' time.
func try(t testing.TB, s *Store, username, password string) app.Attempt {
	t.Helper()
	a, err := s.CheckPassword(context.Background(), app.PasswordCheck{
		Username: username, Password: app.NewSecret(password), Complete: true, At: fixtureNow,
		Event: app.Event{At: fixtureNow, Console: "desk-test", Action: app.DoSignIn},
	})
	require.NoError(t, err)
	return a
}

// vectors is what Magento's own classes printed.
func vectors(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "vectors.txt"))
	require.NoError(t, err)
	return string(text)
}

// Each stored hash of the vectors, in the shop's own table, lets the right
// password in and no other.
func TestEveryPasswordVector(t *testing.T) {
	text := vectors(t)
	valid := regexp.MustCompile(`(?m): ([0-9a-f]{32,64}:[^ :\n]+:[0-9_:]+)(?: |$)`).FindAllStringSubmatch(text, -1)
	require.GreaterOrEqual(t, len(valid), 11)
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		for _, prefix := range []string{"", "m2_"} {
			b := newShop(t, s, prefix)
			store := openShop(t, b.config(t))
			set := func(hash string) {
				b.run(t, "UPDATE admin_user SET password = ?, failures_num = 0 WHERE user_id = 2", hash)
			}
			for _, v := range valid {
				password := fixturePassword
				if strings.HasPrefix(v[1], "1ca2dfe1") {
					password = strings.Repeat("é", 20)
				}
				set(v[1])
				require.Equal(t, app.OK, try(t, store, "olly", password).Reason, v[1])
				require.Equal(t, app.Wrong, try(t, store, "olly", password+"x").Reason, v[1])
			}
			set("3f9f5b73ca780c488a8ba0a4cf98f7a1a735cabe9b94880175619b788c54e9da") // HMAC under the crypt key
			require.Equal(t, app.OK, try(t, store, "olly", fixturePassword).Reason)
			for _, hash := range []string{
				"8830f530e835715d3ac7fc93a270595f:0123456789abcdefABCDEFGHIJKLMNOP", // two parts: not valid
				"8830f530e835715d3ac7fc93a270595f", "x", ":",
			} {
				set(hash)
				require.Equal(t, app.Wrong, try(t, store, "olly", fixturePassword).Reason, hash)
				require.Equal(t, app.Wrong, try(t, store, "olly", "").Reason, hash)
			}
			set("d4d2adc8a9586cdb795305fe1661ccf414c018ffe9f067fc7872af0522972238:0123456789abcdefABCDEFGHIJKLMNOP:3_32_9999_99999999999")
			_, err := store.CheckPassword(context.Background(), app.PasswordCheck{Username: "olly", Password: app.NewSecret("x"), At: fixtureNow})
			require.Equal(t, app.Unreadable, app.KindOf(err), "a hash that asks for too much is not computed")
		}
	})
}

// Each document of the vectors opens, in the shop's own table.
func TestEveryDocumentVector(t *testing.T) {
	found := regexp.MustCompile(`(?m)json: (.+)\nencoded_config: (\S+)`).FindAllStringSubmatch(vectors(t), -1)
	require.Len(t, found, 5)
	active := map[app.ProviderCode]app.Status{"google": "active", "duo_security": "active", "u2fkey": "active", "authy": "active"}
	want := []map[app.ProviderCode]app.Status{
		{"google": "active"}, {"google": "pending"}, {"u2fkey": "not enrolled"}, active, {},
	}
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		b := newShop(t, s, "m2_")
		store := openShop(t, b.config(t))
		for i, v := range found {
			b.run(t, "UPDATE tfa_user_config SET encoded_config = ? WHERE user_id = 2", v[2])
			require.Equal(t, v[1], b.document(t, 2))
			u, err := store.User(context.Background(), "2")
			require.NoError(t, err)
			got := map[app.ProviderCode]app.Status{}
			for _, f := range u.Factors {
				got[f.Provider] = f.Status
			}
			require.Equal(t, want[i], got, v[1])
		}
	})
}

// The order of a sign-in is Magento's.
func TestWhoGetsIn(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		b := newShop(t, s, "")
		store := openShop(t, b.config(t))
		for name, test := range map[string]struct {
			sql      string
			username string
			password string
			want     app.Reason
			failures string
			words    string // of the event
		}{
			"right":                          {"", "olly", fixturePassword, app.OK, "0", ""},
			"by the address":                 {"", "olly@example.com", fixturePassword, app.NoOperator, "0", "Wrong username or password"},
			"a blank behind":                 {"", "olly ", fixturePassword, app.NoOperator, "0", "Wrong username or password"},
			"an accent":                      {"", "ólly", fixturePassword, app.NoOperator, "0", "Wrong username or password"},
			"in capitals":                    {"", "OLLY", fixturePassword, app.OK, "0", ""},
			"in capitals, where they matter": {"INSERT INTO core_config_data (path, value) VALUES ('admin/security/use_case_sensitive_login', '1')", "OLLY", fixturePassword, app.Wrong, "1", "Wrong password, 1 of 6"},
			"inactive":                       {"UPDATE admin_user SET is_active = 0 WHERE user_id = 2", "olly", fixturePassword, app.NoOperator, "0", "The account is inactive"},
			"inactive, and a wrong password": {"UPDATE admin_user SET is_active = 0 WHERE user_id = 2", "olly", "wrong", app.Wrong, "1", "Wrong password, 1 of 6"},
			"expired":                        {"INSERT INTO admin_user_expiration VALUES (2, '2026-06-09 12:08:10')", "olly", fixturePassword, app.NoOperator, "0", "The account has expired"},
			"not expired yet":                {"INSERT INTO admin_user_expiration VALUES (2, '2026-06-09 12:08:11')", "olly", fixturePassword, app.OK, "0", ""},
			"locked":                         {"UPDATE admin_user SET failures_num = 6, lock_expires = '2026-06-09 12:08:11' WHERE user_id = 2", "olly", fixturePassword, app.LockedOut, "6", "The account is locked"},
			"locked until now":               {"UPDATE admin_user SET failures_num = 6, lock_expires = '2026-06-09 12:08:10' WHERE user_id = 2", "olly", fixturePassword, app.OK, "0", ""},
			"without a role":                 {"DELETE FROM authorization_role WHERE user_id = 2", "olly", fixturePassword, app.OK, "0", ""},
			"without a password":             {"UPDATE admin_user SET password = '' WHERE user_id = 2", "olly", "", app.NoOperator, "0", "The user has no password"},
		} {
			t.Run(name, func(t *testing.T) {
				b.exec(t, "DELETE FROM admin_user_expiration; DELETE FROM core_config_data WHERE path LIKE 'admin/%'; DELETE FROM authorization_role WHERE user_id = 2; "+
					"INSERT INTO authorization_role (parent_id, tree_level, role_type, user_id, user_type) VALUES (2, 2, 'U', 2, '2')")
				b.run(t, "UPDATE admin_user SET password = ?, is_active = 1, failures_num = 0, first_failure = NULL, lock_expires = NULL WHERE user_id = 2", hashOf(app.NewSecret(fixturePassword)))
				if test.sql != "" {
					b.run(t, test.sql)
				}
				before, err := store.Head(context.Background())
				require.NoError(t, err)
				a := try(t, store, test.username, test.password)
				require.Equal(t, test.want, a.Reason)
				require.Equal(t, test.failures, b.value(t, "SELECT failures_num FROM admin_user WHERE user_id = 2"))
				after, err := store.Head(context.Background())
				require.NoError(t, err)
				if test.words == "" {
					require.Equal(t, before, after)
					return
				}
				e := newest(t, store)
				require.Equal(t, app.Refused, e.Outcome)
				require.Equal(t, test.words, e.Reason)
			})
		}
	})
}

// Failed attempts are counted as Magento counts them, with the shop's own limits.
func TestLockOut(t *testing.T) {
	type at struct {
		after    time.Duration
		failures string
		first    string
		until    string
	}
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		for name, test := range map[string]struct {
			sql   string
			steps []at
		}{
			"Magento's own": {"", []at{
				{0, "1", "2026-06-09 12:08:10", "NULL"},
				{30 * time.Minute, "2", "2026-06-09 12:08:10", "NULL"},
				{30*time.Minute + time.Second, "1", "2026-06-09 12:38:11", "NULL"},
			}},
			"two failures, five minutes": {"INSERT INTO core_config_data (path, value) VALUES ('admin/security/lockout_failures', '2'), ('admin/security/lockout_threshold', '5')", []at{
				{0, "1", "2026-06-09 12:08:10", "NULL"},
				{time.Minute, "2", "2026-06-09 12:08:10", "2026-06-09 12:14:10"},
				{2 * time.Minute, "3", "2026-06-09 12:08:10", "2026-06-09 12:15:10"},
				{5*time.Minute + time.Second, "1", "2026-06-09 12:13:11", "2026-06-09 12:15:10"},
			}},
			"switched off": {"INSERT INTO core_config_data (path, value) VALUES ('admin/security/lockout_failures', '0')", []at{
				{0, "0", "NULL", "NULL"}, {time.Second, "0", "NULL", "NULL"},
			}},
			"at the end of the column": {"UPDATE admin_user SET failures_num = 32767, first_failure = '2026-06-09 12:08:00'", []at{
				{0, "32767", "2026-06-09 12:08:00", "2026-06-09 12:38:10"},
			}},
		} {
			t.Run(name, func(t *testing.T) {
				b := newShop(t, s, "")
				if test.sql != "" {
					b.run(t, test.sql)
				}
				c := b.config(t)
				now := fixtureNow
				c.clock = func() time.Time { return now }
				store := openShop(t, c)
				for _, step := range test.steps {
					now = fixtureNow.Add(step.after)
					_, err := store.CheckPassword(context.Background(), app.PasswordCheck{Username: "olly", Password: app.NewSecret("wrong"), At: now.Add(700 * time.Millisecond)})
					require.NoError(t, err)
					require.Equal(t, [][]string{{step.failures, step.first, step.until}},
						b.query(t, "SELECT failures_num, CONVERT_TZ(first_failure, @@time_zone, '+00:00'), CONVERT_TZ(lock_expires, @@time_zone, '+00:00') FROM admin_user WHERE user_id = 2"))
				}
			})
		}
	})
}

// The codes that are accepted are those that the shop accepts.
func TestToleranceOfCodes(t *testing.T) {
	secret := []byte("12345678901234567890")
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		for name, test := range map[string]struct {
			module  string // version
			setting string
			window  string        // the user's own
			second  time.Duration // into the step
			want    map[int]bool  // steps from now
		}{
			"steps, as it comes":          {"1.1.5", "", "", 10, map[int]bool{-2: false, -1: true, 0: true, 1: true, 2: false}},
			"no tolerance":                {"1.1.5", "twofactorauth/google/otp_window=0", "", 10, map[int]bool{-1: false, 0: true, 1: false}},
			"three steps":                 {"1.1.5", "twofactorauth/google/otp_window=3", "", 10, map[int]bool{-4: false, -3: true, 3: true, 4: false}},
			"the user's own":              {"1.1.5", "", `,"window":0`, 10, map[int]bool{-1: false, 0: true, 1: false}},
			"a quarter of an hour":        {"1.0.0", "", "", 10, map[int]bool{-31: false, -30: true, 30: true, 31: false}},
			"one second":                  {"1.1.6", "", "", 10, map[int]bool{-1: false, 0: true, 1: false}},
			"one second, at the border":   {"1.1.6", "", "", 0, map[int]bool{-1: true, 0: true, 1: false}},
			"29 seconds":                  {"1.1.7", "", "", 10, map[int]bool{-2: false, -1: true, 0: true, 1: true, 2: false}},
			"29 seconds, at the border":   {"1.1.7", "", "", 0, map[int]bool{-1: true, 0: true, 1: false}},
			"29 seconds, at the other":    {"1.1.7", "", "", 29, map[int]bool{-1: false, 0: true, 1: true}},
			"the old setting is not read": {"1.1.7", "twofactorauth/google/otp_window=0", "", 10, map[int]bool{-1: true, 0: true, 1: true}},
			"five seconds":                {"1.1.7", "twofactorauth/google/leeway=5", "", 10, map[int]bool{-1: false, 0: true, 1: false}},
			"too much":                    {"1.1.7", "twofactorauth/google/leeway=60", "", 10, map[int]bool{-2: false, -1: true, 0: true, 1: true, 2: false}},
			"an unknown version":          {"", "twofactorauth/google/otp_window=60", "", 10, map[int]bool{-2: false, -1: true, 0: true, 1: true, 2: false}},
		} {
			t.Run(name, func(t *testing.T) {
				b := newShop(t, s, "")
				b.run(t, "UPDATE setup_module SET schema_version = ?, data_version = NULL WHERE module = 'Magento_TwoFactorAuth'", test.module)
				if path, value, ok := strings.Cut(test.setting, "="); ok {
					b.run(t, "INSERT INTO core_config_data (path, value) VALUES (?, ?)", path, value)
				}
				b.setDocument(t, 2, `{"google":{"secret":"`+escaped(sealed(t, keyOne, typedKey))+`","active":true`+test.window+`}}`)
				store := openShop(t, b.config(t))
				now := fixtureNow.Truncate(period).Add(test.second * time.Second)
				for step, want := range test.want {
					code, err := otp.Code(secret, otp.Default(), uint64(otp.Step(now, period)+int64(step)))
					require.NoError(t, err)
					a, err := store.TestCode(context.Background(), app.CodeCheck{User: "2", Provider: app.Google, Code: app.NewSecret(code), At: now})
					require.NoError(t, err)
					require.Equal(t, want, a.Accepted(), "step %d", step)
				}
			})
		}
	})
}

// Secrets of any length that Magento takes are taken here: the codes are those
// of vectors.txt.
func TestSecretsOfAnyLength(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		b := newShop(t, s, "")
		store := openShop(t, b.config(t))
		for _, v := range regexp.MustCompile(`(?m)^secret ([A-Z2-7]+): (\d{6})$`).FindAllStringSubmatch(vectors(t), -1) {
			b.setDocument(t, 2, `{"google":{"secret":"`+escaped(sealed(t, keyOne, strings.ToLower(v[1])))+`","active":true}}`)
			a, err := store.TestCode(context.Background(), app.CodeCheck{User: "2", Provider: app.Google, Code: app.NewSecret(v[2]), At: time.Unix(59, 0)})
			require.NoError(t, err)
			require.True(t, a.Accepted(), v[1])
		}
		b.setDocument(t, 2, `{"google":{"secret":"`+escaped(sealed(t, keyOne, "01890189"))+`","active":true}}`)
		_, err := store.TestCode(context.Background(), app.CodeCheck{User: "2", Provider: app.Google, Code: app.NewSecret("123456"), At: fixtureNow, Event: resetEvent("2")})
		require.Equal(t, app.Unreadable, app.KindOf(err))
		require.Equal(t, app.Failed, newest(t, store).Outcome)
	})
}

// desk is a console before a shop.
func desk(s *Store, now func() time.Time) *app.Console {
	return app.NewConsole(app.Options{Store: s, Providers: provider.All(), Desk: "desk-test", Now: now})
}

// The lone administrator who has lost the phone gets in with a crypt key, and
// enrolls anew.
func TestBreakGlass(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		b := newShop(t, s, "")
		b.exec(t, "UPDATE core_config_data SET value = 'google' WHERE path = 'twofactorauth/general/force_providers'")
		ctx := context.Background()
		at := fixtureNow
		now := func() time.Time { return at }
		c := b.config(t)
		c.Now = now
		c.CryptKey = app.NewSecret(keyOne + "\n" + keyTwo) // the key was changed since
		store := openShop(t, c)
		console := desk(store, now)
		in := app.Credentials{Username: "admin", Password: app.NewSecret(fixturePassword)}

		_, err := console.SignIn(ctx, in)
		require.Equal(t, app.Denied, app.KindOf(err), "the own factor is active, and there is no code")
		in.Recovery = app.NewSecret("0123456789abcdef")
		_, err = console.SignIn(ctx, in)
		require.Equal(t, app.Invalid, app.KindOf(err), "that is no key")
		require.Equal(t, "1", b.value(t, "SELECT failures_num FROM admin_user WHERE user_id = 1"), "which counts nothing")
		in.Recovery = app.NewSecret(keyTwo)
		_, err = console.SignIn(ctx, in)
		require.Equal(t, app.Denied, app.KindOf(err), "a key of the shop that opens none of the rows")
		require.Equal(t, "2", b.value(t, "SELECT failures_num FROM admin_user WHERE user_id = 1"))
		require.Contains(t, newest(t, store).Reason, "Wrong crypt key, 2 of 6")

		in.Recovery = app.NewSecret(keyTwo + "\n" + keyOne)
		w, err := console.SignIn(ctx, in)
		require.NoError(t, err)
		require.True(t, w.Operator.BreakGlass && w.Operator.MustEnroll)
		require.Equal(t, "0", b.value(t, "SELECT failures_num FROM admin_user WHERE user_id = 1"))
		require.Equal(t, "NULL", b.value(t, "SELECT logdate FROM admin_user WHERE user_id = 1"), "it is no sign-in to the shop")

		enrolled, err := console.EnrollSelf(ctx, app.Google, app.MagentoSecret)
		require.NoError(t, err)
		require.Len(t, enrolled.Factor.Key.Reveal(), 212)
		require.Equal(t, "magento.example.com", enrolled.Factor.Issuer)
		require.Equal(t, "ada@example.com", enrolled.Factor.Account)
		secret, err := otp.Decode(enrolled.Factor.Key.Reveal())
		require.NoError(t, err)
		code, err := otp.CodeAt(secret, otp.Default(), at)
		require.NoError(t, err)
		a, err := console.ConfirmSelf(ctx, app.Google, app.NewSecret(code))
		require.NoError(t, err)
		require.Equal(t, app.OK, a.Reason)
		require.NoError(t, console.SignOut(ctx))

		at = at.Add(time.Minute)
		code, err = otp.CodeAt(secret, otp.Default(), at)
		require.NoError(t, err)
		in.Recovery, in.Code = app.Secret{}, app.NewSecret(code)
		w, err = console.SignIn(ctx, in)
		require.NoError(t, err)
		require.Len(t, w.BreakGlass, 1, "which is told")
		_, err = console.SignIn(ctx, in)
		require.Equal(t, app.Denied, app.KindOf(err), "Magento remembers no code, this desk does")
		message, _ := app.Explain(err)
		require.Equal(t, "That code was used before.", message)
	})
}

// signsIn gives a user of the fixtures a role of the given rules and a document,
// and says what a sign-in at the desk comes to: an error, or who got in.
func signsIn(t testing.TB, b shopBase, rules, document, code string) (app.Operator, *Store, error) {
	t.Helper()
	b.exec(t, "DELETE FROM authorization_rule WHERE role_id = 2; INSERT INTO authorization_rule (role_id, resource_id, privileges, permission) VALUES "+
		"(2, 'Magento_Backend::all', '', 'deny'), (2, 'Magento_Backend::admin', '', 'allow')"+rules+
		"; UPDATE core_config_data SET value = 'google' WHERE path = 'twofactorauth/general/force_providers'")
	b.setDocument(t, 2, document)
	store := openShop(t, b.config(t))
	console := desk(store, func() time.Time { return fixtureNow })
	w, err := console.SignIn(context.Background(), app.Credentials{Username: "olly", Password: app.NewSecret(fixturePassword), Code: app.NewSecret(code)})
	return w.Operator, store, err
}

// A role without Two Factor Auth keeps its members from the factor that the shop
// asks for. Nobody gets in without it for that.
func TestRolesAtTheDesk(t *testing.T) {
	const (
		tfa, noTFA     = ", (2, 'Magento_TwoFactorAuth::tfa', '', 'allow')", ", (2, 'Magento_TwoFactorAuth::tfa', '', 'deny')"
		users, noUsers = ", (2, 'Magento_User::acl_users', '', 'allow')", ", (2, 'Magento_User::acl_users', '', 'deny')"
	)
	active := `{"google":{"secret":"` + escaped(sealed(t, keyOne, typedKey)) + `","active":true}}`
	secret, err := otp.Decode(typedKey)
	require.NoError(t, err)
	right, err := otp.CodeAt(secret, otp.Default(), fixtureNow)
	require.NoError(t, err)
	const nothing = "Your role, Order desk, permits nothing at this desk."
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		for name, test := range map[string]struct {
			rules, document, code string
			want                  string // of the refusal; empty: gets in
			mustEnroll, barred    bool
		}{
			"All Users and 2FA, not enrolled":        {rules: users + tfa, document: "[]", mustEnroll: true},
			"All Users and 2FA, enrolled":            {rules: users + tfa, document: active, code: right},
			"All Users alone, not enrolled":          {rules: users + noTFA, document: "[]", want: "Your role, Order desk, lacks Two Factor Auth", barred: true},
			"All Users alone, a factor never proved": {rules: users + noTFA, document: strings.Replace(active, "true", "false", 1), want: "lacks Two Factor Auth", barred: true},
			"All Users alone, enrolled":              {rules: users + noTFA, document: active, code: right, barred: true},
			"2FA alone, not enrolled":                {rules: noUsers + tfa, document: "[]", want: nothing},
			"2FA alone, enrolled":                    {rules: noUsers + tfa, document: active, code: right, want: nothing},
			"2FA alone, a wrong code":                {rules: noUsers + tfa, document: active, code: "000000", want: "The username, password or code is not right, or the account is locked."},
			"2FA alone, no code":                     {rules: noUsers + tfa, document: active, want: "The username, password or code is not right, or the account is locked."},
			"nothing at all":                         {rules: noUsers + noTFA, document: "[]", want: nothing, barred: true},
		} {
			t.Run(name, func(t *testing.T) {
				b := newShop(t, s, "")
				o, store, err := signsIn(t, b, test.rules, test.document, test.code)
				u, uerr := store.User(context.Background(), "2")
				require.NoError(t, uerr)
				require.Equal(t, test.barred, u.Barred)
				if test.want == "" {
					require.NoError(t, err)
					require.Equal(t, test.mustEnroll, o.MustEnroll)
					return
				}
				require.Equal(t, app.Denied, app.KindOf(err))
				message, _ := app.Explain(err)
				require.Contains(t, message, test.want)
				e := newest(t, store)
				require.Equal(t, app.Refused, e.Outcome)
				require.Equal(t, app.DoSignIn, e.Action)
				require.Equal(t, "olly", e.Operator)
				require.Error(t, store.Able(app.AbleOpenSecrets))
				require.False(t, store.isOwn("2"))
			})
		}
	})
}

// Where nothing is encrypted a key of the shop's own is the proof.
func TestBreakGlassWithoutRows(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		b := newShop(t, s, "")
		b.exec(t, "DELETE FROM tfa_user_config")
		c := b.config(t)
		c.CryptKey = app.NewSecret(keyOne + "\n" + keyTwo)
		store := openShop(t, c)
		for key, want := range map[string]app.Reason{keyOne: app.OK, keyTwo: app.OK, "x" + keyOne[1:]: app.WrongKey} {
			a, err := store.CheckPassword(context.Background(), app.PasswordCheck{
				Username: "admin", Password: app.NewSecret(fixturePassword), Recovery: app.NewSecret(key), At: fixtureNow,
			})
			require.NoError(t, err)
			require.Equal(t, want, a.Reason)
		}
	})
}

// An operator signs in to a read-only connection with password and code, and
// nothing is written, neither to the shop nor to the logbook.
func TestReadOnlySignIn(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		b := newShop(t, s, "")
		b.setDocument(t, 1, allFour(t))
		account := b.Grant(t, "")
		b.grantAll(t, account, true)
		c := as(b.config(t), account)
		c.ReadOnly = true
		store := openShop(t, c)
		ctx := context.Background()
		console := desk(store, func() time.Time { return fixtureNow })
		code, err := otp.CodeAt([]byte("12345678901234567890"), otp.Default(), fixtureNow)
		require.NoError(t, err)
		in := app.Credentials{Username: "admin", Password: app.NewSecret(fixturePassword), Code: app.NewSecret("000000")}
		_, err = console.SignIn(ctx, in)
		require.Equal(t, app.Denied, app.KindOf(err))
		in.Code = app.NewSecret(code)
		_, err = console.SignIn(ctx, in)
		require.NoError(t, err)
		p, err := console.Users(ctx, app.Query{})
		require.NoError(t, err)
		require.Len(t, p.Users, 2)
		_, err = console.Examine(ctx)
		require.NoError(t, err)
		require.Equal(t, "0", b.value(t, "SELECT SUM(failures_num) FROM admin_user"))
		head, err := store.Head(ctx)
		require.NoError(t, err)
		require.Zero(t, head.Seq)

		_, err = store.base.exec(ctx, "UPDATE {admin_user} SET failures_num = 1")
		require.Error(t, err, "the server refuses it, too")
		require.Contains(t, []uint16{readOnlySession, noTableGrant, noColumnGrant}, number(err))
	})
}

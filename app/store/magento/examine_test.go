//go:build full

package magento

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/servertest"
)

// healthy makes a shop in which nothing is wrong, and opens it with this
// computer's own clock.
func healthy(t testing.TB, s *servertest.Server) (shopBase, Config) {
	t.Helper()
	b := newShop(t, s, "")
	b.exec(t, `UPDATE core_config_data SET value = 'google' WHERE path = 'twofactorauth/general/force_providers';
		INSERT INTO core_config_data (path, value) VALUES ('trans_email/ident_general/email', 'desk@shop.example');
		UPDATE authorization_role SET parent_id = 1 WHERE user_id = 2`)
	b.setDocument(t, 1, allFour(t))
	b.setDocument(t, 2, allFour(t))
	c := b.config(t)
	c.Now, c.clock = time.Now, nil
	return b, c
}

// examine opens the shop and looks at it.
func examine(t testing.TB, c Config) app.Examination {
	t.Helper()
	x, err := openShop(t, c).Examine(context.Background())
	require.NoError(t, err)
	return x
}

// finding returns the one of a code.
func finding(t testing.TB, x app.Examination, code string) app.Finding {
	t.Helper()
	i := slices.IndexFunc(x.Findings, func(f app.Finding) bool { return f.Code == code })
	require.GreaterOrEqual(t, i, 0, "%s among %v", code, codesOf(x))
	return x.Findings[i]
}

func TestHealthyShop(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		_, c := healthy(t, s)
		x := examine(t, c)
		require.Empty(t, x.Findings)
		require.Contains(t, x.Passed, "Every role that anybody has may use 2FA")
		require.Contains(t, x.Passed, "The database’s clock and this computer’s agree")
		require.Len(t, x.Unseen, 4)
		require.Contains(t, strings.Join(x.Unseen, " "), "CONFIG__")

		c.Overrides = nil
		require.Contains(t, strings.Join(examine(t, c).Unseen, " "), "nobody has read those files here")
	})
}

func TestFindings(t *testing.T) {
	config := func(path, value string) string {
		return "INSERT INTO core_config_data (path, value) VALUES ('" + path + "', '" + value + "') ON DUPLICATE KEY UPDATE value = VALUES(value)"
	}
	module := func(version string) string {
		return "UPDATE setup_module SET schema_version = '" + version + "', data_version = NULL WHERE module = 'Magento_TwoFactorAuth'"
	}
	const unknown = "DELETE FROM setup_module"
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		for name, test := range map[string]struct {
			sql       []string
			overrides map[string]string
			ahead     time.Duration // of this computer's clock
			want      string        // the code
			severity  app.Severity
			title     string
			command   string // that one of the steps has
			also      []string
		}{
			"no provider":                {sql: []string{config(forcedPath, "")}, want: "forced-none", severity: app.Critical, title: "No provider is chosen", command: "bin/magento config:set twofactorauth/general/force_providers google"},
			"no provider, in a file":     {overrides: map[string]string{forcedPath: ""}, want: "forced-none", severity: app.Critical, title: "No provider"},
			"a provider from a file":     {sql: []string{config(forcedPath, "")}, overrides: map[string]string{forcedPath: "google"}},
			"the documentation's duo":    {sql: []string{config(forcedPath, "google,duo")}, want: "forced-unknown", severity: app.Serious, title: `The chosen provider "duo" does not exist`, command: "bin/magento config:set twofactorauth/general/force_providers google,duo_security"},
			"nothing but duo":            {sql: []string{config(forcedPath, "duo")}, want: "forced-unknown", severity: app.Critical, title: `"duo" does not exist`},
			"Duo without keys":           {sql: []string{config(forcedPath, "duo_security,google")}, want: "forced-disabled", severity: app.Serious, title: "Duo Security is chosen, but not set up", command: "bin/magento config:set twofactorauth/general/force_providers google"},
			"Duo with keys":              {sql: []string{config(forcedPath, "duo_security"), config(duoHostPath, "api.duosecurity.com"), config(duoBefore[0], "x"), config(duoBefore[1], "0:3:x")}},
			"Duo with newer keys":        {sql: []string{config(forcedPath, "duo_security"), config(duoHostPath, "api.duosecurity.com"), config(duoSince[0], "x"), config(duoSince[1], "0:3:x")}},
			"Authy alone, without a key": {sql: []string{config(forcedPath, "authy")}, want: "forced-disabled", severity: app.Critical, title: "Authy is chosen"},
			"several":                    {sql: []string{config(forcedPath, "google,u2fkey")}, want: "several-providers", severity: app.Notice, title: "Everybody must set up 2 providers", command: "bin/magento config:set twofactorauth/general/force_providers google"},
			"a switch of a module, off":  {sql: []string{config("twofactorauth/general/enable", "0")}, want: "disabling-module", severity: app.Critical, title: "2FA may be switched off by a module", command: "bin/magento module:disable MarkShust_DisableTwoFactorAuth"},
			"a switch of a module, on":   {sql: []string{config("twofactorauth/general/enable_for_api_token_generation", "1")}, want: "disabling-module", severity: app.Notice, title: "has left settings"},
			"the old switch":             {sql: []string{config("msp/twofactorauth/enabled", "0")}, want: "old-switch", severity: app.Notice, title: "Settings of Magento 2.3"},
			"Adobe":                      {sql: []string{config(imsPath, "1")}, want: "adobe-ims", severity: app.Serious, title: "Administrators sign in through Adobe IMS", command: "bin/magento admin:adobe-ims:disable"},
			"too many seconds":           {sql: []string{module("1.1.6"), config(windowPath, "60")}, want: "otp-window", severity: app.Critical, title: "Every Google code is refused", command: "bin/magento config:set twofactorauth/google/otp_window 29"},
			"too many seconds, patched":  {sql: []string{unknown, "INSERT INTO patch_list (patch_name) VALUES ('Magento\\\\TwoFactorAuth\\\\Setup\\\\Patch\\\\Data\\\\UpdateOtpWindow')", config(windowPath, "30")}, want: "otp-window", severity: app.Critical, title: "Every Google code is refused"},
			"too large a leeway":         {sql: []string{module("1.1.7"), config(leewayPath, "30")}, want: "otp-window", severity: app.Critical, title: "Every Google code is refused", command: "bin/magento config:set twofactorauth/google/leeway 29"},
			"one second":                 {sql: []string{module("1.1.6")}, want: "otp-window", severity: app.Serious, title: "Codes are refused for small differences", command: "bin/magento config:set twofactorauth/google/otp_window 29"},
			"a quarter of an hour":       {sql: []string{module("1.0.0")}, want: "otp-window", severity: app.Serious, title: "Old codes are accepted for 15 minutes", command: "bin/magento config:set twofactorauth/google/otp_window 1"},
			"half an hour":               {sql: []string{module("1.1.5"), config(windowPath, "60")}, want: "otp-window", severity: app.Serious, title: "Old codes are accepted for 30 minutes"},
			"a large one, unknown":       {sql: []string{unknown, config(windowPath, "60")}, want: "otp-window", severity: app.Serious, title: "too large for newer Magentos", command: "bin/magento --version"},
			"left behind":                {sql: []string{module("1.1.7"), config(windowPath, "60")}, want: "otp-window-left", severity: app.Notice, title: "An old tolerance of codes is not read any more"},
			"a fitting leeway":           {sql: []string{module("1.1.7"), config(leewayPath, "29")}},
			"a leeway from a file":       {sql: []string{module("1.1.7"), config(leewayPath, "60")}, overrides: map[string]string{leewayPath: "29"}},
			"the computer's clock":       {ahead: 42 * time.Second, want: "clock", severity: app.Serious, title: "The database’s clock is 42 seconds behind this computer’s", command: "timedatectl status"},
			"the database's clock":       {ahead: -90 * time.Second, want: "clock", severity: app.Serious, title: "The database’s clock is 90 seconds ahead of this computer’s"},
			"All Users without 2FA": {sql: []string{
				"UPDATE authorization_role SET parent_id = 2 WHERE user_id = 2",
				"UPDATE authorization_rule SET permission = IF(resource_id = 'Magento_TwoFactorAuth::tfa', 'deny', 'allow') WHERE role_id = 2 AND resource_id LIKE 'Magento_%::%a%' AND resource_id <> 'Magento_Backend::all'",
			}, want: "one-administrator", severity: app.Serious, title: "Only one Administrator", also: []string{"roles-without-2fa"}},
			"All Users and 2FA": {sql: []string{
				"UPDATE authorization_role SET parent_id = 2 WHERE user_id = 2",
				"UPDATE authorization_rule SET permission = 'allow' WHERE role_id = 2 AND resource_id = 'Magento_User::acl_users'",
			}},
			"nobody administers":        {sql: []string{"UPDATE authorization_role SET parent_id = 2 WHERE user_id > 0"}, want: "no-administrator", severity: app.Critical, title: "No Administrator can sign in", command: "bin/magento admin:user:create", also: []string{"anybody-resets"}},
			"a role without the right":  {sql: []string{"UPDATE authorization_role SET parent_id = 2 WHERE user_id = 2", "UPDATE authorization_rule SET permission = 'deny' WHERE role_id = 2 AND resource_id = 'Magento_TwoFactorAuth::tfa'"}, want: "roles-without-2fa", severity: app.Serious, title: "1 user cannot set up or use 2FA", also: []string{"one-administrator"}},
			"anybody resets":            {sql: []string{"UPDATE authorization_role SET parent_id = 2 WHERE user_id = 2"}, want: "anybody-resets", severity: app.Notice, title: "1 user could reset anybody’s 2FA", command: "bin/magento --version", also: []string{"one-administrator"}},
			"nobody resets any more":    {sql: []string{module("1.1.7"), "UPDATE authorization_role SET parent_id = 2 WHERE user_id = 2"}, also: []string{"one-administrator"}},
			"no role":                   {sql: []string{"DELETE FROM authorization_role WHERE user_id = 2"}, want: "no-role", severity: app.Notice, title: "1 user without a role", also: []string{"one-administrator"}},
			"a role that is gone":       {sql: []string{"UPDATE authorization_role SET parent_id = 77 WHERE user_id = 2"}, want: "no-role", severity: app.Notice, title: "1 user without a role", also: []string{"one-administrator"}},
			"expired":                   {sql: []string{"INSERT INTO admin_user_expiration VALUES (2, '2020-01-01')"}, want: "expired", severity: app.Notice, title: "The accounts of 1 user have expired", also: []string{"one-administrator"}},
			"locked":                    {sql: []string{"UPDATE admin_user SET lock_expires = UTC_TIMESTAMP() + INTERVAL 5 MINUTE WHERE user_id = 2"}, want: "locked", severity: app.Notice, title: "1 user locked out now"},
			"two rows":                  {sql: []string{"INSERT INTO tfa_user_config (user_id) VALUES (2)"}, want: "duplicate-rows", severity: app.Notice, title: "The 2FA data of 1 user is there more than once"},
			"the installation's sender": {sql: []string{"DELETE FROM core_config_data WHERE path LIKE 'trans_email/%'"}, want: "default-sender", severity: app.Serious, title: "Mails to enroll come from an address", command: "bin/magento config:set trans_email/ident_general/email admin@your-shop.example"},
			"another sender":            {sql: []string{config(senderPath, "sales")}, want: "default-sender", severity: app.Serious, title: "Mails to enroll", command: "bin/magento config:set trans_email/ident_sales/email admin@your-shop.example"},
			"an administrator without":  {sql: []string{"UPDATE tfa_user_config SET encoded_config = NULL WHERE user_id = 2"}, want: "unproved-administrators", severity: app.Serious, title: "1 user who administers has no active factor"},
		} {
			t.Run(name, func(t *testing.T) {
				b, c := healthy(t, s)
				for _, text := range test.sql {
					b.run(t, text)
				}
				c.Overrides = test.overrides
				if c.Overrides == nil {
					c.Overrides = map[string]string{}
				}
				c.Now = func() time.Time { return time.Now().Add(test.ahead) }
				x := examine(t, c)
				codes := slices.Clone(test.also)
				if test.want != "" {
					codes = append(codes, test.want)
				}
				require.ElementsMatch(t, codes, codesOf(x))
				if test.want == "" {
					return
				}
				f := finding(t, x, test.want)
				require.Equal(t, test.severity, f.Severity)
				require.Contains(t, f.Title, test.title)
				require.NotEmpty(t, f.Steps)
				require.True(t, strings.HasSuffix(f.About, "."), f.About)
				if test.command != "" {
					require.True(t, slices.ContainsFunc(f.Steps, func(s app.Step) bool { return s.Command == test.command }), "%+v", f.Steps)
				}
				for path := range test.overrides {
					require.Contains(t, f.Steps[0].Text, "app/etc/env.php")
					require.Contains(t, f.Found[0].Value, "(in env.php or config.php)", path)
				}
			})
		}
	})
}

// What no key opens is told by layer and key.
func TestUnreadableIsTold(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		b, c := healthy(t, s)
		inner := `{"google":{"secret":"` + escaped(sealed(t, keyTwo, typedKey)) + `","active":true}}`
		for i, value := range []string{
			sealed(t, keyOne, inner), sealed(t, keyOne, inner), sealed(t, keyTwo, inner), "4" + sealed(t, keyTwo, inner)[1:],
			sealed(t, keyOne, "{"), sealed(t, keyOne, `{"google":7}`),
		} {
			user := 100 + i
			b.run(t, "INSERT INTO admin_user (user_id, username, password) VALUES (?, ?, '')", user, "user"+userNumber(user))
			b.run(t, "INSERT INTO tfa_user_config (user_id, encoded_config) VALUES (?, ?)", user, value)
		}
		f := finding(t, examine(t, c), "unreadable")
		require.Equal(t, app.Critical, f.Severity)
		require.Equal(t, app.WithUnreadable, f.Filter)
		require.Equal(t, "6 users have factors that no key opens", f.Title)
		require.Equal(t, []app.Detail{
			{Name: "The secret in the document needs key 0 of crypt/key, counted from 0, as it was", Value: "2 users"},
			{Name: "An entry of the document is damaged", Value: "1 user"},
			{Name: "The whole document is damaged", Value: "1 user"},
			{Name: "The whole document needs key 0 of crypt/key, counted from 0, as it was", Value: "1 user"},
			{Name: "The whole document needs key 4 of crypt/key, counted from 0, as it was", Value: "1 user"},
		}, f.Found)
		require.Contains(t, f.Steps[0].Text, "repair each factor")
	})
}

func userNumber(n int) string { return string(userID(int64(n))) }

// A user's own tolerance is told where it breaks every code.
func TestOwnTolerance(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		b, c := healthy(t, s)
		b.run(t, "UPDATE setup_module SET schema_version = '1.1.7' WHERE module = 'Magento_TwoFactorAuth'")
		b.setDocument(t, 2, `{"google":{"secret":"`+escaped(sealed(t, keyOne, typedKey))+`","active":true,"window":30}}`)
		require.Equal(t, "Every code of 1 user is refused", finding(t, examine(t, c), "otp-window-own").Title)
	})
}

// What an account may not see is said.
func TestUnseen(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		b, c := healthy(t, s)
		account := b.Grant(t, "")
		b.grantAll(t, account, false, moduleTable, patchTable)
		unseen := strings.Join(examine(t, as(c, account)).Unseen, " ")
		require.Contains(t, unseen, "The database account may not read setup_module.")
		require.Contains(t, unseen, "The version of Magento_TwoFactorAuth is not in the database")
	})
}

//go:build full

package magento

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/servertest"
	"github.com/factordesk/factordesk/app/store/magento/crypt"
)

// inspect opens a connection and looks at what it leads to.
func inspect(t testing.TB, c Config) (string, error) {
	t.Helper()
	return connect(t, c).Inspect(context.Background())
}

func TestInspect(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		for prefix, want := range map[string]string{
			"": "Magento 2.4.6, 2 administrators", "m2_": "Magento 2.4.6, 2 administrators, prefix m2_",
		} {
			b := newShop(t, s, prefix)
			words, err := inspect(t, b.config(t))
			require.NoError(t, err)
			require.Equal(t, want, words)

			c := b.config(t)
			c.ReadOnly = true
			words, err = inspect(t, c)
			require.NoError(t, err)
			require.Equal(t, want, words)
		}
	})
}

func TestInspectSaysWhatItIsInstead(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		for name, test := range map[string]struct {
			prefix string // of the shop
			sql    string
			asked  string // the prefix that the settings have
			words  string
			hint   string
		}{
			"nothing":         {sql: "DROP DATABASE", words: "is no Magento shop", hint: "There is no table admin_user."},
			"another program": {sql: "DROP DATABASE; CREATE TABLE wp_users (id INT); CREATE TABLE wp_options (id INT)", words: "is no Magento shop"},
			"no prefix, but there is one": {
				prefix: "m2_", words: `The shop's tables have another prefix than "".`, hint: `There are tables with the prefix "m2_".`,
			},
			"another prefix": {prefix: "", asked: "m2_", words: "another prefix", hint: "There are tables with no prefix."},
			"Magento 2.3": {
				sql:   "RENAME TABLE tfa_user_config TO msp_tfa_user_config",
				words: "This is a Magento 2.3 or older",
			},
			"Magento 2.3 with another prefix": {prefix: "m1_", asked: "m2_", words: "another prefix"},
			"no 2FA":                          {sql: "DROP TABLE tfa_user_config", words: "This shop has no two-factor authentication"},
			"no roles":                        {sql: "DROP TABLE authorization_rule", words: "is no Magento shop", hint: "There is no table authorization_rule."},
			"an older user table":             {sql: "ALTER TABLE admin_user DROP COLUMN lock_expires", words: "The table admin_user has other columns than Magento's."},
		} {
			t.Run(name, func(t *testing.T) {
				b := newShop(t, s, test.prefix)
				if rest, drop := strings.CutPrefix(test.sql, "DROP DATABASE"); drop {
					for _, row := range b.query(t, "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()") {
						b.Load(t, "SET FOREIGN_KEY_CHECKS = 0; DROP TABLE `"+row[0]+"`")
					}
					test.sql = strings.TrimPrefix(rest, ";")
				}
				if test.sql != "" {
					b.Load(t, test.sql)
				}
				c := b.config(t)
				c.Prefix = test.asked
				_, err := inspect(t, c)
				kind := app.NotFound
				if name == "an older user table" {
					kind = app.Unreadable
				}
				isError(t, err, kind, StageSchema, test.words)
				_, hint := app.Explain(err)
				require.Contains(t, hint, test.hint)
				require.Empty(t, GrantFor(err))
			})
		}
	})
}

// grantAll gives an account what Grants says, except what a statement has.
func (b shopBase) grantAll(t testing.TB, a servertest.Account, readOnly bool, except ...string) {
	t.Helper()
	for statement := range strings.Lines(Grants(b.Name, b.prefix, "'"+a.User+"'@'%'", readOnly)) {
		if !slices.ContainsFunc(except, func(part string) bool { return strings.Contains(statement, "`"+b.prefix+part+"`") }) {
			b.Server.Run(t, statement)
		}
	}
}

// as is a configuration of another account.
func as(c Config, a servertest.Account) Config {
	c.Username, c.Password = a.User, app.NewSecret(a.Password)
	return c
}

func TestMissingGrants(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		b := newShop(t, s, "m2_")
		for _, table := range tables {
			t.Run(table.name, func(t *testing.T) {
				a := b.Grant(t, "")
				b.grantAll(t, a, false, table.name)
				l := connect(t, as(b.config(t), a))
				_, err := l.Inspect(context.Background())
				if table.optional {
					require.NoError(t, err)
					err = l.shop.lacks[table.name]
				}
				require.Equal(t, app.Denied, app.KindOf(err))
				message, hint := app.Explain(err)
				require.Equal(t, "The database account may not read m2_"+table.name+".", message)
				statement := GrantFor(err)
				require.Contains(t, hint, strings.TrimSpace(statement))
				require.Contains(t, statement, "`m2_"+table.name+"`")

				s.Run(t, statement)
				again := connect(t, as(b.config(t), a))
				_, err = again.Inspect(context.Background())
				require.NoError(t, err, "the statement gives what is missing")
				require.Empty(t, again.shop.lacks)
			})
		}
	})
}

func TestMissingGrantsOfColumns(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		b := newShop(t, s, "")
		for name, test := range map[string]struct{ table, grant, words string }{
			"reading a column": {
				userTable, "SELECT (user_id, firstname, lastname, email, username, created, logdate, is_active, failures_num, first_failure, lock_expires)",
				"may not read password of admin_user",
			},
			"changing the table": {userTable, "SELECT", "may not change admin_user"},
			"changing a column":  {userTable, "SELECT, UPDATE (failures_num, first_failure)", "may not change lock_expires of admin_user"},
			"adding":             {factorTable, "SELECT, UPDATE", "may not add to tfa_user_config"},
			"adding a column": {
				factorTable, "SELECT, UPDATE, INSERT (user_id, encoded_config)", "may not add to encoded_providers of tfa_user_config",
			},
		} {
			t.Run(name, func(t *testing.T) {
				a := b.Grant(t, "", test.grant+" ON "+test.table)
				b.grantAll(t, a, false, test.table)
				_, err := inspect(t, as(b.config(t), a))
				isError(t, err, app.Denied, StageSchema, test.words)
				s.Run(t, GrantFor(err))
				_, err = inspect(t, as(b.config(t), a))
				require.NoError(t, err, "the statement gives what is missing")
			})
		}
		t.Run("an account that sees nothing", func(t *testing.T) {
			a := b.Grant(t, "", "SELECT (config_id) ON "+configTable)
			_, err := inspect(t, as(b.config(t), a))
			isError(t, err, app.Denied, StageSchema, "may not read admin_user")
		})
		t.Run("to look only, less is enough", func(t *testing.T) {
			a := b.Grant(t, "")
			b.grantAll(t, a, true)
			c := as(b.config(t), a)
			_, err := inspect(t, c)
			isError(t, err, app.Denied, StageSchema, "may not change admin_user")
			c.ReadOnly = true
			l := connect(t, c)
			_, err = l.Inspect(context.Background())
			require.NoError(t, err)
			require.Empty(t, l.shop.lacks)
		})
	})
}

func TestTryKey(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		b := newShop(t, s, "")
		try := func(key string) (string, error) {
			c := b.config(t)
			c.CryptKey = app.NewSecret(key)
			return connect(t, c).TryKey(context.Background())
		}
		for key, want := range map[string]string{
			keyOne:                              "1 key, opens what is stored",
			keyOne + "\n" + keyTwo:              "2 keys, opens what is stored",
			" " + keyOne + " ":                  "1 key, opens what is stored",
			"":                                  "no crypt key: factors can be reset, and nothing else",
			keyOne + "\ntoo short\nx " + keyTwo: "5 keys, opens what is stored",
		} {
			words, err := try(key)
			require.NoError(t, err, "%q", key)
			require.Equal(t, want, words)
		}
		_, err := try(keyTwo)
		isError(t, err, app.Unreadable, StageKey, "opens nothing of what this shop has encrypted")
		_, err = try(keyTwo + "\n" + keyOne)
		isError(t, err, app.Unreadable, StageKey, "opens nothing")
		for _, short := range []string{"0123456789abcdef", keyOne + "x", keyOne + "\nshort", "base64AAAA"} {
			_, err := try(short)
			require.Equal(t, app.Invalid, app.KindOf(err), "%q", short)
			require.Equal(t, StageKey, StageOf(err))
			var k *crypt.KeyError
			require.ErrorAs(t, err, &k)
		}

		b.run(t, "INSERT INTO core_config_data (scope, scope_id, path, value) VALUES ('default', 0, 'carriers/x/password', ?), ('default', 0, 'x/time', '12:3:45')", sealed(t, keyTwo, "a setting"))
		words, err := try(keyTwo)
		require.NoError(t, err, "the settings were encrypted anew when the key was changed, the 2FA data never are")
		require.Equal(t, "1 key, opens what is stored", words)

		b.exec(t, "DELETE FROM core_config_data WHERE path = 'carriers/x/password'; UPDATE tfa_user_config SET encoded_config = '{\"u2fkey\":[]}'")
		words, err = try(keyTwo)
		require.NoError(t, err)
		require.Equal(t, "1 key, nothing is encrypted yet", words)
	})
}

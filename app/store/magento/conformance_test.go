//go:build full

package magento

import (
	"context"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/servertest"
	"github.com/factordesk/factordesk/app/store/storetest"
)

func TestConformance(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		for name, prefix := range map[string]string{"no prefix": "", "prefix": "m2_"} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				storetest.Run(t, func(t *testing.T, now func() time.Time) storetest.Fixture {
					return conform(t, newShop(t, s, prefix), now)
				})
			})
		}
	})
}

func TestConformanceReadOnly(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		storetest.RunReadOnly(t, func(t *testing.T, now func() time.Time) storetest.Fixture {
			b := newShop(t, s, "")
			f := conform(t, b, now)
			account := b.Grant(t, "")
			b.grantAll(t, account, true)
			c := as(b.config(t), account)
			c.Now, c.clock, c.ReadOnly = now, now, true
			looker, err := Open(context.Background(), c)
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, looker.Close()) })
			f.Store, f.Reopen = looker, nil
			return f
		})
	})
}

// conform makes a shop with one administrator, and opens it.
func conform(t *testing.T, b shopBase, now func() time.Time) storetest.Fixture {
	b.exec(t, `DELETE FROM tfa_user_config; DELETE FROM authorization_role WHERE user_id = 2; DELETE FROM admin_user WHERE user_id = 2;
		INSERT INTO authorization_role (role_id, parent_id, tree_level, role_type, user_type, role_name) VALUES (12, 0, 1, 'G', '2', 'Desk'), (13, 0, 1, 'G', '2', 'Empty');
		INSERT INTO authorization_rule (role_id, resource_id, privileges, permission) VALUES (12, 'Magento_Backend::all', '', 'deny'), (12, 'Magento_Backend::admin', '', 'allow'),
		(12, 'Magento_User::acl_users', '', 'allow'), (12, 'Magento_User::locks', '', 'allow'), (12, 'Magento_TwoFactorAuth::tfa', '', 'allow'),
		(13, 'Magento_Backend::all', '', 'deny'), (13, 'Magento_Backend::admin', '', 'allow'), (13, 'Magento_User::acl', '', 'deny'),
		(13, 'Magento_User::acl_users', '', 'deny'), (13, 'Magento_TwoFactorAuth::tfa', '', 'deny')`)
	// The account has what Grants gives, and no more.
	account := b.Grant(t, "")
	b.grantAll(t, account, false)
	c := as(b.config(t), account)
	c.Now, c.clock = now, now
	m := &application{t: t, b: b, now: now}
	open := func() *Store {
		s, err := Open(context.Background(), c)
		require.NoError(t, err)
		return s
	}
	s := open()
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return storetest.Fixture{
		Store: s, Username: "admin", Password: app.NewSecret(fixturePassword), Recovery: app.NewSecret(keyOne), OlderKeys: app.NewSecret(keyTwo),
		Reopen: func(t *testing.T) app.Store {
			require.NoError(t, s.Close())
			s = open()
			return s
		},
		Damage: m.damage, DamageWhole: m.damageWhole,
		OpenSessions: func(t *testing.T, id app.UserID, n int) {
			for range n {
				b.run(t, "INSERT INTO admin_user_session (user_id, status, ip) VALUES (?, 1, '192.0.2.7')", string(id))
			}
		},
		Application: &storetest.Application{
			Add: m.add, Change: m.change, SetPassword: m.setPassword, Remove: m.remove, SignIn: m.signIn,
			Roles: map[app.RoleID]app.Role{
				app.Administrators: {ID: "1", Name: "Administrators", Permissions: app.Permissions(), BuiltIn: true},
				app.HelpDesk:       {ID: "12", Name: "Desk", Permissions: app.Permissions(), BuiltIn: true},
				app.Auditor:        {ID: "13", Name: "Empty", BuiltIn: true},
			},
			Intents: true, Prolongs: true, Forces: true, StandardOnly: true, ThreeBytes: true, Resolution: time.Second,
			Compare:  func(a, b string) int { return strings.Compare(fold(a), fold(b)) },
			Contains: func(text, part string) bool { return strings.Contains(fold(text), fold(part)) },
		},
	}
}

// fold is the order of utf8_general_ci for the letters of the stories: case and
// accents make no difference.
func fold(s string) string {
	return strings.NewReplacer("É", "E", "Ë", "E", "À", "A").Replace(strings.Map(unicode.ToUpper, s))
}

// application is Magento as the conformance suite needs it.
type application struct {
	t   *testing.T
	b   shopBase
	now func() time.Time
}

// sqlTime writes a time as MySQL has it.
func sqlTime(t time.Time) string { return t.UTC().Format(time.DateTime) }

func (m *application) add(t *testing.T, n app.NewUser) app.UserID {
	t.Helper()
	id := m.b.run(t, "INSERT INTO admin_user (username, email, firstname, lastname, password, created, is_active) VALUES (?, ?, ?, ?, ?, ?, ?)",
		n.Username, n.Email, n.FirstName, n.LastName, hashOf(n.Password), sqlTime(m.now()), n.Active)
	m.setRole(t, userID(id), n.Role, n.FirstName)
	return userID(id)
}

func (m *application) setRole(t *testing.T, id app.UserID, role app.RoleID, name string) {
	t.Helper()
	m.b.run(t, "DELETE FROM authorization_role WHERE user_id = ?", string(id))
	if role != "" {
		m.b.run(t, "INSERT INTO authorization_role (parent_id, tree_level, role_type, user_id, user_type, role_name) VALUES (?, 2, 'U', ?, '2', ?)",
			string(role), string(id), name)
	}
}

func (m *application) change(t *testing.T, c app.UserChange) {
	t.Helper()
	m.b.run(t, "UPDATE admin_user SET username = ?, email = ?, firstname = ?, lastname = ?, is_active = ? WHERE user_id = ?",
		c.Username, c.Email, c.FirstName, c.LastName, c.Active, string(c.ID))
	m.setRole(t, c.ID, c.Role, c.FirstName)
}

func (m *application) setPassword(t *testing.T, id app.UserID, password app.Secret) {
	t.Helper()
	m.b.run(t, "UPDATE admin_user SET password = ? WHERE user_id = ?", hashOf(password), string(id))
	m.b.run(t, "INSERT INTO admin_passwords (user_id, password_hash, last_updated) VALUES (?, ?, ?)", string(id), hashOf(password), m.now().Unix())
}

func (m *application) remove(t *testing.T, id app.UserID) {
	t.Helper()
	m.b.run(t, "DELETE FROM authorization_role WHERE user_id = ?", string(id))
	m.b.run(t, "DELETE FROM admin_user WHERE user_id = ?", string(id))
}

func (m *application) signIn(t *testing.T, id app.UserID, at time.Time) {
	t.Helper()
	m.b.run(t, "UPDATE admin_user SET logdate = ?, lognum = lognum + 1 WHERE user_id = ?", sqlTime(at), string(id))
}

// damage encrypts the secret in a user's document with a key that the shop does
// not have.
func (m *application) damage(t *testing.T, id app.UserID, p app.ProviderCode) {
	t.Helper()
	require.Equal(t, app.Google, p, "only Google has a secret of its own")
	text := m.document(t, id)
	begin := strings.Index(text, `"secret":"`) + len(`"secret":"`)
	end := begin + strings.Index(text[begin:], `"`)
	secret, err := keys(t, keyOne).Open(strings.ReplaceAll(text[begin:end], `\/`, "/"))
	require.NoError(t, err)
	m.store(t, id, keyOne, text[:begin]+strings.ReplaceAll(sealed(t, keyTwo, secret.Reveal()), "/", `\/`)+text[end:])
}

// damageWhole encrypts a user's document with a key that the shop does not have.
func (m *application) damageWhole(t *testing.T, id app.UserID) {
	t.Helper()
	m.store(t, id, keyTwo, m.document(t, id))
}

// document opens a user's document.
func (m *application) document(t *testing.T, id app.UserID) string {
	t.Helper()
	text, err := keys(t, keyOne).Open(m.b.value(t, "SELECT encoded_config FROM tfa_user_config WHERE user_id = ? ORDER BY config_id LIMIT 1", string(id)))
	require.NoError(t, err)
	return text.Reveal()
}

// store encrypts a user's document with a key and stores it.
func (m *application) store(t *testing.T, id app.UserID, key, text string) {
	t.Helper()
	m.b.run(t, "UPDATE tfa_user_config SET encoded_config = ? WHERE user_id = ? ORDER BY config_id LIMIT 1", sealed(t, key, text), string(id))
}

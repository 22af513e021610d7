package app_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

func database(host string) app.ShopAddress {
	return app.ShopAddress{Host: host, Database: "magento", Username: "desk"}
}

func TestAddressCheck(t *testing.T) {
	good := database("db.example")
	good.Port, good.Prefix = 3307, "m2_"
	good.TLS = app.TLS{Mode: app.TLSVerify, CA: "/etc/ca.pem", Certificate: "/etc/desk.pem", Key: "/etc/desk.key", ServerName: "db"}
	good.SSH = app.SSH{Host: "bastion", Port: 2222, User: "deploy", Key: "/home/ann/.ssh/id"}
	require.NoError(t, good.Check())
	require.NoError(t, app.ShopAddress{EnvPHP: "/srv/shop/app/etc/env.php"}.Check())
	require.NoError(t, app.ShopAddress{EnvPHP: "shop/app/etc/env.php", OnServer: true, SSH: app.SSH{Host: "shop"}}.Check())
	require.NoError(t, app.ShopAddress{Socket: "/run/mysqld.sock", Database: "magento", Username: "desk"}.Check())
	require.NoError(t, database("fe80::1").Check())

	for want, change := range map[string]func(*app.ShopAddress){
		"where the shop's database is":   func(a *app.ShopAddress) { a.Host = "" },
		"name of the shop's database":    func(a *app.ShopAddress) { a.Database = "" },
		"username of the database":       func(a *app.ShopAddress) { a.Username = "" },
		"a host or a socket, not both":   func(a *app.ShopAddress) { a.Socket = "/run/mysqld.sock" },
		"no port 70000":                  func(a *app.ShopAddress) { a.Port = 70000 },
		"no port -1":                     func(a *app.ShopAddress) { a.SSH.Port = -1 },
		"path of env.php on the server":  func(a *app.ShopAddress) { a.OnServer = true },
		"no SSH server is given":         func(a *app.ShopAddress) { a.EnvPHP, a.OnServer, a.SSH = "/env.php", true, app.SSH{} },
		"path of env.php is not a full":  func(a *app.ShopAddress) { a.EnvPHP = "env.php" },
		"database has a control":         func(a *app.ShopAddress) { a.Database = "a\nb" },
		"table prefix \"m2-\"":           func(a *app.ShopAddress) { a.Prefix = "m2-" },
		"table prefix \"mä\"":            func(a *app.ShopAddress) { a.Prefix = "mä" },
		"host of the database cannot be": func(a *app.ShopAddress) { a.Host = "desk@db" },
		"SSH server cannot be \"-oX\"":   func(a *app.ShopAddress) { a.SSH.Host = "-oX" },
		"The SSH server is missing":      func(a *app.ShopAddress) { a.SSH.Host = "" },
		"path of the SSH key":            func(a *app.ShopAddress) { a.SSH.Key = "~/.ssh/id" },
		"SSH user has a control":         func(a *app.ShopAddress) { a.SSH.User = "a\x00" },
		"no TLS mode \"prefer\"":         func(a *app.ShopAddress) { a.TLS.Mode = "prefer" },
		"TLS is off":                     func(a *app.ShopAddress) { a.TLS.Mode = app.TLSOff },
		"no certificate is checked":      func(a *app.ShopAddress) { a.TLS.Mode = app.TLSRequired },
		"one of them is missing":         func(a *app.ShopAddress) { a.TLS.Key = "" },
		"path of the CA":                 func(a *app.ShopAddress) { a.TLS.CA = "ca.pem" },
		"name in the certificate cannot": func(a *app.ShopAddress) { a.TLS.ServerName = "a b" },
	} {
		bad := good
		change(&bad)
		err := bad.Check()
		require.Equal(t, app.Invalid, app.KindOf(err), want)
		require.ErrorContains(t, err, want)
	}
}

func TestAddressLocation(t *testing.T) {
	through := database("db.example")
	through.Port, through.SSH.Host = 3307, "bastion"
	v6 := database("fe80::1")
	v6.Port = 3307
	for want, a := range map[string]app.ShopAddress{
		"magento on db.example":                      database("db.example"),
		"magento on db.example:3307 through bastion": through,
		"magento on [fe80::1]:3307":                  v6,
		"magento at /run/mysqld.sock":                {Socket: "/run/mysqld.sock", Database: "magento", Username: "desk"},
		"/srv/env.php":                               {EnvPHP: "/srv/env.php"},
		"/srv/env.php through shop":                  {EnvPHP: "/srv/env.php", OnServer: true, SSH: app.SSH{Host: "shop"}},
		"magento in /srv/env.php":                    {EnvPHP: "/srv/env.php", Database: "magento"},
	} {
		require.Equal(t, want, a.Location())
	}
}

func TestSamePlace(t *testing.T) {
	a := database("db.example")
	b := app.ShopAddress{
		Host: "DB.example", Port: 3306, Database: "magento", Username: "root", ReadOnly: true, TLS: app.TLS{Mode: app.TLSOff},
	}
	require.True(t, a.SamePlace(b))
	for what, change := range map[string]func(*app.ShopAddress){
		"host":     func(a *app.ShopAddress) { a.Host = "db2.example" },
		"port":     func(a *app.ShopAddress) { a.Port = 3307 },
		"database": func(a *app.ShopAddress) { a.Database = "staging" },
		"prefix":   func(a *app.ShopAddress) { a.Prefix = "m2_" },
		"way":      func(a *app.ShopAddress) { a.SSH.Host = "bastion" },
		"env.php":  func(a *app.ShopAddress) { a.EnvPHP = "/srv/env.php" },
	} {
		other := b
		change(&other)
		require.False(t, a.SamePlace(other), what)
	}
}

func TestAddressWith(t *testing.T) {
	saved := app.ShopAddress{
		EnvPHP: "/srv/env.php", OnServer: true, Socket: "/run/mysqld.sock", Database: "magento", Username: "desk", Prefix: "m2_",
		ReadOnly: true, TLS: app.TLS{Mode: app.TLSVerifyCA, CA: "/ca.pem"},
		SSH: app.SSH{Host: "shop", User: "deploy", Port: 2222, Key: "/id"},
	}
	require.Equal(t, saved, saved.With(app.ShopAddress{}))
	for what, c := range map[string]struct {
		over app.ShopAddress
		want func(*app.ShopAddress)
	}{
		"another host has no socket": {
			app.ShopAddress{Host: "db"}, func(a *app.ShopAddress) { a.Host, a.Socket = "db", "" },
		},
		"another env.php is where it says": {
			app.ShopAddress{EnvPHP: "/tmp/env.php"}, func(a *app.ShopAddress) { a.EnvPHP, a.OnServer = "/tmp/env.php", false },
		},
		"another server is another account": {
			app.ShopAddress{SSH: app.SSH{Host: "two"}}, func(a *app.ShopAddress) { a.SSH = app.SSH{Host: "two"} },
		},
		"another key for the same server": {
			app.ShopAddress{SSH: app.SSH{Key: "/id2"}}, func(a *app.ShopAddress) { a.SSH.Key = "/id2" },
		},
		"TLS off needs no files": {
			app.ShopAddress{TLS: app.TLS{Mode: app.TLSOff}}, func(a *app.ShopAddress) { a.TLS = app.TLS{Mode: app.TLSOff} },
		},
		"another mode keeps the CA": {
			app.ShopAddress{TLS: app.TLS{Mode: app.TLSVerify}}, func(a *app.ShopAddress) { a.TLS.Mode = app.TLSVerify },
		},
		"names": {
			app.ShopAddress{Database: "m", Username: "u", Prefix: "p_"},
			func(a *app.ShopAddress) { a.Database, a.Username, a.Prefix = "m", "u", "p_" },
		},
		"no prefix is one, too": {
			app.ShopAddress{NoPrefix: true}, func(a *app.ShopAddress) { a.Prefix, a.NoPrefix = "", true },
		},
	} {
		want := saved
		c.want(&want)
		require.Equal(t, want, saved.With(c.over), what)
	}
	bare := saved.With(app.ShopAddress{NoPrefix: true})
	require.Equal(t, "p_", bare.With(app.ShopAddress{Prefix: "p_"}).Prefix)
	require.False(t, bare.With(app.ShopAddress{Prefix: "p_"}).NoPrefix)
	require.True(t, bare.With(app.ShopAddress{}).NoPrefix)
	other := bare
	other.NoPrefix = false
	require.False(t, bare.SamePlace(other), "env.php may name one")
	tcp := database("db").With(app.ShopAddress{Port: 3307})
	require.Equal(t, 3307, tcp.Port)
	require.Equal(t, "/s", tcp.With(app.ShopAddress{Socket: "/s"}).Socket)
	require.Empty(t, tcp.With(app.ShopAddress{Socket: "/s"}).Host)
}

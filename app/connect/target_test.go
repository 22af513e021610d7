package connect_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/connect"
	"github.com/factordesk/factordesk/app/profile"
)

func TestShopAddresses(t *testing.T) {
	o := options(t)
	for text, want := range map[string]app.ShopAddress{
		"mysql://desk@db.example/magento":        {Host: "db.example", Username: "desk", Database: "magento"},
		"MariaDB://desk@db.example:3307/magento": {Host: "db.example", Port: 3307, Username: "desk", Database: "magento"},
		"mysql://de%40sk@[fe80::1]:3307/magento": {Host: "fe80::1", Port: 3307, Username: "de@sk", Database: "magento"},
	} {
		c, err := connect.Target(text, o)
		require.NoError(t, err, text)
		require.Equal(t, app.MagentoStore, c.Kind)
		require.Equal(t, app.TagProduction, c.Tag)
		require.Equal(t, want, *c.Shop, text)
	}
	for _, text := range []string{
		"mysql://", "mysql:///magento", "mysql://db.example", "mysql://db.example/magento", "mysql://desk@db:99999/magento", "mysql://desk@db:x/magento", "mysql://desk@db/magento?tls=off",
		"mysql://desk@db/magento?", "mysql://desk@db/a/b", "mysql://desk@db/magento#x", "mysql://desk@db/%zz", "mysql://desk@d b/magento",
		"mysql://desk@db/a%0ab",
	} {
		_, err := connect.Target(text, o)
		require.Equal(t, app.Invalid, app.KindOf(err), text)
	}
}

// TestNoPasswordOfAnAddressIsRepeated has passwords that break the address in
// every way: nothing of them is in a message, nor in a cause, which goes to the
// log.
func TestNoPasswordOfAnAddressIsRepeated(t *testing.T) {
	for _, scheme := range []string{"mysql://", "mariadb://", "postgres://", "ftp://"} {
		for _, word := range []string{
			"hunter2", "", "hun/ter2", "hun#ter2", "hun?ter2", "hun@ter2", "hunter2/", "12/34hunter2", "12/34", "12#34", "12?hunter2=1",
			"hun%ter2", "hun%2Fter2", "hun ter2", "hun[ter2", "hun:ter2", "?hunter2", "#hunter2", "hun\x00ter2",
		} {
			for _, end := range []string{"@db.example/magento", "@db.example"} {
				text := scheme + "desk:" + word + end
				_, err := connect.Open(context.Background(), text, options(t))
				require.Equal(t, app.Invalid, app.KindOf(err), text)
				for err != nil {
					for _, part := range []string{"hun", "ter2", "12", "34", "db.example"} {
						require.NotContains(t, err.Error(), part, text)
					}
					wrapped, ok := err.(interface{ Unwrap() error })
					if !ok {
						break
					}
					err = wrapped.Unwrap()
				}
			}
		}
	}
}

func TestWhatIsGivenBesides(t *testing.T) {
	o := options(t)
	saved := app.ShopAddress{Host: "db.example", Database: "magento", Username: "desk", SSH: app.SSH{Host: "bastion"}}
	require.NoError(t, o.Dirs.Save(profile.Connection{Name: "Juniper", Kind: app.MagentoStore, Tag: app.TagStaging, Shop: &saved}))

	// It takes the place of what is saved, for now.
	o.Over = app.ShopAddress{ReadOnly: true, SSH: app.SSH{Key: "/id"}}
	c, err := connect.Target("juniper", o)
	require.NoError(t, err)
	require.Equal(t, "Juniper", c.Name)
	require.True(t, c.Shop.ReadOnly)
	require.Equal(t, app.SSH{Host: "bastion", Key: "/id"}, c.Shop.SSH)
	again, err := o.Dirs.Connection("juniper")
	require.NoError(t, err)
	require.Equal(t, saved, *again.Shop)

	// What an address leaves open may come from env.php, and what it says stays.
	o.Over = app.ShopAddress{EnvPHP: "/srv/env.php"}
	c, err = connect.Target("mysql://db.example", o)
	require.NoError(t, err)
	require.Equal(t, app.ShopAddress{Host: "db.example", EnvPHP: "/srv/env.php"}, *c.Shop)
	for want, over := range map[string]app.ShopAddress{
		"no SSH server is given": {EnvPHP: "/srv/env.php", OnServer: true},
		"TLS is off":             {EnvPHP: "/srv/env.php", TLS: app.TLS{Mode: app.TLSOff, CA: "/ca.pem"}},
	} {
		o.Over = over
		_, err = connect.Open(context.Background(), "", o)
		require.Equal(t, app.Invalid, app.KindOf(err))
		require.ErrorContains(t, err, want)
	}

	// Any store can be looked at only; no other part of a shop's address goes with
	// another store.
	o.Over = app.ShopAddress{ReadOnly: true}
	c, err = connect.Target("desk.db", o)
	require.NoError(t, err)
	require.True(t, c.LooksOnly())
	o.Over.Prefix = "m2_"
	for _, text := range []string{"", "desk.db", "./juniper"} {
		_, err = connect.Target(text, o)
		require.Equal(t, app.Invalid, app.KindOf(err), text)
	}

	for text, want := range map[string]bool{
		"": true, "mysql://db": true, "MARIADB://db": true, "juniper": false, "a.db": false, "postgres://db": false,
	} {
		require.Equal(t, want, connect.MayGoWithEnv(text), text)
	}
}

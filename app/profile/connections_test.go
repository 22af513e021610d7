package profile_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/profile"
)

// fresh returns folders that do not exist yet.
func fresh(t *testing.T) profile.Dirs {
	t.Helper()
	root := t.TempDir()
	return profile.Dirs{
		Config: filepath.Join(root, "config"), Data: filepath.Join(root, "data"),
		State: filepath.Join(root, "state"), Runtime: filepath.Join(root, "runtime"),
	}
}

func local(name, path string) profile.Connection {
	return profile.Connection{Name: name, Kind: app.LocalStore, Location: path, Tag: app.TagLocal}
}

func mode(t *testing.T, path string) fs.FileMode {
	t.Helper()
	info, err := os.Stat(path)
	require.NoError(t, err)
	return info.Mode().Perm()
}

func TestConnections(t *testing.T) {
	d := fresh(t)
	all, err := d.Connections()
	require.NoError(t, err)
	require.Empty(t, all)
	require.NoDirExists(t, d.Config, "reading makes nothing")

	opened := time.Date(2026, 6, 5, 9, 0, 0, 0, time.UTC)
	shop := local("  Käse & Söhne ", "/srv/shop.db")
	shop.Tag, shop.Opened, shop.Operator = app.TagProduction, opened, "root"
	require.NoError(t, d.Save(local("Desk", "/srv/desk.db")))
	require.NoError(t, d.Save(shop))
	require.NoError(t, d.Save(profile.Connection{Name: "Look around", Kind: app.SampleStore}))
	require.Equal(t, fs.FileMode(0o600), mode(t, filepath.Join(d.Config, "connections.toml")))
	require.Equal(t, fs.FileMode(0o700), mode(t, d.Config))

	text, err := os.ReadFile(filepath.Join(d.Config, "connections.toml"))
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(string(text), "opened"), "what was never opened says nothing of it")
	require.NotContains(t, string(text), "0001")

	all, err = d.Connections()
	require.NoError(t, err)
	require.Len(t, all, 3)
	shop.Name = "Käse & Söhne"
	require.Equal(t, shop, all[1], "each stays where it was put")
	got, err := d.Connection("KÄSE & söhne")
	require.NoError(t, err)
	require.Equal(t, shop, got)
	at, ok, err := d.At("/srv/desk.db")
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, "Desk", at.Name)

	require.NoError(t, d.Save(local("DESK", "/srv/other.db")))
	_, ok, err = d.At("/srv/desk.db")
	require.NoError(t, err)
	require.False(t, ok, "saving a name again replaces it")

	require.NoError(t, d.Remove("desk"))
	require.Equal(t, app.NotFound, app.KindOf(d.Remove("desk")))
	_, err = d.Connection("desk")
	require.Equal(t, app.NotFound, app.KindOf(err))
}

func TestSignedIn(t *testing.T) {
	d := fresh(t)
	at := time.Date(2026, 6, 5, 9, 0, 0, 123456, time.FixedZone("", 7200))
	c := local("Shop / Berlin\\\x07", "/srv/a.db")
	c.Opened, c.Operator = at, "root"
	require.NoError(t, d.SignedIn(c))
	c.Location = "/srv/b.db"
	require.NoError(t, d.SignedIn(c), "another store of the same name gets a number")
	c.Operator = "ada"
	require.NoError(t, d.SignedIn(c))
	all, err := d.Connections()
	require.NoError(t, err)
	require.Len(t, all, 2)
	require.Equal(t, "Shop - Berlin-", all[0].Name)
	require.Equal(t, "Shop - Berlin- 2", all[1].Name)
	require.Equal(t, "ada", all[1].Operator)
	require.Equal(t, at.UTC().Truncate(time.Second), all[1].Opened)

	long := local(strings.Repeat("ä", 500), "/srv/c.db")
	require.NoError(t, d.SignedIn(long))
	long.Location, long.Name = "/srv/d.db", ""
	require.NoError(t, d.SignedIn(long))
	_, err = d.Connection("Store")
	require.NoError(t, err)
}

// shop returns a connection to a shop that is reached in every way at once.
func shop(name string) profile.Connection {
	return profile.Connection{Name: name, Kind: app.MagentoStore, Tag: app.TagProduction, Shop: &app.ShopAddress{
		EnvPHP: "/srv/shop/app/etc/env.php", OnServer: true, Host: "db.example", Port: 3307, Database: "magento",
		Username: "desk", Prefix: "m2_", ReadOnly: true,
		TLS: app.TLS{Mode: app.TLSVerify, CA: "/etc/ca.pem", Certificate: "/etc/desk.pem", Key: "/etc/desk.key", ServerName: "db"},
		SSH: app.SSH{Host: "bastion.example", Port: 2222, User: "deploy", Key: "/home/ann/.ssh/id"},
	}}
}

func TestShops(t *testing.T) {
	d := fresh(t)
	want := shop("Juniper")
	require.NoError(t, d.Save(want))
	require.NoError(t, d.Save(local("Desk", "/srv/desk.db")))
	want.Location = "magento on db.example:3307 through bastion.example"
	got, err := d.Connection("juniper")
	require.NoError(t, err)
	require.Equal(t, want, got)
	text, err := os.ReadFile(filepath.Join(d.Config, "connections.toml"))
	require.NoError(t, err)
	require.NotContains(t, string(text), " through ", "what the address says is not said twice")
	require.NoError(t, d.Save(got), "what was read can be saved again")

	// The one of the name is meant where two lead to one shop; else the last used.
	writable := shop("Juniper, to change")
	writable.Shop.ReadOnly, writable.Shop.Username = false, "root"
	require.NoError(t, d.Save(writable))
	at := time.Date(2026, 6, 5, 9, 0, 0, 0, time.UTC)
	writable.Opened, writable.Operator = at, "ada"
	require.NoError(t, d.SignedIn(writable))
	want.Opened, want.Operator = at.Add(time.Hour), "olly"
	require.NoError(t, d.SignedIn(want))
	all, err := d.Connections()
	require.NoError(t, err)
	require.Len(t, all, 3)
	require.Equal(t, "olly", all[0].Operator)
	require.Equal(t, "ada", all[2].Operator)
	one, ok, err := d.AtShop("juniper, to change", *writable.Shop)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, "ada", one.Operator)
	one, ok, err = d.AtShop("", *writable.Shop)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, "olly", one.Operator)

	// A shop that is not saved yet is, with the first sign-in.
	other := *writable.Shop
	other.Database = "magento2"
	_, ok, err = d.AtShop("", other)
	require.NoError(t, err)
	require.False(t, ok)
	require.NoError(t, d.SignedIn(profile.Connection{Name: "Juniper", Kind: app.MagentoStore, Shop: &other, Opened: at, Operator: "eve"}))
	one, ok, err = d.AtShop("", other)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, "Juniper 2", one.Name)
	require.Error(t, d.SignedIn(profile.Connection{Name: "Nowhere", Kind: app.MagentoStore}))
}

func TestLogbook(t *testing.T) {
	d := fresh(t)
	for _, id := range []string{"a", "../../../etc/passwd", "", "a/b\x00c"} {
		path := d.Logbook(id)
		require.Equal(t, filepath.Join(d.State, "logbooks"), filepath.Dir(path), "no ID leaves the folder")
		require.Equal(t, path, d.Logbook(id))
	}
	require.NotEqual(t, d.Logbook("a"), d.Logbook("b"))
	require.NoDirExists(t, d.State)
}

func TestSaveRefuses(t *testing.T) {
	d := fresh(t)
	for what, c := range map[string]profile.Connection{
		"no name":       local(" ", "/srv/a.db"),
		"long name":     local(strings.Repeat("x", 61), "/srv/a.db"),
		"a path":        local("a/b", "/srv/a.db"),
		"line feed":     local("a\nb", "/srv/a.db"),
		"relative":      local("a", "a.db"),
		"no location":   local("a", ""),
		"kind":          {Name: "a", Kind: "floppy", Location: "/srv/a.db"},
		"not yet known": {Name: "a", Kind: app.TeamStore, Location: "/srv/a.db"},
		"tag":           {Name: "a", Kind: app.LocalStore, Location: "/srv/a.db", Tag: "urgent"},
		"no address":    {Name: "a", Kind: app.MagentoStore},
		"half address":  {Name: "a", Kind: app.MagentoStore, Shop: &app.ShopAddress{Host: "db"}},
		"no shop":       {Name: "a", Kind: app.LocalStore, Location: "/srv/a.db", Shop: &app.ShopAddress{EnvPHP: "/env.php"}},
	} {
		require.Equal(t, app.Invalid, app.KindOf(d.Save(c)), what)
	}
	require.NoFileExists(t, filepath.Join(d.Config, "connections.toml"))
}

// aTeam is the file of one connection, to a team's store.
func aTeam(location string) string {
	return "[[connection]]\nname = \"a\"\nkind = \"team\"\nlocation = \"" + location + "\"\n"
}

func TestTeam(t *testing.T) {
	d := fresh(t)
	const location = "postgres://ann@db.example:5432/desk?sslmode=verify-full"
	require.NoError(t, d.SignedIn(profile.Connection{Name: "Team Desk", Kind: app.TeamStore, Location: location, Tag: app.TagTeam, Operator: "olive"}))
	c, ok, err := d.At(location)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, "Team Desk", c.Name)
	require.Equal(t, "olive", c.Operator)
}

func TestBadFile(t *testing.T) {
	good := "[[connection]]\nname = \"a\"\nkind = \"local\"\nlocation = \"/srv/a.db\"\n"
	aShop := "[[connection]]\nname = \"b\"\nkind = \"magento\"\n[connection.shop]\nenv_php = \"/env.php\"\n"
	for _, c := range []struct{ text, want string }{
		{"nonsense", "line 1 is not as it should be"},
		{good + "password = \"x\"\n", `it has a key "connection.password" that this version does not know`},
		{good + "[settings]\na = 1\n", `it has a key "settings`},
		{"[[connection]]\nname = 7\n", "is not"},
		{good + good, "two connections have the name a"},
		{strings.Replace(good, "local", "cloud", 1), `connection 1: this version does not know the kind of store "cloud"`},
		{strings.Replace(good, "local", "team", 1), `connection 1: the location of the connection "a" is no address of a team's store`},
		{aTeam("postgres://ann:hunter2@db/desk"), `connection 1: the connection "a" has a password in its address`},
		{aTeam("postgres://ann@db/desk?password=hunter2"), `connection 1: the connection "a" has a password in its address`},
		{strings.Replace(good, "/srv", "srv", 1), "connection 1: the location"},
		{good + "[connection.shop]\nenv_php = \"/env.php\"\n", `connection 1: the connection "a" is to no shop`},
		{aShop + "password = \"x\"\n", `it has a key "connection.shop.password" that this version does not know`},
		{aShop + "[connection.shop.ssh]\nhost = \"b\"\npassphrase = \"x\"\n", `it has a key "connection.shop.ssh.passphrase"`},
		{aShop + "port = 99999\n", "connection 1: there is no port 99999"},
	} {
		d := fresh(t)
		path := filepath.Join(d.Config, "connections.toml")
		require.NoError(t, os.MkdirAll(d.Config, 0o700))
		require.NoError(t, os.WriteFile(path, []byte(c.text), 0o600))
		_, err := d.Connections()
		require.Equal(t, app.Unreadable, app.KindOf(err), c.text)
		require.ErrorContains(t, err, c.want)
		require.ErrorContains(t, err, path)
		require.Error(t, d.Save(local("b", "/srv/b.db")), "what is not understood is not written over")
		kept, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, c.text, string(kept))
	}
}

// TestTwoConsoles saves from many sides at once: none is lost.
func TestTwoConsoles(t *testing.T) {
	d := fresh(t)
	const consoles = 20
	failures := make([]error, consoles)
	var all sync.WaitGroup
	for i := range consoles {
		all.Go(func() {
			c := local("Desk", fmt.Sprintf("/srv/%d.db", i))
			c.Opened = time.Unix(int64(i), 0)
			failures[i] = d.SignedIn(c)
		})
	}
	all.Wait()
	for _, err := range failures {
		require.NoError(t, err)
	}
	saved, err := d.Connections()
	require.NoError(t, err)
	require.Len(t, saved, consoles)
}

func TestPermissionsAreTakenBack(t *testing.T) {
	d := fresh(t)
	require.NoError(t, d.Save(local("a", "/srv/a.db")))
	path := filepath.Join(d.Config, "connections.toml")
	require.NoError(t, os.Chmod(path, 0o666))
	require.NoError(t, d.Save(local("b", "/srv/b.db")))
	require.Equal(t, fs.FileMode(0o600), mode(t, path))
}

func TestUnwritableFolder(t *testing.T) {
	d := fresh(t)
	require.NoError(t, os.WriteFile(d.Config, nil, 0o600), "a file where the folder should be")
	require.Equal(t, app.Unreachable, app.KindOf(d.Save(local("a", "/srv/a.db"))))
	require.Equal(t, app.Unreachable, app.KindOf(d.SaveSettings(profile.DefaultSettings())))
}

func TestUserDirs(t *testing.T) {
	for _, root := range []string{t.TempDir(), t.TempDir()} { // as the environment is now, not at the start
		for _, name := range []string{"CONFIG_HOME", "DATA_HOME", "STATE_HOME", "RUNTIME_DIR"} {
			path := filepath.Join(root, strings.ToLower(name))
			require.NoError(t, os.Mkdir(path, 0o700))
			t.Setenv("XDG_"+name, path)
		}
		d := profile.UserDirs()
		require.Equal(t, profile.Dirs{
			Config:  filepath.Join(root, "config_home", "factordesk"),
			Data:    filepath.Join(root, "data_home", "factordesk"),
			State:   filepath.Join(root, "state_home", "factordesk"),
			Runtime: filepath.Join(root, "runtime_dir", "factordesk"),
		}, d)
		require.Equal(t, filepath.Join(root, "data_home", "factordesk", "desk.db"), d.DefaultStore())
		t.Setenv("XDG_RUNTIME_DIR", filepath.Join(root, "none"))
		require.Equal(t, filepath.Join(d.State, "sessions"), profile.UserDirs().Runtime)
	}
}

func TestReplace(t *testing.T) {
	d := fresh(t)
	require.NoError(t, d.Replace("", local("Desk", "/srv/desk.db")))
	require.NoError(t, d.Replace("", local("Shop", "/srv/shop.db")))
	require.NoError(t, d.Replace("DESK", local(" Help desk ", "/srv/desk.db")))
	require.NoError(t, d.Replace("help desk", local("Help Desk", "/srv/desk.db")), "its own name is free")
	all, err := d.Connections()
	require.NoError(t, err)
	require.Equal(t, []profile.Connection{local("Help Desk", "/srv/desk.db"), local("Shop", "/srv/shop.db")}, all)

	for _, was := range []string{"", "Help Desk", "gone"} {
		err = d.Replace(was, local("SHOP", "/srv/other.db"))
		require.Equal(t, app.Conflict, app.KindOf(err), was)
		require.EqualError(t, err, "There is a connection named Shop already. Choose another name.")
	}
	require.Equal(t, app.Invalid, app.KindOf(d.Replace("Shop", local("a/b", "/srv/shop.db"))))
	again, err := d.Connections()
	require.NoError(t, err)
	require.Equal(t, all, again, "what is refused changes nothing")
	require.NoError(t, d.Replace("gone", local("New", "/srv/new.db")), "it was removed meanwhile")
}

// The order is the person's.
func TestMove(t *testing.T) {
	d := fresh(t)
	for _, name := range []string{"a", "b", "c", "d"} {
		require.NoError(t, d.Save(local(name, "/srv/"+name+".db")))
	}
	for _, c := range []struct {
		name string
		to   int
		want string
	}{{"C", 0, "cabd"}, {"c", 1, "acbd"}, {"a", 99, "cbda"}, {"d", -5, "dcba"}, {"c", 1, "dcba"}} {
		require.NoError(t, d.Move(c.name, c.to))
		all, err := d.Connections()
		require.NoError(t, err)
		got := ""
		for _, o := range all {
			got += o.Name
		}
		require.Equal(t, c.want, got)
	}
	require.Equal(t, app.NotFound, app.KindOf(d.Move("e", 0)))
	b := local("b", "/srv/b.db")
	b.Opened, b.Operator = time.Unix(1000, 0), "olive"
	require.NoError(t, d.SignedIn(b))
	all, err := d.Connections()
	require.NoError(t, err)
	require.Equal(t, "b", all[2].Name, "to sign in changes no order")
}

// Two connections may lead to one store, one of them to look only.
func TestTwoWaysToOneStore(t *testing.T) {
	d := fresh(t)
	writes, looks := local("Desk", "/srv/desk.db"), local("Desk, to look", "/srv/desk.db")
	looks.ReadOnly = true
	require.NoError(t, d.Save(writes))
	require.NoError(t, d.Save(looks))
	looks.Opened, looks.Operator = time.Unix(2000, 0), "ann"
	require.NoError(t, d.SignedIn(looks))
	got, err := d.Connection("desk, to look")
	require.NoError(t, err)
	require.True(t, got.LooksOnly())
	require.Equal(t, "ann", got.Operator)
	got, ok, err := d.At("/srv/desk.db")
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, "Desk, to look", got.Name, "a path means the one that was used last")
}

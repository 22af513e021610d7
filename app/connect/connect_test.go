package connect_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/connect"
	"github.com/factordesk/factordesk/app/profile"
	"github.com/factordesk/factordesk/app/seal"
)

var noon = time.Date(2026, 6, 5, 12, 0, 0, 0, time.UTC)

func options(t *testing.T) connect.Options {
	t.Helper()
	root := t.TempDir()
	return connect.Options{
		Dirs: profile.Dirs{
			Config: filepath.Join(root, "config"), Data: filepath.Join(root, "data"),
			State: filepath.Join(root, "state"), Runtime: filepath.Join(root, "runtime"),
		},
		Now:  func() time.Time { return noon },
		Cost: seal.Cost{Memory: 64, Time: 1, Threads: 1},
	}
}

func first(username string) app.NewUser {
	return app.NewUser{
		Username: username, Email: username + "@example.com", FirstName: " Rita ",
		Password: app.NewSecret("correct horse battery"),
	}
}

func signIn(t *testing.T, c *app.Console, username string) {
	t.Helper()
	_, err := c.SignIn(context.Background(), app.Credentials{Username: username, Password: app.NewSecret("correct horse battery")})
	require.NoError(t, err)
}

func closed(t *testing.T, c *app.Console) {
	t.Helper()
	require.NoError(t, c.Close())
}

func TestCreateAndOpen(t *testing.T) {
	ctx, o := context.Background(), options(t)
	_, err := connect.Open(ctx, "", o)
	require.Equal(t, app.NotFound, app.KindOf(err))
	require.ErrorContains(t, err, o.Dirs.DefaultStore())

	c, recovery, err := connect.Create(ctx, connect.NewStore{Name: " Shop ", First: first("root")}, o)
	require.NoError(t, err)
	require.False(t, recovery.Empty())
	require.Equal(t, "Shop", c.Store().Name)
	require.Equal(t, o.Dirs.DefaultStore(), c.Store().Location)
	_, ok := c.Operator()
	require.False(t, ok, "nobody is signed in")
	signIn(t, c, "root")
	operator, _ := c.Operator()
	require.True(t, operator.User.Role.Administers())
	require.Equal(t, "Rita", operator.User.Name())
	page, err := c.Events(ctx, app.EventQuery{})
	require.NoError(t, err)
	require.Equal(t, app.DoCreateStore, page.Events[len(page.Events)-1].Action)
	require.Equal(t, connect.Desk(), page.Events[0].Console)
	closed(t, c)

	_, _, err = connect.Create(ctx, connect.NewStore{First: first("root")}, o)
	require.Equal(t, app.Conflict, app.KindOf(err))

	// The name that the person gave comes back however the store is opened.
	t.Chdir(filepath.Dir(o.Dirs.DefaultStore()))
	for _, target := range []string{"", "Shop", "shop", o.Dirs.DefaultStore(), "desk.db", "./desk.db"} {
		c, err := connect.Open(ctx, target, o)
		require.NoError(t, err, target)
		require.Equal(t, "Shop", c.Store().Name, target)
		closed(t, c)
	}
	saved, err := o.Dirs.Connections()
	require.NoError(t, err)
	require.Equal(t, []profile.Connection{{
		Name: "Shop", Kind: app.LocalStore, Location: o.Dirs.DefaultStore(), Tag: app.TagLocal, Opened: noon, Operator: "root",
	}}, saved)
}

func TestCreateRefuses(t *testing.T) {
	ctx, o := context.Background(), options(t)
	for what, n := range map[string]connect.NewStore{
		"username": {First: app.NewUser{Email: "a@example.com", Password: app.NewSecret("correct horse battery")}},
		"email":    {First: app.NewUser{Username: "root", Email: "nothing", Password: app.NewSecret("correct horse battery")}},
		"password": {First: app.NewUser{Username: "root", Email: "a@example.com"}},
		"name":     {Name: "a\nb", First: first("root")},
		"server":   {Target: "postgres://db/desk", First: first("root")}, // nobody's
		"asked":    {Target: "postgres://root@127.0.0.1:1/desk", First: first("root")},
	} {
		_, _, err := connect.Create(ctx, n, o)
		require.Equal(t, app.Invalid, app.KindOf(err), what)
	}
	require.NoDirExists(t, o.Dirs.Data)

	// Connections that cannot be read are said before there is a recovery key.
	require.NoError(t, os.MkdirAll(o.Dirs.Config, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(o.Dirs.Config, "connections.toml"), []byte("nonsense"), 0o600))
	_, _, err := connect.Create(ctx, connect.NewStore{First: first("root")}, o)
	require.Equal(t, app.Unreadable, app.KindOf(err))
	require.NoFileExists(t, o.Dirs.DefaultStore())
}

func TestSignedIn(t *testing.T) {
	ctx, o := context.Background(), options(t)
	path := filepath.Join(t.TempDir(), "shop.db")
	c, _, err := connect.Create(ctx, connect.NewStore{Target: path, First: first("root")}, o)
	require.NoError(t, err)
	closed(t, c)
	other := options(t) // another person on this computer, who has not seen it
	c, err = connect.Open(ctx, path, other)
	require.NoError(t, err)
	require.NoError(t, connect.SignedIn(c, other), "nobody is signed in: nothing to note")
	signIn(t, c, "root")
	require.NoError(t, connect.SignedIn(c, other))
	closed(t, c)
	saved, err := other.Dirs.Connection("shop")
	require.NoError(t, err)
	require.Equal(t, path, saved.Location)
	require.Equal(t, "root", saved.Operator)
}

func TestHistoryIsRemembered(t *testing.T) {
	ctx, o := context.Background(), options(t)
	c, _, err := connect.Create(ctx, connect.NewStore{First: first("root")}, o)
	require.NoError(t, err)
	closed(t, c)
	old, err := os.ReadFile(o.Dirs.DefaultStore())
	require.NoError(t, err)
	c, err = connect.Open(ctx, "", o)
	require.NoError(t, err)
	signIn(t, c, "root")
	require.NoError(t, c.SignOut(ctx))
	closed(t, c)
	for _, ending := range []string{"-wal", "-shm"} {
		require.NoError(t, os.RemoveAll(o.Dirs.DefaultStore()+ending))
	}
	require.NoError(t, os.WriteFile(o.Dirs.DefaultStore(), old, 0o600))
	c, err = connect.Open(ctx, "", o)
	require.NoError(t, err)
	defer closed(t, c)
	w, err := c.SignIn(ctx, app.Credentials{Username: "root", Password: app.NewSecret("correct horse battery")})
	require.NoError(t, err)
	require.Contains(t, w.Warning, "set back to an older copy")
}

func TestSample(t *testing.T) {
	ctx, o := context.Background(), options(t)
	c, err := connect.Sample(ctx, o)
	require.NoError(t, err)
	defer closed(t, c)
	page, err := c.Users(ctx, app.Query{Limit: 5})
	require.NoError(t, err)
	require.Len(t, page.Users, 5)
	require.NoError(t, connect.SignedIn(c, o))
	require.NoError(t, o.Dirs.Save(profile.Connection{Name: "Look around", Kind: app.SampleStore}))
	again, err := connect.Open(ctx, "look around", o)
	require.NoError(t, err)
	require.Equal(t, app.SampleStore, again.Store().Kind)
	closed(t, again)
	entries, err := os.ReadDir(filepath.Dir(o.Dirs.Config))
	require.NoError(t, err)
	require.Len(t, entries, 1, "looking around writes nothing but what was saved here")
}

func TestServersAreNotOpened(t *testing.T) {
	for _, target := range []string{
		"postgres://desk:hunter2@db/desk", "POSTGRESQL://db", "mysql://shop:hunter2@db/magento", "mariadb://db", "ssh://hunter2@db",
	} {
		_, err := connect.Open(context.Background(), target, options(t))
		require.Equal(t, app.Invalid, app.KindOf(err), target)
		require.NotContains(t, err.Error(), "hunter2")
	}
}

func TestVersionIsThatOfTheWindow(t *testing.T) {
	var window struct{ Details struct{ Version string } }
	_, err := toml.DecodeFile("../../FyneApp.toml", &window)
	require.NoError(t, err)
	require.Equal(t, window.Details.Version, connect.Version)
	require.Contains(t, connect.Desk(), ", Factordesk "+connect.Version)
}

func TestLog(t *testing.T) {
	ctx, o := context.Background(), options(t)
	log, file := connect.Log(o)
	connect.LogCause(ctx, log, "reset", app.Errorf(app.Denied, "That is not your password."))
	connect.LogCause(ctx, log, "reset", nil)
	require.NoDirExists(t, o.Dirs.State, "what people were told is not a matter for the log")

	connect.LogCause(ctx, log, "reset", app.Errorf(app.Unreachable, "The store is gone.").Because(errors.New("disk I/O error")))
	connect.LogCause(ctx, log, "list", errors.New("a fault"))
	require.NoError(t, file.Close())
	text, err := os.ReadFile(o.Dirs.LogFile())
	require.NoError(t, err)
	require.Contains(t, string(text), `"deed":"reset","kind":"unreachable","message":"The store is gone.","cause":"disk I/O error"`)
	require.Contains(t, string(text), `"deed":"list","kind":"internal","cause":"a fault"`)
	for path, want := range map[string]fs.FileMode{o.Dirs.LogFile(): 0o600, o.Dirs.State: 0o700} {
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.Equal(t, want, info.Mode().Perm())
	}
}

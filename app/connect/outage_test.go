//go:build full && linux

package connect_test

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/connect"
	"github.com/factordesk/factordesk/app/servertest"
)

// stampOf asks a store whether it answers, as a window does, and less patiently.
func stampOf(c *app.Console) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	return c.Stamp(ctx)
}

// goesAndComes requires that a console says that its store is gone, refuses what
// cannot be done then, and has the store again by itself when it is back.
func goesAndComes(t *testing.T, c *app.Console, target app.UserID, password app.Secret, away, back func()) {
	t.Helper()
	before, err := stampOf(c)
	require.NoError(t, err)
	away()
	_, err = stampOf(c)
	require.Equal(t, app.Unreachable, app.KindOf(err), "%v", err)
	message, _ := app.Explain(err)
	require.NotEmpty(t, message)
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	_, err = c.Reverify(ctx, password, app.Deed{Action: app.DoUnlock, Target: target})
	require.Equal(t, app.Unreachable, app.KindOf(err), "%v", err)
	back()
	require.Eventually(t, func() bool {
		after, err := stampOf(c)
		return err == nil && after == before
	}, 30*time.Second, 100*time.Millisecond, "it is there again, and nothing was changed")
	_, err = c.User(context.Background(), target)
	require.NoError(t, err)
}

func TestATeamsStoreGoesAndComes(t *testing.T) {
	ctx, o := context.Background(), options(t)
	d := servertest.PostgreSQL(t).Database(t)
	wire := servertest.NewRelay(t, "tcp", d.Server.Address())
	o.Ask = &typing{answer: app.NewSecret(d.Password)}
	address := "postgres://" + d.User + "@127.0.0.1:" + strconv.Itoa(wire.Port()) + "/" + d.Name
	c, _, err := connect.Create(ctx, connect.NewStore{Target: address, First: first("root")}, o)
	require.NoError(t, err)
	defer closed(t, c)
	w, err := c.SignIn(ctx, app.Credentials{Username: "root", Password: first("root").Password})
	require.NoError(t, err)
	root := w.Operator.User.ID

	told, heard := make(chan struct{}, 10), make(chan error, 1)
	go func() { heard <- c.Listen(ctx, func() { told <- struct{}{} }) }()
	<-told
	t.Run("the server", func(t *testing.T) {
		goesAndComes(t, c, root, first("root").Password, func() { d.Server.Stop(t) }, func() { d.Server.Start(t) })
		require.Equal(t, app.Unreachable, app.KindOf(<-heard), "who listens learns of it at once")
	})
	t.Run("the network, without a word", func(t *testing.T) {
		goesAndComes(t, c, root, first("root").Password, wire.Hold, func() { wire.Cut(); wire.Release() })
	})
	ctx, stop := context.WithCancel(ctx)
	go func() { heard <- c.Listen(ctx, func() { told <- struct{}{} }) }()
	<-told
	stop()
	require.Equal(t, app.Canceled, app.KindOf(<-heard))
}

func TestAShopGoesAndComes(t *testing.T) {
	ctx, o, s := context.Background(), options(t), newShop(t)
	o.Over = app.ShopAddress{EnvPHP: s.file(t, s.env)}
	c, err := connect.Open(ctx, "", o)
	require.NoError(t, err)
	defer closed(t, c)
	enter(t, c)
	u, err := c.FindUser(ctx, "olly")
	require.NoError(t, err)
	before, err := stampOf(c)
	require.NoError(t, err)
	s.Load(t, "UPDATE admin_user SET is_active = 1 - is_active WHERE username = 'olly'")
	after, err := stampOf(c)
	require.NoError(t, err)
	require.NotEqual(t, before, after, "what the shop itself changes is noticed")
	goesAndComes(t, c, u.ID, app.NewSecret("Admin123!"), func() { s.Server.Stop(t) }, func() { s.Server.Start(t) })
}

func TestAShopThroughSSHGoesAndComes(t *testing.T) {
	ctx, o, s := context.Background(), options(t), newShop(t)
	t.Setenv("HOME", t.TempDir())
	t.Setenv("SSH_AUTH_SOCK", "")
	server := servertest.SSHD(t)
	wire := servertest.NewRelay(t, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(server.Port())))
	o.Ask = &person{answers: map[app.Asked]string{app.AskSSH: server.Password}, trusts: true}
	o.Over = app.ShopAddress{
		EnvPHP: s.file(t, s.env), SSH: app.SSH{Host: "127.0.0.1", Port: wire.Port(), User: server.User},
	}
	c, err := connect.Open(ctx, "", o)
	require.NoError(t, err)
	defer closed(t, c)
	enter(t, c)
	u, err := c.FindUser(ctx, "olly")
	require.NoError(t, err)
	asked := len(o.Ask.(*person).asked)
	t.Run("the database", func(t *testing.T) {
		goesAndComes(t, c, u.ID, app.NewSecret("Admin123!"), func() { s.Server.Stop(t) }, func() { s.Server.Start(t) })
	})
	t.Run("the network, without a word", func(t *testing.T) {
		goesAndComes(t, c, u.ID, app.NewSecret("Admin123!"), wire.Hold, func() { wire.Cut(); wire.Release() })
	})
	require.Len(t, o.Ask.(*person).asked, asked, "nobody is asked again")
}

func TestALocalStoreGoesAndComes(t *testing.T) {
	ctx, o := context.Background(), options(t)
	path := filepath.Join(t.TempDir(), "desk.db")
	c, _, err := connect.Create(ctx, connect.NewStore{Target: path, First: first("root")}, o)
	require.NoError(t, err)
	defer closed(t, c)
	w, err := c.SignIn(ctx, app.Credentials{Username: "root", Password: first("root").Password})
	require.NoError(t, err)
	goesAndComes(t, c, w.Operator.User.ID, first("root").Password,
		func() { require.NoError(t, os.Rename(path, path+".away")) },
		func() { require.NoError(t, os.Rename(path+".away", path)) })
}

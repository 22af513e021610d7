//go:build full

package connect_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/connect"
	"github.com/factordesk/factordesk/app/servertest"
)

// typing answers every question with one secret, and counts them.
type typing struct {
	answer app.Secret
	asked  int
}

func (p *typing) Secret(context.Context, app.Question) (app.Secret, error) {
	p.asked++
	return p.answer, nil
}

func (p *typing) Trust(context.Context, app.HostKey) (bool, error) { return false, nil }

func TestATeamsStore(t *testing.T) {
	ctx, o := context.Background(), options(t)
	d := servertest.PostgreSQL(t).Database(t)
	who := &typing{answer: app.NewSecret(d.Password)}
	o.Ask = who
	address := d.URL(d.Account)
	c, recovery, err := connect.Create(ctx, connect.NewStore{Target: address, First: first("root")}, o)
	require.NoError(t, err)
	require.Equal(t, 1, who.asked)
	require.False(t, recovery.Empty())
	info := c.Store()
	require.Equal(t, app.TeamStore, info.Kind)
	require.Equal(t, app.TagTeam, info.Tag)
	require.Equal(t, connect.DefaultTeam, info.Name)
	require.Equal(t, address, info.Location)
	closed(t, c)

	// It is on the list, opens by its name and its address, and the list has no password.
	for _, text := range []string{"team desk", address, address + "?sslmode=verify-full&sslrootcert=" + d.Server.TLS.CA} {
		c, err := connect.Open(ctx, text, o)
		require.NoError(t, err, text)
		require.Equal(t, info.ID, c.Store().ID)
		_, err = c.SignIn(ctx, app.Credentials{Username: "root", Password: first("root").Password})
		require.NoError(t, err)
		require.NoError(t, connect.SignedIn(c, o))
		closed(t, c)
	}
	file, err := os.ReadFile(filepath.Join(o.Dirs.Config, "connections.toml"))
	require.NoError(t, err)
	require.Contains(t, string(file), address)
	require.NotContains(t, string(file), d.Password)

	// A given password is not asked for; through the socket none is asked for first.
	who.asked = 0
	o.Secrets.Password = app.NewSecret(d.Password)
	socket := fmt.Sprintf("postgres://%s@localhost:%d/%s?host=%s", d.User, d.Server.Port, d.Name, filepath.Dir(d.Server.Socket))
	c, err = connect.Open(ctx, socket, o)
	require.NoError(t, err)
	require.Equal(t, socket, unescape(t, c.Store().Location))
	closed(t, c)
	require.Zero(t, who.asked)

	_, _, err = connect.Create(ctx, connect.NewStore{Target: address, First: first("root")}, o)
	require.Equal(t, app.Conflict, app.KindOf(err))
	o.Secrets.Password = app.NewSecret("wrong")
	_, err = connect.Open(ctx, address, o)
	require.Equal(t, app.Denied, app.KindOf(err))
	o.Over = app.ShopAddress{Prefix: "m2_"}
	_, err = connect.Open(ctx, address, o)
	require.Equal(t, app.Invalid, app.KindOf(err))
	o.Over = app.ShopAddress{TLS: app.TLS{Mode: app.TLSVerify, CA: d.Server.TLS.OtherCA}}
	_, err = connect.Open(ctx, address, o)
	require.Equal(t, app.Unreachable, app.KindOf(err))
	require.Contains(t, err.Error(), "signed by nobody")
}

// unescape returns an address as a person writes it.
func unescape(t *testing.T, text string) string {
	t.Helper()
	plain, err := url.QueryUnescape(text)
	require.NoError(t, err)
	return plain
}

package connect_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/connect"
	"github.com/factordesk/factordesk/app/profile"
)

func TestAStoreIsCopiedAndNoted(t *testing.T) {
	ctx, o := context.Background(), options(t)
	c, _, err := connect.Create(ctx, connect.NewStore{Name: "Shop", First: first("root")}, o)
	require.NoError(t, err)
	signIn(t, c, "root")
	path := filepath.Join(t.TempDir(), "there.db")
	p, err := connect.NewPlace(ctx, path, o)
	require.NoError(t, err)
	require.NoFileExists(t, path, "nothing is changed yet")
	g, err := c.Reverify(ctx, app.NewSecret("correct horse battery"), app.Deed{Action: app.DoCopyStore, Place: p.To.Location()})
	require.NoError(t, err)
	made, err := p.Copy(ctx, c, g, o, nil)
	require.NoError(t, err)
	require.EqualValues(t, 1, made.Users)
	require.NoError(t, p.Close())
	closed(t, c)
	saved, ok, err := o.Dirs.At(path)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, "root", saved.Operator)
	there, err := connect.Open(ctx, path, o)
	require.NoError(t, err)
	w, err := there.SignIn(ctx, app.Credentials{Username: "root", Password: app.NewSecret("correct horse battery")})
	require.NoError(t, err)
	require.Empty(t, w.Warning, "this computer tells a store from its copies")
	closed(t, there)
}

func TestPlacesThatAStoreIsNotCopiedTo(t *testing.T) {
	ctx, o := context.Background(), options(t)
	require.NoError(t, o.Dirs.Save(profile.Connection{
		Name: "look", Kind: app.TeamStore, Tag: app.TagTeam, Location: "postgres://ann@db.example/desk", ReadOnly: true,
	}))
	for place, kind := range map[string]app.Kind{
		"": app.Invalid, "look": app.Denied, "mysql://a@b/c": app.Invalid, "ftp://a/b": app.Invalid,
		"postgres://ann:hunter2@db.example/desk": app.Invalid,
	} {
		_, err := connect.NewPlace(ctx, place, o)
		require.Equal(t, kind, app.KindOf(err), "%q: %v", place, err)
		require.NotContains(t, err.Error(), "hunter2")
	}
}

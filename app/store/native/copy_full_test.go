//go:build full

package native

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/servertest"
)

func TestCopyOfManyUsersThereAndBack(t *testing.T) {
	const users = 200_000
	s := newTestStore(t)
	populate(t, s, users)
	before := rowsByHand(t, fileByHand(t, s.info.Location), false)
	d := servertest.PostgreSQL(t).Database(t)
	p := serverOf(d, d.Account)
	ctx := context.Background()

	cut, stop := context.WithCancel(ctx)
	_, err := s.CopyTo(cut, ToServer{Server: p, Where: "there"}, copyEvent(), func(r app.MoveProgress) {
		if r.Done > users/2 {
			stop()
		}
	})
	require.Equal(t, app.Canceled, app.KindOf(err), "%v", err)
	_, err = OpenServer(ctx, p, Options{})
	require.ErrorContains(t, err, "holds an unfinished copy of a store")

	began := time.Now()
	made, err := s.CopyTo(ctx, ToServer{Server: p, Where: "there"}, copyEvent(), nil)
	require.NoError(t, err, "%v", errors.Unwrap(err))
	t.Logf("to the server: %s", time.Since(began))
	require.EqualValues(t, users+1, made.Users)
	require.Equal(t, before, rowsByHand(t, byHand(t, p), true))

	there := openOnServer(t, p)
	signIn(t, there, "olive", testPassword)
	requireSealedWhole(t, there)
	u, err := there.AddUser(ctx, app.NewUser{Username: "late", Email: "late@example.com", Active: true}, app.Event{Action: app.DoAddUser})
	require.NoError(t, err)
	require.Equal(t, userID(users+2), u.ID)
	require.NoError(t, there.RemoveUser(ctx, u.ID, u.Version, app.Event{Action: app.DoRemoveUser}))
	before = rowsByHand(t, byHand(t, p), true)

	back := filepath.Join(t.TempDir(), "back.db")
	cut, stop = context.WithCancel(ctx)
	_, err = there.CopyTo(cut, ToFile{Path: back}, copyEvent(), func(r app.MoveProgress) {
		if r.Done > users/2 {
			stop()
		}
	})
	require.Equal(t, app.Canceled, app.KindOf(err), "%v", err)
	_, err = Open(ctx, back, Options{})
	require.EqualError(t, err, "back.db is an unfinished copy of a store. Copy again to finish it, or remove the file.")
	began = time.Now()
	_, err = there.CopyTo(ctx, ToFile{Path: back}, copyEvent(), nil)
	require.NoError(t, err)
	t.Logf("to the file: %s", time.Since(began))
	require.Equal(t, before, rowsByHand(t, fileByHand(t, back), false))
	info, err := os.Stat(back)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	home, err := Open(ctx, back, Options{Cost: cheapCost})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, home.Close()) })
	signIn(t, home, "olive", testPassword)
	requireSealedWhole(t, home)
	next, err := home.AddUser(ctx, app.NewUser{Username: "later", Email: "later@example.com", Active: true}, app.Event{Action: app.DoAddUser})
	require.NoError(t, err)
	require.Equal(t, userID(users+3), next.ID, "an ID that was given once is given again")
}

func TestCopyToAServer(t *testing.T) {
	ctx := context.Background()
	s := newTestStore(t)
	populate(t, s, 3000)
	d := servertest.PostgreSQL(t).Database(t)
	p := serverOf(d, d.Account)
	to := ToServer{Server: p, Where: "there"}
	for _, at := range []app.MoveStage{app.MoveRows, app.MoveIndexes, app.MoveCheck} {
		cut, stop := context.WithCancel(ctx)
		_, err := s.CopyTo(cut, to, copyEvent(), func(r app.MoveProgress) {
			if r.Stage == at {
				stop()
			}
		})
		require.Equal(t, app.Canceled, app.KindOf(err), "%s: %v", at, err)
		_, err = OpenServer(ctx, p, Options{})
		require.EqualError(t, err, "The database "+d.Name+" holds an unfinished copy of a store. Copy again to finish it.", at)
		_, _, err = CreateOnServer(ctx, p, Options{Cost: cheapCost}, firstUser(), app.Event{})
		require.Equal(t, app.Unreadable, app.KindOf(err), at)
	}
	first, second := make(chan struct{}), make(chan error)
	go func() {
		<-first
		_, err := s.CopyTo(ctx, to, copyEvent(), nil)
		second <- err
	}()
	began := false
	_, err := s.CopyTo(ctx, to, copyEvent(), func(app.MoveProgress) {
		if !began { // it waits, and finds a store then
			began = true
			close(first)
		}
	})
	require.NoError(t, err)
	require.Equal(t, app.Conflict, app.KindOf(<-second))

	there := openOnServer(t, p)
	signIn(t, there, "olive", testPassword)
	requireSealedWhole(t, there)
	// What the migrations have made is there again.
	fresh, _ := newServerStore(t, servertest.PostgreSQL(t).Database(t))
	for _, made := range []string{
		"SELECT string_agg(pg_get_indexdef(indexrelid), ' ' ORDER BY indexrelid::regclass::text) FROM pg_index WHERE indrelid::regclass::text NOT LIKE 'pg\\_%'",
		"SELECT string_agg(conrelid::regclass || pg_get_constraintdef(oid), ' ' ORDER BY conrelid::regclass::text, conname) FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
		"SELECT string_agg(tgname || tgenabled::text, ' ' ORDER BY tgname) FROM pg_trigger WHERE NOT tgisinternal",
	} {
		var here, new string
		require.NoError(t, there.read.row(ctx, made, nil, &here))
		require.NoError(t, fresh.read.row(ctx, made, nil, &new))
		require.Equal(t, new, here)
	}
	// The server asks for the same proof as before.
	_, err = there.AddUser(ctx, app.NewUser{Username: "gus", Email: "g@example.com", Active: true, Role: app.HelpDesk, Password: testPassword}, app.Event{Action: app.DoAddUser})
	require.NoError(t, err)
}

func TestCopyTellsWhatAServerCannotKeep(t *testing.T) {
	s := newTestStore(t)
	outside(t, s, "UPDATE users SET last_name = 'a' || char(0) || 'b' WHERE id = 1")
	d := servertest.PostgreSQL(t).Database(t)
	_, err := s.CopyTo(context.Background(), ToServer{Server: serverOf(d, d.Account), Where: "there"}, copyEvent(), nil)
	require.EqualError(t, err, `A text of the user "olive" has characters that the other store cannot keep. Change it here, then copy again.`)
}

func TestCopyNeedsTheOwner(t *testing.T) {
	ctx := context.Background()
	s := newTestStore(t)
	d := servertest.PostgreSQL(t).Database(t)
	guest := d.Role(t)
	_, err := s.CopyTo(ctx, ToServer{Server: serverOf(d, guest), Where: "there"}, copyEvent(), nil)
	require.Equal(t, app.Denied, app.KindOf(err), "%v", err)

	// Where there is a store, it stays as it is.
	_, p := newServerStore(t, d)
	before := rowsByHand(t, byHand(t, p), true)
	_, err = s.CopyTo(ctx, ToServer{Server: p, Where: "there"}, copyEvent(), nil)
	require.Equal(t, app.Conflict, app.KindOf(err), "%v", err)
	require.Equal(t, before, rowsByHand(t, byHand(t, p), true))
}

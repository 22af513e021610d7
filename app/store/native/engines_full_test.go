//go:build full

package native

import (
	"context"
	"database/sql"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/servertest"
)

// onEachEngine runs a test on a new local store and on a new one of a team.
func onEachEngine(t *testing.T, test func(t *testing.T, s *Store)) {
	t.Helper()
	t.Run("SQLite", func(t *testing.T) { test(t, newTestStore(t)) })
	t.Run("PostgreSQL", func(t *testing.T) {
		s, _ := newServerStore(t, servertest.PostgreSQL(t).Database(t))
		test(t, s)
	})
}

// servers are where the stores of tests are, to be opened again.
var servers sync.Map

// serverOf is a database for the store, over loopback.
func serverOf(d *servertest.Database, a servertest.Account) Server {
	return Server{Host: d.Server.Host, Port: d.Server.Port, Database: d.Name, Username: a.User, Password: app.NewSecret(a.Password)}
}

// socketOf is the same through the socket.
func socketOf(d *servertest.Database, a servertest.Account) Server {
	p := serverOf(d, a)
	p.Host = filepath.Dir(d.Server.Socket)
	return p
}

// newServerStore makes a store on a server with its keys open.
func newServerStore(t testing.TB, d *servertest.Database) (*Store, Server) {
	t.Helper()
	p := serverOf(d, d.Account)
	s, _, err := CreateOnServer(context.Background(), p, Options{Cost: cheapCost}, firstUser(),
		app.Event{Console: "test", Action: app.DoCreateStore})
	require.NoError(t, err)
	servers.Store(s.info.Location, p)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s, p
}

// openOnServer opens a store of a server with its keys shut.
func openOnServer(t testing.TB, p Server) *Store {
	t.Helper()
	s, err := OpenServer(context.Background(), p, Options{Cost: cheapCost})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// anotherOnServer opens a store as a second console does.
func anotherOnServer(t *testing.T, s *Store) *Store {
	t.Helper()
	p, ok := servers.Load(s.info.Location)
	require.True(t, ok)
	o := openOnServer(t, p.(Server))
	signIn(t, o, "olive", testPassword)
	return o
}

// whereIs says to another process where a store is.
func whereIs(s *Store) []string {
	at, ok := servers.Load(s.info.Location)
	if !ok {
		return []string{rotatorAt + "=" + s.info.Location}
	}
	p := at.(Server)
	return []string{
		rotatorAt + "=" + p.Host, rotatorPort + "=" + strconv.Itoa(p.Port), rotatorDatabase + "=" + p.Database,
		rotatorUser + "=" + p.Username, rotatorPassword + "=" + p.Password.Reveal(),
	}
}

// byHand opens a database as somebody does who has an account of it.
func byHand(t testing.TB, p Server) *sql.DB {
	t.Helper()
	db, err := p.open(1)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

//go:build e2e

package main_test

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app/servertest"
)

// TestTeam does the main job on a team's store: the window connects to an empty
// database on PostgreSQL, verified in full, makes the store there, and everything
// else is as on a file of the own. The keyring hangs all the while: the window
// starts, asks for the password of the database, and says why.
func TestTeam(t *testing.T) {
	d := build(t)
	d.pictures = filepath.Join(d.pictures, "team")
	require.NoError(t, os.MkdirAll(d.pictures, 0o700))
	d.team, d.name = servertest.PostgreSQL(t).Database(t), "Workshop Team"
	d.bus = "unix:path=" + hangingBus(t)
	d.start()
	d.picture("01-welcome", false)
	makeTeam(d)
	addUser(d)
	enrollUser(d)
	resetUser(d)
	lookAround(d)
	switchStores(d)
	d.quit()
	signInAgain(d)
	afterwards(d)
	keepsNoPassword(d)
}

// hangingBus is a D-Bus session that takes connections and says nothing.
func hangingBus(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bus")
	bus, err := net.Listen("unix", path)
	require.NoError(t, err)
	silent := make(chan net.Conn, 64)
	go func() {
		defer close(silent)
		for {
			conn, err := bus.Accept()
			if err != nil {
				return
			}
			silent <- conn
		}
	}()
	t.Cleanup(func() {
		require.NoError(t, bus.Close())
		for conn := range silent {
			_ = conn.Close()
		}
	})
	return path
}

// patience is how long the window waits for the keyring before it asks, and a
// little more.
const patience = 4 * time.Second

// asked does what leads to the question for the database's password, and answers.
func (d *desktop) asked(picture string, do func()) {
	d.t.Helper()
	do()
	time.Sleep(patience)
	d.settle()
	d.picture(picture, false)
	d.write(d.team.Password)
}

// askTeam is ask for a team's store.
func (d *desktop) askTeam(query string) int {
	d.t.Helper()
	there := d.team.Query(d.t, "SELECT 1 FROM pg_class WHERE relname = 'users' AND relnamespace = 'public'::regnamespace")
	if len(there) == 0 {
		return -1
	}
	n, err := strconv.Atoi(d.team.Query(d.t, query)[0][0])
	require.NoError(d.t, err)
	return n
}

// makeTeam connects to the empty database, tests the way, and makes the store.
func makeTeam(d *desktop) {
	d.turns("the ways to open a store", func() { d.press("2") })
	d.key("Tab") // from a shop to a team's store
	d.turns("the form of a team's store", func() { d.press("Return") })
	d.fill("localhost", strconv.Itoa(d.team.Server.Port), d.team.Name, d.team.User)
	d.key("Tab", "Tab", "Tab") // SSH, the mode, the CA
	d.write(d.team.Server.TLS.CA)
	d.key("Tab", "Tab", "Tab", "Tab") // its folder, the name in it, the client's certificate, the name
	d.write(d.name)
	d.key("Tab", "Tab", "Tab", "Down") // the tag, read only, the passwords: keep them
	d.picture("01-form", false)
	d.asked("01-database-password", func() { d.press("ctrl+t") })
	d.turns("the steps of the test", func() { d.press("Return") })
	d.picture("01-tested", false)
	require.Equal(d.t, -1, d.ask("SELECT count(*) FROM users"), "a test makes nothing")
	d.turns("the form to make a store", func() { d.press("Return") }) // Make a team store has the focus
	d.fill("Olive", "Bellwether", "olive", "olive@example.com", password)
	d.key("Return") // from the password to its repetition
	d.write(password)
	d.asked("01-database-password-again", func() { d.press("Return") })
	d.key("Return")
	madeStore(d)
}

// switchStores opens the palette over the desk, and closes it again.
func switchStores(d *desktop) {
	d.turns("the palette", func() { d.press("ctrl+k") })
	d.write("work")
	d.settle()
	d.picture("14-switch", false)
	d.turns("the list of users again", func() { d.press("Escape") })
}

// keepsNoPassword looks through all that the program has written.
func keepsNoPassword(d *desktop) {
	files := 0
	require.NoError(d.t, filepath.WalkDir(d.home, func(path string, e os.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		files++
		require.NotContains(d.t, string(text), d.team.Password, path)
		require.NotContains(d.t, string(text), password, path)
		return err
	}))
	require.Greater(d.t, files, 2)
}

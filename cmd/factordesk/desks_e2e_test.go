//go:build e2e

package main_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app/servertest"
)

// TestDesks looks at one team's store from two desks: the real window, and the
// terminal twin. What the twin does comes onto the screen without a key, as the
// server tells of it; and when the server goes, the window says so, keeps what it
// has, and has the store again by itself.
func TestDesks(t *testing.T) {
	d := build(t)
	server := servertest.PostgreSQL(t)
	db := server.Database(t)
	address := db.URL(db.Account)
	env := []string{
		"FACTORDESK_STORE=" + address, "FACTORDESK_DB_PASSWORD=" + db.Password,
		"FACTORDESK_OPERATOR=olive", "FACTORDESK_PASSWORD=" + password, "FACTORDESK_NEW_PASSWORD=" + password,
	}
	does := func(args ...string) {
		t.Helper()
		_, exit := d.ctl(env, args...)
		require.Zero(t, exit, "%v", args)
	}
	does("init", "--username", "olive", "--email", "olive@example.com", "--name", "Olive Bellwether")
	for _, name := range []string{"ann", "ben", "cleo", "dora"} {
		does("users", "add", name, "--email", name+"@example.com")
	}

	d.start("--store", address)
	d.picture("desks-01-database-password", false)
	d.write(db.Password)
	d.turns("the sign-in of the team's store", func() { d.press("Return") })
	d.write(password) // the username is known from the making of the store
	d.key("Return")
	d.turns("the list of users", func() { d.press("Return") })
	d.picture("desks-02-users", false)
	require.Eventually(t, func() bool {
		return db.Query(t, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()")[0][0] == "1"
	}, 10*time.Second, 50*time.Millisecond, "the window listens")

	began := time.Now()
	d.comes("what another desk has done", 4_000, func() { does("users", "add", "aaron", "--email", "aaron@example.com") })
	t.Logf("it was seen after %v", time.Since(began))
	d.picture("desks-03-another-desk", false)

	d.comes("that the server is gone", 20_000, func() { server.Stop(t) })
	d.picture("desks-04-gone", false)
	d.comes("that it is back", 20_000, func() { server.Start(t) })
	d.picture("desks-05-back", false)
	d.comes("what happens after that", 4_000, func() { does("users", "add", "abel", "--email", "abel@example.com") })
	d.picture("desks-06-after", false)
	d.quit()
}

// comes does something elsewhere and waits until the window shows it by itself:
// so many of its pixels are others, and it rests.
func (d *desktop) comes(what string, pixels int, do func()) {
	d.t.Helper()
	d.settle()
	before := d.shot()
	do()
	d.until(what, 60*time.Second, func() bool { return differing(before, d.shot()) > pixels })
	d.settle()
}

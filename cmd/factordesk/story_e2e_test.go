//go:build e2e

package main_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"
)

const (
	password = "correct horse 9 battery"
	wrong    = "not the password at all"
)

// TestMainJob does the main job in the real window, by keyboard: make a store,
// add a user, enroll with a QR code that zbarimg reads and a code that oathtool
// makes, reset behind password and confirmation. What happened is looked up from
// outside: in the file itself, and with the terminal twin.
func TestMainJob(t *testing.T) {
	d := build(t)
	d.start()
	d.picture("01-welcome", false)
	makeStore(d)
	addUser(d)
	enrollUser(d)
	resetUser(d)
	lookAround(d)
	d.quit()
	signInAgain(d)
	afterwards(d)
}

func (d *desktop) store() string { return filepath.Join(d.home, "data", "factordesk", "desk.db") }

// ask reads one number from the store's file, past the program.
func (d *desktop) ask(query string, args ...any) int {
	d.t.Helper()
	db, err := sql.Open("sqlite", "file:"+d.store()+"?mode=ro&_busy_timeout=5000")
	require.NoError(d.t, err)
	defer func() { require.NoError(d.t, db.Close()) }()
	var n int
	if err := db.QueryRow(query, args...).Scan(&n); err != nil {
		d.t.Logf("%s: %v", query, err)
		return -1
	}
	return n
}

func makeStore(d *desktop) {
	d.key("1")
	d.fill("Olive", "Bellwether", "olive", "olive@example.com", password)
	d.key("Return") // from the password to its repetition
	d.write(password)
	d.key("Return")
	d.until("the store is made", 30*time.Second, func() bool { return d.exists(d.store()) })
	d.key("space") // the recovery key is on paper
	d.key("Return")
	d.until("the first administrator is signed in", 30*time.Second, func() bool {
		return d.ask("SELECT count(*) FROM users WHERE last_sign_in > 0") == 1
	})
	d.settle()
	d.picture("02-no-users-yet", false)
}

func addUser(d *desktop) {
	d.key("Return")
	d.fill("amarigold", "ann@example.com", "Ann", "Marigold")
	d.key("Return")
	d.write(password)
	d.key("Return")
	d.until("Ann is in the file", 30*time.Second, func() bool {
		return d.ask("SELECT count(*) FROM users WHERE username = 'amarigold'") == 1
	})
	d.settle()
	d.picture("03-users", false)
}

func openAnn(d *desktop) {
	d.key("ctrl+f")
	d.key("ctrl+a")
	d.write("amarigold")
	d.settle()
	d.key("Down", "Return")
}

func enrollUser(d *desktop) {
	openAnn(d)
	d.picture("04-nothing-enrolled", false)
	d.key("Tab", "Return") // Enroll
	d.write(password)
	d.key("Return")
	d.until("a pending factor is in the file", 30*time.Second, func() bool {
		return d.ask("SELECT count(*) FROM factors WHERE provider = 'google'") == 1
	})
	d.settle()
	uri := d.qr()
	require.True(d.t, strings.HasPrefix(uri, "otpauth://totp/My%20Desk:ann%40example.com?"), "the QR code holds something else")
	d.key("h")
	d.picture("05-enroll-hidden", false)
	d.key("h")
	d.write(d.code(uri))
	d.until("the factor is active", 30*time.Second, func() bool { return d.factor("amarigold") == "active" })
	d.settle()
	d.picture("06-2fa-active", false)
}

// factor is the status of a user's Google factor, as the terminal twin sees it.
func (d *desktop) factor(username string) string {
	d.t.Helper()
	out, exit := d.ctl([]string{"FACTORDESK_PASSWORD=" + password}, "--as", "olive", "--json", "users", "show", username)
	require.Zero(d.t, exit)
	var u struct {
		Factors []struct{ Provider, Status string }
	}
	require.NoError(d.t, json.Unmarshal([]byte(out), &u), out)
	for _, f := range u.Factors {
		if f.Provider == "google" {
			return f.Status
		}
	}
	return "not enrolled"
}

func resetUser(d *desktop) {
	d.key("Tab", "Tab", "Return") // Test a code, then Reset Google Authenticator
	d.picture("07-password", false)
	d.write(wrong)
	d.key("Return")
	d.until("the wrong password is counted", 30*time.Second, func() bool {
		return d.ask("SELECT failures FROM users WHERE username = 'olive'") == 1
	})
	d.settle()
	d.picture("08-wrong-password", false)
	require.Equal(d.t, "active", d.factor("amarigold"))
	d.write(password)
	d.key("Return")
	time.Sleep(time.Second)
	d.settle()
	d.picture("09-confirm", false)
	require.Equal(d.t, 1, d.ask("SELECT count(*) FROM factors"), "nothing happens before OK")
	d.key("Tab", "Return") // from Cancel to OK, reset
	d.until("the row is gone", 30*time.Second, func() bool { return d.ask("SELECT count(*) FROM factors") == 0 })
	d.settle()
	d.picture("10-reset", false)
	require.Equal(d.t, "not enrolled", d.factor("amarigold"))
}

// lookAround takes the other screens' pictures, and locks.
func lookAround(d *desktop) {
	d.key("ctrl+2")
	time.Sleep(time.Second)
	d.settle()
	d.picture("11-activity", false)
	d.key("ctrl+3")
	d.picture("12-settings", false)
	d.key("ctrl+1")
	d.key("ctrl+l")
	d.picture("13-locked", false)
	d.write(password)
	d.key("Return")
	time.Sleep(time.Second)
	d.settle()
	d.picture("14-unlocked", false)
}

// signInAgain starts the program a second time and finds the store and its
// operator.
func signInAgain(d *desktop) {
	before := d.ask("SELECT count(*) FROM events")
	d.start()
	d.picture("15-sign-in", false)
	d.write(password)
	d.key("Return", "Return")
	d.until("the second sign-in is in the activity", 30*time.Second, func() bool {
		return d.ask("SELECT count(*) FROM events") > before
	})
	d.quit()
}

// afterwards asks the terminal twin for the activity: both the refused password
// and the reset are there, and the chain is whole.
func afterwards(d *desktop) {
	env := []string{"FACTORDESK_PASSWORD=" + password}
	out, exit := d.ctl(env, "--as", "olive", "--json", "audit", "list", "--limit", "100")
	require.Zero(d.t, exit)
	var told []string
	for _, line := range strings.Split(strings.TrimSpace(out), "\n") {
		var e struct{ Action, Target, Provider, Outcome string }
		require.NoError(d.t, json.Unmarshal([]byte(line), &e), line)
		told = append(told, fmt.Sprintf("%s %s %s %s", e.Action, e.Target, e.Provider, e.Outcome))
	}
	require.Contains(d.t, told, "reset amarigold google done")
	require.Contains(d.t, told, "password check amarigold google refused")
	require.Contains(d.t, told, "enroll amarigold google done")
	require.Contains(d.t, told, "confirm first code amarigold google done")
	_, exit = d.ctl(env, "--as", "olive", "audit", "verify")
	require.Zero(d.t, exit, "the chain is whole")
}

//go:build e2e

package main_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"net/url"
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

// ask reads one number from the store, past the program; -1 while it cannot.
func (d *desktop) ask(query string) int {
	d.t.Helper()
	if d.team != nil {
		return d.askTeam(query)
	}
	db, err := sql.Open("sqlite", "file:"+d.store()+"?mode=ro&_busy_timeout=5000")
	require.NoError(d.t, err)
	defer func() { require.NoError(d.t, db.Close()) }()
	var n int
	if err := db.QueryRow(query).Scan(&n); err != nil {
		d.t.Logf("%s: %v", query, err)
		return -1
	}
	return n
}

func makeStore(d *desktop) {
	d.turns("the form to make a store", func() { d.press("1") })
	d.fill("Olive", "Bellwether", "olive", "olive@example.com", password)
	d.key("Return") // from the password to its repetition
	d.write(password)
	d.key("Return")
	d.until("the store's file is there", 60*time.Second, func() bool { return d.exists(d.store()) })
	madeStore(d)
}

// madeStore leads from the making of a store to its desk.
func madeStore(d *desktop) {
	d.until("the store is made, and its administrator signed in", 60*time.Second, func() bool {
		return d.ask("SELECT count(*) FROM users WHERE last_sign_in > 0") == 1
	})
	time.Sleep(2 * time.Second) // the recovery key's page comes after that
	d.settle()
	d.key("space") // the recovery key is on paper
	d.turns("the list of users", func() { d.press("Return") })
	d.picture("02-no-users-yet", false)
}

func addUser(d *desktop) {
	d.turns("the form to add a user", func() { d.press("Return") })
	d.fill("amarigold", "ann@example.com", "Ann", "Marigold")
	d.turns("the password dialog", func() { d.press("Return") })
	d.write(password)
	d.turns("the list with Ann", func() { d.press("Return") })
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
	d.key("Down")
	d.turns("the page of Ann", func() { d.press("Return") })
}

func enrollUser(d *desktop) {
	openAnn(d)
	d.picture("04-nothing-enrolled", false)
	d.key("Tab")
	d.turns("the password dialog", func() { d.press("Return") }) // Enroll
	d.write(password)
	d.turns("the QR code", func() { d.press("Return") })
	d.until("a pending factor is in the file", 30*time.Second, func() bool {
		return d.ask("SELECT count(*) FROM factors WHERE provider = 'google'") == 1
	})
	d.settle()
	uri := d.qr()
	require.True(d.t, strings.HasPrefix(uri, "otpauth://totp/"+url.PathEscape(d.name)+":ann%40example.com?"), "the QR code holds something else")
	d.key("h")
	d.picture("05-enroll-hidden", false)
	d.key("h")
	d.turns("the page of Ann again", func() { d.write(d.code(uri)) })
	d.until("the factor is active", 30*time.Second, func() bool { return d.factor("amarigold") == "active" })
	d.settle()
	d.picture("06-2fa-active", false)
	whyRefused(d, uri)
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

// whyRefused asks why a code is refused that Ann's phone, two minutes behind,
// shows, and takes the first thing that is offered: set the clock, and test again.
func whyRefused(d *desktop, uri string) {
	d.key("Tab", "Tab") // Test a code, then the magnifier
	d.turns("the question about Ann's code", func() { d.press("Return") })
	d.write(d.codeAt(uri, -2*time.Minute))
	d.turns("the answer", func() { d.press("Return") })
	d.until("the drift is in the activity", 30*time.Second, func() bool { return d.found("drift") })
	d.settle()
	d.picture("06-code-refused", false)
	d.key("Tab", "Tab", "Tab", "Tab", "Tab") // Next code, Find out why, Whose code, network time, Test again
	d.key("Return")
	d.settle()
	d.write(d.codeAt(uri, 30*time.Second)) // the code of now was used to confirm
	d.turns("the second answer", func() { d.press("Return") })
	d.until("the good code is in the activity", 30*time.Second, func() bool { return d.found("accepted") })
	d.settle()
	d.picture("06-code-good", false)
	d.turns("the list of users", func() { d.press("ctrl+1") })
	openAnn(d)
}

// found tells whether the newest event is a diagnosis with a verdict.
func (d *desktop) found(verdict string) bool {
	d.t.Helper()
	out, exit := d.ctl([]string{"FACTORDESK_PASSWORD=" + password}, "--as", "olive", "--json", "audit", "list", "--limit", "3")
	return exit == 0 && strings.Contains(out, "diagnose code") && strings.Contains(out, verdict)
}

func resetUser(d *desktop) {
	d.key("Tab", "Tab", "Tab") // Test a code, the magnifier, then Reset Google Authenticator
	d.turns("the password dialog", func() { d.press("Return") })
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
	d.turns("the confirm dialog", func() { d.press("Return") })
	d.picture("09-confirm", false)
	require.Equal(d.t, 1, d.ask("SELECT count(*) FROM factors"), "nothing happens before OK")
	d.key("Tab") // from Cancel to OK, reset
	d.turns("the page of Ann again", func() { d.press("Return") })
	d.until("the row is gone", 30*time.Second, func() bool { return d.ask("SELECT count(*) FROM factors") == 0 })
	d.settle()
	d.picture("10-reset", false)
	require.Equal(d.t, "not enrolled", d.factor("amarigold"))
}

// lookAround takes the other screens' pictures, and locks.
func lookAround(d *desktop) {
	d.turns("what is wrong", func() { d.press("ctrl+2") })
	d.picture("11-troubleshoot", false)
	d.turns("the activity", func() { d.press("ctrl+3") })
	d.picture("11-activity", false)
	d.turns("the connections", func() { d.press("ctrl+4") })
	d.picture("11-connections", false)
	d.turns("the settings", func() { d.press("ctrl+5") })
	d.turns("the light colors", func() { d.press("Right") }) // from As the desktop to Light
	d.picture("12-settings-light", false)
	d.turns("the list of users", func() { d.press("ctrl+1") })
	d.turns("the lock", func() { d.press("ctrl+l") })
	d.picture("13-locked-light", false)
	d.write(password)
	d.turns("the list of users again", func() { d.press("Return") })
	d.picture("14-unlocked-light", false)
}

// signInAgain starts the program a second time and finds the store and its
// operator.
func signInAgain(d *desktop) {
	before := d.ask("SELECT count(*) FROM events")
	if d.team == nil {
		d.start()
	} else {
		d.asked("15-database-password", func() { d.start() })
		d.turns("the sign-in of the store", func() { d.press("Return") })
	}
	d.picture("15-sign-in", false)
	d.write(password)
	d.key("Return")
	d.turns("the list of users", func() { d.press("Return") })
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

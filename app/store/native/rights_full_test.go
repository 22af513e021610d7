//go:build full

package native

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/servertest"
)

// psql runs a file of SQL in a database as an account, as its administrators do.
func psql(t *testing.T, d *servertest.Database, a servertest.Account, text string) (string, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "text.sql")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	c := exec.Command("psql", "-X", "-v", "ON_ERROR_STOP=1", "-A", "-t", "-h", d.Server.Host, "-p", strconv.Itoa(d.Server.Port),
		"-U", a.User, "-d", d.Name, "-f", file)
	c.Env = append(os.Environ(), "PGPASSWORD="+a.Password)
	out, err := c.CombinedOutput()
	return string(out), err
}

// ruled makes a store whose rights are given, and an account of each role.
func ruled(t *testing.T) (d *servertest.Database, s *Store, desk, auditor servertest.Account) {
	t.Helper()
	d = servertest.PostgreSQL(t).Database(t)
	s, _ = newServerStore(t, d)
	d.Server.Run(t, "ALTER ROLE "+d.User+" CREATEROLE")
	for range 2 { // it can be run again
		out, err := psql(t, d, d.Account, Rights())
		require.NoError(t, err, out)
	}
	return d, s, d.Role(t, "factordesk_desk"), d.Role(t, "factordesk_auditor")
}

func TestADeskDoesAllOfItsWork(t *testing.T) {
	d, s, desk, _ := ruled(t)
	p := serverOf(d, desk)
	o := openOnServer(t, p)
	servers.Store(s.info.Location, p)
	require.False(t, o.Info().ReadOnly)
	signIn(t, o, "olive", testPassword)
	testDeedsOfEveryKindAtOnce(t, o)
	u, err := o.FindUser(context.Background(), "user1")
	require.NoError(t, err)
	require.NoError(t, o.RemoveUser(context.Background(), u.ID, u.Version, app.Event{Console: "test"}))
	testTheLastTwoAdministratorsAtOnce(t, o)
	require.NotContains(t, strings.Join(slots(t, o), " "), "user1")
}

// By hand, an account of a desk cannot do what would harm others unseen.
func TestADeskCannotByHand(t *testing.T) {
	d, s, desk, _ := ruled(t)
	ann := add(t, s, "ann", app.HelpDesk, app.NewSecret("a long password"))
	require.NoError(t, s.PutFactor(context.Background(), app.NewFactor{User: ann.ID, At: s.now(), Factor: testFactor(testKey)}, app.Event{Console: "test"}))
	mallory := add(t, s, "mallory", app.Auditor, app.NewSecret("a long password"))
	before := d.Query(t, "SELECT count(*), max(seq) FROM events")
	d.Server.Run(t, "GRANT TEMPORARY ON DATABASE "+d.Name+" TO PUBLIC") // as databases have it by themselves
	m, a := string(mallory.ID), string(ann.ID)
	for name, text := range map[string]string{
		"change an event":            "UPDATE events SET form = '\\x00' WHERE seq = 1",
		"remove an event":            "DELETE FROM events WHERE seq = 1",
		"remove all events":          "TRUNCATE events",
		"add an event out of order":  "INSERT INTO events (seq, form, hash, at) VALUES (99, '\\x00', sha256('\\x00'), 0)",
		"add an event with any hash": "INSERT INTO events (seq, form, hash, at) SELECT max(seq) + 1, '\\x00'::bytea, '\\x00'::bytea, 0 FROM events",
		"switch the triggers off":    "ALTER TABLE events DISABLE TRIGGER ALL",
		"switch them off meanwhile":  "SET session_replication_role = replica",
		"add a slot":                 "UPDATE operators SET slot = '\\x0011' WHERE user_id = " + m,
		"copy a slot":                "UPDATE operators SET slot = (SELECT slot FROM operators WHERE user_id = 1) WHERE user_id = " + m,
		"take a slot":                "UPDATE operators SET slot = NULL WHERE user_id = " + a,
		"change a public key":        "UPDATE operators SET public_key = (SELECT public_key FROM operators WHERE user_id = " + m + ") WHERE user_id = " + a,
		"move a row":                 "UPDATE operators SET user_id = 77 WHERE user_id = " + a,
		"remove an operator":         "DELETE FROM operators WHERE user_id = " + a,
		"guess the proof":            "BEGIN; SET LOCAL factordesk.proof = '00'; UPDATE operators SET slot = '\\x0011' WHERE user_id = " + m + "; COMMIT",
		"set the proof":              "UPDATE store SET keys_proof = sha256('\\x00')",
		"set another key":            "UPDATE store SET key_id = 'x'",
		"forget the older keys":      "UPDATE store SET old_key_ids = '', keys_version = 9",
		"lead an operator elsewhere": "UPDATE operators SET endorsements = '\\x00' WHERE user_id = " + a,
		"set another recovery key":   "UPDATE store SET recovery = '\\x00'",
		"another store ID":           "UPDATE store SET store_id = 'x'",
		"remove the store":           "DELETE FROM store",
		"make a built-in role":       "UPDATE roles SET built_in = FALSE",
		"another table":              "CREATE TABLE public.mine (n INT)",
		"drop the events":            "DROP TABLE events",
		"a rule for the events":      "CREATE RULE mine AS ON INSERT TO events DO INSTEAD NOTHING",
		"change an event by adding":  "INSERT INTO events (seq, form, hash, at) VALUES (1, '\\x00', sha256('\\x00'), 0) ON CONFLICT (seq) DO UPDATE SET form = excluded.form",
		"merge into the events":      "MERGE INTO events e USING (VALUES (1)) v (seq) ON e.seq = v.seq WHEN MATCHED THEN DELETE",
		"be the owner":               "SET ROLE " + d.User,
		"another end of the events":  "CREATE TEMP TABLE events (seq BIGINT); INSERT INTO pg_temp.events VALUES (98); INSERT INTO public.events (seq, form, hash, at) VALUES (99, '\\x00', sha256('\\x00'), 0)",
		"another store to prove it to": "CREATE TEMP TABLE store (id INT, keys_proof BYTEA); INSERT INTO pg_temp.store VALUES (1, sha256('\\x00')); " +
			"BEGIN; SET LOCAL factordesk.proof = '00'; UPDATE operators SET slot = '\\x0011' WHERE user_id = " + m + "; COMMIT",
		"a new operator": "INSERT INTO operators (user_id, password, password_since, private_key, public_key, voucher, slot) " +
			"SELECT u.id, password, 1, private_key, public_key, voucher, slot FROM operators, users u WHERE user_id = " + m + " AND u.username = 'olive' " +
			"ON CONFLICT (user_id) DO UPDATE SET slot = excluded.slot, public_key = excluded.public_key",
	} {
		out, err := psql(t, d, desk, text)
		require.Error(t, err, name)
		require.Regexp(t, `permission denied|must be owner|neither changed|goes on from|holds the keys`, out, name)
	}
	require.Equal(t, before, d.Query(t, "SELECT count(*), max(seq) FROM events"))

	// All that it can read holds no secret in clear.
	out, err := psql(t, d, desk, "SELECT * FROM store; SELECT * FROM users; SELECT * FROM factors; SELECT * FROM operators; SELECT * FROM events;"+
		"SELECT encode(sealed, 'escape'), encode(own_sealed, 'escape') FROM factors")
	require.NoError(t, err, out)
	require.Contains(t, out, "mallory")
	for _, secret := range []string{testKey, "12345678901234567890", testPassword.Reveal(), "a long password"} {
		require.NotContains(t, out, secret)
	}
}

func TestAnAuditorLooks(t *testing.T) {
	ctx := context.Background()
	d, s, _, auditor := ruled(t)
	secret := app.NewSecret("a long password")
	u := add(t, s, "ann", app.Auditor, secret)
	require.NoError(t, s.PutFactor(ctx, app.NewFactor{User: u.ID, At: s.now(), Factor: testFactor(testKey)}, app.Event{Console: "test"}))
	o := openOnServer(t, serverOf(d, auditor))
	require.True(t, o.Info().ReadOnly)
	for username, password := range map[string]app.Secret{"ann": secret, "olive": testPassword} {
		a, err := o.CheckPassword(ctx, app.PasswordCheck{Username: username, Password: password, At: s.now(), Complete: true})
		require.NoError(t, err)
		require.True(t, a.Accepted())
		page, err := o.Users(ctx, app.Query{})
		require.NoError(t, err)
		require.Len(t, page.Users, 2)
		r, err := o.VerifyChain(ctx, nil)
		require.NoError(t, err)
		require.True(t, r.Whole, r.Problem)
		require.Equal(t, app.Denied, app.KindOf(o.Able(app.AbleOpenSecrets)))
	}
	err := o.Unlock(ctx, u.ID, 0, app.Event{Console: "test"})
	require.Equal(t, app.Denied, app.KindOf(err))
	require.Contains(t, err.Error(), "may only read")
	db := byHand(t, serverOf(d, auditor))
	for _, text := range []string{
		"SELECT sealed FROM factors", "SELECT own_sealed FROM factors", "UPDATE users SET active = FALSE", "DELETE FROM sessions",
		"INSERT INTO events (seq, form, hash, at) SELECT max(seq) + 1, '\\x00'::bytea, sha256('\\x00'), 0 FROM events",
	} {
		_, err := db.Exec(text)
		var e *pgconn.PgError
		require.True(t, errors.As(err, &e), text)
		require.Equal(t, "42501", e.Code, text)
	}
}

// Who may do anything with the database can do harm, and the audit shows it.
func TestWhoRulesTheDatabaseIsSeen(t *testing.T) {
	ctx := context.Background()
	for name, text := range map[string]string{
		"the newest events are cut off": "DELETE FROM events WHERE seq > 5",
		"and the seal is set back":      "DELETE FROM events WHERE seq > 5; UPDATE store SET head_seq = 5, head_hash = (SELECT hash FROM events WHERE seq = 5)",
		"an event is another":           "UPDATE events SET form = '\\x00' WHERE seq = 3",
	} {
		d := servertest.PostgreSQL(t).Database(t)
		s, _ := newServerStore(t, d)
		write(t, s)
		d.Load(t, "SET session_replication_role = replica; "+text)
		signIn(t, s, "olive", testPassword)
		r, err := s.VerifyChain(ctx, nil)
		require.NoError(t, err)
		require.False(t, r.Whole, name)
		require.NotEmpty(t, r.Problem, name)
	}
}

// A desk's account is enough to rotate the keys, for who holds them.
func TestADeskRotates(t *testing.T) {
	d, s, desk, _ := ruled(t)
	enrolled(t, s, "ann", "bob", "cat")
	p := serverOf(d, desk)
	o := openOnServer(t, p)
	signIn(t, o, "olive", testPassword)
	beginRotation(t, o)
	require.Equal(t, 3, resealAll(t, o, 2))
	requireWhole(t, o)
	requireWhole(t, s)
	_, err := o.SignedIn(context.Background(), app.SignIn{ID: "1", At: o.now()}, app.Event{Console: "test"})
	require.NoError(t, err)
	out, err := psql(t, d, desk, "UPDATE operators SET slot = '\\x0011' WHERE user_id = 1")
	require.Error(t, err)
	require.Contains(t, out, "holds the keys")
}

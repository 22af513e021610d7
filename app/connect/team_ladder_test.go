//go:build full

package connect_test

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/connect"
	"github.com/factordesk/factordesk/app/profile"
	"github.com/factordesk/factordesk/app/servertest"
)

// aTeam is a connection to a database on this machine's server, encrypted and
// verified in full.
func aTeam(t *testing.T, d *servertest.Database, change func(a *app.TeamAddress)) profile.Connection {
	t.Helper()
	a := app.TeamAddress{
		Host: d.Server.Host, Port: d.Server.Port, Database: d.Name, Username: d.User,
		TLS: app.TLS{Mode: app.TLSVerify, CA: d.Server.TLS.CA},
	}
	if change != nil {
		change(&a)
	}
	return profile.Connection{Name: "Team", Kind: app.TeamStore, Tag: app.TagTeam, Location: a.String()}
}

// testWay tests a way and returns its steps.
func testWay(ctx context.Context, c profile.Connection, o connect.Options) (rungs []app.Rung, err error) {
	err = connect.Test(ctx, c, o, func(r []app.Rung) { rungs = r })
	return rungs, err
}

// stateOf is the state of a step.
func stateOf(t *testing.T, rungs []app.Rung, name string) app.Rung {
	t.Helper()
	for _, r := range rungs {
		if r.Name == name {
			return r
		}
	}
	t.Fatalf("there is no step %s among %v", name, rungs)
	return app.Rung{}
}

func TestTheWholeWayToATeam(t *testing.T) {
	ctx, o := context.Background(), options(t)
	d := servertest.PostgreSQL(t).Database(t)
	o.Secrets.Password = app.NewSecret(d.Password)
	made, _, err := connect.Create(ctx, connect.NewStore{Target: d.URL(d.Account), First: first("root")}, o)
	require.NoError(t, err)
	closed(t, made)
	c := aTeam(t, d, func(a *app.TeamAddress) {
		a.Host, a.TLS.Certificate, a.TLS.Key = "localhost", d.Server.TLS.ClientCert, d.Server.TLS.ClientKey
	})
	rungs, err := testWay(ctx, c, o)
	require.NoError(t, err)
	var told []string
	for _, r := range rungs {
		require.Equal(t, app.RungDone, r.State, r.Name)
		require.Nil(t, r.Certificate)
		told = append(told, r.Name+": "+r.Detail)
	}
	text := strings.Join(told, "\n")
	for _, words := range []string{
		"Name: localhost is ", "Network: localhost answers on port ", "TLS: TLS 1.3, certificate right for this host, valid ",
		"Sign-in: PostgreSQL ", ", as " + d.User, "Schema: a store of Factordesk, schema ", ", 1 user", "Keys: 1 operator opens them with the own password",
	} {
		require.Contains(t, text, words)
	}
	require.Len(t, rungs, 6)
}

// Each thing that can be wrong with the way ends it at its own step, with one
// sentence.
func TestWaysToATeamThatEndEarly(t *testing.T) {
	ctx := context.Background()
	server := servertest.PostgreSQL(t)
	empty, foreign, whole := server.Database(t), server.Database(t), server.Database(t)
	foreign.Load(t, "CREATE TABLE orders (id INT)")
	o := options(t)
	o.Secrets.Password = app.NewSecret(whole.Password)
	made, _, err := connect.Create(ctx, connect.NewStore{Target: whole.URL(whole.Account), First: first("root")}, o)
	require.NoError(t, err)
	closed(t, made)
	stranger := whole.Role(t)
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	port := free.Addr().(*net.TCPAddr).Port
	require.NoError(t, free.Close())
	for _, c := range []struct {
		what     string
		database *servertest.Database
		password string
		change   func(a *app.TeamAddress)
		step     string
		state    app.RungState
		message  string
	}{
		{"unknown host", whole, "", func(a *app.TeamAddress) { a.Host = "no-such-host.invalid" }, "Name", app.RungUnreachable, "There is no computer named no-such-host.invalid."},
		{"nobody listens", whole, "", func(a *app.TeamAddress) { a.Port = port }, "Network", app.RungUnreachable, fmt.Sprintf("The server at 127.0.0.1:%d/%s cannot be reached.", port, whole.Name)},
		{"another name", whole, "", func(a *app.TeamAddress) { a.TLS.ServerName = "db.example" }, "TLS", app.RungFailed, "The certificate of the server is not for db.example but for localhost."},
		{"another CA", whole, "", func(a *app.TeamAddress) { a.TLS.CA = server.TLS.OtherCA }, "TLS", app.RungFailed, "The certificate of the server is signed by nobody whom this computer trusts."},
		{"another CA, whatever the name", whole, "", func(a *app.TeamAddress) { a.TLS = app.TLS{Mode: app.TLSVerifyCA, CA: server.TLS.OtherCA} }, "TLS", app.RungFailed, "The certificate of the server is signed by nobody whom this computer trusts."},
		{"wrong password", whole, "wrong", nil, "Sign-in", app.RungRefused, "The server does not let the database account " + whole.User + " in."},
		{"no such database", whole, "", func(a *app.TeamAddress) { a.Database = "nothing_here" }, "Sign-in", app.RungFailed, "There is no database nothing_here on that server."},
		{"somebody else's", foreign, "", nil, "Schema", app.RungFailed, "The database " + foreign.Name + " holds something else than a store of Factordesk."},
		{"empty", empty, "", nil, "Schema", app.RungFailed, "There is no store in the database " + empty.Name + " yet."},
		{"a role without grants", whole, stranger.Password, func(a *app.TeamAddress) { a.Username = stranger.User }, "Schema", app.RungRefused, "The database account " + stranger.User + " may not use the database " + whole.Name + "."},
	} {
		t.Run(c.what, func(t *testing.T) {
			o := options(t)
			if o.Secrets.Password = app.NewSecret(c.database.Password); c.password != "" {
				o.Secrets.Password = app.NewSecret(c.password)
			}
			rungs, err := testWay(ctx, aTeam(t, c.database, c.change), o)
			require.Error(t, err)
			r := stateOf(t, rungs, c.step)
			require.Equal(t, c.state, r.State, "%v", err)
			message, hint := app.Explain(r.Err)
			require.Equal(t, c.message, message)
			require.NotEmpty(t, hint)
			require.Equal(t, c.step == "TLS", r.Certificate != nil)
			require.Equal(t, c.what == "empty", r.Vacant)
			later := false
			for _, other := range rungs {
				switch {
				case other.Name == c.step:
					later = true
				case later:
					require.Equal(t, app.RungWaiting, other.State, other.Name)
				default:
					require.Equal(t, app.RungDone, other.State, other.Name)
				}
			}
		})
	}
	require.Empty(t, empty.Query(t, "SELECT 1 FROM pg_class WHERE relnamespace = 'public'::regnamespace"), "a test makes nothing")
}

// What an expired certificate says of itself is shown.
func TestAnExpiredCertificateIsShown(t *testing.T) {
	ctx, o := context.Background(), options(t)
	d := servertest.PostgreSQL(t).Database(t)
	d.Server.Expire(t)
	o.Secrets.Password = app.NewSecret(d.Password)
	var r app.Rung
	require.Eventually(t, func() bool { // the server reads its files again when it gets to it
		rungs, err := testWay(ctx, aTeam(t, d, nil), o)
		r = stateOf(t, rungs, "TLS")
		return err != nil && r.Certificate != nil
	}, 10*time.Second, 100*time.Millisecond)
	message, hint := app.Explain(r.Err)
	require.Equal(t, "The certificate of the server has expired, or is not valid yet.", message)
	require.NotEmpty(t, hint)
	require.Equal(t, "CN=localhost", r.Certificate.Subject)
	require.Equal(t, "CN=Factordesk test CA", r.Certificate.Issuer)
	require.Equal(t, []string{"localhost", "127.0.0.1"}, r.Certificate.Names)
	require.True(t, r.Certificate.Until.Before(time.Now()))
	require.Regexp(t, "^([0-9A-F]{2}:){31}[0-9A-F]{2}$", r.Certificate.Fingerprint)
	_, err := connect.Open(ctx, aTeam(t, d, nil).Location, o)
	require.Equal(t, app.Unreachable, app.KindOf(err))
}

// A server that says nothing holds nobody: the test is stopped at each of its
// steps, at once.
func TestTheWayIsStoppedAnywhere(t *testing.T) {
	server := servertest.PostgreSQL(t)
	d := server.Database(t)
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, silent.Close()) })
	mute := silent.Addr().(*net.TCPAddr).Port
	relay := servertest.NewRelay(t, "tcp", server.Address())
	for _, c := range []struct {
		step   string
		change func(a *app.TeamAddress)
	}{
		{"Name", nil},
		{"TLS", func(a *app.TeamAddress) { a.Port = mute }},
		{"Sign-in", func(a *app.TeamAddress) { a.Port, a.TLS = mute, app.TLS{Mode: app.TLSOff} }},
		{"Schema", func(a *app.TeamAddress) { a.Port = relay.Port() }},
	} {
		t.Run(c.step, func(t *testing.T) {
			o := options(t)
			o.Secrets.Password = app.NewSecret(d.Password)
			ctx, stop := context.WithCancel(context.Background())
			defer stop()
			var last []app.Rung
			began := time.Now()
			err := connect.Test(ctx, aTeam(t, d, c.change), o, func(rungs []app.Rung) {
				last = rungs
				for _, r := range rungs {
					if r.Name == c.step && r.State == app.RungTrying {
						if c.step == "Schema" {
							relay.Hold()
						}
						time.AfterFunc(50*time.Millisecond, stop)
						if c.step == "Name" {
							stop()
						}
					}
				}
			})
			require.Equal(t, app.Canceled, app.KindOf(err), "%v", err)
			require.Less(t, time.Since(began), 5*time.Second)
			stopped := 0
			for _, r := range last {
				require.NotEqual(t, app.RungTrying, r.State)
				if r.State == app.RungStopped {
					stopped++
				}
			}
			require.Equal(t, 1, stopped, "%v", last)
		})
	}
}

// A server whose disk is full says so to each deed, and the store is as before.
func TestAFullDiskOfTheServer(t *testing.T) {
	ctx, o := context.Background(), options(t)
	d := servertest.PostgreSQL(t).Database(t)
	o.Secrets.Password = app.NewSecret(d.Password)
	c, _, err := connect.Create(ctx, connect.NewStore{Target: d.URL(d.Account), First: first("root")}, o)
	require.NoError(t, err)
	defer closed(t, c)
	_, err = c.SignIn(ctx, app.Credentials{Username: "root", Password: first("root").Password})
	require.NoError(t, err)
	d.Load(t, `CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
		RAISE EXCEPTION 'could not extend file "base/1/2": No space left on device' USING ERRCODE = 'disk_full'; END $$;
		CREATE TRIGGER no_room BEFORE INSERT ON users EXECUTE FUNCTION no_room();`)
	g, err := c.Reverify(ctx, first("root").Password, app.Deed{Action: app.DoAddUser})
	require.NoError(t, err)
	_, err = c.AddUser(ctx, g, app.NewUser{Username: "ann", Email: "ann@example.com", Active: true})
	require.Equal(t, app.Unreachable, app.KindOf(err))
	message, hint := app.Explain(err)
	require.Equal(t, "The server has no room left. Nothing was changed.", message)
	require.Equal(t, "Ask who runs it to make room, then try again.", hint)
	require.Equal(t, [][]string{{"1"}}, d.Query(t, "SELECT count(*) FROM users"))
}

// A connection that only looks changes nothing, though the account could.
func TestATeamThatIsOnlyLookedAt(t *testing.T) {
	ctx, o := context.Background(), options(t)
	d := servertest.PostgreSQL(t).Database(t)
	o.Secrets.Password = app.NewSecret(d.Password)
	made, _, err := connect.Create(ctx, connect.NewStore{Target: d.URL(d.Account), First: first("root")}, o)
	require.NoError(t, err)
	closed(t, made)
	looks := aTeam(t, d, nil)
	looks.Name, looks.ReadOnly = "Only to look", true
	require.NoError(t, o.Dirs.Save(looks))
	events := d.Query(t, "SELECT count(*) FROM events")
	c, err := connect.Open(ctx, "only to look", o)
	require.NoError(t, err)
	defer closed(t, c)
	require.True(t, c.Store().ReadOnly)
	_, err = c.SignIn(ctx, app.Credentials{Username: "root", Password: first("root").Password})
	require.NoError(t, err)
	err = c.Able(app.AbleChange)
	require.Equal(t, app.Denied, app.KindOf(err))
	require.ErrorContains(t, err, "This connection only looks")
	require.Equal(t, events, d.Query(t, "SELECT count(*) FROM events"))
}

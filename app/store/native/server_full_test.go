//go:build full

package native

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io/fs"
	"net"
	"os"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/servertest"
)

// trusting is a TLS configuration that trusts one CA, and expects a name.
func trusting(t *testing.T, ca, name string) *tls.Config {
	t.Helper()
	text, err := os.ReadFile(ca)
	require.NoError(t, err)
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(text))
	return &tls.Config{RootCAs: pool, ServerName: name, MinVersion: tls.VersionTLS12}
}

func TestAStoreOnAServer(t *testing.T) {
	d := servertest.PostgreSQL(t).Database(t)
	s, p := newServerStore(t, d)
	info := s.Info()
	require.Equal(t, app.TeamStore, info.Kind)
	require.Equal(t, app.TagTeam, info.Tag)
	require.Regexp(t, `^PostgreSQL \d+$`, info.Engine)
	require.Equal(t, fmt.Sprintf("127.0.0.1:%d/%s", p.Port, p.Database), info.Location)
	require.Equal(t, p.Database, info.Name)
	require.False(t, info.ReadOnly)
	p.TLS = trusting(t, d.Server.TLS.CA, "localhost")
	for _, way := range []Server{p, socketOf(d, d.Account)} {
		o := openOnServer(t, way)
		require.Equal(t, info.ID, o.Info().ID)
		signIn(t, o, "olive", testPassword)
		add(t, o, "user"+fmt.Sprint(way.TLS == nil), "", app.Secret{})
	}
	p.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		require.Equal(t, "db.inside", address[:9], "the name is looked up at the far end")
		return (&net.Dialer{}).DialContext(ctx, network, d.Server.Address())
	}
	p.Host = "db.inside"
	openOnServer(t, p)
}

// Each server or database that is no usable store gets one sentence, which shows
// neither the password nor the driver's words.
func TestServersThatCannotBeUsed(t *testing.T) {
	s := servertest.PostgreSQL(t)
	empty, foreign := s.Database(t), s.Database(t)
	foreign.Load(t, "CREATE TABLE users (id INT)")
	stranger := foreign.Role(t)
	good := serverOf(empty, empty.Account)
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	port := free.Addr().(*net.TCPAddr).Port
	require.NoError(t, free.Close())
	for name, c := range map[string]struct {
		change  func(p *Server)
		kind    app.Kind
		message string
	}{
		"wrong password":    {func(p *Server) { p.Password = app.NewSecret("qX7!secret") }, app.Denied, "The server does not let the database account " + good.Username + " in."},
		"unknown account":   {func(p *Server) { p.Username = "nobody_at_all" }, app.Denied, "The server does not let the database account nobody_at_all in."},
		"unknown host":      {func(p *Server) { p.Host = "no-such-host.invalid" }, app.Unreachable, "There is no computer named no-such-host.invalid."},
		"nobody listens":    {func(p *Server) { p.Port = port }, app.Unreachable, fmt.Sprintf("The server at 127.0.0.1:%d/%s cannot be reached.", port, good.Database)},
		"no database":       {func(p *Server) { p.Database = "nothing_here" }, app.NotFound, "There is no database nothing_here on that server."},
		"empty database":    {func(*Server) {}, app.NotFound, "There is no store in the database " + good.Database + " yet."},
		"somebody else's":   {func(p *Server) { *p = serverOf(foreign, foreign.Account) }, app.Invalid, "The database " + foreign.Name + " holds something else than a store of Factordesk."},
		"another's account": {func(p *Server) { p.Username, p.Password = stranger.User, app.NewSecret(stranger.Password) }, app.Denied, "The database account " + stranger.User + " may not use the database " + good.Database + "."},
		"another CA":        {func(p *Server) { p.TLS = trusting(t, s.TLS.OtherCA, "localhost") }, app.Unreachable, "The certificate of the server is signed by nobody whom this computer trusts."},
		"another name":      {func(p *Server) { p.TLS = trusting(t, s.TLS.CA, "db.example") }, app.Unreachable, "The certificate of the server is not for db.example but for localhost."},
		"an old certificate": {func(p *Server) {
			p.TLS = trusting(t, s.TLS.CA, "localhost")
			p.TLS.Time = func() time.Time { return time.Now().AddDate(1, 0, 0) }
		}, app.Unreachable, "The certificate of the server has expired, or is not valid yet."},
	} {
		t.Run(name, func(t *testing.T) {
			p := good
			c.change(&p)
			_, err := OpenServer(context.Background(), p, Options{Cost: cheapCost})
			require.Equal(t, c.kind, app.KindOf(err), "%v", err)
			message, hint := app.Explain(err)
			require.Equal(t, c.message, message)
			require.NotEmpty(t, hint)
			for _, secret := range []string{p.Password.Reveal(), good.Password.Reveal()} {
				for e := err; e != nil; e = unwrap(e) {
					require.NotContains(t, fmt.Sprintf("%v %+v", e, e), secret)
				}
			}
		})
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = OpenServer(ctx, good, Options{Cost: cheapCost})
	require.Equal(t, app.Canceled, app.KindOf(err))
}

func unwrap(err error) error {
	if u, ok := err.(interface{ Unwrap() error }); ok {
		return u.Unwrap()
	}
	return nil
}

func TestCreateOnServerLeavesWhatIsThereAlone(t *testing.T) {
	ctx := context.Background()
	server := servertest.PostgreSQL(t)
	d := server.Database(t)
	s, p := newServerStore(t, d)
	create := func(p Server) error {
		s, _, err := CreateOnServer(ctx, p, Options{Cost: cheapCost}, firstUser(), app.Event{Console: "test"})
		if err == nil {
			require.NoError(t, s.Close())
		}
		return err
	}
	before, err := s.Head(ctx)
	require.NoError(t, err)
	require.Equal(t, app.Conflict, app.KindOf(create(p)))
	after, err := s.Head(ctx)
	require.NoError(t, err)
	require.Equal(t, before, after)

	foreign := server.Database(t)
	foreign.Load(t, "CREATE TABLE a (n INT)")
	require.Equal(t, app.Invalid, app.KindOf(create(serverOf(foreign, foreign.Account))))
	require.Equal(t, [][]string{{"a"}}, foreign.Query(t, "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"))

	// What was cut off between the schema and the first operator goes on.
	half := server.Database(t)
	q := serverOf(half, half.Account)
	db := byHand(t, q)
	require.NoError(t, migrate(ctx, db, inPostgres.goose, inPostgres.files()))
	_, err = OpenServer(ctx, q, Options{})
	require.Equal(t, app.NotFound, app.KindOf(err))
	require.NoError(t, create(q))
	openOnServer(t, q)

	// Of many who make a store in one database at once, one does.
	race := server.Database(t)
	var all sync.WaitGroup
	kinds := make([]string, 4)
	for i := range kinds {
		all.Go(func() { kinds[i] = kindOf(create(serverOf(race, race.Account))) })
	}
	all.Wait()
	require.ElementsMatch(t, []string{"done", "conflict", "conflict", "conflict"}, kinds)
	reader := race.Grant(t, "")
	require.Equal(t, app.Denied, app.KindOf(create(serverOf(race, reader))))
}

// A pooler that gives every transaction another connection is no hindrance, and
// nothing is left in a session that the next one would find.
func TestThroughAPooler(t *testing.T) {
	ctx := context.Background()
	d := servertest.PostgreSQL(t).Database(t)
	p := serverOf(d, d.Account)
	p.Host, p.Port = d.Pooler(t, d.Account)
	s, _, err := CreateOnServer(ctx, p, Options{Cost: cheapCost}, firstUser(), app.Event{Console: "test"})
	require.NoError(t, err)
	servers.Store(s.info.Location, p)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	testDeedsOfEveryKindAtOnce(t, s)
	testTwoConsolesAcceptACodeOnce(t, another(t, s))
	s.scanBelow = -1
	for range 20 {
		page, err := s.Users(ctx, app.Query{Search: "user", Sort: app.ByEmail})
		require.NoError(t, err)
		require.NotEmpty(t, page.Users)
	}
	require.Equal(t, [][]string{{"0", "0"}}, d.Query(t, "SELECT count(*), (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory') FROM pg_prepared_statements"))
}

// A copy of the database can be looked at, and says why it cannot be changed.
func TestACopyOfTheDatabase(t *testing.T) {
	ctx := context.Background()
	server := servertest.PostgreSQL(t)
	d := server.Database(t)
	s, p := newServerStore(t, d)
	copied := server.Standby(t)
	q := p
	q.Port = copied.Port
	add(t, s, "ann", "", app.Secret{})
	require.Eventually(t, func() bool {
		o, err := OpenServer(ctx, q, Options{Cost: cheapCost})
		if err != nil {
			return false
		}
		_, err = o.FindUser(ctx, "ann")
		require.NoError(t, o.Close())
		return err == nil
	}, 20*time.Second, 50*time.Millisecond)
	o := openOnServer(t, q)
	require.True(t, o.Info().ReadOnly)
	signIn(t, o, "olive", testPassword)
	r, err := o.VerifyChain(ctx, nil)
	require.NoError(t, err)
	require.True(t, r.Whole, r.Problem)
	_, err = o.AddUser(ctx, app.NewUser{Username: "bob", Email: "b@example.com"}, app.Event{})
	require.Equal(t, app.Unreachable, app.KindOf(err))
	require.Equal(t, o.Able(app.AbleChange), err)
	require.Contains(t, err.Error(), "copy")

	// A database that its administrators have closed for writing is one as well,
	// and one that becomes so under an open store says it then.
	d.Load(t, "ALTER DATABASE "+d.Name+" SET default_transaction_read_only = on")
	require.True(t, openOnServer(t, p).Info().ReadOnly)
}

// A server that was started anew, or that has failed, is found again by itself.
func TestAServerThatRestarts(t *testing.T) {
	ctx := context.Background()
	server := servertest.PostgreSQL(t)
	s, _ := newServerStore(t, server.Database(t))
	for name, restart := range map[string]func(){"restart": func() { server.Restart(t) }, "failure": func() { server.Kill(t); server.Start(t) }} {
		_, err := s.Users(ctx, app.Query{})
		require.NoError(t, err)
		add(t, s, "before "+name, "", app.Secret{})
		restart()
		_, err = s.Users(ctx, app.Query{})
		require.NoError(t, err, "a connection that has ended is no reason to fail")
		add(t, s, "after "+name, "", app.Secret{})
	}
	server.Stop(t)
	_, err := s.Users(ctx, app.Query{})
	require.Equal(t, app.Unreachable, app.KindOf(err))
	_, err = s.AddUser(ctx, app.NewUser{Username: "bob", Email: "b@example.com"}, app.Event{})
	require.Equal(t, app.Unreachable, app.KindOf(err))
	server.Start(t)
	add(t, s, "bob", "", app.Secret{})
	r, err := s.VerifyChain(ctx, nil)
	require.NoError(t, err)
	require.True(t, r.Whole, r.Problem)
}

// Whatever of a commit gets lost, the deed is reported as what it is, and is
// there at most once.
func TestACommitWhoseAnswerIsLost(t *testing.T) {
	ctx := context.Background()
	server := servertest.PostgreSQL(t)
	d := server.Database(t)
	s, p := newServerStore(t, d)
	wire := servertest.NewRelay(t, "tcp", server.Address())
	p.Host, p.Port = "127.0.0.1", wire.Port()
	o := openOnServer(t, p)
	signIn(t, o, "olive", testPassword)
	count := func(name string) (n int) {
		page, err := s.Users(ctx, app.Query{Search: name})
		require.NoError(t, err)
		return page.Total
	}
	try := func(name string) error {
		_, err := o.AddUser(ctx, app.NewUser{Username: name, Email: "u@example.com", Active: true}, app.Event{Console: "test", Action: app.DoAddUser})
		return err
	}
	const cut = "The connection to the store was cut. Nothing was changed. Try again in a moment."
	known := 0
	for i := range 5 {
		// The network may break the words in two, so that the server does not get the
		// rest of them; then nothing is done, and the store knows that as well.
		wire.CutAfter("COMMIT\x00")
		done := fmt.Sprint("done", i)
		if err := try(done); err == nil {
			known++
			require.Equal(t, 1, count(done), "the store is asked again, and knows")
		} else {
			require.Equal(t, cut, err.Error())
			require.Equal(t, 0, count(done))
		}

		wire.CutBefore("COMMIT\x00")
		undone := fmt.Sprint("undone", i)
		err := try(undone)
		require.Equal(t, app.Unreachable, app.KindOf(err))
		require.Equal(t, cut, err.Error())
		require.Equal(t, 0, count(undone))

		wire.CutBefore("INSERT")
		err = try(undone)
		require.Equal(t, cut, err.Error())
		require.NoError(t, try(undone), "it can be repeated")
	}
	require.NotZero(t, known)
	// Nobody can be asked: it is said, and not repeated.
	var gone bool
	p.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		if gone {
			return nil, &net.OpError{Op: "dial", Err: os.ErrDeadlineExceeded}
		}
		return (&net.Dialer{}).DialContext(ctx, network, wire.Address)
	}
	o = openOnServer(t, p)
	signIn(t, o, "olive", testPassword)
	o.write.link.(*postgresLink).patience = time.Second
	require.NoError(t, try("connected"))
	gone = true
	wire.CutAfter("COMMIT\x00")
	err := try("perhaps")
	require.Equal(t, app.Unreachable, app.KindOf(err))
	message, hint := app.Explain(err)
	require.Equal(t, "It is not known whether this was done: the connection to the store was cut at that very moment.", message)
	require.Equal(t, "Check before you repeat it.", hint)
	require.LessOrEqual(t, count("perhaps"), 1)
	r, err := s.VerifyChain(ctx, nil)
	require.NoError(t, err)
	require.True(t, r.Whole, r.Problem)
}

// newerOnServer is the migrations with one more.
func newerOnServer(t *testing.T, up, down string) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	own, err := fs.Glob(postgresFiles(), "*.sql")
	require.NoError(t, err)
	for _, name := range own {
		b, err := fs.ReadFile(postgresFiles(), name)
		require.NoError(t, err)
		files[name] = &fstest.MapFile{Data: b}
	}
	files["00099_more.sql"] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + up + "\n-- +goose Down\n" + down)}
	return files
}

// Many consoles bring a store up to date at once, and the data survives the way
// up and down.
func TestMigrationsOnAServer(t *testing.T) {
	ctx := context.Background()
	d := servertest.PostgreSQL(t).Database(t)
	s, p := newServerStore(t, d)
	fillUsers(t, s, 20)
	files := newerOnServer(t, "ALTER TABLE users ADD COLUMN phone TEXT NOT NULL DEFAULT 'none';", "ALTER TABLE users DROP COLUMN phone;")
	var all sync.WaitGroup
	errs := make([]error, 5)
	var consoles []*Store
	for range errs {
		consoles = append(consoles, openOnServer(t, p))
	}
	for i, o := range consoles {
		all.Go(func() { errs[i] = o.bringUp(ctx, files, p.upgrade()) })
	}
	all.Wait()
	require.Equal(t, make([]error, 5), errs)
	require.Equal(t, [][]string{{"21"}}, d.Query(t, "SELECT count(*) FROM users WHERE phone = 'none'"))

	_, err := OpenServer(ctx, p, Options{Cost: cheapCost})
	require.Equal(t, app.Invalid, app.KindOf(err))
	require.Regexp(t, `^This store was made by a newer Factordesk: its schema is 99, and this program knows \d+\. Install the newer Factordesk\. The store was not changed\.$`, err.Error())

	m, err := newMigrations(byHand(t, p), inPostgres.goose, files)
	require.NoError(t, err)
	_, err = m.Down(ctx)
	require.NoError(t, err)
	o := openOnServer(t, p)
	signIn(t, o, "olive", testPassword)
	page, err := o.Users(ctx, app.Query{})
	require.NoError(t, err)
	require.Equal(t, 21, page.Total)
	r, err := o.VerifyChain(ctx, nil)
	require.NoError(t, err)
	require.True(t, r.Whole, r.Problem)

	// A step that fails leaves the schema as it was.
	require.Error(t, o.bringUp(ctx, newerOnServer(t, "ALTER TABLE users ADD COLUMN phone TEXT;\nSELECT nonsense;", ""), p.upgrade()))
	openOnServer(t, p)
	require.Equal(t, [][]string{{"0"}}, d.Query(t, "SELECT count(*) FROM information_schema.columns WHERE column_name = 'phone'"))
}

// Who waits for another console gives up in time, and a deed can be stopped.
func TestWaitingOnAServer(t *testing.T) {
	ctx := context.Background()
	s, _ := newServerStore(t, servertest.PostgreSQL(t).Database(t))
	other := another(t, s)
	u := add(t, s, "ann", "", app.Secret{})
	held, err := other.write.begin(ctx, other, holdUser(u.ID))
	require.NoError(t, err)
	add(t, s, "bob", "", app.Secret{}) // another user is no concern of it
	stopped, stop := context.WithTimeout(ctx, 200*time.Millisecond)
	defer stop()
	require.Equal(t, app.Unreachable, app.KindOf(s.Unlock(stopped, u.ID, 0, app.Event{Console: "test"})))
	canceled, cancel := context.WithCancel(ctx)
	time.AfterFunc(200*time.Millisecond, cancel)
	require.Equal(t, app.Canceled, app.KindOf(s.Unlock(canceled, u.ID, 0, app.Event{Console: "test"})))
	require.Equal(t, app.Conflict, app.KindOf(s.Unlock(ctx, u.ID, 0, app.Event{Console: "test"})))
	held.rollback()
	require.NoError(t, s.Unlock(ctx, u.ID, 0, app.Event{Console: "test"}))
}

func TestTextsThatAServerCannotKeep(t *testing.T) {
	ctx := context.Background()
	s, _ := newServerStore(t, servertest.PostgreSQL(t).Database(t))
	for _, text := range []string{"a\x00b", "a\xffb"} {
		page, err := s.Users(ctx, app.Query{Search: text})
		require.NoError(t, err)
		require.Empty(t, page.Users)
		_, err = s.FindUser(ctx, text)
		require.Equal(t, app.NotFound, app.KindOf(err))
		_, err = s.AddUser(ctx, app.NewUser{Username: text, Email: "a@example.com"}, app.Event{})
		require.Equal(t, app.Invalid, app.KindOf(err))
	}
}

// While one console takes an Administrator's role, another that takes the last
// other one's waits, and then sees what is left.
func TestTheLastAdministratorIsCountedInTurn(t *testing.T) {
	ctx := context.Background()
	s, _ := newServerStore(t, servertest.PostgreSQL(t).Database(t))
	other := another(t, s)
	ann := add(t, s, "ann", app.Administrators, app.NewSecret("a long password"))
	olive, err := s.FindUser(ctx, "olive")
	require.NoError(t, err)
	first, err := s.write.begin(ctx, s, holdUser(ann.ID))
	require.NoError(t, err)
	require.NoError(t, first.updateUser(ann, app.UserChange{
		ID: ann.ID, Version: ann.Version, Username: "ann", Email: ann.Email, Role: app.HelpDesk, Active: true,
	}))
	answer := make(chan error)
	go func() { answer <- setRole(t, other, olive.ID, app.HelpDesk, true) }()
	select {
	case err := <-answer:
		first.rollback()
		require.Fail(t, "it did not wait", "%v", err)
	case <-time.After(300 * time.Millisecond):
	}
	require.NoError(t, first.done(app.Event{Console: "test", TargetID: ann.ID}))
	require.NoError(t, first.commit())
	require.Equal(t, app.Denied, app.KindOf(<-answer))
}

// The schema goes down to the first version and up again, and the data survives.
func TestMigrationsOnAServerDownAndUp(t *testing.T) {
	ctx := context.Background()
	d := servertest.PostgreSQL(t).Database(t)
	s, p := newServerStore(t, d)
	enrolled(t, s, "ann", "bob")
	beginRotation(t, s)
	resealAll(t, s, 10)
	m, err := newMigrations(byHand(t, p), inPostgres.goose, postgresFiles())
	require.NoError(t, err)
	for range 2 {
		_, err = m.DownTo(ctx, 1)
		require.NoError(t, err)
		o := openOnServer(t, p)
		page, err := o.Users(ctx, app.Query{})
		require.NoError(t, err)
		require.Equal(t, 3, page.Total)
		require.Equal(t, 2, len(sealedValues(t, o)))
	}
}

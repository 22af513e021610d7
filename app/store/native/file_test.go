package native

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// makeStore makes a closed store in a file of that name and returns its path.
func makeStore(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "desk", name)
	s, _, err := Create(context.Background(), path, Options{Cost: cheapCost}, firstUser(),
		app.Event{Console: "test", Action: app.DoCreateStore})
	require.NoError(t, err)
	require.NoError(t, s.Close())
	return path
}

// names returns the files in a folder with their permissions.
func names(t *testing.T, folder string) map[string]fs.FileMode {
	t.Helper()
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	all := map[string]fs.FileMode{}
	for _, e := range entries {
		info, err := e.Info()
		require.NoError(t, err)
		all[e.Name()] = info.Mode().Perm()
	}
	return all
}

func TestFilesAreForTheirOwnerOnly(t *testing.T) {
	s := newTestStore(t)
	folder := filepath.Dir(s.info.Location)
	require.NoError(t, s.Append(context.Background(), app.Event{Console: "test"}))
	require.Equal(t, map[string]fs.FileMode{"store.db": 0o600, "store.db-wal": 0o600, "store.db-shm": 0o600}, names(t, folder))
	info, err := os.Stat(folder)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o700), info.Mode().Perm())
}

func TestAnyFileNameWorks(t *testing.T) {
	for _, name := range []string{"my desk.db", "50%.db", "a?b=c&d.db", "x#y.db", "é жук.db", "%41.db", "mode=ro.db", "plain", "a+b.db"} {
		path := makeStore(t, name)
		require.Equal(t, map[string]fs.FileMode{name: 0o600}, names(t, filepath.Dir(path)))
		s, err := Open(context.Background(), path, Options{Cost: cheapCost})
		require.NoError(t, err, name)
		require.Equal(t, strings.TrimSuffix(name, ".db"), s.Info().Name)
		require.NoError(t, s.Close())
	}
}

func TestCreateLeavesWhatIsThereAlone(t *testing.T) {
	ctx := context.Background()
	path := makeStore(t, "store.db")
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	_, _, err = Create(ctx, path, Options{Cost: cheapCost}, firstUser(), app.Event{})
	require.Equal(t, app.Conflict, app.KindOf(err))
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, before, after)
	require.Len(t, names(t, filepath.Dir(path)), 1)
}

// However far Create gets, what it leaves is a whole store or nothing.
func TestCreateThatFailsLeavesNothing(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "store.db")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	broken := Options{Cost: cheapCost, Random: iotest.ErrReader(errors.New("no more randomness"))}
	nobody := firstUser()
	nobody.Password = app.Secret{}
	for name, try := range map[string]func() error{
		"stopped": func() error {
			_, _, err := Create(ctx, path, Options{Cost: cheapCost}, firstUser(), app.Event{})
			return err
		},
		"without randomness": func() error {
			_, _, err := Create(context.Background(), path, broken, firstUser(), app.Event{})
			return err
		},
		"without a password": func() error {
			_, _, err := Create(context.Background(), path, Options{Cost: cheapCost}, nobody, app.Event{})
			return err
		},
	} {
		require.Error(t, try(), name)
		require.Empty(t, names(t, folder), name)
	}
	s, _, err := Create(context.Background(), path, Options{Cost: cheapCost}, firstUser(), app.Event{})
	require.NoError(t, err)
	require.NoError(t, s.Close())
}

// Each file that is no usable store gets one sentence, and stays as it is.
func TestBadFiles(t *testing.T) {
	good, err := os.ReadFile(makeStore(t, "good.db"))
	require.NoError(t, err)
	changed := func(change func(b []byte) []byte) []byte { return change(append([]byte(nil), good...)) }
	foreign := filepath.Join(t.TempDir(), "foreign.db")
	db, err := sql.Open("sqlite", foreign)
	require.NoError(t, err)
	_, err = db.Exec("CREATE TABLE users (id INTEGER)")
	require.NoError(t, err)
	require.NoError(t, db.Close())
	theirs, err := os.ReadFile(foreign)
	require.NoError(t, err)

	for name, c := range map[string]struct {
		bytes   []byte
		kind    app.Kind
		message string
	}{
		"empty":           {nil, app.Invalid, "bad.db is empty, so it is no store."},
		"text":            {[]byte(strings.Repeat("no database\n", 1000)), app.Invalid, "bad.db is not a store of Factordesk."},
		"short text":      {[]byte("no"), app.Invalid, "bad.db is not a store of Factordesk."},
		"other program's": {theirs, app.Invalid, "bad.db is not a store of Factordesk."},
		"header only":     {good[:60], app.Unreadable, "bad.db is cut short: part of the store is missing."},
		"half":            {good[:len(good)/2], app.Unreadable, "bad.db is cut short: part of the store is missing."},
		"one byte less":   {good[:len(good)-1], app.Unreadable, "bad.db is cut short: part of the store is missing."},
		"schema page": {changed(func(b []byte) []byte {
			clear(b[100:4096])
			return b
		}), app.Unreadable, "The store is damaged."},
		"all pages but the first": {changed(func(b []byte) []byte {
			for i := 4096; i < len(b); i++ {
				b[i] = 0xee
			}
			return b
		}), app.Unreadable, "The store is damaged."},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "bad.db")
			require.NoError(t, os.WriteFile(path, c.bytes, 0o600))
			_, err := Open(context.Background(), path, Options{Cost: cheapCost})
			require.Error(t, err)
			require.Equal(t, c.kind, app.KindOf(err), err)
			message, _ := app.Explain(err)
			require.Equal(t, c.message, message)
			after, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, c.bytes, append([]byte(nil), after...))
			require.Len(t, names(t, filepath.Dir(path)), 1, "nothing is left beside it")
		})
	}
}

func TestOpenOfWhatIsNoFile(t *testing.T) {
	ctx := context.Background()
	folder := t.TempDir()
	_, err := Open(ctx, filepath.Join(folder, "missing.db"), Options{})
	require.Equal(t, app.NotFound, app.KindOf(err))
	_, err = Open(ctx, folder, Options{})
	require.Equal(t, app.Invalid, app.KindOf(err))
	require.Empty(t, names(t, folder))
	for _, cause := range []error{fs.ErrPermission, fs.ErrNotExist, fs.ErrExist, fs.ErrClosed} {
		message, _ := app.Explain(explainFile("/srv/desk/store.db", &fs.PathError{Op: "open", Path: "x", Err: cause}))
		require.Regexp(t, `^(There|You|store\.db) .*\.$`, message)
		require.NotContains(t, message, "open x")
	}
}

func TestAWriteProtectedStoreCanBeLookedAt(t *testing.T) {
	ctx := context.Background()
	path := makeStore(t, "store.db")
	require.NoError(t, os.Chmod(path, 0o400))
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	s, err := Open(ctx, path, Options{Cost: cheapCost})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	require.True(t, s.Info().ReadOnly)
	for _, a := range []app.Ability{app.AbleChange, app.AbleEditUsers, app.AbleRoles} {
		require.Equal(t, app.Unreachable, app.KindOf(s.Able(a)))
	}
	a, err := s.CheckPassword(ctx, app.PasswordCheck{Username: "olive", Password: testPassword, At: s.now(), Complete: true})
	require.NoError(t, err)
	require.True(t, a.Accepted())
	require.NoError(t, s.Able(app.AbleOpenSecrets))
	wrong, err := s.CheckPassword(ctx, app.PasswordCheck{Username: "olive", Password: app.NewSecret("wrong"), At: s.now()})
	require.NoError(t, err)
	require.Equal(t, app.Wrong, wrong.Reason)
	p, err := s.Users(ctx, app.Query{})
	require.NoError(t, err)
	require.Len(t, p.Users, 1)
	r, err := s.VerifyChain(ctx, nil)
	require.NoError(t, err)
	require.True(t, r.Whole, r.Problem)
	_, err = s.AddUser(ctx, app.NewUser{Username: "ann", Email: "ann@example.com"}, app.Event{})
	require.Equal(t, app.Unreachable, app.KindOf(err))
	require.Contains(t, err.Error(), "write-protected")
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, before, after)
	require.Len(t, names(t, filepath.Dir(path)), 1)
}

func TestAFullDiskChangesNothing(t *testing.T) {
	ctx := context.Background()
	s := newTestStore(t)
	require.NoError(t, s.Append(ctx, app.Event{Console: "test"})) // the writing connection is there now
	_, err := s.write.link.(*sqliteLink).conn.ExecContext(ctx, "PRAGMA max_page_count = 1")
	require.NoError(t, err) // not below what the file has: it can just not grow
	rows := func(yield func(app.ImportRow, error) bool) {
		for i := range 5000 {
			n := "user" + strings.Repeat("x", 20) + string(userID(int64(i)))
			if !yield(app.ImportRow{Line: i, NewUser: app.NewUser{Username: n, Email: n + "@example.com"}}, nil) {
				return
			}
		}
	}
	before, err := s.Head(ctx)
	require.NoError(t, err)
	_, err = s.Import(ctx, app.Import{Rows: rows}, app.Event{Console: "test"})
	message, hint := app.Explain(err)
	require.Equal(t, app.Unreachable, app.KindOf(err))
	require.Equal(t, "The disk is full. Nothing was changed.", message)
	require.NotEmpty(t, hint)
	after, err := s.Head(ctx)
	require.NoError(t, err)
	require.Equal(t, before, after)
	requireCounts(t, s)
	_, err = s.write.link.(*sqliteLink).conn.ExecContext(ctx, "PRAGMA max_page_count = 100000")
	require.NoError(t, err)
	r, err := s.Import(ctx, app.Import{Rows: rows}, app.Event{Console: "test"})
	require.NoError(t, err, "it goes on when there is room again")
	require.Equal(t, 5000, r.Added)
	requireCounts(t, s)
}

// newerSchema is the migrations with one more.
func newerSchema(t *testing.T, text string) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{"00099_more.sql": {Data: []byte("-- +goose Up\n" + text)}}
	own := migrationFiles()
	names, err := fs.Glob(own, "*.sql")
	require.NoError(t, err)
	for _, name := range names {
		b, err := fs.ReadFile(own, name)
		require.NoError(t, err)
		files[name] = &fstest.MapFile{Data: b}
	}
	return files
}

func TestMigrationKeepsTheDataAndABackup(t *testing.T) {
	ctx := context.Background()
	s := newTestStore(t)
	fillUsers(t, s, 20)
	path := s.info.Location
	require.NoError(t, s.bringUp(ctx, migrationFiles(), fileUpgrade(path)), "nothing to do")
	require.NoError(t, s.write.close())
	again, err := newStore(path, Options{Cost: cheapCost}, readWrite)
	require.NoError(t, err)
	s.write = again.write
	require.NoError(t, again.read.db.Close())

	require.NoError(t, s.bringUp(ctx, newerSchema(t, "ALTER TABLE users ADD COLUMN phone TEXT NOT NULL DEFAULT 'none';"), fileUpgrade(path)))
	var phones int
	require.NoError(t, s.read.db.QueryRow("SELECT count(*) FROM users WHERE phone = 'none'").Scan(&phones))
	require.Equal(t, 21, phones)
	backups, err := filepath.Glob(path + ".backup-v*-*")
	require.NoError(t, err)
	require.Len(t, backups, 1)
	require.Equal(t, fs.FileMode(0o600), names(t, filepath.Dir(path))[filepath.Base(backups[0])])

	old, err := Open(ctx, backups[0], Options{Cost: cheapCost})
	require.NoError(t, err, "the backup is a store of the old schema")
	defer func() { require.NoError(t, old.Close()) }()
	p, err := old.Users(ctx, app.Query{})
	require.NoError(t, err)
	require.Equal(t, 21, p.Total)
	r, err := old.VerifyChain(ctx, nil)
	require.NoError(t, err)
	require.True(t, r.Whole, r.Problem)

	// What is newer than this program is refused and left alone.
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	_, err = Open(ctx, path, Options{Cost: cheapCost})
	require.Equal(t, app.Invalid, app.KindOf(err))
	require.Regexp(t, `newer Factordesk: its schema is 99, and this program knows \d+\.`, err.Error())
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, before, after)
}

func TestAMigrationThatFailsLeavesTheOldSchema(t *testing.T) {
	ctx := context.Background()
	path := makeStore(t, "store.db")
	s, err := newStore(path, Options{Cost: cheapCost}, readWrite)
	require.NoError(t, err)
	require.Error(t, s.bringUp(ctx, newerSchema(t, "ALTER TABLE users ADD COLUMN phone TEXT;\nSELECT nonsense;"), fileUpgrade(path)))
	require.NoError(t, s.Close())
	s, err = Open(ctx, path, Options{Cost: cheapCost})
	require.NoError(t, err)
	require.NoError(t, s.Close())
}

// The page count in the header is what tells a cut file; a log beside it may
// hold the rest.
func TestALogMayHoldTheRestOfTheFile(t *testing.T) {
	b, err := os.ReadFile(makeStore(t, "store.db"))
	require.NoError(t, err)
	binary.BigEndian.PutUint32(b[28:], binary.BigEndian.Uint32(b[28:])+1)
	require.Error(t, checkHeader("x", b[:headerSize], int64(len(b)), false))
	require.NoError(t, checkHeader("x", b[:headerSize], int64(len(b)), true))
}

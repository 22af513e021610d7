//go:build full || bench

package magento

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/servertest"
	"github.com/factordesk/factordesk/app/store/magento/crypt"
)

// The keys of the fixtures. The first is that of schema.sql.
const (
	keyOne = "0123456789abcdef0123456789abcdef"
	keyTwo = "fedcba9876543210fedcba9876543210"
)

// The password of both administrators of schema.sql.
const fixturePassword = "Admin123!"

// shopBase is a database with a shop in it.
type shopBase struct {
	*servertest.Database
	prefix string
	db     *sql.DB // Magento's own connection
}

// newShop makes the shop of schema.sql and more.sql, its tables with a prefix.
func newShop(t testing.TB, s *servertest.Server, prefix string) shopBase {
	t.Helper()
	b := shopBase{Database: s.Database(t), prefix: prefix}
	b.db = b.open(t)
	for _, name := range []string{"schema.sql", "more.sql"} {
		text, err := os.ReadFile(filepath.Join("testdata", name))
		require.NoError(t, err)
		b.Load(t, b.sql(string(text)))
	}
	return b
}

// open connects as Magento does.
func (b shopBase) open(t testing.TB) *sql.DB {
	t.Helper()
	m := mysql.NewConfig()
	m.User, m.Passwd, m.Net, m.Addr, m.DBName = b.User, b.Password, "unix", b.Server.Socket, b.Name
	m.ParseTime, m.InterpolateParams, m.Logger = true, true, &mysql.NopLogger{}
	m.Params = map[string]string{"time_zone": "'+00:00'", "sql_mode": "''"}
	connector, err := mysql.NewConnector(m)
	require.NoError(t, err)
	db := sql.OpenDB(connector)
	t.Cleanup(func() { _ = db.Close() }) // a server that was stopped has ended it
	return db
}

// run changes the shop as Magento would; tables go without prefix.
func (b shopBase) run(t testing.TB, text string, args ...any) int64 {
	t.Helper()
	r, err := b.db.Exec(b.sql(text), args...)
	require.NoError(t, err)
	id, err := r.LastInsertId()
	require.NoError(t, err)
	return id
}

// created finds the tables that a text makes.
var created = regexp.MustCompile("CREATE TABLE `([a-z_]+)`")

// allTables are the names of the tables of the fixtures.
var allTables = func() []string {
	var names []string
	for _, name := range []string{"schema.sql", "more.sql"} {
		text, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			panic(err)
		}
		for _, m := range created.FindAllStringSubmatch(string(text), -1) {
			names = append(names, m[1])
		}
	}
	return names
}()

var tableName = regexp.MustCompile("(`|INTO |FROM |UPDATE |JOIN |TABLE )(" + strings.Join(allTables, "|") + ")(`|\\b)")

// sql puts the prefix before the names of tables.
func (b shopBase) sql(text string) string {
	return tableName.ReplaceAllString(text, "${1}"+b.prefix+"${2}${3}")
}

// exec runs SQL as the server's root; tables go without prefix.
func (b shopBase) exec(t testing.TB, text string) {
	t.Helper()
	b.Load(t, b.sql(text))
}

// query reads as the server's root; tables go without prefix.
func (b shopBase) query(t testing.TB, text string, args ...any) [][]string {
	t.Helper()
	return b.Query(t, b.sql(text), args...)
}

// value reads one value.
func (b shopBase) value(t testing.TB, text string, args ...any) string {
	t.Helper()
	var v sql.NullString
	require.NoError(t, b.db.QueryRow(b.sql(text), args...).Scan(&v))
	if !v.Valid {
		return "NULL"
	}
	return v.String
}

// config opens the shop with all rights and the key of schema.sql.
func (b shopBase) config(t testing.TB) Config {
	return Config{
		Host: b.Server.Host, Port: b.Server.Port, Database: b.Name, Username: b.User, Password: app.NewSecret(b.Password),
		Prefix: b.prefix, CryptKey: app.NewSecret(keyOne), Logbook: filepath.Join(t.TempDir(), "logbook.db"),
		Now: func() time.Time { return fixtureNow }, clock: func() time.Time { return fixtureNow }, Tag: app.TagStaging, Overrides: map[string]string{},
	}
}

// testRandom is what tests encrypt with.
var testRandom = rand.Reader

// fixtureNow is when the tests are: ten seconds into a time step.
var fixtureNow = time.Date(2026, 6, 9, 12, 8, 10, 0, time.UTC)

// connect connects, and ends the connection with the test.
func connect(t testing.TB, c Config) *Link {
	t.Helper()
	l, err := Connect(context.Background(), c)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	return l
}

// isError requires an error of a kind and a stage in the words of its message.
func isError(t testing.TB, err error, kind app.Kind, stage Stage, words string) {
	t.Helper()
	require.Error(t, err)
	require.Equal(t, kind, app.KindOf(err), "%v", err)
	require.Equal(t, stage, StageOf(err))
	message, hint := app.Explain(err)
	require.Contains(t, message, words)
	for _, sentence := range []string{message, hint} {
		require.NotContains(t, sentence, "Error ", "a driver's words")
		require.NotContains(t, sentence, "\n")
		require.Equal(t, strings.TrimSpace(sentence), sentence)
	}
}

func keysOf(text string) (crypt.Keys, error) { return crypt.Parse(app.NewSecret(text)) }

func keys(t testing.TB, text string) crypt.Keys {
	t.Helper()
	k, err := keysOf(text)
	require.NoError(t, err)
	return k
}

// sealed encrypts a text with the last of some keys.
func sealed(t testing.TB, key, text string) string {
	t.Helper()
	value, err := keys(t, key).Seal(testRandom, app.NewSecret(text))
	require.NoError(t, err)
	return value
}

// hashOf is a password as an older Magento stored it.
func hashOf(password app.Secret) string {
	if password.Empty() {
		return ""
	}
	const salt = "0123456789abcdefABCDEFGHIJKLMNOP"
	sum := sha256.Sum256([]byte(salt + password.Reveal()))
	return hex.EncodeToString(sum[:]) + ":" + salt + ":1"
}

// escaped writes a text as PHP's JSON does.
func escaped(text string) string { return strings.ReplaceAll(text, "/", `\/`) }

// typedKey is the secret of a factor as it is typed.
const typedKey = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

// typedFactor is a new Google factor.
func typedFactor() app.FactorSecret {
	return app.FactorSecret{Provider: app.Google, Params: googleParams, Key: app.NewSecret(typedKey), Issuer: "magento.example.com", Account: "olly@example.com"}
}

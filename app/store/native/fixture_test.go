package native

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/otp"
	"github.com/factordesk/factordesk/app/seal"
)

// cheapCost is a password hash that tests can afford.
var cheapCost = seal.Cost{Memory: 64, Time: 1, Threads: 1}

var testPassword = app.NewSecret("correct horse battery")

func firstUser() app.NewUser {
	return app.NewUser{
		Username: "olive", Email: "olive@example.com", FirstName: "Olive", LastName: "Stone", Password: testPassword,
	}
}

// testKey is the base32 key of a factor.
const testKey = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

// codeNow is the code of testKey at a time.
func codeNow(t testing.TB, at time.Time) app.Secret {
	t.Helper()
	secret, err := otp.Decode(testKey)
	require.NoError(t, err)
	code, err := otp.CodeAt(secret, otp.Default(), at)
	require.NoError(t, err)
	return app.NewSecret(code)
}

// confirm makes a user's pending Google factor active.
func confirm(t testing.TB, s *Store, id app.UserID) {
	t.Helper()
	at := s.now()
	a, err := s.ConfirmFactor(context.Background(), app.CodeCheck{
		User: id, Provider: app.Google, Code: codeNow(t, at), At: at, Event: app.Event{Console: "test", Action: app.DoConfirm},
	})
	require.NoError(t, err)
	require.Equal(t, app.OK, a.Reason)
}

// testFactor is a new factor with a given base32 key.
func testFactor(key string) app.FactorSecret {
	return app.FactorSecret{
		Provider: app.Google, Key: app.NewSecret(key),
		Params: app.CodeParams{Kind: "totp", Algorithm: "SHA1", Digits: 6, Period: 30 * time.Second},
	}
}

// newTestStore makes a store with its keys open.
func newTestStore(t testing.TB) *Store {
	t.Helper()
	s, _, err := Create(context.Background(), filepath.Join(t.TempDir(), "desk", "store.db"), Options{Cost: cheapCost},
		firstUser(), app.Event{Console: "test", Action: app.DoCreateStore})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// outside changes a store behind its back, as who has the file at hand can.
func outside(t testing.TB, s *Store, text string, args ...any) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+s.info.Location+"?_busy_timeout=5000")
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	_, err = db.Exec(text, args...)
	require.NoError(t, err)
}

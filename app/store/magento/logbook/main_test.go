package logbook

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/factordesk/factordesk/app"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(childPath); path != "" { // this is another process of a test
		if err := child(path, os.Getenv(childDeed)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

var (
	ctx   = context.Background()
	start = time.Date(2026, 6, 9, 12, 8, 10, 0, time.UTC)
	key   = []byte("a key that is thirty-two bytes l")
)

// event is one of a deed at a time.
func event(a app.Action, o app.Outcome) app.Event {
	return app.Event{
		At: start, Console: "desk", OperatorID: "1", Operator: "olive", Action: a, TargetID: "42", Target: "ann",
		Provider: app.Google, Outcome: o, Reason: "New phone", Details: []app.Detail{{Name: "before", Value: "active"}},
	}
}

// place is a path for a new logbook.
func place(t testing.TB) string { return filepath.Join(t.TempDir(), "desk", "shop.log") }

// open opens the logbook in a file, and closes it at the end of the test.
func open(t testing.TB, path string, keys ...[]byte) *Book {
	t.Helper()
	b, err := Open(ctx, path, Options{Keys: keys, Desk: "desk-test", Now: func() time.Time { return start }})
	require.NoError(t, err)
	t.Cleanup(func() { _ = b.Close() }) // the test may have closed it
	return b
}

// outside changes a logbook behind its back, as who has the file at hand can.
func outside(t testing.TB, path, text string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_busy_timeout=5000")
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	_, err = db.ExecContext(ctx, text)
	require.NoError(t, err)
}

// isError requires an error of a kind that people can read.
func isError(t require.TestingT, k app.Kind, err error) {
	require.Error(t, err)
	require.Equal(t, k, app.KindOf(err), "%v", err)
	var e *app.Error
	require.ErrorAs(t, err, &e)
	require.NotEmpty(t, e.Message)
}

// verify requires that the chain is whole and returns the report.
func verify(t require.TestingT, b *Book) app.AuditReport {
	r, err := b.VerifyChain(ctx, nil)
	require.NoError(t, err)
	require.True(t, r.Whole, r.Problem)
	return r
}

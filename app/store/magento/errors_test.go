package magento

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
)

// Whatever a driver or a server says, people read our own words.
func TestExplain(t *testing.T) {
	said := func(number uint16) error {
		return fmt.Errorf("read: %w", &mysql.MySQLError{Number: number, Message: "the server's own words about secret_table"})
	}
	for _, test := range []struct {
		err  error
		kind app.Kind
	}{
		{context.Canceled, app.Canceled},
		{context.DeadlineExceeded, app.Unreachable},
		{sql.ErrConnDone, app.Unreachable},
		{mysql.ErrInvalidConn, app.Unreachable},
		{driver.ErrBadConn, app.Unreachable},
		{io.ErrUnexpectedEOF, app.Unreachable},
		{said(lockTimeout), app.Conflict},
		{said(deadlock), app.Conflict},
		{said(noTableGrant), app.Denied},
		{said(noColumnGrant), app.Denied},
		{said(noTable), app.Unreadable},
		{said(noColumn), app.Unreadable},
		{said(readOnlySession), app.Unreachable},
		{said(1114), app.Unreachable},
		{said(1053), app.Unreachable},
		{said(1040), app.Unreachable},
		{said(1194), app.Unreadable},
		{said(1406), app.Invalid},
		{said(4711), app.Internal},
		{errors.New("the driver's own words"), app.Internal},
	} {
		err := explain("look", test.err)
		require.Equal(t, test.kind, app.KindOf(err), "%v", test.err)
		require.ErrorIs(t, err, errors.Unwrap(errors.Unwrap(err)))
		message, hint := app.Explain(err)
		require.NotContains(t, message+hint, "own words")
		require.NotContains(t, err.Error(), "own words")
		require.NotEmpty(t, message)
	}
	require.NoError(t, explain("look", nil))
	own := app.Errorf(app.Locked, "Ours.")
	require.Equal(t, own, explain("look", own))
}

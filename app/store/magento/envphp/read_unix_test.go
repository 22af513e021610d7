//go:build unix

package envphp_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/store/magento/envphp"
)

func TestAFileThatNobodyMayRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "env.php")
	require.NoError(t, os.WriteFile(path, in(""), 0o200))
	if runtime.GOOS == "linux" && os.Geteuid() == 0 { // who may read anything
		path = "/proc/self/mem" // but nothing is at its beginning
	}
	_, err := envphp.Read(path)
	message, hint := app.Explain(err)
	require.Equal(t, "The file "+path+" cannot be read.", message)
	require.NotEmpty(t, hint)
	require.Equal(t, app.Unreachable, app.KindOf(err))
}

// A shell gives the output of a command as such a file.
func TestAPipe(t *testing.T) {
	reading, writing, err := os.Pipe()
	require.NoError(t, err)
	_, err = writing.Write(in("'password' => 'p'"))
	require.NoError(t, err)
	require.NoError(t, writing.Close())
	s, err := envphp.Read(fmt.Sprintf("/dev/fd/%d", reading.Fd()))
	require.NoError(t, err)
	require.Equal(t, "p", s.Password.Reveal())
	require.NoError(t, reading.Close())
}

//go:build unix

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// program runs factorctl as a process of its own, in folders of its own.
func program(t *testing.T, home string, env []string, args ...string) (*exec.Cmd, *bytes.Buffer, *bytes.Buffer) {
	t.Helper()
	path, err := exec.LookPath("factorctl") // TestMain has put it there
	require.NoError(t, err)
	var out, errs bytes.Buffer
	cmd := exec.Command(path, args...)
	cmd.Env = append([]string{
		"HOME=" + home, "XDG_RUNTIME_DIR=" + home, envPassword + "=correct horse battery", envCode + "=", envNew + "=correct horse battery",
	}, env...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	return cmd, &out, &errs
}

// TestImportIsCanceled stops an import in the middle of its file, which is a
// pipe so that the middle is certain.
func TestImportIsCanceled(t *testing.T) {
	home := t.TempDir()
	run := func(args ...string) (string, string) {
		cmd, out, errs := program(t, home, nil, args...)
		require.NoError(t, cmd.Run(), errs.String())
		return out.String(), errs.String()
	}
	run("init", "--username", "root", "--email", "root@example.com")

	pipe := filepath.Join(home, "people.csv")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	cmd, out, errs := program(t, home, nil, "users", "import", pipe)
	require.NoError(t, cmd.Start())
	file, err := os.OpenFile(pipe, os.O_WRONLY, 0) // waits for the reader
	require.NoError(t, err)
	_, err = fmt.Fprintln(file, "username,email")
	require.NoError(t, err)
	for i := 0; ; i++ {
		if i == 5000 {
			require.NoError(t, cmd.Process.Signal(os.Interrupt))
		}
		// The reader goes away when it has noticed.
		if _, err := fmt.Fprintf(file, "user%d,user%d@example.com\n", i, i); err != nil {
			require.ErrorIs(t, err, syscall.EPIPE)
			break
		}
	}
	require.NoError(t, file.Close())
	var exit *exec.ExitError
	require.ErrorAs(t, cmd.Wait(), &exit)
	require.Equal(t, exitRefused, exit.ExitCode())
	require.Equal(t, "factorctl: stopped. Nothing was changed.\n", errs.String())
	require.Empty(t, out.String())

	list, _ := run("users", "list", "--json", "--limit", "0")
	require.Equal(t, 1, bytes.Count([]byte(list), []byte("\n")), "only the administrator is in")
	whole, _ := run("audit", "verify")
	require.Contains(t, whole, "events are whole")
}

//go:build full && linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/connect"
	"github.com/factordesk/factordesk/app/profile"
	"github.com/factordesk/factordesk/app/seal"
)

// The password of everybody in these tests.
const everybodysPassword = "correct horse battery"

// home is a person with folders of their own and the real programs.
type home struct {
	t    *testing.T
	root string
	dirs profile.Dirs
	env  []string
	who  *syscall.Credential // whom programs run as; nil: as the test
}

// newHome makes the folders. The store is the default one, if nothing else is
// said.
func newHome(t *testing.T) *home {
	t.Helper()
	root := t.TempDir()
	h := &home{t: t, root: root, dirs: profile.Dirs{
		Config: filepath.Join(root, "config", "factordesk"), Data: filepath.Join(root, "data", "factordesk"),
		State: filepath.Join(root, "state", "factordesk"), Runtime: filepath.Join(root, "run", "factordesk"),
	}}
	h.env = []string{
		"HOME=" + root, "XDG_CONFIG_HOME=" + filepath.Join(root, "config"), "XDG_DATA_HOME=" + filepath.Join(root, "data"),
		"XDG_STATE_HOME=" + filepath.Join(root, "state"), "XDG_RUNTIME_DIR=" + filepath.Join(root, "run"),
		"TMPDIR=" + filepath.Join(root, "tmp"),
		envOperator + "=root", envPassword + "=" + everybodysPassword, envCode + "=",
	}
	for _, folder := range []string{"run", "tmp"} {
		require.NoError(t, os.Mkdir(filepath.Join(root, folder), 0o700))
	}
	return h
}

// build builds a program as it is shipped, without cgo, once for all tests: in
// the folder of the factorctl that TestMain makes for scripts and takes away.
func build(t *testing.T, source string) string {
	t.Helper()
	script, err := exec.LookPath("factorctl")
	require.NoError(t, err)
	path := filepath.Join(filepath.Dir(script), "real"+strings.ReplaceAll(source, "/", "-"))
	if _, err := os.Stat(path); err == nil {
		return path
	}
	cmd := exec.Command("go", "build", "-ldflags", "-s -w", "-o", path, source)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	return path
}

// command prepares a program in this home. Later variables win.
func (h *home) command(program string, env []string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Dir = h.root
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: h.who}
	cmd.Env = append(append([]string(nil), h.env...), env...)
	return cmd
}

// nobody is whom programs run as where the test itself runs as root.
const nobody = 65534

// asNobody gives the home to somebody without privileges, if it is root's:
// permissions say nothing to root.
func (h *home) asNobody(programs ...string) {
	h.t.Helper()
	if os.Getuid() != 0 {
		return
	}
	h.who = &syscall.Credential{Uid: nobody, Gid: nobody}
	// The folder of all temporary folders of a test is closed to others.
	for _, path := range append(programs, h.root) {
		require.NoError(h.t, os.Chmod(filepath.Dir(filepath.Dir(path)), 0o711))
		require.NoError(h.t, os.Chmod(filepath.Dir(path), 0o711))
	}
	require.NoError(h.t, filepath.WalkDir(h.root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, nobody, nobody)
	}))
}

// ran is how a program ended.
type ran struct {
	out, errs string
	code      int // -1 when a signal ended it
	took      time.Duration
	peakKiB   int64 // the most memory that it had
}

// run runs a program to its end.
func (h *home) run(program string, env []string, args ...string) ran {
	h.t.Helper()
	return h.finish(h.command(program, env, args...))
}

func (h *home) finish(cmd *exec.Cmd) ran {
	h.t.Helper()
	var out, errs bytes.Buffer
	cmd.Stdout = &out
	if cmd.Stderr == nil {
		cmd.Stderr = &errs
	}
	began := time.Now()
	require.NoError(h.t, cmd.Start())
	peak, ended := make(chan int64), make(chan struct{})
	go func() { peak <- peakOf(cmd.Process.Pid, ended) }()
	err := cmd.Wait()
	took := time.Since(began)
	close(ended)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		require.NoError(h.t, err)
	}
	return ran{
		out: out.String(), errs: errs.String(), code: cmd.ProcessState.ExitCode(), took: took, peakKiB: <-peak,
	}
}

// peakOf looks every few milliseconds how much memory a process has had at
// most, in KiB, until it has ended. (What the system says at its end counts
// the test's own memory, too.)
func peakOf(pid int, ended <-chan struct{}) (peak int64) {
	for {
		text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid)) // gone at the end
		if _, line, ok := strings.Cut(string(text), "VmHWM:"); ok {
			_, _ = fmt.Sscan(line, &peak)
		}
		select {
		case <-ended:
			return peak
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// must runs a program that has to be done.
func (h *home) must(program string, env []string, args ...string) ran {
	h.t.Helper()
	r := h.run(program, env, args...)
	require.Zero(h.t, r.code, "%v: %s", args, r.errs)
	return r
}

// makeStore makes the default store with cheap passwords, and the named
// Administrators in it. What to do with it signed in as the first of them
// comes last; it may be nil.
func (h *home) makeStore(administrators []string, more func(ctx context.Context, c *app.Console)) {
	h.t.Helper()
	ctx, password := context.Background(), app.NewSecret(everybodysPassword)
	one := func(name string) app.NewUser {
		return app.NewUser{
			Username: name, Email: name + "@example.com", FirstName: strings.ToUpper(name), LastName: "Oot",
			Role: app.Administrators, Active: true, Password: password,
		}
	}
	c, _, err := connect.Create(ctx, connect.NewStore{First: one(administrators[0])}, connect.Options{
		Dirs: h.dirs, Cost: seal.Cost{Memory: 64, Time: 1, Threads: 1},
	})
	require.NoError(h.t, err)
	_, err = c.SignIn(ctx, app.Credentials{Username: administrators[0], Password: password})
	require.NoError(h.t, err)
	for _, name := range administrators[1:] {
		g, err := c.Reverify(ctx, password, app.Deed{Action: app.DoAddUser})
		require.NoError(h.t, err)
		_, err = c.AddUser(ctx, g, one(name))
		require.NoError(h.t, err)
	}
	if more != nil {
		more(ctx, c)
	}
	require.NoError(h.t, c.Close())
}

// importText imports a text as a file.
func importText(t *testing.T, ctx context.Context, c *app.Console, text string) {
	t.Helper()
	g, err := c.Reverify(ctx, app.NewSecret(everybodysPassword), app.Deed{Action: app.DoImport})
	require.NoError(t, err)
	_, err = c.ImportUsers(ctx, g, app.ImportRequest{File: strings.NewReader(text), Name: "people.csv"})
	require.NoError(t, err)
}

// eachFile gives every file of the home, with its bytes.
func (h *home) eachFile(do func(path string, info fs.FileInfo, text []byte)) {
	h.t.Helper()
	require.NoError(h.t, filepath.WalkDir(h.root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		text, err := os.ReadFile(path)
		do(path, info, text)
		return err
	}))
}

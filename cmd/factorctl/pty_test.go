//go:build full && linux

package main

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// screen is a pseudo-terminal with a program on it, and a person before it.
type screen struct {
	t       *testing.T
	person  *os.File // the person's side
	program *os.File // the program's side
	done    chan struct{}

	mu    sync.Mutex
	shown bytes.Buffer
}

func newScreen(t *testing.T) *screen {
	t.Helper()
	person, program, err := openTerminal()
	require.NoError(t, err)
	s := &screen{t: t, person: person, program: program, done: make(chan struct{})}
	go func() {
		defer close(s.done)
		part := make([]byte, 4096)
		for {
			n, err := person.Read(part)
			s.mu.Lock()
			s.shown.Write(part[:n])
			s.mu.Unlock()
			if err != nil {
				return // the program has let go of its side
			}
		}
	}()
	return s
}

// start starts a command on the screen. What is not redirected is shown.
func (s *screen) start(cmd *exec.Cmd) {
	s.t.Helper()
	cmd.Stdin = s.program
	if cmd.Stdout == nil {
		cmd.Stdout = s.program
	}
	cmd.Stderr = s.program
	cmd.SysProcAttr.Setsid, cmd.SysProcAttr.Setctty = true, true
	require.NoError(s.t, cmd.Start())
	require.NoError(s.t, s.program.Close())
}

// text returns what was shown so far.
func (s *screen) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.shown.String()
}

// await waits until something is shown.
func (s *screen) await(what string) {
	s.t.Helper()
	require.Eventually(s.t, func() bool { return strings.Contains(s.text(), what) }, time.Minute, time.Millisecond, what)
}

// typed types something.
func (s *screen) typed(keys string) {
	s.t.Helper()
	_, err := s.person.WriteString(keys)
	require.NoError(s.t, err)
}

// end waits for the command and returns its exit code and all that was shown.
func (s *screen) end(cmd *exec.Cmd) (int, string) {
	s.t.Helper()
	_ = cmd.Wait() // the exit code says it
	<-s.done
	require.NoError(s.t, s.person.Close())
	return cmd.ProcessState.ExitCode(), s.text()
}

package servertest

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// patience is how long a server or a command may take before its test fails.
const patience = 60 * time.Second

// keeper is a shell that holds what must go when the test binary goes, however it
// goes. It takes its commands from a pipe; when that ends, which the kernel sees
// to even if the test binary is killed, it runs its cleanup. A signal for the
// test binary's group does not reach it.
type keeper struct {
	mu       sync.Mutex
	shell    *exec.Cmd
	commands *os.File
	answers  *os.File
	lines    *bufio.Reader
}

// keep starts a keeper with its cleanup, as root if that is asked for, which
// needs a sudo that asks nothing where the test binary is not root's.
func keep(asRoot bool, cleanup string) (*keeper, error) {
	words := []string{"sh"}
	if asRoot && os.Geteuid() != 0 {
		words = []string{"sudo", "-n", "sh"}
	}
	in, commands, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("make a pipe: %w", err)
	}
	answers, out, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("make a pipe: %w", err)
	}
	defer func() { _, _ = in.Close(), out.Close() }()
	k := &keeper{shell: exec.Command(words[0], words[1:]...), commands: commands, answers: answers, lines: bufio.NewReader(answers)}
	// Not the test binary's own output, for which go test waits until nobody holds it any more.
	k.shell.Stdin, k.shell.Stdout, k.shell.Stderr = in, out, out
	ownSession(k.shell)
	if err := k.shell.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", words[0], err)
	}
	// Nobody reads any more what the cleanup prints, and a write to that pipe would end it.
	return k, k.do("trap exit HUP INT TERM\ntrap " + quote("exec >/dev/null 2>&1\n"+cleanup) + " EXIT")
}

// done ends the answer to a command, before its exit code.
const done = "--done--"

// do runs a piece of shell in the keeper and waits for it. The error holds what
// it printed.
func (k *keeper) do(script string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := k.answers.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return fmt.Errorf("talk to the keeper: %w", err)
	}
	if _, err := fmt.Fprintf(k.commands, "{ %s\n} </dev/null 2>&1; echo %s $?\n", script, done); err != nil {
		return fmt.Errorf("talk to the keeper: %w", err)
	}
	var said strings.Builder
	for {
		line, err := k.lines.ReadString('\n')
		if err != nil {
			return fmt.Errorf("the keeper does not answer: %w: %s", err, said.String())
		}
		before, code, ended := strings.Cut(line, done+" ")
		said.WriteString(before)
		if !ended {
			continue
		}
		if code != "0\n" {
			return fmt.Errorf("exit status %s: %s", strings.TrimSpace(code), strings.TrimSpace(said.String()))
		}
		return nil
	}
}

// close lets the keeper clean up, and waits until it has.
func (k *keeper) close() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	_ = k.commands.Close()
	defer func() { _ = k.answers.Close() }()
	if err := k.shell.Wait(); err != nil {
		return fmt.Errorf("clean up: %w", err)
	}
	return nil
}

// quote makes one word for the shell of any text.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// quoted is a command line for the shell.
func quoted(words ...string) string {
	out := make([]string, len(words))
	for i, word := range words {
		out[i] = quote(word)
	}
	return strings.Join(out, " ")
}

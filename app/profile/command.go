package profile

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/factordesk/factordesk/app"
)

// commandLimit is how long a command for a password may take. It may have to ask
// its own person something first.
const commandLimit = 30 * time.Second

// maxPrinted is the longest password, in bytes, that a command may print.
const maxPrinted = 4096

// Printed returns the password that the command of a connection prints: its first
// line. Within the expiry it is the one from before. fresh says whether the
// command was run. No shell has a part in it; what it prints is in no error and in
// no log, and what it says beside is dropped. It fails with NotFound, Unreachable
// or Invalid.
func (p *Passwords) Printed(ctx context.Context, c Connection) (password app.Secret, fresh bool, err error) {
	words, err := app.SplitCommand(c.Passwords.Command)
	if err != nil {
		return app.Secret{}, false, err
	}
	name := hashed(c.Place()) + hashed(c.Passwords.Command)
	p.mu.Lock()
	had, ok := p.printed[name]
	p.mu.Unlock()
	if ok && p.now().Before(had.until) {
		return had.password, false, nil
	}
	if password, err = p.run(ctx, words); err != nil {
		return app.Secret{}, false, err
	}
	if expiry := c.Passwords.Expiry(); expiry > 0 {
		p.mu.Lock()
		p.printed[name] = printed{password, p.now().Add(expiry)}
		p.mu.Unlock()
	}
	return password, true, nil
}

// Expire drops what the command of a connection has printed: it was refused.
func (p *Passwords) Expire(c Connection) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.printed, hashed(c.Place())+hashed(c.Passwords.Command))
}

func (p *Passwords) run(ctx context.Context, words []string) (app.Secret, error) {
	ctx, cancel := context.WithTimeout(ctx, p.limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	cmd.WaitDelay = time.Second // a child of it may hold its output open
	var out capped
	cmd.Stdout = &out
	err := cmd.Run()
	defer clear(out.text.Bytes())
	if err := p.whyNot(ctx, filepath.Base(words[0]), err); err != nil {
		return app.Secret{}, err
	}
	line, _, _ := strings.Cut(out.text.String(), "\n")
	line = strings.TrimSuffix(line, "\r")
	switch {
	case out.over || len(line) > maxPrinted:
		return app.Secret{}, app.Errorf(app.Invalid, "The command for the password prints more than a password.").
			WithHint("It must print the password in the first line, and little else.")
	case line == "":
		return app.Secret{}, app.Errorf(app.Invalid, "The command for the password printed nothing.").
			WithHint("It must print the password in the first line.")
	}
	return app.NewSecret(line), nil
}

// whyNot says why a command brought nothing, by its program's name alone: its
// arguments may be nobody's business.
func (p *Passwords) whyNot(ctx context.Context, program string, err error) error {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return app.Errorf(app.Unreachable, "The command for the password, %s, gave no answer within %s.", program, spell(p.limit)).
			WithHint("Run it by hand to see what it waits for.")
	case ctx.Err() != nil:
		return app.Errorf(app.Canceled, "Stopped. Nothing was changed.").Because(ctx.Err())
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, fs.ErrNotExist):
		return app.Errorf(app.NotFound, "The program of the command for the password, %s, is not there.", program).
			WithHint("Give its full path. No shell looks for it.")
	case errors.As(err, &exit):
		return app.Errorf(app.Unreachable, "The command for the password, %s, ended with %s and gave no password.", program, exit.ProcessState).
			WithHint("Run it by hand to see what it says.")
	}
	return app.Errorf(app.Unreachable, "The command for the password, %s, cannot be run.", program).Because(err)
}

// capped keeps the beginning of what a program prints.
type capped struct {
	text bytes.Buffer
	over bool
}

// Write implements io.Writer.
func (c *capped) Write(p []byte) (int, error) {
	if room := 2*maxPrinted - c.text.Len(); len(p) > room {
		c.over = true
		c.text.Write(p[:room])
		return len(p), nil
	}
	return c.text.Write(p)
}

package tunnel

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"

	"golang.org/x/crypto/ssh"

	"github.com/factordesk/factordesk/app"
)

// MaxFile is how large a file may be that is read from a server, in bytes. An
// env.php has a few thousand.
const MaxFile = 1 << 20

// ReadFile reads a file of the server by running cat there. A path without a
// slash at its beginning, or with ~/, is below the account's home folder. It fails
// with NotFound, with Denied where the account may not read the file or not run
// commands, with Invalid for a folder and for what is larger than MaxFile, and
// else as DialContext does.
func (t *Tunnel) ReadFile(ctx context.Context, path string) ([]byte, error) {
	clean := strings.TrimPrefix(path, "~/")
	if clean == "" || strings.ContainsRune(clean, 0) {
		return nil, app.Errorf(app.Invalid, "The path of the file on the SSH server is not one.")
	}
	var out []byte
	err := t.use(ctx, func(l *link) (err error) {
		out, err = l.readFile(ctx, clean, path)
		return err
	})
	return out, err
}

func (l *link) readFile(ctx context.Context, path, shown string) ([]byte, error) {
	text, code, err := l.run(ctx, "cat -- "+quote(path))
	if err != nil {
		return nil, err
	}
	server := l.config.name()
	switch {
	case len(text) > MaxFile:
		return nil, app.Errorf(app.Invalid, "The file %s on %s is larger than %d KiB, so it is not read.", shown, server, MaxFile>>10)
	case code == 0:
		return text, nil
	}
	for _, ask := range []struct {
		command string
		good    int // the exit code with which the next question makes sense
		no      *app.Error
	}{
		{"true", 0, errNoCommands(l.config)},
		{"test -e " + quote(path), 0, app.Errorf(app.NotFound, "There is no file %s on %s, or %s may not look there.", shown, server, l.config.User).
			WithHint("Check the path as that server sees it.")},
		{"test -d " + quote(path), 1, app.Errorf(app.Invalid, "%s on %s is a folder, not a file.", shown, server)},
	} {
		_, code, err := l.run(ctx, ask.command)
		if err != nil {
			return nil, err
		}
		if code != ask.good {
			return nil, ask.no
		}
	}
	return nil, app.Errorf(app.Denied, "%s may not read the file %s.", l.config.who(), shown).
		WithHint("Use an account that may, or copy the file to this computer.")
}

// ran is what came of a command.
type ran struct {
	text []byte
	err  error
	gone bool // the connection is
}

// run runs a command on the server and returns what it printed, up to one byte
// more than MaxFile, and its exit code.
func (l *link) run(ctx context.Context, command string) ([]byte, int, error) {
	done, opened := make(chan ran, 1), make(chan *ssh.Session, 1)
	go func() { done <- l.ran(command, opened) }()
	var r ran
	select {
	case r = <-done:
	case <-ctx.Done():
		go func() { // the server may never let go of it; the end of the connection does
			select {
			case session := <-opened:
				_ = session.Close()
			case <-done:
			}
		}()
		return nil, 0, ended(ctx, l.config)
	}
	var exit *ssh.ExitError
	switch {
	case r.gone:
		l.close()
		return nil, 0, lost(l.config, r.err)
	case r.err == nil:
		return r.text, 0, nil
	case errors.As(r.err, &exit):
		return r.text, max(exit.ExitStatus(), 1), nil
	}
	return nil, 0, errNoCommands(l.config).Because(r.err)
}

// ran runs a command to its end. A server that says no without an exit code is
// asked whether it is there, since a lost connection looks the same.
func (l *link) ran(command string, opened chan<- *ssh.Session) ran {
	session, err := l.server().NewSession()
	var text []byte
	if err == nil {
		opened <- session
		text, err = output(session, command)
	}
	var exit *ssh.ExitError
	if err == nil || errors.As(err, &exit) {
		return ran{text: text, err: err}
	}
	_, _, gone := l.server().SendRequest("keepalive@openssh.com", true, nil)
	return ran{err: err, gone: gone != nil}
}

func errNoCommands(c Config) *app.Error {
	return app.Errorf(app.Denied, "%s may not run commands, so no file can be read there.", c.who()).
		WithHint("Copy the file to this computer, and choose it here.")
}

// output runs a command and reads at most one byte more than MaxFile of what it
// prints.
func output(session *ssh.Session, command string) ([]byte, error) {
	defer func() { _ = session.Close() }()
	stdout, err := session.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := session.Start(command); err != nil {
		return nil, err
	}
	var text bytes.Buffer
	if _, err := io.Copy(&text, io.LimitReader(stdout, MaxFile+1)); err != nil {
		return nil, err
	}
	if text.Len() > MaxFile {
		return text.Bytes(), nil
	}
	return text.Bytes(), session.Wait()
}

// quote makes one word of any text, for the shells that accounts have: those of
// the Bourne family, csh and fish. They agree on single quotes but for what a
// backslash (fish) and an exclamation mark (csh) mean inside, so those stand
// outside.
func quote(text string) string {
	var out strings.Builder
	out.WriteByte('\'')
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\'', '\\', '!':
			out.WriteString(`'\` + string(text[i]) + `'`)
		default:
			out.WriteByte(text[i])
		}
	}
	out.WriteByte('\'')
	return out.String()
}

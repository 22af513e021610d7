package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"

	"github.com/factordesk/factordesk/app"
)

// asker asks the person in front of the terminal.
type asker interface {
	// Secret asks without showing what is typed; errNoTerminal when there is
	// nobody to ask.
	Secret(ctx context.Context, prompt string) (app.Secret, error)

	// Line asks for one line.
	Line(ctx context.Context, prompt string) (string, error)

	// There reports whether there is somebody to ask.
	There() bool
}

var errNoTerminal = errors.New("no terminal")

// openTTY opens the terminal of this process, for reading and for writing.
// Standard input is not it: that may be a file of users or another program's
// words. Tests replace it.
var openTTY = openConsole

// terminal is the asker of the program.
type terminal struct {
	open func() (in, out *os.File, err error)
}

func (t *terminal) Secret(ctx context.Context, prompt string) (app.Secret, error) {
	text, err := t.ask(ctx, func(in, out *os.File) (string, error) {
		before, err := term.MakeRaw(int(in.Fd()))
		if err != nil {
			return "", err
		}
		fmt.Fprint(out, plain(prompt)) // now that nothing that is typed is shown
		text, err := hidden(in)
		_ = term.Restore(int(in.Fd()), before)
		fmt.Fprintln(out)
		return text, err
	})
	return app.NewSecret(text), err
}

// Keys, as a terminal sends them that leaves them all to the program.
const (
	keyCtrlC     = 0x03
	keyCtrlD     = 0x04
	keyBackspace = 0x08
	keyCtrlU     = 0x15
	keyDelete    = 0x7F
)

// hidden reads a line key by key, so that what was typed ahead stays for the
// next question. Unlike term.ReadPassword it ends at Ctrl-D, which is an empty
// read there and is asked for again.
func hidden(in io.Reader) (string, error) {
	var line []byte
	var key [1]byte
	for {
		if _, err := io.ReadFull(in, key[:]); err != nil {
			return "", err
		}
		switch key[0] {
		case '\r', '\n':
			return string(line), nil
		case keyCtrlC:
			return "", context.Canceled
		case keyCtrlD:
			if len(line) == 0 {
				return "", io.EOF
			}
		case keyBackspace, keyDelete:
			_, last := utf8.DecodeLastRune(line)
			line = line[:len(line)-last]
		case keyCtrlU:
			line = line[:0]
		default:
			line = append(line, key[0])
		}
	}
}

func (t *terminal) There() bool {
	in, out, err := t.open()
	if err != nil {
		return false
	}
	_ = in.Close()
	if out != in {
		_ = out.Close()
	}
	return true
}

func (t *terminal) Line(ctx context.Context, prompt string) (string, error) {
	return t.ask(ctx, func(in, out *os.File) (string, error) {
		fmt.Fprint(out, plain(prompt))
		line, err := bufio.NewReader(in).ReadString('\n')
		return strings.TrimSpace(line), err
	})
}

// ask opens the terminal and lets read prompt and read. When ctx ends before a line does,
// the terminal shows again what is typed; the reading goroutine ends with the
// process.
func (t *terminal) ask(ctx context.Context, read func(in, out *os.File) (string, error)) (string, error) {
	in, out, err := t.open()
	if err != nil {
		return "", errNoTerminal
	}
	before, err := term.GetState(int(in.Fd()))
	if err != nil {
		return "", errNoTerminal
	}
	type answer struct {
		text string
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		text, err := read(in, out)
		answers <- answer{text, err}
	}()
	select {
	case a := <-answers:
		_ = in.Close()
		if out != in {
			_ = out.Close()
		}
		if a.err != nil {
			return "", app.Errorf(app.Canceled, "Stopped. Nothing was changed.").Because(a.err)
		}
		return a.text, nil
	case <-ctx.Done():
		_ = term.Restore(int(in.Fd()), before)
		fmt.Fprintln(out)
		return "", app.Errorf(app.Canceled, "Stopped. Nothing was changed.").Because(ctx.Err())
	}
}

// secret takes a secret from a variable, or asks for it.
func (d *desk) secret(ctx context.Context, variable, what, prompt string) (app.Secret, error) {
	if s := d.getenv(variable); s != "" {
		return app.NewSecret(s), nil
	}
	s, err := d.asker.Secret(ctx, prompt)
	if errors.Is(err, errNoTerminal) {
		return app.Secret{}, app.Errorf(app.Invalid, "There is no terminal on which to ask for %s.", what).
			WithHint("Set %s.", variable)
	}
	return s, err
}

// password takes the operator's password from its variable, or as it was typed
// for this very command, or asks for it.
func (d *desk) password(ctx context.Context, prompt string) (app.Secret, error) {
	if !d.typed.Empty() {
		return d.typed, nil
	}
	p, err := d.secret(ctx, envPassword, "your password", prompt)
	if err == nil {
		d.typed = p
	}
	return p, err
}

// newPassword takes a password that is to be set from its variable, or asks
// for it twice.
func (d *desk) newPassword(ctx context.Context, whose string) (app.Secret, error) {
	p, err := d.secret(ctx, envNew, "the new password", "New password for "+whose+": ")
	if err != nil {
		return app.Secret{}, err
	}
	if err := app.CheckPassword(p); err != nil {
		return app.Secret{}, err
	}
	if d.getenv(envNew) != "" {
		return p, nil
	}
	again, err := d.asker.Secret(ctx, "The same password again: ")
	if err != nil {
		return app.Secret{}, err
	}
	if again.Reveal() != p.Reveal() {
		return app.Secret{}, app.Errorf(app.Invalid, "The two passwords are not the same.").WithHint("Nothing was changed.")
	}
	return p, nil
}

// mayAsk fails before anything is done when a command will ask for a yes and
// there is nobody to ask.
func (d *desk) mayAsk(yes bool) error {
	if yes || d.asker.There() {
		return nil
	}
	return app.Errorf(app.Invalid, "There is no terminal on which to ask for your OK.").
		WithHint("Say --yes if it is to be done without asking.")
}

// confirmed says what will happen and asks for an OK, which only y, yes or ok
// give.
func (d *desk) confirmed(ctx context.Context, yes bool, what string) error {
	if yes {
		return nil
	}
	answer, err := d.asker.Line(ctx, what+"\nOK? [y/N] ")
	if err != nil {
		return err
	}
	if agreed(answer) {
		return nil
	}
	return app.Errorf(app.Canceled, "Stopped. Nothing was changed.")
}

// agreed reports whether an answer is a yes.
func agreed(answer string) bool {
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes", "ok":
		return true
	}
	return false
}

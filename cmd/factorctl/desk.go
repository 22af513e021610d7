package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/connect"
	"github.com/factordesk/factordesk/app/profile"
	"github.com/factordesk/factordesk/app/seal"
)

// Environment variables. A flag of the same meaning overrides its variable.
const (
	envStore    = "FACTORDESK_STORE"
	envOperator = "FACTORDESK_OPERATOR"
	envPassword = "FACTORDESK_PASSWORD"
	envNew      = "FACTORDESK_NEW_PASSWORD"
	envCode     = "FACTORDESK_CODE"
	envRecovery = "FACTORDESK_RECOVERY_KEY"
	envOldKey   = "FACTORDESK_OLD_KEY"
	envEnvPHP   = "FACTORDESK_ENV_PHP"
	envDatabase = "FACTORDESK_DB_PASSWORD"
	envBackup   = "FACTORDESK_BACKUP_PASSPHRASE"
)

// What only tests set; nothing that a person can do to the program reaches it.
var (
	testCost seal.Cost        // of new passwords; zero is the real one
	testNow  func() time.Time // nil is the real clock
	testWork int              // of backups; zero is the real one
)

// desk is where a command runs: what it was told, where it asks and where it
// writes.
type desk struct {
	out, err io.Writer
	lookup   func(string) (string, bool) // the environment
	asker    asker
	dirs     profile.Dirs
	options  connect.Options

	store, as string // --store, --as
	json      bool   // --json
	shop      shopFlags

	typed app.Secret // the operator's password, once it was asked for in this command
	older app.Secret // an older crypt key, likewise
}

func newDesk(out, err io.Writer, lookup func(string) (string, bool)) *desk {
	d := &desk{out: out, err: err, lookup: lookup, asker: &terminal{open: openTTY}, dirs: profile.UserDirs()}
	d.options = connect.Options{Dirs: d.dirs, Cost: testCost, Work: testWork, Now: testNow}
	return d
}

// run executes a command line and returns its exit code.
func (d *desk) run(ctx context.Context, args []string) int {
	root := d.root()
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return exitDone
	}
	if ctx.Err() != nil && app.KindOf(err) == app.Internal {
		err = app.Errorf(app.Canceled, "Stopped.").Because(err)
	}
	if isUsage(err) {
		err = app.Errorf(app.Invalid, "%s.", strings.TrimSuffix(firstLine(err.Error()), ".")).
			WithHint("Run %q for help.", cmd.CommandPath()+" --help")
	}
	log, file := connect.Log(d.options)
	connect.LogCause(ctx, log, cmd.CommandPath(), err)
	_ = file.Close()
	d.say("%s", explain(err))
	if exitCode(err) == exitInternal {
		d.say("factorctl: the log is %s", d.dirs.LogFile())
	}
	return exitCode(err)
}

// isUsage reports whether an error is cobra's own about a command line: those
// of commands are app.Errors, or canceled contexts.
func isUsage(err error) bool {
	var usage usageError
	return errors.As(err, &usage) || strings.HasPrefix(err.Error(), "unknown command ") ||
		strings.HasPrefix(err.Error(), "required flag(s) ")
}

// usageError is an error in the flags or arguments.
type usageError struct{ error }

// say writes a message for the person to standard error.
func (d *desk) say(format string, args ...any) { fmt.Fprintf(d.err, format+"\n", args...) }

// tell writes a line of the answer to standard output, unless the answer is
// JSON, where it is a message.
func (d *desk) tell(format string, args ...any) {
	if d.json {
		d.say(format, args...)
		return
	}
	fmt.Fprintf(d.out, format+"\n", args...)
}

// deed is the work of a command for a signed-in operator.
type deed func(ctx context.Context, c *app.Console, args []string) error

// signedIn opens the store, signs the operator in and does the deed. Who must
// enroll first is led to that.
func (d *desk) signedIn(do deed) func(*cobra.Command, []string) error {
	return d.entered(func(ctx context.Context, c *app.Console, args []string) error {
		if o, _ := c.Operator(); o.MustEnroll {
			return app.Errorf(app.Denied, "Your own authenticator comes first.").WithHint("%s", enrollFirst(o.User.Username))
		}
		return do(ctx, c, args)
	})
}

// entered is signedIn for the commands with which somebody enrolls who must.
func (d *desk) entered(do deed) func(*cobra.Command, []string) error {
	return d.opened(func(ctx context.Context, c *app.Console, args []string) error {
		if err := d.enter(ctx, c); err != nil {
			return err
		}
		return do(ctx, c, args)
	})
}

// opened opens the store and does the deed; nobody is signed in.
func (d *desk) opened(do deed) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		o, err := d.reaching(d.target())
		if err != nil {
			return err
		}
		c, err := connect.Open(cmd.Context(), d.target(), o)
		if err != nil {
			return err
		}
		err = do(cmd.Context(), c, args)
		if closing := c.Close(); closing != nil && err == nil {
			log, file := connect.Log(d.options)
			connect.LogCause(cmd.Context(), log, cmd.CommandPath()+", closing", closing)
			_ = file.Close()
		}
		return err
	}
}

// target is the store that the command is for.
func (d *desk) target() string { return d.flagOr(d.store, envStore) }

// getenv returns a variable; one that is set to nothing is not set.
func (d *desk) getenv(variable string) string {
	value, _ := d.lookup(variable)
	return value
}

func (d *desk) flagOr(flag, variable string) string {
	if flag != "" {
		return flag
	}
	return d.getenv(variable)
}

// now is the time, for words like "locked until".
func (d *desk) now() time.Time {
	if d.options.Now != nil {
		return d.options.Now()
	}
	return time.Now()
}

// isTerminal reports whether something written goes to a person's eyes.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// columnsOf is how wide the terminal is that is written to; 0 where it is none, or
// does not say.
func columnsOf(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok {
		return 0
	}
	wide, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return wide
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/connect"
)

func signinCommand(d *desk) *cobra.Command {
	var breakGlass bool
	cmd := &cobra.Command{
		Use:   "signin",
		Short: "Sign in, for the commands that follow",
		Long: `Signs you in to the store and keeps the session for the commands that follow,
until it has not been used for ten minutes or you sign out. Within it no code is
asked for again, and your password only by commands that open secrets or change
something, each time.

It asks for your password (FACTORDESK_PASSWORD) and your own code
(FACTORDESK_CODE; set it to nothing if you have no authenticator).

If your own authenticator is lost, or cannot be read: --break-glass asks for the
recovery key of the store (FACTORDESK_RECOVERY_KEY) in place of the code; of a
Magento shop, for its crypt key, which is crypt/key of env.php and must be typed
or set for this, since whoever holds it rules the shop anyway. It is marked in the
audit and shown to every operator at the next sign-in, it lasts for this session,
and your own authenticator must be enrolled again first.

The session is a file that only you can read, in your runtime folder. The store
keeps only a hash of what is in it.

With --json: {"store","operator","break_glass","must_enroll"}.

Exit codes: 0 signed in, 1 refused or locked, 2 no terminal to ask on, or the
recovery key is mistyped, 5 the store cannot keep a session.`,
		Example: `  factorctl signin --as root
  factorctl signin --break-glass --as root`,
		Args: arguments(),
		RunE: d.opened(func(ctx context.Context, c *app.Console, _ []string) error {
			return d.signin(ctx, c, breakGlass)
		}),
	}
	cmd.Flags().BoolVar(&breakGlass, "break-glass", false, "use the recovery key, or a shop's crypt key, in place of your code")
	return cmd
}

// signin signs in and keeps the session.
func (d *desk) signin(ctx context.Context, c *app.Console, breakGlass bool) error {
	if err := c.Able(app.AbleChange); err != nil {
		return err // the store cannot keep a session
	}
	sign := d.signIn
	if breakGlass {
		sign = d.breakGlass
	}
	w, err := sign(ctx, c, true)
	if err != nil {
		return err
	}
	o := w.Operator
	err = d.keepSession(kept{Store: c.Store().ID, Operator: o.User.Username, Token: w.Token.Reveal()})
	if err != nil {
		// A session that no later command can use must not stay open.
		_ = c.SignOut(ctx)
		return err
	}
	if err := connect.SignedIn(c, d.options); err != nil {
		d.say("%s", explain(err)) // the sign-in itself is done
	}
	d.welcome(c, w)
	if o.MustEnroll {
		d.say("factorctl: your own authenticator comes first. %s", enrollFirst(o.User.Username))
	}
	if d.json {
		return d.print(signinJSON{
			Store: c.Store().Location, Operator: o.User.Username, BreakGlass: o.BreakGlass, MustEnroll: o.MustEnroll,
		})
	}
	d.tell("%s is signed in to %s, for %d idle minutes.",
		plain(full(o.User)), plain(c.Store().Name), int(app.SessionIdle.Minutes()))
	return nil
}

// breakGlass signs in with the recovery key, or a shop's crypt key, in place of
// the code.
func (d *desk) breakGlass(ctx context.Context, c *app.Console, keep bool) (app.Welcome, error) {
	username, err := d.operator(ctx, c)
	if err != nil {
		return app.Welcome{}, err
	}
	password, err := d.password(ctx, "Password of "+username+" in "+c.Store().Name+": ")
	if err != nil {
		return app.Welcome{}, err
	}
	key := lastKey(c)
	recovery, err := d.secret(ctx, envRecovery, "the "+key, strings.ToUpper(key[:1])+key[1:]+": ")
	if err != nil {
		return app.Welcome{}, err
	}
	if recovery.Empty() {
		return app.Welcome{}, app.Errorf(app.Invalid, "The %s is missing.", key).WithHint("Nothing was tried.")
	}
	return c.SignIn(ctx, app.Credentials{Username: username, Password: password, Recovery: recovery, Keep: keep})
}

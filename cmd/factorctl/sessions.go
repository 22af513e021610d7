package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/factordesk/factordesk/app"
)

func sessionsCommand(d *desk) *cobra.Command {
	return group("sessions", "Show who is signed in where, and end a user's sessions",
		`Looks after sessions: those of operators at the consoles of a store of your own or
your team's, and those that users have open in the admin of a Magento shop. The
session of factorctl itself ends with "factorctl signout".`,
		sessionsListCommand(d), sessionsEndCommand(d))
}

func sessionsEndCommand(d *desk) *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use:   "end USER",
		Short: "Sign a user out everywhere",
		Long: `Ends every session of an operator: what "signin" has kept, and the windows that are
open, which learn it within seconds. It takes an Administrator. Switching an
account off, taking a role with more permissions away, or removing the user ends
them as well.

In a shop it ends every session that a user has open in the admin, and takes back
the tokens for its API. Where the database account may not use a table of tokens,
it says so.

The user can sign in again, if nothing else forbids it. It asks for your password
(FACTORDESK_PASSWORD).

With --json: {"user","ended"}; ended is how many sessions were open.

Exit codes: 0 done, also if none was open, 1 refused, 2 the user or the
store has no sessions to end, 3 no such user.`,
		Example: `  factorctl sessions end hal --reason "laptop stolen"
  factorctl sessions end ann --store juniper`,
		Args:              arguments("USER"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: d.signedIn(func(ctx context.Context, c *app.Console, args []string) error {
			return d.endSessions(ctx, c, args[0], reason)
		}),
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why, in your `WORDS`, for the audit")
	return cmd
}

func (d *desk) endSessions(ctx context.Context, c *app.Console, username, reason string) error {
	ours := c.EndingSessions() == app.EditOperators
	if err := c.Able(app.AbleSessions); err != nil && !ours {
		return err
	}
	u, err := c.FindUser(ctx, username)
	if err == nil {
		err = c.CanEndSessions(u)
	}
	if err != nil {
		return err
	}
	deed := app.Deed{Action: app.DoEndSessions, Target: u.ID}
	g, err := d.grant(ctx, c, c.EndingSessions(), u, deed, "end the sessions of "+u.Username)
	if err != nil {
		return err
	}
	n, err := c.EndSessions(ctx, g, u.ID, reason)
	if err != nil {
		return err
	}
	if !ours {
		d.sayTokens(c)
	}
	if d.json {
		return d.print(endedJSON{User: u.Username, Ended: n})
	}
	did := "Ended " + app.Thousands(int64(n)) + " sessions of " + plain(full(u)) + "."
	switch n {
	case 0:
		did = plain(full(u)) + " had no session open."
	case 1:
		did = "Ended the session of " + plain(full(u)) + "."
	}
	if c.Able(app.AbleTokens) == nil {
		did += " Tokens for the API are taken back."
	}
	d.tell("%s", did)
	return nil
}

// sayTokens tells the operator which tokens an end of sessions leaves, if it
// leaves any.
func (d *desk) sayTokens(c *app.Console) {
	if err := c.Able(app.AbleTokens); err != nil {
		message, hint := app.Explain(err)
		d.say("Some tokens for the API may be left. %s\n%s", message, hint)
	}
}

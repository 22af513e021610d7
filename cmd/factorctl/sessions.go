package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/factordesk/factordesk/app"
)

func sessionsCommand(d *desk) *cobra.Command {
	return group("sessions", "End a user's sessions in a shop",
		`Looks after the sessions that users have open in the admin of a Magento shop. The
session of factorctl itself ends with "factorctl signout".`,
		sessionsEndCommand(d))
}

func sessionsEndCommand(d *desk) *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use:   "end USER",
		Short: "Sign a user out of the shop everywhere",
		Long: `Ends every session that a user has open in the shop's admin, and takes back the
tokens for its API. The user can sign in again, if nothing else forbids it. Where
the database account may not use a table of tokens, it says so. A local store
belongs to no application, and has no such sessions.

It asks for your password (FACTORDESK_PASSWORD).

With --json: {"user","ended"}; ended is how many sessions were open.

Exit codes: 0 done, also if none was open, 1 refused, 2 the store has no sessions
to end, 3 no such user.`,
		Example:           `  factorctl sessions end ann --store juniper --reason "laptop stolen"`,
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
	if err := c.Able(app.AbleSessions); err != nil {
		return err
	}
	u, err := c.FindUser(ctx, username)
	if err != nil {
		return err
	}
	deed := app.Deed{Action: app.DoEndSessions, Target: u.ID}
	g, err := d.grant(ctx, c, app.CanReset, u, deed, "end the sessions of "+u.Username)
	if err != nil {
		return err
	}
	n, err := c.EndSessions(ctx, g, u.ID, reason)
	if err != nil {
		return err
	}
	d.sayTokens(c)
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

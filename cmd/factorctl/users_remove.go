package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/factordesk/factordesk/app"
)

// removeOptions are the flags of "users remove".
type removeOptions struct {
	yes    bool
	reason string
}

func usersRemoveCommand(d *desk) *cobra.Command {
	var o removeOptions
	cmd := &cobra.Command{
		Use:   "remove USER",
		Short: "Remove a user with all factors",
		Long: `Removes a user with all factors. The audit keeps what was done. Removing an
operator needs an Administrator; nobody removes the last active one, nor the
account that is signed in.

It asks for your password (FACTORDESK_PASSWORD), then says what will happen and
asks for your OK; --yes skips that question, never the password.

With --json: {"user","removed"}.

Exit codes: 0 removed, 1 refused or stopped, 2 no terminal to ask on and no --yes,
3 no such user, 4 somebody else changed the user meanwhile.`,
		Example:           `  factorctl users remove ann --reason "left the company"`,
		Args:              arguments("USER"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := d.mayAsk(o.yes); err != nil {
				return err
			}
			return d.signedIn(func(ctx context.Context, c *app.Console, args []string) error {
				return d.removeUser(ctx, c, args[0], o)
			})(cmd, args)
		},
	}
	cmd.Flags().BoolVar(&o.yes, "yes", false, "do not ask for an OK")
	cmd.Flags().StringVar(&o.reason, "reason", "", "why, in your `WORDS`, for the audit")
	return cmd
}

func (d *desk) removeUser(ctx context.Context, c *app.Console, username string, o removeOptions) error {
	u, err := c.FindUser(ctx, username)
	if err != nil {
		return err
	}
	deed := app.Deed{Action: app.DoRemoveUser, Target: u.ID}
	g, err := d.grant(ctx, c, app.EditUsers, u, deed, "remove "+u.Username)
	if err != nil {
		return err
	}
	if g != nil {
		what := "Remove " + full(u) + " from " + c.Store().Name + ", with all factors.\n  This cannot be undone."
		if err := d.confirmed(ctx, o.yes, what); err != nil {
			return err
		}
	}
	if err := c.RemoveUser(ctx, g, u.ID, u.Version, o.reason); err != nil {
		return err
	}
	d.tell("Removed %s.", plain(full(u)))
	d.offerRotation(c, u)
	if d.json {
		return d.print(removedJSON{User: u.Username, Removed: true})
	}
	return nil
}

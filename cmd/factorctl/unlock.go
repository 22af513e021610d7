package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/factordesk/factordesk/app"
)

func unlockCommand(d *desk) *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use:   "unlock USER",
		Short: "Clear a lock-out after failed attempts",
		Long: `Clears the lock-out and the failed attempts of a user, who can try again at once.
It asks for your password (FACTORDESK_PASSWORD).

With --json, the user afterwards:
` + userHelp + `

Exit codes: 0 unlocked, 1 refused, 3 no such user, 4 somebody else changed the
user meanwhile.`,
		Example:           `  factorctl unlock ann --reason "called from the shop"`,
		Args:              arguments("USER"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: d.signedIn(func(ctx context.Context, c *app.Console, args []string) error {
			return d.unlock(ctx, c, args[0], reason)
		}),
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why, in your `WORDS`, for the audit")
	return cmd
}

func (d *desk) unlock(ctx context.Context, c *app.Console, username, reason string) error {
	u, err := c.FindUser(ctx, username)
	if err != nil {
		return err
	}
	deed := app.Deed{Action: app.DoUnlock, Target: u.ID}
	g, err := d.grant(ctx, c, app.CanUnlock, u, deed, "unlock "+u.Username)
	if err != nil {
		return err
	}
	was := u.Locked(d.now())
	if err := c.Unlock(ctx, g, app.UnlockRequest{User: u.ID, Version: u.Version, Reason: reason}); err != nil {
		return err
	}
	if u, err = c.User(ctx, u.ID); err != nil {
		return err
	}
	if d.json {
		return d.print(userToJSON(u, d.now()))
	}
	if was {
		d.tell("Unlocked %s.", plain(full(u)))
	} else {
		d.tell("Cleared the failed attempts of %s, who was not locked.", plain(full(u)))
	}
	return nil
}

package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/factordesk/factordesk/app"
)

func signoutCommand(d *desk) *cobra.Command {
	return &cobra.Command{
		Use:   "signout",
		Short: "End the session of signin",
		Long: `Ends the session that "factorctl signin" keeps, here and in the store. Where there
is none, it says so and is done.`,
		Example: `  factorctl signout`,
		Args:    arguments(),
		RunE: d.opened(func(ctx context.Context, c *app.Console, _ []string) error {
			return d.signout(ctx, c)
		}),
	}
}

func (d *desk) signout(ctx context.Context, c *app.Console) error {
	resumed, err := d.resume(ctx, c)
	if err != nil {
		return err
	}
	if !resumed {
		d.tell("Nobody was signed in to %s from here.", plain(c.Store().Name))
		return nil
	}
	o, _ := c.Operator()
	if err := c.SignOut(ctx); err != nil {
		return err
	}
	d.dropSession(c.Store().ID)
	d.tell("%s is signed out of %s.", plain(full(o.User)), plain(c.Store().Name))
	return nil
}

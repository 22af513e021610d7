package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/factordesk/factordesk/app"
)

func resyncCommand(d *desk) *cobra.Command {
	var p string
	var clear bool
	cmd := &cobra.Command{
		Use:   "resync USER [CODE CODE]",
		Short: "Follow a device whose clock or counter is off",
		Long: `Makes the store follow a hardware token whose clock has drifted, or that has counted
on, from two codes in a row: the second has just been read, the first was the one
before. Both are used up, and old codes never resync. A phone is better set right.
--clear stops to follow the device.

It asks for your password (FACTORDESK_PASSWORD). Magento has no place for this.

With --json: {"accepted","reason"}; reason is ok or wrong.

Exit codes: 0 done, 1 refused, 2 the store cannot keep it, 3 no such user or nothing
active.`,
		Example: `  factorctl resync ann 123456 654321
  factorctl resync ann --clear`,
		Args: func(cmd *cobra.Command, args []string) error {
			if clear {
				return arguments("USER")(cmd, args)
			}
			return arguments("USER", "CODE", "CODE")(cmd, args)
		},
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: d.signedIn(func(ctx context.Context, c *app.Console, args []string) error {
			r := app.DeviceResync{Provider: app.ProviderCode(p), Clear: clear}
			if !clear {
				r.First, r.Second = app.NewSecret(args[1]), app.NewSecret(args[2])
			}
			return d.resync(ctx, c, args[0], r)
		}),
	}
	providerFlag(cmd, &p)
	cmd.Flags().BoolVar(&clear, "clear", false, "stop to follow the device")
	return cmd
}

func (d *desk) resync(ctx context.Context, c *app.Console, username string, r app.DeviceResync) error {
	if _, err := c.Provider(r.Provider); err != nil {
		return err
	}
	if err := c.Able(app.AbleResync); err != nil {
		return err
	}
	u, err := c.FindUser(ctx, username)
	if err != nil {
		return err
	}
	r.User = u.ID
	deed := app.Deed{Action: app.DoResync, Target: u.ID, Provider: r.Provider}
	g, err := d.grant(ctx, c, app.CanReset, u, deed, "resync a device of "+u.Username)
	if err != nil {
		return err
	}
	a, err := c.Resync(ctx, g, r)
	if err != nil {
		return err
	}
	done := "The store follows the device of " + full(u) + " now."
	if r.Clear {
		done = "The store follows the device of " + full(u) + " no longer."
	}
	return d.showAttempt(a, done, func() error {
		return app.Errorf(app.Denied, "These are no two new codes in a row of that device.").
			WithHint("Wait for the next code, read that and the one after it. A clock that is off by more than an hour is set right instead.")
	})
}

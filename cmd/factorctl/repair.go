package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/factordesk/factordesk/app"
)

func repairCommand(d *desk) *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use:   "repair USER [PROVIDER]",
		Short: "Open an unreadable factor with an older key, and seal it anew",
		Long: `Opens a factor that no key of the shop opens any more, with an older crypt key, and
seals it with the shop's newest one, so that nobody has to enroll again. This helps
after a key was changed and a factor was left behind, or where a database was
copied from another shop. PROVIDER is google unless you say otherwise.

It asks for the older key (FACTORDESK_OLD_KEY; several: one a line), which is used
here and kept nowhere, and for your password (FACTORDESK_PASSWORD). Where the shop's
present key opens nothing at all, the older one opens the shop, too.

With --json: {"user","provider","repaired"}.

Exit codes: 0 repaired, 1 refused, 2 the store cannot do it, 3 no such user, or the
factor is not unreadable, 4 somebody else changed the user meanwhile, 6 the older
key does not open it either: reset the factor.`,
		Example:           `  factorctl repair ann --store juniper --reason "key rotation of June"`,
		Args:              arguments("USER", "[PROVIDER]"),
		ValidArgsFunction: d.completeProviders(1),
		RunE: d.signedIn(func(ctx context.Context, c *app.Console, args []string) error {
			return d.repair(ctx, c, args[0], providerArgument(args, 1), reason)
		}),
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why, in your `WORDS`, for the audit")
	return cmd
}

func (d *desk) repair(ctx context.Context, c *app.Console, username string, p app.ProviderCode, reason string) error {
	if _, err := c.Provider(p); err != nil {
		return err
	}
	if err := c.Able(app.AbleRepair); err != nil {
		return err
	}
	u, err := c.FindUser(ctx, username)
	if err != nil {
		return err
	}
	request := app.RepairRequest{User: u.ID, Version: u.Version, Provider: p, Reason: reason}
	deed := app.Deed{Action: app.DoRepair, Target: u.ID, Provider: p}
	g, err := d.grant(ctx, c, app.CanReset, u, deed, "repair "+providerName(c, p)+" of "+u.Username)
	if err != nil {
		return err
	}
	if g != nil {
		if request.Keys, err = d.olderKey(ctx); err != nil {
			return err
		}
	}
	if err := c.Repair(ctx, g, request); err != nil {
		return err
	}
	if d.json {
		return d.print(repairedJSON{User: u.Username, Provider: p, Repaired: true})
	}
	d.tell("%s of %s can be read again.", providerName(c, p), plain(full(u)))
	return nil
}

package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/factordesk/factordesk/app"
)

func confirmCommand(d *desk) *cobra.Command {
	var p string
	cmd := &cobra.Command{
		Use:   "confirm USER CODE",
		Short: "Take the first code of a pending factor, which makes it active",
		Long: `Takes the first code that the user's app shows after "factorctl enroll". If it is
right the factor is active; the code is consumed. A wrong one counts nothing.

It asks for your password (FACTORDESK_PASSWORD) where your sign-in has not just
opened the store's keys.

With --json: {"accepted","reason"}; reason is one of ok, wrong, replayed,
not-enrolled, pending.

Exit codes: 0 active, 1 the code is wrong, 3 no such user or provider, 4 somebody
else changed the user meanwhile.`,
		Example:           `  factorctl confirm ann 123456`,
		Args:              arguments("USER", "CODE"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: d.entered(func(ctx context.Context, c *app.Console, args []string) error {
			return d.confirm(ctx, c, args[0], app.ProviderCode(p), app.NewSecret(args[1]))
		}),
	}
	providerFlag(cmd, &p)
	return cmd
}

// providerFlag adds --provider for commands whose arguments end in codes.
func providerFlag(cmd *cobra.Command, p *string) {
	cmd.Flags().StringVar(p, "provider", string(app.Google), "the `PROVIDER` that the code is of")
	complete(cmd, "provider", func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return providerCompletions(), cobra.ShellCompDirectiveNoFileComp
	})
}

func (d *desk) confirm(ctx context.Context, c *app.Console, username string, p app.ProviderCode, code app.Secret) error {
	if _, err := c.Provider(p); err != nil {
		return err
	}
	u, a, err := d.firstCode(ctx, c, username, p, code)
	if err != nil {
		return err
	}
	return d.showAttempt(a, "The factor is active: "+providerName(c, p)+" of "+full(u)+".", func() error {
		return firstCodeRefused(a, u, providerName(c, p))
	})
}

// firstCode confirms the operator's own factor at a sign-in that leads to it,
// else anybody's.
func (d *desk) firstCode(
	ctx context.Context, c *app.Console, username string, p app.ProviderCode, code app.Secret,
) (app.User, app.Attempt, error) {
	if o, _ := c.Operator(); o.MustEnroll {
		if err := d.ownFirst(ctx, c, o.User, username); err != nil {
			return o.User, app.Attempt{}, err
		}
		a, err := c.ConfirmSelf(ctx, p, code)
		return o.User, a, err
	}
	u, err := c.FindUser(ctx, username)
	if err != nil {
		return u, app.Attempt{}, err
	}
	if permitted(c, app.CanEnroll, u) {
		if err := d.openKeys(ctx, c, "confirm "+u.Username); err != nil {
			return u, app.Attempt{}, err
		}
	}
	a, err := c.Confirm(ctx, u.ID, p, code)
	return u, a, err
}

// firstCodeRefused says why a first code was not taken, and what to do.
func firstCodeRefused(a app.Attempt, u app.User, provider string) error {
	switch a.Reason {
	case app.Wrong:
		return app.Errorf(app.Denied, "The code is wrong.").
			WithHint("Nothing is counted. Wait for the next code; if it stays so, compare the clocks of phone and computer, or enroll again.")
	case app.Replayed:
		return app.Errorf(app.Denied, "That code was used before.").WithHint("Wait for the next one.")
	case app.NoFactor:
		return app.Errorf(app.Denied, "%s has nothing to confirm: %s is not enrolled or already active.", full(u), provider).
			WithHint(`"factorctl users show %s" tells which.`, u.Username)
	}
	return codeRefused(a, u, provider)
}

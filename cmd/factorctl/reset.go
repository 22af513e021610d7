package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/factordesk/factordesk/app"
)

// resetOptions are the flags of "reset".
type resetOptions struct {
	all, yes bool
	reason   string
}

func resetCommand(d *desk) *cobra.Command {
	var o resetOptions
	cmd := &cobra.Command{
		Use:   "reset USER PROVIDER",
		Short: "Forget a factor of a user, who must enroll again",
		Long: `Forgets one factor of a user, or with --all every factor that is stored. Codes of
it stop working at once, and the user must enroll again at the next sign-in.

It asks for your password (FACTORDESK_PASSWORD), then says what will happen and
asks for your OK; --yes skips that question, never the password. Your own factor
is not reset at the desk: "factorctl signin --break-glass" is for that.

With --json: {"user","reset":[PROVIDER,…]}.

Exit codes: 0 reset, 1 refused or stopped, 2 no terminal to ask on and no --yes,
3 no such user, or nothing to reset, 4 somebody else changed the user meanwhile.`,
		Example: `  factorctl reset ann google --reason "new phone, identity checked by phone"
  factorctl reset ann --all --yes`,
		Args:              arguments("USER", "[PROVIDER]"),
		ValidArgsFunction: d.completeProviders(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.all == (len(args) == 2) {
				return usageError{errProviderOrAll}
			}
			if err := d.mayAsk(o.yes); err != nil {
				return err
			}
			return d.signedIn(func(ctx context.Context, c *app.Console, args []string) error {
				return d.reset(ctx, c, args, o)
			})(cmd, args)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&o.all, "all", false, "every factor of the user that is stored")
	f.BoolVar(&o.yes, "yes", false, "do not ask for an OK")
	f.StringVar(&o.reason, "reason", "", "why, in your `WORDS`, for the audit")
	return cmd
}

const errProviderOrAll = sentence("say PROVIDER, or --all, and not both")

// sentence is an error that never changes.
type sentence string

func (s sentence) Error() string { return string(s) }

func (d *desk) reset(ctx context.Context, c *app.Console, args []string, o resetOptions) error {
	u, err := c.FindUser(ctx, args[0])
	if err != nil {
		return err
	}
	if d.refusedAnyway(c, u) {
		return c.Reset(ctx, nil, app.ResetRequest{User: u.ID, Version: u.Version, Provider: providerArgument(args, 1), Reason: o.reason})
	}
	codes, err := whatToReset(c, u, args, o.all)
	if err != nil {
		return err
	}
	for i, code := range codes {
		deed := app.Deed{Action: app.DoReset, Target: u.ID, Provider: code}
		g, err := d.grant(ctx, c, app.CanReset, u, deed, "reset "+strings.Join(names(c, codes), " and ")+" of "+u.Username)
		if err != nil {
			return err
		}
		if i == 0 {
			if err := d.confirmed(ctx, o.yes, whatWillHappen(c, u, codes)); err != nil {
				return err
			}
		}
		if err := c.Reset(ctx, g, app.ResetRequest{User: u.ID, Version: u.Version, Provider: code, Reason: o.reason}); err != nil {
			return err
		}
		if u, err = c.User(ctx, u.ID); err != nil { // its version has grown
			return err
		}
		d.tell("Reset %s of %s.", providerName(c, code), plain(full(u)))
	}
	d.tell("%s must enroll again at the next sign-in.", plain(u.Short()))
	if d.json {
		return d.print(resetJSON{User: u.Username, Reset: codes})
	}
	return nil
}

// refusedAnyway reports whether no password would let the operator do it, so
// that none is asked for.
func (d *desk) refusedAnyway(c *app.Console, u app.User) bool {
	o, _ := c.Operator()
	return o.User.ID == u.ID || !permitted(c, app.CanReset, u)
}

// whatToReset lists the providers to reset: the one that is named, or all that
// have something stored.
func whatToReset(c *app.Console, u app.User, args []string, all bool) ([]app.ProviderCode, error) {
	if !all {
		code := app.ProviderCode(args[1])
		if _, err := c.Provider(code); err != nil {
			return nil, err
		}
		if u.Factor(code).Status == app.StatusNotEnrolled {
			return nil, app.Errorf(app.NotFound, "%s has no %s to reset.", full(u), providerName(c, code))
		}
		return []app.ProviderCode{code}, nil
	}
	var codes []app.ProviderCode
	for _, f := range u.Factors {
		codes = append(codes, f.Provider)
	}
	if len(codes) == 0 {
		return nil, app.Errorf(app.NotFound, "%s has nothing to reset.", full(u))
	}
	return codes, nil
}

// whatWillHappen is what a person says OK to.
func whatWillHappen(c *app.Console, u app.User, codes []app.ProviderCode) string {
	return "Reset " + strings.Join(names(c, codes), " and ") + " of " + full(u) + " in " + c.Store().Name + ".\n" +
		"  Codes of it stop working at once, and the secret cannot be brought back.\n" +
		"  " + u.Short() + " must enroll again at the next sign-in."
}

func names(c *app.Console, codes []app.ProviderCode) []string {
	all := make([]string, len(codes))
	for i, code := range codes {
		all[i] = providerName(c, code)
	}
	return all
}

package main

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/factordesk/factordesk/app"
)

// resetOptions are the flags of "reset".
type resetOptions struct {
	all, yes            bool
	endSessions, unlock bool
	reason              string
}

// request is what the options ask for besides the factor itself.
func (o resetOptions) request(u app.User, p app.ProviderCode) app.ResetRequest {
	return app.ResetRequest{
		User: u.ID, Version: u.Version, Provider: p, EndSessions: o.endSessions, Unlock: o.unlock, Reason: o.reason,
	}
}

func resetCommand(d *desk) *cobra.Command {
	var o resetOptions
	cmd := &cobra.Command{
		Use:   "reset USER PROVIDER",
		Short: "Forget a factor of a user, who must enroll again",
		Long: `Forgets one factor of a user, or with --all every factor that is stored. Codes of
it stop working at once, and the user must enroll again: at the next sign-in, or
with "factorctl enroll" where the user has no password for this desk.

--unlock clears the lock-out after failed attempts as well. In a Magento shop a
reset leaves whoever is signed in to the admin signed in: --end-sessions ends the
user's sessions and takes back the API tokens, in the same transaction.

It asks for your password (FACTORDESK_PASSWORD), then says what will happen and
asks for your OK; --yes skips that question, never the password. Your own factor
is not reset at the desk: "factorctl signin --break-glass" is for that.

With --json: {"user","reset":[PROVIDER,…]}.

Exit codes: 0 reset, 1 refused or stopped, 2 no terminal to ask on and no --yes,
3 no such user, or nothing to reset, 4 somebody else changed the user meanwhile.`,
		Example: `  factorctl reset ann google --reason "new phone, identity checked by phone"
  factorctl reset ann --all --yes
  factorctl --store juniper reset ann duo_security --end-sessions --unlock`,
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
	f.BoolVar(&o.endSessions, "end-sessions", false, "end the user's sessions in the shop, too")
	f.BoolVar(&o.unlock, "unlock", false, "clear the user's lock-out, too")
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
	if c.PermitsReset(u) != nil { // no password would let the operator do it, so none is asked for
		return c.Reset(ctx, nil, o.request(u, providerArgument(args, 1)))
	}
	codes, err := whatToReset(c, u, args, o.all)
	if err != nil {
		return err
	}
	if o.endSessions {
		if err := c.Able(app.AbleSessions); err != nil {
			return err
		}
	}
	for i, code := range codes {
		if !stored(u, code) {
			continue // it went with one that the store could not take apart
		}
		deed := app.Deed{Action: app.DoReset, Target: u.ID, Provider: code}
		g, err := d.grant(ctx, c, app.CanReset, u, deed, "reset "+strings.Join(names(c, codes), " and ")+" of "+u.Username)
		if err != nil {
			return err
		}
		if i == 0 {
			if err := d.confirmed(ctx, o.yes, whatWillHappen(c, u, codes, o)); err != nil {
				return err
			}
		}
		if err := c.Reset(ctx, g, o.request(u, code)); err != nil {
			return err
		}
		if o.endSessions {
			d.sayTokens(c)
		}
		o.endSessions, o.unlock = false, false      // once is enough
		if u, err = c.User(ctx, u.ID); err != nil { // its version has grown
			return err
		}
		d.tell("Reset %s of %s.", providerName(c, code), plain(full(u)))
	}
	d.tell("%s", plain(afterwards(c, u)))
	if d.json {
		return d.print(resetJSON{User: u.Username, Reset: codes})
	}
	return nil
}

// whatToReset lists the providers to reset: the one that is named, or all that
// have something stored.
func whatToReset(c *app.Console, u app.User, args []string, all bool) ([]app.ProviderCode, error) {
	if !all {
		code := app.ProviderCode(args[1])
		if _, err := c.Provider(code); err != nil {
			return nil, err
		}
		if !stored(u, code) {
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

// stored reports whether there is something to reset: a factor, or what a shop
// has left where none is enrolled.
func stored(u app.User, code app.ProviderCode) bool {
	return slices.ContainsFunc(u.Factors, func(f app.Factor) bool { return f.Provider == code })
}

// whatWillHappen is what a person says OK to.
func whatWillHappen(c *app.Console, u app.User, codes []app.ProviderCode, o resetOptions) string {
	words := "Reset " + strings.Join(names(c, codes), " and ") + " of " + full(u) + " in " + c.Store().Name + ".\n" +
		"  Codes of it stop working at once, and the secret cannot be brought back.\n"
	if slices.ContainsFunc(codes, func(code app.ProviderCode) bool { return u.Factor(code).Whole }) {
		words += "  The store cannot take it apart, so every factor of " + u.Short() + " is forgotten.\n"
	}
	if o.endSessions {
		rest := ", and API tokens end.\n"
		if c.Able(app.AbleTokens) != nil {
			rest = "; not every API token ends.\n"
		}
		words += "  " + u.Short() + " is signed out of the shop everywhere" + rest
	}
	if o.unlock {
		words += "  The lock-out after failed attempts is cleared.\n"
	}
	return words + "  " + afterwards(c, u)
}

// afterwards says how the person goes on. Who has no password for a store of
// our own never signs in to it.
func afterwards(c *app.Console, u app.User) string {
	who := u.Short()
	if c.Store().Kind != app.MagentoStore && !u.Operator {
		return who + " must enroll again. Without a password for this desk, " + who + " does so here: factorctl enroll " + u.Username
	}
	return who + " must enroll again at the next sign-in."
}

func names(c *app.Console, codes []app.ProviderCode) []string {
	all := make([]string, len(codes))
	for i, code := range codes {
		all[i] = providerName(c, code)
	}
	return all
}

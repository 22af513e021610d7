package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/factordesk/factordesk/app"
)

func auditVerifyCommand(d *desk) *cobra.Command {
	var accept bool
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Check that no event was changed, removed, reordered or inserted",
		Long: `Recomputes the whole chain of events, compares its end with the seal in the store
and with what this computer has seen before, and names the first event that does
not fit.

If your role works with secrets it asks for your password (FACTORDESK_PASSWORD),
because only a key holder can check the seal; without one it checks the rest and
says so.

--accept takes the history as it is now for what this computer has seen, for
example after a backup was restored on purpose. It asks for your password, and is an
event itself.

A key that came later than the first events proves only those from then on; the
answer says from which.

With --json: {"whole","events","first","last","broken_at","problem","unsealed",
"checked","seal_checked","proved_from"}; broken_at is 0 and problem empty when
whole. proved_from is 0 where the key proves all of it; without seal_checked
nothing is proved, and an end that was cut off goes unnoticed.

Exit codes: 0 whole, 1 refused, 6 broken.`,
		Example: `  factorctl audit verify`,
		Args:    arguments(),
		RunE: d.signedIn(func(ctx context.Context, c *app.Console, _ []string) error {
			if accept {
				g, err := d.grant(ctx, c, app.SeeActivity, app.User{}, app.Deed{Action: app.DoAcceptHistory}, "take the history as it is now")
				if err != nil {
					return err
				}
				if err := c.AcceptHistory(ctx, g); err != nil {
					return err
				}
				d.say("This computer takes the history as it is now.")
			}
			return d.verifyAudit(ctx, c)
		}),
	}
	cmd.Flags().BoolVar(&accept, "accept", false, "take the history as it is now for what this computer has seen")
	return cmd
}

func (d *desk) verifyAudit(ctx context.Context, c *app.Console) error {
	if err := d.keysForSeal(ctx, c); err != nil {
		return err
	}
	var progress func(done, total int64)
	if isTerminal(d.err) {
		progress = func(done, total int64) {
			fmt.Fprintf(d.err, "\r%s of %s events \x1b[K", app.Thousands(done), app.Thousands(total))
		}
	}
	r, err := c.VerifyAudit(ctx, progress)
	if progress != nil {
		fmt.Fprint(d.err, "\r\x1b[K")
	}
	if err != nil {
		return err
	}
	if d.json {
		err := d.print(auditJSON{
			Whole: r.Whole, Events: r.Events, First: rfc3339(r.First), Last: rfc3339(r.Last),
			BrokenAt: r.BrokenAt, Problem: r.Problem, Unsealed: r.Unsealed, Checked: rfc3339(r.Checked),
			SealChecked: r.HeadChecked, ProvedFrom: r.ProvedFrom,
		})
		if err != nil {
			return err
		}
	}
	if !r.Whole {
		return app.Errorf(app.Unreadable, "%s", r.Problem)
	}
	d.tell("All %s events are whole, from %s to %s.", app.Thousands(r.Events), clock(r.First), clock(r.Last))
	if proof := r.Proof(); proof != "" {
		d.tell("%s", wrapped(proof, "", ""))
	}
	return nil
}

// keysForSeal opens the keys if the operator has any and can be asked.
func (d *desk) keysForSeal(ctx context.Context, c *app.Console) error {
	o, _ := c.Operator()
	if !o.User.Role.OpensSecrets() || !o.User.Role.Has(app.SeeActivity) {
		return nil
	}
	if d.typed.Empty() && d.getenv(envPassword) == "" && !d.asker.There() {
		d.say("factorctl: the seal is not checked, because that needs your password. Set %s.", envPassword)
		return nil
	}
	return d.openKeys(ctx, c, "check the seal")
}

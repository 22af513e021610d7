package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/factordesk/factordesk/app"
)

func verifyCommand(d *desk) *cobra.Command {
	var p string
	var test bool
	cmd := &cobra.Command{
		Use:   "verify USER CODE",
		Short: "Check a code as a sign-in does",
		Long: `Checks a code of a user as a sign-in does: the code is consumed, and wrong ones
count and lock. --test only says whether the code would be accepted now: it is
not consumed, and a wrong one does not count.

It asks for your password (FACTORDESK_PASSWORD) where your sign-in has not just
opened the store's keys.

With --json: {"accepted","reason"}; reason is one of ok, wrong, replayed, locked,
not-enrolled, pending, inactive.

Exit codes: 0 accepted, 1 refused, 3 no such user, 6 the factor cannot be read.`,
		Example: `  factorctl verify ann 123456
  factorctl verify ann 123456 --json`,
		Args:              arguments("USER", "CODE"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: d.signedIn(func(ctx context.Context, c *app.Console, args []string) error {
			return d.verify(ctx, c, args[0], app.ProviderCode(p), app.NewSecret(args[1]), test)
		}),
	}
	providerFlag(cmd, &p)
	cmd.Flags().BoolVar(&test, "test", false, "consume and count nothing")
	return cmd
}

func (d *desk) verify(
	ctx context.Context, c *app.Console, username string, p app.ProviderCode, code app.Secret, test bool,
) error {
	if _, err := c.Provider(p); err != nil {
		return err
	}
	u, err := c.FindUser(ctx, username)
	if err != nil {
		return err
	}
	if permitted(c, app.CanVerify, u) {
		if err := d.openKeys(ctx, c, "verify a code of "+u.Username); err != nil {
			return err
		}
	}
	check := c.Verify
	if test {
		check = c.TestCode
	}
	a, err := check(ctx, u.ID, p, code)
	if err != nil {
		return err
	}
	return d.showAttempt(a, "Accepted: "+inStep(a.Step)+".", func() error {
		if test && a.Reason == app.Wrong {
			return app.Errorf(app.Denied, "The code is wrong.").WithHint("Nothing is counted.")
		}
		return codeRefused(a, u, providerName(c, p))
	})
}

// inStep says how far the phone's clock is off.
func inStep(step int64) string {
	switch {
	case step == 0:
		return "the code is in step"
	case step < 0:
		return "the code is of an earlier step (" + fmt.Sprint(step) + ")"
	}
	return fmt.Sprintf("the code is of a later step (+%d)", step)
}

// showAttempt prints how an attempt ended. A refused one is an error as well,
// for the message and the exit code.
func (d *desk) showAttempt(a app.Attempt, accepted string, refused func() error) error {
	if d.json {
		if err := d.print(attemptJSON{Accepted: a.Accepted(), Reason: a.Reason}); err != nil {
			return err
		}
	}
	if !a.Accepted() {
		return refused()
	}
	d.tell("%s", plain(accepted))
	return nil
}

// codeRefused says why a code was refused, and what to do.
func codeRefused(a app.Attempt, u app.User, provider string) error {
	switch {
	case a.Reason == app.LockedOut:
		return app.Errorf(app.Locked, "%s is locked until %s.", full(u), app.ClockWithUTC(a.LockedUntil)).
			WithHint(`"factorctl unlock %s" ends it.`, u.Username)
	case a.Reason == app.NoFactor:
		return app.Errorf(app.Denied, "%s has no %s.", full(u), provider).WithHint(`"factorctl enroll %s" makes one.`, u.Username)
	case a.Reason == app.IsPending:
		return app.Errorf(app.Denied, "%s of %s is pending: its first code was never right.", provider, full(u)).
			WithHint(`"factorctl confirm %s CODE" takes it.`, u.Username)
	case a.Reason == app.SwitchedOff:
		return app.Errorf(app.Denied, "The account of %s is inactive, so no code is accepted.", full(u)).
			WithHint(`"factorctl users set %s --active" switches it on.`, u.Username)
	case a.Reason == app.Replayed:
		return app.Errorf(app.Denied, "The code was used before.").WithHint("Wait for the next one.")
	case !a.LockedUntil.IsZero():
		return app.Errorf(app.Locked, "The code is wrong, and %s is now locked until %s.", full(u), app.ClockWithUTC(a.LockedUntil)).
			WithHint(`"factorctl unlock %s" ends it.`, u.Username)
	}
	left := fmt.Sprintf("%d attempts are left.", a.Left)
	if a.Left == 1 {
		left = "1 attempt is left."
	}
	return app.Errorf(app.Denied, "The code is wrong.").WithHint("%s", left)
}

package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/factordesk/factordesk/app"
)

func usersShowCommand(d *desk) *cobra.Command {
	return &cobra.Command{
		Use:   "show USER",
		Short: "Show one user with all factors",
		Long: `Shows one user with all factors. Times are UTC.

With --json:
` + userHelp,
		Example:           `  factorctl users show ann`,
		Args:              arguments("USER"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: d.signedIn(func(ctx context.Context, c *app.Console, args []string) error {
			u, err := c.FindUser(ctx, args[0])
			if err != nil {
				return err
			}
			return d.showUser(c, u)
		}),
	}
}

// showUser prints a user in its stable form or in lines for people.
func (d *desk) showUser(c *app.Console, u app.User) error {
	if d.json {
		return d.print(userToJSON(u, d.now()))
	}
	role := u.Role.Name
	if role == "" {
		role = "none"
	}
	operator := "no"
	if u.Operator {
		operator = "yes, has a password"
	}
	var b strings.Builder
	line := func(label, value string) {
		b.WriteString(label + strings.Repeat(" ", 14-len(label)) + strings.ReplaceAll(plain(value), "\n", "\uFFFD") + "\n")
	}
	line("Username", u.Username)
	line("Name", strings.TrimSpace(u.FirstName+" "+u.LastName))
	line("Email", u.Email)
	line("Role", role)
	line("Operator", operator)
	line("State", d.state(u))
	line("Last sign-in", clock(u.LastSignIn))
	if u.Sessions > 0 {
		line("Sessions", app.Thousands(int64(u.Sessions))+" open in the shop")
	}
	if len(u.Factors) == 0 {
		line("2FA", "not enrolled")
	}
	for _, f := range u.Factors {
		words := providerName(c, f.Provider) + ": " + string(f.Status)
		// What a shop does not keep is not known, which is not the same as never.
		if !f.Since.IsZero() {
			words += " since " + clock(f.Since)
		}
		if !f.LastUsed.IsZero() || c.Store().Kind != app.MagentoStore && f.Status == app.StatusActive {
			words += ", last used " + clock(f.LastUsed)
		}
		if f.EnrolledBy != "" {
			words += ", enrolled by " + f.EnrolledBy
		}
		if f.Note != "" {
			words += ". " + f.Note
		}
		line("2FA", words)
	}
	switch {
	case u.MustEnroll && u.Barred:
		line("", "Must enroll, but cannot: the role "+u.Role.Name+" lacks Two Factor Auth in the shop.")
	case u.MustEnroll:
		line("", "Must enroll at the next sign-in.")
	}
	d.tell("%s", strings.TrimSuffix(b.String(), "\n"))
	return nil
}

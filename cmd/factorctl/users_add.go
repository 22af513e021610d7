package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/factordesk/factordesk/app"
)

// addOptions are the flags of "users add".
type addOptions struct {
	email, name, role string
	active, password  bool
}

func usersAddCommand(d *desk) *cobra.Command {
	var o addOptions
	cmd := &cobra.Command{
		Use:   "add USER --email ADDRESS",
		Short: "Add a user",
		Long: `Adds a user. It asks for your password (FACTORDESK_PASSWORD), because it changes
who is in the store.

A user with a password is an operator, who can sign in here and do what the role
permits: --password asks for it twice, or FACTORDESK_NEW_PASSWORD has it. Only an
Administrator makes operators.

With --json, the new user:
` + userHelp + `

Exit codes: 0 added, 1 refused, 2 the input cannot be used, 3 no such role,
4 the username is taken.`,
		Example: `  factorctl users add ann --email ann@example.com --name "Ann Bauer"
  factorctl users add hal --email hal@example.com --role "Help desk" --password`,
		Args:              arguments("USER"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: d.signedIn(func(ctx context.Context, c *app.Console, args []string) error {
			return d.addUser(ctx, c, args[0], o)
		}),
	}
	f := cmd.Flags()
	f.StringVar(&o.email, "email", "", "email `ADDRESS` (required)")
	f.StringVar(&o.name, "name", "", `full name, as "First Last"`)
	f.StringVar(&o.role, "role", "", "`ROLE`, by its name: Administrators, \"Help desk\", Auditor or one of your own; default: none")
	f.BoolVar(&o.active, "active", true, "whether the account is on")
	f.BoolVar(&o.password, "password", false, "make an operator: ask for a password for the user")
	return cmd
}

func (d *desk) addUser(ctx context.Context, c *app.Console, username string, o addOptions) error {
	n := app.NewUser{Username: username, Email: o.email, Active: o.active}
	n.FirstName, n.LastName = splitName(o.name)
	for _, err := range []error{app.CheckUsername(username), app.CheckEmail(o.email)} {
		if err != nil {
			return err
		}
	}
	var err error
	if n.Role, err = roleNamed(ctx, c, o.role); err != nil {
		return err
	}
	if o.password || d.getenv(envNew) != "" {
		if n.Password, err = d.newPassword(ctx, username); err != nil {
			return err
		}
	}
	g, err := d.grant(ctx, c, app.EditUsers, app.User{}, app.Deed{Action: app.DoAddUser}, "add "+username)
	if err != nil {
		return err
	}
	u, err := c.AddUser(ctx, g, n)
	if err != nil {
		return err
	}
	if d.json {
		return d.print(userToJSON(u, d.now()))
	}
	d.tell("Added %s.", plain(full(u)))
	return nil
}

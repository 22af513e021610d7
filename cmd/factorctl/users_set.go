package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/factordesk/factordesk/app"
)

// setOptions are the flags of "users set"; nil is what was not given.
type setOptions struct {
	username, email, name, role *string
	active                      *bool
	password                    bool
}

func usersSetCommand(d *desk) *cobra.Command {
	var username, email, name, role string
	var active bool
	var o setOptions
	cmd := &cobra.Command{
		Use:   "set USER",
		Short: "Change a user",
		Long: `Changes what the flags name and leaves the rest. It asks for your password
(FACTORDESK_PASSWORD). Changing an operator, or a role that permits something,
needs an Administrator. Nobody switches off, demotes or renames away the last
active Administrator.

--password gives the user a new password, which it asks for twice, or takes from
FACTORDESK_NEW_PASSWORD. Your own needs no Administrator.

With --json, the user as saved:
` + userHelp + `

Exit codes: 0 saved, 1 refused, 2 the input cannot be used, 3 no such user or
role, 4 somebody else changed the user meanwhile, or the username is taken.`,
		Example: `  factorctl users set ann --email ann.bauer@example.com
  factorctl users set ann --active=false
  factorctl users set hal --role "" `,
		Args:              arguments("USER"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			given := func(flag string, value *string) *string {
				if cmd.Flags().Changed(flag) {
					return value
				}
				return nil
			}
			o.username, o.email = given("username", &username), given("email", &email)
			o.name, o.role = given("name", &name), given("role", &role)
			if cmd.Flags().Changed("active") {
				o.active = &active
			}
			return d.signedIn(func(ctx context.Context, c *app.Console, args []string) error {
				return d.setUser(ctx, c, args[0], o)
			})(cmd, args)
		},
	}
	f := cmd.Flags()
	f.StringVar(&username, "username", "", "new `USERNAME`")
	f.StringVar(&email, "email", "", "new email `ADDRESS`")
	f.StringVar(&name, "name", "", `new full name, as "First Last"`)
	f.StringVar(&role, "role", "", "new `ROLE`, by its name; empty for none")
	f.BoolVar(&active, "active", true, "whether the account is on")
	f.BoolVar(&o.password, "password", false, "ask for a new password for the user")
	return cmd
}

func (d *desk) setUser(ctx context.Context, c *app.Console, username string, o setOptions) error {
	u, err := c.FindUser(ctx, username)
	if err != nil {
		return err
	}
	fields := o.username != nil || o.email != nil || o.name != nil || o.role != nil || o.active != nil
	if !fields && !o.password {
		return app.Errorf(app.Invalid, "It is not said what to change.").
			WithHint("Give one of --username, --email, --name, --role, --active and --password.")
	}
	was := u
	var password app.Secret
	if o.password {
		if password, err = d.newPassword(ctx, u.Username); err != nil {
			return err
		}
	}
	if fields {
		if u, err = d.saveUser(ctx, c, u, o); err != nil {
			return err
		}
	}
	if o.password {
		if err := d.setPassword(ctx, c, u, password); err != nil {
			return err
		}
	}
	if u, err = c.User(ctx, u.ID); err != nil {
		return err
	}
	if !app.OpensSecrets(u) {
		d.offerRotation(c, was)
	}
	if d.json {
		return d.print(userToJSON(u, d.now()))
	}
	d.tell("Saved %s.", plain(full(u)))
	return nil
}

// saveUser changes the fields that the flags name, of the user as it was read.
func (d *desk) saveUser(ctx context.Context, c *app.Console, u app.User, o setOptions) (app.User, error) {
	ch := app.UserChange{
		ID: u.ID, Version: u.Version, Username: u.Username, Email: u.Email,
		FirstName: u.FirstName, LastName: u.LastName, Role: u.Role.ID, Active: u.Active,
	}
	if o.username != nil {
		ch.Username = *o.username
	}
	if o.email != nil {
		ch.Email = *o.email
	}
	if o.name != nil {
		ch.FirstName, ch.LastName = splitName(*o.name)
	}
	if o.active != nil {
		ch.Active = *o.active
	}
	if o.role != nil {
		role, err := roleNamed(ctx, c, *o.role)
		if err != nil {
			return u, err
		}
		ch.Role = role
	}
	deed := app.Deed{Action: app.DoSaveUser, Target: u.ID}
	g, err := d.grant(ctx, c, app.EditUsers, u, deed, "save "+u.Username)
	if err != nil {
		return u, err
	}
	return c.SaveUser(ctx, g, ch)
}

func (d *desk) setPassword(ctx context.Context, c *app.Console, u app.User, password app.Secret) error {
	deed := app.Deed{Action: app.DoSetPassword, Target: u.ID}
	own, _ := c.Operator()
	if own.User.ID != u.ID && c.Permits(app.EditOperators) != nil {
		return c.SetPassword(ctx, nil, u.ID, password) // refuses, and writes it down
	}
	verify, err := d.password(ctx, "Your password, to set the password of "+u.Username+": ")
	if err != nil {
		return err
	}
	g, err := c.Reverify(ctx, verify, deed)
	if err != nil {
		return err
	}
	return c.SetPassword(ctx, g, u.ID, password)
}

package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/connect"
)

func initCommand(d *desk) *cobra.Command {
	var n connect.NewStore
	var name string
	var grants bool
	cmd := &cobra.Command{
		Use:   "init --username NAME --email ADDRESS",
		Short: "Make a store with its first administrator",
		Long: `Makes a local store: one file that only you can read, at the path that --store
names, or at the default place: desk.db in the folder factordesk of your data
folder (~/.local/share, or XDG_DATA_HOME). A file that exists is left alone.

With --store postgres://user@host:port/database it makes a team's store in that
database, which must be empty. The account owns the store then; --print-grants
prints the SQL that gives the accounts of desks and auditors their rights, and
makes nothing.

It asks twice for the password of the first administrator, or takes it from
FACTORDESK_NEW_PASSWORD: at least 10 characters.

It prints the recovery key, once. Whoever has that key and an operator's
password gets in without an authenticator, so print it, and keep it away from
this computer. Nothing else opens a store whose passwords are all forgotten or
whose administrators have all lost their phones.

With --json: {"store","operator","recovery_key"}.

Exit codes: 0 made, 2 the input cannot be used, 4 there is a store already, 5 it
cannot be written.`,
		Example: `  factorctl init --username root --email root@example.com --name "Rita Oot"
  factorctl --store /srv/desk/shop.db init --username root --email root@example.com
  factorctl --store postgres://owner@db/desk init --username ann --email a@x.example
  factorctl init --print-grants | psql -d desk`,
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if grants {
				_, err := io.WriteString(d.out, connect.Grants())
				return err
			}
			n.Target = d.target()
			n.First.FirstName, n.First.LastName = splitName(name)
			return d.create(cmd.Context(), n)
		},
	}
	f := cmd.Flags()
	f.StringVar(&n.First.Username, "username", "", "`NAME` to sign in with (required)")
	f.StringVar(&n.First.Email, "email", "", "email `ADDRESS` (required)")
	f.StringVar(&name, "name", "", `full name, as "First Last"`)
	f.StringVar(&n.Name, "store-name", "", "`NAME` of the store, which authenticator apps show; default: "+connect.DefaultName+
		", for a team "+connect.DefaultTeam)
	f.BoolVar(&grants, "print-grants", false, "print the rights of the database accounts of a team's store, as SQL, and make nothing")
	return cmd
}

// create makes the store and shows the recovery key.
func (d *desk) create(ctx context.Context, n connect.NewStore) error {
	for _, err := range []error{app.CheckUsername(n.First.Username), app.CheckEmail(n.First.Email)} {
		if err != nil {
			return err
		}
	}
	if n.Name != "" {
		if err := app.CheckStoreName(n.Name); err != nil {
			return err
		}
	}
	o, err := d.reaching(d.target())
	if err != nil {
		return err
	}
	if _, err := connect.NewPath(n.Target, o); err != nil {
		return err // before anybody thinks of a password
	}
	password, err := d.newPassword(ctx, n.First.Username)
	if err != nil {
		return err
	}
	n.First.Password = password
	c, recovery, err := connect.Create(ctx, n, o)
	if err != nil {
		return err
	}
	store := c.Store().Location
	if err := d.showRecovery(store, n.First.Username, recovery); err != nil {
		return err
	}
	return c.Close()
}

func (d *desk) showRecovery(store, operator string, recovery app.Secret) error {
	if d.json {
		return d.print(storeJSON{Store: store, Operator: operator, RecoveryKey: recovery.Reveal()})
	}
	d.tell("The store is at %s.", plain(store))
	d.tell("Its first administrator is %s.\n", plain(operator))
	d.tell("Recovery key, shown this once and kept nowhere:\n\n    %s\n", recovery.Reveal())
	d.tell("Print it or write it down, and keep it away from this computer. With it and a")
	d.tell(`password an operator whose authenticator is lost gets in: "factorctl signin`)
	d.tell(`--break-glass". Who finds it still needs the password.`)
	return nil
}

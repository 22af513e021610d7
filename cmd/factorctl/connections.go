package main

import (
	"github.com/spf13/cobra"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/profile"
)

func connectionsCommand(d *desk) *cobra.Command {
	return group("connections", "Save how stores are reached, and test it",
		`Looks after the list of stores on this computer, which --store takes the names of.
The list holds no password and no key: those come out of env.php each time, or are
asked for.`,
		connectionsListCommand(d), connectionsAddCommand(d), connectionsTestCommand(d), connectionsRemoveCommand(d))
}

func connectionsListCommand(d *desk) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the saved stores, the one used last first",
		Long: `Lists the saved stores, the one used last first.

With --json, one a line: {"name","kind","tag","location","operator","opened",
"read_only"}.

Exit codes: 0 listed, 6 the list cannot be read.`,
		Example: `  factorctl connections list --json | jq -r .name`,
		Args:    arguments(),
		RunE: func(*cobra.Command, []string) error {
			all, err := d.dirs.Connections()
			if err != nil {
				return err
			}
			return d.listConnections(all)
		},
	}
}

func (d *desk) listConnections(all []profile.Connection) error {
	var rows [][]string
	for _, c := range all {
		if d.json {
			if err := d.print(connectionToJSON(c)); err != nil {
				return err
			}
			continue
		}
		rows = append(rows, []string{c.Name, string(c.Kind), string(c.Tag), c.Location, c.Operator})
	}
	switch {
	case d.json:
		return nil
	case len(all) == 0:
		d.say("No store is saved yet.")
		return nil
	}
	table(d.out, []string{"NAME", "KIND", "TAG", "WHERE", "LAST OPERATOR"}, rows)
	return nil
}

func connectionToJSON(c profile.Connection) connectionJSON {
	return connectionJSON{
		Name: c.Name, Kind: c.Kind, Tag: c.Tag, Location: c.Location, Operator: c.Operator, Opened: rfc3339(c.Opened),
		ReadOnly: c.Shop != nil && c.Shop.ReadOnly,
	}
}

func connectionsAddCommand(d *desk) *cobra.Command {
	tag := string(app.TagProduction)
	cmd := &cobra.Command{
		Use:   "add NAME",
		Short: "Save how a Magento shop is reached, under a name",
		Long: `Saves how a Magento shop is reached: with --env-php, and --ssh where the way leads
through a server; the other flags take the place of what env.php says. A connection
of that name is replaced. Nothing is opened; "factorctl connections test NAME" tries
the way.

With --read-only nothing in the shop is ever changed over this connection.

Exit codes: 0 saved, 2 what was given cannot be used.`,
		Example: `  factorctl connections add juniper --ssh deploy@bastion.example \
    --env-on-server --env-php /var/www/shop/app/etc/env.php
  factorctl connections test juniper
  factorctl --store juniper users list --filter locked`,
		Args: arguments("NAME"),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := oneOf("--tag", tag, shopTags); err != nil {
				return err
			}
			a, err := d.address(d.target())
			if err != nil {
				return err
			}
			c := profile.Connection{Name: args[0], Kind: app.MagentoStore, Tag: app.Tag(tag), Shop: &a}
			if err := d.dirs.Save(c); err != nil {
				return err
			}
			d.tell("Saved %s: %s.", plain(args[0]), plain(a.Location()))
			return nil
		},
	}
	cmd.Flags().StringVar(&tag, "tag", tag, "the `TAG` that screens show: production, staging or team")
	return cmd
}

// shopTags are those that a shop may have.
var shopTags = []app.Tag{app.TagProduction, app.TagStaging, app.TagTeam}

func connectionsRemoveCommand(d *desk) *cobra.Command {
	return &cobra.Command{
		Use:   "remove NAME",
		Short: "Forget a saved store; the store itself stays",
		Long: `Forgets a saved connection. The store itself stays as it is, and so does the
activity of a shop that is kept on this computer.

Exit codes: 0 forgotten, 3 there is none of that name.`,
		Example: `  factorctl connections remove juniper`,
		Args:    arguments("NAME"),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := d.dirs.Remove(args[0]); err != nil {
				return err
			}
			d.tell("Forgot %s.", plain(args[0]))
			return nil
		},
	}
}

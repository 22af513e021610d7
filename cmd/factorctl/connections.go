package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/connect"
	"github.com/factordesk/factordesk/app/profile"
)

func connectionsCommand(d *desk) *cobra.Command {
	return group("connections", "Save how stores are reached, and test it",
		`Looks after the list of stores on this computer, which --store takes the names of.
The list holds no password and no key: those come out of env.php each time, are
asked for, lie sealed under a key in the system's keyring, or come from a command.`,
		connectionsListCommand(d), connectionsAddCommand(d), connectionsTestCommand(d), connectionsSetCommand(d),
		connectionsDuplicateCommand(d), connectionsMoveCommand(d), connectionsForgetCommand(d), connectionsRemoveCommand(d))
}

func connectionsListCommand(d *desk) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the saved stores, in your order",
		Long: `Lists the saved stores in your order, which "factorctl connections move" changes.

With --json, one a line: {"name","kind","tag","location","operator","opened",
"read_only","passwords"}; passwords is ask, keyring or command.

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
		kind := string(c.Kind)
		if c.LooksOnly() {
			kind += ", read-only"
		}
		rows = append(rows, []string{c.Name, kind, string(c.Tag), whereWords(c), c.Operator, stamp(c.Opened)})
	}
	switch {
	case d.json:
		return nil
	case len(all) == 0:
		d.say("No store is saved yet.")
		return nil
	}
	table(d.out, []string{"NAME", "KIND", "TAG", "WHERE", "LAST OPERATOR", "LAST SIGN-IN (UTC)"}, rows)
	return nil
}

// whereWords says where a store is, without the settings of the way.
func whereWords(c profile.Connection) string {
	if c.Kind == app.TeamStore {
		if a, err := app.ParseTeam(c.Location); err == nil {
			return a.Location() + " as " + a.Username
		}
	}
	return c.Location
}

// completeConnections offers the names of saved connections for the first
// argument.
func (d *desk) completeConnections(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	all, err := d.dirs.Connections()
	if err != nil || len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	names := make([]cobra.Completion, len(all))
	for i, c := range all {
		names[i] = cobra.CompletionWithDesc(c.Name, whereWords(c))
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

func connectionToJSON(c profile.Connection) connectionJSON {
	return connectionJSON{
		Name: c.Name, Kind: c.Kind, Tag: c.Tag, Location: c.Location, Operator: c.Operator, Opened: rfc3339(c.Opened),
		ReadOnly: c.LooksOnly(), Passwords: wordOf(c.Passwords),
	}
}

func connectionsAddCommand(d *desk) *cobra.Command {
	var tag string
	var replace bool
	var passwords passwordFlags
	cmd := &cobra.Command{
		Use:   "add NAME",
		Short: "Save a store, or how a shop is reached, under a name",
		Long: `Saves the store that --store names, or the Magento shop that the flags describe,
under a NAME that --store takes from then on. Of a shop it is --env-php, with --ssh
where the way leads through a server; the other flags take the place of what env.php
says. The env.php is read now, and what it comes to is shown; what is saved is its
path and your flags, and it is read anew each time. Nothing else is opened:
"factorctl connections test NAME" tries the way.

With --read-only nothing in the store is ever changed over this connection. --tag is
the word that the window shows and colors: production, if nothing is said of a shop.

` + passwordHelp + `

With --json: {"name","kind","tag","location","operator","opened","read_only",
"passwords"}.

Exit codes: 0 saved, 1 the SSH server refused, 2 what was given cannot be used,
3 there is no such file, 4 there is one of that name and no --replace, 5 the SSH
server cannot be reached.`,
		Example: `  factorctl connections add juniper --ssh deploy@bastion.example \
    --env-on-server --env-php /var/www/shop/app/etc/env.php
  factorctl connections test juniper
  factorctl --store juniper users list --filter locked`,
		Args:              arguments("NAME"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			if tag != "" {
				if err := oneOf("--tag", tag, tags); err != nil {
					return err
				}
			}
			from, err := passwords.into(cmd, app.Passwords{})
			if err != nil {
				return err
			}
			return d.addConnection(cmd.Context(), profile.Connection{Name: args[0], Tag: app.Tag(tag), Passwords: from}, replace)
		},
	}
	passwords.flags(cmd)
	cmd.Flags().StringVar(&tag, "tag", "", "the `TAG` that screens show: production, staging, team or local")
	cmd.Flags().BoolVar(&replace, "replace", false, "take the place of a saved one of that name")
	complete(cmd, "tag", fixed(tags))
	return cmd
}

// addConnection saves what the flags mean, once it is known what that is, as what
// the person calls it.
func (d *desk) addConnection(ctx context.Context, as profile.Connection, replace bool) error {
	was, name := "", as.Name
	if replace {
		was = name
	} else if c, err := d.dirs.Connection(name); err == nil {
		return app.Errorf(app.Conflict, "There is a connection named %s already.", c.Name).
			WithHint("Choose another name, or say --replace.")
	}
	o, err := d.reaching(d.target())
	if err != nil {
		return err
	}
	c, err := connect.Target(d.target(), o)
	if err != nil {
		return err
	}
	if c, err = d.toSave(c, as); err != nil {
		return err
	}
	if c.Shop != nil && c.Shop.EnvPHP != "" {
		env, err := connect.ReadEnv(ctx, *c.Shop, o)
		if err != nil {
			return err
		}
		d.showEnv(env)
	}
	if err := d.dirs.Replace(was, c); err != nil {
		return err
	}
	if d.json {
		return d.print(connectionToJSON(c))
	}
	d.tell("Saved %s: %s.", plain(name), plain(whereWords(c)))
	return nil
}

// toSave is a connection under a new name. A store that is one file has one name.
func (d *desk) toSave(c, as profile.Connection) (profile.Connection, error) {
	name, tag := as.Name, as.Tag
	usual := app.TagProduction
	switch c.Kind {
	case app.LocalStore:
		usual = app.TagLocal
		if _, err := os.Stat(c.Location); errors.Is(err, fs.ErrNotExist) {
			return c, app.Errorf(app.NotFound, "There is no store at %s.", c.Location).WithHint(`"factorctl init" makes one.`)
		}
		fallthrough
	case app.TeamStore:
		if c.Name != "" && !strings.EqualFold(c.Name, name) {
			return c, app.Errorf(app.Conflict, "That store is saved already, as %s.", c.Name)
		}
		if c.Kind == app.TeamStore {
			usual = app.TagTeam
		}
	case app.SampleStore:
		return c, app.Errorf(app.Invalid, "The sample store is there without being saved.")
	}
	if tag == "" {
		tag = usual
	}
	saved := profile.Connection{
		Name: name, Kind: c.Kind, Location: c.Location, Tag: tag, ReadOnly: c.ReadOnly, Passwords: as.Passwords, Shop: c.Shop,
	}
	if c.Shop != nil {
		saved.Location = c.Shop.Location()
	}
	return saved, nil
}

// showEnv shows what an env.php comes to, with what flags say in its place.
func (d *desk) showEnv(e connect.Env) {
	a := e.Address
	line := func(label, value string) {
		if value == "" {
			value = "none"
		}
		d.tell("  %s%s%s", label, strings.Repeat(" ", 11-len(label)), strings.ReplaceAll(plain(value), "\n", "\uFFFD"))
	}
	d.tell("%s says:", plain(a.EnvPHP))
	line("Database", a.Database)
	line("At", placeOf(a))
	line("Account", a.Username)
	line("Prefix", a.Prefix)
	line("TLS", string(a.TLS.Mode))
	line("Crypt key", keysWords(e.Keys))
	line("Mode", e.Mode)
	for _, note := range e.Notes {
		d.tell("%s", plain(wrapped(note, "  ", "  ")))
	}
}

// placeOf is where a database is: "db.example, port 3306".
func placeOf(a app.ShopAddress) string {
	if a.Socket != "" || a.Host == "" {
		return a.Socket
	}
	port := a.Port
	if port == 0 {
		port = app.DefaultPort
	}
	return a.Host + ", port " + strconv.Itoa(port)
}

func keysWords(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return "1 key"
	}
	return app.Thousands(int64(n)) + " keys"
}

// tags are those that a store may have.
var tags = []app.Tag{app.TagProduction, app.TagStaging, app.TagTeam, app.TagLocal}

func connectionsRemoveCommand(d *desk) *cobra.Command {
	return &cobra.Command{
		Use:   "remove NAME",
		Short: "Forget a saved store; the store itself stays",
		Long: `Forgets a saved connection. The store itself stays as it is, and so does the
activity of a shop that is kept on this computer.

With --json: {"name","removed"}.

Exit codes: 0 forgotten, 3 there is none of that name.`,
		Example:           `  factorctl connections remove juniper`,
		Args:              arguments("NAME"),
		ValidArgsFunction: d.completeConnections,
		RunE: func(_ *cobra.Command, args []string) error {
			c, err := d.dirs.Connection(args[0])
			if err != nil {
				return err
			}
			if err := d.dirs.Remove(c.Name); err != nil {
				return err
			}
			if d.json {
				return d.print(forgottenJSON{Name: c.Name, Removed: true})
			}
			d.tell("Forgot %s.", plain(c.Name))
			return nil
		},
	}
}

package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/factordesk/factordesk/app"
)

// commands is the list of everything that factorctl does. A new command is one
// file and one line here.
func (d *desk) commands() []*cobra.Command {
	return []*cobra.Command{
		initCommand(d),
		signinCommand(d),
		signoutCommand(d),
		usersCommand(d),
		providersCommand(d),
		enrollCommand(d),
		confirmCommand(d),
		verifyCommand(d),
		diagnoseCommand(d),
		whoseCommand(d),
		clockCommand(d),
		resyncCommand(d),
		resetCommand(d),
		repairCommand(d),
		unlockCommand(d),
		sessionsCommand(d),
		keysCommand(d),
		doctorCommand(d),
		connectionsCommand(d),
		storeCommand(d),
		backupCommand(d),
		grantsCommand(d),
		auditCommand(d),
		versionCommand(d),
	}
}

const rootHelp = `factorctl looks after the second factors of people in a store: it shows a QR
code to enroll an authenticator, checks codes, resets and unlocks.

It signs you in as an operator of the store, with your password and, if you have
an authenticator yourself, a code. "factorctl signin" keeps you signed in for
ten idle minutes; without it each command signs in by itself.

The store is your local one, desk.db in the folder factordesk of your data folder
(~/.local/share, or XDG_DATA_HOME), unless --store says otherwise. A Magento shop
is opened with --env-php, the shop's app/etc/env.php, which lies on this computer
or, with --env-on-server, on the server of --ssh; "factorctl connections add" saves
that under a name.

Secrets are asked for on the terminal. A script sets them as variables; an
argument never holds one, but for a person's one-time code, which is old a
moment later.

Environment:
  FACTORDESK_STORE         the store, as --store
  FACTORDESK_OPERATOR      who you are, as --as
  FACTORDESK_PASSWORD      your password
  FACTORDESK_CODE          your own code; set to nothing: you have no authenticator
  FACTORDESK_NEW_PASSWORD  a password that a command sets
  FACTORDESK_RECOVERY_KEY  the recovery key, for signin --break-glass; of a shop,
                           its crypt key
  FACTORDESK_BACKUP_PASSPHRASE
                           the passphrase of a backup
  FACTORDESK_OLD_KEY       an older crypt key of a shop, for repair, and to open a
                           shop whose present key opens nothing yet
  FACTORDESK_ENV_PHP       the shop's env.php, as --env-php, where no saved store
                           and no file is named
  FACTORDESK_DB_PASSWORD   the password of the team's or the shop's database account

` + exitHelp

const rootExample = `  factorctl init --username root --email root@example.com
  factorctl signin
  factorctl users add ann --email ann@example.com --name "Ann Bauer"
  factorctl enroll ann
  factorctl confirm ann 123456
  factorctl reset ann google --reason "new phone"`

// root builds the command line.
func (d *desk) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "factorctl",
		Short: "Look after the second factors of people in a store",
		Long:  rootHelp, Example: rootExample,
		SilenceErrors: true, SilenceUsage: true,
	}
	root.SetOut(d.out)
	root.SetErr(d.err)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	flags := root.PersistentFlags()
	flags.StringVar(&d.store, "store", "", "`STORE`: a saved connection's name, a local store's file, postgres:// or mysql://user@host:port/database; default: your local store")
	flags.StringVar(&d.as, "as", "", "`OPERATOR`: the username to sign in with; default: who signed in last")
	flags.BoolVar(&d.json, "json", false, "print one JSON object (lists: one a line) on standard output")
	d.shop.flags(flags)
	complete(root, "tls", fixed(app.TLSModes))
	root.AddCommand(d.commands()...)
	root.SetHelpCommand(helpCommand())
	return root
}

// group makes a command that only has commands below it.
func group(use, short, long string, below ...*cobra.Command) *cobra.Command {
	names := make([]string, len(below))
	for i, c := range below {
		names[i] = c.Name()
	}
	g := &cobra.Command{
		Use: use, Short: short, Long: long,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError{fmt.Errorf("say which: %s", strings.Join(names, ", "))}
			}
			return usageError{fmt.Errorf("there is no %s %s; it is one of %s", use, args[0], strings.Join(names, ", "))}
		},
	}
	g.AddCommand(below...)
	return g
}

// arguments checks the number of arguments and says in words what is missing.
// Names in brackets may be left out.
func arguments(names ...string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		required := slices.IndexFunc(names, func(n string) bool { return strings.HasPrefix(n, "[") })
		if required < 0 {
			required = len(names)
		}
		switch {
		case len(args) < required:
			return usageError{fmt.Errorf("%s is missing", strings.Join(names[len(args):required], " and "))}
		case len(args) > len(names):
			return usageError{fmt.Errorf("%q is one argument too many", args[len(names)])}
		}
		return nil
	}
}

// completeProviders offers provider codes for the argument at a position.
func (d *desk) completeProviders(position int) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) != position {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return providerCompletions(), cobra.ShellCompDirectiveNoFileComp
	}
}

// oneOf checks a flag that has only some values.
func oneOf[T ~string](flag, value string, allowed []T) error {
	words := make([]string, 0, len(allowed))
	for _, a := range allowed {
		if string(a) == value {
			return nil
		}
		words = append(words, string(a))
	}
	return app.Errorf(app.Invalid, "The flag %s cannot be %q.", flag, value).
		WithHint("It is one of: %s.", strings.Join(words, ", "))
}

// fixed offers a fixed list of values for a flag.
func fixed[T ~string](values []T) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		words := make([]cobra.Completion, len(values))
		for i, v := range values {
			words[i] = string(v)
		}
		return words, cobra.ShellCompDirectiveNoFileComp
	}
}

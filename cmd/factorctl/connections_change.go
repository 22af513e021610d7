package main

import (
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/profile"
)

// sources are where the passwords of a connection may come from, in the words of
// the terminal.
type sourceWord string

const (
	sourceAsk     sourceWord = "ask"
	sourceKeyring sourceWord = "keyring"
	sourceCommand sourceWord = "command"
)

var sources = map[sourceWord]app.PasswordSource{
	sourceAsk: app.PasswordAsked, sourceKeyring: app.PasswordKept, sourceCommand: app.PasswordCommand,
}

// wordOf is the terminal's word for a source.
func wordOf(p app.Passwords) sourceWord {
	for word, from := range sources {
		if from == p.From {
			return word
		}
	}
	return sourceAsk
}

// passwordFlags say where the passwords of a connection come from.
type passwordFlags struct {
	from, command string
	minutes       int
}

const passwordHelp = `Where the password of the database account comes from is --password: ask, each
time; keyring, typed once and sealed under a key in the system's keyring; or
command, what --password-command prints in its first line, run without a shell and
used for --password-minutes.`

func (p *passwordFlags) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&p.from, "password", "", "where the database account's password comes from: ask, keyring or command (`SOURCE`)")
	f.StringVar(&p.command, "password-command", "", "the `COMMAND` that prints it, with its arguments; no shell reads it")
	f.IntVar(&p.minutes, "password-minutes", app.DefaultPasswordMinutes, "for how many `MINUTES` what it printed is used; 0: it is run each time")
	complete(cmd, "password", fixed([]sourceWord{sourceAsk, sourceKeyring, sourceCommand}))
}

// into changes what the flags say anything about.
func (p *passwordFlags) into(cmd *cobra.Command, was app.Passwords) (app.Passwords, error) {
	changed := cmd.Flags().Changed
	if changed("password-command") && !changed("password") {
		p.from = string(sourceCommand)
	}
	if p.from != "" {
		if err := oneOf("--password", p.from, []sourceWord{sourceAsk, sourceKeyring, sourceCommand}); err != nil {
			return was, err
		}
		if from := sources[sourceWord(p.from)]; from != was.From {
			was = app.Passwords{From: from}
		}
	}
	if was.From == app.PasswordCommand {
		if was.Command == "" || changed("password-minutes") {
			was.Minutes = p.minutes
		}
		if changed("password-command") {
			was.Command = p.command
		}
	} else if changed("password-command") || changed("password-minutes") {
		return was, app.Errorf(app.Invalid, "A command for the password has no use here: the password comes from somewhere else.").
			WithHint("Say --password command.")
	}
	return was, was.Check()
}

func connectionsSetCommand(d *desk) *cobra.Command {
	var name, tag string
	var passwords passwordFlags
	cmd := &cobra.Command{
		Use:   "set NAME",
		Short: "Change the name, the tag, or the passwords of a saved store",
		Long: `Changes what is said of a saved store; what no flag names stays. With --read-only
nothing is changed over it any more, with --read-only=false it may be. How it is
reached is changed with "factorctl connections add NAME --replace".

` + passwordHelp + `

With --json: {"name","kind","tag","location","operator","opened","read_only",
"passwords"}.

Exit codes: 0 changed, 2 what was given cannot be used, 3 there is none of that
name, 4 there is one of the new name.`,
		Example: `  factorctl connections set juniper --tag staging --read-only
  factorctl connections set team --password keyring
  factorctl connections set team --password-command 'pass show db/desk'`,
		Args:              arguments("NAME"),
		ValidArgsFunction: d.completeConnections,
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := d.dirs.Connection(args[0])
			if err != nil {
				return err
			}
			was := c.Name
			if name != "" {
				c.Name = name
			}
			if tag != "" {
				if err := oneOf("--tag", tag, tags); err != nil {
					return err
				}
				c.Tag = app.Tag(tag)
			}
			if cmd.Flags().Changed("read-only") {
				setReadOnly(&c, d.shop.readOnly)
			}
			if c.Passwords, err = passwords.into(cmd, c.Passwords); err != nil {
				return err
			}
			if err := d.dirs.Replace(was, c); err != nil {
				return err
			}
			return d.tellConnection(c, "Changed %s.")
		},
	}
	f := cmd.Flags()
	f.StringVar(&name, "name", "", "its new `NAME`")
	f.StringVar(&tag, "tag", "", "the `TAG` that screens show: production, staging, team or local")
	passwords.flags(cmd)
	complete(cmd, "tag", fixed(tags))
	return cmd
}

// setReadOnly says whether something may be changed over a connection.
func setReadOnly(c *profile.Connection, on bool) {
	if c.Shop != nil {
		a := *c.Shop
		a.ReadOnly = on
		c.Shop = &a
		return
	}
	c.ReadOnly = on
}

// tellConnection says what became of a connection.
func (d *desk) tellConnection(c profile.Connection, words string) error {
	if d.json {
		return d.print(connectionToJSON(c))
	}
	d.tell(words, plain(c.Name))
	return nil
}

func connectionsDuplicateCommand(d *desk) *cobra.Command {
	return &cobra.Command{
		Use:   "duplicate NAME NEW",
		Short: "Save a saved store once more, under another name",
		Long: `Saves a saved store once more under a NEW name, at the end of the list, to be
changed then: to look only, say, or as another account. The store stays as it is.

With --json: {"name","kind","tag","location","operator","opened","read_only",
"passwords"}.

Exit codes: 0 saved, 2 the name cannot be used, 3 there is none of that name,
4 there is one of the new name.`,
		Example: `  factorctl connections duplicate juniper 'juniper, to look'
  factorctl connections set 'juniper, to look' --read-only`,
		Args:              arguments("NAME", "NEW"),
		ValidArgsFunction: d.completeConnections,
		RunE: func(_ *cobra.Command, args []string) error {
			c, err := d.dirs.Connection(args[0])
			if err != nil {
				return err
			}
			copied := profile.Connection{
				Name: args[1], Kind: c.Kind, Location: c.Location, Tag: c.Tag, ReadOnly: c.ReadOnly, Passwords: c.Passwords, Shop: c.Shop,
			}
			if err := d.dirs.Replace("", copied); err != nil {
				return err
			}
			return d.tellConnection(copied, "Saved %s.")
		},
	}
}

func connectionsMoveCommand(d *desk) *cobra.Command {
	return &cobra.Command{
		Use:   "move NAME PLACE",
		Short: "Put a saved store at another place in the list",
		Long: `Puts a saved store at another PLACE in the list, which the window shows in the
same order: up, down, first, last, or a number, 1 being the first.

With --json: {"name","place"}.

Exit codes: 0 moved, 2 there is no such place, 3 there is none of that name.`,
		Example: `  factorctl connections move juniper first`,
		Args:    arguments("NAME", "PLACE"),
		ValidArgsFunction: func(cmd *cobra.Command, args []string, text string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) == 1 {
				return []cobra.Completion{"up", "down", "first", "last"}, cobra.ShellCompDirectiveNoFileComp
			}
			return d.completeConnections(cmd, args, text)
		},
		RunE: func(_ *cobra.Command, args []string) error { return d.moveConnection(args[0], args[1]) },
	}
}

// moveConnection puts a connection where the person says.
func (d *desk) moveConnection(name, place string) error {
	find := func() (all []profile.Connection, at int, err error) {
		if all, err = d.dirs.Connections(); err != nil {
			return nil, 0, err
		}
		at = slices.IndexFunc(all, func(c profile.Connection) bool { return strings.EqualFold(c.Name, strings.TrimSpace(name)) })
		if at < 0 {
			return nil, 0, app.Errorf(app.NotFound, "There is no saved connection %q.", name)
		}
		return all, at, nil
	}
	all, at, err := find()
	if err != nil {
		return err
	}
	to := 0
	switch place {
	case "up":
		to = at - 1
	case "down":
		to = at + 1
	case "first":
	case "last":
		to = len(all) - 1
	default:
		if to, err = strconv.Atoi(place); err != nil || to < 1 || to > len(all) {
			return app.Errorf(app.Invalid, "There is no place %q.", place).
				WithHint("It is up, down, first, last, or a number from 1 to %d.", len(all))
		}
		to--
	}
	if err := d.dirs.Move(name, to); err != nil {
		return err
	}
	if all, at, err = find(); err != nil {
		return err
	}
	if d.json {
		return d.print(placeJSON{Name: all[at].Name, Place: at + 1})
	}
	d.tell("%s is number %d of %d.", plain(all[at].Name), at+1, len(all))
	return nil
}

func connectionsForgetCommand(d *desk) *cobra.Command {
	return &cobra.Command{
		Use:   "forget NAME",
		Short: "Forget the password of a saved store; the entry stays",
		Long: `Removes every password that is kept for a saved store on this computer. It is
asked for the next time, and kept again then, unless "factorctl connections set
NAME --password ask" says otherwise. The keyring is not needed for it.

With --json: {"name","forgotten"}.

Exit codes: 0 nothing is kept any more, 3 there is none of that name.`,
		Example:           `  factorctl connections forget team`,
		Args:              arguments("NAME"),
		ValidArgsFunction: d.completeConnections,
		RunE:              func(_ *cobra.Command, args []string) error { return d.forgetPassword(args[0]) },
	}
}

func (d *desk) forgetPassword(name string) error {
	c, err := d.dirs.Connection(name)
	if err != nil {
		return err
	}
	forgot, err := profile.NewPasswords(d.dirs, nil).Forget(c)
	if err != nil {
		return err
	}
	switch {
	case d.json:
		return d.print(forgotPasswordJSON{Name: c.Name, Forgotten: forgot})
	case forgot:
		d.tell("The password of %s is forgotten.", plain(c.Name))
	default:
		d.tell("No password of %s was kept.", plain(c.Name))
	}
	return nil
}

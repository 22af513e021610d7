package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/factordesk/factordesk/app"
)

// listOptions are the flags of "users list".
type listOptions struct {
	search, filter, sort string
	limit, offset        int
}

// pageSize is how many users are fetched at a time.
const pageSize = 500

var (
	filters = []app.Filter{app.NoTwoFactor, app.WithPending, app.WithActive, app.WithLock, app.Inactive, app.WithUnreadable}
	columns = []app.Column{app.ByName, app.ByUsername, app.ByEmail, app.ByRole, app.ByLastSignIn}
)

func usersListCommand(d *desk) *cobra.Command {
	var o listOptions
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List users",
		Long: `Lists users, 50 if you do not say how many. Times are UTC.

With --json, one user a line:
` + userHelp,
		Example: `  factorctl users list --filter no-2fa
  factorctl users list --search bauer --sort -last-sign-in
  factorctl users list --limit 0 --json | wc -l`,
		Args: arguments(),
		RunE: d.signedIn(func(ctx context.Context, c *app.Console, _ []string) error {
			return d.buffered(func() error { return d.listUsers(ctx, c, o) })
		}),
	}
	f := cmd.Flags()
	f.StringVar(&o.search, "search", "", "only users with `TEXT` in name, username or email")
	f.StringVar(&o.filter, "filter", "", "only some: no-2fa, pending, active, locked, inactive or unreadable")
	f.StringVar(&o.sort, "sort", string(app.ByName), "`COLUMN`: name, username, email, role or last-sign-in; a - before it turns the order around")
	f.IntVar(&o.limit, "limit", 50, "at most `N` users; 0: all")
	f.IntVar(&o.offset, "offset", 0, "leave out the first `N`")
	complete(cmd, "filter", fixed(filters))
	complete(cmd, "sort", fixed(columns))
	return cmd
}

// query turns the flags into a query, without its limit.
func (o listOptions) query() (app.Query, error) {
	column, descending := strings.CutPrefix(o.sort, "-")
	q := app.Query{
		Search: o.search, Filter: app.Filter(o.filter), Sort: app.Column(column), Descending: descending, Offset: o.offset,
	}
	if o.filter != "" {
		if err := oneOf("--filter", o.filter, filters); err != nil {
			return q, err
		}
	}
	if o.limit < 0 || o.offset < 0 {
		return q, app.Errorf(app.Invalid, "The flags --limit and --offset take no negative numbers.")
	}
	return q, oneOf("--sort", column, columns)
}

// listUsers prints users page by page, so that a million of them take no memory.
func (d *desk) listUsers(ctx context.Context, c *app.Console, o listOptions) error {
	q, err := o.query()
	if err != nil {
		return err
	}
	shown, total := 0, 0
	var rows [][]string
	for {
		q.Limit = pageSize
		if o.limit > 0 {
			q.Limit = min(pageSize, o.limit-shown)
		}
		page, err := c.Users(ctx, q)
		if err != nil {
			return err
		}
		for _, u := range page.Users {
			if d.json {
				if err := d.print(userToJSON(u, d.now())); err != nil {
					return err
				}
				continue
			}
			rows = append(rows, []string{
				u.Name(), u.Username, u.Email, u.Role.Name, pills(c, u), stamp(u.LastSignIn), d.state(u),
			})
		}
		shown, total = shown+len(page.Users), page.Total
		if page.Next == "" || len(page.Users) == 0 || shown == o.limit {
			break
		}
		q.After, q.Offset = page.Next, 0
	}
	if !d.json {
		table(d.out, []string{"NAME", "USERNAME", "EMAIL", "ROLE", "2FA", "LAST SIGN-IN (UTC)", "STATE"}, rows)
	}
	d.sayShown(shown, total, o)
	return nil
}

// sayShown tells what is not on the list.
func (d *desk) sayShown(shown, total int, o listOptions) {
	count := app.Thousands(int64(total))
	if total == app.CountLimit && o.search != "" {
		count += "+"
	}
	switch {
	case total == 0:
		d.say("No user fits.")
	case shown == 0 && o.offset > 0:
		d.say("No user is left after --offset %d; the whole list has %s.", o.offset, count)
	case o.offset+shown < total && o.limit > 0:
		d.say("%s of %s users; --offset %d shows the next ones.", app.Thousands(int64(shown)), count, o.offset+shown)
	}
}

// complete registers the completion of a flag that the command has.
func complete(cmd *cobra.Command, flag string, f cobra.CompletionFunc) {
	if err := cmd.RegisterFlagCompletionFunc(flag, f); err != nil {
		panic(err) // a flag that is not there: every test that builds the command shows it
	}
}

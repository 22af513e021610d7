package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/factordesk/factordesk/app"
)

func sessionsListCommand(d *desk) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "Show who is signed in at which desk, and since when",
		Long: `Lists the operators who are signed in, the newest first: at a window that is open,
or with a session that "factorctl signin" has kept. A command that signs in by
itself is not listed; the audit has it. It needs the permission to see activity.

With --json, one object a line:
{"operator","name","desk","kind","break_glass","since","seen"}
kind is window or terminal; seen is when the session was last known to be open.

Exit codes: 0 done, 1 not permitted, 2 the store does not keep who is where.`,
		Example: `  factorctl sessions list
  factorctl sessions end hal`,
		Args: arguments(),
		RunE: d.signedIn(func(ctx context.Context, c *app.Console, _ []string) error {
			return d.listSessions(ctx, c)
		}),
	}
}

func (d *desk) listSessions(ctx context.Context, c *app.Console) error {
	all, err := c.AtDesks(ctx)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, s := range all {
		kind := "window"
		if s.Kept {
			kind = "terminal"
		}
		if d.json {
			if err := d.print(sessionJSON{
				Operator: s.Username, Name: s.Name, Desk: s.Console, Kind: kind, BreakGlass: s.BreakGlass,
				Since: rfc3339(s.Since), Seen: rfc3339(s.Seen),
			}); err != nil {
				return err
			}
			continue
		}
		note := ""
		if s.BreakGlass {
			note = "break-glass"
		}
		rows = append(rows, []string{s.Username, s.Name, s.Console, kind, stamp(s.Since), stamp(s.Seen), note})
	}
	if d.json {
		return nil
	}
	if len(rows) == 0 {
		d.say("factorctl: nobody has a session open.")
		return nil
	}
	table(d.out, []string{"OPERATOR", "NAME", "DESK", "KIND", "SINCE (UTC)", "SEEN (UTC)", "NOTE"}, rows)
	return nil
}

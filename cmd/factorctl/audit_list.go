package main

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/factordesk/factordesk/app"
)

func auditListCommand(d *desk) *cobra.Command {
	var flags eventFlags
	var limit int
	var before int64
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List events, newest first",
		Long: `Lists events, newest first, 50 if you do not say how many. Times are UTC.

With --json, one event a line: {"seq","at","console","operator","action",
"target","provider","outcome","reason","details","prev","hash"}.`,
		Example: `  factorctl audit list --user ann
  factorctl audit list --outcome refused --from 2026-01-01 --json`,
		Args: arguments(),
		RunE: d.signedIn(func(ctx context.Context, c *app.Console, _ []string) error {
			if limit < 0 || before < 0 {
				return app.Errorf(app.Invalid, "The flags --limit and --before take no negative numbers.")
			}
			q, err := flags.query(ctx, c)
			if err != nil {
				return err
			}
			q.Before = before
			return d.buffered(func() error { return d.listEvents(ctx, c, q, limit) })
		}),
	}
	flags.add(cmd)
	cmd.Flags().IntVar(&limit, "limit", 50, "at most `N` events; 0: all")
	cmd.Flags().Int64Var(&before, "before", 0, "only events before number `SEQ`")
	return cmd
}

// listEvents prints events page by page.
func (d *desk) listEvents(ctx context.Context, c *app.Console, q app.EventQuery, limit int) error {
	var rows [][]string
	shown := 0
	for {
		q.Limit = pageSize
		if limit > 0 {
			q.Limit = min(pageSize, limit-shown)
		}
		page, err := c.Events(ctx, q)
		if err != nil {
			return err
		}
		for _, e := range page.Events {
			q.Before = e.Seq
			if d.json {
				if err := d.print(app.EventToJSON(e)); err != nil {
					return err
				}
				continue
			}
			rows = append(rows, []string{
				strconv.FormatInt(e.Seq, 10), stamp(e.At), e.Operator, string(e.Action), e.Target,
				string(e.Provider), string(e.Outcome), e.Reason,
			})
		}
		shown += len(page.Events)
		if !page.Older || len(page.Events) == 0 || shown == limit {
			if !d.json {
				table(d.out, []string{"SEQ", "AT (UTC)", "OPERATOR", "ACTION", "TARGET", "PROVIDER", "OUTCOME", "REASON"}, rows)
			}
			if page.Older && len(page.Events) > 0 {
				d.say("There are older ones; --before %d shows them.", q.Before)
			}
			return nil
		}
	}
}

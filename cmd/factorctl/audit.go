package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/factordesk/factordesk/app"
)

func auditCommand(d *desk) *cobra.Command {
	return group("audit", "List, check and export what was done",
		`Looks at the audit of the store: every deed and every refused attempt, each event
chained to the one before it.`,
		auditListCommand(d), auditVerifyCommand(d), auditExportCommand(d))
}

// eventFlags choose events, for list and export.
type eventFlags struct {
	user, operator, action, outcome, search, from, until string
}

var outcomes = []app.Outcome{app.Done, app.Refused, app.Failed, app.Intent}

func (e *eventFlags) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&e.user, "user", "", "only events on `USER`")
	f.StringVar(&e.operator, "operator", "", "only events by `USER`")
	f.StringVar(&e.action, "action", "", "only one `ACTION`, as the list shows it")
	f.StringVar(&e.outcome, "outcome", "", "only one outcome: done, refused, failed or intent")
	f.StringVar(&e.search, "search", "", "only events with `TEXT` in a username or a reason")
	f.StringVar(&e.from, "from", "", "only events from `TIME` on: 2026-01-31 or 2026-01-31T08:00:00Z, UTC")
	f.StringVar(&e.until, "until", "", "only events before `TIME`")
	complete(cmd, "outcome", fixed(outcomes))
	complete(cmd, "action", fixed(app.Actions()))
}

// query turns the flags into a query.
func (e eventFlags) query(ctx context.Context, c *app.Console) (q app.EventQuery, err error) {
	q.Search, q.Action, q.Outcome = e.search, app.Action(e.action), app.Outcome(e.outcome)
	if e.outcome != "" {
		if err := oneOf("--outcome", e.outcome, outcomes); err != nil {
			return q, err
		}
	}
	if e.action != "" {
		if err := oneOf("--action", e.action, app.Actions()); err != nil {
			return q, err
		}
	}
	if q.From, err = timeFlag("--from", e.from); err != nil {
		return q, err
	}
	if q.Until, err = timeFlag("--until", e.until); err != nil {
		return q, err
	}
	if q.Target, err = userFlag(ctx, c, e.user); err != nil {
		return q, err
	}
	q.Operator, err = userFlag(ctx, c, e.operator)
	return q, err
}

// userFlag returns the ID of a username, and nothing for an empty one.
func userFlag(ctx context.Context, c *app.Console, username string) (app.UserID, error) {
	if username == "" {
		return "", nil
	}
	u, err := c.FindUser(ctx, username)
	if app.KindOf(err) == app.NotFound {
		return "", app.Errorf(app.NotFound, "There is no user %q any more or yet.", username).
			WithHint("--search finds events of users who were removed.")
	}
	return u.ID, err
}

// timeFlag reads a day or a time, in UTC unless it says otherwise.
func timeFlag(flag, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, form := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(form, text); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, app.Errorf(app.Invalid, "The flag %s cannot be %q.", flag, text).
		WithHint("Write 2026-01-31 or 2026-01-31T08:00:00Z.")
}

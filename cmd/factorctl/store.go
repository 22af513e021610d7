package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/connect"
)

func storeCommand(d *desk) *cobra.Command {
	return group("store", "Take a whole store to another place",
		`Copies a local store to a team's PostgreSQL database, and back.`,
		storeCopyCommand(d))
}

func storeCopyCommand(d *desk) *cobra.Command {
	return &cobra.Command{
		Use:   "copy FROM TO",
		Short: "Make the same store at another place, with everything",
		Long: `Copies a store as it is at one moment: users, factors, roles, operators with
their passwords, the recovery key and the whole activity. FROM is what --store
takes. TO is the path of a new local store, or postgres://user@host:port/database, a
database that has no store yet; its account owns the store then, and "factorctl init
--print-grants" prints the rights for other accounts.

What has arrived is read again and compared row by row, and the chain of events is
recomputed there, before TO becomes a store. A copy that was stopped or killed
leaves an unfinished one, which nobody can open; the same command makes it anew.
Kept sign-ins are not copied.

Only an Administrator of FROM may copy it, and it asks for your password
(FACTORDESK_PASSWORD). The activity of both says that it was done. From then on they
are two stores. This computer can tell them apart; another one that has worked in
both warns that the activity of one was rewritten. What --ssh and the --tls flags
say is about FROM; TO says it in its address.

With --json: {"from","to","users","factors","events"}.

Exit codes: 0 copied, 1 refused or stopped, 2 TO cannot be used, 3 there is no FROM,
4 there is a store at TO, or another copy is being made, 5 a store or a disk cannot
be reached or is full, 6 the activity of FROM is not whole.`,
		Example: `  factorctl store copy desk.db postgres://owner@db.example/desk
  factorctl store copy postgres://owner@db.example/desk /srv/desk-2026.db`,
		Args: arguments("FROM", "TO"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if d.store != "" {
				return usageError{fmt.Errorf("FROM names the store, so --store has no use here")}
			}
			d.store = args[0]
			return d.signedIn(d.copyStore)(cmd, args)
		},
	}
}

// copyStore copies the open store.
func (d *desk) copyStore(ctx context.Context, c *app.Console, args []string) (err error) {
	o, err := d.reaching(args[0])
	if err != nil {
		return err
	}
	to, err := connect.NewPlace(ctx, args[1], o)
	if err != nil {
		return err
	}
	defer func() {
		if closing := to.Close(); err == nil {
			err = closing
		}
	}()
	place := to.To.Location()
	g, err := d.grant(ctx, c, app.EditOperators, app.User{}, app.Deed{Action: app.DoCopyStore, Place: place}, "copy "+c.Store().Name)
	if err != nil {
		return err
	}
	report, end := d.moving()
	made, err := to.Copy(ctx, c, g, o, report)
	end()
	if err != nil {
		return err
	}
	if d.json {
		return d.print(copyJSON{From: c.Store().Location, To: place, Users: made.Users, Factors: made.Factors, Events: made.Events})
	}
	d.tell("Copied %s users, %s factors and %s events to %s.", app.Thousands(made.Users), app.Thousands(made.Factors),
		app.Thousands(made.Events), plain(place))
	d.tell("Every row was compared, and the chain of events is whole there.")
	return nil
}

// moving shows how far a whole store is on its way, on a terminal only.
func (d *desk) moving() (report func(app.MoveProgress), end func()) {
	if !isTerminal(d.err) {
		return func(app.MoveProgress) {}, func() {}
	}
	var last time.Time
	var stage app.MoveStage
	return func(p app.MoveProgress) {
			if p.Stage == stage && time.Since(last) < progressEach {
				return
			}
			last, stage = time.Now(), p.Stage
			if p.Total == 0 {
				fmt.Fprintf(d.err, "\r%s… \x1b[K", p.Stage)
				return
			}
			fmt.Fprintf(d.err, "\r%s, %d %% \x1b[K", p.Stage, 100*p.Done/p.Total)
		}, func() {
			if stage != "" {
				fmt.Fprint(d.err, "\r\x1b[K")
			}
		}
}

package main

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/connect"
)

func connectionsTestCommand(d *desk) *cobra.Command {
	return &cobra.Command{
		Use:   "test [NAME]",
		Short: "Go the way to a store step by step, and say where it ends",
		Long: `Goes the way to a store step by step: SSH, env.php, TCP, TLS, the sign-in of the
database account, the shop's tables, and whether the crypt key opens what is stored;
to a team's store SSH, name, network, TLS, sign-in, schema and keys. A certificate
that is not taken is shown. Nobody signs in to the store, and nothing is changed.
It stops at the first step that fails, and says what to do. Without NAME it takes
the flags, or the local store.

With --json, one step a line: {"step","state","detail","milliseconds","problem",
"hint","command"}, and "certificate" where one was not taken: {"subject","names",
"issuer","from","until","sha256"}. State is one of done refused unreachable failed
stopped waiting.

Exit codes: 0 the whole way, 1 somebody refused, 2 something given cannot be used,
3 something is not there, 5 something cannot be reached, 6 the key opens nothing.`,
		Example:           `  factorctl connections test juniper`,
		Args:              arguments("[NAME]"),
		ValidArgsFunction: d.completeConnections,
		RunE: func(cmd *cobra.Command, args []string) error {
			name := d.target()
			if len(args) == 1 {
				name = args[0]
			}
			return d.tryConnection(cmd.Context(), name)
		},
	}
}

// tryConnection prints each step once it has ended, and those that were not tried.
func (d *desk) tryConnection(ctx context.Context, name string) error {
	o, err := d.reaching(name)
	if err != nil {
		return err
	}
	c, err := connect.Target(name, o)
	if err != nil {
		return err
	}
	told := 0
	var last []app.Rung
	err = connect.Test(ctx, c, o, func(rungs []app.Rung) {
		last = rungs
		for told < len(rungs) && rungs[told].State != app.RungWaiting && rungs[told].State != app.RungTrying {
			d.tellRung(rungs[told])
			told++
		}
	})
	for ; told < len(last); told++ {
		d.tellRung(last[told])
	}
	return err
}

// rungWords say how a step ended.
var rungWords = map[app.RungState]string{
	app.RungDone: "done", app.RungRefused: "REFUSED", app.RungUnreachable: "UNREACHABLE", app.RungFailed: "FAILED",
	app.RungStopped: "stopped", app.RungWaiting: "not tried",
}

func (d *desk) tellRung(r app.Rung) {
	message, hint := "", ""
	if r.Err != nil {
		message, hint = app.Explain(r.Err)
	}
	if d.json {
		// Where standard output is gone there is nobody left to tell.
		_ = d.print(rungJSON{
			Step: r.Name, State: r.State, Detail: r.Detail, Milliseconds: r.Took.Milliseconds(),
			Problem: message, Hint: hint, Command: r.Command, Certificate: certificateToJSON(r.Certificate),
		})
		return
	}
	line := r.Name + strings.Repeat(" ", max(12-width(r.Name), 1)) + rungWords[r.State]
	if r.State == app.RungDone {
		line += strings.Repeat(" ", 6) + plain(r.Detail) + " (" + r.Took.Round(time.Millisecond).String() + ")"
	}
	d.tell("%s", line)
	d.tellCertificate(r.Certificate)
	if r.Command != "" {
		what := "An administrator of the database can run:"
		if r.Name == "SSH" {
			what = "If the server's administrator confirms that the key is another one now:"
		}
		d.tell("  %s", what)
		d.tell("  %s", strings.ReplaceAll(strings.TrimSpace(plainLines(r.Command)), "\n", "\n  "))
	}
}

// tellCertificate shows what a server has presented and was not taken.
func (d *desk) tellCertificate(c *app.Certificate) {
	if c == nil {
		return
	}
	d.tell("  The server presented:")
	for _, fact := range [][2]string{
		{"Subject", c.Subject},
		{"Names", strings.Join(c.Names, ", ")},
		{"Issuer", c.Issuer},
		{"Valid", stamp(c.From) + " to " + stamp(c.Until) + " (UTC)"},
		{"SHA-256", c.Fingerprint},
	} {
		d.tell("    %s%s%s", fact[0], strings.Repeat(" ", 9-len(fact[0])), plain(fact[1]))
	}
}

func certificateToJSON(c *app.Certificate) *certificateJSON {
	if c == nil {
		return nil
	}
	return &certificateJSON{
		Subject: c.Subject, Names: c.Names, Issuer: c.Issuer, From: rfc3339(c.From), Until: rfc3339(c.Until), Fingerprint: c.Fingerprint,
	}
}

// plainLines is plain for a text of several lines.
func plainLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		lines[i] = plain(l)
	}
	return strings.Join(lines, "\n")
}

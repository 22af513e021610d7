package main

import (
	"context"
	"math"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/factordesk/factordesk/app"
)

func clockCommand(d *desk) *cobra.Command {
	var network bool
	var servers []string
	cmd := &cobra.Command{
		Use:   "clock",
		Short: "Compare the clocks: workstation, store server, network",
		Long: `Shows the time of this workstation and of the store's server side by side, with
their difference, before anybody blames a phone. A store in a file has no server of
its own. Nobody need sign in.

The network is asked for the time (NTP, UDP port 123) only with --network, which
asks four servers of pool.ntp.org, or with --server, which asks others; the median
of their answers counts.

With --json: {"workstation","server":{"time","ahead_seconds","within_seconds",
"off"},"network":{...},"servers":[{"server","ahead_seconds"}]}; ahead_seconds is how
far a clock is ahead of this workstation's, off says that it is more than 5 s for
certain. server and network are null where there is none, or it was not asked.

Exit codes: 0 compared, whatever was found, 5 the store or the network cannot be
reached.`,
		Example: `  factorctl clock
  factorctl clock --network
  factorctl clock --server time.example.com --store juniper`,
		Args: arguments(),
		RunE: d.opened(func(ctx context.Context, c *app.Console, _ []string) error {
			if network && len(servers) == 0 {
				servers = app.NetworkServers()
			}
			return d.clocks(ctx, c, servers)
		}),
	}
	cmd.Flags().BoolVar(&network, "network", false, "ask the network for the time as well")
	cmd.Flags().StringArrayVar(&servers, "server", nil, "ask this `SERVER` for network time; may be given several times")
	complete(cmd, "server", cobra.NoFileCompletions)
	return cmd
}

func (d *desk) clocks(ctx context.Context, c *app.Console, servers []string) error {
	now := c.Now()
	j := clocksJSON{Workstation: now.Format(time.RFC3339Nano), Servers: []timeOfferJSON{}}
	rows := [][]string{{"This workstation", local(now), now.Format(time.TimeOnly), "", ""}}
	warning := ""
	show := func(name string, r app.ClockReading) *readClockJSON {
		at := r.Time(now)
		word := ""
		if r.Off() {
			word = "more than 5 s off"
			warning = "Set the clock that is wrong before you blame a phone."
		}
		rows = append(rows, []string{name, local(at), at.Format(time.TimeOnly), difference(r), word})
		return &readClockJSON{
			Time: at.Format(time.RFC3339Nano), Ahead: r.Ahead.Seconds(), Within: r.Within.Seconds(), Off: r.Off(),
		}
	}
	r, ok, err := c.ServerClock(ctx)
	if err != nil {
		return err
	}
	if ok {
		j.Server = show("Store server", r)
	}
	if len(servers) > 0 {
		median, answers, err := c.NetworkTime(ctx, servers)
		for _, a := range answers {
			offer := timeOfferJSON{Server: a.Server}
			if a.Err == nil {
				ahead := a.Ahead.Seconds()
				offer.Ahead = &ahead
			} else {
				d.say("No answer from %s.", a.Server)
			}
			j.Servers = append(j.Servers, offer)
		}
		if err != nil {
			return err
		}
		j.Network = show("Network time (NTP)", median)
	}
	if d.json {
		return d.print(j)
	}
	table(d.out, []string{"CLOCK", "LOCAL", "UTC", "DIFFERENCE", ""}, rows)
	if !ok {
		d.say("The store has no server with a clock of its own.")
	}
	if warning != "" {
		d.say("%s", warning)
	}
	return nil
}

// local is a time on the wall, with its zone.
func local(t time.Time) string { return t.Local().Format("15:04:05 -07:00") }

// difference says how far a clock is from this workstation's: "0.3 s ahead".
func difference(r app.ClockReading) string {
	seconds := math.Round(r.Ahead.Seconds()*10) / 10
	within := math.Ceil(r.Within.Seconds()*10) / 10
	switch {
	case seconds > 0:
		return secondsText(seconds) + " ahead, ± " + secondsText(within)
	case seconds < 0:
		return secondsText(-seconds) + " behind, ± " + secondsText(within)
	}
	return "none, ± " + secondsText(within)
}

func secondsText(s float64) string {
	return strconv.FormatFloat(s, 'f', 1, 64) + " s"
}

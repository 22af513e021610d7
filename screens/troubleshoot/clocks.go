package troubleshoot

import (
	"context"
	"fmt"
	"time"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// clocks are the clocks that a code depends on, side by side, so that nobody
// blames the wrong one.
type clocks struct {
	screen *Screen
	card   *kit.Card
	body   *fyne.Container
	ask    *kit.Button

	server    app.ClockReading
	hasServer bool
	serverErr error
	network   app.ClockReading
	networkOK bool
	netErr    error
	phone     app.Drift
	whose     string
	asked     bool // of the server
	asking    bool // of the network
	ticking   bool
}

func newClocks(s *Screen) *clocks {
	c := &clocks{screen: s, body: kit.Column(0)}
	c.ask = kit.Secondary("Ask NTP", c.askNetwork).Icon(kit.IconGlobe).Small().
		Tip("Asks " + app.NetworkServers()[0] + " and its neighbors over NTP")
	head := kit.Pad(kit.Space16, kit.Space16, kit.Space4, kit.Space16, kit.Row(kit.Space8,
		kit.NewText("Clocks").At(kit.Size14).Strong(), kit.Spacer(), kit.Caption("local time, "+zone(s.kit.Now()))))
	c.card = kit.NewCard(kit.Column(0, head, c.body)).Room(0)
	c.draw()
	return c
}

// zone is the local time's distance from UTC: "UTC+2".
func zone(now time.Time) string {
	_, off := now.Local().Zone()
	text := fmt.Sprintf("UTC%+d", off/3600)
	if off == 0 {
		text = "UTC"
	}
	if rest := off % 3600 / 60; rest != 0 {
		text += fmt.Sprintf(":%02d", max(rest, -rest))
	}
	return text
}

// show asks the server the first time, and lets the clocks run.
func (c *clocks) show() {
	if !c.ticking {
		c.ticking = true
		c.screen.kit.Every(time.Second, c.draw)
	}
	if !c.asked {
		c.refresh()
	}
}

// refresh compares with the store's server again.
func (c *clocks) refresh() {
	c.asked = true
	type answer struct {
		r  app.ClockReading
		ok bool
	}
	kit.Go(c.screen.kit, func(ctx context.Context) (answer, error) {
		r, ok, err := c.screen.service.ServerClock(ctx)
		return answer{r, ok}, err
	}, func(a answer, err error) {
		c.server, c.hasServer, c.serverErr = a.r, a.ok, err
		c.draw()
	})
}

// askNetwork asks servers on the network, which an operator must want.
func (c *clocks) askNetwork() {
	if c.asking {
		return
	}
	c.asking = true
	c.ask.SetBusy(true, "Asking…")
	kit.Go(c.screen.kit, func(ctx context.Context) (app.ClockReading, error) {
		r, _, err := c.screen.service.NetworkTime(ctx, app.NetworkServers())
		return r, err
	}, func(r app.ClockReading, err error) {
		c.asking = false
		c.ask.SetBusy(false, "")
		c.network, c.networkOK, c.netErr = r, err == nil, err
		c.draw()
	})
}

// device shows what codes say of the clock of a person's device; the zero Drift
// takes it away.
func (c *clocks) device(whose string, d app.Drift) {
	c.whose, c.phone = whose, d
	c.draw()
}

// agree reports whether every clock of ours that was compared agrees, and
// whether any was.
func (c *clocks) agree() (agrees, compared bool) {
	compared = c.hasServer && c.serverErr == nil || c.networkOK
	return !(c.hasServer && c.server.Off()) && !(c.networkOK && c.network.Off()), compared
}

// draw shows all clocks as they are now.
func (c *clocks) draw() {
	now := c.screen.kit.Now()
	rows := []fyne.CanvasObject{clockRow(kit.IconMonitor, "This workstation", kit.ClockTime(now), kit.ClockUTC(now), c.workstation())}
	if c.hasServer || c.serverErr != nil {
		rows = append(rows, c.serverRow(now))
	}
	rows = append(rows, c.networkRow(now))
	if c.phone.Known {
		rows = append(rows, c.phoneRow(now))
	}
	c.body.Objects = nil
	for i, r := range rows {
		if i > 0 {
			c.body.Objects = append(c.body.Objects, kit.PadXY(kit.Space16, 0, kit.Separator()))
		}
		c.body.Objects = append(c.body.Objects, kit.PadXY(kit.Space16, kit.Space12, r))
	}
	c.body.Refresh()
	c.card.Refresh()
}

// workstation is how this computer's clock compares with the network's, if that
// was asked for.
func (c *clocks) workstation() fyne.CanvasObject {
	if !c.networkOK {
		return kit.Caption("")
	}
	return difference(-c.network.Ahead, c.network.Off())
}

func (c *clocks) serverRow(now time.Time) fyne.CanvasObject {
	if c.serverErr != nil {
		what, _ := c.screen.kit.Explain(c.serverErr)
		return clockRow(kit.IconServer, "Store server", "–", what, kit.Caption(""))
	}
	at := c.server.Time(now)
	return clockRow(kit.IconServer, "Store server", kit.ClockTime(at), kit.ClockUTC(at), difference(c.server.Ahead, c.server.Off()))
}

func (c *clocks) networkRow(now time.Time) fyne.CanvasObject {
	switch {
	case c.networkOK:
		at := c.network.Time(now)
		return clockRow(kit.IconGlobe, "Network time (NTP)", kit.ClockTime(at), kit.ClockUTC(at),
			kit.Row(kit.Space4, kit.Icon(kit.IconCheck, kit.ColorOK, 12), kit.NewText("reference").At(kit.Size11).In(kit.ColorOK).Strong()))
	case c.netErr != nil:
		what, then := c.screen.kit.Explain(c.netErr)
		return kit.Column(kit.Space8, kit.NewText("Network time (NTP)").Strong(), kit.Caption(what+" "+then).Wrapped(), c.ask)
	}
	return kit.Row(kit.Space12, kit.Icon(kit.IconGlobe, kit.ColorInk2, 18),
		kit.Grow(kit.NewText("Network time").Strong().Ellipsis()), c.ask)
}

func (c *clocks) phoneRow(now time.Time) fyne.CanvasObject {
	at := now.Add((c.phone.From + c.phone.To) / 2)
	ink, icon := kit.ColorOK, kit.IconCheck
	if !c.phone.OnTime() {
		ink, icon = kit.ColorWarn, kit.IconTriangle
	}
	return clockRow(kit.IconPhone, c.whose+"’s phone", "≈"+kit.ClockTime(at), "from the codes",
		kit.Row(kit.Space4, kit.Icon(icon, ink, 12), kit.NewText(c.phone.Words()).At(kit.Size11).In(ink).Strong()))
}

// difference says how far a clock is ahead of this workstation's.
func difference(ahead time.Duration, off bool) fyne.CanvasObject {
	ink, icon := kit.ColorOK, kit.IconCheck
	if off {
		ink, icon = kit.ColorWarn, kit.IconTriangle
	}
	side := "ahead"
	if ahead < 0 {
		ahead, side = -ahead, "behind"
	}
	text := fmt.Sprintf("%.1f s %s", ahead.Seconds(), side)
	switch {
	case ahead < 50*time.Millisecond:
		text = "the same"
	case ahead >= time.Minute:
		text = ahead.Round(time.Second).String() + " " + side
	}
	return kit.Row(kit.Space4, kit.Icon(icon, ink, 12), kit.NewText(text).At(kit.Size11).In(ink).Strong())
}

// clockRow is one clock: what it is, its local time and the time in UTC, and how
// it compares.
func clockRow(icon kit.IconName, name, local, utc string, compared fyne.CanvasObject) fyne.CanvasObject {
	return kit.Row(kit.Space12, kit.Icon(icon, kit.ColorInk2, 18), kit.Grow(kit.Column(2,
		kit.Row(kit.Space8, kit.Grow(kit.NewText(name).Strong().Ellipsis()), kit.NewText(local).Mono().At(kit.Size14)),
		kit.Row(kit.Space8, kit.Grow(kit.Caption(utc).Ellipsis()), compared))))
}

package connections

import (
	"context"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// probe is the card of the connection test: a ladder whose first step that is
// not done opens with its remedy.
type probe struct {
	kit     *kit.Kit
	service Service
	relay   func()
	target  func() (c Saved, ok bool) // what to test; ok is false where it cannot be yet
	grown   func()                    // there is more to see: the steps of a test, or why it has ended early
	make    func(c Saved)             // make a store where there is none; nil: that is no matter here
	maker   *kit.Button               // of that; nil: there is a store, or it is not known

	card   *kit.Card
	head   *fyne.Container
	said   *kit.Text
	button *kit.Button
	body   *fyne.Container

	kept  map[string]*outcome // of each store, as long as the screen lives
	now   *outcome            // what shows; nil: nothing was tested
	scope *kit.Scope          // of the test that goes on
}

// outcome is a test, as far as it has come.
type outcome struct {
	rungs []app.Rung
	began time.Time
	over  bool
	err   error
}

func newProbe(k *kit.Kit, service Service, relay, grown func()) *probe {
	p := &probe{kit: k, service: service, relay: relay, grown: grown, kept: map[string]*outcome{}, body: kit.Stack()}
	p.said = kit.NewText("").At(kit.Size12).In(kit.ColorInk2).Ellipsis()
	p.button = kit.Secondary("Test connection", p.press).Small()
	p.head = kit.AtLeast(0, kit.Scaled(52), kit.PadXY(kit.Space24-1, 0, kit.Row(kit.Space12,
		kit.NewText("Connection test").At(kit.Size14).Strong(), kit.Grow(p.said), p.button)))
	p.card = kit.NewCard(kit.Column(0, p.head, kit.Separator(), p.body)).Room(0)
	p.draw()
	return p
}

// show shows the test of a store, if there was one. Made-up people need none.
func (p *probe) show(c Saved) {
	p.target = func() (Saved, bool) { return c, true }
	p.now = p.kept[c.Name]
	p.card.Hidden = c.Kind == app.SampleStore
	p.draw()
}

func (p *probe) can() bool { return !p.card.Hidden && !p.running() }

func (p *probe) running() bool { return p.scope != nil }

func (p *probe) press() {
	if p.running() {
		p.cancel()
		return
	}
	p.start()
}

// start goes the way to the store.
func (p *probe) start() {
	c, ok := p.target()
	if !ok {
		return
	}
	o := &outcome{began: p.kit.Now()}
	p.now, p.kept[c.Name] = o, o
	scope := kit.NewScope(p.kit)
	p.scope = scope
	p.draw()
	report := func(rungs []app.Rung) {
		fyne.Do(func() {
			if p.scope != scope || p.kit.Left() {
				return
			}
			first := len(o.rungs) == 0
			o.rungs = rungs
			p.draw()
			if first { // later the person may look elsewhere
				p.grown()
			}
		})
	}
	scope.Go(func(ctx context.Context) error { return p.service.TestConnection(ctx, c, report) }, func(err error) {
		p.scope = nil
		o.over, o.err = true, err
		p.draw()
		if err != nil {
			p.grown()
		}
		if p.maker != nil && !p.kit.DialogOpen() {
			p.kit.Focus(p.maker) // the next thing to do
		}
	})
}

// cancel ends a test that goes on. What was done so far stays to be seen.
func (p *probe) cancel() {
	if !p.running() {
		return
	}
	p.scope.Cancel()
	p.scope = nil
	o := p.now
	o.over = true
	o.err = app.Errorf(app.Canceled, "Stopped. Nothing was changed.")
	o.rungs = slices.Clone(o.rungs)
	for i, r := range o.rungs {
		if r.State == app.RungTrying {
			o.rungs[i].State = app.RungStopped
		}
	}
	p.draw()
}

// draw shows the test as it is.
func (p *probe) draw() {
	switch {
	case p.running():
		p.button.SetText("Cancel")
		p.button.SetIcon(kit.IconX)
	case p.now != nil:
		p.button.SetText("Test again")
		p.button.SetIcon(kit.IconRefresh)
	default:
		p.button.SetText("Test connection")
		p.button.SetIcon(kit.IconPlay)
	}
	p.maker = nil
	p.said.SetText(p.words())
	p.head.Refresh()
	body := kit.Pad(kit.Space16, kit.Space24-1, kit.Space16, kit.Space24-1,
		kit.Second("Goes the way to the store step by step, and changes nothing.").Wrapped())
	switch {
	case p.now == nil:
	case len(p.now.rungs) > 0:
		rungs := make([]kit.Rung, len(p.now.rungs))
		for i, r := range p.now.rungs {
			rungs[i] = p.rung(r)
		}
		body = kit.Pad(9, kit.Space24-1, kit.Space16, kit.Space24-1, kit.Ladder(rungs...))
	case p.now.err != nil:
		body = kit.PadAll(kit.Space16, kit.ErrorBox(p.kit.Explain(p.now.err)))
	}
	p.body.Objects = []fyne.CanvasObject{body}
	p.body.Refresh()
	p.relay()
}

// words says how far the test has come, and when it was.
func (p *probe) words() string {
	o := p.now
	if o == nil {
		return "not tested yet"
	}
	n, done := len(o.rungs), 0
	for _, r := range o.rungs {
		if r.State == app.RungDone {
			done++
		}
	}
	step := "step " + kit.Count(min(done+1, n)) + " of " + kit.Count(n)
	when := kit.Within(kit.When(o.began, p.kit.Now()))
	switch {
	case n == 0 && !o.over:
		return "begins"
	case n == 0:
		return when
	case !o.over:
		return step
	case done == n && n == 1:
		return when + ", its step done"
	case done == n:
		return when + ", all " + kit.Count(n) + " steps done"
	case app.KindOf(o.err) == app.Canceled:
		return when + ", stopped by you at " + step
	}
	return when + ", ended at " + step
}

// rung is a step as the ladder shows it.
func (p *probe) rung(r app.Rung) kit.Rung {
	out := kit.Rung{Name: r.Name, Detail: r.Detail, Took: r.Took}
	switch r.State {
	case app.RungWaiting:
		if p.now.over {
			out.Word = "Not tried"
		}
	case app.RungTrying:
		out.State, out.Word = kit.RungBusy, "Trying…"
	case app.RungDone:
		out.State, out.Word = kit.RungGood, "Done"
	case app.RungStopped:
		out.State, out.Word = kit.RungHalted, "Stopped"
	case app.RungRefused:
		out.State, out.Word = kit.RungBad, "Refused"
	case app.RungUnreachable:
		out.State, out.Word = kit.RungBad, "No answer"
	case app.RungFailed:
		out.State, out.Word = kit.RungBad, "Failed"
	}
	if out.State == kit.RungBad && r.Err != nil {
		out.Open = p.remedy(r)
	}
	return out
}

// remedy is what opens under the step that is not done: why, what to do, and a
// command that an administrator could run.
func (p *probe) remedy(r app.Rung) fyne.CanvasObject {
	what, then := p.kit.Explain(r.Err)
	if r.Vacant && p.make != nil {
		then = "" // the button says it
	}
	parts := []fyne.CanvasObject{kit.NewText(what).Strong().Wrapped()}
	if then != "" {
		parts = append(parts, kit.Second(then).Wrapped())
	}
	if r.Certificate != nil {
		parts = append(parts, kit.Pad(kit.Space8, 0, 0, 0, p.presented(r.Certificate)))
	}
	if r.Command != "" {
		box, _ := kit.Command(p.kit, r.Command, "Copy", kit.ColorSurface, kit.ColorBadLine)
		parts = append(parts, kit.Pad(kit.Space8, 0, 0, 0, box))
	}
	if r.Vacant && p.make != nil {
		p.maker = p.newMaker()
		parts = append(parts, kit.Pad(kit.Space8, 0, 0, 0, kit.Row(kit.Space12, p.maker,
			kit.Grow(kit.Second("You become its first administrator, and get a recovery key to print.").Wrapped()))))
	}
	return kit.NewFrame(kit.ColorBadBg, kit.ColorBadLine, kit.PadXY(14, kit.Space12, kit.Column(2, parts...)))
}

// newMaker is the button that makes a store where the test found none.
func (p *probe) newMaker() *kit.Button {
	return kit.Primary("Make a team store", func() {
		if c, ok := p.target(); ok {
			p.make(c)
		}
	}).Icon(kit.IconPlus)
}

// presented shows the certificate that was not taken, as the server says it.
func (p *probe) presented(c *app.Certificate) fyne.CanvasObject {
	names := strings.Join(c.Names, ", ")
	if names == "" {
		names = "None"
	}
	return kit.NewFrame(kit.ColorSurface, kit.ColorBadLine, kit.PadAll(kit.Space12, kit.Column(kit.Space8,
		kit.Label("What the server presented"),
		kit.KeyValues(labels,
			kit.Fact{Label: "Subject", Value: c.Subject}, kit.Fact{Label: "Names", Value: names}, kit.Fact{Label: "Issuer", Value: c.Issuer},
			kit.Fact{Label: "Valid", Value: kit.Day(c.From) + " to " + kit.Day(c.Until)},
			kit.Fact{Label: "SHA-256", Value: c.Fingerprint, Mono: true})))).Radius(kit.RadiusNote)
}

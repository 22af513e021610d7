package settings

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// keys is the card of the keys that the secrets of the store are sealed with.
type keys struct {
	desk *desk
	card *kit.Card
	now  app.Rotation

	running *rotating   // nil: this window does not rotate now
	unseen  app.Secret  // a new recovery key that nobody has said to have written down
	showing *kit.Dialog // of it
}

func newKeys(p *desk) *keys {
	return &keys{desk: p, card: open("Keys of "+p.desk.Store().Name, rows(row("Reading…", "", kit.Stack())))}
}

func (c *keys) load() {
	k := c.desk.screen.kit
	kit.Go(k, c.desk.desk.Rotation, func(now app.Rotation, err error) {
		if err != nil {
			what, then := k.Explain(err)
			c.set(row(what, then, kit.Stack()))
			return
		}
		c.now = now
		c.show()
	})
	if !c.unseen.Empty() { // the lock has closed the dialog
		c.showRecovery()
	}
}

func (c *keys) set(all ...fyne.CanvasObject) {
	c.card.SetBody(rows(all...))
	c.desk.screen.content.Refresh()
}

// show says what seals the secrets, with the one thing that can be done about it.
func (c *keys) show() {
	button := kit.Secondary("Rotate the key…", func() { c.rotate(false) }).Icon(kit.IconRefresh)
	if c.now.Running {
		button = kit.Secondary("Go on…", func() { c.rotate(false) }).Icon(kit.IconRefresh)
	}
	why := c.desk.first(c.desk.desk.CanRotate(), c.desk.desk.Permits(app.EditOperators))
	what, means := c.words()
	if why != "" {
		button.DisableFor(why)
		means += " " + why
	}
	c.set(row(what, means, button))
}

// words say what seals the secrets, and what that means.
func (c *keys) words() (what, means string) {
	if c.now.Running {
		return kit.Count(c.now.Left) + " of " + kit.CountOf(c.now.Values, "secret is", "secrets are") + " still sealed with an older key",
			"A rotation was stopped. Everything new is sealed with key " + c.now.Key + "."
	}
	since := "since the store was made"
	if !c.now.Since.IsZero() {
		since = "since " + kit.Within(kit.When(c.now.Since, c.desk.screen.kit.Now()))
	}
	return kit.CountOf(c.now.Values, "secret is", "secrets are") + " sealed with key " + c.now.Key + ", " + since,
		"Rotate it after somebody left who could open secrets: a copy of the old one opens nothing new then."
}

// rotate makes new keys, or goes on with the rotation that was stopped: the
// operator's password, what will happen, then the deed with its progress.
func (c *keys) rotate(anew bool) { c.rotateAgain(anew, kit.Answer{}) }

func (c *keys) rotateAgain(anew bool, start kit.Answer) {
	p := c.desk
	if c.running != nil {
		return
	}
	p.ask("rotate the key of "+p.desk.Store().Name, app.Deed{Action: app.DoRotate}, func(g *app.Grant) {
		c.confirm(g, anew, start)
	})
}

// confirm says what will happen, as it is known once the password was typed.
func (c *keys) confirm(g *app.Grant, anew bool, start kit.Answer) {
	p := c.desk
	goesOn := c.now.Running && !anew
	spec := kit.ConfirmSpec{
		Store: p.head(), Title: "Rotate the key of " + p.desk.Store().Name + "?", OK: "OK, rotate",
		Effects: func(boxes []bool) []kit.Effect { return c.effects(goesOn, len(boxes) > 0 && boxes[0]) },
		Reason:  true, Start: start, Until: g.Expires(),
		Again: func(a kit.Answer) { c.rotateAgain(anew, a) },
		Done: func(a kit.Answer) {
			c.run(g, app.RotateRequest{Anew: anew, NewRecovery: len(a.Boxes) > 0 && a.Boxes[0], Reason: a.Reason})
		},
	}
	if goesOn {
		spec.Title, spec.OK = "Go on with the rotation?", "OK, go on"
	} else if !c.now.NewRecovery {
		spec.Boxes = []kit.Choice{{Title: "Make a new recovery key, too", Caption: "If who left may know the printed one. It ends then."}}
	}
	kit.Confirm(p.screen.kit, spec)
}

// effects is exactly what a rotation does.
func (c *keys) effects(goesOn, recovery bool) []kit.Effect {
	if goesOn {
		return []kit.Effect{
			kit.Happens(kit.IconKey, "", kit.CountOf(c.now.Left, "secret is", "secrets are")+" sealed with key "+c.now.Key+"."),
			kit.Happens(kit.IconX, "", "The older key is forgotten when nothing is sealed with it any more."),
		}
	}
	effects := []kit.Effect{
		kit.Happens(kit.IconKey, "", "A new key seals everything from now on, and "+kit.CountOf(c.now.Values, "secret", "secrets")+" anew."),
		kit.Happens(kit.IconCheck, kit.ColorOK, "Every operator keeps the own password, and other desks go on working."),
		kit.Happens(kit.IconX, "", "A copy of the old key opens nothing that is written from now on."),
	}
	if recovery || c.now.NewRecovery {
		return append(effects, kit.Happens(kit.IconTriangle, kit.ColorWarn, "The printed recovery key ends. A new one is shown once: have paper at hand."))
	}
	return append(effects, kit.Happens(kit.IconCheck, kit.ColorOK, "The printed recovery key stays as it is."))
}

// ended shows how a rotation ended.
func (c *keys) ended(r app.RotateResult, err error) {
	k := c.desk.screen.kit
	c.running = nil
	c.load()
	switch {
	case app.KindOf(err) == app.Canceled && err != nil:
		what, _ := k.Explain(err)
		k.Toast(kit.StatusOK, what)
	case err != nil:
		k.Problem("The rotation has stopped", err)
	default:
		k.Toast(kit.StatusOK, "Key "+r.Key+" seals now. "+kit.CountOf(r.Resealed, "secret was", "secrets were")+" sealed anew.")
	}
}

// showRecovery shows a new recovery key until the person has said that it is
// written down.
func (c *keys) showRecovery() {
	if c.showing != nil && !c.showing.Closed() {
		return
	}
	k := c.desk.screen.kit
	noted := kit.NewCheckbox("I have printed or written it down", "", "")
	next := kit.Primary("Continue", nil).Key("Enter")
	next.DisableFor("Tick the box first.")
	noted.OnChange = func(on bool) {
		next.DisableFor(map[bool]string{false: "Tick the box first."}[on])
	}
	var d *kit.Dialog
	goOn := func() {
		if noted.On() {
			c.unseen = app.Secret{}
			d.Close()
		}
	}
	next.OnTapped = goOn
	defer func() { c.showing = d }()
	d = k.Dialog(kit.DialogSpec{
		Store: c.desk.head(), Title: "Your new recovery key", Width: 540,
		Body: kit.Pad(kit.Space8, 0, 0, 0, kit.Column(kit.Space16,
			kit.Second("It takes the place of the one that was printed before, which ends with this rotation. It is shown only now and kept nowhere, so put it on paper.").Wrapped(),
			kit.KeyGroups(c.unseen.Reveal()),
			kit.Wrap(kit.Space8, kit.Space8, kit.Secondary("Copy key", func() {
				k.Clip.CopySecret(c.unseen.Reveal())
				k.Toast(kit.StatusOK, "Copied. It leaves the clipboard by itself after a short while.")
			}).Icon(kit.IconCopy)),
			noted)),
		Hint:    "[Space] ticks",
		Buttons: []*kit.Button{next},
		Focus:   noted,
		OnEnter: goOn,
		Sticky:  true,
	})
}

// run rotates, and shows how far it is.
func (c *keys) run(g *app.Grant, q app.RotateRequest) {
	ctx, stop := context.WithCancel(context.Background())
	r := &rotating{keys: c, stop: stop}
	c.running = r
	q.Progress, q.ShowRecovery = r.progress, r.recovery
	// The kit's own runner would stop the work, and drop its end, when the screen
	// is left: a rotation goes on behind other pages.
	kit.Go(c.desk.screen.window, func(outer context.Context) (app.RotateResult, error) {
		defer stop()
		defer context.AfterFunc(outer, stop)()
		return c.desk.desk.Rotate(ctx, g, q)
	}, func(result app.RotateResult, err error) {
		r.end()
		if result.Key == "" {
			c.unseen = app.Secret{} // it has not begun, so the key is none
		}
		c.ended(result, err)
	})
	r.show()
}

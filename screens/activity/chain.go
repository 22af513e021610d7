package activity

import (
	"context"
	"fmt"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// chain is the note that says whether the audit is whole.
type chain struct {
	screen  *Screen
	content fyne.CanvasObject
	note    *kit.Note
	button  *kit.Button
	accept  *kit.Button // in its place, where the history is another than this console has seen
	busy    bool

	checked  int64 // the newest event of a chain that was found whole; 0: none
	doubtful bool  // what it said is not claimed any more: the events could not be read
}

func newChain(s *Screen) *chain {
	c := &chain{screen: s}
	c.button = kit.Secondary("Verify now", c.verify).Small()
	c.accept = kit.Secondary("Accept this history…", s.askAccept).Small()
	c.note = kit.NewNote(kit.StatusMute, "The chain has not been checked yet", "Each event is linked to the one before it by its hash.").
		Icon(kit.IconShieldCheck).Action(c.button)
	c.content = c.note
	return c
}

// verify recomputes the chain off the UI goroutine; large ones take a moment,
// so the note counts along.
func (c *chain) verify() {
	if c.busy {
		return
	}
	c.busy = true
	c.button.SetBusy(true, "Checking…")
	s := c.screen
	progress := func(done, total int64) {
		fyne.Do(func() {
			if c.busy && !s.kit.Left() {
				c.note.Set(kit.StatusMute, "Checking the chain",
					app.Thousands(done)+" of "+app.Thousands(total)+" events.")
			}
		})
	}
	kit.Go(s.kit, func(ctx context.Context) (app.AuditReport, error) {
		return s.service.VerifyAudit(ctx, progress)
	}, func(r app.AuditReport, err error) {
		c.busy = false
		c.button.SetBusy(false, "")
		if err != nil {
			s.kit.Link().Doubt(err)
			what, then := s.kit.Explain(err)
			c.note.Set(kit.StatusWarn, "The chain could not be checked", what+" "+then)
			return
		}
		c.show(r)
	})
}

// doubt takes back what was said of the chain, until it is checked again: of
// events that cannot be read nothing is known.
func (c *chain) doubt() {
	c.doubtful, c.checked = true, 0
	c.note.Icon(kit.IconShieldCheck)
	c.note.Set(kit.StatusMute, "The chain cannot be checked now", "It is checked as soon as the events can be read again.")
	c.screen.content.Refresh()
}

// holds tells whether an event was in the chain when it was last found whole.
func (c *chain) holds(e app.Event) bool { return e.Seq <= c.checked }

func (c *chain) show(r app.AuditReport) {
	c.doubtful, c.checked = false, 0
	if r.Whole {
		c.checked = r.Head.Seq
	}
	c.note.Action(c.button)
	if r.SetBack() {
		c.note.Action(c.accept)
	}
	checked := "Checked " + kit.Within(kit.WhenUTC(r.Checked, c.screen.kit.Now())) + "."
	switch {
	case !r.Whole:
		title := "This is not the history that this console has seen"
		if r.BrokenAt > 0 {
			title = "The chain is broken at event " + app.Thousands(r.BrokenAt)
		}
		c.note.Icon(kit.IconOctagon)
		c.note.Set(kit.StatusBad, title, r.Problem+" "+checked)
	case r.Events == 0:
		c.note.Set(kit.StatusMute, "There is no event yet", checked)
	default:
		c.note.Icon(kit.IconShieldCheck)
		words := fmt.Sprintf("%s since %s. None missing, changed or out of order. %s",
			kit.CountOf(int(r.Events), "event", "events"), kit.Day(r.First), checked)
		if r.Unsealed > 0 {
			words += " " + kit.CountOf(int(r.Unsealed), "newest event waits", "newest events wait") + " for a key holder's seal."
		}
		state, title := kit.StatusOK, "The chain is whole"
		if r.ProvedFrom > 1 {
			state, title = kit.StatusWarn, "The chain is whole, and proved from event "+app.Thousands(r.ProvedFrom)+" on"
		}
		if proof := r.Proof(); proof != "" {
			words += " " + proof
		}
		c.note.Set(state, title, words)
	}
	c.screen.content.Refresh()
}

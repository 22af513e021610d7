package welcome

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// recovery is the page that shows the recovery key, once.
type recovery struct {
	screen  *Screen
	request MakeRequest
	key     app.Secret
	content fyne.CanvasObject

	noted *kit.Checkbox
	next  *kit.Button
	why   *kit.Text
	foot  *fyne.Container
}

func newRecovery(w *Screen, r MakeRequest, key app.Secret) *recovery {
	r.First.Password = app.Secret{} // not needed any more
	p := &recovery{screen: w, request: r, key: key}
	p.noted = kit.NewCheckbox("I have printed or written it down", "", "")
	p.noted.OnChange = p.ticked
	p.next = kit.Primary("Continue", p.goOn).Key("Enter")
	p.why = kit.Caption("Tick the box first.").In(kit.ColorInk2)
	p.next.DisableFor(p.why.String())
	p.content = p.layout()
	return p
}

func (p *recovery) layout() fyne.CanvasObject {
	card := kit.NewCard(kit.Column(kit.Space16,
		kit.KeyGroups(p.key.Reveal()),
		kit.Wrap(kit.Space8, kit.Space8,
			kit.Secondary("Copy key", p.copy).Icon(kit.IconCopy),
			kit.Secondary("Save to file…", p.save).Icon(kit.IconExport)),
		kit.Separator(),
		p.noted,
	)).Room(kit.Space24)
	p.foot = kit.Row(kit.Space12, kit.Keys("[Space] ticks"), kit.Spacer(), p.why, p.next)
	card.Foot(kit.PadXY(kit.Space24, kit.Space12, p.foot))
	return kit.Column(0,
		kit.NewText("Your recovery key").At(kit.Size28).Strong(),
		kit.Pad(5, 0, kit.Space24, 0, kit.NewText("With your password it lets you in when your phone is lost, and nothing else does "+
			"while you are the only administrator. It is shown only now and kept nowhere, so put it on paper.").
			At(kit.Size14).In(kit.ColorInk2).Wrapped()),
		card)
}

func (p *recovery) ticked(on bool) {
	if on {
		p.next.DisableFor("")
		p.why.SetText("")
	} else {
		p.next.DisableFor("Tick the box first.")
		p.why.SetText("Tick the box first.")
	}
	p.foot.Refresh()
}

// copy puts the key into the clipboard for a short while.
func (p *recovery) copy() {
	p.screen.kit.Clip.CopySecret(p.key.Reveal())
	p.screen.kit.Toast(kit.StatusOK, "Copied. It leaves the clipboard by itself after a short while.")
}

// goOn leads to sign-in once the key is written down.
func (p *recovery) goOn() {
	if p.noted.On() {
		p.done()
	}
}

// leave asks before the key is lost.
func (p *recovery) leave() {
	if p.noted.On() {
		p.done()
		return
	}
	kit.Confirm(p.screen.kit, kit.ConfirmSpec{
		Store: kit.Store{Name: p.request.Name, Tag: kit.TagLocal},
		Title: "Go on without the recovery key?",
		Effects: func([]bool) []kit.Effect {
			return []kit.Effect{
				kit.Happens(kit.IconEyeOff, kit.ColorBad, "The key is gone: it cannot be shown again, and this store gets no other."),
				kit.Happens(kit.IconPhone, kit.ColorInk2, "If your phone is lost while you are the only administrator, nobody gets in."),
			}
		},
		OK:   "OK, go on without",
		Done: func(kit.Answer) { p.done() },
	})
}

func (p *recovery) done() {
	p.key = app.Secret{}
	p.screen.on.Made()
}

// save asks for a file and writes the key into it.
func (p *recovery) save() {
	field := kit.NewField("File").Icon(kit.IconFile)
	field.SetText(keyFile(p.request))
	save := kit.Primary("Save", nil).Key("Enter")
	var d *kit.Dialog
	write := func() {
		path := kit.FullPath(strings.TrimSpace(field.Text()))
		if save.Busy() {
			return
		}
		if err := kit.CheckPath(path); err != nil {
			field.SetError(app.Explain(err))
			d.Refresh()
			return
		}
		save.SetBusy(true, "Saving…")
		text := keyText(p.request, p.key, p.screen.kit.Now())
		d.Runner().Go(func(context.Context) error { return writeKey(path, text) }, func(err error) {
			save.SetBusy(false, "")
			if err != nil {
				field.SetError(app.Explain(err))
				d.Refresh()
				field.Focus()
				return
			}
			d.Close()
			p.screen.kit.Toast(kit.StatusOK, "Saved for you alone to read. Print it, and take it off this computer.")
		})
	}
	save.OnTapped = write
	field.OnSubmit = func(string) { write() }
	d = p.screen.kit.Dialog(kit.DialogSpec{
		Store: kit.Store{Name: p.request.Name, Tag: kit.TagLocal},
		Title: "Save the recovery key to a file", Width: 540,
		Body: kit.Pad(kit.Space8, 0, 0, 0, kit.Column(kit.Space16,
			kit.Second("Only you can read the file. Print it, or move it to a safe place, and then delete it here: "+
				"beside the store it opens, it protects nothing.").Wrapped(),
			field)),
		Hint:    "[Esc] cancels",
		Buttons: []*kit.Button{kit.Secondary("Cancel", nil), save},
		Focus:   field.Input(),
		OnEnter: write,
	})
}

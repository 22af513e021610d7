package user

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// codeDialog is a dialog with one field for a code that a person reads out,
// and what came of it under the field.
type codeDialog struct {
	kit    *kit.Kit
	dialog *kit.Dialog
	field  *kit.Field
	answer *fyne.Container
	button *kit.Button
	digits int
	check  func(ctx context.Context, code app.Secret) (app.Attempt, error)
	ended  func(a app.Attempt) // an attempt that the store answered
}

// codeSpec is what differs between a desk test and a first code.
type codeSpec struct {
	store    kit.Store
	title    string
	lead     string // what the person is to do
	note     string // what the attempt costs
	label    string
	button   string
	digits   int
	check    func(ctx context.Context, code app.Secret) (app.Attempt, error)
	ended    func(d *codeDialog, a app.Attempt)
	onCancel func()
}

func openCode(k *kit.Kit, spec codeSpec) {
	d := &codeDialog{
		kit: k, digits: spec.digits, check: spec.check,
		field:  kit.NewCode(spec.label, spec.digits).ForTest(),
		answer: kit.Column(0),
		button: kit.Primary(spec.button, nil).Key("Enter"),
	}
	d.ended = func(a app.Attempt) { spec.ended(d, a) }
	d.button.OnTapped = d.submit
	d.field.OnSubmit = func(string) { d.submit() }
	d.dialog = k.Dialog(kit.DialogSpec{
		Store: spec.store, Title: spec.title,
		Body: kit.Column(0,
			kit.NewText(spec.lead).In(kit.ColorInk2).Wrapped(),
			kit.Pad(20, 0, 0, 0, d.field), d.answer,
			kit.Pad(kit.Space16, 0, 0, 0, remark(spec.note))),
		Hint:     "[Esc] closes",
		Buttons:  []*kit.Button{kit.Secondary("Close", nil), d.button},
		Focus:    d.field.Input(),
		OnEnter:  d.submit,
		OnCancel: spec.onCancel,
	})
}

// submit asks the store about the code as it is typed.
func (d *codeDialog) submit() {
	if d.button.Busy() {
		return
	}
	code := d.field.Text()
	if len(code) != d.digits {
		d.field.SetError("The code is not complete.", "It has "+kit.Count(d.digits)+" digits.")
		d.dialog.Refresh()
		return
	}
	d.field.SetError("", "")
	d.button.SetBusy(true, "Checking…")
	kit.Go(d.dialog.Runner(), func(ctx context.Context) (app.Attempt, error) {
		return d.check(ctx, app.NewSecret(code))
	}, func(a app.Attempt, err error) {
		d.button.SetBusy(false, "")
		d.field.Clear()
		d.field.Focus()
		if err != nil {
			what, then := d.kit.Explain(err)
			d.say(kit.StatusBad, what, then)
			return
		}
		d.ended(a)
	})
}

// say shows what came of the attempt.
func (d *codeDialog) say(status kit.Status, what, then string) {
	d.answer.Objects = []fyne.CanvasObject{kit.Pad(kit.Space16, 0, 0, 0, kit.NewNote(status, what, then))}
	d.dialog.Refresh()
}

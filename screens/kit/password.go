package kit

import (
	"context"

	"fyne.io/fyne/v2"
)

// PasswordSpec is one "Current User Identity Verification": proof, by the
// operator's own password, for one action. G is what the proof is, a grant.
type PasswordSpec[G any] struct {
	Store    Store
	Action   string // what the password is for: "reset Google Authenticator for Ann Marigold"
	Operator string // full name of who is signed in
	// Check proves the password; it runs off the UI goroutine. Its error is
	// explained under the field, the field is emptied and keeps the focus.
	Check func(ctx context.Context, password string) (G, error)
	Done  func(proof G) // after the dialog has closed
	// More stands between the sentence and the field: what else is to be decided
	// for this action. Nil is nothing. The focus is on the field all the same.
	More     fyne.CanvasObject
	OnCancel func()
}

// Password asks for the operator's password. Enter continues, Esc cancels.
//
// While the store does not answer, nobody is asked for a password: the dialog then
// says that nothing can be changed.
func Password[G any](k *Kit, spec PasswordSpec[G]) *Dialog {
	if err := k.Link().Refusal(); err != nil {
		return k.Problem("Nothing can be changed now", err)
	}
	field := NewPassword("Your Password")
	next := Primary("Continue", nil).Key("Enter")
	var d *Dialog
	submit := func() {
		if next.Busy() || field.Text() == "" {
			return
		}
		if err := k.Link().Refusal(); err != nil { // what is typed stays
			field.SetError(k.Explain(err))
			d.Refresh()
			return
		}
		password := field.Text()
		field.SetError("", "")
		next.SetBusy(true, "Checking…")
		Go(d.Runner(), func(ctx context.Context) (G, error) {
			return spec.Check(ctx, password)
		}, func(proof G, err error) {
			next.SetBusy(false, "")
			field.Clear()
			if err != nil {
				k.Link().Doubt(err)
				field.SetError(k.Explain(err))
				d.Refresh()
				field.Focus()
				return
			}
			d.Close()
			spec.Done(proof)
		})
	}
	next.OnTapped = submit
	field.OnSubmit = func(string) { submit() }
	why := NewRich(
		Plain("To "), Strong(spec.Action),
		Plain(", type your own password. You are signed in as "+spec.Operator+"."),
	).Wrapped().In(ColorInk2)
	body := []fyne.CanvasObject{why}
	if spec.More != nil {
		body = append(body, Pad(Space16, 0, 0, 0, spec.More))
	}
	d = k.Dialog(DialogSpec{
		Store: spec.Store,
		Title: "Current User Identity Verification",
		Width: 480,
		Body: Column(0, append(body, Pad(20, 0, 0, 0, field),
			Pad(Space16, 0, 0, 0, Row(6, Icon(IconClock, ColorInk2, 14), Caption("Counts for this one action, for two minutes.").In(ColorInk2))))...),
		Hint:     "[Esc] cancels",
		Buttons:  []*Button{Secondary("Cancel", nil), next},
		Focus:    field.Input(),
		OnEnter:  submit,
		OnCancel: spec.OnCancel,
	})
	return d
}

package user

import (
	"context"
	"strings"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// keyDialog takes an older key for a factor that no key of the store opens. It
// stays open, with what was typed, until a key fits or the person gives up.
type keyDialog struct {
	s        *Screen
	provider app.Provider
	dialog   *kit.Dialog
	field    *kit.Field
	next     *kit.Button
}

// repair asks for an older key, then for the operator's password, and makes the
// factor readable again.
func (s *Screen) repair(provider app.Provider) {
	if s.page == nil {
		return
	}
	u := s.page.user
	d := &keyDialog{
		s: s, provider: provider,
		field: kit.NewPassword("Older key").Hides("key").Icon(kit.IconKey).Caption("crypt/key of env.php, as it was then"),
		next:  kit.Primary("Continue", nil).Key("Enter"),
	}
	d.next.OnTapped = d.submit
	d.field.OnSubmit = func(string) { d.submit() }
	d.dialog = s.kit.Dialog(kit.DialogSpec{
		Store: s.head(), Title: "Add a key for " + provider.Name + " of " + u.Name(),
		Body: kit.Column(0,
			kit.NewText(repairLead(s.page, provider)).In(kit.ColorInk2).Wrapped(),
			kit.Pad(20, 0, 0, 0, d.field),
			kit.Pad(kit.Space16, 0, 0, 0, remark("The key is used for this once and kept nowhere. With several keys, paste them all."))),
		Hint:     "[Esc] cancels",
		Buttons:  []*kit.Button{kit.Secondary("Cancel", nil), d.next},
		Focus:    d.field.Input(),
		OnEnter:  d.submit,
		OnCancel: d.field.Clear,
	})
}

// repairLead says what an older key is good for.
func repairLead(p *page, provider app.Provider) string {
	words := "A key that the shop used before may open what is stored. It is then sealed with the shop’s present key, and " + p.user.Short()
	if p.user.Factor(provider.Code).Whole {
		return words + " has every factor back."
	}
	return words + " need not enroll again."
}

// submit goes on to the operator's password, over this dialog.
func (d *keyDialog) submit() {
	if d.next.Busy() {
		return
	}
	keys := strings.TrimSpace(d.field.Text())
	if keys == "" {
		d.refuse("The key is missing.", "Paste it as it stood in env.php.")
		return
	}
	d.field.SetError("", "")
	s, u := d.s, d.s.page.user
	deed := app.Deed{Action: app.DoRepair, Target: u.ID, Provider: d.provider.Code}
	s.ask("repair "+d.provider.Name+" of "+u.Name(), deed, func(g *app.Grant) { d.repair(u, g, app.NewSecret(keys)) })
}

func (d *keyDialog) repair(u app.User, g *app.Grant, keys app.Secret) {
	d.next.SetBusy(true, "Trying…")
	s := d.s
	s.kit.Go(func(ctx context.Context) error {
		return s.service.Repair(ctx, g, app.RepairRequest{
			User: u.ID, Version: u.Version, Provider: d.provider.Code, Keys: keys,
		})
	}, func(err error) {
		d.next.SetBusy(false, "")
		stale := app.KindOf(err) == app.Conflict || app.KindOf(err) == app.NotFound
		if err != nil && !stale {
			d.refuse(s.kit.Explain(err))
			return
		}
		d.end()
		s.finish(d.provider.Name+" was not repaired", d.provider.Name+" of "+u.Short()+" can be read again.", err)
	})
}

// refuse says under the field why it did not go on; what was typed stays.
func (d *keyDialog) refuse(what, then string) {
	if d.dialog.Closed() {
		d.s.kit.Toast(kit.StatusBad, what)
		return
	}
	d.field.SetError(what, then)
	d.field.Focus()
	d.dialog.Refresh()
}

// end closes the dialog and forgets the key.
func (d *keyDialog) end() {
	d.field.Clear()
	d.dialog.Close()
}

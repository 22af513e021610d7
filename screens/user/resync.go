package user

import (
	"context"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// ResyncAtOnce begins to follow a device that is off, as soon as the user was
// read.
func (s *Screen) ResyncAtOnce(code app.ProviderCode) {
	s.begin = func() {
		f := s.page.user.Factor(code)
		reason := first(s.page.may.reset, s.page.may.secrets, s.service.Able(app.AbleResync))
		if reason != nil {
			s.failed("The device cannot be resynced", reason)
			return
		}
		if f.Status == app.StatusActive {
			s.resync(s.page.provider(code), f)
		}
	}
}

// resync asks for the operator's password, then for two codes in a row.
func (s *Screen) resync(provider app.Provider, f app.Factor) {
	u := s.page.user
	s.ask("resync "+provider.Name+" of "+u.Name(), app.Deed{Action: app.DoResync, Target: u.ID, Provider: provider.Code}, func(g *app.Grant) {
		s.resyncCodes(u, provider, f, g)
	})
}

// resyncCodes takes the two codes. The first one waits in its field for the
// second, which the device shows next.
func (s *Screen) resyncCodes(u app.User, provider app.Provider, f app.Factor, g *app.Grant) {
	digits := f.Params.Digits
	one, two := kit.NewCode("Code", digits), kit.NewCode("Next code", digits)
	button := kit.Primary("Resync", nil).Key("Enter")
	var dialog *kit.Dialog
	submit := func() {
		one.SetError("", "")
		two.SetError("", "")
		for _, field := range []*kit.Field{one, two} {
			if len(field.Text()) != digits {
				field.SetError("The code is not complete.", "It has "+kit.Count(digits)+" digits.")
				field.Focus()
				dialog.Refresh()
				return
			}
		}
		if button.Busy() {
			return
		}
		button.SetBusy(true, "Checking…")
		r := app.DeviceResync{
			User: u.ID, Version: u.Version, Provider: provider.Code,
			First: app.NewSecret(one.Text()), Second: app.NewSecret(two.Text()), At: s.kit.Now(),
		}
		kit.Go(s.kit, func(ctx context.Context) (app.Attempt, error) { return s.service.Resync(ctx, g, r) },
			func(a app.Attempt, err error) {
				button.SetBusy(false, "")
				dialog.Close()
				if err == nil && !a.Accepted() {
					err = app.Errorf(app.Invalid, "These are no two new codes in a row of this factor.").
						WithHint("Nothing was changed. Ask for two fresh codes, one after the other.")
				}
				s.finish(provider.Name+" was not resynced", "The store follows "+u.Short()+"’s device from now on.", err)
			})
	}
	button.OnTapped = submit
	one.OnSubmit = func(string) { two.Focus() }
	two.OnSubmit = func(string) { submit() }
	dialog = s.kit.Dialog(kit.DialogSpec{
		Store: s.head(), Title: "Resync " + provider.Name,
		Body: kit.Column(kit.Space16,
			kit.NewText(u.Short()+" reads out the code that the device shows now, and then the next one. Both are used up.").In(kit.ColorInk2).Wrapped(),
			one, two),
		Hint:    "[Esc] cancels",
		Buttons: []*kit.Button{kit.Secondary("Cancel", nil), button},
		Focus:   one.Input(), OnEnter: submit,
	})
}

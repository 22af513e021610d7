package troubleshoot

import (
	"strings"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// personHelps are the helps that a person does, in words to read out.
var personHelps = []app.Help{
	app.HelpNextCode, app.HelpWait, app.HelpTypeAgain, app.HelpSetClock, app.HelpSyncApp, app.HelpCookies, app.HelpScanAgain, app.HelpReset,
}

// steps opens what to tell the person on the phone, for the app that the person
// uses, to read out, copy or print.
func (r *refused) steps(d app.Diagnosis) {
	s := r.screen
	k := s.kit
	apps := app.Authenticators()
	names := make([]string, len(apps))
	for i, a := range apps {
		names[i] = a.Name
	}
	list := kit.Column(kit.Space8)
	chosen := 0
	text := func() []string { return app.PersonSteps(apps[chosen], shopDomain(s.service.Store()), wanted(d)...) }
	draw := func() {
		list.Objects = nil
		for _, line := range text() {
			list.Objects = append(list.Objects, kit.RowTop(kit.Space8, kit.Icon(kit.IconRight, kit.ColorInk3, 14), kit.Grow(kit.NewText(line).Wrapped())))
		}
		if apps[chosen].Sync == "" {
			list.Objects = append(list.Objects, kit.Caption(apps[chosen].Name+" counts by the clock of the device and has no time of its own.").Wrapped())
		}
		list.Refresh()
	}
	draw()
	var dialog *kit.Dialog
	choose := kit.NewSelect(kit.IconPhone, "App of the person", func(i int) {
		chosen = i
		draw()
		dialog.Refresh()
	}, kit.Texts(names...)...)
	title := "What " + d.User.Short() + " does"
	copied := kit.Primary("Copy", nil).Icon(kit.IconCopy).Key("Enter")
	copied.OnTapped = func() {
		k.Clip.Copy(app.StepsText(title+" ("+apps[chosen].Name+")", text()))
		dialog.Close()
		k.Toast(kit.StatusOK, "The steps are in the clipboard.")
	}
	dialog = k.Dialog(kit.DialogSpec{
		Store: kit.StoreOf(s.service.Store()), Title: title,
		Body: kit.Column(kit.Space16, choose, list,
			kit.Caption("Facts about apps were last checked on "+app.AuthenticatorsChecked+".").In(kit.ColorInk3)),
		Hint: "[Esc] closes", Focus: copied, OnEnter: copied.OnTapped,
		Buttons: []*kit.Button{kit.Secondary("Close", nil), copied},
	})
}

// wanted are the helps of a diagnosis that a person does; the clock is always
// among them, for it is what is asked for most.
func wanted(d app.Diagnosis) []app.Help {
	all := []app.Help{app.HelpSetClock}
	for _, a := range d.Advice {
		for _, h := range personHelps {
			if a.Help == h && h != app.HelpSetClock {
				all = append(all, h)
			}
		}
	}
	return all
}

// shopDomain is the domain of a shop as it is configured; empty for other
// stores.
func shopDomain(i app.StoreInfo) string {
	if i.Kind != app.MagentoStore {
		return ""
	}
	return strings.TrimSuffix(i.Issuer, "/")
}

package welcome

import (
	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/screens/kit"
)

// side is the dark left side: whose program it is, what it is for or where one
// is on the way, and the version.
func (w *Screen) side() fyne.CanvasObject {
	keys := kit.Quiet("Shortcuts: ?", func() { w.kit.ShowShortcuts() }).Icon(kit.IconHelp).OnRail()
	return kit.Pad(39, 48, 30, 48, kit.Column(0,
		kit.Row(kit.Space12, kit.Logo(46), kit.Title("Factordesk").In(kit.ColorRailOn)),
		kit.Grow(kit.Center(344, w.panel)),
		kit.Row(0, railWords("Version "+w.o.Version).At(kit.Size12), kit.Spacer(), keys)))
}

func railWords(text string) *kit.Text {
	return kit.NewText(text).At(kit.Size14).In(kit.ColorRailInk)
}

// middle is what the dark side says: what Factordesk is, or the steps.
func (w *Screen) middle() fyne.CanvasObject {
	if w.page != pageCards {
		title := "A store of your own"
		if w.o.Team != "" {
			title = "A store for your team"
		}
		return kit.Column(kit.Space16,
			kit.Pad(0, 0, kit.Space8, 0, kit.NewText(title).At(kit.Size20).Strong().In(kit.ColorRailOn)),
			w.stage("1", "The store and you", pageForm),
			w.stage("2", "Your recovery key", pageKey),
			w.stage("3", "Your users", pageKey+1))
	}
	return kit.Column(0,
		kit.Row(0, drawing()),
		kit.Pad(40, 0, 0, 0, kit.NewText("The help desk for second factors").At(kit.Size28).Strong().In(kit.ColorRailOn).Wrapped()),
		kit.Pad(12, 8, 0, 0, railWords("See who has two-factor authentication, find out why a code is refused, "+
			"and reset an authenticator. No SQL, no web admin.").Wrapped()))
}

// stage is one step of making a store, as it stands now.
func (w *Screen) stage(number, text string, at page) fyne.CanvasObject {
	words := railWords(text)
	mark := fyne.CanvasObject(kit.NewText(number).At(kit.Size12).Strong().In(kit.ColorRailInk))
	fill := kit.ColorRailSel
	switch {
	case w.page == at:
		fill = kit.ColorBrand
		mark = kit.NewText(number).At(kit.Size12).Strong().In(kit.ColorRail)
		words.Strong().In(kit.ColorRailOn)
	case w.page > at:
		mark = kit.Icon(kit.IconCheck, kit.ColorBrand, 14)
	}
	return kit.Row(kit.Space12, kit.Disc(fill, kit.ColorNone, kit.Scaled(28), mark), kit.Grow(words))
}

// choices are the three cards.
func (w *Screen) choices() fyne.CanvasObject {
	hint := "[↑] [↓] choose [Enter] opens"
	if w.on.Back != nil {
		hint += " [Esc] goes back"
	}
	return kit.Column(0,
		kit.NewText("Where are your users?").At(kit.Size28).Strong(),
		kit.Pad(5, 0, 28, 0, kit.NewText("Choose one to begin. You can add more at sign-in later.").
			At(kit.Size14).In(kit.ColorInk2).Wrapped()),
		kit.Column(kit.Space16, w.cards[0], w.cards[1], w.cards[2]),
		kit.Pad(kit.Space16, 0, 0, 0, kit.Row(0, kit.Keys(hint), kit.Spacer())))
}

package user

import (
	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// twoFactor is the 2FA tab: a card for each provider, the same order for
// everyone, and last the section Configuration reset.
func (s *Screen) twoFactor(p *page) fyne.CanvasObject {
	cards := make([]fyne.CanvasObject, len(p.providers))
	for i, provider := range p.providers {
		cards[i] = s.card(p, provider)
	}
	return kit.Column(kit.Space16, kit.Tiles(760, kit.Space16, cards...), s.resetSection(p))
}

// stored tells whether there is something to reset, even if it is nothing that
// works: what an enrollment that was given up has left behind.
func stored(u app.User, code app.ProviderCode) bool {
	f := u.Factor(code)
	return f.Status != app.StatusNotEnrolled || f.Note != ""
}

// resetSection has one red-outlined button for each factor that is stored.
func (s *Screen) resetSection(p *page) fyne.CanvasObject {
	var there []app.Provider
	var nothing []string
	for _, provider := range p.providers {
		if !stored(p.user, provider.Code) {
			nothing = append(nothing, provider.Name)
		} else {
			there = append(there, provider)
		}
	}
	rows := []fyne.CanvasObject{
		kit.Section("Configuration reset"),
		kit.Pad(2, 0, 0, 0, kit.NewText(resetSentence(p)).In(kit.ColorInk2).Wrapped()),
	}
	reason := why(p.may.reset)
	if len(there) == 0 {
		rows = append(rows, kit.Pad(kit.Space8, 0, 0, 0, remark("Nothing is enrolled, so there is nothing to reset.")))
		if reason != "" {
			rows = append(rows, kit.Pad(kit.Space4, 0, 0, 0, remark(reason)))
		}
		return kit.NewCard(kit.Column(0, rows...))
	}
	buttons := make([]fyne.CanvasObject, len(there))
	for i, provider := range there {
		buttons[i] = kit.Danger("Reset "+provider.Name, func() { s.reset(provider) }).DisableFor(reason)
	}
	line := []fyne.CanvasObject{kit.Grow(kit.Wrap(kit.Space8, kit.Space8, buttons...))}
	if len(nothing) > 0 {
		line = append(line, remarkWord(list(nothing)+": nothing to reset"))
	}
	rows = append(rows, kit.Pad(kit.Space12, 0, 0, 0, kit.Row(kit.Space16, line...)))
	if reason != "" {
		rows = append(rows, kit.Pad(10, 0, 0, 0, remark(reason)))
	}
	return kit.NewCard(kit.Column(0, rows...))
}

// resetSentence says what a reset does, before anything is pressed.
func resetSentence(p *page) string {
	again := p.user.Short() + " enrolls it again at the next sign-in."
	if !p.user.Operator && !p.shop() {
		again = p.user.Short() + " enrolls it again here."
	}
	for _, f := range p.user.Factors {
		if f.Whole {
			return "The store cannot take the factors of " + p.user.Short() + " apart: a reset of one forgets all. " +
				"You type your password first, then confirm."
		}
	}
	return "Forgets one factor. " + again + " You type your password first, then confirm."
}

// remark is a caption with the sign of a notice.
func remark(sentence string) fyne.CanvasObject {
	return kit.RowTop(6, kit.Fix(kit.Scaled(14), kit.Scaled(17), kit.Icon(kit.IconInfo, kit.ColorInk2, 14)),
		kit.Grow(kit.Caption(sentence).In(kit.ColorInk2).Wrapped()))
}

// remarkWord is a short remark, as wide as its words; many of them wrap, so that
// the page never gets wider than a small window.
func remarkWord(words string) fyne.CanvasObject {
	text := kit.Caption(words).In(kit.ColorInk2)
	width := min(text.NaturalWidth()+1, 300)
	return kit.Row(6, kit.Icon(kit.IconInfo, kit.ColorInk2, 14), kit.Fix(width, 0, text.Wrapped()))
}

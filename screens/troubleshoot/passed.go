package troubleshoot

import (
	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// showPassed lists the checks that found nothing, and what no check can see.
func (t *detail) showPassed(x app.Examination) {
	t.passed, t.stops = true, nil
	bands := []fyne.CanvasObject{section(
		kit.Title(kit.CountOf(len(x.Passed), "check passed", "checks passed")).Wrapped(),
		kit.Pad(kit.Space8, 0, 0, 0, lines(kit.IconCheck, kit.ColorOK, x.Passed)))}
	if len(x.Unseen) > 0 {
		bands = append(bands, kit.Separator(), section(heading("What cannot be seen from here"),
			lines(kit.IconEyeOff, kit.ColorInk2, x.Unseen)))
	}
	d := t.doctor
	ticket := kit.Secondary("Copy for a ticket", func() {
		d.copy(reportOf(d.screen.service.Store(), x), "The whole examination is in the clipboard.")
	}).Icon(kit.IconCopy)
	t.stops = []fyne.Focusable{ticket}
	row := []fyne.CanvasObject{kit.Spacer(), ticket}
	if len(x.Findings) > 0 {
		row = append([]fyne.CanvasObject{kit.Keys("[Esc] shows the findings")}, row...)
	}
	t.set(kit.Column(0, bands...), kit.Row(kit.Space8, row...))
}

// lines is a list with an icon before each.
func lines(icon kit.IconName, ink fyne.ThemeColorName, texts []string) fyne.CanvasObject {
	rows := make([]fyne.CanvasObject, len(texts))
	for i, text := range texts {
		rows[i] = kit.RowTop(10, kit.Sized(16, 18, kit.Icon(icon, ink, 16)), kit.Grow(kit.NewText(text).Wrapped()))
	}
	return kit.Column(kit.Space8, rows...)
}

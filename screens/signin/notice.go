package signin

import (
	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// Notice tells an operator who has just signed in what everybody must hear:
// that the store's history does not fit, and who got in by break-glass since
// the last time. Then it goes on; at once when there is nothing to tell.
func Notice(k *kit.Kit, store app.StoreInfo, w app.Welcome, then func()) {
	var parts []fyne.CanvasObject
	if w.Warning != "" {
		parts = append(parts,
			kit.NewNote(kit.StatusBad, "The history of this store does not fit", w.Warning),
			kit.NewText("A backup that was restored on purpose looks like this, too. If nobody here did that, "+
				"somebody changed the store outside Factordesk: keep a copy of it as it is, and compare users "+
				"and factors with what you know.").Wrapped())
	}
	if len(w.BreakGlass) > 0 {
		span := sinceYours
		if store.AuditHere { // the last time may have been at another desk
			span = lately
		}
		parts = append(parts, kit.NewNote(kit.StatusBad, usedTitle, usedWords(store, w.BreakGlass, span, k.Now())))
	}
	if len(parts) == 0 {
		then()
		return
	}
	title := "Somebody got in without a code"
	if w.Warning != "" {
		title = "Look at this first"
	}
	var d *kit.Dialog
	seen := kit.Primary("Continue", nil).Key("Enter")

	seen.OnTapped = func() { d.Close(); then() }
	d = k.Dialog(kit.DialogSpec{
		Store: kit.StoreOf(store), Title: title, Width: 540,
		Body:    kit.Pad(kit.Space8, 0, 0, 0, kit.Column(kit.Space14, parts...)),
		Buttons: []*kit.Button{seen},
		Sticky:  true,
	})
}

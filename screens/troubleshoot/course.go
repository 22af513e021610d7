package troubleshoot

import (
	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// courseOf says how the clock of a device runs, and when its codes will be refused:
// the forecast first, since that is what somebody acts on.
func courseOf(c app.Course) fyne.CanvasObject {
	rate := kit.NewText(c.Rate).At(kit.Size12).In(kit.ColorInk2).Wrapped()
	words := kit.Column(2, rate)
	if c.Forecast != "" {
		words = kit.Column(2, kit.NewText(c.Forecast).Strong().Wrapped(), rate)
	}
	return kit.RowTop(kit.Space12, kit.Icon(kit.IconClock, kit.ColorInk2, 18), kit.Grow(words))
}

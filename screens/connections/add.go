package connections

import (
	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// add asks what kind of store is to be connected, and begins its form. A shop is
// the commoner one.
func (s *Screen) add() {
	var d *kit.Dialog
	begin := func(kind app.StoreKind, tag app.Tag) func() {
		return func() {
			d.Close()
			s.edit(Saved{Kind: kind, Tag: tag}, nil)
		}
	}
	shop := kit.Primary("Connect a shop", begin(app.MagentoStore, app.TagProduction))
	team := kit.Secondary("Connect a team’s store", begin(app.TeamStore, app.TagTeam))
	way := func(icon kit.IconName, title, words string, b *kit.Button) fyne.CanvasObject {
		return kit.Row(kit.Space16, kit.Well(icon, kit.ColorSoft, kit.ColorAccent, 36),
			kit.Grow(kit.Column(2, kit.NewText(title).At(kit.Size14).Strong(), kit.Second(words).Wrapped())), b)
	}
	d = s.kit.Dialog(kit.DialogSpec{
		Title: "Add a connection", Width: 640,
		Body: kit.Pad(kit.Space12, 0, 0, 0, kit.Column(kit.Space16,
			way(kit.IconServer, "A Magento shop", "Its own database, directly or through SSH. You need its env.php.", shop),
			kit.Separator(),
			way(kit.IconPeople, "A team’s store", "On PostgreSQL, for many desks at once: one that is there, or a new one in an empty database.", team))),
		Hint:    "[Esc] cancels",
		Buttons: []*kit.Button{kit.Secondary("Cancel", nil)},
		Focus:   shop, OnEnter: shop.Press,
	})
}

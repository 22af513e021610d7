package screens

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// newBar is the top bar of a store: which store, of what kind, how it is, who
// is signed in, and Lock. A production store colors it.
func newBar(info app.StoreInfo, operator app.User, lock func()) fyne.CanvasObject {
	tag := kit.TagOf(info)
	well, quiet := kit.ColorOK, kit.ColorInk2
	ground, line := kit.ColorSurface, kit.ColorLine
	name := kit.NewText(info.Name).At(kit.Size14).Strong()
	chip := kit.NewTag(tag)
	kind := kit.NewText(kindOf(info)).At(kit.Size12).In(kit.ColorInk2)
	person := kit.NewText(operator.Name()).At(kit.Size12).Strong()
	role := kit.NewText(operator.Role.Name).At(kit.Size11).In(kit.ColorInk2)
	disc := kit.NewAvatar(operator.Name(), 32)
	button := kit.Secondary("Lock", lock).Icon(kit.IconLock)
	if tag == kit.TagProduction {
		ground, line = kit.ColorProdBg, kit.ColorProdBg
		well, quiet = kit.ColorOnProd, kit.ColorOnProd2
		name.In(kit.ColorOnProd)
		chip.OnWine()
		kind.In(kit.ColorOnProd2)
		person.In(kit.ColorOnProd)
		role.In(kit.ColorOnProd2)
		disc.OnWine()
		button = kit.NewButton(kit.KindOnDark, "Lock", lock).Icon(kit.IconLock)
	}
	button.Tip("Ctrl+L")
	state := kit.Row(6, kit.Icon(kit.IconCheck, well, 14), kit.NewText(wellOf(info)).At(kit.Size12).In(quiet))
	divide := func() fyne.CanvasObject {
		c := kit.ColorLine
		if tag == kit.TagProduction {
			c = kit.ColorProdWash
		}
		return kit.Fix(1, 24, kit.Plate(c))
	}
	left := kit.Row(kit.Space12,
		kit.Row(10, name, chip), divide(), kind, divide(), state)
	right := kit.Row(10, kit.Fix(kit.Scaled(32), kit.Scaled(32), disc), kit.Column(1, person, role))
	row := kit.Row(20, left, kit.Spacer(), right, button)
	return kit.Fix(0, kit.HeightTopBar, container.NewStack(
		kit.Plate(ground),
		kit.PadXY(kit.Space24, 0, row),
		container.NewBorder(nil, kit.Fix(0, 1, kit.Plate(line)), nil, nil),
	))
}

func kindOf(info app.StoreInfo) string {
	switch info.Kind {
	case app.LocalStore:
		return "Local · SQLite file"
	case app.SampleStore:
		return "In memory, forgotten on exit"
	case app.TeamStore, app.MagentoStore:
	}
	return info.Engine
}

func wellOf(info app.StoreInfo) string {
	switch {
	case info.ReadOnly:
		return "Read-only"
	case info.Kind == app.LocalStore || info.Kind == app.SampleStore:
		return "Open · this computer only"
	}
	return "Connected"
}

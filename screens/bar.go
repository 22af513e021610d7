package screens

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// bar is the top bar of a store: which store, of what kind, how it is, who is
// signed in, and Lock. A production store colors it.
type bar struct {
	info    app.StoreInfo
	content fyne.CanvasObject
	row     *fyne.Container
	kind    *kit.Text
	sort    *fyne.Container // the kind, and the line before it
	width   float32         // of the bar
	room    *fyne.Container // of the state
	icon    *kit.IconView
	state   *kit.Text
	says    string // of the state

	wine          bool
	well, ill     fyne.ThemeColorName // of the icon
	quiet, strong fyne.ThemeColorName // of the word
}

func newBar(info app.StoreInfo, operator app.User, lock func()) *bar {
	b := &bar{
		info: info, wine: kit.TagOf(info) == kit.TagProduction,
		well: kit.ColorOK, ill: kit.ColorBad, quiet: kit.ColorInk2, strong: kit.ColorBad,
	}
	ground, line := kit.ColorSurface, kit.ColorLine
	name := kit.NewText(info.Name).At(kit.Size14).Strong().AtMost(280)
	chip := kit.NewTag(kit.TagOf(info))
	b.kind = kit.NewText(kindOf(info)).At(kit.Size12).In(kit.ColorInk2)
	button := kit.Secondary("Lock", lock).Icon(kit.IconLock)
	if b.wine {
		ground, line = kit.ColorProdBg, kit.ColorProdBg
		b.well, b.ill, b.quiet, b.strong = kit.ColorOnProd, kit.ColorOnProd, kit.ColorOnProd2, kit.ColorOnProd
		name.In(kit.ColorOnProd)
		chip.OnWine()
		b.kind.In(kit.ColorOnProd2)
		button = kit.NewButton(kit.KindOnDark, "Lock", lock).Icon(kit.IconLock)
	}
	button.Tip("Ctrl+L")
	b.icon, b.state = kit.Icon(kit.IconCheck, b.well, 14), kit.NewText("").At(kit.Size12)
	b.room = kit.Stack()
	b.reached(true, 0)
	b.sort = kit.Row(kit.Space12, b.divide(), b.kind)
	b.row = kit.Row(20, kit.Row(kit.Space12, kit.Row(10, name, chip), b.sort, b.divide(), b.room),
		kit.Spacer(), b.person(operator), button)
	b.content = kit.Fix(0, kit.HeightTopBar, container.NewStack(
		kit.Plate(ground),
		kit.OnWidth(kit.PadXY(kit.Space24, 0, b.row), func(width float32) {
			b.width = width
			b.fit()
		}),
		container.NewBorder(nil, kit.Fix(0, 1, kit.Plate(line)), nil, nil),
	))
	return b
}

// fit cuts the kind to the room that the rest leaves, or leaves it out.
func (b *bar) fit() {
	b.sort.Show()
	room := b.width - 2*kit.Space24 - (b.row.MinSize().Width - b.kind.MinSize().Width)
	b.kind.AtMost(max(room, 1))
	b.sort.Hidden = room < kit.Scaled(80)
}

// divide is a line between two facts of the bar.
func (b *bar) divide() fyne.CanvasObject {
	c := kit.ColorLine
	if b.wine {
		c = kit.ColorProdWash
	}
	return kit.Fix(1, 24, kit.Plate(c))
}

// person is who is signed in.
func (b *bar) person(u app.User) fyne.CanvasObject {
	name := kit.NewText(u.Name()).At(kit.Size12).Strong().AtMost(200)
	role := kit.NewText(u.Role.Name).At(kit.Size11).In(kit.ColorInk2).AtMost(200)
	disc := kit.NewAvatar(u.Name(), 32)
	if b.wine {
		name.In(kit.ColorOnProd)
		role.In(kit.ColorOnProd2)
		disc.OnWine()
	}
	return kit.Row(10, kit.Fix(kit.Scaled(32), kit.Scaled(32), disc), kit.Column(1, name, role))
}

// reached says whether the store answers, and how fast. A state that is not well
// is bold and has another icon.
func (b *bar) reached(answers bool, took time.Duration) {
	words := illOf(b.info)
	if answers {
		words = wellOf(b.info, took)
	}
	if words == b.says {
		return
	}
	b.says = words
	if answers {
		b.icon.Set(kit.IconCheck, b.well)
		b.state.SetRuns(kit.Plain(words))
		b.state.In(b.quiet)
	} else {
		b.icon.Set(kit.IconUnplugged, b.ill)
		b.state.SetRuns(kit.Strong(words))
		b.state.In(b.strong)
	}
	b.room.Objects = []fyne.CanvasObject{kit.Row(6, b.icon, b.state)}
	b.room.Refresh()
	if b.content != nil {
		b.fit()
		b.content.Refresh()
	}
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

func wellOf(info app.StoreInfo, took time.Duration) string {
	words := "Connected"
	switch {
	case info.Kind == app.LocalStore || info.Kind == app.SampleStore:
		if info.ReadOnly {
			return "Read-only"
		}
		return "Open · this computer only"
	case info.ReadOnly:
		words = "Read-only"
	}
	if took > 0 {
		words += " · " + kit.Took(took)
	}
	return words
}

func illOf(info app.StoreInfo) string {
	if info.Kind == app.LocalStore || info.Kind == app.SampleStore {
		return "Not usable"
	}
	return "Not reachable"
}

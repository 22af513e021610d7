package lock

import (
	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// side is the room at the sides of the card, inside its 1 px edge.
const side = kit.Space32 - 1

// column is everything on the curtain, from top to bottom.
func (l *Screen) column(c Closing) fyne.CanvasObject {
	foot := []fyne.CanvasObject{l.other}
	if c.Clipboard {
		foot = append(foot, kit.Row(kit.Space8,
			kit.Icon(kit.IconCopy, kit.ColorRailInk, 16),
			kit.NewText("Clipboard was cleared").At(kit.Size12).In(kit.ColorRailInk)))
	}
	return kit.Pad(kit.Space16, 0, kit.Space40, 0, kit.Column(0,
		kit.Center(0, why(c)),
		kit.Pad(38, 0, 0, 0, l.card()),
		kit.Pad(27, 0, 0, 0, kit.Center(0, kit.Row(kit.Space24, foot...))),
	))
}

// why says that the screen is locked, since when and for what reason.
func why(c Closing) fyne.CanvasObject {
	return kit.Row(kit.Space12, kit.Logo(46), kit.Column(0,
		kit.Title("Locked").In(kit.ColorRailOn),
		kit.NewText(c.Why+", at "+app.ClockWithUTC(c.At)).At(kit.Size12).In(kit.ColorRailInk)))
}

func (l *Screen) card() fyne.CanvasObject {
	store := kit.StoreOf(l.service.Store())
	operator, _ := l.service.Operator()
	role := operator.User.Role.Name
	if role == "" {
		role = "No role"
	}
	who := kit.Row(kit.Space16, kit.NewAvatar(operator.User.Name(), 48), kit.Grow(kit.Column(0,
		kit.Title(operator.User.Name()).Ellipsis(),
		kit.Second(operator.User.Username+" · "+role).Ellipsis())))
	card := kit.NewCard(kit.Pad(27, side, 28, side, kit.Column(0,
		who,
		kit.Pad(kit.Space24, 0, 0, 0, l.password),
		kit.Pad(kit.Space16, 0, 0, 0, l.unlock),
	))).Room(0).Round().Raised()
	card.Foot(kit.AtLeast(0, kit.Scaled(kit.HeightFoot), kit.PadXY(side, 0, kit.Row(kit.Space8,
		kit.Icon(kit.IconCheck, kit.ColorOK, 14),
		kit.NewText("Your place is kept. You go on where you were.").At(kit.Size12).In(kit.ColorInk2)))))
	return card.ForStore(store)
}

package user

import (
	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/screens/kit"
)

// info is the tab User Info.
func (s *Screen) info(p *page) fyne.CanvasObject {
	a, now := s.account, s.kit.Now()
	state := []fyne.CanvasObject{kit.Label(fieldNames[active]), a.active}
	if p.own() && p.may.edit == nil {
		state = append(state, remark("You cannot switch off the account that you are signed in with."))
	}
	fields := kit.Tiles(520, kit.Space16,
		a.texts[firstName], a.texts[lastName], a.texts[username], a.texts[email], kit.Column(6, state...))
	facts := kit.KeyValues(110,
		kit.Fact{Label: "Created", Value: kit.WhenUTC(p.user.Created, now)},
		kit.Fact{Label: "Last sign-in", Value: kit.WhenUTC(p.user.LastSignIn, now)},
		kit.Fact{Label: "Failed attempts", Value: failures(p.user, p.store.LockPolicy(), now)},
		kit.Fact{Label: "Signs in here", Value: signsIn(p.user)},
	)
	rows := []fyne.CanvasObject{kit.Section("User Info")}
	if p.can.accounts != nil {
		rows = append(rows, remark(why(p.can.accounts)))
	}
	if row := s.signedIn(p); row != nil {
		facts = kit.Column(5, facts, row)
	}
	card := kit.NewCard(kit.Column(kit.Space16, append(rows, fields, kit.Separator(), facts)...))
	return kit.Column(0, a.note, kit.Column(kit.Space16, append([]fyne.CanvasObject{card}, a.saving(p)...)...))
}

// saving is the section under the form that saves it; none where the store does
// not change accounts at all.
func (a *account) saving(p *page) []fyne.CanvasObject {
	if p.can.accounts != nil {
		return nil
	}
	return []fyne.CanvasObject{a.identity()}
}

// identity is the section with the operator's password and Save User; both tabs
// of the account end with it, as in Magento.
func (a *account) identity() fyne.CanvasObject {
	body := kit.Column(0,
		kit.Section("Current User Identity Verification"),
		kit.Pad(2, 0, kit.Space14, 0, kit.NewText("To save this user, type your own password. It counts for this one action.").
			In(kit.ColorInk2).Wrapped()),
		kit.RowTop(0, kit.Fix(kit.Scaled(400), 0, a.password)))
	foot := kit.PadXY(kit.Space16, kit.Space12, kit.Row(kit.Space16, kit.Grow(a.unsaved), a.save))
	return kit.NewCard(body).Foot(foot)
}

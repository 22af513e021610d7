package user

import (
	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// setRoles lists the roles of the store, after "No role". The choice is set by
// whoever calls.
func (a *account) setRoles(p *page) {
	a.roles = append([]app.Role{{}}, p.roles...)
	options := make([]kit.RadioOption, len(a.roles))
	for i, r := range a.roles {
		options[i] = kit.RadioOption{Title: roleName(r), Caption: permits(r, p.shop())}
		if p.may.appoint != nil && len(r.Permissions) > 0 {
			options[i].Off = true
		}
		if r.ID != "" && !r.BuiltIn && p.may.roles == nil {
			options[i].Side = kit.Secondary("Edit…", func() { a.s.editRole(r) }).Small()
		}
	}
	a.list = kit.NewRadioList(func(int) { a.typed() }, options...)
}

// role is the tab User Role.
func (s *Screen) role(p *page) fyne.CanvasObject {
	a := s.account
	head := kit.Column(2, kit.Section("User Role"),
		kit.NewText(roleLead(p)).In(kit.ColorInk2).Wrapped())
	fresh := kit.Secondary("New role…", func() { s.editRole(app.Role{}) }).Icon(kit.IconPlus).Small()
	foot := []fyne.CanvasObject{fresh}
	if reason := why(p.may.roles); reason != "" {
		fresh.DisableFor(reason)
		foot = append(foot, kit.Grow(kit.Caption(reason).Wrapped()))
	}
	body := []fyne.CanvasObject{kit.PadAll(kit.Space16, head)}
	if p.may.edit == nil && p.may.appoint != nil {
		body = append(body, kit.Pad(0, kit.Space16, kit.Space12, kit.Space16, remark(why(p.may.appoint))))
	}
	body = append(body, kit.Separator(), kit.Pad(0, 0, kit.Space4, 0, a.list))
	card := kit.NewCard(kit.Column(0, body...)).Room(0).Foot(kit.PadXY(kit.Space16, 10, kit.Row(kit.Space12, foot...)))
	return kit.Column(0, a.note, kit.Column(kit.Space16, append([]fyne.CanvasObject{card}, a.saving(p)...)...))
}

// roleLead says what a role is good for.
func roleLead(p *page) string {
	if p.shop() {
		return "These are the roles of the shop. What " + p.user.Short() +
			" may do at this desk follows from what the role allows in the shop’s own admin."
	}
	return "What " + p.user.Short() + " may do at this desk. A person without a password cannot sign in, whatever the role."
}

package user

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// roleForm is the dialog for a role of one's own: a name, and what it permits.
type roleForm struct {
	s      *Screen
	role   app.Role // an empty ID is a new one
	dialog *kit.Dialog
	name   *kit.Field
	boxes  []*kit.Checkbox
}

// editRole opens the dialog for a custom role; the zero Role is a new one.
func (s *Screen) editRole(r app.Role) {
	f := &roleForm{s: s, role: r, name: kit.NewField("Name").MaxLen(app.MaxName)}
	f.name.SetText(r.Name)
	f.name.OnSubmit = func(string) { f.submit() }
	boxes := make([]fyne.CanvasObject, len(app.Permissions()))
	for i, p := range app.Permissions() {
		box := kit.PlainCheckbox(p.Words()).Set(r.Has(p))
		f.boxes = append(f.boxes, box)
		boxes[i] = box
	}
	title, buttons := "New role", []*kit.Button{kit.Secondary("Cancel", nil)}
	if r.ID != "" {
		title = "Edit the role " + r.Name
		buttons = append(buttons, kit.Danger("Remove role", f.remove))
	}
	buttons = append(buttons, kit.Primary("Continue", f.submit).Key("Enter"))
	f.dialog = s.kit.Dialog(kit.DialogSpec{
		Store: s.head(), Title: title,
		Body: kit.Column(0,
			kit.Pad(kit.Space8, 0, 0, 0, f.name),
			kit.Pad(kit.Space16, 0, kit.Space8, 0, kit.Label("Who has it may")),
			kit.Column(kit.Space8, boxes...),
			kit.Pad(kit.Space14, 0, 0, 0, remark(roleRemark(r)))),
		Hint:    "[Esc] cancels",
		Buttons: buttons,
		Focus:   f.name.Input(),
		OnEnter: f.submit,
	})
}

func roleRemark(r app.Role) string {
	if r.ID == "" {
		return "Nothing ticked is fine: the role is then a name for where people work."
	}
	return "It counts at once for everybody who has the role."
}

// submit goes on to the operator's password; the dialog stays under it, so that
// nothing ticked is lost.
func (f *roleForm) submit() {
	f.name.SetError("", "")
	r := app.Role{ID: f.role.ID, Version: f.role.Version, Name: f.name.Text()}
	for i, p := range app.Permissions() {
		if f.boxes[i].On() {
			r.Permissions = append(r.Permissions, p)
		}
	}
	if r.Name == "" {
		f.name.SetError("The role has no name.", "")
		f.name.Focus()
		f.dialog.Refresh()
		return
	}
	if r.ID != "" && r.Name == f.role.Name && slices.Equal(r.Permissions, f.role.Permissions) {
		f.dialog.Close()
		return
	}
	f.s.ask("save the role "+r.Name, app.Deed{Action: app.DoSaveRole}, func(g *app.Grant) {
		kit.Go(f.s.kit, func(ctx context.Context) (app.Role, error) {
			return f.s.service.SaveRole(ctx, g, r)
		}, func(_ app.Role, err error) { f.ended("The role "+r.Name+" is saved.", err) })
	})
}

// overtaken brings the role as somebody else has saved it together with what is
// ticked here, if that is what the conflict is about.
func (f *roleForm) overtaken(err error) {
	type found struct {
		role app.Role
		by   hand
	}
	kit.Go(f.s.kit, func(ctx context.Context) (found, error) {
		roles, err := f.s.service.Roles(ctx)
		for _, r := range roles {
			if r.ID == f.role.ID {
				return found{r, lastRole(ctx, f.s.service, r)}, err
			}
		}
		return found{}, err
	}, func(now found, rerr error) {
		switch {
		case f.dialog.Closed():
		case rerr != nil || now.role.ID == "" || now.role.Version == f.role.Version: // the name is taken, say
			f.refused(err)
		default:
			f.compare(now.role, now.by)
		}
	})
}

// compare shows both versions of the role. What is kept is saved over the other's.
func (f *roleForm) compare(theirs app.Role, by hand) {
	c := comparison{
		title: "The role " + theirs.Name + " was changed meanwhile",
		lead:  "Saved by " + by.said(f.s.kit.Now()) + ".",
		keep:  func() { f.role = theirs },
		take: func() {
			f.role = theirs
			f.name.SetText(theirs.Name)
			for i, p := range app.Permissions() {
				f.boxes[i].Set(theirs.Has(p))
			}
		},
	}
	if mine := f.name.Text(); mine != theirs.Name {
		c.both = append(c.both, difference{"Name", mine, theirs.Name})
	}
	word := map[bool]string{true: "Ticked", false: "Not ticked"}
	for i, p := range app.Permissions() {
		if on := f.boxes[i].On(); on != theirs.Has(p) {
			c.both = append(c.both, difference{p.Words(), word[on], word[!on]})
		}
	}
	if len(c.both) == 0 { // both did the same
		f.role = theirs
	}
	f.s.compare(c)
}

func (f *roleForm) remove() {
	f.s.ask("remove the role "+f.role.Name, app.Deed{Action: app.DoRemoveRole}, func(g *app.Grant) {
		f.s.kit.Go(func(ctx context.Context) error {
			return f.s.service.RemoveRole(ctx, g, f.role.ID, f.role.Version)
		}, func(err error) { f.ended("The role "+f.role.Name+" was removed.", err) })
	})
}

func (f *roleForm) ended(done string, err error) {
	f.s.kit.Link().Doubt(err)
	switch {
	case err == nil:
		f.dialog.Close()
		f.s.finish("", done, nil)
	case app.KindOf(err) == app.Conflict && f.role.ID != "":
		f.overtaken(err)
	default:
		f.refused(err)
	}
}

func (f *roleForm) refused(err error) {
	f.name.SetError(f.s.kit.Explain(err))
	f.dialog.Refresh()
}

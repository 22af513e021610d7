package connections

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// tagChoice is a tag that a person may give to a store.
type tagChoice struct {
	tag  app.Tag
	name string
	icon kit.IconName
	why  string
}

var tagChoices = []tagChoice{
	{app.TagProduction, "Production", kit.IconTriangle, "Colors the bar and every dialog wine red, so that nobody takes it for a copy."},
	{app.TagStaging, "Staging", kit.IconTag, "A copy, where a mistake harms nobody."},
	{app.TagTeam, "Team", kit.IconPeople, "A store that several people work with."},
	{app.TagLocal, "Local", kit.IconMonitor, "On this computer alone."},
}

// newTagSelect is a select of the tags; other tags are left as they are.
func newTagSelect(tag app.Tag, change func(int)) *kit.Select {
	options := make([]kit.Option, len(tagChoices))
	chosen := -1
	for i, t := range tagChoices {
		options[i] = kit.Option{Text: t.name, Icon: t.icon}
		if t.tag == tag {
			chosen = i
		}
	}
	s := kit.NewSelect(kit.IconNone, "", change, options...).Empty("None")
	s.Set(chosen)
	return s
}

func chosenTag(s *kit.Select, otherwise app.Tag) app.Tag {
	if i := s.Chosen(); i >= 0 {
		return tagChoices[i].tag
	}
	return otherwise
}

// rename changes the name and the tag of a store in a file, and whether it is only
// looked at.
func (s *Screen) rename(c Saved, copied bool) {
	name := kit.NewField("Name").Help("Only in this list. The store keeps its own.").MaxLen(maxName)
	name.SetText(c.Name)
	tag := newTagSelect(c.Tag, nil)
	look := kit.NewCheckbox("Read only", "", "Nothing is ever written over this connection.")
	look.Set(c.ReadOnly)
	title, was := "Edit "+short(c.Name), c.Name
	if copied {
		title, was = "Duplicate "+short(c.Name), ""
		name.SetText(c.Name + " copy")
	}
	save := kit.Primary("Save", nil).Key("Enter")
	var d *kit.Dialog
	submit := func() {
		if save.Busy() {
			return
		}
		changed := c
		changed.Name, changed.Tag, changed.ReadOnly = strings.TrimSpace(name.Text()), chosenTag(tag, c.Tag), look.On()
		fail := func(err error) {
			name.SetError(s.kit.Explain(err))
			d.Refresh()
			name.Focus()
		}
		if err := checkName(changed.Name); err != nil {
			fail(err)
			return
		}
		save.SetBusy(true, "Saving…")
		d.Runner().Go(func(ctx context.Context) error { return s.service.SaveConnection(ctx, was, changed) }, func(err error) {
			save.SetBusy(false, "")
			if err != nil {
				fail(err)
				return
			}
			d.Close()
			s.chosen = changed.Name
			s.kit.Focus(s.list.rows)
			s.load()
		})
	}
	save.OnTapped = submit
	name.OnSubmit = func(string) { submit() }
	d = s.kit.Dialog(kit.DialogSpec{
		Title: title,
		Body: kit.Pad(kit.Space8, 0, 0, 0, kit.Column(kit.Space16, name,
			kit.Column(6, kit.Label("Tag"), fyne.CanvasObject(tag)), look)),
		Hint:    "[Esc] cancels",
		Buttons: []*kit.Button{kit.Secondary("Cancel", nil), save},
		Focus:   name.Input(), OnEnter: submit,
	})
}

package connections

import (
	"net"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// own is the third card: what the store is called here, its color, and whether it
// may be changed.
type own struct {
	form     *form
	card     *kit.Card
	body     *fyne.Container
	name     *kit.Field
	tag      *kit.Select
	why      *kit.Text
	readOnly *kit.Checkbox
	mode     string // of the shop, as env.php says
}

// maxName is the longest name of a connection, in characters.
const maxName = 60

func newOwn(f *form, c Saved) *own {
	o := &own{form: f, name: kit.NewField("Name").MaxLen(maxName).Placeholder("Juniper Outfitters"), why: kit.Caption("").Wrapped()}
	o.name.SetText(c.Name)
	o.name.OnSubmit = func(string) { f.submit(openIt) }
	o.tag = newTagSelect(c.Tag, func(int) { f.update() })
	o.readOnly = kit.NewCheckbox("Read only", "", "Nothing is ever written over this connection: look, test codes, run Doctor.")
	o.readOnly.Set(c.looksOnly())
	if c.Kind == app.TeamStore {
		o.name.Placeholder("as its database")
	}
	fields := kit.Tiles(kit.Scaled(700), kit.Space16,
		o.name,
		kit.Column(6, kit.Label("Tag"), fyne.CanvasObject(o.tag), o.why))
	o.body = kit.Column(0,
		kit.PadXY(kit.Space16, kit.Space12, kit.NewText("On this computer").At(kit.Size14).Strong()),
		kit.Separator(), kit.PadAll(kit.Space16, kit.Column(kit.Space16, fields, o.readOnly)))
	o.card = kit.NewCard(o.body).Room(0)
	return o
}

// update says why the tag is a good one. Production is where a new shop begins:
// a copy that looks like production harms nobody, and the other way round it
// may.
func (o *own) update() {
	words := ""
	if i := o.tag.Chosen(); i >= 0 {
		words = tagChoices[i].why
	}
	if o.mode == "developer" && o.tag.Chosen() == 0 {
		words += " This shop runs in developer mode: if it is a copy, choose Staging."
	}
	o.why.SetText(words)
}

// suggest names a shop that has no name yet after what env.php says.
func (o *own) suggest(d Draft) {
	o.mode = d.Mode
	if strings.TrimSpace(o.name.Text()) != "" {
		return
	}
	a := d.Address
	switch {
	case a.SSH.Host != "" && net.ParseIP(a.SSH.Host) == nil:
		o.name.SetText(a.SSH.Host)
	case strings.Contains(a.Host, ".") && net.ParseIP(a.Host) == nil:
		o.name.SetText(a.Host)
	default:
		o.name.SetText(a.Database)
	}
}

// checkName returns a sentence when a connection cannot have a name.
func checkName(name string) error {
	switch {
	case name == "":
		return app.Errorf(app.Invalid, "The name is missing.")
	case strings.ContainsAny(name, `/\`):
		return app.Errorf(app.Invalid, "The name has a slash in it.").WithHint("The terminal takes such a text for a path.")
	}
	return app.CheckName("name", name)
}

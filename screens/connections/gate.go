package connections

import (
	"strings"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// gate is the fields for the SSH server on the way.
type gate struct {
	through    *kit.Checkbox
	host, port *kit.Field
	user       *kit.Field
	key        *kit.PathField
	ssh        *fyne.Container // the fields, without the checkbox
}

func newGate(f *form, s app.SSH) *gate {
	g := &gate{}
	g.through = kit.NewCheckbox("Reach the database through SSH", "", "For a database that does not answer to the outside.")
	g.through.OnChange = func(bool) { f.update() }
	g.host = kit.NewField("SSH server").Icon(kit.IconServer).Placeholder("bastion.example").
		Help("A name that ~/.ssh/config knows needs nothing else.")
	g.port = kit.NewField("Port").Placeholder("22").MaxLen(5)
	g.user = kit.NewField("User").Icon(kit.IconUser).Placeholder("as in ~/.ssh/config")
	g.key = kit.NewPath(f.kit, "Private key", "~/.ssh")
	g.key.Icon(kit.IconKey)
	g.key.Placeholder("those of ~/.ssh and the agent")
	for _, field := range []*kit.Field{g.host, g.port, g.user, g.key.Field} {
		field.OnSubmit = f.next
	}
	g.through.Set(s.Host != "")
	g.host.SetText(s.Host)
	g.port.SetText(numberText(s.Port))
	g.user.SetText(s.User)
	g.key.SetText(s.Key)
	g.ssh = kit.Column(kit.Space12,
		kit.RowTop(kit.Space12, kit.Grow(g.host), kit.Fix(kit.Scaled(84), 0, g.port)),
		kit.Tiles(kit.Scaled(480), kit.Space12, g.user, g.key.Row))
	return g
}

// server is what the fields say.
func (g *gate) server() app.SSH {
	port, _ := number(g.port)
	return app.SSH{
		Host: strings.TrimSpace(g.host.Text()), Port: port, User: strings.TrimSpace(g.user.Text()), Key: g.key.Path(),
	}
}

func (g *gate) checks() []check {
	s := g.server()
	_, port := number(g.port)
	return []check{
		{g.host, needed(s.Host, "SSH server", part(func(p *app.ShopAddress) { p.SSH.Host = s.Host }))},
		{g.port, port},
		{g.user, part(func(p *app.ShopAddress) { p.SSH = app.SSH{Host: "ssh", User: s.User} })},
		{g.key.Field, optional(s.Key)},
	}
}

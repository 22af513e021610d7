package connections

import (
	"net"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// team is the two cards of a team's store: where its database is, and how the
// connection is encrypted.
type team struct {
	*gate
	*encryption
	form *form

	place, cipher *kit.Card
	bodies        []*fyne.Container

	server, number, name, account *kit.Field
}

// newTeam makes the cards; an empty location is that of a new store, which is
// verified in full.
func newTeam(f *form, location string) *team {
	a, err := app.ParseTeam(location)
	if err != nil {
		a = app.TeamAddress{TLS: app.TLS{Mode: app.TLSVerify}}
	}
	t := &team{form: f, gate: newGate(f, a.SSH), encryption: newEncryption(f, a.TLS)}
	t.server = kit.NewField("Host, or folder of a socket").Icon(kit.IconDatabase).Placeholder("db.example")
	t.number = kit.NewField("Port").Placeholder("5432").MaxLen(5)
	t.name = kit.NewField("Database").Placeholder("factordesk")
	t.account = kit.NewField("Username").Icon(kit.IconUser).Help("Of the database account, not yours in the store.")
	for _, field := range []*kit.Field{t.server, t.number, t.name, t.account} {
		field.OnSubmit = f.next
	}
	t.server.SetText(a.Host)
	t.number.SetText(numberText(a.Port))
	t.name.SetText(a.Database)
	t.account.SetText(a.Username)
	t.layout()
	return t
}

func (t *team) layout() {
	card := func(title string, parts ...fyne.CanvasObject) *kit.Card {
		body := kit.Column(0, kit.PadXY(kit.Space16, kit.Space12, kit.NewText(title).At(kit.Size14).Strong()),
			kit.Separator(), kit.PadAll(kit.Space16, kit.Column(kit.Space16, parts...)))
		t.bodies = append(t.bodies, body)
		return kit.NewCard(body).Room(0)
	}
	t.place = card("The team’s database",
		kit.RowTop(kit.Space12, kit.Grow(t.server), kit.Fix(kit.Scaled(110), 0, t.number)),
		kit.RowTop(kit.Space12, kit.Grow(t.name), kit.Grow(t.account)),
		kit.Separator(), t.through, t.ssh)
	t.cipher = card("The way there", t.encryption.fields()...)
}

// socket tells whether the host is the folder of a socket.
func (t *team) socket() bool { return strings.HasPrefix(strings.TrimSpace(t.server.Text()), "/") }

func (t *team) update() {
	t.encryption.update()
	t.ssh.Hidden = !t.through.On()
}

// address is what the fields say.
func (t *team) address() app.TeamAddress {
	port, _ := number(t.number)
	a := app.TeamAddress{
		Host: strings.TrimSpace(t.server.Text()), Port: port, Database: strings.TrimSpace(t.name.Text()),
		Username: strings.TrimSpace(t.account.Text()), TLS: t.settings(),
	}
	if t.through.On() {
		a.SSH = t.gate.server()
	}
	return a
}

func (t *team) checks() []check {
	a := t.address()
	_, port := number(t.number)
	host := error(nil)
	if !t.socket() {
		host = part(func(p *app.ShopAddress) { p.Host = a.Host })
	}
	rest := func(change func(p *app.TeamAddress)) error {
		p := app.TeamAddress{Host: "db", Database: "desk", Username: "desk"}
		change(&p)
		return p.Check()
	}
	all := []check{
		{t.server, needed(a.Host, "host", host)},
		{t.number, port},
		{t.name, needed(a.Database, "database", rest(func(p *app.TeamAddress) { p.Database = a.Database }))},
		{t.account, needed(a.Username, "username", rest(func(p *app.TeamAddress) { p.Username = a.Username }))},
	}
	if t.through.On() {
		all = append(all, t.gate.checks()...)
	}
	return append(all, t.encryption.checks()...)
}

// suggested is a name for the store on this computer.
func (t *team) suggested() string {
	a := t.address()
	if strings.Contains(a.Host, ".") && net.ParseIP(a.Host) == nil && !t.socket() {
		return a.Database + " at " + a.Host
	}
	return a.Database
}

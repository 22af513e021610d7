package connections

import (
	"strings"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// mode is a TLS mode in words.
type mode struct {
	mode app.TLSMode
	name string
	fact string // in the list of facts
	why  string
}

var modes = []mode{
	{"", "Automatic", "Automatic", "Off where nothing leaves this computer or the tunnel, or as env.php says; else the host’s name is verified."},
	{app.TLSOff, "Off", "Off", "Password and rows cross the network in clear text. For sockets, this computer, and tunnels."},
	{app.TLSRequired, "Required", "Required, not verified", "Encrypted to whoever answers. The certificate is not checked."},
	{app.TLSVerifyCA, "Verify CA", "CA verified", "The certificate is signed by the CA."},
	{app.TLSVerify, "Verify host name", "Host name verified", "The certificate is signed by the CA, and is the host’s own."},
}

func modeOf(m app.TLSMode) mode {
	for _, known := range modes {
		if known.mode == m {
			return known
		}
	}
	return modes[0]
}

// given is a field that env.php can fill. What equals env.php's own value is not
// kept, so that a change there counts here as well.
type given struct {
	*kit.Field
	env   string // what env.php says
	known bool   // that was read, or there is nothing
}

func newGiven(label string) *given { return &given{Field: kit.NewField(label)} }

// own is what was typed in place of env.php's value.
func (g *given) own() string {
	text := strings.TrimSpace(g.Text())
	if g.known && text == g.env {
		return ""
	}
	return text
}

// take shows what env.php says, unless something else was typed.
func (g *given) take(value string) {
	if own := g.own(); own != "" {
		return // the draft has that, and not env.php's
	}
	g.env, g.known = value, true
	g.SetText(value)
	g.SetError("", "")
}

// forget drops what env.php said; what the person typed stays.
func (g *given) forget() {
	text := g.own()
	g.env, g.known = "", false
	g.SetText(text)
}

// tell says beside the label where the value comes from.
func (g *given) tell(fromEnv bool) {
	words, hint := "", ""
	if fromEnv {
		hint = "as env.php says"
		switch {
		case g.own() != "":
			words = "in place of env.php"
		case g.known:
			words = "from env.php"
			if g.env == "" {
				hint = "none"
			}
		}
	}
	g.Caption(words)
	g.Placeholder(hint)
	g.Refresh()
}

// database is the second card: what env.php says, and the encryption.
type database struct {
	form *form
	card *kit.Card
	body *fyne.Container

	host, port, name, user, prefix *given
	noPrefix                       bool // the address says that there is none
	*encryption
}

func newDatabase(f *form, a app.ShopAddress) *database {
	d := &database{
		form: f, host: newGiven("Host, or path of a socket"), port: newGiven("Port"), name: newGiven("Database"),
		user: newGiven("Username"), prefix: newGiven("Table prefix"),
	}
	d.host.Icon(kit.IconDatabase)
	d.user.Icon(kit.IconUser)
	d.port.MaxLen(5)
	d.encryption = newEncryption(f, a.TLS)
	for _, g := range d.fields() {
		g.OnSubmit = f.next
		g.OnChange = func(string) { d.tell() }
	}
	d.set(a)
	d.layout()
	return d
}

func (d *database) fields() []*given { return []*given{d.host, d.port, d.name, d.user, d.prefix} }

// set fills the fields with what an address has of its own.
func (d *database) set(a app.ShopAddress) {
	d.host.SetText(a.Host + a.Socket)
	d.port.SetText(numberText(a.Port))
	d.name.SetText(a.Database)
	d.user.SetText(a.Username)
	d.prefix.SetText(a.Prefix)
	d.noPrefix = a.NoPrefix
}

func (d *database) layout() {
	pair := func(a, b fyne.CanvasObject) fyne.CanvasObject {
		return kit.RowTop(kit.Space12, kit.Grow(a), kit.Grow(b))
	}
	fields := kit.Column(kit.Space16, append([]fyne.CanvasObject{
		kit.RowTop(kit.Space12, kit.Grow(d.host.Field), kit.Fix(kit.Scaled(110), 0, d.port.Field)),
		pair(d.name.Field, d.user.Field), d.prefix.Field,
		kit.Separator(),
	}, d.encryption.fields()...)...)
	d.body = kit.Column(0,
		kit.PadXY(kit.Space16, kit.Space12, kit.NewText("The shop’s database").At(kit.Size14).Strong()),
		kit.Separator(), kit.PadAll(kit.Space16, fields))
	d.card = kit.NewCard(d.body).Room(0)
}

func (d *database) socket() bool { return strings.HasPrefix(strings.TrimSpace(d.host.Text()), "/") }

// update shows what applies to the choices as they are.
func (d *database) update() {
	d.encryption.update()
	d.tell()
}

// tell says beside each field where its value comes from.
func (d *database) tell() {
	fromEnv := d.form.where.source.Chosen() != nowhere
	for _, g := range d.fields() {
		g.tell(fromEnv)
	}
	switch {
	case fromEnv && !d.port.known:
		d.port.Placeholder("env.php’s")
	case fromEnv:
		d.port.Placeholder("3306")
	default:
		d.port.Placeholder("3306")
		d.prefix.Placeholder("none")
	}
	if d.socket() != d.port.Disabled() {
		if d.socket() {
			d.port.Disable()
		} else {
			d.port.Enable()
		}
	}
}

// take shows what env.php says.
func (d *database) take(draft Draft) {
	a := draft.Address
	d.host.take(a.Host + a.Socket)
	d.port.take(numberText(a.Port))
	d.name.take(a.Database)
	d.user.take(a.Username)
	d.prefix.take(a.Prefix)
	d.used = a.TLS.Mode
}

// forget drops what env.php said.
func (d *database) forget() {
	for _, g := range d.fields() {
		g.forget()
	}
	d.used = ""
}

// into puts what the fields say into an address.
func (d *database) into(a *app.ShopAddress) {
	if host := d.host.own(); strings.HasPrefix(host, "/") {
		a.Socket = host
	} else {
		a.Host = host
	}
	if !d.socket() {
		a.Port, _ = number(d.port.Field)
		if d.host.own() == "" && d.port.own() == "" {
			a.Port = 0 // both are env.php's; another host brings its own port
		}
	}
	a.Database, a.Username, a.Prefix = d.name.own(), d.user.own(), d.prefix.own()
	a.NoPrefix = strings.TrimSpace(d.prefix.Text()) == "" && (d.noPrefix || d.prefix.env != "") // env.php's was taken out
	a.TLS = d.settings()
}

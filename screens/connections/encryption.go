package connections

import (
	"strings"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// encryption is the fields for how the connection to a database is encrypted.
type encryption struct {
	mode      *kit.Select
	why       *kit.Text
	ca        *kit.PathField
	server    *kit.Field
	client    *kit.Checkbox
	cert, key *kit.PathField
	used      app.TLSMode // what Automatic comes to; empty: not known yet
}

func newEncryption(f *form, t app.TLS) *encryption {
	e := &encryption{}
	options := make([]kit.Option, len(modes))
	for i, m := range modes {
		options[i] = kit.Option{Text: m.name}
	}
	e.mode = kit.NewSelect(kit.IconLock, "TLS", func(int) { f.update() }, options...)
	e.why = kit.Caption("").Wrapped()
	e.ca = kit.NewPath(f.kit, "CA", "", ".pem", ".crt", ".cer")
	e.ca.Placeholder("those that this computer trusts")
	e.server = kit.NewField("Name in the certificate").Placeholder("the host")
	e.client = kit.NewCheckbox("The database asks for a client certificate", "", "")
	e.client.OnChange = func(bool) { f.update() }
	e.cert = kit.NewPath(f.kit, "Client certificate", "", ".pem", ".crt", ".cer")
	e.key = kit.NewPath(f.kit, "Its private key", "", ".pem", ".key")
	for _, field := range []*kit.Field{e.ca.Field, e.server, e.cert.Field, e.key.Field} {
		field.OnSubmit = f.next
	}
	for i, m := range modes {
		if m.mode == t.Mode {
			e.mode.Set(i)
		}
	}
	e.ca.SetText(t.CA)
	e.server.SetText(t.ServerName)
	e.client.Set(t.Certificate != "")
	e.cert.SetText(t.Certificate)
	e.key.SetText(t.Key)
	return e
}

// fields are the parts for a card, from top to bottom.
func (e *encryption) fields() []fyne.CanvasObject {
	return []fyne.CanvasObject{
		kit.Column(6, kit.Label("Encryption"), e.mode, e.why), e.ca.Row, e.server, e.client, e.cert.Row, e.key.Row,
	}
}

// chosen is the TLS mode of the select.
func (e *encryption) chosen() mode { return modes[max(e.mode.Chosen(), 0)] }

// update shows the fields that count for the mode.
func (e *encryption) update() {
	m := e.chosen().mode
	why := e.chosen().why
	if m == "" && e.used != "" {
		why = "Here it comes to: " + strings.ToLower(modeOf(e.used).name[:1]) + modeOf(e.used).name[1:] + "."
	}
	e.why.SetText(why)
	verifies := m != app.TLSOff && m != app.TLSRequired
	hide := func(p *kit.PathField, hidden bool) { p.Row.Hidden = hidden }
	hide(e.ca, !verifies)
	e.server.Hidden = !verifies || m == app.TLSVerifyCA
	e.client.Hidden = m == app.TLSOff
	hide(e.cert, m == app.TLSOff || !e.client.On())
	hide(e.key, m == app.TLSOff || !e.client.On())
}

// settings is what the fields say.
func (e *encryption) settings() app.TLS {
	t := app.TLS{Mode: e.chosen().mode}
	if t.Mode == app.TLSOff {
		return t
	}
	if t.Mode != app.TLSRequired {
		t.CA = e.ca.Path()
		if t.Mode != app.TLSVerifyCA {
			t.ServerName = strings.TrimSpace(e.server.Text())
		}
	}
	if e.client.On() {
		t.Certificate, t.Key = e.cert.Path(), e.key.Path()
	}
	return t
}

func (e *encryption) checks() []check {
	t := e.settings()
	all := []check{
		{e.ca.Field, optional(t.CA)},
		{e.server, part(func(p *app.ShopAddress) { p.TLS = app.TLS{Mode: app.TLSVerify, ServerName: t.ServerName} })},
	}
	if t.Mode == app.TLSVerifyCA {
		all[0].err = needed(t.CA, "file of the CA", all[0].err)
	}
	if t.Mode != app.TLSOff && e.client.On() {
		all = append(all, check{e.cert.Field, kit.CheckPath(t.Certificate)}, check{e.key.Field, kit.CheckPath(t.Key)})
	}
	return all
}

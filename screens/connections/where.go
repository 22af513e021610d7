package connections

import (
	"strings"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// Where env.php is.
const (
	onComputer = iota
	onServer
	nowhere
)

// where is the first card: where env.php is, and the SSH server on the way.
type where struct {
	form *form
	card *kit.Card
	body *fyne.Container

	source *kit.RadioList
	file   *kit.PathField
	remote *kit.Field
	*gate
	read  *kit.Button
	said  *kit.Note
	fetch *fyne.Container
}

func newWhere(f *form, a app.ShopAddress) *where {
	w := &where{form: f}
	w.source = kit.NewRadioList(func(int) { w.chose() },
		kit.RadioOption{Title: "A file on this computer", Caption: "A copy of the shop’s app/etc/env.php, or the file itself."},
		kit.RadioOption{Title: "On the shop’s server", Caption: "It is read through SSH each time; no copy is made."},
		kit.RadioOption{Title: "Without env.php", Caption: "You type in what it would say. Password and crypt key are asked for."})
	w.file = kit.NewPath(f.kit, "File", "", ".php")
	w.file.Placeholder("/srv/shop/app/etc/env.php").OnSubmit = func(string) { f.read() }
	w.remote = kit.NewField("Path on the server").Icon(kit.IconServer).Placeholder("/var/www/html/app/etc/env.php")
	w.remote.OnSubmit = func(string) { f.read() }
	w.gate = newGate(f, a.SSH)
	w.read = kit.Secondary("Read env.php", f.read).Icon(kit.IconImport)
	w.said = kit.NewNote(kit.StatusInfo, "", "")
	w.said.Hide()
	w.take(a)
	w.layout()
	return w
}

// take fills the fields from an address.
func (w *where) take(a app.ShopAddress) {
	switch {
	case a.OnServer:
		w.source.Set(onServer)
		w.remote.SetText(a.EnvPHP)
	case a.EnvPHP == "" && a != (app.ShopAddress{}):
		w.source.Set(nowhere)
	default:
		w.source.Set(onComputer)
		w.file.SetText(a.EnvPHP)
	}
}

func (w *where) layout() {
	w.fetch = kit.Row(kit.Space12, w.read, kit.Spacer())
	fields := kit.Column(kit.Space16, w.file.Row, w.remote, w.through, w.ssh, w.fetch, w.said)
	w.body = kit.Column(0,
		kit.PadXY(kit.Space16, kit.Space12, kit.NewText("Where env.php is").At(kit.Size14).Strong()),
		kit.Separator(), w.source, kit.Separator(),
		kit.PadAll(kit.Space16, fields))
	w.card = kit.NewCard(w.body).Room(0)
}

// chose is called when env.php is to come from somewhere else: what the other
// one said is not true any more.
func (w *where) chose() {
	w.said.Hide()
	w.form.data.forget()
	w.form.update()
}

// goesThroughSSH tells whether the SSH fields count.
func (w *where) goesThroughSSH() bool { return w.source.Chosen() == onServer || w.through.On() }

func (w *where) update() {
	source := w.source.Chosen()
	w.file.Row.Hidden = source != onComputer
	w.remote.Hidden = source != onServer
	w.through.Hidden = source == onServer
	w.ssh.Hidden = !w.goesThroughSSH()
	w.fetch.Hidden = source == nowhere
}

// address is what the fields say of env.php and of SSH.
func (w *where) address() app.ShopAddress {
	var a app.ShopAddress
	switch w.source.Chosen() {
	case onComputer:
		a.EnvPHP = w.file.Path()
	case onServer:
		a.EnvPHP, a.OnServer = strings.TrimSpace(w.remote.Text()), true
	}
	if w.goesThroughSSH() {
		a.SSH = w.server()
	}
	return a
}

func (w *where) reading() {
	w.read.SetBusy(true, "Reading…")
	w.said.Hide()
	w.form.relay()
}

// took says what was read, and what env.php does not tell.
func (w *where) took(d Draft) {
	w.read.SetBusy(false, "")
	w.read.SetText("Read again")
	status := kit.StatusOK
	if len(d.Notes) > 0 {
		status = kit.StatusWarn
	}
	keys := "It holds " + kit.CountOf(d.Keys, "crypt key", "crypt keys") + "."
	if d.Keys == 0 {
		keys = "It holds no crypt key."
	}
	w.said.Set(status, "env.php was read", strings.Join(append([]string{keys}, d.Notes...), " "))
	if status == kit.StatusWarn {
		w.said.Icon(kit.IconTriangle)
	} else {
		w.said.Icon(kit.IconCheck)
	}
	w.said.Show()
}

// refused says why env.php could not be read: under its field where that is
// wrong, else as a note, because the way there may be the reason.
func (w *where) refused(err error) {
	w.read.SetBusy(false, "")
	what, then := w.form.kit.Explain(err)
	if w.source.Chosen() == onComputer {
		w.file.SetError(what, then)
		w.file.Focus()
		return
	}
	w.said.Icon(kit.IconOctagon)
	w.said.Set(kit.StatusBad, what, then)
	w.said.Show()
}

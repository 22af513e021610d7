package connections

import (
	"net"
	"strconv"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// labels is the width of the facts' names at scale 1.
const labels float32 = 92

// detail is the card of the chosen store: how it is reached, and what can be
// done with the entry.
type detail struct {
	screen *Screen
	card   *kit.Card
	body   *fyne.Container
	stops  []*kit.Button
}

func newDetail(s *Screen) *detail {
	d := &detail{screen: s, body: kit.Stack()}
	d.card = kit.NewCard(d.body).Room(0)
	d.card.Hide()
	return d
}

// show shows a store.
func (d *detail) show(c Saved) {
	s := d.screen
	open := kit.Secondary("Open", func() { s.open(c) }).Small()
	edit := kit.Secondary("Edit", func() { d.edit(c) }).Small()
	twice := kit.Secondary("Duplicate", func() { s.duplicate(c) }).Small()
	remove := kit.Danger("Remove…", func() { s.remove(c) }).Small()
	head := kit.Row(kit.Space12, kit.Section(c.Name).AtMost(190), kit.NewTag(tagOf(c)), kit.Spacer())
	row := []fyne.CanvasObject{kit.Spacer()}
	d.stops = nil
	if s.inUse(c) {
		open.DisableFor("This store is open.")
		remove.DisableFor("This store is open. Open another one first.")
	} else {
		d.stops = append(d.stops, open)
	}
	row = append(row, open)
	if c.Name != sample.Name || c.Kind != app.SampleStore {
		row = append(row, edit, twice, remove)
		d.stops = append(d.stops, edit, twice, remove)
	}
	left, right := factsOf(c, s.kit)
	parts := []fyne.CanvasObject{
		kit.Tiles(kit.Scaled(640), kit.Space12, head, kit.Row(kit.Space12, row...)),
		kit.Tiles(kit.Scaled(560), kit.Space8, kit.KeyValues(labels, left...), kit.KeyValues(labels, right...)),
	}
	if c.Kept {
		forget := kit.Secondary("Forget the password", func() { s.forget(c) }).Small()
		d.stops = append(d.stops, forget)
		parts = append(parts, kit.Row(kit.Space12, forget, kit.Grow(kit.Caption("It is asked for the next time.").Ellipsis())))
	}
	d.body.Objects = []fyne.CanvasObject{kit.PadXY(kit.Space24-1, kit.Space16, kit.Column(kit.Space14, parts...))}
	d.card.Show()
	d.body.Refresh()
}

// enter gives the focus to the first thing that can be done.
func (d *detail) enter() {
	if len(d.stops) > 0 {
		d.screen.kit.Focus(d.stops[0])
	}
}

// edit changes a connection: all of one to a server, name, tag and rights of a
// file's.
func (d *detail) edit(c Saved) {
	if c.Shop != nil || c.Kind == app.TeamStore {
		d.screen.edit(c, nil)
		return
	}
	d.screen.rename(c, false)
}

// factsOf says how a store is reached, in two columns.
func factsOf(c Saved, k *kit.Kit) (left, right []kit.Fact) {
	last := kit.Fact{Label: "Last opened", Value: kit.When(c.Opened, k.Now())}
	if c.Operator != "" {
		last.Value += ", by " + c.Operator
	}
	switch {
	case c.Kind == app.SampleStore:
		return []kit.Fact{{Label: "Store", Value: "25 made-up people, in memory"}},
			[]kit.Fact{{Label: "Changes", Value: "Allowed, forgotten on exit"}}
	case c.Kind == app.TeamStore:
		return teamFacts(c), []kit.Fact{
			{Label: "Passwords", Value: secretWords(c)}, {Label: "TLS", Value: tlsWords(c)}, {Label: "Changes", Value: changeWords(c)}, last,
		}
	case c.Shop == nil:
		return []kit.Fact{{Label: "Store", Value: "SQLite file"}, {Label: "File", Value: c.Location, Mono: true}},
			[]kit.Fact{{Label: "Passwords", Value: "Asked for at sign-in"}, {Label: "Changes", Value: changeWords(c)}, last}
	}
	a := *c.Shop
	left = []kit.Fact{
		{Label: "Store", Value: "Magento"},
		{Label: "SSH", Value: sshWords(a.SSH)},
		{Label: "Database", Value: databaseWords(a)},
		{Label: "Signs in as", Value: orEnv(a.Username, a)},
		{Label: "Table prefix", Value: prefixWords(a)},
	}
	right = []kit.Fact{
		{Label: "env.php", Value: envWords(a)},
		{Label: "Secrets", Value: secretWords(c)},
		{Label: "TLS", Value: modeOf(a.TLS.Mode).fact},
		{Label: "Changes", Value: changeWords(c)},
		last,
	}
	return left, right
}

func sshWords(s app.SSH) string {
	if s.Host == "" {
		return "No, directly"
	}
	words := s.Host
	if s.Port != 0 {
		words = net.JoinHostPort(s.Host, strconv.Itoa(s.Port))
	}
	if s.User != "" {
		words = s.User + "@" + words
	}
	return words
}

func databaseWords(a app.ShopAddress) string {
	place := a.Host
	switch {
	case a.Socket != "":
		place = a.Socket
	case a.Host != "" && a.Port != 0:
		place = net.JoinHostPort(a.Host, strconv.Itoa(a.Port))
	}
	switch {
	case a.Database != "" && place != "":
		return a.Database + " at " + place
	case a.Database+place == "":
		return "From env.php"
	}
	return a.Database + place
}

func orEnv(own string, a app.ShopAddress) string {
	switch {
	case own != "":
		return own
	case a.EnvPHP != "":
		return "From env.php"
	}
	return "None"
}

func prefixWords(a app.ShopAddress) string {
	if a.NoPrefix {
		return "None"
	}
	return orEnv(a.Prefix, a)
}

func envWords(a app.ShopAddress) string {
	switch {
	case a.EnvPHP == "":
		return "None, typed in by hand"
	case a.OnServer:
		return a.EnvPHP + " on the server"
	}
	return a.EnvPHP
}

// teamFacts says how a team's store is reached.
func teamFacts(c Saved) []kit.Fact {
	a, err := app.ParseTeam(c.Location)
	if err != nil {
		return []kit.Fact{{Label: "Store", Value: "PostgreSQL"}, {Label: "Where", Value: c.Location}}
	}
	place := a.Host
	if a.Port != 0 && !a.Socket() {
		place = net.JoinHostPort(a.Host, strconv.Itoa(a.Port))
	}
	return []kit.Fact{
		{Label: "Store", Value: "Factordesk, PostgreSQL"},
		{Label: "SSH", Value: sshWords(a.SSH)},
		{Label: "Database", Value: a.Database + " at " + place},
		{Label: "Signs in as", Value: a.Username},
	}
}

func tlsWords(c Saved) string {
	a, err := app.ParseTeam(c.Location)
	if err != nil {
		return modes[0].fact
	}
	return modeOf(a.TLS.Mode).fact
}

func secretWords(c Saved) string {
	switch {
	case c.Kept:
		return "Kept, sealed by the keyring"
	case c.Passwords.From != app.PasswordAsked:
		return sourceOf(c.Passwords.From).fact
	case c.Shop == nil || c.Shop.EnvPHP == "":
		return sources[0].fact
	}
	return "From env.php, each time"
}

func changeWords(c Saved) string {
	if c.looksOnly() {
		return "None, read-only"
	}
	return "Allowed, password each time"
}

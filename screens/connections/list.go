package connections

import (
	"strings"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// rowHeight is that of a store in the list, at scale 1.
const rowHeight float32 = 65

// promise is what stands under the list.
const promise = "Passwords are asked for, read from env.php, printed by a command, or sealed by the keyring; none is in this list."

// list is the left card: the stores, each with its band of color.
type list struct {
	screen  *Screen
	content fyne.CanvasObject
	box     *fyne.Container
	rows    *kit.RowList
	all     []Saved
	arrows  []*kit.IconView
}

func newList(s *Screen) *list {
	l := &list{screen: s, box: kit.Column(kit.Space12)}
	l.rows = kit.NewRowList(rowHeight, func(i int) { s.choose(i) }).Alone()
	l.rows.OnOpen = func(int) { s.detail.enter() }
	l.content = l.box
	return l
}

func (l *list) loading() {
	l.box.Objects = []fyne.CanvasObject{kit.NewCard(kit.SkeletonOf(rowHeight, 4, 0.5, 0.2)).Room(1)}
}

func (l *list) failed(what, then string) {
	l.box.Objects = []fyne.CanvasObject{kit.ErrorBox(what, then)}
}

// set shows the stores, none of them chosen.
func (l *list) set(all []Saved) {
	l.all, l.arrows = all, nil
	rows := make([]kit.ListRow, len(all))
	for i, c := range all {
		rows[i] = l.row(c)
	}
	l.rows.SetRows(rows...)
	note := kit.RowTop(kit.Space8, kit.AtLeast(0, kit.Scaled(17), kit.Icon(kit.IconLock, kit.ColorInk3, 14)),
		kit.Grow(kit.Column(kit.Space8, kit.Caption(promise).Wrapped(), kit.Keys("[Alt+Up] [Alt+Down] move the store"))))
	l.box.Objects = []fyne.CanvasObject{
		kit.NewCard(l.rows).Room(0), kit.PadXY(kit.Space4, 0, note),
		kit.Row(0, l.screen.restore),
	}
	l.screen.detail.card.Show()
}

func (l *list) row(c Saved) kit.ListRow {
	tag := tagOf(c)
	arrow := kit.Icon(kit.IconNone, kit.ColorAccent, 16)
	l.arrows = append(l.arrows, arrow)
	name := []fyne.CanvasObject{kit.NewText(c.Name).Strong().AtMost(200)}
	label := []string{c.Name, kindWords(c), strings.ToLower(tag.Word())}
	if l.screen.inUse(c) {
		name = append(name, kit.Row(3, kit.Icon(kit.IconCheck, kit.ColorOK, 12), kit.NewText("in use").At(kit.Size12).In(kit.ColorOK)))
		label = append(label, "in use")
	}
	words := kit.Column(1, kit.Row(kit.Space8, append(name, kit.Spacer())...),
		kit.NewText(kindWords(c)).At(kit.Size12).In(kit.ColorInk2).Ellipsis())
	return kit.ListRow{
		Body:  kit.Pad(0, 10, 0, 18, kit.Row(kit.Space12, kit.Grow(words), kit.NewTag(tag), arrow)),
		Label: strings.Join(label, ", "), Band: tag.Band(),
	}
}

// mark chooses a store, and puts the arrow there.
func (l *list) mark(i int) {
	l.rows.Set(i)
	for at, arrow := range l.arrows {
		icon := kit.IconNone
		if at == i {
			icon = kit.IconRight
		}
		arrow.Set(icon, kit.ColorAccent)
	}
}

// tagOf is the tag of a store of the list.
func tagOf(c Saved) kit.StoreTag { return kit.TagOf(app.StoreInfo{Kind: c.Kind, Tag: c.Tag}) }

// kindWords says what a store is.
func kindWords(c Saved) string {
	switch {
	case c.Kind == app.SampleStore:
		return "In memory, forgotten on exit"
	case c.Kind == app.TeamStore:
		return teamWords(c)
	case c.Kind == app.LocalStore || c.Shop == nil:
		return lookWords("Local · SQLite file", c)
	}
	words := "Magento"
	if c.Shop.SSH.Host != "" {
		words += " · through SSH"
	}
	return lookWords(words, c)
}

func lookWords(words string, c Saved) string {
	if c.looksOnly() {
		words += " · read-only"
	}
	return words
}

// teamWords says what a team's store is, and whether the way leads through SSH.
func teamWords(c Saved) string {
	words := "Team · PostgreSQL"
	if a, err := app.ParseTeam(c.Location); err == nil && a.SSH.Host != "" {
		words += " · through SSH"
	}
	return lookWords(words, c)
}

// short keeps a name to the room of a title or a button.
func short(name string) string {
	if r := []rune(name); len(r) > 32 {
		return strings.TrimSpace(string(r[:31])) + "…"
	}
	return name
}

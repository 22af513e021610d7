package troubleshoot

import (
	"regexp"
	"strconv"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// detail is the right card: one finding, or what passed.
type detail struct {
	doctor *doctor
	card   *kit.Card
	body   *fyne.Container
	scroll *kit.ScrollView
	foot   *fyne.Container

	finding app.Finding
	passed  bool // in place of a finding
	stops   []fyne.Focusable
}

func newDetail(d *doctor) *detail {
	t := &detail{doctor: d, body: kit.Stack(), foot: kit.Stack()}
	t.scroll = kit.Scroll(t.body)
	t.card = kit.NewCard(t.body).Room(0).
		Foot(kit.PadXY(kit.Space24-1, 10, t.foot))
	return t
}

// fill puts the finding into the card, scrolling by itself or as high as it is.
func (t *detail) fill(scrolls bool) {
	if scrolls {
		t.scroll.SetContent(t.body)
		t.card.SetBody(kit.Pad(kit.Space4, 2, kit.Space4, 0, t.scroll)) // the bar keeps off the corners
		return
	}
	t.card.SetBody(t.body)
}

func (t *detail) set(body, foot fyne.CanvasObject) {
	t.body.Objects = []fyne.CanvasObject{body}
	t.foot.Objects = []fyne.CanvasObject{foot}
	t.body.Refresh()
	t.foot.Refresh()
	t.scroll.ScrollToTop()
	t.scroll.Refresh()
	t.card.Refresh()
}

// section is a band of the card.
func section(parts ...fyne.CanvasObject) fyne.CanvasObject {
	return kit.PadXY(kit.Space24-1, kit.Space16, kit.Column(0, parts...))
}

// show shows a finding: what is so, what was found, what to do.
func (t *detail) show(f app.Finding) {
	t.finding, t.passed, t.stops = f, false, nil
	bands := []fyne.CanvasObject{section(
		kit.Row(kit.Space8, kit.BadgePill(badgeOf(f.Severity)), kit.Grow(kit.NewText(f.Scope).At(kit.Size12).In(kit.ColorInk2).Ellipsis())),
		kit.Pad(6, 0, 2, 0, kit.Title(f.Title).Wrapped()),
		kit.Second(f.About).Wrapped())}
	if len(f.Found) > 0 {
		bands = append(bands, kit.Separator(), section(heading("Found"), facts(f.Found)))
	}
	if len(f.Steps) > 0 {
		bands = append(bands, kit.Separator(), section(heading("What to do"), t.steps(f.Steps)))
	}
	t.set(kit.Column(0, bands...), t.actions(f))
}

func heading(text string) fyne.CanvasObject {
	return kit.Pad(0, 0, kit.Space8, 0, kit.NewText(text).At(kit.Size14).Strong())
}

// settingPath is what Magento's settings are called by.
var settingPath = regexp.MustCompile(`^[a-z0-9_]+(/[a-z0-9_]+)+$`)

func facts(found []app.Detail) fyne.CanvasObject {
	list := make([]kit.Fact, len(found))
	for i, d := range found {
		list[i] = kit.Fact{
			Label: d.Name, Path: settingPath.MatchString(d.Name), Value: d.Value, Mono: settingPath.MatchString(d.Value),
		}
	}
	return kit.KeyValues(128, list...)
}

// steps is what to do, in order, each command ready to copy.
func (t *detail) steps(steps []app.Step) fyne.CanvasObject {
	rows := make([]fyne.CanvasObject, len(steps))
	for i, s := range steps {
		words := []fyne.CanvasObject{kit.Pad(3, 0, 0, 0, kit.NewText(s.Text).Wrapped())}
		if s.Command != "" {
			box, button := kit.Command(t.doctor.screen.kit, s.Command, "", kit.ColorHead, kit.ColorLine)
			words = append(words, box)
			t.stops = append(t.stops, button)
		}
		rows[i] = kit.RowTop(kit.Space12, kit.Step(strconv.Itoa(i+1), false), kit.Grow(kit.Column(kit.Space8, words...)))
	}
	return kit.Column(kit.Space14, rows...)
}

// actions are the buttons in the foot.
func (t *detail) actions(f app.Finding) fyne.CanvasObject {
	d := t.doctor
	ticket := kit.Secondary("Copy for a ticket", func() {
		d.copy(ticketOf(d.screen.service.Store(), d.x, f), "The finding is in the clipboard.")
	}).Icon(kit.IconCopy)
	row := []fyne.CanvasObject{kit.Spacer(), ticket}
	t.stops = append(t.stops, ticket)
	if f.Filter != app.All && d.screen.on.ShowUsers != nil {
		users := kit.Primary("Show these users", func() { d.screen.on.ShowUsers(f.Filter) })
		row = append(row, users)
		t.stops = append(t.stops, users)
	}
	return kit.Row(kit.Space8, row...)
}

// copy puts a text into the clipboard. It has no secret, so it stays there.
func (d *doctor) copy(text, said string) {
	d.screen.kit.Clip.Copy(text)
	d.screen.kit.Toast(kit.StatusOK, said)
}

package troubleshoot

import (
	"strings"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// level is how a severity looks, and how it is counted.
type level struct {
	badge     kit.Badge
	one, more string
	severity  app.Severity
}

var levels = []level{
	{kit.Badge{Status: kit.StatusBad, Text: "Critical"}, "critical", "critical", app.Critical},
	{kit.Badge{Status: kit.StatusWarn, Text: "Serious", Icon: kit.IconTriangle}, "serious", "serious", app.Serious},
	{kit.Badge{Status: kit.StatusInfo, Text: "Notice"}, "notice", "notices", app.Notice},
}

func badgeOf(s app.Severity) kit.Badge {
	for _, l := range levels {
		if l.severity == s {
			return l.badge
		}
	}
	return levels[len(levels)-1].badge
}

// Sizes of the list at scale 1.
const (
	findingHeight float32 = 58
	pillColumn    float32 = 90
	headHeight    float32 = 48
)

// findings is the left card: the list, and how many checks passed.
type findings struct {
	doctor *doctor
	card   *kit.Card
	rows   *kit.RowList
	calm   bool // there is none
	head   *fyne.Container
	foot   *fyne.Container
}

func newFindings(d *doctor) *findings {
	l := &findings{doctor: d, head: kit.Stack(), foot: kit.Stack()}
	l.rows = kit.NewRowList(findingHeight, func(i int) { d.choose(i) })
	l.rows.OnOpen = func(int) { d.enter() }
	l.card = kit.NewCard(kit.Stack()).Room(0).
		Head(kit.AtLeast(0, kit.Scaled(headHeight), kit.PadXY(kit.Space16-1, 0, l.head))).
		Foot(kit.AtLeast(0, kit.Scaled(kit.HeightFoot)-1, kit.PadXY(kit.Space16-1, 0, l.foot)))
	return l
}

// fill puts the list into the card, scrolling by itself or as high as it is.
func (l *findings) fill(scrolls bool) {
	body := kit.Column(0, l.rows, kit.Separator(), kit.Grow(kit.Spacer()))
	if l.calm {
		body = kit.Stack(kit.PadAll(kit.Space24, calm(l.doctor.x)))
	}
	if scrolls {
		l.card.SetBody(kit.Scroll(body))
		return
	}
	l.card.SetBody(body)
}

// calm is the state without a finding.
func calm(x app.Examination) fyne.CanvasObject {
	sentence := kit.CountOf(len(x.Passed), "check was", "checks were") + " made, and each of them passed."
	return kit.EmptyState(kit.Center(0, kit.Well(kit.IconShieldCheck, kit.ColorOKBg, kit.ColorOK, 52)),
		"Nothing is wrong", sentence)
}

// set shows the findings of an examination.
func (l *findings) set(x app.Examination) {
	l.calm = len(x.Findings) == 0
	rows := make([]kit.ListRow, len(x.Findings))
	for i, f := range x.Findings {
		rows[i] = findingRow(f)
	}
	l.rows.SetRows(rows...)
	l.head.Objects = []fyne.CanvasObject{headOf(x)}
	l.foot.Objects = []fyne.CanvasObject{l.footOf(x)}
}

func findingRow(f app.Finding) kit.ListRow {
	title := kit.NewText(f.Title).Strong().Ellipsis()
	summary := kit.NewText(f.Summary).At(kit.Size12).In(kit.ColorInk2).Wrapped()
	scope := kit.NewText(f.Scope).At(kit.Size12).In(kit.ColorInk2)
	badge := badgeOf(f.Severity)
	body := kit.RowTop(0, kit.Sized(pillColumn, 0, kit.BadgePill(badge)),
		kit.Grow(kit.Column(0, kit.Row(kit.Space12, kit.Grow(title), scope), summary)))
	return kit.ListRow{
		Body:  kit.PadXY(kit.Space16-1, 11, body),
		Label: strings.Join([]string{badge.Text, f.Title, f.Summary, f.Scope}, ", "),
	}
}

// headOf says how many findings there are, and how many of each severity.
func headOf(x app.Examination) fyne.CanvasObject {
	words := "No findings"
	if len(x.Findings) > 0 {
		words = kit.CountOf(len(x.Findings), "finding", "findings")
	}
	parts := []fyne.CanvasObject{kit.NewText(words).At(kit.Size14).Strong()}
	if len(x.Findings) > 1 {
		parts = append(parts, kit.Grow(kit.NewText("most serious first").At(kit.Size12).In(kit.ColorInk2).Ellipsis()))
	} else {
		parts = append(parts, kit.Spacer())
	}
	for _, l := range levels {
		n := 0
		for _, f := range x.Findings {
			if f.Severity == l.severity {
				n++
			}
		}
		if n > 0 {
			badge := l.badge
			badge.Text = kit.CountOf(n, l.one, l.more)
			parts = append(parts, kit.BadgePill(badge))
		}
	}
	return kit.Row(kit.Space8, parts...)
}

// footOf says what passed and what cannot be seen, and leads to both.
func (l *findings) footOf(x app.Examination) fyne.CanvasObject {
	words := kit.CountOf(len(x.Passed), "check passed", "checks passed")
	if n := len(x.Unseen); n > 0 {
		words += " · " + kit.Count(n) + " cannot be seen from here"
	}
	row := []fyne.CanvasObject{kit.Icon(kit.IconCheck, kit.ColorOK, 16), kit.Grow(kit.NewText(words).Ellipsis())}
	if !l.calm {
		row = append(row, kit.Quiet("Show them", l.doctor.passed))
	}
	return kit.Row(kit.Space8, row...)
}

package user

import (
	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/screens/kit"
)

// difference is one value that two people have made something else of.
type difference struct{ label, mine, theirs string }

// comparison is both values side by side, and what can be done.
type comparison struct {
	title string
	lead  string // who, and when
	both  []difference
	more  string // what was taken over besides; empty: nothing
	keep  func()
	take  func()
}

// compare shows what two people made of the same values. Nothing is lost as long
// as the person has not chosen: Esc leaves everything as it is.
func (s *Screen) compare(c comparison) {
	const label = 104
	row := func(of func(string) *kit.Text, label float32, texts ...string) fyne.CanvasObject {
		return kit.RowTop(kit.Space16, kit.Sized(label, 0, kit.Caption(texts[0]).In(kit.ColorInk2).Wrapped()),
			kit.Grow(of(texts[1]).Wrapped()), kit.Grow(of(texts[2]).Wrapped()))
	}
	lines := []fyne.CanvasObject{row(kit.Label, label, "", "Yours", "Theirs"), kit.Separator()}
	for _, d := range c.both {
		lines = append(lines, row(kit.NewText, label, d.label, d.mine, d.theirs))
	}
	body := []fyne.CanvasObject{
		kit.NewText(c.lead).In(kit.ColorInk2).Wrapped(),
		kit.NewFrame(kit.ColorHead, kit.ColorLine, kit.PadXY(kit.Space16, kit.Space12, kit.Column(kit.Space8, lines...))),
	}
	if c.more != "" {
		body = append(body, remark(c.more))
	}
	body = append(body, remark("Yours replace theirs only when you save again, with your password."))
	var d *kit.Dialog
	choose := func(do func()) func() {
		return func() {
			d.Close()
			do()
		}
	}
	later := kit.Secondary("Decide later", nil)
	d = s.kit.Dialog(kit.DialogSpec{
		Store: s.head(), Title: c.title, Width: 680,
		Body:  kit.Pad(kit.Space8, 0, 0, 0, kit.Column(kit.Space14, body...)),
		Hint:  "[Enter] or [Esc] decides later",
		Focus: later, OnEnter: later.Press,
		Buttons: []*kit.Button{
			later, kit.Secondary("Take theirs", choose(c.take)), kit.Secondary("Keep what you typed", choose(c.keep)),
		},
	})
}

package kit

import (
	"fyne.io/fyne/v2"
)

// cellFace draws one cell and keeps its canvas objects from row to row.
type cellFace struct {
	glyph  *glyph
	label  *word
	pills  []*pillFace
	used   int // pills that show
	cell   Cell
	cut    bool
	hidden bool
}

func newCellFace() *cellFace {
	return &cellFace{glyph: newGlyph(IconNone, ColorInk2, 14), label: newWord("", Size13, ColorInk2, false)}
}

func (f *cellFace) objects(to []fyne.CanvasObject) []fyne.CanvasObject {
	if f.hidden {
		return to
	}
	if f.cell.Icon != IconNone {
		to = append(to, f.glyph.Image)
	}
	if f.cell.Text != "" {
		to = append(to, f.label.Text)
	}
	for _, p := range f.pills[:f.used] {
		to = append(to, p.objects()...)
	}
	return to
}

func (f *cellFace) set(cell Cell, x, width, middle float32) {
	f.cell, f.hidden, f.cut = cell, false, false
	ink := cell.Ink
	if ink == "" {
		ink = ColorInk2
	}
	room := width - 2*cellRoom
	if cell.Icon != IconNone {
		iconInk := cell.IconInk
		if iconInk == "" {
			iconInk = ink
		}
		f.glyph.set(cell.Icon, iconInk)
		f.glyph.place(x, middle)
		x += Scaled(14) + 6
		room = width - cellRoom - 2 - Scaled(14) - 6
	}
	f.used = 0
	if len(cell.Badges) > 0 {
		f.setBadges(cell.Badges, x, width-cellRoom, middle)
		return
	}
	f.label.ink, f.label.bold, f.label.mono = ink, cell.Bold, cell.Mono
	f.label.paint()
	f.cut = f.label.placeIn(x, middle, room, cell.Text)
}

// setBadges places as many pills as fit; the rest is counted in a last one.
func (f *cellFace) setBadges(badges []Badge, x, room, middle float32) {
	const gap float32 = 4
	end := x + room
	if len(badges) > 1 && !f.allFit(badges, x, end) {
		badges = brokenFirst(badges)
	}
	for i, badge := range badges {
		p := f.pill(badge)
		need := p.width()
		if rest := len(badges) - i - 1; rest > 0 && x+need+gap+Scaled(34) > end && !f.allFit(badges[i:], x, end) {
			f.used--
			f.more(badges[i:], x, end, middle)
			return
		}
		if x+need > end && i > 0 {
			f.used--
			f.more(badges[i:], x, end, middle)
			return
		}
		p.place(x, middle)
		x += need + gap
	}
}

// brokenFirst keeps the order but for what does not work, which must not hide
// behind a count.
func brokenFirst(badges []Badge) []Badge {
	sorted := make([]Badge, 0, len(badges))
	for _, broken := range []bool{true, false} {
		for _, badge := range badges {
			if (badge.Status != StatusOK) == broken {
				sorted = append(sorted, badge)
			}
		}
	}
	return sorted
}

func (f *cellFace) pill(badge Badge) *pillFace {
	if f.used == len(f.pills) {
		f.pills = append(f.pills, newPillFace())
	}
	p := f.pills[f.used]
	f.used++
	p.show()
	p.set(badge)
	return p
}

func (f *cellFace) allFit(badges []Badge, x, end float32) bool {
	probe := newProbe()
	for i, badge := range badges {
		probe.label.say(badge.Text)
		x += probe.width()
		if i < len(badges)-1 {
			x += 4
		}
	}
	return x <= end
}

// newProbe measures pills that are not drawn.
func newProbe() *pillFace {
	return &pillFace{label: newWord("", Size11, ColorInk, false)}
}

func (f *cellFace) more(rest []Badge, x, end, middle float32) {
	p := f.pill(Badge{Status: StatusMute, Text: "+" + Count(len(rest)), bare: true})
	p.place(min(x, end-p.width()), middle)
	f.cut = true
}

// tipText is what hovering over the cell tells.
func (f *cellFace) tipText() string {
	switch {
	case f.hidden:
		return ""
	case f.cell.Tip != "":
		return f.cell.Tip
	case !f.cut:
		return ""
	case len(f.cell.Badges) > 0:
		text := ""
		for i, badge := range f.cell.Badges {
			if i > 0 {
				text += ", "
			}
			text += badge.Text
		}
		return text
	}
	return f.cell.Text
}

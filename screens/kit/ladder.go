package kit

import (
	"time"

	"fyne.io/fyne/v2"
)

// Rung is one step of a Ladder as it stands now.
type Rung struct {
	Name   string
	Detail string // what was found, or what will be looked for
	Took   time.Duration
	Word   string // "Done", "Refused", "Not tried"
	State  RungState
	Open   fyne.CanvasObject // under the step: why it ended there; nil: nothing
}

// RungState is how a step of a Ladder looks. Its word says the same.
type RungState int

// The states of a step.
const (
	RungIdle RungState = iota // not tried, or not yet
	RungBusy
	RungGood
	RungBad
	RungHalted // by the person
)

// Columns of a ladder at scale 1.
const (
	ladderCircle float32 = 24
	ladderPitch  float32 = 44
	ladderName   float32 = 96
	ladderTook   float32 = 64
	ladderWord   float32 = 78
)

// Ladder shows the steps of a way, one under the other: a circle with how it
// ended, joined to the next, its name, what was found, how long it took, and a
// word.
func Ladder(rungs ...Rung) fyne.CanvasObject {
	rows := make([]fyne.CanvasObject, len(rungs))
	for i, r := range rungs {
		var above, below fyne.ThemeColorName
		if i > 0 {
			above = joint(rungs[i-1], r)
		}
		if i < len(rungs)-1 {
			below = joint(r, rungs[i+1])
		}
		rows[i] = contain(&rungLayout{}, link(above), circle(r.State), link(below), r.words())
	}
	return Column(0, rows...)
}

// joint is the color of the line between two steps.
func joint(r, next Rung) fyne.ThemeColorName {
	if r.State == RungGood && next.State != RungIdle {
		return ColorOKLine
	}
	return ColorLine
}

func link(color fyne.ThemeColorName) *Fill {
	if color == "" {
		color = ColorNone
	}
	return Plate(color)
}

// circle is the end of a step in a picture.
func circle(s RungState) fyne.CanvasObject {
	fill, line, icon, ink := ColorSurface, ColorBtnLine, IconDash, ColorInk3
	switch s {
	case RungGood:
		fill, line, icon, ink = ColorOKBg, ColorOKLine, IconCheck, ColorOK
	case RungBad:
		fill, line, icon, ink = ColorBadFill, ColorBadFill, IconX, ColorOnBad
	case RungBusy:
		fill, line, icon, ink = ColorSoft, ColorAccent, IconHourglass, ColorAccent
	case RungHalted:
		fill, line, icon, ink = ColorWarnBg, ColorWarnLine, IconStruck, ColorWarn
	case RungIdle:
	}
	return Disc(fill, line, Scaled(ladderCircle), Icon(icon, ink, 12))
}

// words is the line of a step, and what opens under it.
func (r Rung) words() fyne.CanvasObject {
	name, detail := NewText(r.Name).Strong(), NewText(r.Detail).In(ColorInk2).Wrapped()
	word := NewText(r.Word).At(Size12).Strong().Trailing()
	switch r.State {
	case RungGood:
		word.In(ColorOK)
	case RungBad:
		word.In(ColorBad)
	case RungBusy:
		word.In(ColorAccent)
	case RungHalted:
		word.In(ColorWarn)
	case RungIdle:
		name.In(ColorInk2)
		word.In(ColorInk3)
	}
	took := ""
	if r.Took > 0 {
		took = Took(r.Took)
	}
	end := RowTop(0, Sized(ladderTook, 0, NewText(took).At(Size12).In(ColorInk2).Trailing()), Sized(ladderWord, 0, word))
	const middle = 12 // of the line, from the middle of the circle
	line := Pad(0, 0, middle, 0, RowTop(0, Sized(ladderName, 0, name), Grow(detail), Sized(ladderTook+ladderWord, 0, end)))
	if r.Open == nil {
		return line
	}
	return Column(0, line, Pad(0, 0, Space12, 0, r.Open))
}

// rungLayout lays a step out: the line from above, the circle, the line to below,
// and the words.
type rungLayout struct{ last float32 }

func (l *rungLayout) left() float32 { return Scaled(ladderCircle) + Space12 }

// top is where the words begin, so that their first line is in the middle of the
// circle.
func (l *rungLayout) top() float32 { return round((Scaled(ladderPitch) - lineHeight(Size13)) / 2) }

func (l *rungLayout) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	return max(Scaled(ladderPitch), l.top()+HeightFor(objects[3], width-l.left()))
}

func (l *rungLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	width := l.left() + Scaled(ladderName+ladderTook+ladderWord+80)
	return fyne.NewSize(width, l.heightFor(objects, max(l.last, width)))
}

func (l *rungLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	l.last = size.Width
	side := Scaled(ladderCircle)
	above := round((Scaled(ladderPitch) - side) / 2)
	const air, stroke float32 = 2, 2
	x := round((side - stroke) / 2)
	objects[0].Move(fyne.NewPos(x, 0))
	objects[0].Resize(fyne.NewSize(stroke, max(above-air, 0)))
	objects[1].Move(fyne.NewPos(0, above))
	objects[1].Resize(fyne.NewSquareSize(side))
	objects[2].Move(fyne.NewPos(x, above+side+air))
	objects[2].Resize(fyne.NewSize(stroke, max(size.Height-above-side-air, 0)))
	objects[3].Move(fyne.NewPos(l.left(), l.top()))
	objects[3].Resize(fyne.NewSize(max(size.Width-l.left(), 0), max(size.Height-l.top(), 0)))
}

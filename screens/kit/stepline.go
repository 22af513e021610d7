package kit

import (
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// StepMark is a code in its time step.
type StepMark struct {
	Text string // "418 207"
	Step int64  // floor(unix / period)
}

// StepLine says what a line of time steps shows.
type StepLine struct {
	Codes   []StepMark    // one, or two in a row
	Whose   string        // over them: "Ann’s two codes belong here"
	Accepts string        // over the window: "Accepted: one step each side"
	Window  int           // steps that are accepted before and after now
	Period  time.Duration // of a step
	Now     time.Time
	Drift   string // under it, from the codes to now: "1 min 42 s to 2 min 11 s behind"; empty: nothing
}

// Measures of a line of steps at scale 1.
const (
	stepLeast  float32 = 58
	stepMost   float32 = 84
	stepGap    float32 = 4
	stepHeight float32 = 46
	stepTop    float32 = 44 // of the cells
	stepMax            = 9  // cells that are drawn
)

// stepCell is one cell; a gap stands for the steps that are left out.
type stepCell struct {
	step int64
	gap  bool
}

// StepLineView is the picture of a StepLine: where the codes lie, what would be
// accepted, and how far that is from now.
type StepLineView struct {
	widget.BaseWidget
	spec  StepLine
	cells []stepCell

	plate    *box
	boxes    []*box
	words    []*Text // of the cells
	codes    []*Text // the codes, over the number of their cell
	whose    *Text
	accepts  *Text
	drift    *Text
	now      *Text
	times    []*Text
	lines    []*canvas.Rectangle // brackets and marks, in the order in which they are placed
	inks     []fyne.ThemeColorName
	timeless []bool // which cells begin no minute
}

// NewStepLine draws a line of steps.
func NewStepLine(spec StepLine) *StepLineView {
	v := &StepLineView{
		spec: spec, cells: stepCells(spec), plate: newBox(ColorOKBg, ColorOKLine, 8),
		whose:   NewText(spec.Whose).At(Size12).In(ColorAccent).Strong(),
		accepts: NewText(spec.Accepts).At(Size12).In(ColorOK).Strong(),
		drift:   NewText(spec.Drift).In(ColorAccent).Strong(),
		now:     NewText("now").Strong(),
	}
	for i, c := range v.cells {
		v.boxes = append(v.boxes, newBox(ColorSurface, ColorLine, 6))
		v.words = append(v.words, NewText(v.number(c)).At(Size12).In(ColorInk2).Centered())
		at := time.Unix(c.step*int64(spec.Period/time.Second), 0)
		bound := !c.gap && at.Unix()%60 == 0
		v.timeless = append(v.timeless, !bound)
		v.times = append(v.times, NewText(at.In(spec.Now.Location()).Format("15:04:05")).At(Size12).In(ColorInk2))
		text := ""
		if n := v.marked(c); n >= 0 {
			text = spec.Codes[n].Text
			fill, ink := ColorSoft, ColorAccent
			if n == len(spec.Codes)-1 {
				fill, ink = ColorAccent, ColorOnAccent
			}
			v.boxes[i].set(fill, ColorAccent, 1)
			v.words[i].In(ink)
			if c.step == spec.step() { // the word stands under the code, and the line beside the cell
				v.words[i].SetText("now")
				v.now.Hidden = true
			}
			v.codes = append(v.codes, NewText(text).Mono().Strong().In(ink).Centered())
			continue
		}
		v.codes = append(v.codes, NewText(""))
	}
	v.ExtendBaseWidget(v)
	return v
}

// stepCells chooses the cells: all from the codes to the window of now with one
// more at each end, or where they are far away the two groups with a gap.
func stepCells(spec StepLine) []stepCell {
	now := spec.step()
	first, last := now-int64(spec.Window), now+int64(spec.Window)
	low, high := first, last
	for _, c := range spec.Codes {
		low, high = min(low, c.Step), max(high, c.Step)
	}
	if high-low+3 <= stepMax {
		return run(low-1, high+1)
	}
	here := run(max(first, now-1), min(last, now+1))
	codes := run(spec.Codes[0].Step, spec.Codes[0].Step)
	if n := len(spec.Codes); n > 1 {
		codes = run(min(spec.Codes[0].Step, spec.Codes[n-1].Step), max(spec.Codes[0].Step, spec.Codes[n-1].Step))
	}
	gap := []stepCell{{gap: true}}
	if len(codes)+len(here)+1 > stepMax {
		codes = codes[:1]
	}
	if codes[0].step < now {
		return append(append(codes, gap...), here...)
	}
	return append(append(here, gap...), codes...)
}

func run(first, last int64) []stepCell {
	var all []stepCell
	for s := first; s <= last; s++ {
		all = append(all, stepCell{step: s})
	}
	return all
}

func (s StepLine) step() int64 { return s.Now.Unix() / int64(s.Period/time.Second) }

// marked is which code lies in a cell, or -1.
func (v *StepLineView) marked(c stepCell) int {
	for i, m := range v.spec.Codes {
		if !c.gap && m.Step == c.step {
			return i
		}
	}
	return -1
}

// number is how far a cell is from now: "−4", "+1".
func (v *StepLineView) number(c stepCell) string {
	n := c.step - v.spec.step()
	switch {
	case c.gap:
		return "···"
	case n == 0:
		return ""
	case n < 0:
		return "−" + strconv.FormatInt(-n, 10)
	}
	return "+" + strconv.FormatInt(n, 10)
}

// AccessibilityLabel says in words what the picture shows.
func (v *StepLineView) AccessibilityLabel() string {
	words := v.spec.Accepts
	for _, m := range v.spec.Codes {
		words += ". " + m.Text + " is " + v.number(stepCell{step: m.Step}) + " steps from now"
	}
	if v.spec.Drift != "" {
		words += ". " + v.spec.Drift
	}
	return words
}

// AccessibilityRole implements fyne.Accessible.
func (v *StepLineView) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// CreateRenderer implements fyne.Widget.
func (v *StepLineView) CreateRenderer() fyne.WidgetRenderer {
	return &renderer{widget: v, layout: v.place, min: v.least, paint: v.paint, list: v.objects}
}

func (v *StepLineView) least() fyne.Size {
	height := stepTop + stepHeight + 40
	if v.spec.Drift != "" {
		height += 34
	}
	return fyne.NewSize(float32(len(v.cells))*Scaled(stepLeast), Scaled(height))
}

func (v *StepLineView) paint() {
	v.plate.paint()
	for _, b := range v.boxes {
		b.paint()
	}
	for i, l := range v.lines {
		l.FillColor = tint(v.inks[i])
		l.Refresh()
	}
	for _, t := range v.texts() {
		t.Refresh()
	}
}

func (v *StepLineView) texts() []*Text {
	all := []*Text{v.whose, v.accepts, v.now}
	if v.spec.Drift != "" {
		all = append(all, v.drift)
	}
	for i := range v.cells {
		all = append(all, v.words[i], v.codes[i])
		if !v.timeless[i] {
			all = append(all, v.times[i])
		}
	}
	return all
}

func (v *StepLineView) objects() []fyne.CanvasObject {
	all := v.plate.objects()
	for _, b := range v.boxes {
		all = append(all, b.objects()...)
	}
	for _, l := range v.lines {
		all = append(all, l)
	}
	for _, t := range v.texts() {
		all = append(all, t)
	}
	return all
}

// line places the next straight line.
func (v *StepLineView) line(n *int, ink fyne.ThemeColorName, x, y, w, h float32) {
	if *n == len(v.lines) {
		v.lines, v.inks = append(v.lines, canvas.NewRectangle(tint(ink))), append(v.inks, ink)
	}
	l := v.lines[*n]
	v.inks[*n] = ink
	l.FillColor = tint(ink)
	l.Move(fyne.NewPos(round(x), round(y)))
	l.Resize(fyne.NewSize(max(round(w), 1), max(round(h), 1)))
	*n++
}

// set puts a text with its middle, or as near as the room allows.
func set(t *Text, middle, y, left, right float32) (from, to float32) {
	w := t.NaturalWidth() + 1
	x := min(max(middle-w/2, left), max(right-w, left))
	t.Move(fyne.NewPos(round(x), round(y)))
	t.Resize(fyne.NewSize(w, t.MinSize().Height))
	return x, x + w
}

// place lays the picture out: labels, cells, times, drift, from top to bottom.
func (v *StepLineView) place(size fyne.Size) {
	n := float32(len(v.cells))
	pitch := min(size.Width/n, Scaled(stepMost))
	left := (size.Width - n*pitch) / 2
	top, height, gap := Scaled(stepTop), Scaled(stepHeight), Scaled(stepGap)
	lines := 0
	now := v.spec.step()
	var nowX float32
	codesFrom, codesTo := size.Width, float32(0)
	windowFrom, windowTo := size.Width, float32(0)
	for i, c := range v.cells {
		x := left + float32(i)*pitch
		v.boxes[i].place(round(x+gap/2), top, round(pitch-gap), height)
		if c.gap {
			v.boxes[i].hide()
		}
		row := v.words[i].MinSize().Height
		y := top + (height-row)/2
		if m := v.marked(c); m >= 0 {
			codesFrom, codesTo = min(codesFrom, x+pitch/2), max(codesTo, x+pitch/2)
			code := v.codes[i].MinSize().Height
			v.codes[i].Move(fyne.NewPos(x, top+(height-row-code)/2))
			v.codes[i].Resize(fyne.NewSize(pitch, code))
			y = top + (height-row-code)/2 + code
		}
		v.words[i].Move(fyne.NewPos(x, round(y)))
		v.words[i].Resize(fyne.NewSize(pitch, row))
		away := c.step - now
		if !c.gap && away >= -int64(v.spec.Window) && away <= int64(v.spec.Window) {
			windowFrom, windowTo = min(windowFrom, x), max(windowTo, x+pitch)
		}
		if !c.gap && away == 0 {
			into := time.Duration(v.spec.Now.UnixNano()) % v.spec.Period
			nowX = x + gap/2 + (pitch-gap)*float32(into)/float32(v.spec.Period)
		}
		if !v.timeless[i] {
			v.line(&lines, ColorBtnLine, x, top+height+Scaled(10), 1, Scaled(6))
			set(v.times[i], x, top+height+Scaled(19), 0, size.Width)
		}
	}
	v.plate.place(round(windowFrom), top-Scaled(6), round(windowTo-windowFrom), height+Scaled(12))
	v.mark(&lines, size, nowX, windowFrom, windowTo, codesFrom, codesTo)
	for lines < len(v.lines) { // of a wider layout
		v.line(&lines, ColorNone, 0, 0, 0, 0)
	}
}

// mark places what points at the cells: whose they are, what is accepted, now,
// and the drift.
func (v *StepLineView) mark(lines *int, size fyne.Size, nowX, windowFrom, windowTo, codesFrom, codesTo float32) {
	top, height := Scaled(stepTop), Scaled(stepHeight)
	if v.now.Hidden {
		v.line(lines, ColorInk, nowX-1, top-Scaled(12), 2, Scaled(12))
		v.line(lines, ColorInk, nowX-1, top+height, 2, Scaled(12))
	} else {
		v.line(lines, ColorInk, nowX-1, top-Scaled(12), 2, height+Scaled(24))
	}
	w := v.now.NaturalWidth() + 1
	x := nowX + Scaled(6)
	if x+w > windowTo {
		x = nowX - Scaled(6) - w
	}
	v.now.Move(fyne.NewPos(round(x), round(top+(height-v.now.MinSize().Height)/2)))
	v.now.Resize(fyne.NewSize(w, v.now.MinSize().Height))

	middle := (windowFrom + windowTo) / 2
	mark := middle
	if mark > nowX-Scaled(8) && mark < nowX+Scaled(8) {
		mark += Scaled(16)
	}
	set(v.accepts, middle, 0, size.Width/2, size.Width)
	v.line(lines, ColorOK, mark, Scaled(20), 2, Scaled(17))
	if codesTo == 0 {
		v.whose.Hidden = true
		return
	}
	whole := (codesFrom + codesTo) / 2
	inWindow := whole > windowFrom && whole < windowTo
	v.whose.Hidden = inWindow // both labels would lie over one another
	if !inWindow {
		set(v.whose, whole, 0, 0, size.Width)
		if whole > middle { // ahead: the accepted window is at the left
			set(v.accepts, middle, 0, 0, size.Width/2)
		}
		v.line(lines, ColorAccent, whole, Scaled(20), 2, Scaled(6))
		v.line(lines, ColorAccent, codesFrom, Scaled(26), codesTo-codesFrom+2, 2)
		for _, at := range []float32{codesFrom, codesTo} {
			v.line(lines, ColorAccent, at, Scaled(26), 2, Scaled(12))
		}
	}
	if v.spec.Drift == "" {
		return
	}
	y := top + height + Scaled(52)
	from, to := min(whole, nowX), max(whole, nowX)
	for _, at := range []float32{from, to} {
		v.line(lines, ColorAccent, at, y-Scaled(6), 2, Scaled(12))
	}
	textY := y - v.drift.MinSize().Height/2
	if room := v.drift.NaturalWidth() + Scaled(24); room > to-from { // it stands beside a short line
		v.line(lines, ColorAccent, from, y, to-from, 2)
		set(v.drift, to+room/2, textY, 0, size.Width)
		return
	}
	a, b := set(v.drift, (from+to)/2, textY, 0, size.Width)
	v.line(lines, ColorAccent, from, y, a-Scaled(6)-from, 2)
	v.line(lines, ColorAccent, b+Scaled(6), y, to-b-Scaled(6), 2)
}

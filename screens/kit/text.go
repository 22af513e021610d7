package kit

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Run is a stretch of text in one style. Its color is that of the whole text
// unless it names one.
type Run struct {
	Text       string
	Bold, Mono bool
	Ink        fyne.ThemeColorName
}

// Plain is a run in the text's own style.
func Plain(text string) Run { return Run{Text: text} }

// Strong is a run in bold.
func Strong(text string) Run { return Run{Text: text, Bold: true} }

// Code is a run in the monospace, for codes, paths and clock times.
func Code(text string) Run { return Run{Text: text, Mono: true} }

// Text is a line or a paragraph. Build it by chaining:
//
//	kit.NewText("Users").At(kit.Size20).Strong()
//	kit.NewRich(kit.Plain("To "), kit.Strong("reset it"), kit.Plain(", type …")).Wrapped()
//
// Without Wrapped or Ellipsis it is one line as wide as its words.
type Text struct {
	widget.BaseWidget
	runs           []Run
	size           float32
	ink            fyne.ThemeColorName
	bold, mono     bool
	wrap, ellipsis bool
	most           float32 // width beyond which an ellipsis cuts, unscaled
	align          fyne.TextAlign
	pool           []*canvas.Text
	shown          int
	laid           fyne.Size // the size that the pool is laid out for
	laidScale      float32
	truncated      bool
}

var _ Flowing = (*Text)(nil)

// NewText returns a line of body text, 13 units, in ink.
func NewText(text string) *Text { return NewRich(Plain(text)) }

// NewRich returns text of several runs.
func NewRich(runs ...Run) *Text {
	t := &Text{runs: runs, size: Size13, ink: ColorInk}
	t.ExtendBaseWidget(t)
	return t
}

// Title is a page or dialog title: 20, bold.
func Title(text string) *Text { return NewText(text).At(Size20).Strong() }

// Section is a section title: 16, bold.
func Section(text string) *Text { return NewText(text).At(Size16).Strong() }

// Caption is 12 in ink3.
func Caption(text string) *Text { return NewText(text).At(Size12).In(ColorInk3) }

// Second is 13 in ink2.
func Second(text string) *Text { return NewText(text).In(ColorInk2) }

// Label is the bold 12 in ink2 above a field or a list.
func Label(text string) *Text { return NewText(text).At(Size12).In(ColorInk2).Strong() }

// At sets the size.
func (t *Text) At(size float32) *Text { t.size = size; return t.changed() }

// In sets the color.
func (t *Text) In(ink fyne.ThemeColorName) *Text { t.ink = ink; return t.changed() }

// Strong makes all of it bold.
func (t *Text) Strong() *Text { t.bold = true; return t.changed() }

// Mono makes all of it monospace.
func (t *Text) Mono() *Text { t.mono = true; return t.changed() }

// Wrapped breaks the text into lines at its width.
func (t *Text) Wrapped() *Text { t.wrap = true; return t.changed() }

// Ellipsis cuts the text at its width with an ellipsis.
func (t *Text) Ellipsis() *Text { t.ellipsis = true; return t.changed() }

// AtMost is as wide as its words, and cut with an ellipsis beyond a width.
func (t *Text) AtMost(width float32) *Text {
	t.most, t.ellipsis = width, true
	return t.changed()
}

// Centered centers the lines; only empty states do that.
func (t *Text) Centered() *Text { t.align = fyne.TextAlignCenter; return t.changed() }

// Trailing puts the lines at the right.
func (t *Text) Trailing() *Text { t.align = fyne.TextAlignTrailing; return t.changed() }

// SetText replaces the words; a bold or colored run is gone then.
func (t *Text) SetText(text string) {
	if len(t.runs) == 1 && t.runs[0] == Plain(text) {
		return
	}
	t.SetRuns(Plain(text))
}

// SetRuns replaces the runs.
func (t *Text) SetRuns(runs ...Run) {
	t.runs = runs
	t.laid = fyne.Size{}
	t.Refresh()
}

// SetInk changes the color.
func (t *Text) SetInk(ink fyne.ThemeColorName) {
	if t.ink != ink {
		t.ink = ink
		t.Refresh()
	}
}

// SetBold turns the whole text bold or back.
func (t *Text) SetBold(bold bool) {
	if t.bold != bold {
		t.bold = bold
		t.laid = fyne.Size{}
		t.Refresh()
	}
}

// Truncated tells whether an ellipsis stands for some of the text.
func (t *Text) Truncated() bool { return t.truncated }

// String is the text without its styles.
func (t *Text) String() string {
	var b strings.Builder
	for _, r := range t.runs {
		b.WriteString(r.Text)
	}
	return b.String()
}

// AccessibilityLabel implements fyne.Accessible.
func (t *Text) AccessibilityLabel() string { return t.String() }

// AccessibilityRole implements fyne.Accessible.
func (t *Text) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// changed marks the layout as old; the builder methods run before the text is
// on a canvas, where Refresh would only make a renderer too early.
func (t *Text) changed() *Text {
	t.laid = fyne.Size{}
	return t
}

// piece is a part of a run that stands on one line.
type piece struct {
	text  string
	run   Run
	width float32
}

func (t *Text) style(r Run) fyne.TextStyle {
	mono := t.mono || r.Mono
	return fyne.TextStyle{Bold: (t.bold || r.Bold) && !mono, Monospace: mono}
}

func (t *Text) measure(text string, r Run) float32 {
	return fyne.MeasureText(text, t.size*textScale(), t.style(r)).Width
}

// lines breaks the runs into lines of at most width; width below zero means
// one endless line.
func (t *Text) lines(width float32) [][]piece {
	var lines [][]piece
	var line []piece
	x := float32(0)
	flush := func() {
		lines = append(lines, line)
		line, x = nil, 0
	}
	add := func(text string, r Run) {
		w := t.measure(text, r)
		if n := len(line); n > 0 && line[n-1].run == r {
			joined := line[n-1].text + text
			whole := t.measure(joined, r)
			x += whole - line[n-1].width
			line[n-1].text, line[n-1].width = joined, whole
			return
		}
		line = append(line, piece{text, r, w})
		x += w
	}
	for _, r := range t.runs {
		for i, part := range strings.Split(r.Text, "\n") {
			if i > 0 {
				flush()
			}
			if width < 0 {
				if part != "" {
					add(part, r)
				}
				continue
			}
			for _, token := range splitWords(part) {
				bare := strings.TrimRight(token, " ")
				if len(line) > 0 && bare != "" && x+t.measure(bare, r) > width+0.5 {
					flush()
					token = strings.TrimLeft(token, " ")
				}
				for x == 0 && t.measure(strings.TrimRight(token, " "), r) > width+0.5 {
					head, tail := t.split(token, r, width)
					if tail == "" {
						break
					}
					add(head, r)
					flush()
					token = tail
				}
				if token != "" {
					add(token, r)
				}
			}
		}
	}
	flush()
	return lines
}

// split cuts a word that is wider than a whole line, such as a long path, where
// the line is full. At least one character stays on it.
func (t *Text) split(token string, r Run, width float32) (head, tail string) {
	runes := []rune(token)
	low, high := 1, len(runes)
	for low < high {
		mid := (low + high + 1) / 2
		if t.measure(string(runes[:mid]), r) <= width {
			low = mid
		} else {
			high = mid - 1
		}
	}
	return string(runes[:low]), string(runes[low:])
}

// splitWords cuts a text after each stretch of spaces.
func splitWords(text string) []string {
	var words []string
	start := 0
	for i := 1; i < len(text); i++ {
		if text[i-1] == ' ' && text[i] != ' ' {
			words = append(words, text[start:i])
			start = i
		}
	}
	return append(words, text[start:])
}

// HeightFor implements Flowing.
func (t *Text) HeightFor(width float32) float32 {
	if !t.wrap {
		return lineHeight(t.size) * float32(1+strings.Count(t.String(), "\n"))
	}
	return lineHeight(t.size) * float32(len(t.lines(width)))
}

// MinSize implements fyne.CanvasObject: the whole line, or little where the
// text may wrap or be cut.
func (t *Text) MinSize() fyne.Size {
	if t.wrap {
		width := t.Size().Width
		if width <= 0 {
			return fyne.NewSize(Space40, lineHeight(t.size))
		}
		return fyne.NewSize(Space40, t.HeightFor(width))
	}
	height := t.HeightFor(0)
	if t.ellipsis {
		width := Space40
		if t.most > 0 {
			width = min(float32(int(t.NaturalWidth()+0.99)), Scaled(t.most))
		}
		return fyne.NewSize(width, height)
	}
	var widest float32
	for _, line := range t.lines(-1) {
		var width float32
		for _, p := range line {
			width += p.width
		}
		widest = max(widest, width)
	}
	return fyne.NewSize(float32(int(widest+0.99)), height)
}

// NaturalWidth is the width of the text on one line, also where it may be cut.
func (t *Text) NaturalWidth() float32 {
	var width float32
	for _, r := range t.runs {
		width += t.measure(r.Text, r)
	}
	return width
}

func (t *Text) layout(size fyne.Size) {
	scale := textScale()
	if t.laid == size && t.laidScale == scale {
		return
	}
	t.laid, t.laidScale = size, scale
	room := float32(-1)
	if t.wrap {
		room = size.Width
	}
	lines := t.lines(room)
	t.truncated = false
	if t.ellipsis && len(lines) > 0 {
		lines[0] = t.cut(lines[0], size.Width)
		lines = lines[:1]
	}
	height := lineHeight(t.size)
	top := float32(0)
	if !t.wrap {
		top = max((size.Height-height*float32(len(lines)))/2, 0)
	}
	t.shown = 0
	for i, line := range lines {
		t.place(line, size.Width, top+height*float32(i)+height/2)
	}
	for _, spare := range t.pool[t.shown:] {
		spare.Hide()
	}
}

// cut shortens a line to a width.
func (t *Text) cut(line []piece, room float32) []piece {
	x := float32(0)
	for i, p := range line {
		if x+p.width > room+0.5 {
			p.text = clip(p.text, room-x, t.size*textScale(), t.style(p.run))
			p.width = t.measure(p.text, p.run)
			t.truncated = true
			return append(line[:i:i], p)
		}
		x += p.width
	}
	return line
}

func (t *Text) place(line []piece, width, middle float32) {
	var total float32
	for _, p := range line {
		total += p.width
	}
	x := float32(0)
	switch t.align {
	case fyne.TextAlignCenter:
		x = round((width - total) / 2)
	case fyne.TextAlignTrailing:
		x = round(width - total)
	case fyne.TextAlignLeading:
	}
	for _, p := range line {
		if t.shown == len(t.pool) {
			t.pool = append(t.pool, canvas.NewText("", nil))
		}
		object := t.pool[t.shown]
		t.shown++
		object.Text, object.TextSize, object.TextStyle = p.text, t.size*textScale(), t.style(p.run)
		object.Color = tint(t.inkOf(p.run))
		least := object.MinSize()
		object.Resize(least)
		object.Move(fyne.NewPos(x, round(middle-least.Height/2)))
		object.Hidden = false
		object.Refresh()
		x += p.width
	}
}

func (t *Text) inkOf(r Run) fyne.ThemeColorName {
	if r.Ink != "" {
		return r.Ink
	}
	return t.ink
}

// CreateRenderer implements fyne.Widget.
func (t *Text) CreateRenderer() fyne.WidgetRenderer {
	return &renderer{
		widget: t,
		layout: t.layout,
		min:    t.MinSize,
		paint:  func() { t.laid = fyne.Size{} },
		list: func() []fyne.CanvasObject {
			objects := make([]fyne.CanvasObject, t.shown)
			for i := range objects {
				objects[i] = t.pool[i]
			}
			return objects
		},
	}
}

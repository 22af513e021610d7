package kit

import (
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// Fact is one label and its value in KeyValues.
type Fact struct {
	Label string
	Path  bool // the label is a path, in the monospace
	Value string
	Runs  []Run // instead of Value, where a part is bold or a code
	Mono  bool
	Ink   fyne.ThemeColorName
}

// KeyValues shows facts in rows: the labels in one column of the given width
// (zero: 96), the values beside them. A label that is wider stands over its value.
func KeyValues(labelWidth float32, facts ...Fact) fyne.CanvasObject {
	if labelWidth == 0 {
		labelWidth = 96
	}
	rows := make([]fyne.CanvasObject, 0, len(facts))
	for _, fact := range facts {
		value := NewText(fact.Value)
		if len(fact.Runs) > 0 {
			value = NewRich(fact.Runs...)
		}
		value.At(Size12).Wrapped()
		if fact.Mono {
			value.Mono()
		}
		if fact.Ink != "" {
			value.In(fact.Ink)
		}
		label := Caption(fact.Label)
		if fact.Path {
			label.Mono()
		}
		if label.NaturalWidth() > Scaled(labelWidth) {
			rows = append(rows, Column(0, label.Wrapped(), value))
			continue
		}
		rows = append(rows, RowTop(0, Sized(labelWidth, 0, label), Grow(value)))
	}
	return Column(5, rows...)
}

// Avatar shows somebody's initials in a disc.
type Avatar struct {
	widget.BaseWidget
	side   float32
	onWine bool
	disc   *box
	label  *word
}

// NewAvatar returns a disc of a side length with the initials of a name.
func NewAvatar(name string, side float32) *Avatar {
	size := Size12
	if side >= 40 {
		size = Size16
	}
	a := &Avatar{
		side:  side,
		disc:  newBox(ColorRail, ColorNone, side/2),
		label: newWord(Initials(name), size, ColorRailOn, true),
	}
	a.ExtendBaseWidget(a)
	return a
}

// OnWine makes the disc a wash over the production bar.
func (a *Avatar) OnWine() *Avatar {
	a.onWine = true
	a.disc.fill = ColorProdWash
	a.disc.paint()
	return a
}

// SetName changes the initials.
func (a *Avatar) SetName(name string) {
	a.label.say(Initials(name))
	a.Refresh()
}

// Initials is the first letter of the first and of the last word of a name.
func Initials(name string) string {
	words := strings.Fields(name)
	if len(words) == 0 {
		return ""
	}
	first := []rune(words[0])[:1]
	if len(words) > 1 {
		first = append(first, []rune(words[len(words)-1])[0])
	}
	for i := range first {
		first[i] = unicode.ToUpper(first[i])
	}
	return string(first)
}

// CreateRenderer implements fyne.Widget.
func (a *Avatar) CreateRenderer() fyne.WidgetRenderer {
	return &renderer{
		widget:  a,
		objects: []fyne.CanvasObject{a.disc.inner, a.label.Text},
		layout: func(size fyne.Size) {
			side := Scaled(a.side)
			a.disc.place(0, round((size.Height-side)/2), side, side)
			a.label.place(round((side-a.label.width())/2), size.Height/2)
		},
		min: func() fyne.Size { return fyne.NewSquareSize(Scaled(a.side)) },
		paint: func() {
			a.disc.radius = Scaled(a.side) / 2
			a.disc.paint()
			a.label.paint()
		},
	}
}

package kit

import (
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Fact is one label and its value in KeyValues.
type Fact struct {
	Label string
	Value string
	Runs  []Run // instead of Value, where a part is bold or a code
	Mono  bool
	Ink   fyne.ThemeColorName
}

// KeyValues shows facts in rows: the labels in one column of the given width
// (zero: 96), the values beside them.
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
		rows = append(rows, RowTop(0, Sized(labelWidth, 0, Caption(fact.Label)), Grow(value)))
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

// ProgressBar is a bar of 4 units: a countdown, or how far an import is.
type ProgressBar struct {
	widget.BaseWidget
	value       float32
	track, mark *box
}

// NewProgressBar returns an empty bar.
func NewProgressBar() *ProgressBar {
	p := &ProgressBar{track: newBox(ColorSunken, ColorNone, 2), mark: newBox(ColorAccent, ColorNone, 2)}
	p.ExtendBaseWidget(p)
	return p
}

// SetValue fills the bar from 0 to 1.
func (p *ProgressBar) SetValue(value float64) {
	p.value = float32(min(max(value, 0), 1))
	p.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (p *ProgressBar) CreateRenderer() fyne.WidgetRenderer {
	return &renderer{
		widget:  p,
		objects: []fyne.CanvasObject{p.track.inner, p.mark.inner},
		layout: func(size fyne.Size) {
			y := round((size.Height - 4) / 2)
			p.track.place(0, y, size.Width, 4)
			p.mark.place(0, y, round(size.Width*p.value), 4)
		},
		min: func() fyne.Size { return fyne.NewSize(40, 4) },
		paint: func() {
			p.track.paint()
			p.mark.paint()
		},
	}
}

// Ring is a round countdown of 42 units, for the seconds of a code.
type Ring struct {
	widget.BaseWidget
	track, mark *canvas.Arc
	value       float32
}

// NewRing returns a full ring.
func NewRing() *Ring {
	r := &Ring{track: &canvas.Arc{CutoutRatio: 0.8}, mark: &canvas.Arc{CutoutRatio: 0.8}, value: 1}
	r.track.EndAngle = 360
	r.ExtendBaseWidget(r)
	r.paint()
	return r
}

// SetValue sets what is left, from 1 to 0.
func (r *Ring) SetValue(value float64) {
	r.value = float32(min(max(value, 0), 1))
	r.Refresh()
}

func (r *Ring) paint() {
	r.track.FillColor = tint(ColorLine)
	r.mark.FillColor = tint(ColorAccent)
	r.mark.StartAngle, r.mark.EndAngle = 0, 360*r.value
	r.mark.Hidden = r.value == 0
	r.track.Refresh()
	r.mark.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (r *Ring) CreateRenderer() fyne.WidgetRenderer {
	return &renderer{
		widget:  r,
		objects: []fyne.CanvasObject{r.track, r.mark},
		layout: func(size fyne.Size) {
			side := fyne.NewSquareSize(min(size.Width, size.Height))
			r.track.Resize(side)
			r.mark.Resize(side)
		},
		min:   func() fyne.Size { return fyne.NewSquareSize(42) },
		paint: r.paint,
	}
}

// Crumb is one step of a breadcrumb; the last one has no Go.
type Crumb struct {
	Text string
	Go   func()
}

// Breadcrumb shows the way to this page; the arrow goes one step back.
func Breadcrumb(crumbs ...Crumb) fyne.CanvasObject {
	var parts []fyne.CanvasObject
	for i := len(crumbs) - 2; i >= 0; i-- {
		if crumbs[i].Go != nil {
			parts = append(parts, Icon(IconLeft, ColorInk2, 14))
			break
		}
	}
	for i, crumb := range crumbs {
		if i > 0 {
			parts = append(parts, Caption("/").In(ColorInk3))
		}
		if crumb.Go != nil {
			parts = append(parts, Quiet(crumb.Text, crumb.Go))
		} else {
			parts = append(parts, Caption(crumb.Text).In(ColorInk2))
		}
	}
	return Row(6, parts...)
}

// Tab is one page of a TabsPanel.
type Tab struct {
	Icon IconName
	Text string
}

// TabsPanel is the card with the tabs of a user at the left. Up and Down change
// the tab while it has the focus.
type TabsPanel struct {
	widget.BaseWidget
	OnChange func(chosen int)

	tabs    []Tab
	chosen  int
	hovered int
	focused bool
	frame   *box
	plate   *box
	hover   *box
	marker  *box
	halo    *ring
	glyphs  []*glyph
	labels  []*word
}

var (
	_ fyne.Focusable    = (*TabsPanel)(nil)
	_ fyne.Tappable     = (*TabsPanel)(nil)
	_ desktop.Hoverable = (*TabsPanel)(nil)
	_ fyne.Accessible   = (*TabsPanel)(nil)
)

// NewTabsPanel returns the tabs with the first one chosen.
func NewTabsPanel(change func(chosen int), tabs ...Tab) *TabsPanel {
	p := &TabsPanel{
		OnChange: change, tabs: tabs, hovered: -1,
		frame:  newBox(ColorSurface, ColorLine, RadiusCard),
		plate:  newBox(ColorSoft, ColorNone, RadiusNote),
		hover:  newBox(ColorHover, ColorNone, RadiusNote),
		marker: newBox(ColorAccent, ColorNone, 1.5),
		halo:   newRing(ColorAccent, RadiusNote-2),
	}
	for _, tab := range tabs {
		p.glyphs = append(p.glyphs, newGlyph(tab.Icon, ColorInk2, 18))
		p.labels = append(p.labels, newWord(tab.Text, Size13, ColorInk2, false))
	}
	p.ExtendBaseWidget(p)
	p.paint()
	return p
}

// Chosen is the index of the tab that shows.
func (p *TabsPanel) Chosen() int { return p.chosen }

// Choose shows another tab and calls OnChange.
func (p *TabsPanel) Choose(i int) {
	if i < 0 || i >= len(p.tabs) || i == p.chosen {
		return
	}
	p.Set(i)
	if p.OnChange != nil {
		p.OnChange(i)
	}
}

// Set shows another tab without calling OnChange.
func (p *TabsPanel) Set(i int) {
	p.chosen = i
	p.Refresh()
}

const tabGap float32 = 2

func tabHeight() float32 { return Scaled(40) }

func (p *TabsPanel) at(y float32) int {
	i := int((y - 9) / (tabHeight() + tabGap))
	if y < 9 || i >= len(p.tabs) {
		return -1
	}
	return i
}

// Tapped implements fyne.Tappable.
func (p *TabsPanel) Tapped(event *fyne.PointEvent) {
	focusOn(p)
	if i := p.at(event.Position.Y); i >= 0 {
		p.Choose(i)
	}
}

// FocusGained implements fyne.Focusable.
func (p *TabsPanel) FocusGained() { p.focused = true; stir(p); p.Refresh(); reveal(p) }

// FocusLost implements fyne.Focusable.
func (p *TabsPanel) FocusLost() { p.focused = false; p.Refresh() }

// TypedRune implements fyne.Focusable.
func (p *TabsPanel) TypedRune(r rune) { passRune(p, r) }

// TypedKey implements fyne.Focusable.
func (p *TabsPanel) TypedKey(event *fyne.KeyEvent) {
	stir(p)
	switch event.Name {
	case fyne.KeyUp:
		p.Choose(p.chosen - 1)
	case fyne.KeyDown:
		p.Choose(p.chosen + 1)
	case fyne.KeyHome:
		p.Choose(0)
	case fyne.KeyEnd:
		p.Choose(len(p.tabs) - 1)
	default:
		passKey(p, event)
	}
}

// MouseIn implements desktop.Hoverable.
func (p *TabsPanel) MouseIn(event *desktop.MouseEvent) { p.MouseMoved(event) }

// MouseMoved implements desktop.Hoverable.
func (p *TabsPanel) MouseMoved(event *desktop.MouseEvent) {
	if i := p.at(event.Position.Y); i != p.hovered {
		p.hovered = i
		p.Refresh()
	}
}

// MouseOut implements desktop.Hoverable.
func (p *TabsPanel) MouseOut() {
	p.hovered = -1
	p.Refresh()
}

// AccessibilityLabel implements fyne.Accessible.
func (p *TabsPanel) AccessibilityLabel() string {
	if p.chosen < len(p.tabs) {
		return p.tabs[p.chosen].Text + ", chosen"
	}
	return ""
}

// AccessibilityRole implements fyne.Accessible.
func (p *TabsPanel) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleContainer }

func (p *TabsPanel) paint() {
	for _, b := range []*box{p.frame, p.plate, p.marker, p.hover} {
		b.paint()
	}
	if p.hovered < 0 || p.hovered == p.chosen {
		p.hover.hide()
	}
	p.halo.show(p.focused)
	for i := range p.tabs {
		ink := ColorInk2
		if i == p.chosen {
			ink = ColorAccent
		}
		p.glyphs[i].set(p.tabs[i].Icon, ink)
		p.labels[i].ink, p.labels[i].bold = ink, i == p.chosen
		p.labels[i].paint()
	}
}

// CreateRenderer implements fyne.Widget.
func (p *TabsPanel) CreateRenderer() fyne.WidgetRenderer {
	objects := append(p.frame.objects(), p.hover.inner, p.plate.inner, p.marker.inner, p.halo.Rectangle)
	for i := range p.tabs {
		objects = append(objects, p.glyphs[i].Image, p.labels[i].Text)
	}
	return &renderer{
		widget:  p,
		objects: objects,
		layout: func(size fyne.Size) {
			p.frame.place(0, 0, size.Width, size.Height)
			y := float32(9)
			for i := range p.tabs {
				if i == p.chosen {
					p.plate.place(9, y, size.Width-18, tabHeight())
					p.marker.place(9, y+10, 3, tabHeight()-20)
					p.halo.place(11, y+2, size.Width-22, tabHeight()-4)
				}
				if i == p.hovered {
					p.hover.place(9, y, size.Width-18, tabHeight())
				}
				p.glyphs[i].place(21, y+tabHeight()/2)
				p.labels[i].place(21+Scaled(18)+10, y+tabHeight()/2)
				y += tabHeight() + tabGap
			}
		},
		min: func() fyne.Size {
			var widest float32
			for _, label := range p.labels {
				widest = max(widest, label.width())
			}
			count := float32(len(p.tabs))
			return fyne.NewSize(21+Scaled(18)+10+widest+18, 18+count*tabHeight()+(count-1)*tabGap)
		},
		paint: p.paint,
	}
}

// EmptyState says in the middle of a room why nothing is there and what to do:
// a picture or an icon, a title, a sentence, and controls.
func EmptyState(picture fyne.CanvasObject, title, sentence string, controls ...fyne.CanvasObject) fyne.CanvasObject {
	parts := []fyne.CanvasObject{picture}
	if picture != nil {
		parts = append(parts, Fix(0, Space8, Spacer()))
	}
	parts = append(parts,
		Title(title).Centered().Wrapped(),
		Center(460, NewText(sentence).At(Size14).In(ColorInk2).Centered().Wrapped()))
	for _, control := range controls {
		parts = append(parts, Fix(0, 6, Spacer()), Center(0, control))
	}
	return Center(600, Column(6, parts...))
}

// Skeleton shows gray bars in the shape of rows while something loads. Widths
// are the bars of one row as shares of the width.
func Skeleton(rows int, widths ...float32) fyne.CanvasObject {
	if len(widths) == 0 {
		widths = []float32{0.16, 0.1, 0.22, 0.12, 0.2}
	}
	lines := make([]fyne.CanvasObject, rows)
	for i := range lines {
		lines[i] = newSkeletonRow(widths, i)
	}
	return Column(0, lines...)
}

type skeletonRow struct {
	widget.BaseWidget
	widths []float32
	bars   []*box
	line   *canvas.Rectangle
	index  int
}

func newSkeletonRow(widths []float32, index int) *skeletonRow {
	s := &skeletonRow{widths: widths, line: canvas.NewRectangle(nil), index: index}
	for range widths {
		s.bars = append(s.bars, newBox(ColorLine, ColorNone, 5))
	}
	s.ExtendBaseWidget(s)
	s.paint()
	return s
}

func (s *skeletonRow) paint() {
	for _, bar := range s.bars {
		bar.paint()
	}
	s.line.FillColor = tint(ColorLine)
	s.line.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (s *skeletonRow) CreateRenderer() fyne.WidgetRenderer {
	objects := []fyne.CanvasObject{s.line}
	for _, bar := range s.bars {
		objects = append(objects, bar.inner)
	}
	return &renderer{
		widget:  s,
		objects: objects,
		layout: func(size fyne.Size) {
			s.line.Move(fyne.NewPos(0, size.Height-1))
			s.line.Resize(fyne.NewSize(size.Width, 1))
			x, y := Space16, round((size.Height-10)/2)
			for i, bar := range s.bars {
				room := size.Width * s.widths[i]
				// Uneven bars look like words and not like a barred window.
				part := 0.62 + 0.1*float32((s.index*7+i*3)%4)
				bar.place(x, y, round(room*part), 10)
				x += round(room + Space16)
			}
		},
		min:   func() fyne.Size { return fyne.NewSize(0, Scaled(HeightRow)) },
		paint: s.paint,
	}
}

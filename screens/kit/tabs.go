package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

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
func (p *TabsPanel) FocusGained() { p.focused = true; p.Refresh(); reveal(p) }

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

package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// Status is a color with a meaning. A pill or a note always says it in a word
// and an icon as well.
type Status int

// The statuses.
const (
	StatusOK   Status = iota // active, done
	StatusWarn               // pending, serious
	StatusOdd                // unreadable
	StatusMute               // not enrolled
	StatusBad                // locked, refused, critical
	StatusInfo               // notice
)

// colors is fill, line and ink of a status.
func (s Status) colors() (fill, line, ink fyne.ThemeColorName) {
	switch s {
	case StatusWarn:
		return ColorWarnBg, ColorWarnLine, ColorWarn
	case StatusOdd:
		return ColorOddBg, ColorOddLine, ColorOdd
	case StatusMute:
		return ColorSurface, ColorMuteLine, ColorMute
	case StatusBad:
		return ColorBadBg, ColorBadLine, ColorBad
	case StatusInfo:
		return ColorSoft, ColorSoftLine, ColorAccent
	case StatusOK:
	}
	return ColorOKBg, ColorOKLine, ColorOK
}

// Icon is the icon that goes with a status.
func (s Status) Icon() IconName {
	switch s {
	case StatusWarn:
		return IconHourglass
	case StatusOdd:
		return IconEyeOff
	case StatusMute:
		return IconDash
	case StatusBad:
		return IconOctagon
	case StatusInfo:
		return IconInfo
	case StatusOK:
	}
	return IconCheck
}

// Ink is the text color of a status.
func (s Status) Ink() fyne.ThemeColorName {
	_, _, ink := s.colors()
	return ink
}

// Badge is what a pill says: in a grid's cell, or alone with NewPill. The icon
// is the status's own unless named (a severity of serious has the triangle).
type Badge struct {
	Status Status
	Text   string
	Icon   IconName
	bare   bool // no icon: the +1 at the end of a cell
}

// pillFace draws a badge; the grid moves many of them about without a widget
// for each.
type pillFace struct {
	frame *box
	glyph *glyph
	label *word
	badge Badge
}

func newPillFace() *pillFace {
	return &pillFace{
		frame: newBox(ColorOKBg, ColorOKLine, HeightPill/2),
		glyph: newGlyph(IconCheck, ColorOK, 12),
		label: newWord("", Size11, ColorOK, false),
	}
}

func (p *pillFace) objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{p.frame.outer, p.frame.inner, p.glyph.Image, p.label.Text}
}

func (p *pillFace) set(badge Badge) {
	p.badge = badge
	fill, line, ink := badge.Status.colors()
	icon := badge.Icon
	if icon == IconNone && !badge.bare {
		icon = badge.Status.Icon()
	}
	p.frame.radius = Scaled(HeightPill) / 2
	p.frame.set(fill, line, 1)
	p.glyph.set(icon, ink)
	p.label.ink = ink
	p.label.paint()
	p.label.say(badge.Text)
	p.label.Hidden = false
}

func (p *pillFace) paint() {
	p.frame.paint()
	p.set(p.badge)
}

func (p *pillFace) show() {
	p.frame.outer.Show()
	p.frame.inner.Show()
	p.glyph.Image.Show()
	p.label.Show()
}

func (p *pillFace) width() float32 {
	return float32(int(p.indent() + p.label.width() + 8 + 0.99))
}

// indent is where the word begins.
func (p *pillFace) indent() float32 {
	if p.badge.bare {
		return 8
	}
	return 7 + Scaled(12) + 4
}

func (p *pillFace) place(x, middle float32) {
	height := Scaled(HeightPill)
	p.frame.place(x, round(middle-height/2), p.width(), height)
	p.glyph.place(x+7, middle)
	p.label.place(x+p.indent(), middle)
}

// Pill is a status in a rounded frame: an icon and a word.
type Pill struct {
	widget.BaseWidget
	face *pillFace
}

// NewPill returns a pill with the status's own icon.
func NewPill(status Status, text string) *Pill { return BadgePill(Badge{Status: status, Text: text}) }

// BadgePill returns a pill of a badge.
func BadgePill(badge Badge) *Pill {
	p := &Pill{face: newPillFace()}
	p.face.set(badge)
	p.ExtendBaseWidget(p)
	return p
}

// Set changes what the pill says.
func (p *Pill) Set(badge Badge) {
	p.face.set(badge)
	p.Refresh()
}

// AccessibilityLabel implements fyne.Accessible.
func (p *Pill) AccessibilityLabel() string { return p.face.badge.Text }

// AccessibilityRole implements fyne.Accessible.
func (p *Pill) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// CreateRenderer implements fyne.Widget.
func (p *Pill) CreateRenderer() fyne.WidgetRenderer {
	return &renderer{
		widget:  p,
		objects: p.face.objects(),
		layout:  func(size fyne.Size) { p.face.place(0, size.Height/2) },
		min:     func() fyne.Size { return fyne.NewSize(p.face.width(), Scaled(HeightPill)) },
		paint:   p.face.paint,
	}
}

// StoreTag says what kind of place a store is.
type StoreTag int

// The store tags. TagNone shows nothing.
const (
	TagNone StoreTag = iota
	TagProduction
	TagStaging
	TagTeam
	TagLocal
	TagSample
)

// Word is the tag in capitals, the only capitals of the look.
func (t StoreTag) Word() string {
	return [...]string{"", "PRODUCTION", "STAGING", "TEAM", "LOCAL", "SAMPLE"}[t]
}

// Band is the color of a store's band in a list of stores.
func (t StoreTag) Band() fyne.ThemeColorName {
	switch t {
	case TagProduction:
		return ColorProdFill
	case TagStaging:
		return ColorWarnLine
	case TagTeam:
		return ColorAccent
	case TagSample:
		return ColorOdd
	case TagNone, TagLocal:
	}
	return ColorField
}

func (t StoreTag) look(onWine, onRail bool) (icon IconName, fill, line, ink fyne.ThemeColorName) {
	switch t {
	case TagProduction:
		switch {
		case onWine:
			return IconTriangle, ColorOnProd, ColorOnProd, ColorProdBg
		case onRail:
			return IconTriangle, ColorProdBg, ColorProdFill, ColorOnProd
		}
		return IconTriangle, ColorProdFill, ColorProdFill, ColorOnProd
	case TagStaging:
		return IconTag, ColorWarnBg, ColorWarnLine, ColorWarn
	case TagTeam:
		return IconPeople, ColorSoft, ColorSoftLine, ColorAccent
	case TagSample:
		return IconCompass, ColorOddBg, ColorOddLine, ColorOdd
	case TagNone, TagLocal:
	}
	return IconMonitor, ColorMuteBg, ColorMuteLine, ColorMute
}

// Tag shows a store tag.
type Tag struct {
	widget.BaseWidget
	tag            StoreTag
	onWine, onRail bool
	frame          *box
	glyph          *glyph
	label          *word
}

// NewTag returns a tag as it looks on a surface.
func NewTag(tag StoreTag) *Tag {
	t := &Tag{
		tag:   tag,
		frame: newBox(ColorMuteBg, ColorMuteLine, RadiusTag),
		glyph: newGlyph(IconMonitor, ColorMute, 12),
		label: newWord("", Size11, ColorMute, true),
	}
	t.paint()
	t.ExtendBaseWidget(t)
	return t
}

// OnWine makes a production tag white, for the production bar.
func (t *Tag) OnWine() *Tag { t.onWine = true; t.paint(); return t }

// OnRail makes a production tag wine, for the dark sign-in panel.
func (t *Tag) OnRail() *Tag { t.onRail = true; t.paint(); return t }

// Set changes the tag.
func (t *Tag) Set(tag StoreTag) {
	t.tag = tag
	t.Refresh()
}

func (t *Tag) paint() {
	icon, fill, line, ink := t.tag.look(t.onWine, t.onRail)
	t.frame.set(fill, line, 1)
	t.frame.paint()
	t.glyph.set(icon, ink)
	t.label.ink = ink
	t.label.paint()
	t.label.say(t.tag.Word())
}

// AccessibilityLabel implements fyne.Accessible.
func (t *Tag) AccessibilityLabel() string { return t.tag.Word() }

// AccessibilityRole implements fyne.Accessible.
func (t *Tag) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// CreateRenderer implements fyne.Widget.
func (t *Tag) CreateRenderer() fyne.WidgetRenderer {
	return &renderer{
		widget:  t,
		objects: []fyne.CanvasObject{t.frame.outer, t.frame.inner, t.glyph.Image, t.label.Text},
		layout: func(size fyne.Size) {
			t.frame.place(0, 0, size.Width, size.Height)
			t.glyph.place(7, size.Height/2)
			t.label.place(7+Scaled(12)+5, size.Height/2)
		},
		min: func() fyne.Size {
			if t.tag == TagNone {
				return fyne.Size{}
			}
			width := 7 + Scaled(12) + 5 + t.label.width() + 8
			return fyne.NewSize(float32(int(width+0.99)), Scaled(HeightPill))
		},
		paint: t.paint,
	}
}

// Keycap shows a key of the keyboard.
type Keycap struct {
	widget.BaseWidget
	frame *box
	label *word
}

// NewKeycap returns a keycap: "Esc", "Ctrl+F".
func NewKeycap(key string) *Keycap {
	k := &Keycap{
		frame: newBox(ColorHead, ColorLine, RadiusTag),
		label: newWord(key, Size11, ColorInk2, false),
	}
	k.ExtendBaseWidget(k)
	return k
}

// SetKey changes the key.
func (k *Keycap) SetKey(key string) {
	if k.label.Text.Text != key {
		k.label.say(key)
		k.Refresh()
	}
}

// AccessibilityLabel implements fyne.Accessible.
func (k *Keycap) AccessibilityLabel() string { return "key " + k.label.Text.Text }

// AccessibilityRole implements fyne.Accessible.
func (k *Keycap) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// CreateRenderer implements fyne.Widget.
func (k *Keycap) CreateRenderer() fyne.WidgetRenderer {
	return &renderer{
		widget:  k,
		objects: []fyne.CanvasObject{k.frame.outer, k.frame.inner, k.label.Text},
		layout: func(size fyne.Size) {
			k.frame.place(0, 0, size.Width, size.Height)
			k.label.place(round((size.Width-k.label.width())/2), size.Height/2)
		},
		min: func() fyne.Size {
			return fyne.NewSize(max(float32(int(k.label.width()+0.99))+10, Scaled(18)), Scaled(18))
		},
		paint: func() {
			k.frame.paint()
			k.label.paint()
		},
	}
}

// Keys is a hint such as [Esc] cancels: keycaps and words in turn, each part in
// square brackets being a key.
//
//	kit.Keys("[Enter] or [Esc] cancels")
func Keys(hint string) fyne.CanvasObject {
	var parts []fyne.CanvasObject
	for hint != "" {
		before, rest, found := cutKey(hint)
		if before != "" {
			parts = append(parts, Caption(before))
		}
		if !found {
			break
		}
		key, after := rest[0], rest[1]
		parts = append(parts, NewKeycap(key))
		hint = after
	}
	return Row(6, parts...)
}

package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Mode says which of the two looks a theme shows.
type Mode int

// The modes of a theme.
const (
	System Mode = iota // as the desktop says
	Light
	Dark
)

// Theme is the look of Factordesk for Fyne: tokens, sizes and fonts. Set it
// with app.Settings().SetTheme(kit.NewTheme(mode, scale)); a new theme reaches
// every widget on the screen at once.
type Theme struct {
	mode  Mode
	scale float32
}

var _ fyne.Theme = (*Theme)(nil)

// NewTheme returns a theme. Scale multiplies text and the heights that hold
// text: 1 is normal, 1.3 is the "large text" state. It is kept within 0.8 to 2.
func NewTheme(mode Mode, scale float32) *Theme {
	return &Theme{mode: mode, scale: min(max(scale, 0.8), 2)}
}

// Mode is the mode that the theme was made with.
func (t *Theme) Mode() Mode { return t.mode }

// Scale is the factor of text.
func (t *Theme) Scale() float32 { return t.scale }

// Dark tells whether the theme shows its dark half, given the desktop's wish.
func (t *Theme) Dark(variant fyne.ThemeVariant) bool {
	if t.mode == System {
		return variant == theme.VariantDark
	}
	return t.mode == Dark
}

// Color implements fyne.Theme for our tokens and for Fyne's own names.
func (t *Theme) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	if token, ok := standard[name]; ok {
		name = token
	}
	colors, ok := palette[name]
	if !ok {
		return theme.DefaultTheme().Color(name, variant)
	}
	if t.Dark(variant) {
		return colors.dark
	}
	return colors.light
}

// Font implements fyne.Theme: the default sans and the default monospace. There
// are no italics in the look, so none are loaded.
func (t *Theme) Font(style fyne.TextStyle) fyne.Resource {
	switch {
	case style.Monospace:
		return theme.DefaultTextMonospaceFont()
	case style.Symbol:
		return theme.DefaultSymbolFont()
	case style.Bold:
		return theme.DefaultTextBoldFont()
	}
	return theme.DefaultTextFont()
}

// Icon implements fyne.Theme; stock widgets keep Fyne's icons.
func (t *Theme) Icon(name fyne.ThemeIconName) fyne.Resource {
	return theme.DefaultTheme().Icon(name)
}

// Size implements fyne.Theme. Padding is zero on purpose: every gap of ours is
// written down where it is used, and rows of a list touch.
func (t *Theme) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case sizeScale:
		return t.scale
	case theme.SizeNameText:
		return Size13 * t.scale
	case theme.SizeNameCaptionText:
		return Size12 * t.scale
	case theme.SizeNameSubHeadingText:
		return Size16 * t.scale
	case theme.SizeNameHeadingText:
		return Size20 * t.scale
	case theme.SizeNamePadding:
		return 0
	case theme.SizeNameInnerPadding:
		return 8
	case theme.SizeNameInputBorder:
		return 2
	case theme.SizeNameInlineIcon:
		return 16
	case theme.SizeNameScrollBar:
		return 10
	case theme.SizeNameScrollBarSmall:
		return 5
	case theme.SizeNameScrollBarRadius, theme.SizeNameSelectionRadius:
		return 3
	case theme.SizeNameInputRadius, theme.SizeNameButtonRadius, theme.SizeNameMenuRadius, theme.SizeNamePopupRadius:
		return RadiusField
	case theme.SizeNameCardRadius:
		return RadiusCard
	case theme.SizeNameDialogRadius:
		return RadiusDialog
	case theme.SizeNameModalBlurRadius:
		return 0
	}
	return theme.DefaultTheme().Size(name)
}

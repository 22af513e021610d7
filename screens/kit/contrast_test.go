package kit_test

import (
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/factordesk/factordesk/screens/kit"
	"github.com/factordesk/factordesk/screens/kit/kittest"
)

// luminance is the relative luminance of WCAG 2.
func luminance(c color.Color) float64 {
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	linear := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(n.R) + 0.7152*linear(n.G) + 0.0722*linear(n.B)
}

func contrast(a, b color.Color) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

// TestContrast holds every text on every ground where it stands to 4.5:1, in
// both themes.
func TestContrast(t *testing.T) {
	pairs := map[fyne.ThemeColorName][]fyne.ThemeColorName{
		kit.ColorInk:      {kit.ColorSurface, kit.ColorBg, kit.ColorHead, kit.ColorSoft, kit.ColorHover, kit.ColorOKBg, kit.ColorWarnBg, kit.ColorBadBg, kit.ColorOddBg},
		kit.ColorInk2:     {kit.ColorSurface, kit.ColorBg, kit.ColorHead, kit.ColorSoft, kit.ColorHover, kit.ColorSunken, kit.ColorOKBg, kit.ColorWarnBg, kit.ColorBadBg, kit.ColorOddBg},
		kit.ColorInk3:     {kit.ColorSurface, kit.ColorBg, kit.ColorHead, kit.ColorSoft, kit.ColorHover, kit.ColorSunken},
		kit.ColorAccent:   {kit.ColorSurface, kit.ColorBg, kit.ColorHead, kit.ColorSoft},
		kit.ColorOnAccent: {kit.ColorAccent},
		kit.ColorOK:       {kit.ColorSurface, kit.ColorOKBg, kit.ColorHead, kit.ColorSoft},
		kit.ColorWarn:     {kit.ColorSurface, kit.ColorWarnBg},
		kit.ColorBad:      {kit.ColorSurface, kit.ColorBadBg, kit.ColorSoft},
		kit.ColorOnBad:    {kit.ColorBadFill},
		kit.ColorOdd:      {kit.ColorSurface, kit.ColorOddBg},
		kit.ColorMute:     {kit.ColorSurface, kit.ColorMuteBg, kit.ColorSoft},
		kit.ColorRailInk:  {kit.ColorRail, kit.ColorRailSel},
		kit.ColorRailOn:   {kit.ColorRail, kit.ColorRailSel},
		kit.ColorOnProd:   {kit.ColorProdBg, kit.ColorProdFill},
		kit.ColorOnProd2:  {kit.ColorProdBg},
		kit.ColorProdBg:   {kit.ColorOnProd},
	}
	for _, mode := range []kit.Mode{kit.Light, kit.Dark} {
		th := kit.NewTheme(mode, 1)
		for ink, grounds := range pairs {
			for _, ground := range grounds {
				got := contrast(th.Color(ink, theme.VariantLight), th.Color(ground, theme.VariantLight))
				assert.GreaterOrEqual(t, got, 4.5, "%s on %s, mode %d", ink, ground, mode)
			}
		}
		edge := contrast(th.Color(kit.ColorField, theme.VariantLight), th.Color(kit.ColorSurface, theme.VariantLight))
		assert.GreaterOrEqual(t, edge, 3.0, "edge of fields, mode %d", mode)
	}
}

// TestModes follows the desktop only in System.
func TestModes(t *testing.T) {
	white := kit.NewTheme(kit.Light, 1).Color(kit.ColorSurface, theme.VariantDark)
	assert.Equal(t, color.NRGBA{R: 255, G: 255, B: 255, A: 255}, white)
	system := kit.NewTheme(kit.System, 1)
	assert.Equal(t, white, system.Color(kit.ColorSurface, theme.VariantLight))
	assert.NotEqual(t, white, system.Color(kit.ColorSurface, theme.VariantDark))
	assert.Equal(t, float32(2), kit.NewTheme(kit.Light, 9).Scale(), "text has a largest size")
}

// TestThemeChangeIsLive draws a page, changes the theme under it, and expects no
// pixel of the old ground.
func TestThemeChangeIsLive(t *testing.T) {
	d := kittest.New(t, fyne.NewSize(300, 200), nil)
	d.Show(kit.Stack(kit.Plate(kit.ColorBg), kit.PadAll(20, kit.NewCard(kit.Column(8,
		kit.NewText("Ink"), kit.Primary("Add", nil), kit.NewPill(kit.StatusOK, "Active"), kit.NewField("Name"))))))
	before := d.Win.Canvas().Capture().At(30, 100)
	require.Equal(t, color.NRGBA{R: 255, G: 255, B: 255, A: 255}, before)
	d.App.Settings().SetTheme(kit.NewTheme(kit.Dark, 1))
	picture := d.Win.Canvas().Capture()
	white := 0
	for y := range picture.Bounds().Dy() {
		for x := range picture.Bounds().Dx() {
			if luminance(picture.At(x, y)) > 0.9 {
				white++
			}
		}
	}
	assert.Less(t, white, 60, "white pixels of the light theme are left")
}

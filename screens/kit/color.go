package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// The color tokens. A widget names a token, never a color; the theme turns it
// into a light or a dark one, so a change of theme reaches everything at the
// next Refresh.
const (
	ColorBg        fyne.ThemeColorName = "fdBg"        // window behind cards
	ColorSurface   fyne.ThemeColorName = "fdSurface"   // cards, fields, dialogs, plain top bar
	ColorHead      fyne.ThemeColorName = "fdHead"      // table header, card and dialog feet
	ColorSunken    fyne.ThemeColorName = "fdSunken"    // segmented control, icon wells, progress track
	ColorHover     fyne.ThemeColorName = "fdHover"     // row or button under the pointer
	ColorLine      fyne.ThemeColorName = "fdLine"      // 1 px separators, card edges
	ColorBtnLine   fyne.ThemeColorName = "fdBtnLine"   // edge of a secondary button
	ColorField     fyne.ThemeColorName = "fdField"     // edge of fields and checkboxes, scroll thumb
	ColorInk       fyne.ThemeColorName = "fdInk"       // text
	ColorInk2      fyne.ThemeColorName = "fdInk2"      // second text, table cells
	ColorInk3      fyne.ThemeColorName = "fdInk3"      // captions, placeholders, disabled
	ColorAccent    fyne.ThemeColorName = "fdAccent"    // links, focus, primary button
	ColorOnAccent  fyne.ThemeColorName = "fdOnAccent"  // text on accent
	ColorSoft      fyne.ThemeColorName = "fdSoft"      // selected row, chosen chip, info
	ColorSoftLine  fyne.ThemeColorName = "fdSoftLine"  // edge of info
	ColorOK        fyne.ThemeColorName = "fdOK"        // active, done, accepted
	ColorOKBg      fyne.ThemeColorName = "fdOKBg"      // fill behind ok
	ColorOKLine    fyne.ThemeColorName = "fdOKLine"    // edge of ok
	ColorWarn      fyne.ThemeColorName = "fdWarn"      // pending, drift, serious
	ColorWarnBg    fyne.ThemeColorName = "fdWarnBg"    // fill behind warn
	ColorWarnLine  fyne.ThemeColorName = "fdWarnLine"  // edge of warn
	ColorBad       fyne.ThemeColorName = "fdBad"       // locked, refused, critical, danger outline
	ColorBadBg     fyne.ThemeColorName = "fdBadBg"     // fill behind bad
	ColorBadLine   fyne.ThemeColorName = "fdBadLine"   // edge of bad
	ColorBadFill   fyne.ThemeColorName = "fdBadFill"   // the one solid danger button
	ColorOnBad     fyne.ThemeColorName = "fdOnBad"     // text on it
	ColorOdd       fyne.ThemeColorName = "fdOdd"       // unreadable; the sample store
	ColorOddBg     fyne.ThemeColorName = "fdOddBg"     // fill behind odd
	ColorOddLine   fyne.ThemeColorName = "fdOddLine"   // edge of odd
	ColorMute      fyne.ThemeColorName = "fdMute"      // not enrolled, local store
	ColorMuteBg    fyne.ThemeColorName = "fdMuteBg"    // fill behind mute
	ColorMuteLine  fyne.ThemeColorName = "fdMuteLine"  // edge of mute
	ColorRail      fyne.ThemeColorName = "fdRail"      // left rail, sign-in panel, lock curtain
	ColorRailSel   fyne.ThemeColorName = "fdRailSel"   // chosen item on the rail
	ColorRailInk   fyne.ThemeColorName = "fdRailInk"   // idle text on the rail
	ColorRailOn    fyne.ThemeColorName = "fdRailOn"    // chosen text on the rail
	ColorBrand     fyne.ThemeColorName = "fdBrand"     // marker on the rail
	ColorProdBg    fyne.ThemeColorName = "fdProdBg"    // production bar
	ColorOnProd    fyne.ThemeColorName = "fdOnProd"    // text on it
	ColorOnProd2   fyne.ThemeColorName = "fdOnProd2"   // second text on it
	ColorProdFill  fyne.ThemeColorName = "fdProdFill"  // PRODUCTION tag on a surface
	ColorScrim     fyne.ThemeColorName = "fdScrim"     // over the window behind a dialog
	ColorHalo      fyne.ThemeColorName = "fdHalo"      // 3 px around a focused field
	ColorHaloBad   fyne.ThemeColorName = "fdHaloBad"   // 3 px around a refused field
	ColorShade     fyne.ThemeColorName = "fdShade"     // shadow of a dialog
	ColorShadeSoft fyne.ThemeColorName = "fdShadeSoft" // shadow of the sign-in card
	ColorProdWash  fyne.ThemeColorName = "fdProdWash"  // lines and discs on the production bar
	ColorEdge      fyne.ThemeColorName = "fdEdge"      // shadow at the edge of what scrolls
	ColorNone      fyne.ThemeColorName = "fdNone"      // nothing at all
)

// pair holds the two values of a token.
type pair struct{ light, dark color.NRGBA }

// hex makes a solid color of 0xRRGGBB.
func hex(rgb uint32) color.NRGBA { return veil(rgb, 1) }

// veil makes a translucent color; part runs from 0 (nothing) to 1 (solid).
func veil(rgb uint32, part float32) color.NRGBA {
	return color.NRGBA{R: uint8(rgb >> 16), G: uint8(rgb >> 8), B: uint8(rgb), A: uint8(part*255 + 0.5)}
}

func both(light, dark uint32) pair { return pair{hex(light), hex(dark)} }

// palette is the table of the look's section 1.
var palette = map[fyne.ThemeColorName]pair{
	ColorBg:        both(0xF2F4F7, 0x10171E),
	ColorSurface:   both(0xFFFFFF, 0x18212A),
	ColorHead:      both(0xF7F9FB, 0x1C2630),
	ColorSunken:    both(0xE9EDF1, 0x0C1218),
	ColorHover:     both(0xEEF3F9, 0x202C38),
	ColorLine:      both(0xDBE1E7, 0x2C3844),
	ColorBtnLine:   both(0xB6C0CA, 0x495867),
	ColorField:     both(0x7D8894, 0x6B7885),
	ColorInk:       both(0x15202B, 0xE8EDF2),
	ColorInk2:      both(0x43505C, 0xB6C1CC),
	ColorInk3:      both(0x586571, 0x95A2AF),
	ColorAccent:    both(0x1B5EB8, 0x7DB5F7),
	ColorOnAccent:  both(0xFFFFFF, 0x0B1B2E),
	ColorSoft:      both(0xE3EEFB, 0x1B3350),
	ColorSoftLine:  both(0xA8C7EE, 0x35618F),
	ColorOK:        both(0x17653A, 0x7FD5A2),
	ColorOKBg:      both(0xE0F2E7, 0x14321F),
	ColorOKLine:    both(0xA9D7BC, 0x2B5E3F),
	ColorWarn:      both(0x774900, 0xF1C267),
	ColorWarnBg:    both(0xFBEED0, 0x38290B),
	ColorWarnLine:  both(0xE7C987, 0x6B511C),
	ColorBad:       both(0xAE2318, 0xFF9C91),
	ColorBadBg:     both(0xFCE9E6, 0x401A17),
	ColorBadLine:   both(0xEBB4AC, 0x7A342D),
	ColorBadFill:   both(0xB4261B, 0xC9392C),
	ColorOnBad:     both(0xFFFFFF, 0xFFFFFF),
	ColorOdd:       both(0x6A2C9E, 0xD2ACF5),
	ColorOddBg:     both(0xF1E7FA, 0x2F1D43),
	ColorOddLine:   both(0xD3B5EA, 0x59397A),
	ColorMute:      both(0x43505C, 0xB6C1CC),
	ColorMuteBg:    both(0xE9EDF1, 0x26323D),
	ColorMuteLine:  both(0xCCD4DC, 0x3A4855),
	ColorRail:      both(0x14263A, 0x0B141D),
	ColorRailSel:   both(0x274059, 0x1F3347),
	ColorRailInk:   both(0xB7C4D1, 0xA9B7C4),
	ColorRailOn:    both(0xFFFFFF, 0xFFFFFF),
	ColorBrand:     both(0x6FB1FF, 0x6FB1FF),
	ColorProdBg:    both(0x741A38, 0x5A1730),
	ColorOnProd:    both(0xFFFFFF, 0xFFFFFF),
	ColorOnProd2:   both(0xF3CFD9, 0xEBC3CF),
	ColorProdFill:  both(0x8F1239, 0xB01C4A),
	ColorScrim:     {veil(0x101820, 0.46), veil(0x04080C, 0.66)},
	ColorHalo:      {veil(0x1B5EB8, 0.22), veil(0x7DB5F7, 0.26)},
	ColorHaloBad:   {veil(0xAE2318, 0.22), veil(0xFF9C91, 0.26)},
	ColorShade:     {veil(0x000000, 0.22), veil(0x000000, 0.44)},
	ColorShadeSoft: {veil(0x000000, 0.10), veil(0x000000, 0.20)},
	ColorProdWash:  {veil(0xFFFFFF, 0.24), veil(0xFFFFFF, 0.24)},
	ColorEdge:      {veil(0x101820, 0.10), veil(0x000000, 0.30)},
	ColorNone:      {},
}

// standard maps Fyne's own color names to tokens, so that stock widgets (menus,
// scroll bars, the file dialog) belong to the same product.
var standard = map[fyne.ThemeColorName]fyne.ThemeColorName{
	theme.ColorNameBackground:          ColorBg,
	theme.ColorNameButton:              ColorSurface,
	theme.ColorNameDisabled:            ColorInk3,
	theme.ColorNameDisabledButton:      ColorHead,
	theme.ColorNameError:               ColorBad,
	theme.ColorNameFocus:               ColorHalo,
	theme.ColorNameForeground:          ColorInk,
	theme.ColorNameForegroundOnError:   ColorOnBad,
	theme.ColorNameForegroundOnPrimary: ColorOnAccent,
	theme.ColorNameForegroundOnSuccess: ColorSurface,
	theme.ColorNameForegroundOnWarning: ColorSurface,
	theme.ColorNameHeaderBackground:    ColorHead,
	theme.ColorNameHover:               ColorHover,
	theme.ColorNameHyperlink:           ColorAccent,
	theme.ColorNameInputBackground:     ColorSurface,
	theme.ColorNameInputBorder:         ColorField,
	theme.ColorNameMenuBackground:      ColorSurface,
	theme.ColorNameOverlayBackground:   ColorSurface,
	theme.ColorNamePlaceHolder:         ColorInk3,
	theme.ColorNamePressed:             ColorSoft,
	theme.ColorNamePrimary:             ColorAccent,
	theme.ColorNameScrollBar:           ColorField,
	theme.ColorNameScrollBarBackground: ColorNone,
	theme.ColorNameSelection:           ColorSoftLine,
	theme.ColorNameSeparator:           ColorLine,
	theme.ColorNameShadow:              ColorEdge,
	theme.ColorNameSuccess:             ColorOK,
	theme.ColorNameWarning:             ColorWarn,
}

// tint is the value of a token in the theme of now.
func tint(name fyne.ThemeColorName) color.Color {
	if app := fyne.CurrentApp(); app != nil {
		settings := app.Settings()
		if th, ok := settings.Theme().(*Theme); ok {
			return th.Color(name, settings.ThemeVariant())
		}
	}
	return plain.Color(name, theme.VariantLight)
}

// plain serves where no theme of ours is set: a widget drawn before the window
// is ready is light rather than invisible.
var plain = NewTheme(Light, 1)

// Tint is the color of a token in the theme of now, for screens that draw
// canvas objects of their own; read it again in Refresh.
func Tint(name fyne.ThemeColorName) color.Color { return tint(name) }
